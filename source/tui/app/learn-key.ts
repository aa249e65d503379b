import {chordComplaint, chordName} from '../../model/chords.js';
import type {OwnKeys} from '../../model/key-check.js';
import {defaultBindings, type KeyAction} from '../../model/keys.js';
import {chordOf, type KeyEvent} from '../input/key.js';
import {type Core, openPopup} from './core.js';
import {keymapFor} from './key-reader.js';
import type {Hint} from './view-state.js';

/** `/bind` alone: shows the name of the key that was pressed and what it does. Escape is the way out, and no name. */
export function learnKey(core: Core, event: KeyEvent): void {
	const chord = chordOf(event);
	const keymap = keymapFor(core.state().preferences.keys);
	const action = keymap.get(chord);
	const longer = [...keymap.keys()].find(each => each.startsWith(`${chord} `));
	const does =
		action !== undefined
			? `${helpOn(action)} (${action})`
			: longer === undefined
				? event.text === undefined
					? 'It means nothing yet.'
					: `It types “${event.text}”.`
				: `It begins ${chordName(longer)}.`;
	const problem = chordComplaint(chord)?.message;
	openPopup(core, {
		type: 'learnKey',
		pressed: {name: chordName(chord), does, ...(problem === undefined ? {} : {problem})},
	});
}

/** After the first of several keys: how it may go on. */
export function pendingHint(own: OwnKeys, chord: string): Hint {
	const rest = [...keymapFor(own)].flatMap(([each, action]) =>
		each.startsWith(`${chord} `) ? [`${chordName(each.slice(chord.length + 1))}: ${helpOn(action)}.`] : [],
	);
	return {level: 'info', text: `${chordName(chord)} …`, more: rest.join(' ')};
}

function helpOn(action: KeyAction | undefined): string {
	return defaultBindings.find(each => each.action === action)?.help ?? '';
}
