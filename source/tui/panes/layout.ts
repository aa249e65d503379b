import type {Rectangle} from '../screen/layers.js';

/** Where each pane lies. Columns and rows count from 0. */
export type Layout = {
	readonly title: Rectangle;
	/** Absent when hidden. */
	readonly list: Rectangle | undefined;
	readonly messages: Rectangle;
	readonly status: Rectangle;
	readonly composer: Rectangle;
};

/** Below this the program only says how much it needs. */
export const smallest = {columns: 40, rows: 10} as const;

/** The list of buffers hides by itself on screens narrower than this. */
const listFrom = 100;

/** A third of the screen, at least one row. */
export function largestComposer(rows: number): number {
	return Math.max(1, Math.floor(rows / 3));
}

/**
 * The arrangement for a screen of this size with a composer of so many rows. `list` overrides whether the list of
 * buffers is shown. `undefined`: the screen is too small.
 */
export function layoutFor(columns: number, rows: number, composerRows: number, list?: boolean): Layout | undefined {
	if (columns < smallest.columns || rows < smallest.rows) {
		return undefined;
	}

	const composer = Math.min(composerRows, largestComposer(rows));
	const height = rows - 2 - composer;
	const wanted = Math.min(28, Math.max(20, Math.floor(columns / 6)));
	const listWidth = (list ?? columns >= listFrom) ? Math.min(wanted, Math.floor(columns / 3)) : 0;
	return {
		title: {x: 0, y: 0, width: columns, height: 1},
		list: listWidth === 0 ? undefined : {x: 0, y: 1, width: listWidth, height},
		messages: {x: listWidth, y: 1, width: columns - listWidth, height},
		status: {x: 0, y: rows - 1 - composer, width: columns, height: 1},
		composer: {x: 0, y: rows - composer, width: columns, height: composer},
	};
}
