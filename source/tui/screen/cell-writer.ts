import {isCertain, widestGuess} from './certain.js';
import {blank, type Grid} from './grid.js';
import type {Pen} from './pen.js';
import {blankStyle, plain} from './style.js';

/** Writes cells of a grid with a pen. */
export type CellWriter = {
	/** Brings the pen to a cell; unchanged cells on the way are written again where that is shorter. */
	goTo(wanted: Grid, y: number, x: number): void;
	/**
	 * Writes the grapheme at `x`. Gives the column up to which the terminal may have drawn over its neighbours, which then
	 * have to be written again.
	 */
	writeCell(wanted: Grid, y: number, x: number, width: number): number;
	/** Erases a row from a column on; nothing from the last one on. */
	erase(wanted: Grid, y: number, from: number): void;
};

/** Unchanged cells between two changed ones are written again rather than jumped over, up to this many. */
const longestGap = 4;

export function createCellWriter(pen: Pen): CellWriter {
	/** Whether the unchanged cells between the pen and `x` are better written again than jumped over. */
	const canBridge = (wanted: Grid, y: number, x: number): boolean => {
		if (pen.y !== y || pen.x === undefined || x <= pen.x || x - pen.x > longestGap) {
			return false;
		}

		for (let at = y * wanted.columns + pen.x; at < y * wanted.columns + x; at++) {
			const cell = wanted.cells[at] ?? blank;
			const drawn = cell === blank ? blankStyle(pen.style) : pen.style;
			if (wanted.styles[at] !== drawn || cell.length !== 1 || cell.charCodeAt(0) > 0x7e) {
				return false;
			}
		}

		return true;
	};

	const goTo = (wanted: Grid, y: number, x: number) => {
		if (canBridge(wanted, y, x)) {
			for (let at = y * wanted.columns + (pen.x ?? x); at < y * wanted.columns + x; at++) {
				pen.put(wanted.cells[at] ?? blank, 1);
			}
		} else {
			pen.moveTo(x, y);
		}
	};

	const writeCell = (wanted: Grid, y: number, x: number, width: number): number => {
		const at = y * wanted.columns + x;
		const cell = wanted.cells[at] ?? blank;
		const style = wanted.styles[at] ?? plain;
		goTo(wanted, y, x);
		if (cell === blank) {
			pen.setBlankStyle(style);
			pen.put(blank, 1);
			return x + 1;
		}

		pen.setStyle(style);
		if (isCertain(cell, width)) {
			if (cell.length > 1 && x === wanted.columns - 1) {
				// Without wrapping tmux leaves its cursor on the last column, and gives an accent to the letter before.
				pen.raw(`\u{1B}[?7h`);
				pen.put(cell, width);
				pen.raw(`\u{1B}[?7l`);
				pen.loseColumn();
			} else {
				pen.put(cell, width);
			}

			return x + width;
		}

		// Blanks first, so that neither a gap nor stale cells remain where the terminal takes the glyph for narrower.
		for (let column = 0; column < width; column++) {
			pen.put(blank, 1);
		}

		pen.moveTo(x, y);
		pen.put(cell, width);
		pen.loseColumn();
		return x + widestGuess(cell, width);
	};

	const erase = (wanted: Grid, y: number, from: number) => {
		if (from < wanted.columns) {
			goTo(wanted, y, from);
			pen.setBlankStyle(plain);
			pen.raw(`\u{1B}[K`);
		}
	};

	return {goTo, writeCell, erase};
}
