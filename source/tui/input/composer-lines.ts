import {cutCells} from '../screen/cells.js';
import {continuation} from '../screen/grid.js';
import {emptyLine, joinLines, line, type StyledLine} from '../screen/line.js';
import {plain, type StyleId} from '../screen/style.js';
import {lineStart} from './boundaries.js';

export type ComposerOptions = {
	readonly text: string;
	/** Offset of the cursor in the text, in UTF-16 units. */
	readonly cursor: number;
	/** Width of the region. */
	readonly columns: number;
	/** Rows the composer may take: a third of the screen. At least 1. */
	readonly maximumRows: number;
	/** Stands before the first row; the others are indented by its width. */
	readonly prompt?: StyledLine | undefined;
	readonly style?: StyleId | undefined;
	/** Shown instead of every character: for passwords. */
	readonly mask?: string | undefined;
};

export type ComposerLayout = {
	/** As many rows as the composer takes now, 1 to `maximumRows`. */
	readonly lines: readonly StyledLine[];
	/** Cell of the cursor inside the region. */
	readonly cursor: {readonly x: number; readonly y: number};
};

/** Text further than this from the cursor, in UTF-16 units, is not laid out: it cannot be in view. */
const neighbourhood = 8192;

/**
 * Where laying out begins. For short text at its start; else some lines before the cursor or, in a very long line, at a
 * multiple of a fixed step, so that rows stay put while the cursor moves.
 */
function firstInView(text: string, cursor: number, rows: number): number {
	let start = lineStart(text, cursor);
	if (cursor - start > neighbourhood) {
		const step = neighbourhood / 2;
		const from = start + (Math.floor((cursor - start) / step) - 1) * step;
		const code = text.charCodeAt(from);
		return code >= 0xdc00 && code <= 0xdfff ? from + 1 : from;
	}

	for (let passed = 0; passed < rows && start > 0 && cursor - start < neighbourhood; passed++) {
		start = lineStart(text, start - 1);
	}

	return cursor - start > neighbourhood ? lineStart(text, cursor) : start;
}

type Row = {cells: string[]; styles: number[]};

/**
 * Lays out the input text: every line wrapped at the right edge, the rows around the cursor chosen when they do not all
 * fit. Pure and, however long the text, only as much work as its visible part.
 */
export function composerLines(options: ComposerOptions): ComposerLayout {
	const {text, columns, mask} = options;
	const prompt = options.prompt ?? emptyLine;
	const styleId = options.style ?? plain;
	const maximumRows = Math.max(1, options.maximumRows);
	const width = Math.max(1, columns - prompt.cells.length);
	const cursor = Math.min(Math.max(0, options.cursor), text.length);
	const from = text.length <= neighbourhood ? 0 : firstInView(text, cursor, maximumRows);
	const to = Math.min(text.length, cursor + neighbourhood);

	const rows: Row[] = [{cells: [], styles: []}];
	let row: Row = {cells: [], styles: []};
	rows[0] = row;
	const nextRow = () => {
		row = {cells: [], styles: []};
		rows.push(row);
	};

	const put = (grapheme: string, graphemeWidth: number, style: StyleId) => {
		const shown = mask ?? grapheme;
		const cells = mask === undefined ? graphemeWidth : 1;
		if (row.cells.length > 0 && row.cells.length + cells > width) {
			nextRow();
		}

		row.cells.push(shown);
		row.styles.push(style);
		for (let column = 1; column < cells; column++) {
			row.cells.push(continuation);
			row.styles.push(style);
		}
	};

	const place = (stretch: string) => {
		for (const [index, paragraph] of stretch.split('\n').entries()) {
			if (index > 0) {
				nextRow();
			}

			cutCells(paragraph, styleId, put);
		}
	};

	place(text.slice(from, cursor));
	if (row.cells.length >= width) {
		// The cursor stands behind a full row: that is the start of the next one.
		nextRow();
	}

	const cursorRow = rows.length - 1;
	const cursorColumn = row.cells.length;
	place(text.slice(cursor, to));

	const top =
		rows.length <= maximumRows
			? 0
			: Math.max(0, Math.min(cursorRow - Math.floor(maximumRows / 2), rows.length - maximumRows));
	const indent = line(' '.repeat(prompt.cells.length));
	const lines = rows
		.slice(top, top + maximumRows)
		.map(({cells, styles}, index) =>
			joinLines(
				[
					from === 0 && top === 0 && index === 0 ? prompt : indent,
					{cells, styles: Uint16Array.from(styles), fill: plain},
				],
				plain,
			),
		);
	return {
		lines,
		cursor: {x: Math.min(prompt.cells.length + cursorColumn, Math.max(0, columns - 1)), y: cursorRow - top},
	};
}
