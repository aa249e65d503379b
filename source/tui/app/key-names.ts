import {chordName} from '../../model/chords.js';
import type {OwnKeys} from '../../model/key-check.js';
import {keymapFor} from './key-reader.js';

/** The key that leads to the devices, as it is called; `undefined`: the person has given it away. */
export function devicesKeyName(own: OwnKeys): string | undefined {
	const [chord] = [...keymapFor(own)].find(([, action]) => action === 'devices') ?? [];
	return chord === undefined ? undefined : chordName(chord);
}
