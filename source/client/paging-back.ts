/** Fetches what is older in one conversation, where the person scrolls beyond what is stored. */
import type {Archive} from '../extensions/archive.js';
import type {BufferId} from '../model/buffer.js';
import type {BareJid} from '../shared/jid.js';
import type {Storage} from '../storage/ports.js';
import {isStanzaError} from '../xmpp/stanza-error.js';
import {type PagePorts, takePage} from './archive-page.js';
import {openGap} from './archive-position.js';
import type {Journal} from './journal.js';

export type PagingBackPorts = PagePorts & {
	readonly archive: Pick<Archive, 'isAvailable' | 'page'>;
	readonly storage: Pick<Storage, 'messages' | 'archives'>;
	readonly journal: Journal;
};

export type PagingBack = {
	/** Whether the archive may hold more of a conversation than is stored. */
	mayHaveOlder(buffer: BufferId): boolean;
	/** Stores at least `wanted` older messages with `peer`, if there are so many. Rejects where the archive does. */
	fetchOlder(buffer: BufferId, peer: BareJid, wanted: number): Promise<void>;
};

/** Pages may be full of receipts and other things that are not shown. */
const mostPages = 5;
const smallestPage = 20;
const largestPage = 100;

export function createPagingBack(ports: PagingBackPorts): PagingBack {
	const {account, owner, archive, storage, journal} = ports;
	/** Conversations that are stored from their beginning on. */
	const whole = new Set<BufferId>();

	const mayHaveOlder = (buffer: BufferId) =>
		!whole.has(buffer) && openGap(storage.archives.load(account, owner) ?? {gaps: []}) !== undefined;

	/** Where a search for older messages stopped that met only what is not shown. */
	const cursors = new Map<BufferId, {readonly oldest: string | undefined; readonly before: string}>();

	/** Answers how many messages were stored. */
	const fetchPage = async (buffer: BufferId, peer: BareJid, max: number): Promise<number> => {
		const oldest = storage.messages.filedAbove(buffer, -1);
		const cursor = cursors.get(buffer);
		const before =
			cursor !== undefined && cursor.oldest === oldest?.archiveId ? cursor.before : (oldest?.archiveId ?? '');
		const query = {with: peer, max};
		const page = await archive.page({...query, before}).catch((error: unknown) => {
			if (oldest !== undefined && isStanzaError(error) && error.condition === 'item-not-found') {
				return archive.page({...query, before: '', end: oldest.receivedAt});
			}

			throw error;
		});
		return journal.commit(() => {
			const place = {before: oldest?.key ?? Number.MAX_SAFE_INTEGER};
			const {fresh} = takePage(page.messages, 'past', place, ports);
			if (page.complete || page.first === undefined || page.first === before) {
				whole.add(buffer);
			} else {
				cursors.set(buffer, {oldest: storage.messages.filedAbove(buffer, -1)?.archiveId, before: page.first});
			}

			return fresh;
		});
	};

	return {
		mayHaveOlder,
		async fetchOlder(buffer, peer, wanted) {
			let missing = wanted;
			for (let pages = 0; pages < mostPages && missing > 0 && archive.isAvailable() && mayHaveOlder(buffer); pages++) {
				missing -= await fetchPage(buffer, peer, Math.min(largestPage, Math.max(smallestPage, missing)));
			}
		},
	};
}
