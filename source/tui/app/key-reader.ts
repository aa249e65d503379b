import {type Keymap, keymapWith} from '../../model/key-check.js';
import type {Clock} from '../../shared/clock.js';
import {chordOf, type KeyEvent} from '../input/key.js';
import {type KeyMeaning, meaningOf} from '../input/keymap.js';
import {rememberLast} from '../panes/remember.js';

/** What a key means together with those typed just before it. */
export type KeyReading = KeyMeaning | {readonly type: 'buffer'; readonly number: number};

export type KeyReader = {
	read(event: KeyEvent): KeyReading;
	/**
	 * An Escape closed nothing: for a moment it stands for Alt, on keyboards where Alt does something else. `letters`: not
	 * before the keys that move, nor before Enter: they have a meaning now.
	 */
	escaped(letters?: 'letters'): void;
};

/** The keys with a person's own on top; the same object for the same setting. */
export const keymapFor = rememberLast(keymapWith);

/** Milliseconds in which the key after Escape has to come. The decoder joins only what a terminal sends at once. */
const escapePatience = 1000;

/**
 * Keys that take more than one press: chords in a row, a number after Alt+J, Escape instead of Alt. `keymap` tells what
 * they mean now.
 */
export function createKeyReader(keymap: () => Keymap, clock: Clock): KeyReader {
	let pending = '';
	let digits: string | undefined;
	let escapedAt = Number.NEGATIVE_INFINITY;
	let onlyLetters = false;

	/** The key with Alt, if Escape came before it and that means something. A slash begins a command: without it, a message. */
	const withAlt = (event: KeyEvent): KeyEvent => {
		const isMeant = !onlyLetters || event.text !== undefined;
		const soon = isMeant && clock.monotonic() - escapedAt <= escapePatience;
		escapedAt = Number.NEGATIVE_INFINITY;
		const {text: _, ...key} = event;
		const alt = {...key, alt: true};
		return soon && !event.ctrl && event.text !== '/' && keymap().has(chordOf(alt)) ? alt : event;
	};

	/** The two digits after Alt+J; any other key ends it and is used up. */
	const digit = ({text}: KeyEvent, before: string): KeyReading => {
		const so = `${before}${text ?? ''}`;
		digits = /^\d$/u.test(so) ? so : undefined;
		return /^\d\d$/u.test(so) ? {type: 'buffer', number: Number(so)} : {type: 'none'};
	};

	return {
		read(event) {
			if (digits !== undefined) {
				return digit(event, digits);
			}

			const meaning = meaningOf(keymap(), withAlt(event), pending);
			pending = meaning.type === 'pending' ? meaning.chord : '';
			if (meaning.type === 'action' && meaning.action === 'bufferByNumber') {
				digits = '';
				return {type: 'none'};
			}

			return meaning;
		},
		escaped(letters) {
			onlyLetters = letters !== undefined;
			escapedAt = clock.monotonic();
		},
	};
}
