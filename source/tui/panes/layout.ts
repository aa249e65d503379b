import type {Rectangle} from '../screen/layers.js';

/** A bar and the messages under it. */
export type PaneArea = {readonly title: Rectangle; readonly messages: Rectangle};

/** Where each pane lies. Columns and rows count from 0. */
export type Layout = {
	/** Of the buffer that has the keyboard. */
	readonly title: Rectangle;
	readonly messages: Rectangle;
	/** The other half of a split view; absent where there is none, or no room for it. */
	readonly other: PaneArea | undefined;
	/** Between halves that stand side by side. */
	readonly divider: Rectangle | undefined;
	/** Absent when hidden. */
	readonly list: Rectangle | undefined;
	/** Absent when hidden, and where the buffer is no room. */
	readonly participants: Rectangle | undefined;
	readonly status: Rectangle;
	/** Between the bar and the input; absent where there is nothing to note. */
	readonly note: Rectangle | undefined;
	readonly composer: Rectangle;
};

/** `undefined`: where there is room. */
export type Side = {readonly shown: boolean | undefined; readonly width: number};

/** What is to be on the screen, if it has room. */
export type Wishes = {
	readonly composerRows: number;
	/** What is written, or done with keys, is about a message: a line says so. */
	readonly note?: boolean;
	readonly list: Side;
	/** Absent: no room is on the screen. */
	readonly participants?: Side;
	/** Which half has the keyboard: the upper or left one is the first. Absent: the view is not split. */
	readonly split?: 'first' | 'second';
};

/** Below this the program only says how much it needs. */
export const smallest = {columns: 40, rows: 10} as const;

/** The list of buffers hides by itself on screens narrower than this. */
const listFrom = 100;
/** Likewise the participants; and from here on two halves stand side by side. */
const wide = 120;
/** Two halves one above the other need so many rows: of each at least three lines beside its title and a large composer. */
const splitFrom = 16;
/** Columns of messages that participants leave by themselves, and that they leave where they were asked for. */
const leastBeside = {byThemselves: 50, askedFor: 26} as const;
/** Columns of the list on a screen that is not wide. */
const narrowList = 20;

/** A third of the screen, at least one row. */
export function largestComposer(rows: number): number {
	return Math.max(1, Math.floor(rows / 3));
}

/**
 * The arrangement for a screen of this size. As it gets narrower, participants that nobody asked for go first, then two
 * halves stand one above the other, then the list that nobody asked for goes, at last participants that were asked for.
 * With fewer rows the second half goes. `undefined`: the screen is too small.
 */
export function layoutFor(columns: number, rows: number, wishes: Wishes): Layout | undefined {
	if (columns < smallest.columns || rows < smallest.rows) {
		return undefined;
	}

	const composer = Math.min(wishes.composerRows, largestComposer(rows));
	const lower = composer + (wishes.note === true ? 1 : 0);
	const height = rows - 2 - lower;
	const beside = wishes.split !== undefined && columns >= wide;
	const below = wishes.split !== undefined && !beside && rows >= splitFrom;
	const {list, participants} = sides(columns, wishes, beside ? 2 : 1);
	const middle = {x: list, y: 0, width: columns - list - participants, height: height + 1};
	const halves = beside ? sideBySide(middle, columns) : below ? stacked(middle, columns) : alone(middle, columns);
	const {divider, first, second} = halves;
	const [focused, other] = wishes.split === 'second' && second !== undefined ? [second, first] : [first, second];
	return {
		...focused,
		other,
		divider,
		list: list === 0 ? undefined : {x: 0, y: 1, width: list, height},
		participants: participants === 0 ? undefined : {x: columns - participants, y: 1, width: participants, height},
		status: {x: 0, y: rows - 1 - lower, width: columns, height: 1},
		note: wishes.note === true ? {x: 0, y: rows - lower, width: columns, height: 1} : undefined,
		composer: {x: 0, y: rows - composer, width: columns, height: composer},
	};
}

/** Columns of what stands at the sides; 0: hidden. `halves`: how many panes share what they leave. */
function sides(
	columns: number,
	{list, participants}: Wishes,
	halves: number,
): {readonly list: number; readonly participants: number} {
	const third = Math.floor(columns / 3);
	const listWidth = Math.min(list.width, Math.max(Math.min(narrowList, list.width), Math.floor(columns / 6)), third);
	const shown = (list.shown ?? columns >= listFrom) ? listWidth : 0;
	if (participants === undefined || participants.shown === false) {
		return {list: shown, participants: 0};
	}

	const width = Math.min(participants.width, third);
	const left = Math.floor((columns - shown - width - (halves - 1)) / halves);
	const fits =
		participants.shown === undefined
			? columns >= wide && left >= leastBeside.byThemselves
			: left >= leastBeside.askedFor;
	return {list: shown, participants: fits ? width : 0};
}

type Halves = {
	readonly first: PaneArea;
	readonly second?: PaneArea | undefined;
	readonly divider?: Rectangle | undefined;
};

function pane({x, y, width, height}: Rectangle, title: {readonly x: number; readonly width: number}): PaneArea {
	return {title: {...title, y, height: 1}, messages: {x, y: y + 1, width, height: height - 1}};
}

/** The bar of a pane goes over what stands at its side. */
function alone(middle: Rectangle, columns: number): Halves {
	return {first: pane(middle, {x: 0, width: columns}), divider: undefined};
}

function stacked(middle: Rectangle, columns: number): Halves {
	const upper = Math.ceil(middle.height / 2);
	const {x, width} = middle;
	return {
		first: pane({...middle, height: upper}, {x: 0, width: columns}),
		second: pane({...middle, y: upper, height: middle.height - upper}, {x, width}),
		divider: undefined,
	};
}

function sideBySide(middle: Rectangle, columns: number): Halves {
	const left = Math.floor((middle.width - 1) / 2);
	const edge = middle.x + left;
	return {
		first: pane({...middle, width: left}, {x: 0, width: edge}),
		second: pane({...middle, x: edge + 1, width: middle.width - left - 1}, {x: edge + 1, width: columns - edge - 1}),
		divider: {x: edge, y: 0, width: 1, height: middle.height},
	};
}
