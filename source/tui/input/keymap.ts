import type {EditAction} from './editor.js';
import {chordOf, type KeyEvent} from './key.js';

/** What a key does. Editing actions go to the editor, the others to the view. */
export type KeyAction =
	| EditAction
	| 'send'
	| 'up'
	| 'down'
	| 'complete'
	| 'completeBackward'
	| 'bufferNext'
	| 'bufferPrevious'
	| 'bufferLast'
	| 'bufferUnread'
	| `buffer${number}`
	| 'bufferByNumber'
	| 'switcher'
	| 'searchHistory'
	| 'toggleBufferList'
	| 'scrollPageUp'
	| 'scrollPageDown'
	| 'scrollLineUp'
	| 'scrollLineDown'
	| 'scrollTop'
	| 'scrollBottom'
	| 'scrollUnread'
	| 'help'
	| 'redraw'
	| 'suspend'
	| 'cancel';

/** One row of the key table. */
export type KeyBinding = {
	readonly action: KeyAction;
	/** Chords as `chordOf` writes them; two chords one after the other are separated by a space. */
	readonly chords: readonly string[];
	/** What `/keys` says. */
	readonly help: string;
};

/**
 * The keys as delivered. No chord may be one that a legacy terminal cannot tell from another (Tab and Ctrl+I, Enter
 * and Ctrl+M, Escape and Ctrl+[) or that begins an escape sequence (Alt+[, Alt+], Alt+O, Alt+P).
 */
export const defaultBindings: readonly KeyBinding[] = [
	{action: 'send', chords: ['enter'], help: 'Send the message or run the command'},
	{action: 'newline', chords: ['alt+enter', 'ctrl+j', 'shift+enter', 'ctrl+enter'], help: 'New line in the message'},
	{action: 'moveLeft', chords: ['left', 'ctrl+b'], help: 'One character left'},
	{action: 'moveRight', chords: ['right', 'ctrl+f'], help: 'One character right'},
	{action: 'moveWordLeft', chords: ['alt+b', 'ctrl+left'], help: 'One word left'},
	{action: 'moveWordRight', chords: ['alt+f', 'ctrl+right'], help: 'One word right'},
	{action: 'moveLineStart', chords: ['ctrl+a', 'home'], help: 'Start of the line'},
	{action: 'moveLineEnd', chords: ['ctrl+e', 'end'], help: 'End of the line'},
	{action: 'moveTextStart', chords: ['ctrl+home'], help: 'Start of the text'},
	{action: 'moveTextEnd', chords: ['ctrl+end'], help: 'End of the text'},
	{action: 'deleteBackward', chords: ['backspace', 'ctrl+h', 'shift+backspace'], help: 'Delete the character before'},
	{action: 'deleteForward', chords: ['ctrl+d', 'delete'], help: 'Delete the character after'},
	{action: 'killToSpaceBackward', chords: ['ctrl+w'], help: 'Cut back to the space before'},
	{action: 'killWordBackward', chords: ['alt+backspace', 'ctrl+backspace'], help: 'Cut the word before'},
	{action: 'killWordForward', chords: ['alt+d', 'ctrl+delete'], help: 'Cut the word after'},
	{action: 'killLineStart', chords: ['ctrl+u'], help: 'Cut to the start of the line'},
	{action: 'killLineEnd', chords: ['ctrl+k'], help: 'Cut to the end of the line (on empty input: switch buffer)'},
	{action: 'yank', chords: ['ctrl+y'], help: 'Insert what was cut last'},
	{action: 'yankOlder', chords: ['alt+y'], help: 'After Ctrl+Y: insert what was cut before that'},
	{action: 'transpose', chords: ['ctrl+t'], help: 'Swap two characters'},
	{action: 'undo', chords: ['ctrl+_', 'ctrl+/'], help: 'Take back the last change'},
	{action: 'up', chords: ['up'], help: 'Line up; on the first line the input before'},
	{action: 'down', chords: ['down'], help: 'Line down; on the last line the input after'},
	{action: 'searchHistory', chords: ['ctrl+r'], help: 'Search what was entered before'},
	{action: 'complete', chords: ['tab'], help: 'Complete the word'},
	{action: 'completeBackward', chords: ['shift+tab'], help: 'Complete, the other way round'},
	...Array.from(
		{length: 10},
		(_, index): KeyBinding => ({
			action: `buffer${index + 1}`,
			chords: [`alt+${(index + 1) % 10}`],
			help: `Buffer ${index + 1}`,
		}),
	),
	{action: 'bufferByNumber', chords: ['alt+j'], help: 'Then two digits: the buffer of that number'},
	{action: 'bufferNext', chords: ['ctrl+n', 'alt+right', 'alt+down'], help: 'Next buffer'},
	{action: 'bufferPrevious', chords: ['ctrl+p', 'alt+left', 'alt+up'], help: 'Buffer before'},
	{action: 'bufferLast', chords: ['alt+/'], help: 'The buffer shown before this one'},
	{action: 'bufferUnread', chords: ['alt+a'], help: 'Next buffer with something unread'},
	{action: 'switcher', chords: ['alt+k'], help: 'Find a buffer by name'},
	{action: 'toggleBufferList', chords: ['f7'], help: 'Show or hide the buffer list'},
	{action: 'scrollPageUp', chords: ['pageup'], help: 'Messages: a page up'},
	{action: 'scrollPageDown', chords: ['pagedown'], help: 'Messages: a page down'},
	{action: 'scrollLineUp', chords: ['alt+pageup', 'shift+up'], help: 'Messages: a line up'},
	{action: 'scrollLineDown', chords: ['alt+pagedown', 'shift+down'], help: 'Messages: a line down'},
	{action: 'scrollTop', chords: ['alt+home'], help: 'Messages: the oldest'},
	{action: 'scrollBottom', chords: ['alt+end'], help: 'Messages: the newest'},
	{action: 'scrollUnread', chords: ['alt+u'], help: 'Messages: the first unread'},
	{action: 'help', chords: ['f1', 'alt+h'], help: 'Help'},
	{action: 'redraw', chords: ['ctrl+l'], help: 'Paint the screen again'},
	{action: 'suspend', chords: ['ctrl+z'], help: 'Suspend the program (fg brings it back)'},
	{action: 'clearInput', chords: ['ctrl+c'], help: 'Clear the input'},
	{action: 'cancel', chords: ['escape', 'ctrl+g'], help: 'Close what is open'},
];

/** Chord (or chords, separated by a space) to action. */
export type Keymap = ReadonlyMap<string, KeyAction>;

/** Makes the lookup table. Later rows win, so that a person's own rows can follow the defaults. */
export function createKeymap(bindings: readonly KeyBinding[] = defaultBindings): Keymap {
	return new Map(bindings.flatMap(({action, chords}) => chords.map(chord => [chord, action] as const)));
}

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

	if (pending === '' && event.text !== undefined && !event.ctrl && !event.alt) {
		return {type: 'text', text: event.text};
	}

	return {type: 'none'};
}
