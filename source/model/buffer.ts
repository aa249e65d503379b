import type {BareJid, Jid} from '../shared/jid.js';

/** `chat` one contact, `room` a MUC, `private` one occupant of a room, `console` the program itself. */
export type BufferKind = 'console' | 'chat' | 'room' | 'private';

/** Opaque and stable over restarts; made only by {@link bufferId}. */
export type BufferId = string & {readonly brand: unique symbol};

/** The buffer where the program talks to the person. It belongs to no account. */
export const consoleBuffer = 'console' as BufferId;

/** A JID holds no space (RFC 7622), so the parts cannot run into each other. */
export function bufferId(account: BareJid, kind: Exclude<BufferKind, 'console'>, jid: Jid): BufferId {
	return `${account} ${kind} ${jid}` as BufferId;
}

/** Where a view stands that does not follow the newest message: the message whose lines end it, and how many of them. */
export type ScrollPosition = {readonly key: number; readonly rows: number};

export type Buffer = {
	readonly id: BufferId;
	readonly kind: BufferKind;
	readonly account?: BareJid;
	/** The contact's bare JID, the room's bare JID, or the occupant's full JID. */
	readonly jid?: Jid;
	readonly unread: number;
	readonly highlights: number;
	/** `key` of the newest message the person has seen; the read marker line goes below it. 0: none. */
	readonly readUpTo: number;
	/** Text not sent yet. */
	readonly draft: string;
	/** Absent: the view follows the newest message. */
	readonly scroll?: ScrollPosition;
	/** Milliseconds since the epoch of the newest message, 0 without one. */
	readonly lastActivity: number;
};
