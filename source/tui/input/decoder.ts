import {StringDecoder} from 'node:string_decoder';
import type {Clock, Dispose} from '../../shared/clock.js';
import {graphemes} from '../../shared/text.js';
import {cleanInput} from './clean.js';
import type {InputEvent} from './key.js';
import {consoleKey, controlKey, csiEvent, keyEvent, ss3Event} from './sequences.js';

export type Decoder = {
	/** Takes what was read from the terminal: UTF-8, cut anywhere. */
	push(chunk: Uint8Array | string): void;
	/** Announces that a cursor position was asked for, so that the next `CSI 1;n R` is the answer and not F3. */
	expectCursorReport(): void;
	/** Forgets half-read sequences and stops the timers. */
	close(): void;
};

export type DecoderOptions = {readonly clock: Clock; readonly emit: (event: InputEvent) => void};

/** Milliseconds after which an Escape that nothing followed is the Escape key. */
const escapeQuiet = 50;
/** Milliseconds after which a half-read sequence is given up: a slow link may cut one in two. */
const sequenceQuiet = 500;
/** Milliseconds of silence after which a paste without its end mark counts as ended. */
const pasteQuiet = 1000;
/** Longest answer (OSC, DCS) kept; longer ones are dropped. */
const longestString = 65_536;
/** This much text in one read, in UTF-16 units, was not typed: a terminal without bracketed paste. */
const longestBurst = 1000;
/** A paste is handed on in pieces of about this many UTF-16 units. */
const pastePiece = 4_194_304;

const escapeByte = '\u{1B}';
const pasteEnd = `${escapeByte}[201~`;

/** What was recognised at the front of the input: how many units it takes and the events it gives. */
type Recognised = {readonly length: number; readonly events: readonly InputEvent[]};

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

/** Recognises what begins at an ESC. `undefined`: more input is needed to tell. */
function recogniseEscape(text: string, at: number, expectsReport: boolean): Recognised | undefined {
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

/**
 * Turns what the terminal sends into events: keys one by one however many come in a read, pastes as one, answers of the
 * terminal never as text.
 */
export function createDecoder({clock, emit}: DecoderOptions): Decoder {
	const utf8 = new StringDecoder('utf8');
	let held = '';
	let pasted: string[] | undefined;
	let pastedLength = 0;
	let timer: Dispose | undefined;
	let expectsReport = false;

	const wait = (delay: number, task: () => void) => {
		timer = clock.after(delay, () => {
			timer = undefined;
			task();
		});
	};

	const endPaste = () => {
		const text = cleanInput((pasted ?? []).join(''));
		pasted = undefined;
		pastedLength = 0;
		if (text !== '') {
			emit({type: 'paste', text});
		}
	};

	/** Takes paste text from the front of `text`; gives what follows the end mark, or nothing when there is none yet. */
	const takePaste = (text: string): string => {
		const end = text.indexOf(pasteEnd);
		if (end !== -1) {
			pasted?.push(text.slice(0, end));
			endPaste();
			return text.slice(end + pasteEnd.length);
		}

		// The end mark itself may be cut in two by the read, and so may CR LF.
		const keep = /(?:\u{1B}|\u{1B}\[|\u{1B}\[2|\u{1B}\[20|\u{1B}\[201|\r)$/u.exec(text)?.[0].length ?? 0;
		const complete = text.slice(0, text.length - keep);
		pasted?.push(complete);
		pastedLength += complete.length;
		held = text.slice(text.length - keep);
		if (pastedLength > pastePiece) {
			endPaste();
			pasted = [];
		}

		wait(pasteQuiet, () => {
			pasted?.push(held);
			held = '';
			endPaste();
		});
		return '';
	};

	const emitText = (text: string) => {
		if (text.length >= longestBurst) {
			emit({type: 'paste', text});
			return;
		}

		for (const grapheme of graphemes(text)) {
			emit(keyEvent(grapheme === ' ' ? 'space' : grapheme));
		}
	};

	/** Nothing followed a half-read sequence: a lone ESC is the key, anything longer is given up. */
	const giveUp = () => {
		const text = held;
		held = '';
		if (text === escapeByte || text === escapeByte + escapeByte) {
			for (const _ of text) {
				emit(keyEvent('escape'));
			}
		} else if (text.length === 2) {
			emit(keyEvent(text[1] ?? '', {alt: true}));
		}
	};

	const holdBack = (text: string) => {
		if (text.length > longestString) {
			return;
		}

		held = text;
		wait(/^\u{1B}{1,2}$/u.test(text) ? escapeQuiet : sequenceQuiet, giveUp);
	};

	const decode = (input: string) => {
		let text = input;
		let at = 0;
		while (at < text.length) {
			const code = text.charCodeAt(at);
			if (code === 0x1b) {
				if (text.startsWith(`${escapeByte}[200~`, at)) {
					pasted = [];
					text = takePaste(text.slice(at + pasteEnd.length));
					at = 0;
					continue;
				}

				const found = recogniseEscape(text, at, expectsReport);
				if (found === undefined) {
					holdBack(text.slice(at));
					return;
				}

				at += found.length;
				for (const event of found.events) {
					expectsReport &&= !(event.type === 'reply' && event.reply === 'cpr');
					emit(event);
				}
			} else if (code < 0x20 || code === 0x7f) {
				emit(controlKey(code));
				at++;
			} else {
				const end = /[\u{0}-\u{1F}\u{7F}]/gu;
				end.lastIndex = at;
				const stop = end.exec(text)?.index ?? text.length;
				emitText(text.slice(at, stop).replace(/[\u{80}-\u{9F}]/gu, ''));
				at = stop;
			}
		}
	};

	return {
		push(chunk) {
			const text = held + (typeof chunk === 'string' ? chunk : utf8.write(Buffer.from(chunk)));
			held = '';
			timer?.();
			timer = undefined;
			decode(pasted === undefined ? text : takePaste(text));
		},
		expectCursorReport() {
			expectsReport = true;
		},
		close() {
			timer?.();
			timer = undefined;
			held = '';
			pasted = undefined;
		},
	};
}
