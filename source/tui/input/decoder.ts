import {StringDecoder} from 'node:string_decoder';
import type {Clock, Dispose} from '../../shared/clock.js';
import {graphemes} from '../../shared/text.js';
import {cleanInput} from './clean.js';
import type {InputEvent} from './key.js';
import {escapeByte, recogniseEscape} from './recognise.js';
import {controlKey, keyEvent} from './sequences.js';

export type Decoder = {
	/** Takes what was read from the terminal: UTF-8, cut anywhere. */
	push(chunk: Uint8Array | string): void;
	/** Announces that a cursor position was asked for, so that the next `CSI 1;n R` is the answer and not F3. */
	expectCursorReport(): void;
	/** Says whether answers of the terminal may be on their way: their ends are waited for longer, so that none is typed. */
	expectAnswers(expected: boolean): void;
	/** Forgets half-read sequences and stops the timers. */
	close(): void;
};

export type DecoderOptions = {readonly clock: Clock; readonly emit: (event: InputEvent) => void};

/** Milliseconds after which an Escape that nothing followed is the Escape key. */
const escapeQuiet = 50;
/** Milliseconds after which a half-read sequence is given up: a slow link may cut one in two. */
const sequenceQuiet = 500;
/** The same for an answer that was asked for: its second half must not be taken for text. */
const answerQuiet = 3000;
/** The same for the ESC that it may begin with. */
const answerEscapeQuiet = 250;
/** Milliseconds of silence after which a paste without its end mark counts as ended. */
const pasteQuiet = 1000;
/** Longest answer (OSC, DCS) kept; longer ones are dropped. */
const longestString = 65_536;
/** This much text in one read, in UTF-16 units, was not typed: a terminal without bracketed paste. */
const longestBurst = 1000;
/** Of a longer paste, in UTF-16 units, nothing is kept but its length. */
const longestPaste = 1_200_000;

const pasteEnd = `${escapeByte}[201~`;

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
	let expectsAnswers = false;

	const wait = (delay: number, task: () => void) => {
		timer = clock.after(delay, () => {
			timer = undefined;
			task();
		});
	};

	const endPaste = () => {
		const tooLong = pastedLength > longestPaste ? pastedLength : 0;
		const text = tooLong > 0 ? '' : cleanInput((pasted ?? []).join(''));
		pasted = undefined;
		pastedLength = 0;
		if (tooLong > 0) {
			emit({type: 'paste', text, tooLong});
		} else if (text !== '') {
			emit({type: 'paste', text});
		}
	};

	const keepPasted = (text: string) => {
		pastedLength += text.length;
		if (pastedLength <= longestPaste) {
			pasted?.push(text);
		} else {
			pasted = [];
		}
	};

	/** Takes paste text from the front of `text`; gives what follows the end mark, or nothing when there is none yet. */
	const takePaste = (text: string): string => {
		const end = text.indexOf(pasteEnd);
		if (end !== -1) {
			keepPasted(text.slice(0, end));
			endPaste();
			return text.slice(end + pasteEnd.length);
		}

		// The end mark itself may be cut in two by the read, and so may CR LF.
		const keep = /(?:\u{1B}|\u{1B}\[|\u{1B}\[2|\u{1B}\[20|\u{1B}\[201|\r)$/u.exec(text)?.[0].length ?? 0;
		const complete = text.slice(0, text.length - keep);
		keepPasted(complete);
		held = text.slice(text.length - keep);
		wait(pasteQuiet, () => {
			keepPasted(held);
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
		const isAnswer = expectsAnswers && /^\u{1B}(?:[\]P]|\[[?>])/u.test(text);
		const isEscape = /^\u{1B}{1,2}$/u.test(text);
		wait(
			isEscape ? (expectsAnswers ? answerEscapeQuiet : escapeQuiet) : isAnswer ? answerQuiet : sequenceQuiet,
			giveUp,
		);
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
		expectAnswers(expected) {
			expectsAnswers = expected;
		},
		close() {
			timer?.();
			timer = undefined;
			held = '';
			pasted = undefined;
		},
	};
}
