/** What a person does about messages that are there. */
import {randomUUID} from 'node:crypto';
import {messageModeration} from '../extensions/message-moderation.js';
import {emojiOf} from '../extensions/message-reactions.js';
import {multiUserChat} from '../extensions/multi-user-chat.js';
import type {EncryptionWish} from '../model/device.js';
import type {Message} from '../model/message.js';
import type {MessageActions, MessageDetails} from '../model/message-actions.js';
import type {Room} from '../model/room.js';
import type {Problem} from '../shared/errors.js';
import {XmppcError} from '../shared/errors.js';
import {qualifiedEmoji} from '../shared/is-emoji.js';
import type {BareJid, Jid} from '../shared/jid.js';
import type {Storage} from '../storage/ports.js';
import type {AccountSession} from './account-session.js';
import {type About, prepared} from './compose.js';
import {archiveOf, kindOf} from './relating.js';

export type MessageActionPorts = {
	readonly storage: Pick<Storage, 'messages' | 'relations'>;
	/** Who has read a message. */
	readonly readersOf: (message: Message) => readonly string[];
	/** The stanza of a message, where it is kept. */
	readonly xmlOf: (message: Message) => string | undefined;
	/** A person does something, so somebody is there. */
	readonly stir: () => void;
};

/** `sessionOf` throws for an account that is not set up. */
export function createMessageActions(
	sessionOf: (account: BareJid) => AccountSession,
	{storage, readersOf, xmlOf, stir}: MessageActionPorts,
): Omit<MessageActions, 'setTyping'> {
	const messageOf = ({account, key}: {readonly account: BareJid; readonly key: number}): Message => {
		const message = storage.messages.get(key);
		if (message === undefined || message.account !== account || message.hidden === true) {
			throw noSuchMessage();
		}

		return message;
	};

	/** One's own that is there for others and can be changed. */
	const ownOf = (of: {readonly account: BareJid; readonly key: number}, doing: string): Message => {
		const message = messageOf(of);
		if (message.direction !== 'outgoing') {
			throw new XmppcError({
				code: 'not-yours',
				kind: 'usage',
				message: `Somebody else wrote that message, so you cannot ${doing} it.`,
				hint: kindOf(message) === 'room' ? '/moderate takes it away where you are a moderator.' : '/reply answers it.',
			});
		}

		if (message.state === 'failed') {
			throw new XmppcError({
				code: 'message-unsent',
				kind: 'usage',
				message: 'That message was never sent.',
				hint: '/resend sends it.',
			});
		}

		throwIfRetracted(message);
		// Others believe such a change only of the device that encrypted it.
		if (message.encryption !== undefined && message.via !== 'local') {
			throw new XmppcError({
				code: 'not-yours',
				kind: 'usage',
				message: `You wrote that message on another device, and only that one can ${doing} it, as it is encrypted.`,
			});
		}

		return message;
	};

	/** Whether the room gives ids that everybody goes by: without them what its author gave has to do (XEP-0424 §5). */
	const namesMessages = (message: Message): boolean =>
		sessionOf(message.account).connected()?.use(multiUserChat).get(archiveOf(message))?.hasStableIds !== false;

	const roomOf = (message: Message): Room | undefined =>
		sessionOf(message.account).connected()?.use(multiUserChat).get(archiveOf(message))?.room;

	/** Says something about a message, in its conversation. */
	const say = (about: About, body: string): Message => {
		const {message} = about;
		const place = kindOf(message);
		stir();
		const letter = prepared({
			to: peerOf(message),
			body,
			kind: place === 'room' ? 'groupchat' : 'chat',
			about,
		});
		const wish: EncryptionWish | undefined = message.encryption === undefined ? undefined : 'require';
		return sessionOf(message.account).sendMessage(letter, randomUUID(), about.kind === 'reactions' ? undefined : wish);
	};

	return {
		async correctMessage({body, ...of}) {
			const message = ownOf(of, 'correct');
			throwIfFile(message);
			const {key, state = 'queued'} = say({kind: 'correction', message, id: idFor('correction', message)}, body);
			return {key, state};
		},
		async retractMessage({reason, ...of}) {
			const message = ownOf(of, 'take back');
			const {outbox} = sessionOf(message.account);
			if (outbox.withdraw(message.key, takenBack)) {
				// What waits to be said about it is about nothing then.
				for (const {key} of storage.relations.about(message.key)) {
					outbox.withdraw(key, takenBack);
				}

				return {key: message.key};
			}

			const about = {kind: 'retraction', message, id: idFor('retraction', message, namesMessages(message))} as const;
			const {key} = say({...about, ...(reason === undefined || reason === '' ? {} : {reason})}, '');
			return {key};
		},
		async moderateMessage({reason, ...of}) {
			const message = messageOf(of);
			if (kindOf(message) !== 'room') {
				throw new XmppcError({
					code: 'not-a-room',
					kind: 'usage',
					message: 'Messages are taken away by moderators only in rooms.',
					hint: '/retract takes back one of your own.',
				});
			}

			throwIfRetracted(message);
			const {use} = sessionOf(message.account).live();
			await use(messageModeration).moderate(archiveOf(message), idFor('moderation', message), reason);
		},
		async react({emoji, ...of}) {
			const message = messageOf(of);
			throwIfRetracted(message);
			const room = roomOf(message);
			const wanted = asSpelledIn(room, emojiOf(emoji));
			if (wanted.length < new Set(emoji.map(qualifiedEmoji)).size) {
				throw new XmppcError({
					code: 'not-an-emoji',
					kind: 'badData',
					message: 'A reaction is one emoji, or a few of them.',
					hint: '/react 👍 🎉',
				});
			}

			throwIfRefused(wanted, room);
			const {key} = say({kind: 'reactions', message, id: idFor('reactions', message), emoji: wanted}, '');
			return {key};
		},
		async messageDetails(of) {
			const message = messageOf(of);
			const xml = xmlOf(message);
			return {
				message,
				versions: versionsOf(message, storage),
				readers: readersOf(message),
				...(xml === undefined ? {} : {xml}),
			};
		},
	};
}

/** What a message that is answered goes by; throws where it has no id there. */
export function answerTo(message: Message): About {
	throwIfRetracted(message);
	return {kind: 'reply', message, id: idFor('reply', message)};
}

const takenBack: Problem = {
	code: 'message-taken-back',
	kind: 'temporary',
	message: 'It waited to be sent, and was taken back.',
};

/** The id that a message goes by where something is said about it (`protocol.md` §1.4). */
function idFor(kind: About['kind'] | 'moderation', message: Message, isNamed = true): string {
	const inRoom = kindOf(message) === 'room';
	const id =
		kind === 'correction'
			? message.id
			: inRoom
				? (message.archiveId ?? (isNamed ? undefined : message.originId))
				: kind === 'retraction'
					? message.id
					: (message.originId ?? message.id);
	if (id === undefined) {
		throw new XmppcError({
			code: 'message-nameless',
			kind: 'unavailable',
			message: inRoom
				? 'The room gave that message no id (yet), so nothing can be said about it.'
				: 'Whoever wrote that message gave it no id, so nothing can be said about it.',
			hint: '/quote repeats its words in a message of your own.',
		});
	}

	return id;
}

/** Whom the conversation of a message is with. */
export function peerOf({buffer}: Message): Jid {
	return buffer.split(' ').slice(2).join(' ') as Jid;
}

function throwIfRetracted({retracted}: Message): void {
	if (retracted !== undefined) {
		throw new XmppcError({
			code: 'message-retracted',
			kind: 'usage',
			message: 'That message was taken back.',
		});
	}
}

/** A room that names what it takes takes it as it spells it. */
function asSpelledIn(room: Room | undefined, emoji: readonly string[]): readonly string[] {
	const {allowed = []} = room?.features.reactions ?? {};
	return emoji.map(each => allowed.find(one => qualifiedEmoji(one) === each) ?? each);
}

function throwIfRefused(emoji: readonly string[], room: Room | undefined): void {
	const {most, allowed} = room?.features.reactions ?? {};
	if (room !== undefined && most !== undefined && emoji.length > most) {
		throw new XmppcError({
			code: 'reaction-refused',
			kind: 'notPermitted',
			message:
				most === 0
					? `${room.jid} takes no reactions.`
					: `${room.jid} takes no more than ${most} reactions of a person.`,
		});
	}

	const refused = emoji.find(each => allowed !== undefined && !allowed.includes(each));
	if (room !== undefined && refused !== undefined) {
		throw new XmppcError({
			code: 'reaction-refused',
			kind: 'notPermitted',
			message: `${room.jid} does not take ${refused}.`,
			hint: `It takes ${(allowed ?? []).slice(0, 20).join(' ')}`,
		});
	}
}

/** A new text would take the place of the file: that is how other programs read a correction of all that a message says. */
function throwIfFile({attachments = []}: Message): void {
	if (attachments.length > 0) {
		throw new XmppcError({
			code: 'file-not-edited',
			kind: 'usage',
			message: 'That message is a file: it has no text that could be corrected.',
			hint: '/retract takes it back; what you want to say beside it is a message of its own.',
		});
	}
}

function versionsOf(message: Message, storage: MessageActionPorts['storage']): MessageDetails['versions'] {
	if (message.edited === undefined) {
		return [];
	}

	const corrections = storage.relations.about(message.key).filter(({relating}) => relating?.kind === 'correction');
	return [
		{body: storage.relations.firstBody(message.key) ?? message.body, at: message.receivedAt},
		...corrections.map(({body, receivedAt, state}) => ({
			body,
			at: receivedAt,
			...(state === undefined ? {} : {state}),
		})),
	];
}

/** The key names none, or one that is not shown. */
export function noSuchMessage(): XmppcError {
	return new XmppcError({
		code: 'no-such-message',
		kind: 'usage',
		message: 'There is no such message here any more.',
	});
}
