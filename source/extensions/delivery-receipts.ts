/**
 * XEP-0184: Message Delivery Receipts, version 1.4.0. https://xmpp.org/extensions/xep-0184.html
 */
import {randomUUID} from 'node:crypto';
import type {Message} from '../model/message.js';
import {attribute, element} from '../xmpp/codec.js';
import {clientNamespace, createElement, type Element} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {nonEmpty} from '../xmpp/scalars.js';
import {store} from './message-hints.js';
import type {ExtensionPorts} from './ports.js';
import {type Roster, roster} from './roster.js';

const namespace = 'urn:xmpp:receipts';

/** Asks the recipient's client to say that the message arrived. */
export const receiptRequest = element(namespace, 'request', {});
/** Says that the message with this id arrived. */
const received = element(namespace, 'received', {id: attribute('id', nonEmpty)});

/** More of them in one message are not read. */
const mostReceipts = 50;

export const deliveryReceipts = defineExtension<void, ExtensionPorts>({
	name: 'delivery receipts',
	xep: '0184',
	version: '1.4.0',
	since: '0.1.0',
	status: 'complete',
	features: [namespace],
	codecs: [receiptRequest, received],
	requires: [roster],
	attach(context) {
		const {ports, session} = context;
		const contacts = context.use(roster);
		ports.messages.readRelations(stanza =>
			received
				.findAll(stanza)
				.slice(0, mostReceipts)
				.map(({id}) => ({kind: 'receipt', target: id})),
		);
		ports.messages.onRecorded((message, stanza) => {
			if (ports.answersReceipts() && deservesReceipt(message, stanza, contacts)) {
				session.send(receiptFor(message));
			}
		});
	},
});

/**
 * Whether a receipt is due: for what a contact, who sees our presence anyway, sent to this very resource or account and
 * asked about. Not for a copy, which the resource it was for answers; not for headlines, errors and rooms (§5).
 */
function deservesReceipt(message: Message, stanza: Element, contacts: Roster): boolean {
	return (
		message.id !== undefined &&
		message.direction === 'incoming' &&
		message.via === 'live' &&
		(message.kind === 'chat' || message.kind === 'normal') &&
		receiptRequest.find(stanza) !== undefined &&
		contacts.isSubscribed(message.author)
	);
}

/** The hint keeps it for a sender who is offline (§5.4). It asks for no receipt itself. */
function receiptFor({author, kind, id = ''}: Message): Element {
	return createElement(
		'message',
		{xmlns: clientNamespace, to: author, type: kind === 'normal' ? undefined : kind, id: randomUUID()},
		received.encode({id}),
		store.encode({}),
	);
}
