import {isCertain} from './certain.js';
import {blank, continuation, type Grid} from './grid.js';
import {blankStyle, plain, type StyleId} from './style.js';

/** Changed cells side by side on one row that are written in one style; `to` is excluded. */
export type ChangedRun = {readonly y: number; readonly from: number; readonly to: number; readonly style: StyleId};

/**
 * The changed cells of a row up to column `end` as runs, `undefined` when they have to be written from left to right: a
 * grapheme of doubtful width may draw over those behind it.
 */
export function changedRuns(
	wanted: Grid,
	y: number,
	end: number,
	differs: (at: number) => boolean,
): ChangedRun[] | undefined {
	const {cells, styles, columns} = wanted;
	const row = y * columns;
	const runs: ChangedRun[] = [];
	let open: {from: number; to: number; style: StyleId} | undefined;
	const close = () => {
		if (open !== undefined) {
			runs.push({y, ...open});
			open = undefined;
		}
	};

	for (let x = 0; x < end; ) {
		let width = 1;
		while (x + width < columns && cells[row + x + width] === continuation) {
			width++;
		}

		let changed = false;
		for (let at = row + x; !changed && at < row + x + width; at++) {
			changed = differs(at);
		}

		const cell = cells[row + x] ?? blank;
		const style = styles[row + x] ?? plain;
		if (!changed) {
			close();
		} else if (cell !== blank && !isCertain(cell, width)) {
			return undefined;
		} else if (open === undefined || open.to !== x) {
			close();
			open = {from: x, to: x + width, style};
		} else if (open.style === style || (cell === blank && blankStyle(open.style) === style)) {
			open.to = x + width;
		} else if (
			cells.slice(row + open.from, row + x).every(each => each === blank) &&
			blankStyle(style) === open.style
		) {
			// Blanks can be written in the style of what follows them.
			open.to = x + width;
			open.style = style;
		} else {
			close();
			open = {from: x, to: x + width, style};
		}

		x += width;
	}

	close();
	return runs;
}

/** The runs one style after the other, that of the pen first; inside a style from top to bottom. */
export function byStyle(runs: readonly ChangedRun[], first: StyleId): readonly ChangedRun[] {
	const groups = new Map<StyleId, ChangedRun[]>([[first, []]]);
	for (const run of runs) {
		const group = groups.get(run.style);
		if (group === undefined) {
			groups.set(run.style, [run]);
		} else {
			group.push(run);
		}
	}

	return [...groups.values()].flat();
}
