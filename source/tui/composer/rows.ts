import {graphemes} from '../../shared/text.js';
import {lineEnd, lineStart} from '../input/boundaries.js';
import {cellWidth, cutCells} from '../screen/cells.js';
import {blank, continuation} from '../screen/grid.js';
import {plain} from '../screen/style.js';

/** One row of the input as it is on the screen: a line of the text, or a part of one that is too long for the screen. */
export type Row = {
	/** Offsets in the text, in UTF-16 units; `to` is the offset of the line break, or where the next row begins. */
	readonly from: number;
	readonly to: number;
	/** One grapheme a cell, the empty string in the further columns of a wide one. */
	readonly cells: readonly string[];
	/** For each cell the offset of its grapheme. */
	readonly offsets: readonly number[];
	/** The line goes on in the next row. */
	readonly goesOn: boolean;
};

/** The rows near the cursor: all of a short text, of a long one those that can be in view. */
export type Rows = {
	readonly rows: readonly Row[];
	/** Index of the row with the cursor, and the cursor's cell in it. */
	readonly at: number;
	readonly column: number;
};

export type RowsOptions = {
	readonly text: string;
	/** Offset of the cursor in UTF-16 units. */
	readonly cursor: number;
	/** Cells of a row. */
	readonly width: number;
	/** Rows wanted above the cursor, where there are so many. */
	readonly above: number;
	/** Shown instead of every character: for passwords. */
	readonly mask?: string | undefined;
};

/** Text further than this from the cursor, in UTF-16 units, is not laid out: it cannot be in view. */
const neighbourhood = 8192;

/** Cuts the text around the cursor into rows: at spaces where there is one, else at the right edge. Pure. */
export function rowsAround(options: RowsOptions): Rows {
	const {text, mask} = options;
	const width = Math.max(1, options.width);
	const cursor = Math.min(Math.max(0, options.cursor), text.length);
	const from = text.length <= neighbourhood ? 0 : firstInView(text, cursor, options.above);
	const to = text.length <= neighbourhood ? text.length : Math.min(text.length, cursor + neighbourhood);
	return withCursor(rowsBetween(text, from, to, width, mask), cursor, width);
}

type Remembered = {
	readonly text: string;
	readonly from: number;
	readonly to: number;
	readonly width: number;
	readonly mask: string | undefined;
	readonly rows: readonly Row[];
};

/** A key that moves the cursor needs the rows to know where to, and again to paint them. */
let remembered: Remembered | undefined;

function rowsBetween(text: string, from: number, to: number, width: number, mask: string | undefined): readonly Row[] {
	const known = remembered;
	const isKnown = known?.text === text && known.from === from && known.to === to && known.width === width;
	if (known !== undefined && isKnown && known.mask === mask) {
		return known.rows;
	}

	const rows: Row[] = [];
	for (let start = from; ; ) {
		const end = Math.min(lineEnd(text, start), to);
		rowsOfLine(text, start, end, width, mask, rows);
		start = end + 1;
		if (end >= to) {
			break;
		}
	}

	remembered = {text, from, to, width, mask, rows};
	return rows;
}

/**
 * Where laying out begins. For short text at its start; else some lines before the cursor or, in a very long line, at a
 * multiple of a fixed step, so that rows stay put while the cursor moves.
 */
function firstInView(text: string, cursor: number, above: number): number {
	let start = lineStart(text, cursor);
	if (cursor - start > neighbourhood) {
		const step = neighbourhood / 2;
		const from = start + (Math.floor((cursor - start) / step) - 1) * step;
		const code = text.charCodeAt(from);
		return code >= 0xdc00 && code <= 0xdfff ? from + 1 : from;
	}

	for (let passed = 0; passed < above && start > 0 && cursor - start < neighbourhood; passed++) {
		start = lineStart(text, start - 1);
	}

	return cursor - start > neighbourhood ? lineStart(text, cursor) : start;
}

type OpenRow = {from: number; cells: string[]; offsets: number[]};

function rowsOfLine(
	text: string,
	from: number,
	to: number,
	width: number,
	mask: string | undefined,
	rows: Row[],
): void {
	let row: OpenRow = {from, cells: [], offsets: []};
	const breakAt = (offset: number) => {
		// A password tells nothing about its words.
		const space = mask === undefined ? row.cells.lastIndexOf(blank) : -1;
		const carried = space + 1;
		const next: OpenRow = {from: offset, cells: [], offsets: []};
		// Indentation is not a place to break, and what fits up to a space at the edge is not carried anywhere.
		if (carried < row.cells.length && row.cells.findIndex(cell => cell !== blank) < space) {
			next.cells = row.cells.splice(carried);
			next.offsets = row.offsets.splice(carried);
			next.from = next.offsets[0] ?? offset;
		}

		rows.push({...row, to: next.from, goesOn: true});
		row = next;
	};

	const put = (cell: string, cellWidth: number, offset: number) => {
		while (row.cells.length > 0 && row.cells.length + cellWidth > width) {
			// A space that does not fit begins the next row: every place in the text has a cell of its own.
			if (cell === blank && mask === undefined) {
				rows.push({...row, to: offset, goesOn: true});
				row = {from: offset, cells: [], offsets: []};
			} else {
				breakAt(offset);
			}
		}

		row.cells.push(cell);
		row.offsets.push(offset);
		for (let column = 1; column < cellWidth; column++) {
			row.cells.push(continuation);
			row.offsets.push(offset);
		}
	};

	for (let at = from; at < to; ) {
		const end = mask === undefined ? plainEnd(text, at, to) : at;
		for (; at < end; at++) {
			put(text.charAt(at), 1, at);
		}

		for (const grapheme of graphemes(text.slice(at, specialEnd(text, at, to)))) {
			if (mask !== undefined) {
				put(mask, 1, at);
			} else if (isOrdinary(grapheme)) {
				// Measured at once: to cut it would look for its end again.
				put(grapheme, cellWidth(grapheme), at);
			} else {
				cutCells(grapheme, plain, (cell, width) => put(cell, width, at));
			}

			at += grapheme.length;
		}
	}

	rows.push({...row, to, goesOn: false});
}

/** Whether a grapheme is shown as it is: no control character, nothing without a width, none of endless marks. */
function isOrdinary(grapheme: string): boolean {
	const code = grapheme.charCodeAt(0);
	return code >= 0xa0 && grapheme.length < 32 && cellWidth(grapheme) > 0;
}

function isPlain(text: string, at: number): boolean {
	const code = text.charCodeAt(at);
	return code >= 0x20 && code < 0x7f;
}

/** The end of the ASCII at `at`, as far as each character is a grapheme: nothing is joined to it by what follows. */
function plainEnd(text: string, at: number, to: number): number {
	let end = at;
	while (end < to && isPlain(text, end)) {
		end++;
	}

	return end > at && end < to ? end - 1 : end;
}

/** The end of what begins at `at` and is not only ASCII. */
function specialEnd(text: string, at: number, to: number): number {
	let end = at + 1;
	while (end < to && !(isPlain(text, end) && (end + 1 === to || isPlain(text, end + 1)))) {
		end++;
	}

	return Math.min(end, to);
}

function withCursor(rows: readonly Row[], cursor: number, width: number): Rows {
	let at = rows.findIndex(row => cursor < row.to || (cursor === row.to && !row.goesOn));
	at = at === -1 ? rows.length - 1 : at;
	const row = rows[at];
	const column = row === undefined ? 0 : columnIn(row, cursor);
	if (row === undefined || column < width) {
		return {rows, at, column};
	}

	// The cursor stands behind a full row: that is the start of the next one.
	const next: Row = {from: cursor, to: cursor, cells: [], offsets: [], goesOn: false};
	return {rows: rows.toSpliced(at, 1, {...row, goesOn: true}, next), at: at + 1, column: 0};
}

/** The cell of an offset in its row; behind the last one at the end of the line. */
export function columnIn(row: Row, offset: number): number {
	const column = row.offsets.findIndex(each => each >= offset);
	return column === -1 ? row.cells.length : column;
}

/** The offset of the grapheme in a cell; right of the row the end of the line, or the last grapheme before it goes on. */
export function offsetIn(row: Row, column: number): number {
	return row.offsets[Math.max(0, column)] ?? (row.goesOn ? (row.offsets.at(-1) ?? row.from) : row.to);
}

/** The first of the rows shown, when at most `most` of them fit: the cursor stands in the middle. */
export function topRow({rows, at}: Rows, most: number): number {
	return rows.length <= most ? 0 : Math.max(0, Math.min(at - Math.floor(most / 2), rows.length - most));
}
