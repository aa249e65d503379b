/**
 * Takes a page of the archive through the pipeline and puts its messages into the archive's order. Server and client clocks
 * differ, servers round to seconds, and pages come newest first as well: the time of a message says where it goes, its
 * neighbours in the archive say it better.
 */
import type {ArchivedMessage} from '../extensions/archive.js';
import {originId} from '../extensions/unique-ids.js';
import {type BufferId, bufferId} from '../model/buffer.js';
import type {Message} from '../model/message.js';
import {isEncrypted} from '../omemo/wire/encrypted.js';
import {type BareJid, bareOf, parseJid} from '../shared/jid.js';
import type {Neighbours, Storage} from '../storage/ports.js';
import {attributeOf, type Element} from '../xmpp/element.js';
import {keysOf} from './archive-position.js';
import type {OpenBuffers} from './buffers.js';
import type {Filing, Passage} from './passage.js';
import {wordsOf} from './stages/read.js';
import {repeatWindow} from './stages/twins.js';

export type PagePorts = {
	readonly account: BareJid;
	/** Whose archive it is: the account's own, or a room's. */
	readonly owner: BareJid;
	readonly storage: Pick<Storage, 'messages'>;
	readonly buffers: Pick<OpenBuffers, 'isOpen' | 'markRead'>;
	/** The pipeline. Answers how far the message came, nothing where it tripped over a defect. */
	readonly take: (message: Element, filing: Filing) => Passage | undefined;
};

/**
 * Where the page belongs among what is stored: after everything with a key of at most `after`, or before everything with a
 * key of at least `before`. `apart`: there is a gap before it that has to find room.
 */
export type PagePlace =
	| {readonly after: number; readonly before?: number; readonly apart?: true; readonly byTime?: Filing['byTime']}
	| {readonly before: number; readonly apart?: never; readonly byTime?: never};

/** Keys that are left free for a gap: as many as a second has. */
const roomForGap = 1000 * 1024;

/** How many of its messages were new, and the keys of all that are kept; where none is, those of the newest page as if one were. */
export type TakenPage = {readonly fresh: number; readonly lowest?: number; readonly highest?: number};

/** To be called inside a transaction, which should be that of the position reached. */
export function takePage(
	page: readonly ArchivedMessage[],
	age: Filing['age'],
	place: PagePlace,
	ports: PagePorts,
): TakenPage {
	const {account, owner, storage, buffers, take} = ports;
	const known = page.map(each => knownMessage(each, ports, place.byTime === true));
	/** The last message of each conversation that was met in this page. */
	const last = new Map<BufferId, number>();
	const upper = new Map<BufferId, number>();
	const readUpTo = new Map<BufferId, number>();
	let fresh = 0;
	let lowest: number | undefined;
	let highest: number | undefined;

	/** The key of the stored message that follows in the archive, beyond this page; infinite without one. */
	const beyond = (buffer: BufferId, after: number): number => {
		const cached = upper.get(buffer);
		if (cached !== undefined && cached > after) {
			return cached;
		}

		const found = storage.messages.filedAbove(buffer, after)?.key ?? Number.POSITIVE_INFINITY;
		upper.set(buffer, found);
		return found;
	};

	const {before: limit = Number.MAX_SAFE_INTEGER} = place;
	const ceiling = limit === Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : limit;

	/**
	 * What all of the newest page comes behind: whatever is stored, is not in it and came not after it. The room for a gap is
	 * half of what there is, where that is less.
	 */
	const behind = (after: number): number => {
		const keys = known.flatMap(message => (message === undefined || message.key <= after ? [] : [message.key]));
		const first = Math.min(limit, ...keys);
		const stored = Math.max(after, storage.messages.newestThere(account, owner, first) ?? -1);
		return stored + Math.min(roomForGap, Math.max(0, Math.floor((first - stored) / 2)));
	};

	const begin = 'after' in place ? place.after : -1;
	const floor = !('after' in place) ? undefined : place.apart ? behind(place.after) : place.after;

	/** What was written here within the second of a message, and is not in this page behind it. */
	const writtenWith = (buffer: BufferId, index: number, after: number, before: number): number | undefined => {
		const at = page[index]?.at;
		if (at === undefined) {
			return undefined;
		}

		const {first, last: end} = keysOf(at);
		return storage.messages.newestWritten(buffer, {after: Math.max(after, first - 1), upTo: Math.min(end, before - 1)});
	};

	/**
	 * What came without the archive's id no later than a message of the past. All that is newer was listed already: what of
	 * it the archive has is older.
	 */
	const unlistedWith = (buffer: BufferId, index: number, filed: number | undefined, before: number) => {
		const at = page[index]?.at;
		if (at === undefined) {
			return filed;
		}

		const after = Math.max(filed ?? -1, keysOf(at).first - 1);
		return storage.messages.newestUnlisted(buffer, {after, before, receivedBy: at}) ?? filed;
	};

	/**
	 * Whether a message of the past was written here, by a clock that is behind or long before it went out: what the archive
	 * has before it may be younger by all other signs, and stand behind it.
	 */
	const isAstray = (message: Message, index: number): boolean =>
		!('after' in place) && message.via === 'local' && message.key < keysOf(page[index]?.at ?? 0).first;

	const between = (buffer: BufferId, index: number): Neighbours => {
		const met = last.get(buffer);
		// Behind one of this page the gap is over, if there is one: what was known here may lie where it would be.
		const lower = 'after' in place ? (met !== undefined && met > begin ? met : (floor ?? begin)) : met;
		// What was written here stands where it was written, also before what the archive has before it.
		const isAhead = ({key}: Message) => key > (lower ?? -1);
		const next = known.findIndex(
			(other, at) => at > index && other?.buffer === buffer && isAhead(other) && !isAstray(other, at),
		);
		// Behind the newest page there is only what came since; what else is stored came out of a page that could not be relied on.
		const stored =
			known[next]?.key ??
			(place.apart ? Number.POSITIVE_INFINITY : beyond(buffer, floor === undefined ? limit - 1 : (lower ?? floor)));
		// Of the newest page some may be behind what came at once: copies come before presence, other messages do not.
		const isBehind = place.apart && (lower ?? -1) >= ceiling;
		const before = isBehind ? stored : Math.min(stored, ceiling);
		// The page is whole: what is stored below it, and is not in it, comes before it.
		const filed = lower ?? storage.messages.filedUpTo(buffer, Math.min(before, Number.MAX_SAFE_INTEGER) - 1)?.key;
		const after =
			floor === undefined
				? unlistedWith(buffer, index, filed, before)
				: (writtenWith(buffer, index, filed ?? -1, before) ?? filed);
		if (before === Number.POSITIVE_INFINITY) {
			return {after};
		}

		return {
			after,
			before,
			// Those that follow in this page want to go there too.
			followers: (next < 0 ? page.length : next) - index - 1,
			...(floor === undefined ? {near: 'before'} : {}),
		};
	};

	for (const [index, {id, at, message}] of page.entries()) {
		const passage = take(message, {
			archiveId: id,
			...(at === undefined ? {} : {at}),
			age,
			...(place.byTime ? {byTime: true as const} : {}),
			between: buffer => between(buffer, index),
		});
		const recorded = passage?.message;
		// What has a twin is not recorded again, but gets its id from the archive.
		const met = recorded ?? known[index] ?? storage.messages.byArchiveId(account, owner, id);
		if (met !== undefined) {
			last.set(met.buffer, Math.max(met.key, last.get(met.buffer) ?? 0));
			// What was written here by a clock that is behind may stand before where the page begins.
			lowest = met.key > begin && !isAstray(met, index) ? Math.min(lowest ?? met.key, met.key) : lowest;
			highest = Math.max(highest ?? met.key, met.key);
		}

		// Whoever answers on another device has read what was there, and history from before the first login is not news.
		if (recorded !== undefined) {
			fresh++;
			if (passage?.hasRead === true || age !== 'news') {
				readUpTo.set(recorded.buffer, Math.max(readUpTo.get(recorded.buffer) ?? 0, recorded.key));
			}
		}
	}

	for (const [buffer, key] of readUpTo) {
		if (age !== 'past' || buffers.isOpen(buffer)) {
			buffers.markRead(buffer, key);
		}
	}

	// Where nothing is kept of the newest page, what lies before it has to find room all the same.
	if (lowest === undefined && place.apart && floor !== undefined && page[0] !== undefined) {
		const natural = keysOf(page[0].at ?? 0).first;
		const spot = natural > floor && natural < limit ? natural : floor;
		return {fresh, lowest: spot, highest: spot};
	}

	return {fresh, ...(lowest === undefined ? {} : {lowest}), ...(highest === undefined ? {} : {highest})};
}

/**
 * The same message on record: under the archive's id, an own one that was sent from here, or one that was delivered without
 * the archive's id, which it gets when it is its turn.
 */
function knownMessage(
	{id, at, message}: ArchivedMessage,
	{account, owner, storage}: PagePorts,
	byTime: boolean,
): Message | undefined {
	const filed = storage.messages.byArchiveId(account, owner, id);
	const [from, to] = [attributeOf(message, 'from'), attributeOf(message, 'to')].map(text => parseJid(text ?? account));
	if (filed !== undefined || from === undefined || to === undefined) {
		return filed;
	}

	const name = attributeOf(message, 'id');
	const inRoom = owner === account ? undefined : bufferId(account, 'room', owner);
	if (inRoom !== undefined) {
		const own = [originId.find(message)?.id, name]
			.flatMap(known => (known === undefined ? [] : (storage.messages.outgoingById(inRoom, known) ?? [])))
			.find(found => found.author === from || found.body === wordsOf(message).body);
		if (own !== undefined) {
			return own;
		}
	}

	if (inRoom === undefined && bareOf(from) === account) {
		const buffer = bufferId(account, 'chat', bareOf(to));
		return [originId.find(message)?.id, name]
			.filter(name => name !== undefined)
			.map(name => storage.messages.outgoingById(buffer, name))
			.find(found => found !== undefined);
	}

	const author = inRoom === undefined ? bareOf(from) : from;
	const buffer = inRoom ?? bufferId(account, 'chat', bareOf(from));
	const since = (at ?? 0) - repeatWindow;
	if (name !== undefined && isEncrypted(message)) {
		// What it says is not known yet.
		return storage.messages.encryptedTwin({buffer, author, id: name, since, unfiled: !byTime});
	}

	const {body = '', subject} = wordsOf(message);
	if (name === undefined || (body === '' && subject === undefined) || at === undefined) {
		return undefined;
	}

	// What is said of links was shown with it then, or was not: the person may have changed their mind since.
	const {body: described = ''} = wordsOf(message, {describesLinks: () => true});
	return [...new Set([body, described])]
		.map(body => storage.messages.incomingTwin({buffer, author, id: name, body, subject, since, unfiled: !byTime}))
		.find(found => found !== undefined);
}
