import type {Problem} from '../shared/errors.js';
import {type BareJid, type Jid, parseJid} from '../shared/jid.js';

/**
 * `chat` one contact, `room` a MUC, `private` one occupant of a room, `console` the program itself, `xml` what crosses the
 * wire while somebody watches it, `requests` the strangers who wait for an answer.
 */
export type BufferKind = 'console' | 'chat' | 'room' | 'private' | 'xml' | 'requests';

/** Whether somebody can be written to there; nothing of the other buffers is stored. */
export function isConversation(kind: BufferKind): boolean {
	return kind === 'chat' || kind === 'room' || kind === 'private';
}

/** Buffers in which people speak. */
export type ConversationKind = Extract<BufferKind, 'chat' | 'room' | 'private'>;

/** Opaque and stable over restarts; made only by {@link bufferId}. */
export type BufferId = string & {readonly brand: unique symbol};

/** The buffer where the program talks to the person. It belongs to no account. */
export const consoleBuffer = 'console' as BufferId;

/** Where stanzas are shown (`watchXml`). It belongs to no account and is there only while it is open. */
export const xmlBuffer = 'xml' as BufferId;

/** Where strangers wait (`docs/decisions/0025-requests.md`). It belongs to no account, and front ends make it where one does. */
export const requestsBuffer = 'requests' as BufferId;

/** Neither an account nor a kind holds a space, so the parts cannot run into each other; a nick at the end may. */
export function bufferId(account: BareJid, kind: ConversationKind, jid: Jid): BufferId {
	return `${account} ${kind} ${jid}` as BufferId;
}

/** Whom a conversation is with, as its id says; undefined: it is none. */
export function partnerIn(buffer: BufferId): Jid | undefined {
	return parseJid(buffer.split(' ').slice(2).join(' '));
}

/** Where a view stands that does not follow the newest message: the message whose lines end it, and how many of them. */
export type ScrollPosition = {readonly key: number; readonly rows: number};

/** What calls the person from a buffer: every message, those that mention them, nothing. */
export type NotifyRule = 'all' | 'mentions' | 'none';

export const notifyRules: readonly NotifyRule[] = ['all', 'mentions', 'none'];

/** Whether others learn how far the person has read there (XEP-0333), whatever holds elsewhere. */
export type MarkersRule = 'on' | 'off';

/** How the person arranged one buffer. */
export type Arrangement = {
	/** Stands above the others of its section. */
	readonly pinned?: boolean;
	/** What is new in it is shown nowhere else, and calls nobody. */
	readonly muted?: boolean;
	/** Absent: `all` in a chat, `mentions` in a room. */
	readonly notify?: NotifyRule;
	/** Absent: as the settings say. */
	readonly markers?: MarkersRule;
};

/** What is given of it is another thing from now on. */
export type ArrangementChange = Omit<Arrangement, 'markers'> & {readonly markers?: MarkersChoice};

export type MarkersChoice = MarkersRule | 'default';

export const markersChoices: readonly MarkersChoice[] = ['on', 'off', 'default'];

/** How what is sent is protected end to end. `unavailable`: it should be and cannot; nothing is sent. */
export type Encryption = 'none' | 'omemo' | 'unavailable';

export type Buffer = Arrangement & {
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
	/** Absent: not known, and then nothing is encrypted. */
	readonly encryption?: Encryption;
	/** In a snapshot: why it is so, where that is worth a word. */
	readonly encryptionProblem?: Problem;
	/** Milliseconds since the epoch of the newest message, 0 without one. */
	readonly lastActivity: number;
};

/** What calls the person from a buffer as they arranged it; without a wish of theirs a room calls for mentions only. */
export function notifyRuleOf({kind, muted, notify}: Pick<Buffer, 'kind' | 'muted' | 'notify'>): NotifyRule {
	return muted === true ? 'none' : (notify ?? (kind === 'room' ? 'mentions' : 'all'));
}
