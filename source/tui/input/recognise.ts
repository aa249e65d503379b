import {graphemes} from '../../shared/text.js';
import type {InputEvent} from './key.js';
import {consoleKey, controlKey, csiEvent, keyEvent, ss3Event} from './sequences.js';

export const escapeByte = '\u{1B}';

/** What was recognised at the front of the input: how many units it takes and the events it gives. */
export type Recognised = {readonly length: number; readonly events: readonly InputEvent[]};

function recognised(length: number, event: InputEvent | undefined): Recognised {
	return {length, events: event === undefined ? [] : [event]};
}

function withAlt(event: InputEvent): InputEvent {
	if (event.type !== 'key') {
		return event;
	}

	const {text: _, ...key} = event;
	return {...key, alt: true};
}

const csiPattern = /\u{1B}\[([\u{30}-\u{3F}]*)([\u{20}-\u{2F}]*)([\u{40}-\u{7E}])/uy;
const csiOpen = /\u{1B}\[[\u{30}-\u{3F}]*[\u{20}-\u{2F}]*$/uy;
const rxvtShift = /\u{1B}\[(\d+)\$/uy;
const ss3Pattern = /\u{1B}O(\d?)([\u{40}-\u{7E}])/uy;
const ss3Open = /\u{1B}O\d?$/uy;
const stringPattern = /\u{1B}([\]P_^X])([^\u{7}\u{1B}]*)(?:\u{7}|\u{1B}\\)/uy;
const stringOpen = /\u{1B}[\]P_^X][^\u{7}\u{1B}]*\u{1B}?$/uy;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
	pattern.lastIndex = at;
	return pattern.exec(text);
}

/** Recognises what begins with the ESC at `at`. `undefined`: more input is needed to tell. */
export function recogniseEscape(text: string, at: number, expectsReport: boolean): Recognised | undefined {
	const next = text[at + 1];
	if (next === undefined) {
		return undefined;
	}

	if (next === '[') {
		return recogniseCsi(text, at, expectsReport);
	}

	if (next === 'O') {
		const match = matchAt(ss3Pattern, text, at);
		if (match !== null) {
			return recognised(match[0].length, ss3Event(match[1] ?? '', match[2] ?? ''));
		}

		return matchAt(ss3Open, text, at) === null ? recognised(2, keyEvent('O', {alt: true})) : undefined;
	}

	if (/[\]P_^X]/.test(next)) {
		const match = matchAt(stringPattern, text, at);
		if (match !== null) {
			const name = match[1] === ']' ? 'osc' : match[1] === 'P' ? 'dcs' : 'other';
			const body = match[2] ?? '';
			return recognised(match[0].length, body === '' ? undefined : {type: 'reply', reply: name, body});
		}

		if (matchAt(stringOpen, text, at) !== null) {
			return undefined;
		}
	}

	if (next === escapeByte) {
		const after = text[at + 2];
		if (after === undefined) {
			return undefined;
		}

		// rxvt and macOS put a second ESC before the sequence of a key for Alt.
		if (after !== '[' && after !== 'O') {
			return recognised(1, keyEvent('escape'));
		}

		const inner = recogniseEscape(text, at + 1, expectsReport);
		return inner === undefined ? undefined : {length: inner.length + 1, events: inner.events.map(withAlt)};
	}

	const code = next.charCodeAt(0);
	if (code < 0x20 || code === 0x7f) {
		return recognised(2, withAlt(controlKey(code)));
	}

	const [first = next] = graphemes(text.slice(at + 1, at + 65));
	return recognised(1 + first.length, keyEvent(first === ' ' ? 'space' : first, {alt: true}));
}

function recogniseCsi(text: string, at: number, expectsReport: boolean): Recognised | undefined {
	if (text[at + 2] === '[') {
		const final = text[at + 3];
		return final === undefined ? undefined : recognised(4, consoleKey(final));
	}

	const shifted = matchAt(rxvtShift, text, at);
	if (shifted !== null) {
		return recognised(shifted[0].length, csiEvent(shifted[1] ?? '', '', '$', expectsReport));
	}

	const match = matchAt(csiPattern, text, at);
	if (match === null) {
		// A character that cannot stand here: the sequence is broken off, what follows is input again.
		return matchAt(csiOpen, text, at) === null ? recognised(2, undefined) : undefined;
	}

	const [whole, parameters = '', intermediates = '', final = ''] = match;
	if (final === 'M' && parameters === '') {
		// X10 mouse report: three bytes follow.
		return text.length < at + 6 ? undefined : recognised(6, undefined);
	}

	return recognised(whole.length, csiEvent(parameters, intermediates, final, expectsReport));
}
