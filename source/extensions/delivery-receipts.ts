/**
 * XEP-0184: Message Delivery Receipts, version 1.4.0. https://xmpp.org/extensions/xep-0184.html
 */
import {randomUUID} from 'node:crypto';
import type {Message} from '../model/message.js';
import {bareOf, type Jid, parseJid} from '../shared/jid.js';
import {attribute, element} from '../xmpp/codec.js';
import {attributeOf, clientNamespace, createElement, type Element} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {nonEmpty} from '../xmpp/scalars.js';
import {blocking} from './blocking.js';
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
/** More of what came while nobody was here is not answered. */
const mostUnanswered = 1000;

export const deliveryReceipts = defineExtension<void, ExtensionPorts>({
	name: 'delivery receipts',
	xep: '0184',
	version: '1.4.0',
	since: '0.1.0',
	status: 'complete',
	features: [namespace],
	codecs: [receiptRequest, received],
	requires: [roster, blocking],
	attach(context) {
		const {ports, session} = context;
		const {owedReceipts: owed = new Map<string, Element>()} = ports;
		const contacts = context.use(roster);
		ports.messages.readRelations(stanza =>
			received
				.findAll(stanza)
				.slice(0, mostReceipts)
				.map(({id}) => ({kind: 'receipt', target: id})),
		);

		const send = (key: string, receipt: Element) => {
			if (owed.size < mostUnanswered) {
				owed.set(key, receipt);
			}

			// What came before a block may be delivered after it.
			const {whenKnown, blockOf} = context.use(blocking);
			whenKnown(() => {
				const to = parseJid(attributeOf(receipt, 'to') ?? '');
				if (to !== undefined && blockOf(to) !== undefined) {
					owed.delete(key);
				} else {
					session.send(receipt, () => owed.delete(key));
				}
			});
		};
		// The server of the last session may not have got them; one that comes twice does no harm.
		context.onStarted(() => {
			for (const [key, receipt] of ports.answersReceipts() ? owed : []) {
				send(key, receipt);
			}
		});

		/** What came while nobody was here and no other device has answered yet, by {@link keyOf}. */
		const unanswered = new Map<string, Message>();
		/** What was answered of that; the server may deliver it as well. */
		const answered = new Set<string>();

		ports.messages.onRecorded((message, stanza) => {
			if (message.via === 'live' && ports.answersReceipts() && deservesReceipt(message, stanza, contacts)) {
				const key = keyOf(message.author, message.id);
				unanswered.delete(key);
				if (!answered.delete(key)) {
					send(key, receiptFor(message));
				}
			}
		});
		ports.messages.onArchived((stanza, message) => {
			for (const {id} of received.findAll(stanza)) {
				const to = parseJid(attributeOf(stanza, 'to') ?? '');
				unanswered.delete(to === undefined ? '' : keyOf(to, id));
			}

			if (message !== undefined && deservesReceipt(message, stanza, contacts) && unanswered.size < mostUnanswered) {
				unanswered.set(keyOf(message.author, message.id), message);
			}
		});
		ports.messages.onCaughtUp(() => {
			for (const [key, message] of ports.answersReceipts() ? unanswered : []) {
				answered.add(key);
				send(key, receiptFor(message));
			}

			unanswered.clear();
		});
	},
});

/**
 * Whether a receipt is due: for what a contact, who sees our presence anyway, sent to this very resource or account and
 * asked about. Not for a copy, which the resource it was for answers; not for headlines, errors and rooms (§5). Whether
 * what the archive had was answered by another device, its own receipt in there says.
 */
function deservesReceipt(message: Message, stanza: Element, contacts: Roster): boolean {
	return (
		message.id !== undefined &&
		message.direction === 'incoming' &&
		(message.kind === 'chat' || message.kind === 'normal') &&
		receiptRequest.find(stanza) !== undefined &&
		contacts.isSubscribed(message.author)
	);
}

function keyOf(person: Jid, id = ''): string {
	return `${bareOf(person)} ${id}`;
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
