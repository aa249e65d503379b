/** Why a key cannot be bound so, and what to do instead. */
export type KeyComplaint = {readonly code: string; readonly message: string; readonly hint: string};

const namedKeys: ReadonlySet<string> = new Set([
	'enter',
	'tab',
	'backspace',
	'escape',
	'space',
	'up',
	'down',
	'left',
	'right',
	'home',
	'end',
	'pageup',
	'pagedown',
	'insert',
	'delete',
	...Array.from({length: 20}, (_, index) => `f${index + 1}`),
]);

/** How people also call them. */
const otherNames: Readonly<Record<string, string>> = {
	esc: 'escape',
	return: 'enter',
	pgup: 'pageup',
	pgdn: 'pagedown',
	pgdown: 'pagedown',
	del: 'delete',
	ins: 'insert',
	bksp: 'backspace',
	control: 'ctrl',
	option: 'alt',
	meta: 'alt',
	plus: '+',
};

/** What a terminal without the newer keyboard protocols sends for both. */
const sameBytes: ReadonlyMap<string, string> = new Map([
	['ctrl+i', 'Tab'],
	['ctrl+tab', 'Tab'],
	['ctrl+m', 'Enter'],
	['ctrl+[', 'Esc'],
	['ctrl+3', 'Esc'],
	['ctrl+h', 'Backspace'],
	['ctrl+8', 'Backspace'],
	['ctrl+?', 'Backspace'],
	['ctrl+2', 'Ctrl+Space'],
	['ctrl+@', 'Ctrl+Space'],
	['ctrl+7', 'Ctrl+_'],
	['ctrl+/', 'Ctrl+_'],
	['ctrl+4', 'Ctrl+\\'],
	['ctrl+5', 'Ctrl+]'],
	['ctrl+6', 'Ctrl+^'],
	['shift+space', 'Space'],
	['alt+shift+space', 'Alt+Space'],
	['alt+shift+tab', 'Esc and Shift+Tab'],
]);

/** What begins an escape sequence: CSI, OSC, SS3, DCS, SOS, PM, APC (ECMA-48 §5.3). */
const sequenceStarts: ReadonlySet<string> = new Set(['alt+[', 'alt+]', 'alt+O', 'alt+P', 'alt+X', 'alt+^', 'alt+_']);

const otherKeys = 'Take another key: F2 to F6, and Alt with most letters, are free.';

const shownNames: Readonly<Record<string, string>> = {pageup: 'PageUp', pagedown: 'PageDown', escape: 'Esc'};

/**
 * The chord that a person wrote, in the one way in which the key table writes it: `Control-X` is `ctrl+x`, `Alt+Shift+N` is
 * `alt+N`, several chords in a row have a space between them. `undefined` for what is none. A single letter is taken as
 * the key, whatever its case: `Alt+N` is `alt+n`.
 */
export function parseChord(text: string): string | undefined {
	const presses = text.trim().split(/\s+/u).map(parsePress);
	return presses.includes(undefined) ? undefined : presses.join(' ');
}

function parsePress(text: string): string | undefined {
	// The last + or - may be the key itself.
	const [, before = '', last = ''] = /^((?:[^+-]+[+-])*)(.+)$/su.exec(text) ?? [];
	const modifiers = before
		.split(/[+-]/u)
		.filter(part => part !== '')
		.map(part => longName(part));
	if (
		new Set(modifiers).size !== modifiers.length ||
		modifiers.some(each => !['ctrl', 'alt', 'shift'].includes(each))
	) {
		return undefined;
	}

	const named = longName(last);
	const [first, ...others] = new Intl.Segmenter().segment(last);
	const key = namedKeys.has(named)
		? named
		: named === '+'
			? '+'
			: first !== undefined && others.length === 0 && !/\p{Cc}/u.test(last)
				? last.toLowerCase()
				: undefined;
	if (key === undefined) {
		return undefined;
	}

	const has = (modifier: string) => modifiers.includes(modifier);
	// Shift is part of a letter: the terminal sends the upper one. With Ctrl it sends the same for both.
	const upper = namedKeys.has(key) || has('ctrl') ? key : key.toUpperCase();
	const shifted = has('shift') ? upper : key;
	const shift = has('shift') && shifted === key;
	return `${has('ctrl') ? 'ctrl+' : ''}${has('alt') ? 'alt+' : ''}${shift ? 'shift+' : ''}${shifted}`;
}

function longName(part: string): string {
	const lower = part.toLowerCase();
	return Object.hasOwn(otherNames, lower) ? (otherNames[lower] ?? lower) : lower;
}

/** `ctrl+x ctrl+e` as people write it: `Ctrl+X Ctrl+E`; `alt+N` is `Alt+Shift+N`. */
export function chordName(chord: string): string {
	return chord.split(' ').map(pressName).join(' ');
}

function pressName(press: string): string {
	const [, modifiers = '', key = ''] = /^((?:(?:ctrl|alt|shift)\+)*)(.+)$/su.exec(press) ?? [];
	const parts = modifiers.split('+').filter(part => part !== '');
	const isUpper = key.length === 1 && key !== key.toLowerCase();
	return [...parts, ...(isUpper ? ['shift'] : []), key]
		.map(part => shownNames[part] ?? part.charAt(0).toUpperCase() + part.slice(1))
		.join('+');
}

/** Why no terminal lets this chord mean something of its own; `undefined` where all is well. `chord` as {@link parseChord} gives it. */
export function chordComplaint(chord: string): KeyComplaint | undefined {
	for (const [index, press] of chord.split(' ').entries()) {
		const twin = sameBytes.get(press);
		if (twin !== undefined) {
			return {
				code: 'chord-not-told-apart',
				message: `${chordName(press)} is the same as ${twin} to many terminals.`,
				hint: otherKeys,
			};
		}

		const character = /shift\+(.)$/su.exec(press)?.[1];
		if (character !== undefined) {
			return press.startsWith('ctrl')
				? {
						code: 'chord-not-told-apart',
						message: `${chordName(press)} is the same as ${chordName(press.replace('shift+', ''))} to many terminals.`,
						hint: otherKeys,
					}
				: {
						code: 'unknown-chord',
						message: `${chordName(press)}: what Shift makes of “${character}” depends on the keyboard.`,
						hint: 'Write the character that it makes, such as Alt+! for Alt+Shift+1.',
					};
		}

		if (sequenceStarts.has(press)) {
			return {
				code: 'chord-begins-sequence',
				message: `${chordName(press)} is how the terminal begins what it sends for other keys.`,
				hint: otherKeys,
			};
		}

		if (index === 0 && /^(?:.|space)$/su.test(press)) {
			return {
				code: 'chord-types',
				message: `${chordName(press)} types a character.`,
				hint: 'A key with Ctrl or Alt, or a function key, can be bound.',
			};
		}
	}

	return undefined;
}
