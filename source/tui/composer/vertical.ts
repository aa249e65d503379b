import {lineStart} from '../input/boundaries.js';
import type {Editor} from '../input/editor.js';
import {offsetIn, type Rows, rowsAround, topRow} from './rows.js';

/** Rows laid out above the cursor to move by one. */
const rowsAbove = 2;

/**
 * The cursor one row of the screen up, or `undefined` in the first row: then the key belongs to the history of input.
 * `width`: cells of a row.
 */
export function moveUp(editor: Editor, width: number): Editor | undefined {
	const {text, cursor} = editor;
	const {rows, at, column} = rowsAround({text, cursor, width, above: rowsAbove});
	const goal = editor.goal ?? column;
	const row = rows[at - 1];
	if (row !== undefined) {
		return movedTo(editor, offsetIn(row, goal), goal);
	}

	// A huge line stands above, and was not laid out.
	const start = lineStart(text, cursor);
	if (start === 0) {
		return undefined;
	}

	const above = rowsAround({text, cursor: start - 1, width, above: rowsAbove});
	const last = above.rows[above.at];
	return last === undefined ? undefined : movedTo(editor, offsetIn(last, goal), goal);
}

/** The cursor one row of the screen down, or `undefined` in the last row. */
export function moveDown(editor: Editor, width: number): Editor | undefined {
	const {text, cursor} = editor;
	const {rows, at, column} = rowsAround({text, cursor, width, above: rowsAbove});
	const goal = editor.goal ?? column;
	const row = rows[at + 1];
	return row === undefined ? undefined : movedTo(editor, offsetIn(row, goal), goal);
}

function movedTo(editor: Editor, cursor: number, goal: number): Editor {
	return {...editor, cursor, last: undefined, goal};
}

/** Where the composer is on the screen, and what of the text it shows. */
export type ComposerView = {
	readonly text: string;
	readonly cursor: number;
	/** Cells of a row, without the prompt. */
	readonly width: number;
	/** Columns of the prompt before each row. */
	readonly indent: number;
	readonly maximumRows: number;
};

/** The offset in the text that a cell of the composer shows; `x` and `y` count from its top left corner. */
export function offsetAtCell(view: ComposerView, x: number, y: number): number {
	const rows: Rows = rowsAround({...view, above: view.maximumRows});
	const row = rows.rows[Math.min(topRow(rows, view.maximumRows) + Math.max(0, y), rows.rows.length - 1)];
	return row === undefined ? view.cursor : offsetIn(row, x - view.indent);
}
