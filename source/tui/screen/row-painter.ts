import {createCellWriter} from './cell-writer.js';
import {blank, continuation, type Grid} from './grid.js';
import type {Pen} from './pen.js';
import {byStyle, type ChangedRun, changedRuns} from './runs.js';
import {plain} from './style.js';

/** Paints what differs on rows that follow each other; afterwards `shown` has them. */
export type RowPainter = (wanted: Grid, shown: Grid, rows: readonly number[]) => void;

/** Blank tails are erased rather than overwritten when more than this many cells of it differ. */
const shortestErasure = 4;
/** So many rows in a row are also tried style by style. */
const fewestRowsByStyle = 3;

/** Whether a cell is not what the terminal shows. */
export function cellDiffers(wanted: Grid, shown: Grid, at: number): boolean {
	return wanted.cells[at] !== shown.cells[at] || wanted.styles[at] !== shown.styles[at];
}

export function createRowPainter(pen: Pen): RowPainter {
	const {writeCell, erase} = createCellWriter(pen);

	/** Column from which the wanted row is blank, if erasing from there is worth it; else the width. */
	const erasureStart = (wanted: Grid, shown: Grid, y: number): number => {
		const row = y * wanted.columns;
		let start = wanted.columns;
		while (start > 0 && wanted.cells[row + start - 1] === blank && wanted.styles[row + start - 1] === plain) {
			start--;
		}

		let changed = 0;
		for (let at = row + start; at < row + wanted.columns; at++) {
			changed += cellDiffers(wanted, shown, at) ? 1 : 0;
		}

		return changed > shortestErasure ? start : wanted.columns;
	};

	const paintRow = (wanted: Grid, shown: Grid, y: number) => {
		const {columns} = wanted;
		const row = y * columns;
		const erasure = erasureStart(wanted, shown, y);
		let forced = 0;
		let x = 0;
		while (x < erasure) {
			let width = 1;
			while (x + width < columns && wanted.cells[row + x + width] === continuation) {
				width++;
			}

			let changed = x < forced;
			for (let at = row + x; !changed && at < row + x + width; at++) {
				changed = cellDiffers(wanted, shown, at);
			}

			if (changed) {
				forced = Math.max(forced, writeCell(wanted, y, x, width));
			}

			x += width;
		}

		erase(wanted, y, erasure);
	};

	/** Paints rows one style after the other, over all of them. False: they have to be painted one by one. */
	const paintByStyle = (wanted: Grid, shown: Grid, rows: readonly number[]): boolean => {
		const all: ChangedRun[] = [];
		const erasures: Array<readonly [number, number]> = [];
		for (const y of rows) {
			const erasure = erasureStart(wanted, shown, y);
			const runs = changedRuns(wanted, y, erasure, at => cellDiffers(wanted, shown, at));
			if (runs === undefined) {
				return false;
			}

			all.push(...runs);
			erasures.push([y, erasure]);
		}

		for (const {y, from, to} of byStyle(all, pen.style)) {
			for (let x = from; x < to; ) {
				let width = 1;
				while (x + width < to && wanted.cells[y * wanted.columns + x + width] === continuation) {
					width++;
				}

				x = writeCell(wanted, y, x, width);
			}
		}

		for (const [y, from] of erasures) {
			erase(wanted, y, from);
		}

		return true;
	};

	/**
	 * Paints rows that follow each other, the shorter way: one by one, or one style after the other. The latter pays where a
	 * column of short texts is repaired after a scroll.
	 */
	return (wanted, shown, rows) => {
		const before = pen.mark();
		const byRow = () => {
			for (const y of rows) {
				paintRow(wanted, shown, y);
			}
		};

		byRow();
		if (rows.length >= fewestRowsByStyle) {
			const first = pen.mark();
			pen.undo(before);
			if (!paintByStyle(wanted, shown, rows) || pen.mark().bytes.length >= first.bytes.length) {
				pen.undo(first);
			}
		}

		for (const y of rows) {
			for (let at = y * wanted.columns; at < (y + 1) * wanted.columns; at++) {
				shown.cells[at] = wanted.cells[at] ?? blank;
				shown.styles[at] = wanted.styles[at] ?? plain;
			}
		}
	};
}
