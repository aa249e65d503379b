/**
 * XEP-0490: Message Displayed Synchronization, version 1.0.1. https://xmpp.org/extensions/xep-0490.html
 *
 * Up to where the own devices have read each chat. What that makes of the chats here is for the client to say.
 */
import type {Dispose} from '../shared/clock.js';
import {messageOf} from '../shared/errors.js';
import {type BareJid, bareOf, type FullJid, isFullJid, type Jid, parseFullJid, parseJid} from '../shared/jid.js';
import {child, type Decoded, element} from '../xmpp/codec.js';
import {attributeOf, type Element} from '../xmpp/element.js';
import {defineExtension, type ExtensionContext} from '../xmpp/extension.js';
import {entityCapabilities} from './entity-capabilities.js';
import type {ExtensionPorts} from './ports.js';
import {notifyFeature, type PubsubItem, type PubsubNode, pubsub} from './pubsub.js';
import {serviceDiscovery} from './service-discovery.js';
import {stanzaId} from './unique-ids.js';

const namespace = 'urn:xmpp:mds:displayed:0';
const assistance = 'urn:xmpp:mds:server-assist:0';

const displayed = element(namespace, 'displayed', {stanzaId: child(stanzaId)});

/** All of it is a must (§"Flagging chat as displayed"): nobody else reads it, and nothing of it is forgotten. */
const node: PubsubNode<Decoded<typeof displayed>> = {
	name: namespace,
	payload: displayed,
	access: 'private',
	maxItems: 'max',
	sendLast: 'never',
};

/** Characters of an id: those of archives are far shorter. */
const longestId = 512;
/** More chats are not looked at. */
const mostChats = 10_000;

export type Displayed = {
	/** A contact or a room by its bare JID, somebody in a room by the full one. */
	readonly chat: Jid;
	/** Whose archive the id is of: the own account's, or that of the room. */
	readonly by: BareJid;
	readonly archiveId: string;
};

export type DisplayedSync = {
	/** Tells the own devices. Rejects with a stanza error. */
	publish(read: Displayed): Promise<void>;
	/**
	 * The element that makes the server do the same with a marker on its way to that chat; undefined where it does not. Only
	 * for a message to the very address of the chat, with more in it than this.
	 */
	assistance(read: Displayed): Element | undefined;
	/** Asks how far they have read all chats; those who hear of it are told. Rejects with a stanza error. */
	load(): Promise<void>;
	/** Hears how far the own devices have read: of all chats when they were asked for, and of each change. */
	onRead(listener: (read: readonly Displayed[]) => void): Dispose;
	/** Hears of each other device that is online whether it takes part in this. */
	onDevice(listener: (device: FullJid, takesPart: boolean) => void): Dispose;
};

export const displayedSync = defineExtension<DisplayedSync, ExtensionPorts>({
	name: 'displayed synchronisation',
	xep: '0490',
	version: '1.0.1',
	since: '0.3.0',
	status: 'complete',
	features: [notifyFeature(node)],
	codecs: [displayed],
	requires: [pubsub, serviceDiscovery, entityCapabilities],
	attach: context => attachSync(context),
});

function attachSync(context: ExtensionContext<ExtensionPorts>): DisplayedSync {
	const account = bareOf(context.jid);
	const listeners = new Set<{readonly listener: (read: readonly Displayed[]) => void}>();
	const observers = new Set<(device: FullJid, takesPart: boolean) => void>();
	let isAssisting = false;

	const tell = (items: readonly PubsubItem<Decoded<typeof displayed>>[]) => {
		const read = items.slice(0, mostChats).flatMap(item => readIn(item, account) ?? []);
		for (const {listener} of read.length === 0 ? [] : [...listeners]) {
			listener(read);
		}
	};

	// Only what the account itself says of it comes here (`pubsub.ts`).
	context.onDispose(context.use(pubsub).subscribe(node, ({items}) => tell(items)));
	context.onPresence(async presence => {
		const device = parseFullJid(attributeOf(presence, 'from') ?? '');
		const isThere = attributeOf(presence, 'type') === undefined;
		if (device === undefined || !isThere || bareOf(device) !== account || device === context.jid) {
			return;
		}

		try {
			const features = await context.use(entityCapabilities).featuresOf(device);
			for (const observer of observers) {
				observer(device, features.includes(notifyFeature(node)));
			}
		} catch (error) {
			context.log.note('reading', `what ${device} can do is not known: ${messageOf(error)}`);
		}
	});
	context.onStarted(async () => {
		const {features} = await context.use(serviceDiscovery).ofAccount();
		isAssisting = features.some(({name}) => name === assistance);
	});

	return {
		async load() {
			tell(await context.use(pubsub).items(node));
		},
		publish: ({chat, by, archiveId}) =>
			context.use(pubsub).publish(node, {id: chat, value: {stanzaId: {by, id: archiveId}}}),
		assistance: ({by, archiveId}) => (isAssisting ? displayed.encode({stanzaId: {by, id: archiveId}}) : undefined),
		onRead(listener) {
			const entry = {listener};
			listeners.add(entry);
			return () => listeners.delete(entry);
		},
		onDevice(observer) {
			observers.add(observer);
			return () => observers.delete(observer);
		},
	};
}

/** An item whose id is of the archive that keeps that chat: the account's, or the room's own. */
function readIn({id, value}: PubsubItem<Decoded<typeof displayed>>, account: BareJid): Displayed | undefined {
	const chat = parseJid(id);
	const {by, id: archiveId} = value.stanzaId;
	const isOfArchive = by === account || (chat !== undefined && by === chat && !isFullJid(chat));
	return chat === undefined || !isOfArchive || archiveId.length > longestId
		? undefined
		: {chat, by: bareOf(by), archiveId};
}
