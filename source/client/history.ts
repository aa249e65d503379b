import type {BufferId} from '../model/buffer.js';
import {messageOf} from '../shared/errors.js';
import {type BareJid, bareOf} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import type {Storage} from '../storage/ports.js';
import type {Journal} from './journal.js';
import type {PagingBack} from './paging-back.js';

export type HistoryPorts = {
	readonly storage: Pick<Storage, 'messages' | 'buffers'>;
	readonly journal: Journal;
	readonly log: Log;
	/** What an account's archive has beyond what is stored. */
	readonly archiveOf: (account: BareJid) => PagingBack | undefined;
};

/**
 * Answers as `history.loaded` with up to `limit` messages older than the key `before`. Where not so many are stored, the
 * archive is asked first; while it cannot be, the page is shorter and not complete.
 */
export async function loadHistory(
	{buffer, before, limit}: {readonly buffer: BufferId; readonly before: number | undefined; readonly limit: number},
	{storage, journal, log, archiveOf}: HistoryPorts,
): Promise<void> {
	// One more than asked for tells whether anything is left.
	const stored = () => storage.messages.page(buffer, {...(before === undefined ? {} : {before}), limit: limit + 1});
	const {account, jid} = storage.buffers.get(buffer) ?? {};
	const archive = account === undefined ? undefined : archiveOf(account);
	let page = stored();
	if (page.length <= limit && jid !== undefined && archive?.mayHaveOlder(buffer) === true) {
		try {
			await archive.fetchOlder(buffer, bareOf(jid), limit + 1 - page.length);
		} catch (error) {
			log.note('archive', `older messages could not be fetched: ${messageOf(error)}`);
		}

		page = stored();
	}

	const complete = page.length <= limit && archive?.mayHaveOlder(buffer) !== true;
	journal.emit({type: 'history.loaded', buffer, messages: page.length > limit ? page.slice(1) : page, complete});
}

/** Answers as `history.loaded` with the first `limit` stored messages newer than the key `after`. */
export function loadFollowing(
	{buffer, after, limit}: {readonly buffer: BufferId; readonly after: number; readonly limit: number},
	{storage, journal, archiveOf}: Omit<HistoryPorts, 'log'>,
): void {
	const page = storage.messages.pageAfter(buffer, {after, limit: limit + 1});
	const {account} = storage.buffers.get(buffer) ?? {};
	const mayHaveOlder = account !== undefined && archiveOf(account)?.mayHaveOlder(buffer) === true;
	journal.emit({
		type: 'history.loaded',
		buffer,
		messages: page.slice(0, limit),
		complete: after === 0 && !mayHaveOlder,
		following: {key: after, last: page.length <= limit},
	});
}

/**
 * Answers as `history.loaded` with up to `limit` stored messages on both sides of the key `around`, which need not be that
 * of a message.
 */
export function loadAround(
	{buffer, around, limit}: {readonly buffer: BufferId; readonly around: number; readonly limit: number},
	{storage, journal, archiveOf}: Omit<HistoryPorts, 'log'>,
): void {
	const half = Math.ceil(limit / 2);
	// One more than asked for tells whether anything is left on that side.
	const older = storage.messages.page(buffer, {before: around, limit: half + 1});
	const newer = storage.messages.pageAfter(buffer, {after: around - 1, limit: limit - half + 1});
	const {account} = storage.buffers.get(buffer) ?? {};
	const mayHaveOlder = account !== undefined && archiveOf(account)?.mayHaveOlder(buffer) === true;
	journal.emit({
		type: 'history.loaded',
		buffer,
		messages: [...older.slice(-half), ...newer.slice(0, limit - half)],
		complete: older.length <= half && !mayHaveOlder,
		around: {key: around, last: newer.length <= limit - half},
	});
}
