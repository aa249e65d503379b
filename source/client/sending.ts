import type {Audience} from '../extensions/chat-states.js';
import {attachmentsWords} from '../model/attachment-words.js';
import {bufferId, type ConversationKind} from '../model/buffer.js';
import type {SealRule} from '../model/device.js';
import type {Message} from '../model/message.js';
import type {Clock} from '../shared/clock.js';
import {XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf, isFullJid, type Jid, withResource} from '../shared/jid.js';
import {append, type Element} from '../xmpp/element.js';
import type {OpenBuffers} from './buffers.js';
import {type About, isWordless, type Letter, messageStanza, wholeBody} from './compose.js';
import type {Destination} from './encryption/recipients.js';
import type {Journal} from './journal.js';
import type {Outbox} from './outbox.js';
import {type RelatingPorts, relateTo} from './relating.js';

export type SendingPorts = {
	readonly account: BareJid;
	readonly journal: Journal;
	readonly buffers: OpenBuffers;
	readonly outbox: Pick<Outbox, 'add'>;
	/** Absent: what it is about is not on record here. */
	readonly storage?: RelatingPorts['storage'] | undefined;
	readonly forgetsRetracted?: RelatingPorts['forgetsRetracted'];
	readonly clock: Pick<Clock, 'now'>;
	/** Own nick in a room that the account is in, or wants to be in. */
	readonly nickIn: (room: BareJid) => string | undefined;
	/** Whether somebody with this address was met in a room, which we may have left since. Absent: nobody was. */
	readonly isThroughRoom?: ((address: Jid) => boolean) | undefined;
	/** What becomes of what is written there; absent: it goes out in clear. */
	readonly ruleFor?: (destination: Destination) => SealRule | undefined;
	/** The elements that say whom a text in a room mentions. Absent: that is not said. */
	readonly mentionedIn?: (room: BareJid, body: string) => readonly Element[];
	/** What tells them that nothing more is being written. Absent: that is not said. */
	readonly accompanying?: (audience: Audience) => Element | undefined;
};

/**
 * Commits a letter under `id` (a UUID) with everything that belongs to it, and lets the outbox write it when it is open.
 * `author` is the full JID where there is one at the time. Throws `room-not-joined`, and `file-encrypted` or
 * `file-not-encrypted` for a file that does not lie there as the conversation is protected.
 */
export function sendLetter(letter: Letter, id: string, author: Jid, ports: SendingPorts): Message {
	const {account, journal, buffers, outbox, clock} = ports;
	const {kind, jid, speaker} = placeOf(letter, author, ports);
	const mentioned =
		kind === 'room' && !isWordless(letter.about) && letter.attachment === undefined
			? (ports.mentionedIn?.(bareOf(jid), wholeBody(letter)) ?? [])
			: [];
	const stanza = messageStanza(letter, id, {throughRoom: kind === 'private', mentioned});
	const state = kind === 'private' ? undefined : ports.accompanying?.({kind, jid: bareOf(jid)});
	append(stanza, state === undefined || letter.kind === 'normal' ? [] : [state]);
	const rule = ruleOf(letter, ports.ruleFor?.(kind === 'private' ? {kind, jid} : {kind, jid: bareOf(jid)}));
	return journal.commit(() => {
		buffers.ensure(account, kind, jid);
		const recorded = outbox.add(
			{
				account,
				buffer: bufferId(account, kind, jid),
				kind: letter.kind,
				direction: 'outgoing',
				author: speaker,
				...wordsOf(letter),
				...aboutOf(letter.about),
				...(letter.subject === undefined ? {} : {subject: letter.subject}),
				...(letter.spoiler === undefined ? {} : {spoiler: letter.spoiler}),
				id,
				originId: id,
				receivedAt: clock.now(),
				via: 'local',
			},
			letter.to,
			stanza,
			rule,
		);
		if (recorded.hidden === true && letter.about !== undefined && ports.storage !== undefined) {
			const {storage, forgetsRetracted} = ports;
			const target = storage.messages.get(letter.about.message.key);
			if (target !== undefined) {
				relateTo(target, recorded, {storage, journal, forgetsRetracted});
			}
		}

		return recorded;
	});
}

/** What is recorded of it. A file is there for ourselves too, with its key. */
function wordsOf({about, attachment, body}: Letter): Pick<Message, 'body' | 'attachments'> {
	const attachments = attachment === undefined ? [] : [attachment];
	return attachments.length === 0
		? {body: isWordless(about) ? '' : body}
		: {body: attachmentsWords(attachments), attachments};
}

/** The key of a file goes out in clear under no circumstances, and in a conversation that is encrypted so is the file. */
function ruleOf({attachment, to}: Letter, rule: SealRule | undefined): SealRule | undefined {
	if (attachment === undefined) {
		return rule;
	}

	if (attachment.key !== undefined && rule !== 'require') {
		throw new XmppcError({
			code: 'file-encrypted',
			kind: 'notPermitted',
			message: `The file was encrypted, and what is written to ${to} is not, so its key was not sent.`,
			hint: 'Send the file again, or turn encryption on with /omemo on.',
		});
	}

	if (attachment.key === undefined && rule === 'require') {
		throw new XmppcError({
			code: 'file-not-encrypted',
			kind: 'notPermitted',
			message: `What is written to ${to} is encrypted, and the file was not, so it was not sent.`,
			hint: 'Send the file again: it is encrypted then.',
		});
	}

	return rule;
}

function aboutOf(about: About | undefined): Pick<Message, 'relating' | 'hidden' | 'reply'> {
	if (about === undefined) {
		return {};
	}

	const {message, id: target, ...relation} = about;
	return relation.kind === 'reply'
		? {reply: {target, to: message.author, key: message.key}}
		: {relating: {...relation, target, key: message.key}, hidden: true};
}

/** Where a letter goes, and as whom the account speaks there. */
function placeOf(
	{to, kind}: Letter,
	author: Jid,
	{nickIn, isThroughRoom}: SendingPorts,
): {readonly kind: ConversationKind; readonly jid: Jid; readonly speaker: Jid} {
	const bare = bareOf(to);
	const nick = nickIn(bare);
	if (kind !== 'groupchat') {
		// In another conversation it would be protected, or not, by other rules than what was said there before.
		const isPrivate = isFullJid(to) && (nick !== undefined || isThroughRoom?.(to) === true);
		const speaker = nick === undefined ? undefined : withResource(bare, nick);
		return isPrivate
			? {kind: 'private', jid: to, speaker: speaker ?? author}
			: {kind: 'chat', jid: bare, speaker: author};
	}

	const speaker = nick === undefined ? undefined : withResource(bare, nick);
	if (speaker === undefined) {
		throw new XmppcError({
			code: 'room-not-joined',
			kind: 'usage',
			message: `You are not in ${bare}.`,
			hint: `/join ${bare} enters it.`,
		});
	}

	return {kind: 'room', jid: bare, speaker};
}
