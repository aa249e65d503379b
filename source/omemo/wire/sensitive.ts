/**
 * Where each child of a message belongs when the message is encrypted (XEP-0420 0.5.0 §"Server-processed Elements", and
 * what clients of the legacy version do, which encrypts nothing but text).
 *
 * - `server`: servers and rooms read it or vouch for it. Only beside what is encrypted, never believed inside.
 * - `mark`: says that the message is encrypted. As `server`, but no longer true of what was decrypted.
 * - `identity`: the sender's own id of the message, wherever it is.
 * - `nowhere`: a message in another one, or what only a server may say in a message of its own.
 * - `metadata`: says something about another message without a word of its own; legacy clients show it to servers.
 * - `reply`, `reaction`: the same, but worth asking the person: whom an answer is for, and an emoji that is all of it.
 * - `content`: everything else, what nobody has heard of too.
 */
import type {OmemoVersion} from '../../model/device.js';
import {attributeOf, clientNamespace, type Element, nameOf, namespaceOf} from '../../xmpp/element.js';

export type Exposure = 'server' | 'mark' | 'identity' | 'nowhere' | 'metadata' | 'reply' | 'reaction' | 'content';

type Row = {
	/** With a colon at its end: all that begin so. */
	readonly namespace: string;
	/** Absent: any. */
	readonly names?: readonly string[];
	/** What its attribute `for` is; absent: anything. */
	readonly for?: string;
	readonly exposure: Exposure;
};

/** The first that fits counts. */
const table: readonly Row[] = [
	{namespace: clientNamespace, names: ['body', 'subject'], exposure: 'content'},
	{namespace: clientNamespace, names: ['thread'], exposure: 'reply'},
	{namespace: clientNamespace, exposure: 'nowhere'},
	{namespace: 'urn:xmpp:sid:0', names: ['origin-id'], exposure: 'identity'},
	{namespace: 'urn:xmpp:sid:0', exposure: 'server'},
	{namespace: 'urn:xmpp:hints', exposure: 'server'},
	{namespace: 'urn:xmpp:delay', exposure: 'server'},
	{namespace: 'jabber:x:delay', exposure: 'server'},
	{namespace: 'http://jabber.org/protocol/address', exposure: 'server'},
	{namespace: 'http://jabber.org/protocol/amp', exposure: 'server'},
	{namespace: 'urn:xmpp:occupant-id:0', exposure: 'server'},
	{namespace: 'urn:xmpp:mix:core:', exposure: 'server'},
	{namespace: 'http://jabber.org/protocol/muc#user', exposure: 'server'},
	{namespace: 'urn:xmpp:carbons:2', names: ['private'], exposure: 'server'},
	{namespace: 'urn:xmpp:eme:0', exposure: 'mark'},
	{namespace: 'urn:xmpp:omemo:2', names: ['opt-out'], exposure: 'content'},
	{namespace: 'urn:xmpp:omemo:', exposure: 'nowhere'},
	{namespace: 'eu.siacs.conversations.axolotl', exposure: 'nowhere'},
	{namespace: 'jabber:x:encrypted', exposure: 'nowhere'},
	{namespace: 'urn:xmpp:openpgp:0', exposure: 'nowhere'},
	{namespace: 'urn:xmpp:sce:', exposure: 'nowhere'},
	{namespace: 'urn:xmpp:forward:', exposure: 'nowhere'},
	{namespace: 'urn:xmpp:carbons:', exposure: 'nowhere'},
	{namespace: 'urn:xmpp:mam:', exposure: 'nowhere'},
	{namespace: 'urn:xmpp:message-moderate:', exposure: 'nowhere'},
	{namespace: 'http://jabber.org/protocol/muc', exposure: 'nowhere'},
	{namespace: 'http://jabber.org/protocol/muc#admin', exposure: 'nowhere'},
	{namespace: 'http://jabber.org/protocol/muc#owner', exposure: 'nowhere'},
	{namespace: 'http://jabber.org/protocol/pubsub', exposure: 'nowhere'},
	{namespace: 'http://jabber.org/protocol/pubsub#event', exposure: 'nowhere'},
	{namespace: 'http://jabber.org/protocol/pubsub#owner', exposure: 'nowhere'},
	{namespace: 'urn:xmpp:receipts', exposure: 'metadata'},
	{namespace: 'urn:xmpp:chat-markers:0', exposure: 'metadata'},
	{namespace: 'http://jabber.org/protocol/chatstates', exposure: 'metadata'},
	{namespace: 'urn:xmpp:message-correct:0', exposure: 'metadata'},
	{namespace: 'urn:xmpp:message-retract:1', exposure: 'metadata'},
	{namespace: 'urn:xmpp:reply:0', exposure: 'reply'},
	// That a text stands for a file tells servers that there is one.
	{namespace: 'urn:xmpp:fallback:0', for: 'urn:xmpp:sfs:0', exposure: 'content'},
	{namespace: 'urn:xmpp:fallback:0', exposure: 'reply'},
	{namespace: 'urn:xmpp:reactions:0', exposure: 'reaction'},
];

/** Where a child of a message belongs; what is not in the table is content, and hidden. */
export function exposureOf(element: Element): Exposure {
	const name = nameOf(element);
	const namespace = namespaceOf(element);
	const row = table.find(
		row =>
			(row.namespace.endsWith(':') ? namespace.startsWith(row.namespace) : namespace === row.namespace) &&
			(row.names === undefined || row.names.includes(name)) &&
			(row.for === undefined || row.for === attributeOf(element, 'for')),
	);
	return row?.exposure ?? 'content';
}

/** Whether an element counts where it was found inside what is encrypted. Everything else there is to be dropped. */
export function isAllowedInside(element: Element): boolean {
	const exposure = exposureOf(element);
	return exposure !== 'server' && exposure !== 'mark' && exposure !== 'nowhere';
}

/**
 * Whether an element counts that was found beside what is encrypted. Anybody on the way could have put it there: in the
 * legacy version what counts is what its clients never encrypt, and nobody vouches for it.
 */
export function isHeededOutside(element: Element, version: OmemoVersion): boolean {
	switch (exposureOf(element)) {
		case 'server':
		case 'identity':
			return true;
		case 'metadata':
		case 'reply':
		case 'reaction':
			return version === 'legacy';
		default:
			return false;
	}
}
