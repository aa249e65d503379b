import {receiptRequest} from '../extensions/delivery-receipts.js';
import {originId} from '../extensions/unique-ids.js';
import type {MessageKind} from '../model/message.js';
import {XmppcError} from '../shared/errors.js';
import type {Jid} from '../shared/jid.js';
import {sanitizeOutgoing} from '../shared/text.js';
import {clientNamespace, createElement, type Element} from '../xmpp/element.js';
import {serialize} from '../xmpp/serialize.js';

/** A message as a person wrote it. */
export type Draft = {
	readonly to: Jid;
	readonly body: string;
	readonly subject?: string;
	readonly kind?: MessageKind;
};

/** The same, fit to be committed and written. `kind` has its default. */
export type Letter = Draft & {readonly kind: MessageKind};

/**
 * Bytes that a stanza may have. The usual servers end the stream for more than 256 KiB, and would do so again with the same
 * message at every login.
 */
const longestStanza = 250_000;
/** As long as the id that a message gets. */
const anyId = '00000000-0000-4000-8000-000000000000';

/**
 * Makes a draft fit to be sent: characters that XML cannot carry are gone. Throws `empty-message` where nothing is
 * left, `message-too-long`, and refuses what cannot be a message to one contact.
 */
export function prepared({to, body, subject, kind = 'chat'}: Draft): Letter {
	if (kind === 'groupchat') {
		throw new XmppcError({
			code: 'rooms-unsupported',
			kind: 'usage',
			message: `${to} cannot be written to as a room: rooms are not supported yet.`,
		});
	}

	const text = sanitizeOutgoing(body);
	const title = subject === undefined ? '' : sanitizeOutgoing(subject).replaceAll('\n', ' ');
	if (text.trim() === '') {
		throw new XmppcError({
			code: 'empty-message',
			kind: 'badData',
			message: `The message to ${to} is empty.`,
			hint: 'Write something to send.',
		});
	}

	const letter: Letter = {to, body: text, kind, ...(title === '' ? {} : {subject: title})};
	if (Buffer.byteLength(serialize(messageStanza(letter, anyId))) > longestStanza) {
		throw new XmppcError({
			code: 'message-too-long',
			kind: 'badData',
			message: `The message to ${to} is longer than servers take (${longestStanza / 1000} kB).`,
			hint: 'Send it in parts.',
		});
	}

	return letter;
}

/**
 * The stanza of a letter. `id` is its origin-id too, so that no reader can be in doubt which of them is meant
 * (XEP-0359 §4). A receipt is asked for in chats only.
 */
export function messageStanza({to, body, subject, kind}: Letter, id: string): Element {
	return createElement(
		'message',
		{xmlns: clientNamespace, to, type: kind === 'normal' ? undefined : kind, id},
		subject === undefined ? undefined : createElement('subject', {}, subject),
		createElement('body', {}, body),
		originId.encode({id}),
		kind === 'chat' ? receiptRequest.encode({}) : undefined,
	);
}
