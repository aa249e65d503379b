/**
 * XEP-0402: PEP Native Bookmarks, version 1.2.0, and where the server does not keep the older kind in step, XEP-0048
 * (version 1.2) in XEP-0049 as well. https://xmpp.org/extensions/xep-0402.html
 */
import type {Bookmark} from '../model/room.js';
import type {Dispose} from '../shared/clock.js';
import {type BareJid, bareOf, parseBareJid} from '../shared/jid.js';
import {type Codec, codec} from '../xmpp/codec.js';
import {
	append,
	attributeOf,
	child,
	children,
	createElement,
	detached,
	type Element,
	isElement,
	textOf,
} from '../xmpp/element.js';
import {defineExtension, type ExtensionContext} from '../xmpp/extension.js';
import {isStanzaError} from '../xmpp/stanza-error.js';
import {legacyBookmarks, legacyNode, privateStorage} from './legacy-bookmarks.js';
import type {ExtensionPorts} from './ports.js';
import {notifyFeature, type PubsubNode, pubsub} from './pubsub.js';
import {serviceDiscovery} from './service-discovery.js';

const namespace = 'urn:xmpp:bookmarks:1';
const pinnedNamespace = 'urn:xmpp:bookmarks-pinning:0';
const notifyNamespace = 'urn:xmpp:notification-settings:1';

type Conference = {
	readonly name?: string;
	readonly autojoin: boolean;
	readonly nick?: string;
	readonly password?: string;
	readonly pinned: boolean;
	readonly notify?: NonNullable<Bookmark['notify']>;
	/** Everything but nick and password, as it is. */
	readonly others: readonly Element[];
};

/** What an item says, with all of it that we do not know, so that it is there still when we change the rest (§5.5). */
const conference: Codec<Conference> = codec(namespace, 'conference', {
	decode(source) {
		const extensions = child(source, 'extensions', namespace);
		const notify = extensions === undefined ? undefined : notifyIn(extensions);
		return {
			...settingsOf(source),
			pinned: extensions !== undefined && child(extensions, 'pinned', pinnedNamespace) !== undefined,
			...(notify === undefined ? {} : {notify}),
			others: children(source).filter(
				each => !isElement(each, 'nick', namespace) && !isElement(each, 'password', namespace),
			),
		};
	},
	encode({name, autojoin, nick, password, others}, target) {
		target.attrs.autojoin = String(autojoin);
		if (name !== undefined) {
			target.attrs.name = name;
		}

		append(target, [
			nick === undefined ? undefined : createElement('nick', {}, nick),
			password === undefined ? undefined : createElement('password', {}, password),
			...others.map(each => detached(each)),
		]);
	},
});

function settingsOf(source: Element): Omit<Conference, 'pinned' | 'notify' | 'others'> {
	const name = attributeOf(source, 'name');
	const texts = (['nick', 'password'] as const).flatMap(each => {
		const found = child(source, each, namespace);
		const text = found === undefined ? '' : textOf(found);
		return text === '' ? [] : [[each, text] as const];
	});
	return {
		...(name === undefined || name === '' ? {} : {name}),
		autojoin: ['true', '1'].includes(attributeOf(source, 'autojoin') ?? ''),
		...Object.fromEntries(texts),
	};
}

/** XEP-0492 §3: what calls the person, on every kind of client. */
function notifyIn(extensions: Element): Bookmark['notify'] {
	const settings = child(extensions, 'notify', notifyNamespace);
	const words = {always: 'all', 'on-mention': 'mentions', never: 'none'} as const;
	const general =
		settings === undefined ? [] : children(settings).filter(each => attributeOf(each, 'client-type') === undefined);
	for (const [element, rule] of Object.entries(words)) {
		if (general.some(each => isElement(each, element, notifyNamespace))) {
			return rule;
		}
	}

	return undefined;
}

const node: PubsubNode<Conference> = {
	name: namespace,
	payload: conference,
	access: 'private',
	maxItems: 'max',
	sendLast: 'never',
};

/** What of a bookmark is to change; `undefined` leaves it, an empty text removes it. */
export type BookmarkChange = Partial<Pick<Bookmark, 'name' | 'autojoin' | 'nick' | 'password' | 'pinned' | 'notify'>>;

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
		return features.some(({name}) => name === `${namespace}#compat`);
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
		take([...gone.map(room => [room, undefined] as const), ...found]);
		return all();
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
		async put(room, change) {
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
		},
		async remove(room) {
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
		},
		keepsArrangement: room => known.has(room) && !plain.has(room),
		changed(listener) {
			const entry = {listener};
			listeners.add(entry);
			return () => listeners.delete(entry);
		},
	};
}

function withChange(before: Conference, {pinned, notify, ...change}: BookmarkChange): Conference {
	const merged = {...before, ...change};
	const kept: Partial<Conference> = Object.fromEntries(
		Object.entries(merged).filter(([, value]) => value !== undefined && value !== ''),
	);
	const rule = notify ?? before.notify;
	const changed = {
		...kept,
		autojoin: merged.autojoin,
		pinned: pinned ?? before.pinned,
		...(rule === undefined ? {} : {notify: rule}),
	};
	const others =
		pinned === undefined && notify === undefined ? before.others : withExtensions(before.others, {pinned, notify});
	return {...changed, others};
}

const notifyWords = {all: 'always', mentions: 'on-mention', none: 'never'} as const;

/** Pinned or not, and what calls; everything else that is in `<extensions/>` stays. */
function withExtensions(
	others: readonly Element[],
	{pinned, notify}: {readonly pinned: boolean | undefined; readonly notify: Bookmark['notify'] | undefined},
): readonly Element[] {
	const extensions = others.find(each => isElement(each, 'extensions', namespace));
	const settings = extensions === undefined ? undefined : child(extensions, 'notify', notifyNamespace);
	const isOurs = (each: Element) =>
		(pinned !== undefined && isElement(each, 'pinned', pinnedNamespace)) || (notify !== undefined && each === settings);
	const kept = (extensions === undefined ? [] : children(extensions)).filter(each => !isOurs(each));
	const made = createElement('extensions', {xmlns: namespace});
	append(made, [
		...kept.map(each => detached(each)),
		pinned === true ? createElement('pinned', {xmlns: pinnedNamespace}) : undefined,
		notify === undefined ? undefined : notifying(notify, settings),
	]);
	return [...others.filter(each => each !== extensions), ...(children(made).length === 0 ? [] : [made])];
}

/** The rule for all kinds of clients; what is meant for one kind, or is advanced, stays as it is (XEP-0492 §3). */
function notifying(rule: NonNullable<Bookmark['notify']>, before: Element | undefined): Element {
	const words: readonly string[] = Object.values(notifyWords);
	const isGeneral = (each: Element) =>
		words.some(word => isElement(each, word, notifyNamespace)) && attributeOf(each, 'client-type') === undefined;
	const made = createElement(
		'notify',
		{xmlns: notifyNamespace},
		createElement(notifyWords[rule], {xmlns: notifyNamespace}),
	);
	append(
		made,
		(before === undefined ? [] : children(before)).filter(each => !isGeneral(each)).map(each => detached(each)),
	);
	return made;
}
