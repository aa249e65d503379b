import type {Message, MessageChange} from '../model/message.js';
import {outgoingRank} from '../model/message.js';
import type {OccupantActivity} from '../model/room.js';
import type {Entry, Notice} from './state.js';

/** Puts one message in its place; the same key replaces. */
export function insertMessage(entries: readonly Entry[], message: Message): readonly Entry[] {
	const entry: Entry = {type: 'message', key: message.key, message};
	const last = entries.at(-1);
	if (last === undefined || last.key < message.key) {
		return [...entries, entry];
	}

	const present = indexOfMessage(entries, message.key);
	if (present >= 0) {
		return entries.with(present, entry);
	}

	return entries.toSpliced(firstAbove(entries, message.key), 0, entry);
}

/** Merges a page (ascending) with what is there. An entry that says the same keeps its identity, and so its cached lines. */
export function mergePage(entries: readonly Entry[], page: readonly Message[]): readonly Entry[] {
	const merged: Entry[] = [];
	let at = 0;
	for (const message of page) {
		let next = entries[at];
		while (next !== undefined && next.key < message.key) {
			merged.push(next);
			next = entries[++at];
		}

		if (next?.type === 'message' && next.key === message.key) {
			merged.push(saysTheSame(next.message, message) ? next : {type: 'message', key: message.key, message});
			at++;
		} else {
			merged.push({type: 'message', key: message.key, message});
		}
	}

	return [...merged, ...entries.slice(at)];
}

/** A change of a message that is not in the window changes nothing. */
export function changeMessage(entries: readonly Entry[], change: MessageChange): readonly Entry[] {
	const index = indexOfMessage(entries, change.key);
	const entry = entries[index];
	if (entry?.type !== 'message') {
		return entries;
	}

	if (change.hidden === true) {
		return entries.toSpliced(index, 1);
	}

	const {key: _key, account: _account, buffer: _buffer, problem: _problem, state, ignored, ...others} = change;
	const {ignored: _, ...shown} = entry.message;
	const message: Message = {
		...(ignored === false ? shown : entry.message),
		...(ignored === true ? {ignored} : {}),
		...(state === undefined || undoes(entry.message, change) ? {} : {state}),
		...others,
	};
	return entries.with(index, {type: 'message', key: entry.key, message});
}

/** Below everything that is there now, whatever the two clocks say. */
export function appendNotice(entries: readonly Entry[], notice: Notice): readonly Entry[] {
	return [...entries, {type: 'notice', key: keyBelow(entries, notice.at), notice}];
}

/** Beyond this many the oldest go: what people say must not be driven out by those who come and go. */
export const activityLimit = 500;
/** So many at a time. */
const activitySlack = 50;

/** Likewise, what an occupant did. */
export function appendActivity(entries: readonly Entry[], activity: OccupantActivity): readonly Entry[] {
	const before = entries.reduce((count, {type}) => count + (type === 'activity' ? 1 : 0), 0);
	let surplus = before < activityLimit + activitySlack ? 0 : before + 1 - activityLimit;
	const kept = surplus === 0 ? entries : entries.filter(({type}) => type !== 'activity' || surplus-- <= 0);
	return [...kept, {type: 'activity', key: keyBelow(entries, activity.at), activity}];
}

function keyBelow(entries: readonly Entry[], at: number): number {
	return Math.max(at * 1024, entries.at(-1)?.key ?? 0);
}

/**
 * What the server has confirmed is never unconfirmed, in whatever order the answers came. It may still come back from
 * further on, unless somebody has received it.
 */
function undoes(message: Message, change: MessageChange): boolean {
	const before = message.state === undefined ? -1 : outgoingRank[message.state];
	if (change.state === 'failed') {
		return before > outgoingRank.acked;
	}

	const after = change.state === undefined ? before : outgoingRank[change.state];
	return before >= outgoingRank.acked && after < before;
}

function saysTheSame(one: Message, other: Message): boolean {
	return (
		one.state === other.state &&
		one.failure === other.failure &&
		one.archiveId === other.archiveId &&
		one.encryption === other.encryption &&
		one.unprotected === other.unprotected &&
		one.deviceTrust === other.deviceTrust &&
		one.ignored === other.ignored &&
		one.body === other.body &&
		one.subject === other.subject &&
		one.edited?.times === other.edited?.times &&
		one.retracted?.at === other.retracted?.at &&
		one.reply?.key === other.reply?.key &&
		isSameData(one.attachments, other.attachments) &&
		saysTheSameOf(one.reactions, other.reactions)
	);
}

function isSameData(one: unknown, other: unknown): boolean {
	return one === other || JSON.stringify(one) === JSON.stringify(other);
}

function saysTheSameOf(some: Message['reactions'] = [], others: Message['reactions'] = []): boolean {
	return (
		some.length === others.length &&
		some.every(({speaker, said}, index) => speaker === others[index]?.speaker && said === others[index]?.said)
	);
}

/** Index of the first entry with a greater key, the length where there is none. */
export function firstAbove(entries: readonly Entry[], key: number): number {
	let low = 0;
	let high = entries.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		const entry = entries[middle];
		if (entry !== undefined && entry.key > key) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}

	return low;
}

/** Notices may share a key with a message, so the neighbours are looked at too. */
function indexOfMessage(entries: readonly Entry[], key: number): number {
	for (let index = firstAbove(entries, key) - 1; index >= 0; index--) {
		const entry = entries[index];
		if (entry === undefined || entry.key !== key) {
			return -1;
		}

		if (entry.type === 'message') {
			return index;
		}
	}

	return -1;
}
