/** The personal nodes of one account (XEP-0163): items by name and id, for everybody to read, and news of device lists. */
import {
	attributeOf,
	child,
	children,
	childrenNamed,
	type Element,
	nameOf,
	namespaceOf,
} from '../../source/xmpp/element.js';
import {serialize} from '../../source/xmpp/serialize.js';

export type ModelNodes = {
	/** What is said to a request, as XML: a payload, or an error. `isOwner`: only then something is written. */
	answer(request: Element, isOwner: boolean): string;
	/** What whoever comes online is told, each for its receiver. */
	news(to: string): readonly string[];
};

export const pubsubNamespace = 'http://jabber.org/protocol/pubsub';
export const ownerNamespace = `${pubsubNamespace}#owner`;

const error = (condition: string) =>
	`<error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;

/** Of these nodes people hear without asking. */
const isDeviceList = (node: string) => node.endsWith('.devicelist') || node.endsWith(':devices');

/** `tell`: an own node has this news, for everybody who hears of it. */
export function createModelNodes(account: string, tell: (news: (to: string) => string) => void): ModelNodes {
	const nodes = new Map<string, Map<string, string>>();

	const newsOf = (node: string, content: string) => (to: string) =>
		`<message type='headline' from='${account}' to='${to}'><event xmlns='${pubsubNamespace}#event'>` +
		`<items node='${node}'>${content}</items></event></message>`;

	const publish = (node: string, item: Element): string => {
		const id = attributeOf(item, 'id') ?? 'current';
		const text = `<item id='${id}'>${children(item)
			.map(each => serialize(each))
			.join('')}</item>`;
		const items = nodes.get(node) ?? new Map<string, string>();
		items.delete(id);
		nodes.set(node, items.set(id, text));
		if (isDeviceList(node)) {
			tell(newsOf(node, text));
		}

		return `<pubsub xmlns='${pubsubNamespace}'><publish node='${node}'><item id='${id}'/></publish></pubsub>`;
	};

	const retract = (node: string, id: string): string => (nodes.get(node)?.delete(id) ? '' : error('item-not-found'));

	const itemsOf = (node: string, request: Element): string => {
		const items = nodes.get(node);
		if (items === undefined) {
			return error('item-not-found');
		}

		const ids = childrenNamed(request, 'item', pubsubNamespace).map(item => attributeOf(item, 'id') ?? '');
		const newest = Number(attributeOf(request, 'max_items') ?? Number.POSITIVE_INFINITY);
		const found = ids.length > 0 ? ids.flatMap(id => items.get(id) ?? []) : [...items.values()].slice(-newest);
		return `<pubsub xmlns='${pubsubNamespace}'><items node='${node}'>${found.join('')}</items></pubsub>`;
	};

	/** A server without publish options is told before what a node is to be. */
	const configure = (node: string, request: Element): string => {
		if (child(request, 'x', 'jabber:x:data') !== undefined) {
			nodes.set(node, nodes.get(node) ?? new Map());
			return '';
		}

		return nodes.has(node)
			? `<pubsub xmlns='${ownerNamespace}'><configure node='${node}'><x xmlns='jabber:x:data' type='form'/></configure></pubsub>`
			: error('item-not-found');
	};

	return {
		answer(request, isOwner) {
			const [verb] = children(request);
			const node = (verb && attributeOf(verb, 'node')) ?? '';
			if (verb === undefined || (!isOwner && nameOf(verb) !== 'items')) {
				return error('forbidden');
			}

			if (namespaceOf(request) === ownerNamespace) {
				return configure(node, verb);
			}

			const [item] = childrenNamed(verb, 'item', pubsubNamespace);
			switch (nameOf(verb)) {
				case 'items':
					return itemsOf(node, verb);
				case 'create':
					nodes.set(node, nodes.get(node) ?? new Map());
					return '';
				case 'publish':
					return item === undefined ? error('bad-request') : publish(node, item);
				case 'retract':
					return retract(node, (item && attributeOf(item, 'id')) ?? '');
				default:
					return error('feature-not-implemented');
			}
		},
		news: to =>
			[...nodes]
				.filter(([node]) => isDeviceList(node))
				.flatMap(([node, items]) => {
					const newest = [...items.values()].at(-1);
					return newest === undefined ? [] : [newsOf(node, newest)(to)];
				}),
	};
}
