/**
 * Whose conversation a message belongs to. What comes through a room is told from what its people send themselves by what is
 * known of the room, or by the room's own mark, never by what the text says (`protocol.md` row 26).
 */
import {roomUser} from '../extensions/muc-elements.js';
import {type BufferId, bufferId} from '../model/buffer.js';
import type {Message} from '../model/message.js';
import type {Occupant} from '../model/room.js';
import {type BareJid, bareOf, isFullJid, type Jid} from '../shared/jid.js';
import type {Storage} from '../storage/ports.js';
import type {Element} from '../xmpp/element.js';
import type {Speaker} from './ignoring.js';

/** A message by its key, and when it was heard by our clock. */
export type Recognised = Pick<Message, 'key' | 'receivedAt'>;

/** What has to be known of a room to read what comes out of it. */
export type RoomView = {
	/** Own nick there. */
	readonly nick: string;
	/** Own occupant-id (XEP-0421), where the room gives them. */
	readonly occupantId?: string;
	readonly hasOccupantIds: boolean;
	/** The ids by its archive are to be believed (XEP-0359). */
	readonly hasStableIds: boolean;
	/** It may still tell what was said before we came; afterwards nothing in it is late (XEP-0045 §7.2.14). */
	readonly isTelling: boolean;
	/** What it repeats from before this time is history, and no news. Milliseconds since the epoch. */
	readonly pastUntil: number;
	/** What it has repeated last of what is on record: it goes on with what was said after that, whatever the time is there. */
	readonly recognised?: Recognised;
	/** It repeats something that is on record. */
	recognise(known: Recognised): void;
	/** As it was told last; absent: it owes the one that it had when we came, which is no news (XEP-0045 §7.2.15). */
	readonly subject?: string;
	/** It tells us who its people really are: what its archive says of that is its own word. */
	readonly showsAddresses: boolean;
	/** Who is there now under a nick. */
	occupant(nick: string): Occupant | undefined;
	/** Since when somebody is there under a nick without a break, milliseconds since the epoch. */
	presentSince(nick: string): number | undefined;
	/** Whether the person does not want to hear somebody there. */
	ignores(speaker: Speaker): boolean;
};

/** The rooms that the account is in. */
export type RoomViews = {get(room: BareJid): RoomView | undefined};

export const noRooms: RoomViews = {get: () => undefined};

/**
 * Whether an address is of somebody in a room that is known, or that the person wrote to encrypted there: whether we are in
 * it now or not.
 */
export function isThroughRoom(
	account: BareJid,
	address: Jid,
	{buffers, omemo}: Pick<Storage, 'buffers' | 'omemo'>,
): boolean {
	const buffer = bufferId(account, 'private', address);
	return (
		isFullJid(address) &&
		(buffers.get(bufferId(account, 'room', bareOf(address))) !== undefined ||
			buffers.get(buffer) !== undefined ||
			omemo.wasEncrypted(buffer))
	);
}

/**
 * The conversation with `peer`, who is not the account itself: with a person, or with somebody through a room. `isRoom`: an
 * address is known to be one, whether we are in it or not.
 */
export function conversationWith(
	peer: Jid,
	stanza: Element,
	{account, isRoom}: {readonly account: BareJid; isRoom(jid: BareJid): boolean},
): {readonly buffer: BufferId; readonly kind: 'chat' | 'private'; readonly jid: Jid} {
	const bare = bareOf(peer);
	const isPrivate = isFullJid(peer) && (isRoom(bare) || roomUser.find(stanza) !== undefined);
	return isPrivate
		? {buffer: bufferId(account, 'private', peer), kind: 'private', jid: peer}
		: {buffer: bufferId(account, 'chat', bare), kind: 'chat', jid: bare};
}
