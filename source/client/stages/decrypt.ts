import type {Incoming, Reading, UnreadableReason} from '../../omemo/decryption.js';
import {type BareJid, bareOf, resourcepartOf} from '../../shared/jid.js';
import {createElement} from '../../xmpp/element.js';
import type {Content, Passage, Place, Stage, StageContext} from '../passage.js';
import {wordsOf} from './read.js';
import {settleReadBefore, settleTwin, settleUnread} from './twins.js';

/**
 * Reads what was encrypted for this device. What it says, about other messages too, is what counts from here on; where it
 * cannot be read, a sentence of ours takes the place of the text, and nothing of the stanza is answered.
 */
export const decrypt: Stage = (passage, context) => {
	const {content, place, stanza} = passage;
	const {encryption} = context;
	if (content === undefined || place === undefined || encryption === undefined) {
		return content === undefined || place === undefined ? undefined : passage;
	}

	if (content.kind === 'error') {
		return passage;
	}

	if (!encryption.isEncrypted(stanza)) {
		// The subject of a room is for whoever may enter it.
		const isSaid = content.body !== undefined || (content.subject !== undefined && content.kind !== 'groupchat');
		const isUnprotected = place.direction === 'incoming' && isSaid && encryption.expects(place.buffer);
		return isUnprotected ? {...passage, content: {...content, unprotected: true}} : passage;
	}

	const sender = senderOf(content, place, context);
	const reading = encryption.read({
		stanza,
		...sender,
		to: addresseeOf(content, place, context),
		isGroup: place.kind === 'room',
		at: content.receivedAt,
		isCatchingUp: passage.via === 'archive' || encryption.isCatchingUp(),
	});
	if (reading.kind === 'duplicate') {
		settleReadBefore(passage, reading.device, context);
		return undefined;
	}

	if (reading.kind === 'trust-message' && reading.said !== undefined) {
		encryption.heardOfKeys(reading.said, reading);
	}

	const isOwn = reading.kind === 'unreadable' && reading.reason === 'sent-from-here' && content.id !== undefined;
	if (isOwn && encryption.isOwnTrustMessage(content.id)) {
		return undefined;
	}

	const next = passageOf(reading, passage, content, context);
	if (next === undefined || (place.direction === 'incoming' && settleTwin(next, context))) {
		return undefined;
	}

	const isUnread = reading.kind === 'unreadable' && reading.device !== undefined;
	if (isUnread && settleUnread(next, reading.device, context)) {
		return undefined;
	}

	const from = sender.sender ?? place.peer;
	if (
		reading.kind === 'unreadable' &&
		reading.reason === 'not-for-us' &&
		encryption.leftOut(from, reading.device ?? 0)
	) {
		return withAdvice(next);
	}

	if (reading.kind === 'message') {
		encryption.understood(from, reading.device);
	}

	return next;
};

/** The first line about a device that leaves this one out says what helps; the others stand for what was said there. */
function withAdvice(passage: Passage): Passage {
	const {content} = passage;
	const advice = 'Its sender’s app learns of this device when you write to them.';
	return content === undefined
		? passage
		: {...passage, content: {...content, body: `[${sentences['not-for-us']} ${advice}]`}};
}

/** Whom it was written to: the room, or a person, who in a room has another address than there. */
function addresseeOf({to}: Content, {kind, direction, jid, peer}: Place, {account, rooms}: StageContext): BareJid {
	if (kind === 'room') {
		return peer;
	}

	const real = kind === 'private' ? rooms?.get(peer)?.occupant(resourcepartOf(jid) ?? '')?.jid : undefined;
	return direction === 'incoming' ? account : bareOf(real ?? to);
}

/** Whose device it is from: in a room only as the room shows it. */
function senderOf(
	{realJid, from}: Content,
	{kind, direction, peer}: Place,
	{account, encryption}: StageContext,
): Pick<Incoming, 'sender' | 'candidates'> {
	if (direction === 'outgoing') {
		return {sender: account};
	}

	if (kind === 'chat') {
		return {sender: bareOf(from)};
	}

	return realJid === undefined
		? {candidates: device => encryption?.speakersIn(peer, device) ?? []}
		: {sender: bareOf(realJid)};
}

function passageOf(reading: Reading, passage: Passage, content: Content, context: StageContext): Passage | undefined {
	const {stanza, place} = passage;
	const {body: _b, subject: _s, thread: _t, spoiler: _h, unstyled: _u, reply: _r, retracted: _g, ...others} = content;
	const {attachments: _a, ...rest} = others;
	switch (reading.kind) {
		case 'nothing':
		case 'duplicate':
		case 'empty':
		case 'trust-message':
			return undefined;
		case 'unreadable': {
			const {reason, device} = reading;
			context.log.note('omemo', `a message could not be read: ${reason}`);
			return {
				...passage,
				stanza: createElement('message', {...stanza.attrs}),
				content: {
					...rest,
					body: `[${sentences[reason]}]`,
					relations: [],
					encryption: 'omemo',
					...(device === undefined ? {} : {device}),
				},
			};
		}

		case 'message': {
			const {message, device, trust, owner} = reading;
			// Where a room does not say who it was, their key does.
			const isUnnamed = place?.kind === 'room' && content.realJid === undefined;
			return {
				...passage,
				stanza: message,
				content: {
					...rest,
					...wordsOf(message, context, true),
					relations: context.relationsOf(message),
					encryption: 'omemo',
					device,
					deviceTrust: trust,
					...(isUnnamed ? {realJid: owner} : {}),
				},
			};
		}
	}
}

/** Why a message cannot be read, as it stands in its place. */
const sentences: Readonly<Record<UnreadableReason, string>> = {
	'bad-format': 'This message is encrypted with OMEMO. It has a form that xmppc does not know.',
	'bad-key': 'The keys of this message are broken, so it cannot be read.',
	'bad-mac': 'This message could not be decrypted: it was damaged or forged, or the session with its sender is broken.',
	'bad-payload': 'The text of this message was damaged on its way, so it is not shown.',
	duplicate: 'This message was read before.',
	'identity-changed': 'The device that sent this message has another key than before: it may be somebody else.',
	malformed: 'This message is encrypted with OMEMO. It has a form that xmppc does not know.',
	'no-session': 'This message could not be decrypted: nothing is known of a session with the device that sent it.',
	'not-for-us': 'This message was not encrypted for this device.',
	'recipient-missing': 'This message does not say whom it was written to, so it is not shown.',
	'sent-from-here': 'You sent this message from this device; its text is not kept here any more.',
	'too-many-devices':
		'The sender of this message seems to have more devices than anybody has, so this one is not heard.',
	'too-far': 'This message could not be decrypted: too many before it are missing.',
	'unknown-prekey': 'This message was encrypted with a key of this device that was used before.',
	'unknown-sender': 'The room does not say who sent this message, so it cannot be decrypted.',
	'unknown-signed-prekey': 'This message was encrypted with a key of this device that is too old.',
	'without-prekey': 'The keys of this message are incomplete, so it cannot be read.',
	'without-tag': 'This message was sent by an app that is too old: nobody vouches for its text.',
	'wrong-recipient': 'This message was written to somebody else, and put here on its way.',
	'wrong-sender': 'This message was written by somebody else, and put here on its way.',
};
