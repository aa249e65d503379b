import {displayWidth, truncateToWidth} from '../../shared/text.js';
import type {Entry} from '../../store/state.js';
import {joinLines, line, type StyledLine, wrap} from '../screen/line.js';
import {isShown, runAt, runLines} from './activity.js';
import {answeredBy} from './answered.js';
import {dateText, sameDay, sameMinute} from './calendar.js';
import {type FoundIn, withFound} from './found-marks.js';
import {type Frame, gutterWidth} from './frame.js';
import type {Gaps} from './gaps.js';
import {authorKey, entryLines, type Shape, timeOf} from './message-lines.js';
import {isEmote} from './message-text.js';
import {rememberLast} from './remember.js';
import {type Selected, withSelected} from './selection-marks.js';

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
	/** There are newer entries than the last one. */
	readonly detached?: boolean;
	/** What was looked for here. */
	readonly found?: FoundIn | undefined;
	/** Stands above the first entry. */
	readonly header: readonly StyledLine[];
	/** Keys of long messages of which all is shown. */
	readonly unfolded?: ReadonlySet<number>;
	/** Keys of spoilers that are open. */
	readonly opened?: ReadonlySet<number>;
	/** What is selected here. */
	readonly selected?: Selected | undefined;
	/** In a room: whose reading ended at the message of this key, or at what follows it up to the next one. */
	readonly readers?: ((key: number, next: number | undefined) => readonly string[]) | undefined;
};

const nothing: readonly StyledLine[] = [];

/** The lines of an entry with what stands above it: a gap, the date, where it changes, and the read marker. */
export function blockLines(view: MessageView, index: number): readonly StyledLine[] {
	const {entries, frame} = view;
	const entry = entries[index];
	if (entry === undefined) {
		return index < 0 ? view.header : nothing;
	}

	const gap = view.gaps.get(index);
	const gapBelow = index === entries.length - 1 ? view.gaps.get(entries.length) : undefined;
	const run = entry.type === 'activity' ? runAt(entries, index, frame) : undefined;
	const previous = run?.length === 0 ? undefined : previousShown(entries, index, frame);
	const now = frame.calendar(timeOf(entry));
	const before = previous === undefined ? undefined : frame.calendar(timeOf(previous));
	const newDay = run?.length !== 0 && (before === undefined || !sameDay(before, now));
	const newCount = newAt(view, index);
	const isApart = gap !== undefined || newDay || newCount > 0;
	// A run tells when it began, and what comes next may be much later.
	const showTime =
		isApart || !frame.group || before === undefined || previous?.type === 'activity' || !sameMinute(before, now);
	const lines =
		entry.type === 'activity'
			? runLines(run ?? [], frame, showTime)
			: markedLines(view, entry, {
					time: showTime,
					name: showTime || previous === undefined || !continues(previous, entry),
					unfolded: view.unfolded?.has(entry.key) ?? false,
					readers: readersAt(view, index),
					opened: view.opened?.has(entry.key) ?? false,
					answered: entry.type === 'message' ? answeredBy(entry.message, entries, frame) : undefined,
				});
	if (!isApart && gapBelow === undefined) {
		return lines;
	}

	return [
		...(gap === undefined ? [] : [rule(frame, gap, 'warning')]),
		...(newDay ? [rule(frame, dateText(now), 'dateLine')] : []),
		...(newCount > 0
			? [rule(frame, `new (${newCount}${view.detached === true ? ' or more' : ''})`, 'readMarker')]
			: []),
		...lines,
		...(gapBelow === undefined ? [] : [rule(frame, gapBelow, 'warning')]),
	];
}

/** The lines of an entry, with what was looked for in it marked, and whether it is selected. */
function markedLines(
	view: MessageView,
	entry: Exclude<Entry, {readonly type: 'activity'}>,
	shape: Shape,
): readonly StyledLine[] {
	const {frame, selected} = view;
	const lines = foundLines(view, entry, shape);
	return selected === undefined || entry.type !== 'message' ? lines : withSelected(lines, selected, entry.key, frame);
}

function foundLines(
	{frame, found}: MessageView,
	entry: Exclude<Entry, {readonly type: 'activity'}>,
	shape: Shape,
): readonly StyledLine[] {
	const lines = entryLines(entry, frame, shape);
	return found === undefined || entry.type !== 'message'
		? lines
		: withFound(lines, found, {
				key: entry.key,
				from: gutterWidth(frame),
				style: frame.palette.role[entry.key === found.key ? 'selected' : 'match'],
			});
}

/** Whether an entry goes on with what the one above it says. */
function continues(previous: Entry, entry: Entry): boolean {
	return (
		previous.type === 'message' &&
		entry.type === 'message' &&
		!isEmote(previous.message) &&
		authorKey(previous.message) === authorKey(entry.message) &&
		previous.message.kind === entry.message.kind
	);
}

/** The entry above it of which anything is seen. What belongs to a run is told where the run begins. */
function previousShown(entries: readonly Entry[], index: number, frame: Frame): Entry | undefined {
	for (let before = index - 1; before >= 0; before--) {
		const entry = entries[before];
		if (entry?.type !== 'activity' || isShown(entries, before, frame)) {
			return entry;
		}
	}

	return undefined;
}

const nobody: Shape['readers'] = [];

function readersAt({entries, readers}: MessageView, index: number): Shape['readers'] {
	const entry = entries[index];
	if (readers === undefined || entry?.type !== 'message') {
		return nobody;
	}

	let next = index + 1;
	while (next < entries.length && entries[next]?.type !== 'message') {
		next++;
	}

	return readers(entry.key, entries[next]?.key);
}

/** How many messages are new from this entry on, if it is the first of them; else 0. */
function newAt(view: MessageView, index: number): number {
	const {entries, marker} = view;
	const first = marker !== undefined && index === firstNew(view) && standsHere(view, index);
	return first ? countNew(entries, marker) : 0;
}

function isNew(entry: Entry, marker: number): boolean {
	return entry.type === 'message' && entry.message.direction === 'incoming' && entry.key > marker;
}

/** Whether the line belongs above this first new entry, and not above one that is not loaded. */
export function standsHere({complete}: MessageView, index: number): boolean {
	return index > 0 || complete;
}

/** -1 where nothing is new. */
export function firstNew({entries, marker}: MessageView): number {
	return marker === undefined ? -1 : firstNewIn(entries, marker);
}

/** Asked for each entry in view, and far away where only the person wrote since. */
const firstNewIn = rememberLast((entries: readonly Entry[], marker: number): number => {
	for (let index = firstFrom(entries, marker); index < entries.length; index++) {
		const entry = entries[index];
		if (entry !== undefined && isNew(entry, marker)) {
			return index;
		}
	}

	return -1;
});

/** Index of the first entry with that key or a higher one. */
export function firstFrom(entries: readonly Entry[], key: number): number {
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
	const extent = displayWidth(words);
	const left = Math.max(1, Math.floor((frame.width - extent) / 2));
	const right = Math.max(1, frame.width - extent - left);
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
