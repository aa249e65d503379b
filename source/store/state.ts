import type {Account} from '../model/account.js';
import type {Snapshot} from '../model/actions.js';
import {type Buffer, type BufferId, consoleBuffer, isConversation} from '../model/buffer.js';
import type {Contact, ResourcePresence, SubscriptionRequest} from '../model/contact.js';
import type {Device} from '../model/device.js';
import type {ArchiveView, Event, EventOf} from '../model/events.js';
import type {Message} from '../model/message.js';
import type {MessageRequest} from '../model/message-request.js';
import type {Bookmark, Occupant, OccupantActivity, Room, RoomInvitation} from '../model/room.js';
import {defaultPreferences, type Preferences} from '../model/settings.js';
import type {Transfer} from '../model/transfer.js';
import type {Problem} from '../shared/errors.js';
import type {BareJid, Jid} from '../shared/jid.js';
import type {ByKey} from './by-key.js';

/** What the program said to the person; lives only as long as the front end. */
export type Notice = Omit<EventOf<'notice'>, 'type' | 'buffer'>;

/** One thing in a buffer, in display order. A notice and what an occupant did borrow a key that puts them below all that was there before. */
export type Entry =
	| {readonly type: 'message'; readonly key: number; readonly message: Message}
	| {readonly type: 'notice'; readonly key: number; readonly notice: Notice}
	| {readonly type: 'activity'; readonly key: number; readonly activity: OccupantActivity};

/** A buffer and the window of its history that is in memory. */
export type BufferState = {
	readonly info: Buffer;
	/** Ascending by key. */
	readonly entries: readonly Entry[];
	/** At least one page of history arrived. */
	readonly loaded: boolean;
	/** Nothing older than the first entry is stored. */
	readonly complete: boolean;
	/** Somebody reads further up: the oldest entries stay, whatever comes. */
	readonly held: boolean;
	/** Newer messages are stored than the last one here, and what comes now does not follow it. */
	readonly detached: boolean;
	/** Why it is encrypted as it is, where there was something to say. */
	readonly encryptionProblem?: Problem;
};

/** A room, and by nick who is in it. */
export type RoomState = {readonly room: Room; readonly occupants: ByKey<Occupant>};

/** Keyed by account, then by the contact's bare JID. */
export type PerContact<Value> = Readonly<Record<BareJid, ByKey<Value>>>;

/** What the events add up to. Plain data; only reducers make a new one. */
export type State = {
	readonly accounts: readonly Account[];
	/** Those whose connection was there and is lost, until it is there again or nothing is tried any more. */
	readonly lost: readonly BareJid[];
	readonly contacts: PerContact<Contact>;
	/** A contact that is offline has no row. */
	readonly presence: PerContact<readonly ResourcePresence[]>;
	/** What contacts call themselves, where they said so. User text. */
	readonly nicks: PerContact<string>;
	readonly requests: readonly SubscriptionRequest[];
	/** What strangers wrote and nobody has answered, the oldest first. */
	readonly messageRequests: readonly MessageRequest[];
	/** Whom the server of each account keeps away, where that is known. */
	readonly blocked: Readonly<Record<BareJid, readonly Jid[]>>;
	/** What of the account's archive is stored here, where that is known; by buffer, what of a room's is. */
	readonly archives: Readonly<Record<BareJid | BufferId, ArchiveView>>;
	readonly buffers: Readonly<Record<BufferId, BufferState>>;
	/** Open buffers as they are listed: the console, then account by account in the order they were opened. */
	readonly order: readonly BufferId[];
	/** Those that were entered here, also where their buffer was closed since. */
	readonly rooms: Readonly<Record<BufferId, RoomState>>;
	/** The rooms that are remembered on the server, by account. */
	readonly bookmarks: Readonly<Record<BareJid, readonly Bookmark[]>>;
	/** Invitations to rooms that wait for an answer, the oldest first. */
	readonly invitations: readonly RoomInvitation[];
	/** Who is writing, where somebody is, in the order they began. */
	readonly typing: Readonly<Record<BufferId, readonly string[]>>;
	/** Files on their way, and those that were lately, in the order they began. */
	readonly transfers: readonly Transfer[];
	/** The key of the message up to which each has seen the buffer, by bare JID or, in rooms, by nick. */
	readonly readers: Readonly<Record<BufferId, ByKey<number>>>;
	/** The devices of those whom the person had to do with since the start, also one's own: by account, then by owner. */
	readonly devices: PerContact<readonly Device[]>;
	/** What the person prefers. */
	readonly preferences: Preferences;
	/** What keys and commands know them by, from 1. A buffer keeps its number while it is open; a new one takes the lowest free. */
	readonly numbers: Readonly<Record<BufferId, number>>;
};

/** Besides Events, what the front end itself tells the store. */
export type StoreEvent =
	| Event
	| {readonly type: 'snapshot.loaded'; readonly snapshot: Snapshot}
	/** What is known of somebody's devices now, in their order. */
	| {
			readonly type: 'devices.loaded';
			readonly account: BareJid;
			readonly owner: BareJid;
			readonly devices: readonly Device[];
	  }
	/** The person wants to see who waits, where that was closed. */
	| {readonly type: 'requests.wanted'}
	/** Nobody looks at the older part: keep the newest `keep` entries. */
	| {readonly type: 'window.trimmed'; readonly buffer: BufferId; readonly keep: number}
	/** Somebody began to read further up, or is back at the newest. */
	| {readonly type: 'window.held'; readonly buffer: BufferId; readonly held: boolean}
	/** Forgets the messages of a detached window, for the newest page to take their place. */
	| {readonly type: 'window.reset'; readonly buffer: BufferId}
	/** Empties the view, not the history. */
	| {readonly type: 'window.cleared'; readonly buffer: BufferId};

export function emptyBufferState(info: Buffer): BufferState {
	// Of what is no conversation nothing is stored that could be loaded.
	const whole = !isConversation(info.kind);
	return {info, entries: [], loaded: whole, complete: whole, held: false, detached: false};
}

const consoleState: BufferState = emptyBufferState({
	id: consoleBuffer,
	kind: 'console',
	unread: 0,
	highlights: 0,
	readUpTo: 0,
	draft: '',
	lastActivity: 0,
});

/** Before the first event: no account, and a console to speak in. */
export const initialState: State = {
	accounts: [],
	lost: [],
	contacts: {},
	presence: {},
	nicks: {},
	requests: [],
	messageRequests: [],
	blocked: {},
	archives: {},
	buffers: {[consoleBuffer]: consoleState},
	order: [consoleBuffer],
	numbers: {[consoleBuffer]: 1},
	rooms: {},
	bookmarks: {},
	invitations: [],
	typing: {},
	transfers: [],
	readers: {},
	devices: {},
	preferences: defaultPreferences,
};
