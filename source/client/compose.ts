import {markable} from '../extensions/chat-markers.js';
import {receiptRequest} from '../extensions/delivery-receipts.js';
import {roomUser} from '../extensions/muc-elements.js';
import {asHint, spoiler} from '../extensions/spoilers.js';
import {originId} from '../extensions/unique-ids.js';
import type {MessageKind} from '../model/message.js';
import {XmppcError} from '../shared/errors.js';
import {bareOf, type Jid} from '../shared/jid.js';
import {sanitizeOutgoing} from '../shared/text.js';
import {clientNamespace, createElement, type Element} from '../xmpp/element.js';

/** A message as a person wrote it. */
export type Draft = {
	readonly to: Jid;
	readonly body: string;
	readonly subject?: string;
	readonly kind?: MessageKind;
	/** The text is to be opened before it is read: what it is about, or nothing. */
	readonly spoiler?: string;
};

/** The same, fit to be committed and written. `kind` has its default. */
export type Letter = Draft & {readonly kind: MessageKind};

/**
 * Makes a draft fit to be sent: characters that XML cannot carry are gone. Throws `empty-message` where nothing is
 * left, and refuses what cannot be a message to one contact. Whether it is too long is for the outbox to say.
 */
export function prepared({to, body, subject, kind = 'chat', spoiler: about}: Draft): Letter {
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

	return {
		to: kind === 'groupchat' ? bareOf(to) : to,
		body: text,
		kind,
		...(title === '' ? {} : {subject: title}),
		...(about === undefined ? {} : {spoiler: asHint(sanitizeOutgoing(about))}),
	};
}

/**
 * The stanza of a letter. `id` is its origin-id too, so that no reader can be in doubt which of them is meant
 * (XEP-0359 §4). Receipt and marker are asked for in chats only, and not of somebody in a room, who need not be known;
 * what goes through a room says so (XEP-0045 §7.5).
 */
export function messageStanza(
	{to, body, subject, kind, spoiler: about}: Letter,
	id: string,
	{throughRoom = false, mentioned = []}: {readonly throughRoom?: boolean; readonly mentioned?: readonly Element[]} = {},
): Element {
	return createElement(
		'message',
		{xmlns: clientNamespace, to, type: kind === 'normal' ? undefined : kind, id},
		subject === undefined ? undefined : createElement('subject', {}, subject),
		createElement('body', {}, body),
		about === undefined ? undefined : spoiler.encode({hint: about}),
		originId.encode({id}),
		...mentioned,
		throughRoom ? roomUser.encode({items: [], statuses: [], invitations: []}) : undefined,
		...(kind === 'chat' && !throughRoom ? [receiptRequest.encode({}), markable.encode({})] : []),
	);
}
