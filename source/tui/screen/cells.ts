import {displayWidth, graphemes} from '../../shared/text.js';
import {blank} from './grid.js';
import {blankStyle, type StyleId} from './style.js';

/** Receives graphemes cut from a text; `width` is at least 1. */
export type CellSink = (grapheme: string, width: number, style: StyleId) => void;

/** Zalgo: more marks than this on one base are cut off. */
const longestGrapheme = 32;
const replacement = '\u{FFFD}';
const asciiCells = Array.from({length: 127}, (_, code) => String.fromCharCode(code));
const isAscii = /^[\x20-\x7e]*$/;

function isControl(code: number): boolean {
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/** Scripts written in clusters of letters: India's, Thai, Lao, Tibetan, Myanmar, Khmer. */
const clustered = /^[\u{900}-\u{109F}\u{1780}-\u{17FF}]/u;

/**
 * Columns of a grapheme. Terminals without clusters (tmux, xterm) give each letter of one a column or two, and what
 * stands beyond our width is lost there: for these scripts the greater width is taken, since a gap can still be read.
 */
export function cellWidth(grapheme: string): number {
	const width = displayWidth(grapheme);
	if (grapheme.length === 1 || !clustered.test(grapheme)) {
		return width;
	}

	let apart = 0;
	for (const character of grapheme) {
		apart += displayWidth(character);
	}

	return Math.max(width, apart);
}

/**
 * Cuts text into graphemes with their widths (`widthOf`; Ink's own output has to be measured as Ink does). The last line of defence for the terminal: a control character becomes
 * U+FFFD, a tab one blank, what has no width is dropped.
 */
export function cutCells(text: string, style: StyleId, sink: CellSink, widthOf = cellWidth): void {
	const blanks = blankStyle(style);
	if (isAscii.test(text)) {
		for (let index = 0; index < text.length; index++) {
			const code = text.charCodeAt(index);
			sink(asciiCells[code] ?? replacement, 1, code === 0x20 ? blanks : style);
		}

		return;
	}

	for (const grapheme of graphemes(text)) {
		const code = grapheme.charCodeAt(0);
		if (grapheme === blank || grapheme === '\t') {
			sink(blank, 1, blanks);
		} else if (isControl(code)) {
			sink(replacement, 1, style);
		} else if (code < 0x7f && grapheme.length === 1) {
			sink(grapheme, 1, style);
		} else {
			const width = widthOf(grapheme);
			if (width > 0) {
				sink(grapheme.length > longestGrapheme ? grapheme.slice(0, longestGrapheme) : grapheme, width, style);
			}
		}
	}
}
