/**
 * Reads the archive into the database, one page a transaction, and the position reached in the same transaction as the
 * page's messages (`docs/decisions/0011-archive.md`).
 */
import type {Archive, ArchivePage, PageQuery} from '../extensions/archive.js';
import type {Clock} from '../shared/clock.js';
import type {ArchiveGap, ArchivePosition, ArchiveState, Storage} from '../storage/ports.js';
import {isStanzaError} from '../xmpp/stanza-error.js';
import {type PagePorts, type TakenPage, takePage} from './archive-page.js';
import {keysOf, openGap, withGap, withoutGap} from './archive-position.js';
import type {Journal} from './journal.js';
import type {Filing} from './passage.js';

export type CatchUpRunPorts = Omit<PagePorts, 'storage'> & {
	readonly archive: Pick<Archive, 'page' | 'oldest'>;
	readonly storage: Pick<Storage, 'messages' | 'archives'>;
	readonly journal: Journal;
	readonly clock: Clock;
	/** The newest page is asked for: what comes live from now on is behind it. Answers the key of the first that did. */
	readonly watchLive: () => () => number | undefined;
	/** A page was taken; inside its transaction. */
	readonly taken: (page: ArchivePage, state: ArchiveState | undefined) => void;
};

export type CatchUpRun = {
	/**
	 * Reads what is new: forwards where that is one page, else the newest page with a gap before it. Answers whether the
	 * archive's order can be relied on; if not, nothing of it was noted and the next login asks again.
	 */
	readHead(): Promise<boolean>;
	/** Reads one page of the newest gap; answers whether there may be more to do. */
	readGap(): Promise<boolean>;
};

/** Messages asked for at once: bounds memory and the length of a transaction. */
export const pageSize = 100;
/** An id that the archive forgot is looked for by time, this much earlier: clocks differ. Milliseconds. */
const overlap = 10 * 60_000;
const keysPerMillisecond = 1024;

type Step = {readonly page: ArchivePage; readonly lost?: ArchiveGap; readonly byTime?: Filing['byTime']};

export function createCatchUpRun(ports: CatchUpRunPorts): CatchUpRun {
	const {account, owner, archive, storage, journal, clock} = ports;
	const load = () => storage.archives.load(account, owner);

	/** Stores a page and what `advance` makes of the state, together. */
	const commit = (
		page: ArchivePage,
		age: Filing['age'],
		place: Parameters<typeof takePage>[2],
		advance: (state: ArchiveState | undefined, taken: TakenPage) => ArchiveState | undefined,
	) => {
		journal.commit(() => {
			const taken = takePage(page.messages, age, place, ports);
			const state = advance(load(), taken);
			if (state !== undefined) {
				storage.archives.save(account, owner, state);
			}

			ports.taken(page, state);
		});
	};

	const timeOf = (page: ArchivePage, which: 0 | -1) => page.messages.at(which)?.at ?? clock.now();
	/** Where a page without a message that is kept would be: it may be all receipts. */
	const keyOf = (page: ArchivePage, which: 0 | -1) => Math.floor(timeOf(page, which)) * keysPerMillisecond;

	/**
	 * Where a page ends, as seen from below. Without a message that is kept: behind all that is stored of its second, but
	 * before `limit`, where the gap ends that it lies in, with room for what else is in the gap.
	 */
	const endOf = (
		page: ArchivePage,
		{highest}: TakenPage,
		before?: ArchivePosition,
		limit = Number.MAX_SAFE_INTEGER,
	): ArchivePosition | undefined => {
		if (page.last === undefined) {
			return before;
		}

		const {first, last} = keysOf(Math.floor(timeOf(page, -1)));
		const stored = () => storage.messages.newestThere(account, owner, Math.min(last + 1, limit)) ?? 0;
		const reached = highest ?? Math.max(stored(), first > limit - 1000 * keysPerMillisecond ? 0 : first);
		return {id: page.last, at: timeOf(page, -1), key: Math.max(before?.key ?? 0, reached)};
	};

	/** Where a page begins, as seen from above. */
	const startOf = (page: ArchivePage, {lowest}: TakenPage, after?: ArchivePosition): ArchivePosition | undefined =>
		page.first === undefined
			? after
			: {
					id: page.first,
					at: timeOf(page, 0),
					key: Math.min(after?.key ?? Infinity, lowest ?? keyOf(page, 0)),
				};

	/** The page after a position, also where the archive no longer knows its id. `lost`: what it does not have any more. */
	const forward = async (from: ArchivePosition | undefined): Promise<Step> => {
		try {
			return {page: await ask(archive, from === undefined ? {} : {after: from.id}, from?.id)};
		} catch (error) {
			if (from === undefined || !isForgotten(error)) {
				throw error;
			}
		}

		const oldest = await archive.oldest();
		const page = await archive.page({start: from.at - overlap, max: pageSize});
		if (oldest === undefined || oldest.at <= from.at) {
			return {page, byTime: true};
		}

		const before = {...oldest, key: Math.floor(oldest.at) * keysPerMillisecond};
		return {page, byTime: true, lost: {after: from, before, permanent: true}};
	};

	/** The page before a position. What is older than something forgotten is forgotten too, or found by time. */
	const backward = async (from: ArchivePosition): Promise<ArchivePage> => {
		try {
			return await ask(archive, {before: from.id}, from.id);
		} catch (error) {
			if (!isForgotten(error)) {
				throw error;
			}
		}

		return archive.page({before: '', end: from.at, max: pageSize});
	};

	/** The first look at an archive: its newest page. What is older is a gap that reaches back to the beginning. */
	const readFirst = async (): Promise<boolean> => {
		const firstLive = ports.watchLive();
		const page = await ask(archive, {before: ''});
		commit(page, 'recent', {after: -1, before: firstLive() ?? Number.MAX_SAFE_INTEGER, apart: true}, (_, taken) => {
			const head = endOf(page, taken);
			const before = startOf(page, taken);
			const isWhole = page.complete || before === undefined;
			return page.stable
				? {
						...(head === undefined ? {} : {head}),
						gaps: isWhole ? [] : [{before, permanent: false}],
					}
				: undefined;
		});
		return page.stable;
	};

	/** The newest page of an archive that holds more than a page of news; what lies between is a gap. */
	const readNewest = async (head: ArchivePosition): Promise<boolean> => {
		const firstLive = ports.watchLive();
		const page = await ask(archive, {before: ''});
		const place = {after: head.key, before: firstLive() ?? Number.MAX_SAFE_INTEGER, apart: true} as const;
		commit(page, 'news', place, (state, taken) => {
			const before = startOf(page, taken);
			const isJoined = page.complete || page.messages.some(({id}) => id === head.id);
			const next: ArchiveState = {gaps: state?.gaps ?? [], head: endOf(page, taken, head) ?? head};
			return !page.stable
				? undefined
				: isJoined || before === undefined
					? next
					: withGap(next, {after: head, before, permanent: false});
		});
		return page.stable;
	};

	const readHead = async (): Promise<boolean> => {
		const state = load();
		if (state === undefined) {
			return readFirst();
		}

		let from = state.head;
		let isStable = true;
		for (;;) {
			const {page, lost, byTime} = await forward(from);
			isStable &&= page.stable;
			let end: ArchivePosition | undefined;
			commit(page, 'news', {after: from?.key ?? -1, ...(byTime ? {byTime} : {})}, (known = {gaps: []}, taken) => {
				end = endOf(page, taken, from);
				const next: ArchiveState = {...(end === undefined ? {} : {head: end}), gaps: known.gaps};
				return !isStable ? undefined : lost === undefined ? next : withGap(next, lost);
			});
			if (page.complete || end === undefined) {
				return isStable;
			}

			if (isStable) {
				return readNewest(end);
			}

			from = end;
		}
	};

	const readGap = async (): Promise<boolean> => {
		const gap = openGap(load() ?? {gaps: []});
		return gap === undefined ? false : gap.after === undefined ? readPast(gap) : readBetween(gap, gap.after);
	};

	const readPast = async (gap: ArchiveGap): Promise<boolean> => {
		const page = await backward(gap.before);
		commit(page, 'past', {before: gap.before.key}, (state = {gaps: []}, taken) => {
			const before = startOf(page, taken, gap.before);
			const isOver = page.complete || before === undefined || before.id === gap.before.id;
			return page.stable ? withoutGap(state, gap, ...(isOver ? [] : [{...gap, before}])) : undefined;
		});
		return page.stable;
	};

	const readBetween = async (gap: ArchiveGap, from: ArchivePosition): Promise<boolean> => {
		const {page, lost, byTime} = await forward(from);
		const end = page.messages.findIndex(({id}) => id === gap.before.id);
		const missing = end < 0 ? page.messages : page.messages.slice(0, end);
		const isOver = end >= 0 || page.complete || page.last === from.id || timeOf(page, 0) > gap.before.at + overlap;
		commit(
			{...page, messages: missing},
			'news',
			{after: from.key, before: gap.before.key, ...(byTime ? {byTime} : {})},
			(state = {gaps: []}, taken) => {
				const after = endOf(page, taken, from, gap.before.key);
				// What the archive lost may be all of the gap.
				const permanent =
					lost === undefined ? [] : [lost.before.key < gap.before.key ? lost : {...gap, permanent: true}];
				const rest = isOver || after === undefined ? [] : [{...gap, after}];
				return page.stable ? withoutGap(state, gap, ...permanent, ...rest) : undefined;
			},
		);
		return page.stable;
	};

	return {readHead, readGap};
}

/** A page that ends where it began leads nowhere: then there is no more to ask for. */
async function ask(archive: Pick<Archive, 'page'>, query: Omit<PageQuery, 'max'>, from?: string): Promise<ArchivePage> {
	const page = await archive.page({...query, max: pageSize});
	const isStuck = from !== undefined && (query.after === undefined ? page.first : page.last) === from;
	return isStuck ? {...page, complete: true} : page;
}

function isForgotten(error: unknown): boolean {
	return isStanzaError(error) && error.condition === 'item-not-found';
}
