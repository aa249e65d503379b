import {blank, continuation, createGrid, fillSpan, type Grid, openSpan, resizeGrid} from './grid.js';
import type {StyledLine} from './line.js';
import {plain, type StyleId} from './style.js';

/** Columns and rows count from 0 at the top left corner of the screen. */
export type Rectangle = {readonly x: number; readonly y: number; readonly width: number; readonly height: number};

/** A rectangle of the screen that is painted with ready-made lines, with no Ink frame. */
export type Region = Rectangle & {
	/** Top to bottom; what is missing is blank, what is too much is not shown. */
	readonly lines: readonly StyledLine[];
	/** Style of the rows below the last line. */
	readonly fill?: StyleId | undefined;
};

/**
 * Everything that wants to be on the screen: Ink's own grid at the bottom, regions over it in the order they were first
 * set, and rectangles in which Ink's grid shows through again (popups). Rows are put together only when something on
 * them has changed.
 */
export type Layers = {
	/** What the differ compares with the terminal; `dirty` marks rows put together since it last looked. */
	readonly wanted: Grid;
	/** Ink paints here. Marks its own dirty rows. */
	readonly ink: Grid;
	readonly columns: number;
	readonly rows: number;
	setRegion(id: string, region: Region): void;
	removeRegion(id: string): void;
	/** Declares a rectangle in which Ink's cells cover all regions. */
	setOverlay(id: string, rectangle: Rectangle): void;
	removeOverlay(id: string): void;
	/** The rectangles now painted as regions: where scrolling is worth looking for. */
	areas(): readonly Rectangle[];
	/** Brings `wanted` up to date. Says whether any row may have changed. */
	compose(): boolean;
	resize(columns: number, rows: number): void;
	/** Has every row put together and compared again. */
	touchAll(): void;
};

function sameRectangle(a: Rectangle, b: Rectangle): boolean {
	return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

/** Whole numbers inside the screen. */
function clip(rectangle: Rectangle, columns: number, rows: number): Rectangle {
	const x = Math.min(Math.max(0, Math.trunc(rectangle.x)), columns);
	const y = Math.min(Math.max(0, Math.trunc(rectangle.y)), rows);
	const right = Math.min(Math.max(x, Math.trunc(rectangle.x + rectangle.width)), columns);
	const bottom = Math.min(Math.max(y, Math.trunc(rectangle.y + rectangle.height)), rows);
	return {x, y, width: right - x, height: bottom - y};
}

function paintLine(grid: Grid, y: number, area: Rectangle, styledLine: StyledLine): void {
	const {cells, styles} = styledLine;
	const right = area.x + area.width;
	openSpan(grid, y, area.x, right);
	const start = y * grid.columns + area.x;
	let width = Math.min(cells.length, area.width);
	// A wide grapheme that the right edge would cut in two is left out as a whole.
	if (width < cells.length && cells[width] === continuation) {
		while (width > 0 && cells[width] === continuation) {
			width--;
		}
	}

	for (let column = 0; column < width; column++) {
		grid.cells[start + column] = cells[column] ?? blank;
		grid.styles[start + column] = styles[column] ?? plain;
	}

	grid.cells.fill(blank, start + width, start + area.width);
	grid.styles.fill(styledLine.fill, start + width, start + area.width);
}

function copySpan(from: Grid, to: Grid, y: number, left: number, right: number): void {
	openSpan(to, y, left, right);
	const row = y * to.columns;
	for (let at = row + left; at < row + right; at++) {
		to.cells[at] = from.cells[at] ?? blank;
		to.styles[at] = from.styles[at] ?? plain;
	}

	// Ink's own wide graphemes may cross the edge of the rectangle.
	for (let at = row + left; at < row + right && to.cells[at] === continuation; at++) {
		to.cells[at] = blank;
	}

	if (right < to.columns && from.cells[row + right] === continuation) {
		let at = row + right - 1;
		while (at > row + left && to.cells[at] === continuation) {
			to.cells[at] = blank;
			at--;
		}

		to.cells[at] = blank;
	}
}

/** Makes the layers of a screen of the given size; see {@link Layers}. */
export function createLayers(initialColumns: number, initialRows: number): Layers {
	let wanted = createGrid(initialColumns, initialRows);
	let ink = createGrid(initialColumns, initialRows);
	let stale = new Uint8Array(initialRows).fill(1);
	const regions = new Map<string, Region>();
	const overlays = new Map<string, Rectangle>();

	const touch = (rectangle: Rectangle) => {
		const {y, height} = clip(rectangle, wanted.columns, wanted.rows);
		stale.fill(1, y, y + height);
	};

	const composeRow = (y: number) => {
		copySpan(ink, wanted, y, 0, wanted.columns);
		for (const region of regions.values()) {
			const area = clip(region, wanted.columns, wanted.rows);
			if (area.width === 0 || y < area.y || y >= area.y + area.height) {
				continue;
			}

			const styledLine = region.lines[y - Math.trunc(region.y)];
			if (styledLine === undefined) {
				fillSpan(wanted, y, area.x, area.x + area.width, region.fill ?? plain);
			} else {
				paintLine(wanted, y, area, styledLine);
			}
		}

		for (const overlay of overlays.values()) {
			const area = clip(overlay, wanted.columns, wanted.rows);
			if (area.width > 0 && y >= area.y && y < area.y + area.height) {
				copySpan(ink, wanted, y, area.x, area.x + area.width);
			}
		}

		wanted.dirty[y] = 1;
	};

	return {
		get wanted() {
			return wanted;
		},
		get ink() {
			return ink;
		},
		get columns() {
			return wanted.columns;
		},
		get rows() {
			return wanted.rows;
		},
		setRegion(id, region) {
			const before = regions.get(id);
			regions.set(id, region);
			if (before === undefined || !sameRectangle(before, region) || before.fill !== region.fill) {
				if (before !== undefined) {
					touch(before);
				}

				touch(region);
				return;
			}

			// Same place: only rows whose line is another object can look different.
			const top = Math.trunc(region.y);
			for (let row = Math.max(0, -top); row < region.height && top + row < wanted.rows; row++) {
				if (before.lines[row] !== region.lines[row]) {
					stale[top + row] = 1;
				}
			}
		},
		removeRegion(id) {
			const before = regions.get(id);
			if (before !== undefined) {
				regions.delete(id);
				touch(before);
			}
		},
		setOverlay(id, rectangle) {
			const before = overlays.get(id);
			if (before !== undefined && sameRectangle(before, rectangle)) {
				return;
			}

			if (before !== undefined) {
				touch(before);
			}

			overlays.set(id, rectangle);
			touch(rectangle);
		},
		removeOverlay(id) {
			const before = overlays.get(id);
			if (before !== undefined) {
				overlays.delete(id);
				touch(before);
			}
		},
		areas() {
			return [...regions.values()].map(region => clip(region, wanted.columns, wanted.rows));
		},
		compose() {
			let changed = false;
			for (let y = 0; y < wanted.rows; y++) {
				if (stale[y] === 1 || ink.dirty[y] === 1) {
					composeRow(y);
					stale[y] = 0;
					ink.dirty[y] = 0;
					changed = true;
				}
			}

			return changed;
		},
		resize(columns, rows) {
			wanted = resizeGrid(wanted, columns, rows);
			ink = resizeGrid(ink, columns, rows);
			stale = new Uint8Array(rows).fill(1);
		},
		touchAll() {
			stale.fill(1);
		},
	};
}
