/**
 * XEP-0402: PEP Native Bookmarks, version 1.2.0, and where the server does not keep the older kind in step, XEP-0048
 * (version 1.2) in XEP-0049 as well. https://xmpp.org/extensions/xep-0402.html
 */
import type {Bookmark} from '../model/room.js';
import type {Dispose} from '../shared/clock.js';
import {type BareJid, bareOf, parseBareJid} from '../shared/jid.js';
import {defineExtension, type ExtensionContext} from '../xmpp/extension.js';
import {isStanzaError} from '../xmpp/stanza-error.js';
import {
	type BookmarkChange,
	bookmarksNamespace,
	type Conference,
	conference,
	withChange,
} from './bookmark-conference.js';
import {legacyBookmarks, legacyNode, privateStorage} from './legacy-bookmarks.js';
import type {ExtensionPorts} from './ports.js';
import {notifyFeature, type PubsubNode, pubsub} from './pubsub.js';
import {serviceDiscovery} from './service-discovery.js';

const node: PubsubNode<Conference> = {
	name: bookmarksNamespace,
	payload: conference,
	access: 'private',
	maxItems: 'max',
	sendLast: 'never',
};

export type Bookmarks = {
	/** What is known, in no order; empty before the server has answered. */
	all(): readonly Bookmark[];
	get(room: BareJid): Bookmark | undefined;
	/** Asks the server for all of them. Rejects with a stanza error. */
	load(): Promise<readonly Bookmark[]>;
	/** Adds one or changes what is there. Rejects with a stanza error. */
	put(room: BareJid, change: BookmarkChange): Promise<void>;
	remove(room: BareJid): Promise<void>;
	/** Whether the server keeps whether a room is pinned and what calls the person: the older kind has no place for that. */
	keepsArrangement(room: BareJid): boolean;
	/** Hears of every change by any device of the account; `after` is absent for one that is gone. */
	changed(
		listener: (change: {readonly room: BareJid; readonly before?: Bookmark; readonly after?: Bookmark}) => void,
	): Dispose;
};

export const bookmarks = defineExtension<Bookmarks, ExtensionPorts>({
	name: 'bookmarks',
	xep: '0402',
	version: '1.2.0',
	since: '0.2.0',
	status: 'complete',
	features: [notifyFeature(node), notifyFeature(legacyNode)],
	codecs: [conference, privateStorage],
	requires: [pubsub, serviceDiscovery],
	attach: context => attachBookmarks(context),
});

function attachBookmarks(context: ExtensionContext<ExtensionPorts>): Bookmarks {
	const account = bareOf(context.jid);
	const known = new Map<BareJid, Conference>();
	/** How often the server told of each: what it says while we write is not older than what we wrote. */
	const timesTold = new Map<BareJid, number>();
	/** Those that the server has in the older words only. */
	const plain = new Set<BareJid>();
	const listeners = new Set<{readonly listener: Parameters<Bookmarks['changed']>[0]}>();
	const legacy = legacyBookmarks(context);

	const bookmarkOf = (room: BareJid): Bookmark | undefined => {
		const found = known.get(room);
		if (found === undefined) {
			return undefined;
		}

		const {others: _, pinned, notify, ...rest} = found;
		return {account, room, ...rest, ...(pinned ? {pinned} : {}), ...(notify === undefined ? {} : {notify})};
	};

	const all = () => [...known.keys()].flatMap(room => bookmarkOf(room) ?? []);

	/** Takes what the server says about some of them, and tells it in one go. */
	const take = (changes: Iterable<readonly [BareJid, Conference | undefined]>) => {
		const told = [...changes].flatMap(([room, next]) => {
			const before = bookmarkOf(room);
			if (next === undefined) {
				known.delete(room);
			} else {
				known.set(room, next);
			}

			const after = bookmarkOf(room);
			const isSame = JSON.stringify(before) === JSON.stringify(after);
			return isSame ? [] : [{room, ...(before && {before}), ...(after && {after})}];
		});
		if (told.length === 0) {
			return;
		}

		context.publish({type: 'bookmarks.changed', account, bookmarks: all()});
		for (const change of told) {
			for (const {listener} of [...listeners]) {
				listener(change);
			}
		}
	};

	/** Whether the server keeps the two kinds in step by itself (§6). */
	const isCompatible = async () => {
		const {features} = await context.use(serviceDiscovery).ofAccount();
		return features.some(({name}) => name === `${bookmarksNamespace}#compat`);
	};

	context.onDispose(
		context.use(pubsub).subscribe(node, ({items, retracted, emptied}) => {
			const gone = emptied === undefined ? retracted : [...known.keys()];
			const changes = [
				...items.map(({id, value}) => [parseBareJid(id), value] as const),
				...gone.map(id => [parseBareJid(id), undefined] as const),
			].flatMap(([room, value]) => (room === undefined ? [] : [[room, value] as const]));
			for (const [room] of changes) {
				timesTold.set(room, (timesTold.get(room) ?? 0) + 1);
			}

			take(changes);
		}),
	);

	let isLoaded = false;
	const load = async () => {
		const compatible = await isCompatible();
		const items = await context
			.use(pubsub)
			.items(node)
			.catch((error: unknown) => {
				// Where the older kind is all there is, this one may well be refused.
				if (compatible || !isStanzaError(error)) {
					throw error;
				}

				return [];
			});
		const found = new Map<BareJid, Conference>();
		for (const [room, older] of compatible ? [] : await legacy.load()) {
			found.set(room, {...older, pinned: false, others: []});
			plain.add(room);
		}

		for (const {id, value} of items) {
			const room = parseBareJid(id);
			if (room !== undefined) {
				found.set(room, value);
				plain.delete(room);
			}
		}

		const gone = [...known.keys()].filter(each => !found.has(each));
		isLoaded = true;
		take([...gone.map(room => [room, undefined] as const), ...found]);
		return all();
	};

	let last: Promise<void> = Promise.resolve();
	/**
	 * An item is written as a whole: with what other clients have put there, and with what was changed before. That has to be
	 * known first, or it would be gone.
	 */
	const inTurn = (change: () => Promise<void>): Promise<void> => {
		const done = last.then(async () => {
			if (!isLoaded) {
				await load();
			}

			await change();
		});
		last = done.catch(() => {});
		return done;
	};

	const put = async (room: BareJid, change: BookmarkChange) => {
		const current = known.get(room) ?? {autojoin: false, pinned: false, others: []};
		const next = withChange(current, change);
		const compatible = await isCompatible();
		const before = timesTold.get(room);
		try {
			await context.use(pubsub).publish(node, {id: room, value: next});
			plain.delete(room);
		} catch (error) {
			if (compatible || !isStanzaError(error)) {
				throw error;
			}

			plain.add(room);
		}

		if (!compatible) {
			await legacy.put(room, next);
		}

		if (timesTold.get(room) === before) {
			take([[room, next]]);
		}
	};

	const remove = async (room: BareJid) => {
		const compatible = await isCompatible();
		try {
			await context.use(pubsub).retract(node, room);
		} catch (error) {
			if (compatible || !isStanzaError(error)) {
				throw error;
			}
		}

		if (!compatible) {
			await legacy.remove(room);
		}

		take([[room, undefined]]);
	};

	// Servers that convert between the two (ejabberd) tell of what is gone only in the older words.
	context.onDispose(
		context.use(pubsub).subscribe(legacyNode, () => {
			void isCompatible()
				.then(async compatible => (compatible ? undefined : load()))
				.catch(() => context.log.note('bookmarks', 'changed bookmarks could not be read'));
		}),
	);

	return {
		all,
		get: bookmarkOf,
		load,
		put: (room, change) => inTurn(() => put(room, change)),
		remove: room => inTurn(() => remove(room)),
		keepsArrangement: room => known.has(room) && !plain.has(room),
		changed(listener) {
			const entry = {listener};
			listeners.add(entry);
			return () => listeners.delete(entry);
		},
	};
}
