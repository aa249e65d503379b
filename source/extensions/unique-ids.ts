/**
 * XEP-0359: Unique and Stable Stanza IDs, version 0.7.0. https://xmpp.org/extensions/xep-0359.html
 */
import type {BareJid} from '../shared/jid.js';
import {attribute, element} from '../xmpp/codec.js';
import type {Element} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {jid, nonEmpty} from '../xmpp/scalars.js';
import type {ExtensionPorts} from './ports.js';
import {serviceDiscovery} from './service-discovery.js';

const namespace = 'urn:xmpp:sid:0';

/** Chosen by the sender, so worth nothing against a third party; it finds own messages again. */
export const originId = element(namespace, 'origin-id', {id: attribute('id', nonEmpty)});
/** Given by the archive `by`, where that is to be believed: {@link archiveIdOf}. */
export const stanzaId = element(namespace, 'stanza-id', {id: attribute('id', nonEmpty), by: attribute('by', jid)});

/**
 * The id under which `archive` (the own bare JID or a room) keeps a message. The caller knows that this archive strips
 * what senders forge in its name (it announces `urn:xmpp:sid:0`, or is the account's own with `urn:xmpp:mam:2`). Two ids
 * by the same archive mean that one is forged: then there is none.
 */
export function archiveIdOf(message: Element, archive: BareJid): string | undefined {
	const [first, ...others] = stanzaId.findAll(message).filter(({by}) => by === archive);
	return others.length === 0 ? first?.id : undefined;
}

/** Features of an account whose server strips `stanza-id` elements that others put there in the account's name. */
const stripping: readonly string[] = [namespace, 'urn:xmpp:mam:2'];

export type UniqueIds = {
	/** Whether ids in the name of the own account are its archive's. Not before the server said so. */
	trustsOwnArchive(): boolean;
};

export const uniqueIds = defineExtension<UniqueIds, ExtensionPorts>({
	name: 'unique and stable stanza ids',
	xep: '0359',
	version: '0.7.0',
	since: '0.1.0',
	status: 'complete',
	features: [namespace],
	codecs: [originId, stanzaId],
	requires: [serviceDiscovery],
	attach(context) {
		// Carbons come with the binding only where the account had its archive at the last login; some come before any answer.
		let trusted = context.session.features.carbonsEnabled === true;
		context.onStarted(async () => {
			const {features} = await context.use(serviceDiscovery).ofAccount();
			trusted = features.some(({name}) => stripping.includes(name));
		});
		return {trustsOwnArchive: () => trusted};
	},
});
