import type {OccupantActivity} from '../../model/room.js';
import {resourcepartOf} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import type {Entry} from '../../store/state.js';
import {type StyledLine, wrap} from '../screen/line.js';
import {isAlwaysTold} from './activity-words.js';
import {sameDay, timeText} from './calendar.js';
import {blankGutter, type Frame, gutter} from './frame.js';

type ActivityEntry = Extract<Entry, {type: 'activity'}>;

/** Whether what an occupant did is shown at all: with the smart filter only of those who spoke lately. */
export function isShown(entries: readonly Entry[], index: number, frame: Frame): boolean {
	const entry = entries[index];
	if (entry?.type !== 'activity') {
		return entry !== undefined;
	}

	if (isAlwaysTold(entry.activity) || frame.joins === 'all') {
		return true;
	}

	return frame.joins === 'smart' && hasSpoken(entries, index, entry, frame.joinMinutes);
}

type Spoken = {readonly minutes: number; readonly first: Entry | undefined; readonly value: boolean};

const spoken = new WeakMap<Entry, Spoken>();

/** Whether who did this wrote something in the minutes before. Looked up once, and again when older messages are loaded. */
function hasSpoken(entries: readonly Entry[], index: number, entry: ActivityEntry, minutes: number): boolean {
	const known = spoken.get(entry);
	const [first] = entries;
	if (known?.minutes === minutes && (known.value || known.first === first)) {
		return known.value;
	}

	const {nick, newNick, at} = entry.activity;
	const since = at - minutes * 60_000;
	let value = false;
	for (let before = index - 1; before >= 0 && !value; before--) {
		const each = entries[before];
		if (each?.type !== 'message') {
			continue;
		}

		if (each.message.receivedAt < since) {
			break;
		}

		const author = resourcepartOf(each.message.author);
		value = author !== undefined && (author === nick || author === newNick);
	}

	spoken.set(entry, {minutes, first, value});
	return value;
}

/**
 * The entries that are told in one line with the activity at `index`: those shown of its run, of which it is the first.
 * Empty where it is not, and where it is hidden.
 */
export function runAt(entries: readonly Entry[], index: number, frame: Frame): readonly ActivityEntry[] {
	if (!isShown(entries, index, frame) || belongsToEarlier(entries, index, frame)) {
		return [];
	}

	const run: ActivityEntry[] = [];
	for (let at = index; at < entries.length; at++) {
		const entry = entries[at];
		if (entry?.type !== 'activity' || !isSameDay(entries[index], entry, frame)) {
			break;
		}

		if (isShown(entries, at, frame)) {
			run.push(entry);
		}
	}

	return run;
}

function belongsToEarlier(entries: readonly Entry[], index: number, frame: Frame): boolean {
	for (let before = index - 1; before >= 0; before--) {
		const entry = entries[before];
		if (entry?.type !== 'activity' || !isSameDay(entries[index], entry, frame)) {
			return false;
		}

		if (isShown(entries, before, frame)) {
			return true;
		}
	}

	return false;
}

function isSameDay(one: Entry | undefined, other: ActivityEntry, {calendar}: Frame): boolean {
	return one?.type === 'activity' && sameDay(calendar(one.activity.at), calendar(other.activity.at));
}

/** The lines of a run, made once for each frame as long as nothing joins it. */
export function runLines(run: readonly ActivityEntry[], frame: Frame, showTime: boolean): readonly StyledLine[] {
	const [first] = run;
	const last = run.at(-1);
	if (first === undefined || last === undefined) {
		return [];
	}

	const known = cache.get(first);
	if (known?.frame === frame && known.last === last && known.length === run.length && known.showTime === showTime) {
		return known.lines;
	}

	const style = frame.palette.role.activity;
	const whats = new Set(run.map(({activity}) => activity.what));
	const sign = whats.size > 1 ? '--' : whats.has('joined') ? '-->' : whats.has('left') ? '<--' : '--';
	const lines = wrap([{text: activityText(run.map(({activity}) => activity)), style}], {
		width: frame.width,
		first: gutter(frame, {
			time: showTime ? timeText(frame.calendar(first.activity.at)) : '',
			name: sign,
			nameStyle: style,
		}),
		rest: blankGutter(frame),
	});
	cache.set(first, {frame, last, length: run.length, showTime, lines});
	return lines;
}

const cache = new WeakMap<
	Entry,
	{
		readonly frame: Frame;
		readonly last: Entry;
		readonly length: number;
		readonly showTime: boolean;
		readonly lines: readonly StyledLine[];
	}
>();

/** More people than this who did the same are counted. */
const mostNames = 12;

/** What somebody did in a run, under the names they had; of what they were made only the last is told. */
type Doings = {
	readonly names: string[];
	deeds: Array<{readonly about: OccupantActivity['about']; readonly words: string}>;
};

/** `alice, bob joined; carol left; dave was kicked (spam)`: who did the same stands together. User text made harmless. */
export function activityText(run: readonly OccupantActivity[]): string {
	const byNick = new Map<string, Doings>();
	for (const activity of run) {
		const known = byNick.get(activity.nick) ?? {names: [], deeds: []};
		known.names.push(printable(activity.nick, 'identifier'));
		known.deeds = known.deeds.filter(({about}) => about === undefined || about !== activity.about);
		known.deeds.push({about: activity.about, words: deedOf(activity)});
		byNick.delete(activity.nick);
		byNick.set(activity.newNick ?? activity.nick, known);
	}

	const byDeeds = new Map<string, string[]>();
	for (const {names, deeds} of byNick.values()) {
		const together = deedsText(deeds.map(({words}) => words));
		const others = byDeeds.get(together) ?? [];
		others.push(names[0] ?? '');
		byDeeds.set(together, others);
	}

	return [...byDeeds].map(([deeds, names]) => `${namesText(names)} ${deeds}`).join('; ');
}

function namesText(names: readonly string[]): string {
	const shown = names.length > mostNames ? names.slice(0, mostNames - 2) : names;
	return shown.join(', ') + (shown.length < names.length ? ` and ${names.length - shown.length} others` : '');
}

/** Who comes and goes and comes again did not do five things. */
function deedsText(deeds: readonly string[]): string {
	if (deeds.length === 2 && deeds[0] === 'left' && deeds[1] === 'joined') {
		return 'left and came back';
	}

	const restless = deeds.length > 2 && deeds.every(deed => deed === 'joined' || deed === 'left');
	const shown = restless ? deeds.slice(deeds.length % 2 === 0 ? -2 : -1) : deeds;
	const times = restless ? Math.ceil(deeds.length / 2) : 1;
	return shown.join(' and ') + (times > 1 ? ` (${times} times)` : '');
}

function deedOf({what, newNick, text}: OccupantActivity): string {
	const reason = text === undefined || text.trim() === '' ? '' : ` (${printable(text, 'line').trim()})`;
	switch (what) {
		case 'joined':
		case 'left':
			return what + reason;
		case 'kicked':
			return `was kicked${reason}`;
		case 'banned':
			return `was banned${reason}`;
		case 'renamed':
			return `is now ${printable(newNick ?? '', 'identifier')}`;
		default:
			return printable(text ?? 'changed', 'line');
	}
}
