import {type RowsOptions, rowsAround, topRow} from '../composer/rows.js';
import {blank} from '../screen/grid.js';
import {emptyLine, joinLines, line, type StyledLine} from '../screen/line.js';
import {blankStyle, plain} from '../screen/style.js';

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
	/** How each UTF-16 unit of the text looks. */
	readonly styles?: Uint16Array | undefined;
	/** Shown instead of every character: for passwords. */
	readonly mask?: RowsOptions['mask'];
};

export type ComposerLayout = {
	/** As many rows as the composer takes now, 1 to `maximumRows`. */
	readonly lines: readonly StyledLine[];
	/** Cell of the cursor inside the region. */
	readonly cursor: {readonly x: number; readonly y: number};
	/** Cells of a row, without the prompt before it. */
	readonly width: number;
	/** Columns of the prompt. */
	readonly indent: number;
};

/**
 * Lays out the input text: lines that are too long go on in the next row, and the rows around the cursor are chosen when
 * they do not all fit. Pure and, however long the text, only as much work as its visible part.
 */
export function composerLines(options: ComposerOptions): ComposerLayout {
	const {text, cursor, columns, mask} = options;
	const prompt = options.prompt ?? emptyLine;
	const maximumRows = Math.max(1, options.maximumRows);
	const indent = prompt.cells.length;
	const width = Math.max(1, columns - indent);
	const rows = rowsAround({text, cursor, width, above: maximumRows, mask});
	const top = topRow(rows, maximumRows);
	const blanks = line(' '.repeat(indent));
	const lines = rows.rows.slice(top, top + maximumRows).map((row, index) => {
		const styles = Uint16Array.from(row.offsets, (offset, column) => {
			const id = options.styles?.[offset] ?? plain;
			return row.cells[column] === blank ? blankStyle(id) : id;
		});
		return joinLines([row.from === 0 && top + index === 0 ? prompt : blanks, {cells: row.cells, styles, fill: plain}]);
	});
	return {
		lines,
		cursor: {x: Math.min(indent + rows.column, Math.max(0, columns - 1)), y: rows.at - top},
		width,
		indent,
	};
}
