import {randomBytes} from 'node:crypto';
import {published as onServer} from '../../source/omemo/keys.js';
import {bundleOf, createDevice, type DeviceKeys} from '../../source/omemo/ratchet/device-keys.js';
import {bundleItem, bundleNode} from '../../source/omemo/wire/bundle.js';
import {deviceListItem, deviceListNode} from '../../source/omemo/wire/device-list.js';
import type {BareJid} from '../../source/shared/jid.js';
import {serialize} from '../../source/xmpp/serialize.js';
import type {FakeServer} from './fake-server.js';

/** The devices of people as the fake server keeps them. */
export type FakeDevices = {
	/** Puts a device with keys of its own on the list of somebody, in the legacy version. */
	add(owner: BareJid, id: number): DeviceKeys;
	/** Nodes that were published to, in order. */
	readonly published: readonly string[];
	/** What the account's node holds, as XML. */
	own(node: string): string;
	/** The account's node is gone. */
	lose(node: string): void;
};

export const legacyList = 'eu.siacs.conversations.axolotl.devicelist';

/** Lets the server answer questions about what people publish, and take what the account does. */
export function keepDevices(server: FakeServer): FakeDevices {
	const nodes = new Map<string, string>();
	const lists = new Map<BareJid, readonly number[]>();
	const published: string[] = [];
	const place = (owner: string, node: string) => `${owner} ${node}`;
	const itemOf = (id: string, content: string) => `<item id='${id}'>${content}</item>`;

	server.accountFeatures = [...server.accountFeatures, 'http://jabber.org/protocol/pubsub#publish-options'];
	server.answerWith('pubsub', (payload, to) => {
		const [, node = '', item] = /<publish node="([^"]*)">(<item .*<\/item>)<\/publish>/s.exec(payload) ?? [];
		if (item !== undefined) {
			published.push(node);
			nodes.set(place('', node), item);
			return '';
		}

		const wanted = /<items node="([^"]*)"/.exec(payload)?.[1] ?? '';
		const found = nodes.get(place(to, wanted));
		return found === undefined
			? "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
			: `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='${wanted}'>${found}</items></pubsub>`;
	});

	return {
		add(owner, id) {
			const keys = createDevice(length => Uint8Array.from(randomBytes(length)));
			const list = [...(lists.get(owner) ?? []), id];
			lists.set(owner, list);
			const listNode = deviceListNode('legacy');
			const bundle = bundleNode('legacy', id);
			const devices = list.map(each => ({id: each}));
			nodes.set(place(owner, listNode.name), itemOf(deviceListItem, serialize(listNode.payload.encode(devices))));
			nodes.set(
				place(owner, bundle.name),
				itemOf(bundleItem('legacy', id), serialize(bundle.payload.encode(onServer(bundleOf(keys, 'legacy'))))),
			);
			return keys;
		},
		published,
		own: node => nodes.get(place('', node)) ?? '',
		lose(node) {
			nodes.delete(place('', node));
		},
	};
}
