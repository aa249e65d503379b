import type {Entry} from '../../store/state.js';
import type {StyledLine} from '../screen/line.js';
import {blockLines, firstFrom, firstNew, type MessageView, standsHere} from './message-blocks.js';
import {foldedLines} from './message-lines.js';

export type {MessageView} from './message-blocks.js';

/**
 * Where a scrolled view stands: the entry whose lines end the pane, and how many of its lines are in view. `undefined`
 * instead of an anchor: the view follows the newest entry.
 */
export type Anchor = {
	readonly key: number;
	/** Which of several entries with that key; 0, the first, unless given. Notices may share a key. */
	readonly nth?: number;
	readonly rows: number;
};

export type Viewport = {
	readonly lines: readonly StyledLine[];
	readonly anchor: Anchor | undefined;
	/** Entries that are wholly below the pane. */
	readonly below: number;
	/** The first line of all is in view. */
	readonly atTop: boolean;
};

/** A line of the whole: the block (-1 is the header) and how many of its lines are above the line's end. */
type Place = {readonly index: number; readonly rows: number};

/**
 * The lines in view. Walks up from the last line in view and looks at no more entries than fit, so its cost does not
 * depend on how long the history is.
 */
export function viewport(view: MessageView, anchor: Anchor | undefined): Viewport {
	const end = endOf(view);
	const bottom = anchor === undefined ? end : placeOf(view, anchor);
	const above = collectUp(view, bottom, view.height);
	if (above.length === view.height || bottom === end) {
		return finish(view, above, bottom);
	}

	// Scrolled up to the top: the pane is filled from there instead.
	const filled = down(view, bottom, view.height - above.length);
	return finish(view, collectUp(view, filled, view.height), filled);
}

/** The anchor after scrolling by so many lines, up being negative. */
export function scrolled(view: MessageView, anchor: Anchor | undefined, by: number): Anchor | undefined {
	const from = anchor === undefined ? endOf(view) : placeOf(view, anchor);
	const to = by < 0 ? up(view, from, -by) : down(view, from, by);
	return viewport(view, anchorOf(view, to)).anchor;
}

/** The anchor with which the first line of all is in view. */
export function anchoredAtTop(view: MessageView): Anchor | undefined {
	return viewport(view, anchorOf(view, {index: -1, rows: view.header.length})).anchor;
}

/** Where the read marker line is. `older`: above all that is loaded. */
export type MarkerPlace =
	| {readonly type: 'none'}
	| {readonly type: 'older'}
	/** The anchor with which it is in the upper part of the pane. */
	| {readonly type: 'here'; readonly anchor: Anchor | undefined};

export function markerPlace(view: MessageView): MarkerPlace {
	const index = firstNew(view);
	if (index < 0) {
		return {type: 'none'};
	}

	if (!standsHere(view, index)) {
		return {type: 'older'};
	}

	const {height} = view;
	const place = down(view, {index, rows: 1}, Math.max(0, height - Math.floor(height / 4)));
	return {type: 'here', anchor: viewport(view, anchorOf(view, place)).anchor};
}

function finish(view: MessageView, lines: readonly StyledLine[], bottom: Place): Viewport {
	const end = endOf(view);
	const atEnd = bottom.index === end.index && bottom.rows === end.rows;
	return {
		lines,
		anchor: atEnd ? undefined : anchorOf(view, bottom),
		below: countBelow(view.entries, bottom.index),
		atTop: lines.length < view.height || lines[0] === firstLine(view),
	};
}

/** What people did who came and went is not what somebody waits for below. */
function countBelow(entries: readonly Entry[], index: number): number {
	let count = 0;
	for (let below = index + 1; below < entries.length; below++) {
		count += entries[below]?.type === 'activity' ? 0 : 1;
	}

	return count;
}

function firstLine(view: MessageView): StyledLine | undefined {
	for (let index = -1; index < view.entries.length; index++) {
		const [first] = blockLines(view, index);
		if (first !== undefined) {
			return first;
		}
	}

	return undefined;
}

/** The messages in view of which a part is folded away, the lowest first. */
export function foldedInView(view: MessageView, anchor: Anchor | undefined): readonly number[] {
	return entriesInView(view, anchor)
		.filter(entry => foldedLines(entry) > 0)
		.map(({key}) => key);
}

/** Whether a part of an entry is folded away. */
export function isFolded(view: MessageView, entry: Entry): boolean {
	return blockLines(view, firstFrom(view.entries, entry.key)).length > 0 && foldedLines(entry) > 0;
}

/**
 * How many lines of an entry go down to its end or, where it is of more than `most` lines, to the first in which is what
 * was looked for.
 */
export function rowsToFound(view: MessageView, entry: Entry, most: number): number {
	const index = firstFrom(view.entries, entry.key);
	const lines = blockLines(view, index);
	const plain = blockLines({...view, found: undefined}, index);
	const marked = lines.findIndex((line, row) => line !== plain[row]);
	return lines.length <= most || marked < 0 ? lines.length : marked + 1;
}

/** The entries of which a line is in view, the lowest first. */
export function entriesInView(view: MessageView, anchor: Anchor | undefined): readonly Entry[] {
	const bottom = anchor === undefined ? endOf(view) : placeOf(view, anchor);
	const seen: Entry[] = [];
	let missing = view.height;
	for (let index = bottom.index; index >= 0 && missing > 0; index--) {
		const {length} = blockLines(view, index);
		const entry = view.entries[index];
		if (length > 0 && entry !== undefined) {
			seen.push(entry);
		}

		missing -= index === bottom.index ? bottom.rows : length;
	}

	return seen;
}

/** The entry whose line stands in that row of the pane, counted from its top. */
export function entryAtRow(view: MessageView, anchor: Anchor | undefined, row: number): Entry | undefined {
	const {lines} = viewport(view, anchor);
	const top = up(view, bottomOf(view, anchor), lines.length);
	const {index, rows} = down(view, top, row + 1);
	return row < lines.length && rows > 0 ? view.entries[index] : undefined;
}

/** Where the last line in view stands: what is above all that is loaded is filled from the top. */
function bottomOf(view: MessageView, anchor: Anchor | undefined): Place {
	const shown = viewport(view, anchor).anchor;
	return shown === undefined ? endOf(view) : placeOf(view, shown);
}

/** The anchor with which all of an entry is in view, or its beginning: as it is where that is so, else moved as little as can be. */
export function anchoredOn(view: MessageView, anchor: Anchor | undefined, entry: Entry): Anchor | undefined {
	const index = view.entries.indexOf(entry);
	const {length} = blockLines(view, index);
	if (index < 0 || length === 0) {
		return anchor;
	}

	const bottom = bottomOf(view, anchor);
	const top = up(view, bottom, view.height);
	if (top.index > index || (top.index === index && top.rows > 0)) {
		return viewport(view, anchorOf(view, down(view, {index, rows: 1}, view.height - 1))).anchor;
	}

	const end = {index, rows: Math.min(length, view.height)};
	return bottom.index < index || (bottom.index === index && bottom.rows < end.rows)
		? viewport(view, anchorOf(view, end)).anchor
		: anchor;
}

function endOf(view: MessageView): Place {
	const index = view.entries.length - 1;
	return {index, rows: blockLines(view, index).length};
}

function anchorOf(view: MessageView, {index, rows}: Place): Anchor | undefined {
	const entry = view.entries[index];
	if (entry !== undefined) {
		const nth = index - firstFrom(view.entries, entry.key);
		return {key: entry.key, rows, ...(nth > 0 ? {nth} : {})};
	}

	return index < 0 ? {key: Number.NEGATIVE_INFINITY, rows} : undefined;
}

/** The entry of that key or, where it is gone, the next one below. */
function placeOf(view: MessageView, anchor: Anchor): Place {
	const {entries} = view;
	if (anchor.key === Number.NEGATIVE_INFINITY) {
		return {index: -1, rows: anchor.rows};
	}

	const index = Math.min(firstFrom(entries, anchor.key) + (anchor.nth ?? 0), entries.length - 1);
	return {index, rows: Math.min(anchor.rows, blockLines(view, index).length)};
}

function collectUp(view: MessageView, bottom: Place, height: number): readonly StyledLine[] {
	const blocks: Array<readonly StyledLine[]> = [];
	let missing = height;
	for (let index = bottom.index; index >= -1 && missing > 0; index--) {
		const whole = blockLines(view, index);
		const part = index === bottom.index ? whole.slice(0, bottom.rows) : whole;
		const shown = part.slice(Math.max(0, part.length - missing));
		blocks.push(shown);
		missing -= shown.length;
	}

	return blocks.reverse().flat();
}

function up(view: MessageView, from: Place, count: number): Place {
	let {index, rows} = from;
	let left = count;
	while (left >= rows && index > -1) {
		left -= rows;
		index--;
		rows = blockLines(view, index).length;
	}

	return {index, rows: Math.max(0, rows - left)};
}

function down(view: MessageView, from: Place, count: number): Place {
	const end = view.entries.length - 1;
	let {index, rows} = from;
	let left = count;
	while (left > 0) {
		const inBlock = blockLines(view, index).length - rows;
		if (left <= inBlock) {
			return {index, rows: rows + left};
		}

		if (index >= end) {
			return endOf(view);
		}

		left -= inBlock;
		index++;
		rows = 0;
	}

	return {index, rows};
}
