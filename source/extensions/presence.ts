/**
 * RFC 6121 §4: Exchanging Presence Information. https://www.rfc-editor.org/rfc/rfc6121#section-4
 */
import type {Availability} from '../model/account.js';
import type {ResourcePresence} from '../model/contact.js';
import {type BareJid, bareOf, resourcepartOf} from '../shared/jid.js';
import {sanitizeOutgoing, shortened} from '../shared/text.js';
import {element, optionalAttribute, optionalChild, optionalChildText} from '../xmpp/codec.js';
import {append, clientNamespace} from '../xmpp/element.js';
import {defineExtension, type ExtensionContext} from '../xmpp/extension.js';
import {choice, integer, jid, nonEmpty} from '../xmpp/scalars.js';
import {entityCapabilities} from './entity-capabilities.js';
import {idle, lastUserInteraction} from './idle.js';
import type {ExtensionPorts} from './ports.js';
import {roster} from './roster.js';

/** Presence that tells of availability; the types about subscriptions are in `subscription.ts`. */
const availability = element(clientNamespace, 'presence', {
	from: optionalAttribute('from', jid),
	type: optionalAttribute('type', choice('unavailable', 'error')),
	show: optionalChildText('show', choice('away', 'chat', 'dnd', 'xa')),
	status: optionalChildText('status', nonEmpty),
	priority: optionalChildText('priority', integer(-128, 127)),
	idle: optionalChild(idle),
});

/** More resources of one contact are not kept. */
const mostResources = 50;
/** Code points that are kept of a status. */
const longestStatus = 1024;

export type OwnPresence = {
	readonly availability: Availability;
	readonly statusText: string;
	/** Nobody has touched a key since then, milliseconds since the epoch. */
	readonly idleSince?: number;
};

export type Presence = {
	/** Tells the server, and through it everybody subscribed, how available we are. `reached`: the server has it (XEP-0198). */
	announce(presence: OwnPresence, reached?: () => void): void;
	/** What is known of everybody who is online. */
	known(): ReadonlyArray<{readonly jid: BareJid; readonly resources: readonly ResourcePresence[]}>;
};

export const presence = defineExtension<Presence, ExtensionPorts>({
	name: 'presence',
	since: '0.1.0',
	status: 'complete',
	features: [],
	codecs: [availability],
	requires: [roster, entityCapabilities, lastUserInteraction],
	attach: context => attachPresence(context),
});

function attachPresence(context: ExtensionContext<ExtensionPorts>): Presence {
	const account = bareOf(context.jid);
	const contacts = context.use(roster);
	const capabilities = context.use(entityCapabilities);
	const known = new Map<BareJid, Map<string, ResourcePresence>>();

	context.onPresence(stanza => {
		const found = availability.decode(stanza);
		if (found === undefined) {
			return;
		}

		const {from = account, type, show, status = '', priority = 0, idle: untouched} = found;
		const contact = bareOf(from);
		// Anybody can send presence directly: of strangers none is kept, of ourselves only other resources'. A contact
		// who was removed may still go offline.
		const isStranger = contact !== account && contacts.get(contact) === undefined;
		if (from === context.jid || (isStranger && (type === undefined || !known.has(contact)))) {
			return;
		}

		const resource = resourcepartOf(from);
		const resources = known.get(contact) ?? new Map<string, ResourcePresence>();
		if (type === undefined) {
			const name = resource ?? '';
			if (!resources.has(name) && resources.size >= mostResources) {
				return;
			}

			resources.set(name, {
				resource: name,
				availability: show ?? 'available',
				statusText: shortened(status, longestStatus),
				priority,
				since: context.clock.now(),
				// Their clock may be ahead of ours.
				...(untouched === undefined ? {} : {idleSince: Math.min(untouched.since, context.clock.now())}),
			});
		} else if (resource === undefined || type === 'error') {
			// An error says that the contact as such cannot be reached.
			resources.clear();
		} else {
			resources.delete(resource);
		}

		if (resources.size === 0) {
			known.delete(contact);
		} else {
			known.set(contact, resources);
		}

		context.publish({type: 'presence.changed', account, jid: contact, resources: [...resources.values()]});
	});

	return {
		announce({availability: wanted, statusText, idleSince}, reached) {
			const status = sanitizeOutgoing(statusText);
			const stanza = availability.encode({
				...(wanted === 'unavailable' ? {type: wanted} : {}),
				...(wanted === 'available' || wanted === 'unavailable' ? {} : {show: wanted}),
				...(status === '' ? {} : {status}),
				...(idleSince === undefined || wanted === 'unavailable' ? {} : {idle: {since: idleSince}}),
			});
			if (wanted !== 'unavailable') {
				append(stanza, [capabilities.advertisement()]);
			}

			context.session.send(stanza, reached);
		},
		known: () => [...known].map(([jid, resources]) => ({jid, resources: [...resources.values()]})),
	};
}
