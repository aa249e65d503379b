import type {Keymap} from '../../model/key-check.js';
import type {KeyAction} from '../../model/keys.js';
import {chordOf, type KeyEvent} from './key.js';

/** What the table says to a key: an action, the beginning of a longer chord, text to type, or nothing. */
export type KeyMeaning =
	| {readonly type: 'action'; readonly action: KeyAction}
	| {readonly type: 'pending'; readonly chord: string}
	| {readonly type: 'text'; readonly text: string}
	| {readonly type: 'none'};

/** Looks a key up. `pending` is the chord of a former `pending` answer, or empty. */
export function meaningOf(keymap: Keymap, event: KeyEvent, pending = ''): KeyMeaning {
	const chord = pending === '' ? chordOf(event) : `${pending} ${chordOf(event)}`;
	const action = keymap.get(chord);
	if (action !== undefined) {
		return {type: 'action', action};
	}

	const prefix = `${chord} `;
	for (const known of keymap.keys()) {
		if (known.startsWith(prefix)) {
			return {type: 'pending', chord};
		}
	}

	// Most terminals send the same for both; a key must not do less because this one can tell them apart.
	if (event.ctrl && event.shift && /^[a-z]$/u.test(event.key)) {
		return meaningOf(keymap, {...event, shift: false}, pending);
	}

	if (pending === '' && event.text !== undefined && !event.ctrl && !event.alt) {
		return {type: 'text', text: event.text};
	}

	return {type: 'none'};
}
