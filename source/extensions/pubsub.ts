/**
 * XEP-0060: Publish-Subscribe, for personal nodes: XEP-0163 (version 1.2.2), XEP-0222 and XEP-0223.
 * https://xmpp.org/extensions/xep-0060.html
 *
 * Every account is a service with nodes of its own, and its bare JID speaks for them. Whoever wants the events of
 * contacts' nodes says so in the capabilities: an extension that uses `subscribe` has `notifyFeature(node)` among its
 * features.
 */

import type {Dispose} from '../shared/clock.js';
import {XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf, parseJid} from '../shared/jid.js';
import type {Codec} from '../xmpp/codec.js';
import {attributeOf, type Element} from '../xmpp/element.js';
import {defineExtension, type ExtensionContext} from '../xmpp/extension.js';
import {isStanzaError} from '../xmpp/stanza-error.js';
import type {ExtensionPorts} from './ports.js';
import {configurationOf, type NodeSettings, repairOf} from './pubsub-configuration.js';
import {
	amended,
	eventElement,
	formOf,
	type NodeConfiguration,
	ownerElement,
	pubsubElement,
	pubsubNamespace,
	type RawItem,
} from './pubsub-elements.js';
import {roster} from './roster.js';
import {serviceDiscovery} from './service-discovery.js';

/** A node that every account may have, and what lies in it. */
export type PubsubNode<Value> = NodeSettings & {
	readonly name: string;
	readonly payload: Codec<Value>;
};

export type PubsubItem<Value> = {readonly id: string; readonly value: Value};

/** What happened to somebody's node. Items that cannot be read are left out. */
export type PubsubEvent<Value> = {
	readonly owner: BareJid;
	readonly items: readonly PubsubItem<Value>[];
	/** Ids of items that were taken back. */
	readonly retracted: readonly string[];
	/** All items are gone; `deleted`: so is the node. */
	readonly emptied?: 'purged' | 'deleted';
};

export type Wanted = {
	/** Absent: the account itself. The owner learns of the question: not for strangers. */
	readonly owner?: BareJid;
	readonly ids?: readonly string[];
	/** So many of the newest. */
	readonly newest?: number;
	/** Items none of which can be read are no answer: for whom that is something else than no items. */
	readonly strict?: true;
};

export type Pubsub = {
	/**
	 * Publishes in an own node and sees to it that the node is as described; it is never published to readers it is not for.
	 * An item of the same id is replaced. Rejects with a stanza error.
	 */
	publish<Value>(node: PubsubNode<Value>, item: PubsubItem<Value>): Promise<void>;
	/** Takes an own item back. One that is not there is gone already. Rejects with a stanza error. */
	retract<Value>(node: PubsubNode<Value>, id: string): Promise<void>;
	/**
	 * The items of a node, as the server orders them; none where there is no such node. Rejects with a stanza error, or
	 * `malformed-answer`.
	 */
	items<Value>(node: PubsubNode<Value>, wanted?: Wanted): Promise<readonly PubsubItem<Value>[]>;
	/** Hears what happens to the account's node and, unless it is private, to those of its contacts. */
	subscribe<Value>(node: PubsubNode<Value>, listener: (event: PubsubEvent<Value>) => void): Dispose;
};

/** What the capabilities say to get the events of a node (XEP-0163 §4.3.2). */
export function notifyFeature({name}: Pick<PubsubNode<unknown>, 'name'>): string {
	return `${name}+notify`;
}

export const pubsub = defineExtension<Pubsub, ExtensionPorts>({
	name: 'publish-subscribe',
	xep: '0060',
	version: '1.29.0',
	since: '0.1.0',
	status: 'partial',
	features: [],
	codecs: [pubsubElement, ownerElement, eventElement],
	requires: [serviceDiscovery, roster],
	attach(context) {
		return {...attachNodes(context), subscribe: attachEvents(context)};
	},
});

const publishOptions = `${pubsubNamespace}#publish-options`;

function attachNodes(context: ExtensionContext<ExtensionPorts>): Omit<Pubsub, 'subscribe'> {
	const account = bareOf(context.jid);
	const set = (payload: Element) => context.request(undefined, 'set', payload);

	/** Makes the node what it is to be, changing nothing else about it; one that is not there is made. */
	const configure = async (name: string, wanted: NodeConfiguration): Promise<void> => {
		let found: Element | undefined;
		try {
			found = await context.request(undefined, 'get', ownerElement.encode({configure: {node: name}}));
		} catch (error) {
			if (!isStanzaError(error) || error.condition !== 'item-not-found') {
				throw error;
			}

			const form = formOf('node_config', wanted);
			await set(pubsubElement.encode({create: {node: name}, configure: {form}}));
			return;
		}

		const known = found === undefined ? undefined : ownerElement.decode(found)?.configure?.form;
		await set(ownerElement.encode({configure: {node: name, form: amended(known, wanted)}}));
	};

	return {
		async publish(node, {id, value}) {
			const {name, payload} = node;
			const wanted = configurationOf(node);
			const publish = {node: name, items: [{id, payload: payload.encode(value)}]};
			const {features} = await context.use(serviceDiscovery).ofAccount();
			if (!features.some(feature => feature.name === publishOptions)) {
				// A server that ignores the options would show the item to whoever the node is open for.
				await configure(name, wanted);
				await set(pubsubElement.encode({publish}));
				return;
			}

			const request = (options: NodeConfiguration) =>
				pubsubElement.encode({publish, options: {form: formOf('publish-options', options)}});
			try {
				await set(request(wanted));
			} catch (error) {
				const repair = repairOf(error, wanted);
				if (repair === undefined) {
					throw error;
				}

				await configure(name, wanted);
				await set(request(repair));
			}
		},
		async retract({name}, id) {
			try {
				await set(pubsubElement.encode({retract: {node: name, notify: true, items: [{id}]}}));
			} catch (error) {
				if (!isStanzaError(error) || error.condition !== 'item-not-found') {
					throw error;
				}
			}
		},
		async items({name, payload}, {owner = account, ids = [], newest, strict} = {}) {
			const asked = {
				node: name,
				...(newest === undefined ? {} : {newest}),
				items: ids.map(id => ({id})),
			};
			try {
				const to = owner === account ? undefined : owner;
				const answer = await context.request(to, 'get', pubsubElement.encode({items: asked}));
				const found = answer === undefined ? undefined : pubsubElement.decode(answer)?.items;
				if (found?.node !== name) {
					throw malformed(owner);
				}

				const items = readable(found.items, payload);
				if (strict && items.length === 0 && found.items.length > 0) {
					throw malformed(owner);
				}

				return items;
			} catch (error) {
				if (isStanzaError(error) && error.condition === 'item-not-found') {
					return [];
				}

				throw error;
			}
		},
	};
}

function malformed(owner: BareJid): XmppcError {
	return new XmppcError({
		code: 'malformed-answer',
		kind: 'protocol',
		message: `${owner} answered something else than was asked.`,
	});
}

type Listener = {readonly isPrivate: boolean; readonly take: (owner: BareJid, event: RawEvent) => void};
type RawEvent = {
	readonly items: readonly RawItem[];
	readonly retracted: readonly string[];
	readonly emptied?: 'purged' | 'deleted';
};

function attachEvents(context: ExtensionContext<ExtensionPorts>): Pubsub['subscribe'] {
	const account = bareOf(context.jid);
	const contacts = context.use(roster);
	const listeners = new Map<string, Listener[]>();

	/**
	 * Whose node a message may speak for: the own server speaks as the account's bare JID or without a sender, and nobody
	 * else for the account (CVE-2023-28686); otherwise contacts speak for theirs.
	 */
	const ownerOf = (message: Element): BareJid | undefined => {
		const from = attributeOf(message, 'from');
		const sender = from === undefined ? account : parseJid(from);
		const owner = sender === undefined ? undefined : bareOf(sender);
		return owner === account
			? sender === account
				? owner
				: undefined
			: owner !== undefined && contacts.get(owner) !== undefined
				? owner
				: undefined;
	};

	context.onMessage(messages => {
		for (const message of messages) {
			const type = attributeOf(message, 'type');
			const event = type === 'error' || type === 'groupchat' ? undefined : eventElement.find(message);
			const name = event?.items?.node ?? event?.purged?.node ?? event?.deleted?.node;
			const interested = name === undefined ? undefined : listeners.get(name);
			if (event === undefined || interested === undefined) {
				continue;
			}

			const owner = ownerOf(message);
			const heard: RawEvent = {
				items: event.items?.items ?? [],
				retracted: event.items?.retracted.map(({id}) => id) ?? [],
				...(event.deleted ? {emptied: 'deleted'} : event.purged ? {emptied: 'purged'} : {}),
			};
			for (const {isPrivate, take} of interested) {
				if (owner === undefined || (isPrivate && owner !== account)) {
					context.log.note('pubsub', `an event of ${name} was dropped: its sender does not speak for it`);
				} else {
					take(owner, heard);
				}
			}
		}
	});

	return ({name, payload, access}, listener) => {
		const entry: Listener = {
			isPrivate: access === 'private',
			take: (owner, {items, ...rest}) => listener({owner, items: readable(items, payload), ...rest}),
		};
		listeners.set(name, [...(listeners.get(name) ?? []), entry]);
		return () => {
			listeners.set(
				name,
				(listeners.get(name) ?? []).filter(other => other !== entry),
			);
		};
	};
}

/** Items with an id and with the payload that belongs into the node. */
function readable<Value>(items: readonly RawItem[], codec: Codec<Value>): readonly PubsubItem<Value>[] {
	return items.flatMap(({id, payload}) => {
		const value = payload === undefined ? undefined : codec.decode(payload);
		return id === undefined || value === undefined ? [] : [{id, value}];
	});
}
