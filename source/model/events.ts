import type {Dispose} from '../shared/clock.js';
import type {Problem} from '../shared/errors.js';
import type {BareJid, Jid} from '../shared/jid.js';
import type {Account} from './account.js';
import type {Arrangement, Buffer, BufferId, Encryption} from './buffer.js';
import type {Contact, ResourcePresence, SubscriptionRequest} from './contact.js';
import type {Message, MessageChange} from './message.js';
import type {MessageRequest} from './message-request.js';
import type {Bookmark, Occupant, OccupantActivity, Room, RoomInvitation} from './room.js';
import type {Preferences} from './settings.js';
import type {Transfer} from './transfer.js';

/** Everything that happened, past tense, plain serialisable data: what the store reduces and the control socket carries. */
export type Event =
	| {readonly type: 'account.changed'; readonly account: Account}
	| {readonly type: 'account.removed'; readonly account: BareJid}
	/** The whole roster, fresh; replaces what was known for this account. */
	| {readonly type: 'roster.loaded'; readonly account: BareJid; readonly contacts: readonly Contact[]}
	| {readonly type: 'contact.changed'; readonly contact: Contact}
	| {readonly type: 'contact.removed'; readonly account: BareJid; readonly jid: BareJid}
	/** All resources of one bare JID as they are now; empty when the contact is offline. */
	| {
			readonly type: 'presence.changed';
			readonly account: BareJid;
			readonly jid: BareJid;
			readonly resources: readonly ResourcePresence[];
	  }
	/** A contact calls themselves so (XEP-0172), by their own word; empty: nothing any more. User text. */
	| {readonly type: 'contact.nicked'; readonly account: BareJid; readonly jid: BareJid; readonly nick: string}
	/** The session ended: nobody's presence is known any more. */
	| {readonly type: 'presence.cleared'; readonly account: BareJid}
	| {readonly type: 'subscription.requested'; readonly request: SubscriptionRequest}
	| {readonly type: 'subscription.resolved'; readonly account: BareJid; readonly jid: BareJid}
	/**
	 * A stranger has written: what they say is on record and has no buffer. Told for each of their messages, instead of
	 * `message.recorded`.
	 */
	| {readonly type: 'request.changed'; readonly request: MessageRequest}
	/** The person has answered it, or somebody did on another device; where it was accepted, `buffer.opened` came first. */
	| {readonly type: 'request.resolved'; readonly account: BareJid; readonly buffer: BufferId}
	/** Everybody whom the server of an account keeps away from it. */
	| {readonly type: 'blocklist.changed'; readonly account: BareJid; readonly blocked: readonly Jid[]}
	| {readonly type: 'buffer.opened'; readonly buffer: Buffer}
	| {readonly type: 'buffer.closed'; readonly buffer: BufferId}
	/** The person arranged it otherwise: pinned, muted, whom it calls for. */
	| {readonly type: 'buffer.changed'; readonly buffer: BufferId; readonly arrangement: Arrangement}
	/** Who is writing in it now (XEP-0085), names for a person in the order they began; empty: nobody. */
	| {readonly type: 'typing.changed'; readonly buffer: BufferId; readonly names: readonly string[]}
	/** A file on its way: it began, went on, or is over. */
	| {readonly type: 'transfer.changed'; readonly transfer: Transfer}
	/** Nobody wants to know of it any more. */
	| {readonly type: 'transfer.forgotten'; readonly id: string}
	/** How what is sent there is protected from now on. */
	| {
			readonly type: 'encryption.changed';
			readonly buffer: BufferId;
			readonly encryption: Encryption;
			/** Why it is so, and what the person can do, where that is `unavailable`, or `none` and worth a word. */
			readonly problem?: Problem;
	  }
	/** What is to be encrypted waits in the outbox until something happens: told each time it is found to. */
	| {
			readonly type: 'outbox.held';
			readonly account: BareJid;
			readonly buffer: BufferId;
			readonly problem: Problem;
	  }
	/** What is known of somebody's devices is another thing now: their list, a key, what is thought of it. */
	| {readonly type: 'devices.changed'; readonly account: BareJid; readonly owner: BareJid}
	/** Somebody has seen everything up to this message key (XEP-0333). `reader`: a bare JID, in rooms a nick. */
	| {readonly type: 'reader.moved'; readonly buffer: BufferId; readonly reader: string; readonly upTo: number}
	/** A room as it is now. It has a buffer. */
	| {readonly type: 'room.changed'; readonly room: Room}
	/** Everybody who is in the room, fresh; replaces what was known. */
	| {readonly type: 'occupants.loaded'; readonly buffer: BufferId; readonly occupants: readonly Occupant[]}
	| {
			readonly type: 'occupant.changed';
			readonly buffer: BufferId;
			readonly occupant: Occupant;
			/** The nick it had until now. */
			readonly formerNick?: string;
			readonly activity?: OccupantActivity;
	  }
	| {
			readonly type: 'occupant.left';
			readonly buffer: BufferId;
			readonly nick: string;
			readonly activity?: OccupantActivity;
	  }
	/** Somebody wants the person in a room; nothing happens before the person says so. */
	| {readonly type: 'room.invited'; readonly invitation: RoomInvitation}
	/** The person has entered that room or declined. */
	| {readonly type: 'invitation.resolved'; readonly account: BareJid; readonly room: BareJid}
	/** Somebody does not want to come. `reason` is user text. */
	| {
			readonly type: 'invitation.declined';
			readonly buffer: BufferId;
			readonly from: Jid;
			readonly reason?: string;
	  }
	/** A visitor of a moderated room asks its moderators to be let speak, says the room. `nick` is user text. */
	| {
			readonly type: 'voice.requested';
			readonly account: BareJid;
			readonly buffer: BufferId;
			readonly nick: string;
			readonly jid?: Jid;
	  }
	/** All bookmarks of an account, as the server has them. */
	| {readonly type: 'bookmarks.changed'; readonly account: BareJid; readonly bookmarks: readonly Bookmark[]}
	| {readonly type: 'preferences.changed'; readonly preferences: Preferences}
	| {
			readonly type: 'buffer.unread';
			readonly buffer: BufferId;
			readonly unread: number;
			readonly highlights: number;
			readonly readUpTo: number;
	  }
	/**
	 * Committed to the database. Its buffer is open: `buffer.opened` came first; what has no buffer is not told, and of strangers
	 * `request.changed` is. `past`: it was in the archive before this device first looked; it fills the history and is no news.
	 */
	| {readonly type: 'message.recorded'; readonly message: Message; readonly past?: true}
	| {readonly type: 'message.changed'; readonly change: MessageChange}
	/** A page of history, ascending. `complete`: nothing older is stored, nor known to be in the archive. */
	| {
			readonly type: 'history.loaded';
			readonly buffer: BufferId;
			readonly messages: readonly Message[];
			readonly complete: boolean;
			/** The page was asked for as that which follows this key. `last`: nothing newer than it is stored. */
			readonly following?: {readonly key: number; readonly last: boolean};
			/** The page was asked for as what stands around this key, to be the window. `last`: as above. */
			readonly around?: {readonly key: number; readonly last: boolean};
	  }
	/**
	 * A stanza crossed the wire while `watchXml` was on. `text`: it as XML, indented, secrets taken out, ready to be shown;
	 * cut where it is long. `from` and `to` as written in it.
	 */
	| {
			readonly type: 'xml.passed';
			readonly account: BareJid;
			readonly direction: 'in' | 'out';
			/** `iq`, `message`, `presence`, or the name of what else it is. */
			readonly name: string;
			readonly from?: string;
			readonly to?: string;
			readonly text: string;
			/** Milliseconds since the epoch. */
			readonly at: number;
	  }
	/** More of an archive is stored, or less of it than was believed, or reading it began or ended. */
	| ({readonly type: 'archive.changed'} & ArchiveView)
	/** The program says something to the person, in the console buffer or in the buffer it concerns. */
	| {
			readonly type: 'notice';
			readonly level: 'info' | 'warning' | 'error';
			readonly text: string;
			readonly hint?: string;
			readonly account?: BareJid;
			readonly buffer?: BufferId;
			/** Milliseconds since the epoch. */
			readonly at: number;
	  };

/**
 * What of an account's archive is stored here, or of a room's. `gaps` are the stretches that are missing, newest first, in milliseconds
 * since the epoch; without `after` one reaches back to the beginning; a permanent one the server lost too. `afterKey` comes
 * with `after`: messages with a greater key are below the gap. `loading`: the archive is being read.
 */
export type ArchiveView = {
	readonly account: BareJid;
	/** Whose archive it is; absent: the account's own, with what was said outside of rooms. */
	readonly room?: BareJid;
	readonly loading: boolean;
	readonly gaps: ReadonlyArray<{
		readonly after?: number;
		readonly afterKey?: number;
		readonly before: number;
		readonly permanent: boolean;
	}>;
};

export type EventType = Event['type'];
export type EventOf<Type extends EventType> = Extract<Event, {type: Type}>;

/** Where a front end hears Events. Delivery is synchronous and in order. */
export type EventSource = (listener: (event: Event) => void) => Dispose;
