import {bufferId} from '../../model/buffer.js';
import {type BareJid, bareOf, isFullJid, resourcepartOf} from '../../shared/jid.js';
import {conversationWith, noRooms, type RoomView} from '../conversation.js';
import type {Content, Passage, Place, Stage, StageContext} from '../passage.js';

/**
 * Decides whose conversation a message belongs to and who wrote it. What the account itself sent, from another resource,
 * is outgoing.
 */
export const attribute: Stage = (passage, context) => {
	const {content} = passage;
	if (content === undefined) {
		return undefined;
	}

	const place =
		content.kind === 'groupchat'
			? placeInRoom(passage, content, context)
			: content.kind === 'error'
				? placeOfError(passage, content, context)
				: placeBetweenTwo(passage, content, context);
	return place === undefined ? undefined : {...passage, place};
};

function placeBetweenTwo({stanza}: Passage, content: Content, context: StageContext): Place {
	const {account} = context;
	const isOwn = bareOf(content.from) === account;
	const peer = isOwn ? content.to : content.from;
	const conversation = conversationWith(peer, stanza, {account, isRoom: roomsKnownTo(context)});
	return {...conversation, peer: bareOf(peer), direction: isOwn ? 'outgoing' : 'incoming', archive: account};
}

/** Rooms that we are in, and those that have a buffer from before. */
function roomsKnownTo({account, rooms = noRooms, storage}: StageContext) {
	return (jid: BareJid) =>
		rooms.get(jid) !== undefined || storage.buffers.get(bufferId(account, 'room', jid)) !== undefined;
}

/** The sender of an error is the addressee of what failed, even where that is the own account, or somebody in a room. */
function placeOfError(passage: Passage, content: Content, context: StageContext): Place {
	const {account, storage} = context;
	const room = bareOf(content.from);
	const [target] = content.relations;
	const inRoom = bufferId(account, 'room', room);
	// Somebody in the room knows the ids of what is said there, but does not speak for it.
	const isToRoom =
		!isFullJid(content.from) &&
		target !== undefined &&
		storage.messages.outgoingById(inRoom, target.target) !== undefined;
	if (isToRoom) {
		return {buffer: inRoom, kind: 'room', jid: room, peer: room, direction: 'incoming', archive: room};
	}

	const conversation = conversationWith(content.from, passage.stanza, {account, isRoom: roomsKnownTo(context)});
	return {...conversation, peer: room, direction: 'incoming', archive: account};
}

/**
 * Messages of rooms come from rooms that we are in, themselves or out of the room's archive: neither as copies nor out of
 * the account's own archive, and nothing of a room that nobody joined.
 */
function placeInRoom(
	{via, filing}: Passage,
	content: Content,
	{account, rooms = noRooms, storage}: StageContext,
): Place | undefined {
	const room = bareOf(content.from);
	const view = rooms.get(room);
	if (view === undefined || via === 'carbon' || (filing !== undefined && filing.room !== room)) {
		return undefined;
	}

	const buffer = bufferId(account, 'room', room);
	const isKnown = () =>
		[content.originId, content.id].some(name => {
			const found = name === undefined ? undefined : storage.messages.outgoingById(buffer, name);
			// Under another name than it was written under, it has to have our words: others know its id.
			return found !== undefined && (found.author === content.from || found.body === content.body);
		});
	const isOwn =
		isFullJid(content.from) && isOurs(content, {account, view, isLive: filing === undefined && !content.kept, isKnown});
	return {
		buffer,
		kind: 'room',
		jid: room,
		peer: room,
		direction: isOwn ? 'outgoing' : 'incoming',
		archive: room,
	};
}

/** A nick says who speaks now, but not who spoke under it once: there an id that the room gives, or one of ours, has to. */
function isOurs(
	{from, occupantId, realJid}: Content,
	{
		account,
		view,
		isLive,
		isKnown,
	}: {
		readonly account: BareJid;
		readonly view: RoomView;
		readonly isLive: boolean;
		readonly isKnown: () => boolean;
	},
): boolean {
	if (view.occupantId !== undefined && occupantId !== undefined) {
		return view.occupantId === occupantId;
	}

	if (realJid !== undefined) {
		return bareOf(realJid) === account;
	}

	return isLive ? resourcepartOf(from) === view.nick : isKnown();
}
