import {plain, type StyleId} from './style.js';

/** The second and later columns of a wide grapheme hold this. */
export const continuation = '';
export const blank = ' ';

/** A rectangle of character cells. `cells` and `styles` are row after row; `dirty` has one flag a row. */
export type Grid = {
	readonly columns: number;
	readonly rows: number;
	/** One grapheme a cell; {@link continuation} in the further columns of a wide one. */
	readonly cells: string[];
	readonly styles: Uint16Array;
	/** 1 where the row has changed since somebody last looked. */
	readonly dirty: Uint8Array;
};

export function createGrid(columns: number, rows: number): Grid {
	return {
		columns,
		rows,
		cells: new Array<string>(columns * rows).fill(blank),
		styles: new Uint16Array(columns * rows),
		dirty: new Uint8Array(rows).fill(1),
	};
}

/** The same cells once more. */
export function copyGrid({columns, rows, cells, styles, dirty}: Grid): Grid {
	return {columns, rows, cells: cells.slice(), styles: styles.slice(), dirty: dirty.slice()};
}

/** A grid of the new size with the old content where both have a cell. Every row is dirty. */
export function resizeGrid(old: Grid, columns: number, rows: number): Grid {
	const grid = createGrid(columns, rows);
	const width = Math.min(columns, old.columns);
	for (let y = 0; y < Math.min(rows, old.rows); y++) {
		for (let x = 0; x < width; x++) {
			grid.cells[y * columns + x] = old.cells[y * old.columns + x] ?? blank;
			grid.styles[y * columns + x] = old.styles[y * old.columns + x] ?? plain;
		}

		if (width < old.columns && old.cells[y * old.columns + width] === continuation) {
			eraseWide(grid, y, width);
		}
	}

	return grid;
}

/** Blanks what is left of a wide grapheme whose column `x` (which may lie past the edge) is being taken away. */
function eraseWide(grid: Grid, y: number, x: number): void {
	const row = y * grid.columns;
	let at = x - 1;
	while (at > 0 && grid.cells[row + at] === continuation) {
		grid.cells[row + at] = blank;
		at--;
	}

	grid.cells[row + at] = blank;
}

/**
 * Makes the columns `from` (included) to `to` (excluded) of a row ready to be overwritten: a wide grapheme that crosses
 * either edge is blanked as a whole, so that no half of one is ever left.
 */
export function openSpan(grid: Grid, y: number, from: number, to: number): void {
	const {cells, columns} = grid;
	const row = y * columns;
	if (from > 0 && cells[row + from] === continuation) {
		eraseWide(grid, y, from);
	}

	for (let x = to; x < columns && cells[row + x] === continuation; x++) {
		cells[row + x] = blank;
	}
}

/** Fills columns `from` to `to` of a row with blanks in one style. */
export function fillSpan(grid: Grid, y: number, from: number, to: number, style: StyleId): void {
	openSpan(grid, y, from, to);
	const row = y * grid.columns;
	grid.cells.fill(blank, row + from, row + to);
	grid.styles.fill(style, row + from, row + to);
	grid.dirty[y] = 1;
}

/** One row as text, without styles, trailing blanks kept: for tests and screenshots. */
export function rowText(grid: Grid, y: number): string {
	return grid.cells.slice(y * grid.columns, (y + 1) * grid.columns).join('');
}
