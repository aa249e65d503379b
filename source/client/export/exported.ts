import {messageText} from '../../model/attachment-words.js';
import type {ConversationKind} from '../../model/buffer.js';
import type {ExportFormat} from '../../model/export.js';
import type {Message} from '../../model/message.js';
import {type BareJid, bareOf, type Jid, localpartOf, resourcepartOf} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';

/** What stands above the messages. */
export type Conversation = {
	readonly account: BareJid;
	readonly kind: ConversationKind;
	readonly jid: Jid;
	/** What the person calls whoever it is with. User text. */
	readonly name?: string;
};

/** How a conversation is written in one format: what comes first, each message, what comes last. */
export type Writer = {
	begin(conversation: Conversation): string;
	/** `isFirst`: nothing was written before it but the beginning. */
	message(message: Message, conversation: Conversation, isFirst: boolean): string;
	end(): string;
};

export type Writers = Readonly<Record<ExportFormat, (stampOf: StampOf) => Writer>>;

/** A moment as it is written, from milliseconds since the epoch. */
export type StampOf = (moment: number) => string;

/** What a person calls the author. Harmless in a text. */
export function authorOf({direction, author}: Message, {account, kind, jid, name}: Conversation): string {
	if (kind === 'room') {
		return printable(resourcepartOf(author) ?? author, 'identifier');
	}

	return direction === 'outgoing'
		? printable(localpartOf(account) ?? account, 'identifier')
		: printable(name ?? (kind === 'private' ? (resourcepartOf(jid) ?? jid) : bareOf(author)), 'identifier');
}

/** What is to be known of a message besides its text, as words. */
export function marksOf(message: Message): readonly string[] {
	const {encryption, unprotected, edited, state, spoiler} = message;
	return [
		...(encryption === undefined ? [] : ['encrypted']),
		...(unprotected === true ? ['not encrypted, in an encrypted conversation'] : []),
		...(edited === undefined ? [] : ['edited']),
		...(spoiler === undefined ? [] : [spoiler === '' ? 'spoiler' : `spoiler: ${printable(spoiler, 'line')}`]),
		...(state === 'failed' ? ['not sent'] : []),
		...(state === 'queued' || state === 'sealed' ? ['not sent yet'] : []),
	];
}

/** The text as it is now, harmless; of what was taken back only that it was. */
export function wordsOf(message: Message): string {
	const {subject, retracted} = message;
	if (retracted !== undefined) {
		return retracted.by === 'author' ? '[taken back by its author]' : '[taken back by a moderator]';
	}

	const text = printable(messageText(message), 'body');
	const title = subject === undefined ? '' : `Subject: ${printable(subject, 'line')}`;
	return [title, text].filter(part => part !== '').join('\n');
}

/** Who thinks what of it, as lines. */
export function reactionsOf({reactions = [], retracted}: Message): readonly string[] {
	return retracted === undefined
		? reactions.map(
				({by, emoji}) => `${printable(by, 'identifier')}: ${emoji.map(each => printable(each, 'line')).join(' ')}`,
			)
		: [];
}

/** What a conversation is called at its beginning. Harmless in a text. */
export function titleOf({account, kind, jid, name}: Conversation): string {
	const address = printable(jid, 'identifier');
	const what = kind === 'room' ? 'Room' : 'Conversation with';
	return `${what} ${name === undefined ? address : `${printable(name, 'identifier')} (${address})`}, ${account}`;
}
