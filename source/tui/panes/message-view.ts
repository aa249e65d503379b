import {truncateToWidth} from '../../shared/text.js';
import type {Entry} from '../../store/state.js';
import {joinLines, line, type StyledLine, wrap} from '../screen/line.js';
import {dateText, sameDay, sameMinute} from './calendar.js';
import type {Frame} from './frame.js';
import type {Gaps} from './gaps.js';
import {entryLines, timeOf} from './message-lines.js';

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

export type MessageView = {
	readonly entries: readonly Entry[];
	readonly frame: Frame;
	readonly height: number;
	/** Key of the newest entry that was seen before: the read marker line goes below it. */
	readonly marker: number | undefined;
	/** Nothing older is to be had than the first entry. */
	readonly complete: boolean;
	/** Where messages are missing. */
	readonly gaps: Gaps;
	/** Stands above the first entry. */
	readonly header: readonly StyledLine[];
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
		below: view.entries.length - 1 - bottom.index,
		atTop:
			lines.length < view.height ||
			lines[0] === block(view, -1)[0] ||
			(view.header.length === 0 && lines[0] === block(view, 0)[0]),
	};
}

function endOf(view: MessageView): Place {
	const index = view.entries.length - 1;
	return {index, rows: block(view, index).length};
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
	return {index, rows: Math.min(anchor.rows, block(view, index).length)};
}

function collectUp(view: MessageView, bottom: Place, height: number): readonly StyledLine[] {
	const blocks: Array<readonly StyledLine[]> = [];
	let missing = height;
	for (let index = bottom.index; index >= -1 && missing > 0; index--) {
		const whole = block(view, index);
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
		rows = block(view, index).length;
	}

	return {index, rows: Math.max(0, rows - left)};
}

function down(view: MessageView, from: Place, count: number): Place {
	const end = view.entries.length - 1;
	let {index, rows} = from;
	let left = count;
	while (left > 0) {
		const inBlock = block(view, index).length - rows;
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

/** The lines of an entry with what stands above it: a gap, the date, where it changes, and the read marker. */
function block(view: MessageView, index: number): readonly StyledLine[] {
	const {entries, frame, marker} = view;
	const entry = entries[index];
	if (entry === undefined) {
		return index < 0 ? view.header : [];
	}

	const previous = entries[index - 1];
	const now = frame.calendar(timeOf(entry));
	const before = previous === undefined ? undefined : frame.calendar(timeOf(previous));
	const newDay = before === undefined || !sameDay(before, now);
	const lines = entryLines(entry, frame, before === undefined || !sameMinute(before, now));
	const marked = marker !== undefined && index === firstNew(view) && standsHere(view, index);
	const gap = view.gaps.get(index);
	const gapBelow = index === entries.length - 1 ? view.gaps.get(entries.length) : undefined;
	if (!newDay && !marked && gap === undefined && gapBelow === undefined) {
		return lines;
	}

	const above = [
		...(gap === undefined ? [] : [rule(frame, gap, 'warning')]),
		...(newDay ? [rule(frame, dateText(now), 'dateLine')] : []),
		...(marked ? [rule(frame, `new (${countNew(entries, marker)})`, 'readMarker')] : []),
	];
	return [...above, ...lines, ...(gapBelow === undefined ? [] : [rule(frame, gapBelow, 'warning')])];
}

function isNew(entry: Entry, marker: number): boolean {
	return entry.type === 'message' && entry.message.direction === 'incoming' && entry.key > marker;
}

/** Whether the line belongs above this first new entry, and not above one that is not loaded. */
function standsHere({complete}: MessageView, index: number): boolean {
	return index > 0 || complete;
}

/** -1 where nothing is new. */
function firstNew({entries, marker}: MessageView): number {
	if (marker === undefined) {
		return -1;
	}

	for (let index = firstFrom(entries, marker); index < entries.length; index++) {
		const entry = entries[index];
		if (entry !== undefined && isNew(entry, marker)) {
			return index;
		}
	}

	return -1;
}

/** Index of the first entry with that key or a higher one. */
function firstFrom(entries: readonly Entry[], key: number): number {
	let low = 0;
	let high = entries.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((entries[middle]?.key ?? 0) < key) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}

	return low;
}

function countNew(entries: readonly Entry[], marker: number): number {
	let count = 0;
	for (let index = entries.length - 1; index >= 0; index--) {
		const entry = entries[index];
		if (entry === undefined || entry.key <= marker) {
			break;
		}

		count += isNew(entry, marker) ? 1 : 0;
	}

	return count;
}

const strokes = {dateLine: '─', readMarker: '╌', warning: '·'} as const;

const rules = new WeakMap<Frame, Map<string, StyledLine>>();

/** A line across the pane with a few words in its middle; the same words give the same line object. */
function rule(frame: Frame, text: string, role: keyof typeof strokes): StyledLine {
	const known = rules.get(frame) ?? new Map<string, StyledLine>();
	rules.set(frame, known);
	const key = `${role} ${text}`;
	const found = known.get(key);
	if (found !== undefined) {
		return found;
	}

	const words = ` ${truncateToWidth(text, Math.max(1, frame.width - 4))} `;
	const left = Math.max(1, Math.floor((frame.width - words.length) / 2));
	const right = Math.max(1, frame.width - words.length - left);
	const stroke = strokes[role];
	const style = frame.palette.role[role];
	const made = line([{text: stroke.repeat(left) + words + stroke.repeat(right), style}]);
	known.set(key, made);
	return made;
}

/** Words in the middle of an empty pane, or above the first message. */
export function centred(frame: Frame, text: string): readonly StyledLine[] {
	const style = frame.palette.role.faint;
	return wrap([{text, style}], {width: Math.max(1, frame.width - 2)}).map(each => {
		const left = Math.max(0, Math.floor((frame.width - each.cells.length) / 2));
		return joinLines([line(' '.repeat(left)), each]);
	});
}
