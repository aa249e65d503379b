import type {InputEvent, KeyEvent, MouseEvent, NamedKey} from './key.js';
import {codeKeys, keypadKeys, letterKeys, tildeKeys} from './key-codes.js';

/**
 * Meaning of escape sequences that terminals send: xterm's ctlseqs, rxvt, the Linux console, kitty's CSI u and xterm's
 * modifyOtherKeys. What is not known gives `undefined` and is dropped.
 */

type Modifiers = {readonly ctrl: boolean; readonly alt: boolean; readonly shift: boolean};

const noModifiers: Modifiers = {ctrl: false, alt: false, shift: false};

const keypadCharacters = '0123456789./*-+';
const firstKeypadCode = 57399;
const privateUse = {from: 0xe000, to: 0xf8ff};

function modifiersOf(parameter: number | undefined): Modifiers {
	const bits = Math.max(0, (parameter ?? 1) - 1);
	return {shift: (bits & 1) !== 0, alt: (bits & (2 | 32)) !== 0, ctrl: (bits & 4) !== 0};
}

/** A key event; a character key without Ctrl and Alt types its character. */
export function keyEvent(key: string, modifiers: Partial<Modifiers> = {}): KeyEvent {
	const {ctrl, alt, shift} = {...noModifiers, ...modifiers};
	const types = key === 'space' ? ' ' : key;
	const isCharacter = key === 'space' || !/^[a-z][a-z\d]+$/.test(key);
	return {type: 'key', key, ctrl, alt, shift, ...(isCharacter && !ctrl && !alt ? {text: types} : {})};
}

/** Keys that Ctrl and a character are the same as on terminals that cannot tell them apart. */
const sameKeys: Readonly<Record<string, NamedKey>> = {
	'[': 'escape',
	i: 'tab',
	m: 'enter',
	h: 'backspace',
	'?': 'backspace',
};
const sameControls: Readonly<Record<string, string>> = {'@': 'space', '2': 'space', '/': '_', '-': '_', '7': '_'};

/**
 * Ctrl and a character, as most terminals send it: a key must not do less because the terminal can tell more. Only Shift
 * with Ctrl and a letter stays what it is.
 */
function controlledKey(character: string, {alt, shift}: Modifiers): KeyEvent {
	if (shift && /^\p{L}$/u.test(character)) {
		return keyEvent(character, {ctrl: true, alt, shift});
	}

	const named = sameKeys[character];
	return named === undefined
		? keyEvent(sameControls[character] ?? character, {ctrl: true, alt})
		: keyEvent(named, {alt});
}

/** A key given by its code point, as in CSI u and modifyOtherKeys. */
function codeKey(code: number, shifted: number | undefined, modifiers: Modifiers): KeyEvent | undefined {
	const named = codeKeys[code];
	if (named !== undefined) {
		return keyEvent(named, modifiers);
	}

	const keypad = keypadCharacters[code - firstKeypadCode];
	if (keypad !== undefined) {
		return keyEvent(keypad, modifiers);
	}

	if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
		return undefined;
	}

	if (code >= privateUse.from && code <= privateUse.to) {
		return undefined;
	}

	const character = String.fromCodePoint(code);
	if (modifiers.ctrl) {
		return controlledKey(character.toLowerCase(), modifiers);
	}

	// Shift is part of the character, as it is on terminals that do not report it.
	const isCharacter = shifted !== undefined && shifted >= 0x20 && shifted <= 0x10ffff;
	const upper = isCharacter ? String.fromCodePoint(shifted) : character.toUpperCase();
	return keyEvent(modifiers.shift ? upper : character, {...modifiers, shift: false});
}

function kittyKey(parameters: string): KeyEvent | undefined {
	const [codes = '', modifier = ''] = parameters.split(';');
	const [code = 0, shifted, base] = codes.split(':').map(Number);
	const [bits, eventType] = modifier.split(':').map(Number);
	const modifiers = modifiersOf(bits || undefined);
	// With Ctrl or Alt the place of the key counts, not the letter that a Greek or Cyrillic keyboard has there.
	const isElsewhere = (modifiers.ctrl || modifiers.alt) && code > 0x7f && base !== undefined && base < 0x7f;
	// 3 is the release of a key.
	return eventType === 3 ? undefined : codeKey(isElsewhere ? base : code, isElsewhere ? undefined : shifted, modifiers);
}

function mouseEvent(parameters: string, final: string): MouseEvent | undefined {
	const [bits, column, row] = parameters.split(';').map(Number);
	if (bits === undefined || column === undefined || row === undefined) {
		return undefined;
	}

	const wheel = (bits & 64) !== 0;
	const pressed = final === 'M';
	const button = bits & 3;
	let action: MouseEvent['action'] = pressed ? 'press' : 'release';
	if (wheel) {
		action = button === 0 ? 'wheelUp' : 'wheelDown';
	} else if ((bits & 32) !== 0) {
		action = 'move';
	}

	return {
		type: 'mouse',
		action,
		button,
		x: column - 1,
		y: row - 1,
		shift: (bits & 4) !== 0,
		alt: (bits & 8) !== 0,
		ctrl: (bits & 16) !== 0,
	};
}

function reply(name: 'da1' | 'da2' | 'cpr' | 'decrpm' | 'kitty' | 'other', body: string): InputEvent {
	return {type: 'reply', reply: name, body};
}

function privateSequence(parameters: string, intermediates: string, final: string): InputEvent | undefined {
	const leader = parameters[0];
	if (leader === '<' && (final === 'M' || final === 'm')) {
		return mouseEvent(parameters.slice(1), final);
	}

	if (final === 'c') {
		return reply(leader === '?' ? 'da1' : 'da2', parameters);
	}

	if (leader === '?' && final === 'y' && intermediates === '$') {
		return reply('decrpm', parameters);
	}

	return leader === '?' && final === 'u'
		? reply('kitty', parameters)
		: reply('other', parameters + intermediates + final);
}

/** rxvt marks modifiers by the final byte of `CSI number X` instead of by a parameter. */
const rxvtModifiers: Readonly<Record<string, Partial<Modifiers>>> = {
	$: {shift: true},
	'^': {ctrl: true},
	'@': {ctrl: true, shift: true},
};

function tildeKey(numbers: readonly number[]): KeyEvent | undefined {
	const [number = 0, modifier, code] = numbers;
	if (number === 27 && code !== undefined) {
		return codeKey(code, undefined, modifiersOf(modifier));
	}

	const key = tildeKeys[number];
	return key === undefined ? undefined : keyEvent(key, modifiersOf(modifier));
}

/**
 * The event of `CSI parameters intermediates final`. `expectsReport` says that a cursor position was asked for: without
 * it `CSI 1;2R` is Shift+F3.
 */
export function csiEvent(
	parameters: string,
	intermediates: string,
	final: string,
	expectsReport: boolean,
): InputEvent | undefined {
	if (/^[<=>?]/.test(parameters)) {
		return privateSequence(parameters, intermediates, final);
	}

	const numbers = parameters.split(';').map(part => Number.parseInt(part, 10));
	const [first = Number.NaN, second] = numbers;
	const rxvt = rxvtModifiers[final];
	if (rxvt !== undefined) {
		const key = tildeKeys[first];
		return key === undefined ? undefined : keyEvent(key, rxvt);
	}

	if (intermediates !== '') {
		return undefined;
	}

	if (final === 'u') {
		return kittyKey(parameters);
	}

	if (final === '~') {
		return tildeKey(numbers);
	}

	if (final === 'Z') {
		return keyEvent('tab', {shift: true});
	}

	if (parameters === '' && (final === 'I' || final === 'O')) {
		return {type: 'focus', focused: final === 'I'};
	}

	if (final === 'R' && second !== undefined && (expectsReport || first !== 1)) {
		return reply('cpr', parameters);
	}

	if (final === 'n' || final === 't') {
		return reply('other', parameters + final);
	}

	const rxvtArrow = /^[a-d]$/.test(final) ? letterKeys[final.toUpperCase()] : undefined;
	if (rxvtArrow !== undefined) {
		return keyEvent(rxvtArrow, {shift: true});
	}

	const key = letterKeys[final];
	return key === undefined ? undefined : keyEvent(key, modifiersOf(second));
}

/** The event of `CSI [ final`: F1 to F5 on the Linux console. */
export function consoleKey(final: string): KeyEvent | undefined {
	const index = 'ABCDE'.indexOf(final);
	return index === -1 ? undefined : keyEvent(`f${index + 1}`);
}

/** The event of `SS3 modifier final`: cursor and function keys in application mode, the keypad, rxvt's Ctrl+arrows. */
export function ss3Event(modifier: string, final: string): KeyEvent | undefined {
	const modifiers = modifiersOf(modifier === '' ? undefined : Number(modifier));
	if (final === 'M') {
		return keyEvent('enter', modifiers);
	}

	const arrow = /^[a-d]$/.test(final) ? letterKeys[final.toUpperCase()] : undefined;
	if (arrow !== undefined) {
		return keyEvent(arrow, {ctrl: true});
	}

	const key = letterKeys[final] ?? keypadKeys[final];
	return key === undefined ? undefined : keyEvent(key, modifiers);
}

/** The key behind one control character (C0 or DEL). Tab is Ctrl+I, Enter is Ctrl+M: they cannot be told apart. */
export function controlKey(code: number): KeyEvent {
	switch (code) {
		case 0x00:
			return keyEvent('space', {ctrl: true});
		case 0x08:
		case 0x7f:
			return keyEvent('backspace');
		case 0x09:
			return keyEvent('tab');
		case 0x0d:
			return keyEvent('enter');
		case 0x1b:
			return keyEvent('escape');
		default:
			return keyEvent(String.fromCharCode(code + 0x40).toLowerCase(), {ctrl: true});
	}
}
