import {markable} from '../extensions/chat-markers.js';
import {receiptRequest} from '../extensions/delivery-receipts.js';
import {replace} from '../extensions/message-correction.js';
import {fallback} from '../extensions/message-fallback.js';
import {store} from '../extensions/message-hints.js';
import {reactions} from '../extensions/message-reactions.js';
import {quotation, replyElements} from '../extensions/message-replies.js';
import {retract, retractNamespace} from '../extensions/message-retraction.js';
import {roomUser} from '../extensions/muc-elements.js';
import {asHint, spoiler} from '../extensions/spoilers.js';
import {originId} from '../extensions/unique-ids.js';
import type {Attachment} from '../model/attachment.js';
import {messageText} from '../model/attachment-words.js';
import type {Message, MessageKind} from '../model/message.js';
import type {Relation, Reply} from '../model/relation.js';
import {XmppcError} from '../shared/errors.js';
import {bareOf, type Jid} from '../shared/jid.js';
import {sanitizeOutgoing} from '../shared/text.js';
import {clientNamespace, createElement, type Element} from '../xmpp/element.js';
import {fileBody, fileElements} from './file-elements.js';

/** What programs show that cannot take a message back; ours drops it (XEP-0424 §3). */
const retractionFallback = '/me took back a message, but your app does not support that.';

/** A message as a person wrote it. */
export type Draft = {
	readonly to: Jid;
	readonly body: string;
	readonly subject?: string;
	readonly kind?: MessageKind;
	/** What it says about a message that is on record, in the same conversation. */
	readonly about?: About;
	/** The text is to be opened before it is read: what it is about, or nothing. */
	readonly spoiler?: string;
	/** The file that it is: then it has no text. A caption is a message of its own, right behind it. */
	readonly attachment?: Attachment;
};

/** `id`: what that message goes by on the wire there. */
export type About = {readonly message: Message; readonly id: string} & (
	| Extract<Relation, {kind: 'correction' | 'retraction' | 'reactions'}>
	| {readonly kind: 'reply'}
);

/** The same, fit to be committed and written. `kind` has its default. */
export type Letter = Draft & {readonly kind: MessageKind};

/**
 * Makes a draft fit to be sent: characters that XML cannot carry are gone. Throws `empty-message` where nothing is
 * left, `caption-apart` for a text beside a file, and refuses what cannot be a message to one contact. Whether it is too long is for the outbox to say.
 */
export function prepared({to, body, subject, kind = 'chat', about, spoiler: hint, attachment}: Draft): Letter {
	const text = sanitizeOutgoing(body);
	const title = subject === undefined ? '' : sanitizeOutgoing(subject).replaceAll('\n', ' ');
	if (attachment !== undefined && text.trim() !== '') {
		throw new XmppcError({
			code: 'caption-apart',
			kind: 'badData',
			message: 'A message with a file has no text of its own.',
			hint: 'Send the text as the next message.',
		});
	}

	if (text.trim() === '' && attachment === undefined && !isWordless(about)) {
		throw new XmppcError({
			code: 'empty-message',
			kind: 'badData',
			message: `The message to ${to} is empty.`,
			hint: 'Write something to send.',
		});
	}

	return {
		to: kind === 'groupchat' ? bareOf(to) : to,
		body: attachment === undefined ? text : '',
		kind,
		...(attachment === undefined ? {} : {attachment}),
		...(title === '' ? {} : {subject: title}),
		...(about === undefined ? {} : {about}),
		...(hint === undefined ? {} : {spoiler: asHint(sanitizeOutgoing(hint))}),
	};
}

/** Whether it says what it says without words of the person. */
export function isWordless(about: About | undefined): boolean {
	return about?.kind === 'retraction' || about?.kind === 'reactions';
}

/**
 * The text that goes out: an answer repeats what it answers, for programs that know no answers. Only of a file, which many
 * programs show where the text is its address and nothing else.
 */
export function wholeBody({body, about, attachment}: Pick<Letter, 'body' | 'about' | 'attachment'>): string {
	if (attachment !== undefined) {
		return fileBody(attachment);
	}

	switch (about?.kind) {
		case 'reply':
			return `${quotationOf(about.message)}${body}`;
		case 'retraction':
			return retractionFallback;
		case 'reactions':
			return '';
		default:
			return body;
	}
}

function quotationOf({retracted, ...message}: Message): string {
	const text = messageText(message);
	return text === '' || retracted !== undefined ? '' : quotation(text);
}

/** What it says about another message, as elements. */
function elementsAbout(about: About, isFile: boolean): readonly Element[] {
	const {id, message} = about;
	switch (about.kind) {
		case 'correction':
			return [replace.encode({id}), ...(message.reply === undefined ? [] : replyElements(again(message.reply), 0))];
		case 'reply':
			return replyElements({id, author: message.author}, isFile ? 0 : Array.from(quotationOf(message)).length);
		case 'retraction':
			return [
				retract.encode({id, ...(about.reason === undefined ? {} : {reason: sanitizeOutgoing(about.reason)})}),
				fallback.encode({for: retractNamespace, bodies: [], subjects: []}),
				store.encode({}),
			];
		case 'reactions':
			return [reactions.encode({id, emoji: about.emoji}), store.encode({})];
	}
}

const again = ({target, to}: Reply) => ({id: target, ...(to === undefined ? {} : {author: to})});

/**
 * The stanza of a letter. `id` is its origin-id too, so that no reader can be in doubt which of them is meant
 * (XEP-0359 §4). Receipt and marker are asked for in chats only, and not of somebody in a room, who need not be known;
 * what goes through a room says so (XEP-0045 §7.5).
 */
export function messageStanza(
	letter: Letter,
	id: string,
	{throughRoom = false, mentioned = []}: {readonly throughRoom?: boolean; readonly mentioned?: readonly Element[]} = {},
): Element {
	const {to, subject, kind, about} = letter;
	const body = wholeBody(letter);
	const asks = kind === 'chat' && !throughRoom && !isWordless(about);
	return createElement(
		'message',
		{xmlns: clientNamespace, to, type: kind === 'normal' ? undefined : kind, id},
		subject === undefined ? undefined : createElement('subject', {}, subject),
		body === '' ? undefined : createElement('body', {}, body),
		letter.spoiler === undefined ? undefined : spoiler.encode({hint: letter.spoiler}),
		originId.encode({id}),
		...mentioned,
		...(letter.attachment === undefined ? [] : fileElements(letter.attachment)),
		...(about === undefined ? [] : elementsAbout(about, letter.attachment !== undefined)),
		throughRoom ? roomUser.encode({items: [], statuses: [], invitations: []}) : undefined,
		...(asks ? [receiptRequest.encode({}), markable.encode({})] : []),
	);
}
