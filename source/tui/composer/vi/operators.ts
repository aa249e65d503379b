import {lineEnd, lineStart, nextGrapheme} from '../../input/boundaries.js';
import {type Editor, moveTo, replaceText} from '../../input/editor.js';
import {firstNonBlank, lastOnLine, type Target} from './motions.js';

/** A stretch of text; `lines`: whole lines, without the last line break. */
export type Stretch = {readonly from: number; readonly to: number; readonly lines: boolean};

/** What was deleted or yanked last. */
export type Register = {readonly text: string; readonly lines: boolean};

export type Operator = 'd' | 'c' | 'y';

/** What an operator with a motion takes. */
export function stretchOf(text: string, cursor: number, {to, kind}: Target): Stretch {
	const from = Math.min(cursor, to);
	const end = Math.max(cursor, to);
	if (kind === 'lines') {
		return {from: lineStart(text, from), to: lineEnd(text, end), lines: true};
	}

	// On an empty line there is nothing to include.
	const isBreak = kind === 'inclusive' && (end >= text.length || text[end] === '\n');
	return {from, to: kind === 'inclusive' && !isBreak ? nextGrapheme(text, end) : end, lines: false};
}

/** `dw` and its like leave the line break behind the last word. */
export function withinLine(text: string, stretch: Stretch): Stretch {
	const blanks = /\s*\n\s*$/u.exec(text.slice(stretch.from, stretch.to));
	return blanks === null || blanks.index === 0 ? stretch : {...stretch, to: stretch.from + blanks.index};
}

export function registerOf(text: string, {from, to, lines}: Stretch): Register {
	return {text: text.slice(from, to), lines};
}

/** Takes a stretch out; whole lines with a line break, so that no empty one stays. */
export function deleted(editor: Editor, {from, to, lines}: Stretch): Editor {
	const {text} = editor;
	if (!lines) {
		return replaceText(editor, from, to, '');
	}

	const without =
		to < text.length ? replaceText(editor, from, to + 1, '') : replaceText(editor, Math.max(0, from - 1), to, '');
	return moveTo(without, firstNonBlank(without.text, Math.min(from, without.text.length)));
}

/** Puts the register in, `count` times: behind the cursor or before it, whole lines below or above. */
export function put(editor: Editor, register: Register, side: 'behind' | 'before', count: number): Editor {
	const {text, cursor} = editor;
	if (register.lines) {
		const lines = Array.from({length: count}, () => register.text).join('\n');
		if (side === 'before') {
			const start = lineStart(text, cursor);
			const above = replaceText(editor, start, start, `${lines}\n`);
			return moveTo(above, firstNonBlank(above.text, start));
		}

		const end = lineEnd(text, cursor);
		const below = replaceText(editor, end, end, `\n${lines}`);
		return moveTo(below, firstNonBlank(below.text, end + 1));
	}

	const at = side === 'behind' && cursor < lineEnd(text, cursor) ? nextGrapheme(text, cursor) : cursor;
	const filled = replaceText(editor, at, at, register.text.repeat(count));
	return register.text === '' ? filled : onGrapheme(moveTo(filled, Math.max(at, filled.cursor - 1)));
}

/** The cursor of normal mode stands on a grapheme, never behind the last one of a line. */
export function onGrapheme(editor: Editor): Editor {
	const last = lastOnLine(editor.text, editor.cursor);
	return editor.cursor > last ? moveTo(editor, last) : editor;
}

/** Joins this line with the next ones: a blank where the line break and the indentation were. */
export function joined(editor: Editor, count: number): Editor {
	let result = editor;
	for (let left = Math.max(1, count - 1); left > 0; left--) {
		const {text, cursor} = result;
		const end = lineEnd(text, cursor);
		if (end === text.length) {
			break;
		}

		const indentation = /^[ \t]*/u.exec(text.slice(end + 1))?.[0].length ?? 0;
		const next = end + 1 + indentation;
		const isBare = end === lineStart(text, end) || /\s/u.test(text[end - 1] ?? '') || next === lineEnd(text, next);
		result = moveTo(replaceText(result, end, next, isBare ? '' : ' '), end);
	}

	return result;
}

/** Changes the case of `count` graphemes of the line and goes behind them. */
export function toggledCase(editor: Editor, count: number): Editor {
	const {text, cursor} = editor;
	const end = graphemesOn(text, cursor, count);
	const changed = Array.from(text.slice(cursor, end), character =>
		character === character.toUpperCase() ? character.toLowerCase() : character.toUpperCase(),
	).join('');
	return replaceText(editor, cursor, end, changed);
}

/** Replaces `count` graphemes by a character; nothing where the line has fewer. */
export function replacedBy(editor: Editor, character: string, count: number): Editor {
	const {text, cursor} = editor;
	let end = cursor;
	for (let left = count; left > 0; left--) {
		if (end >= lineEnd(text, cursor)) {
			return editor;
		}

		end = nextGrapheme(text, end);
	}

	const changed = replaceText(editor, cursor, end, character === '\n' ? character : character.repeat(count));
	return character === '\n' ? changed : moveTo(changed, cursor + character.length * (count - 1));
}

/** The offset `count` graphemes further on, at most the end of the line. */
export function graphemesOn(text: string, cursor: number, count: number): number {
	const end = lineEnd(text, cursor);
	let at = cursor;
	for (let left = count; left > 0 && at < end; left--) {
		at = nextGrapheme(text, at);
	}

	return at;
}
