import type {OmemoVersion} from '../../../source/model/device.js';
import {bundleItem, bundleNode} from '../../../source/omemo/wire/bundle.js';
import {deviceListNode, type ListedDevice} from '../../../source/omemo/wire/device-list.js';
import type {BareJid} from '../../../source/shared/jid.js';
import {attributeOf, children, type Element, nameOf} from '../../../source/xmpp/element.js';
import {parseElement} from '../../../source/xmpp/parser.js';
import {serialize} from '../../../source/xmpp/serialize.js';
import type {FakeServer} from '../fake-server.js';
import {juliet} from '../scene.js';

const pubsubNamespace = 'http://jabber.org/protocol/pubsub';
export const publishOptions = `${pubsubNamespace}#publish-options`;

type Item = {readonly id: string; readonly payload: string};

/** Everybody's nodes, behind the fake server. What lies in them is XML as it was published, or as a test puts it there. */
export type Pep = {
	/** What was asked for so far, as `owner node`. */
	readonly asked: string[];
	/** What was published so far, as `node item`. */
	readonly published: string[];
	items(owner: BareJid, node: string): readonly Item[];
	put(owner: BareJid, node: string, payload: string, id?: string): void;
	/** Takes a node away. */
	remove(owner: BareJid, node: string): void;
	/** From now on whatever is asked of such nodes is answered so; undefined: not at all. An answer of `''` ends that. */
	answer(owner: BareJid, node: string | RegExp, answer: string | undefined): void;
	/** Lets the fake server tell of what lies in a node now. */
	push(owner: BareJid, node: string, from?: string): Promise<void>;
	list(owner: BareJid, version: OmemoVersion): readonly ListedDevice[];
	putList(owner: BareJid, version: OmemoVersion, ...devices: ReadonlyArray<number | ListedDevice>): void;
};

export const listName = (version: OmemoVersion) => deviceListNode(version).name;
export const bundleName = (version: OmemoVersion, device: number) => bundleNode(version, device).name;
export const bundleId = bundleItem;

export function refusal(condition: string, type = 'cancel'): string {
	return `<error type='${type}'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
}

export function createPep(server: FakeServer): Pep {
	const nodes = new Map<string, Item[]>();
	const answers: Array<{owner: string; node: string | RegExp; answer: string | undefined}> = [];
	const nodeOf = (owner: string, node: string) => {
		const found = nodes.get(`${owner} ${node}`) ?? [];
		nodes.set(`${owner} ${node}`, found);
		return found;
	};

	const asItems = (node: string, items: readonly Item[]) =>
		`<pubsub xmlns='${pubsubNamespace}'><items node='${node}'>${items
			.map(({id, payload}) => `<item id='${id}'>${payload}</item>`)
			.join('')}</items></pubsub>`;

	const replace = (items: Item[], item: Item) => {
		const at = items.findIndex(({id}) => id === item.id);
		if (at >= 0) {
			items.splice(at, 1);
		}

		items.push(item);
	};

	const take = (action: Element, node: string) => {
		for (const item of children(action)) {
			const id = attributeOf(item, 'id') ?? '';
			const [payload] = children(item);
			if (payload !== undefined) {
				replace(nodeOf(juliet, node), {id, payload: serialize(payload, '')});
				pep.published.push(`${node} ${id}`);
			}
		}

		return '';
	};

	const drop = (action: Element, node: string) => {
		const items = nodeOf(juliet, node);
		for (const item of children(action)) {
			const at = items.findIndex(({id}) => id === attributeOf(item, 'id'));
			if (at >= 0) {
				items.splice(at, 1);
			}
		}

		return '';
	};

	const give = (action: Element, owner: string, node: string) => {
		const found = nodes.get(`${owner} ${node}`);
		const wanted = children(action).map(item => attributeOf(item, 'id'));
		const items = (found ?? []).filter(({id}) => wanted.length === 0 || wanted.includes(id));
		const most = Number(attributeOf(action, 'max_items') ?? items.length);
		return found === undefined ? refusal('item-not-found') : asItems(node, most === 0 ? [] : items.slice(-most));
	};

	server.answerWith('pubsub', (payload, to) => {
		const request = parseElement(payload);
		const [action] = request === undefined ? [] : children(request);
		if (action === undefined) {
			return refusal('bad-request');
		}

		const owner = to === '' ? juliet : to;
		const node = attributeOf(action, 'node') ?? '';
		const isFetch = nameOf(action) === 'items';
		if (isFetch) {
			pep.asked.push(`${owner} ${node}`);
		}

		const prepared = answers.findLast(
			each => each.owner === owner && (typeof each.node === 'string' ? each.node === node : each.node.test(node)),
		);
		if (prepared !== undefined && prepared.answer !== '') {
			return prepared.answer;
		}

		return isFetch
			? give(action, owner, node)
			: nameOf(action) === 'publish'
				? take(action, node)
				: nameOf(action) === 'retract'
					? drop(action, node)
					: '';
	});

	const pep: Pep = {
		asked: [],
		published: [],
		items: (owner, node) => nodes.get(`${owner} ${node}`) ?? [],
		put: (owner, node, payload, id = 'current') => replace(nodeOf(owner, node), {id, payload}),
		remove(owner, node) {
			nodes.delete(`${owner} ${node}`);
		},
		answer(owner, node, answer) {
			answers.push({owner, node, answer});
		},
		async push(owner, node, from = owner) {
			const items = (nodes.get(`${owner} ${node}`) ?? []).map(({id, payload}) => `<item id='${id}'>${payload}</item>`);
			await server.bring(
				`<message xmlns='jabber:client' from='${from}' to='${juliet}' type='headline'><event xmlns='${pubsubNamespace}#event'><items node='${node}'>${items.join('')}</items></event></message>`,
			);
		},
		list(owner, version) {
			const [item] = pep.items(owner, listName(version));
			const element = item && parseElement(item.payload);
			return (element && deviceListNode(version, {most: 1000}).payload.decode(element)) ?? [];
		},
		putList(owner, version, ...devices) {
			const listed = devices.map(device => (typeof device === 'number' ? {id: device} : device));
			pep.put(owner, listName(version), serialize(deviceListNode(version).payload.encode(listed), ''));
		},
	};
	return pep;
}
