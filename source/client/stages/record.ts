import {isMentioned} from '../../extensions/mentions.js';
import {captionOf} from '../../model/attachment-words.js';
import type {Message} from '../../model/message.js';
import {type BareJid, localpartOf, resourcepartOf, withResource} from '../../shared/jid.js';
import type {Neighbours} from '../../storage/ports.js';
import {keysOf} from '../archive-position.js';
import type {RoomView} from '../conversation.js';
import type {Content, Passage, Place, Stage, StageContext} from '../passage.js';
import {relateAwaiting, relateTo} from '../relating.js';
import {targetPorts} from './about-another.js';

/** Writes the message down, where there is something to read in it, and opens its buffer or lets it wait as a request. */
export const record: Stage = (passage, context) => {
	const {account, storage, buffers} = context;
	const {content, place, via, filing} = passage;
	if (content === undefined || place === undefined || content.kind === 'error') {
		return undefined;
	}

	const room = place.kind === 'room' && filing === undefined ? context.rooms?.get(place.peer) : undefined;
	const isSubjectAsItIs =
		room !== undefined &&
		content.body === undefined &&
		content.subject !== undefined &&
		(room.subject === undefined || room.subject === content.subject);
	// A subject alone names a thread or a room; only letters of type normal and headlines have one worth reading alone.
	const isReadable = content.body !== undefined || (content.subject !== undefined && content.kind !== 'chat');
	const {relating} = passage;
	const isHidden = relating !== undefined && (relating.kind !== 'correction' || relating.key !== undefined);
	if ((!isReadable && !isHidden && content.retracted === undefined) || isSubjectAsItIs) {
		return undefined;
	}

	const {kind, from, id, originId, archiveId, occupantId, subject, thread, receivedAt, sentAt, realJid} = content;
	const {spoiler, unstyled, attachments} = content;
	const isUnheard = isIgnored(passage, context);
	const calls = !isUnheard && !isHidden && isCall(passage, context);
	const opens = !isHidden && filing?.age !== 'past' && opensBuffer(place, content, {calls, isUnheard}, context);
	const admission = opens ? context.admits(place) : 'nothing';
	if (admission === 'buffer') {
		buffers.ensure(account, place.kind, place.jid);
	}

	const message = storage.messages.insert(
		{
			account,
			buffer: place.buffer,
			kind,
			direction: place.direction,
			author: from,
			body: content.body ?? '',
			receivedAt,
			// What a room repeats was said before we came.
			via: place.kind === 'room' && content.kept ? 'archive' : via,
			...(id === undefined ? {} : {id}),
			...(originId === undefined ? {} : {originId}),
			...(archiveId === undefined ? {} : {archiveId}),
			...(subject === undefined ? {} : {subject}),
			...(thread === undefined ? {} : {thread}),
			...(spoiler === undefined ? {} : {spoiler}),
			...(unstyled && {unstyled}),
			...(attachments && {attachments}),
			...(sentAt === undefined ? {} : {sentAt}),
			...(occupantId === undefined ? {} : {occupantId}),
			...(realJid === undefined ? {} : {realJid}),
			...(isUnheard ? {ignored: true} : {}),
			...(place.direction === 'outgoing' ? {state: place.kind === 'room' ? 'delivered' : 'acked'} : {}),
			...(calls ? {highlight: true} : {}),
			...encryptionOf(content),
			...(relating === undefined ? {} : {relating}),
			...(isHidden ? {hidden: true} : {}),
			...(content.reply === undefined || relating !== undefined ? {} : {reply: content.reply}),
			...(content.retracted === undefined ? {} : {retracted: content.retracted}),
		},
		filing === undefined ? neighboursOf(passage, context) : filing.between(place.buffer),
	);
	if (room?.recognised !== undefined && content.kept) {
		room.recognise(message);
	}

	const isChanged = relateRecorded(message, passage, place, context);
	const recorded = isChanged ? (storage.messages.get(message.key) ?? message) : message;
	if (admission === 'request') {
		context.waits(recorded);
	}

	return {...passage, message: recorded};
};

/** What it says about another message, and what others said about it before it came: answers whether that changed it. */
function relateRecorded(message: Message, {target}: Passage, place: Place, context: StageContext): boolean {
	const {storage, journal, forgetsRetracted} = context;
	const ports = {...targetPorts(place, context), storage, journal, ...(forgetsRetracted && {forgetsRetracted})};
	const about = message.relating ?? message.reply;
	if (about !== undefined && about.key === undefined) {
		storage.relations.noteAwaiting(message.buffer);
	}

	if (target !== undefined && message.ignored !== true) {
		relateTo(target, message, ports);
	}

	return message.hidden !== true && relateAwaiting(message, ports);
}

function encryptionOf({encryption, device, deviceTrust, unprotected}: Content) {
	return {
		...(encryption === undefined ? {} : {encryption}),
		...(device === undefined ? {} : {device}),
		...(deviceTrust === undefined ? {} : {deviceTrust}),
		...(unprotected === undefined ? {} : {unprotected}),
	};
}

/** Whether somebody says it whom the person does not want to hear. */
export function isIgnored({content, place}: Passage, {rooms}: Pick<StageContext, 'rooms'>): boolean {
	if (content === undefined || place?.direction !== 'incoming' || (place.kind !== 'room' && place.kind !== 'private')) {
		return false;
	}

	const {from, occupantId, realJid} = content;
	return rooms?.get(place.peer)?.ignores({occupantId, jid: realJid, nick: resourcepartOf(from)}) === true;
}

/** What ignored people say opens nothing; a room that the person closed comes back when they want it to. */
function opensBuffer(
	{kind, direction, buffer}: Place,
	{body}: Content,
	{calls, isUnheard}: {readonly calls: boolean; readonly isUnheard: boolean},
	{buffers}: StageContext,
): boolean {
	if (kind !== 'room') {
		return !isUnheard;
	}

	const isMessage = direction === 'incoming' && body !== undefined && !isUnheard;
	return !buffers.staysClosed(buffer, calls ? 'call' : isMessage ? 'message' : 'nothing');
}

/** What somebody else says to the person by name, or with one of their words; an announcement calls nobody. */
function isCall({content, place, stanza}: Passage, {account, highlights, rooms}: StageContext): boolean {
	if (place?.direction !== 'incoming' || content?.body === undefined || content.kind === 'headline') {
		return false;
	}

	const room = place.kind === 'room' ? rooms?.get(place.peer) : undefined;
	if (room !== undefined && isMentioned(stanza, ownIn(place.peer, account, room))) {
		return true;
	}

	const name = rooms?.get(place.peer)?.nick ?? localpartOf(account) ?? account;
	// What a file is called calls nobody.
	const {body, attachments} = content;
	return highlights?.(captionOf({body, attachments}), [name]) ?? false;
}

/** Everything we are called in a room. */
function ownIn(jid: BareJid, account: BareJid, {nick, occupantId}: RoomView) {
	const occupant = withResource(jid, nick);
	return {account, ...(occupant && {occupant}), ...(occupantId && {occupantId})};
}

/**
 * Where a message that is delivered lies in the archive's order: without a detour it is the newest, whatever our clock
 * says and did. What waited at the server and is not on record lies in the gap of its time, or behind all that was read or
 * delivered: a server keeps its order, apart from the first copies of a session, which overtake it. What was written here in
 * the same second came first as far as anybody here knows.
 * What nobody delivers here may turn out to lie before it.
 */
function neighboursOf(
	{content, place, via}: Passage,
	{account, storage, firstCopy, floor, rooms}: StageContext,
): Neighbours {
	const {messages} = storage;
	if (place === undefined || content === undefined) {
		return {apart: true};
	}

	const {buffer} = place;
	const recognised = place.kind === 'room' && content.kept ? rooms?.get(place.peer)?.recognised : undefined;
	if (recognised !== undefined) {
		// A room repeats in its order, whatever its clock says.
		return {apart: true, after: recognised.key};
	}

	const {archives} = storage;
	if (!content.kept) {
		const known = floor(place.archive) ?? archives.head(account, place.archive)?.key;
		return {apart: true, after: Math.max(messages.newest(buffer) ?? -1, known ?? -1)};
	}

	const {head, gaps} = archives.load(account, place.archive) ?? {gaps: []};

	// At the end of what the archive lost there is nothing to come.
	const gap = gaps.findLast(({before, permanent}) => content.receivedAt <= before.at - (permanent ? 1 : 0));
	if (gap === undefined) {
		const {first, last} = keysOf(content.receivedAt);
		// A copy does not wait for presence: if the server held it up, that was within this session.
		const copy = via === 'carbon' ? undefined : firstCopy();
		const upTo = copy === undefined ? Number.MAX_SAFE_INTEGER : copy - 1;
		const read = head !== undefined && head.key <= upTo ? head.key : -1;
		const filed = Math.max(messages.filedUpTo(buffer, upTo)?.key ?? -1, read);
		return {
			apart: true,
			after: messages.newestWritten(buffer, {after: Math.max(filed, first - 1), upTo: last}) ?? filed,
			...(copy === undefined ? {} : {before: copy}),
		};
	}

	// Not behind its end, where it would be what the next one has to come before.
	const before = gap.before.key;
	return {apart: true, after: messages.filedUpTo(buffer, before - 1)?.key, before};
}
