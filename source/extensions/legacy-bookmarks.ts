/**
 * XEP-0048: Bookmarks, version 1.2, in XEP-0049: Private XML Storage, version 1.2.
 * https://xmpp.org/extensions/xep-0048.html
 *
 * All bookmarks are one document: each change reads it, and writes it with everything else in it as it was.
 */
import {type BareJid, parseBareJid} from '../shared/jid.js';
import {codec, element, rawChild} from '../xmpp/codec.js';
import {append, attributeOf, children, createElement, detached, type Element, isElement} from '../xmpp/element.js';
import type {ExtensionContext} from '../xmpp/extension.js';
import {isStanzaError} from '../xmpp/stanza-error.js';
import {type RoomSettings, settingsOf} from './bookmark-conference.js';
import type {PubsubNode} from './pubsub.js';

const namespace = 'storage:bookmarks';

/** The account's private document. */
export const privateStorage = element('jabber:iq:private', 'query', {storage: rawChild('storage', namespace)});

const storage = codec(namespace, 'storage', {decode: source => source, encode: () => {}});

/** Servers that keep the document as a node as well tell there that it changed. */
export const legacyNode: PubsubNode<Element> = {name: namespace, payload: storage, access: 'private'};

export type LegacyBookmarks = {
	/** None where the server keeps no private documents. */
	load(): Promise<ReadonlyMap<BareJid, RoomSettings>>;
	put(room: BareJid, bookmark: RoomSettings): Promise<void>;
	remove(room: BareJid): Promise<void>;
};

/** The bookmarks of an account in its private document. Changes of one session follow each other. */
export function legacyBookmarks(context: Pick<ExtensionContext, 'request'>): LegacyBookmarks {
	let last: Promise<unknown> = Promise.resolve();

	const read = async (): Promise<readonly Element[]> => {
		const question = privateStorage.encode({storage: createElement('storage', {xmlns: namespace})});
		const answer = await context.request(undefined, 'get', question);
		const found = answer === undefined ? undefined : privateStorage.decode(answer)?.storage;
		return found === undefined ? [] : children(found);
	};

	const change = (edit: (entries: readonly Element[]) => readonly Element[]): Promise<void> => {
		const work = last.then(async () => {
			const document = createElement('storage', {xmlns: namespace});
			append(
				document,
				edit(await read()).map(each => detached(each)),
			);
			await context.request(undefined, 'set', privateStorage.encode({storage: document}));
		});
		last = work.catch(() => {});
		return work;
	};

	return {
		async load() {
			try {
				const found = (await read()).flatMap(entry => {
					const room = roomOf(entry);
					return room === undefined ? [] : [[room, settingsOf(entry, namespace)] as const];
				});
				return new Map(found);
			} catch (error) {
				if (isStanzaError(error)) {
					return new Map();
				}

				throw error;
			}
		},
		put: (room, bookmark) =>
			change(entries => {
				const known = entries.find(entry => roomOf(entry) === room);
				const made = entryOf(room, bookmark, known);
				return known === undefined ? [...entries, made] : entries.map(entry => (entry === known ? made : entry));
			}),
		remove: room => change(entries => entries.filter(entry => roomOf(entry) !== room)),
	};
}

function roomOf(entry: Element): BareJid | undefined {
	return isElement(entry, 'conference', namespace) ? parseBareJid(attributeOf(entry, 'jid') ?? '') : undefined;
}

/** The entry with what we know changed and the rest of `known` as it was. */
function entryOf(room: BareJid, {name, autojoin, nick, password}: RoomSettings, known: Element | undefined): Element {
	const made = createElement('conference', {xmlns: namespace, jid: room, name, autojoin});
	const others = known === undefined ? [] : children(known);
	append(made, [
		nick === undefined ? undefined : createElement('nick', {}, nick),
		password === undefined ? undefined : createElement('password', {}, password),
		...others
			.filter(each => !isElement(each, 'nick', namespace) && !isElement(each, 'password', namespace))
			.map(each => detached(each)),
	]);
	return made;
}
