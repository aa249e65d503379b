import type {BareJid, Jid} from '../shared/jid.js';
import type {Availability} from './account.js';
import type {BufferId} from './buffer.js';

/** XEP-0045 §5.1. */
export type Role = 'moderator' | 'participant' | 'visitor' | 'none';
/** XEP-0045 §5.2. */
export type Affiliation = 'owner' | 'admin' | 'member' | 'outcast' | 'none';

/** What the room tells about itself (XEP-0045 §6.4); absent where it has not told. */
export type RoomFeatures = {
	/** Only members may enter. */
	readonly membersOnly?: boolean;
	/** Everybody sees everybody's real JID; `false`: only moderators do. */
	readonly nonAnonymous?: boolean;
	readonly moderated?: boolean;
	readonly persistent?: boolean;
	readonly passwordProtected?: boolean;
	/** What is said is stored for all to read (XEP-0313), or logged in public (status 170). */
	readonly archived?: boolean;
	readonly logged?: boolean;
	/** Seconds that one has to wait from one message to the next (XEP-0500); absent: none. */
	readonly slowMode?: number;
	/** Which reactions it takes (XEP-0444 §4.2), how many of a person, and which; absent: all. */
	readonly reactions?: {readonly most?: number; readonly allowed?: readonly string[]};
};

/** `parting` until the room has confirmed it. */
export type RoomStatus = 'joining' | 'joined' | 'parting' | 'parted' | 'refused';

/** A room and the person's place in it. `name`, `subject`, `nick` are user text. */
export type Room = {
	readonly account: BareJid;
	readonly jid: BareJid;
	readonly buffer: BufferId;
	readonly status: RoomStatus;
	/** Own nick, as the room gave it. */
	readonly nick: string;
	readonly name?: string;
	readonly subject?: string;
	readonly features: RoomFeatures;
	/** Why it is `refused` or `parted`, as a sentence. */
	readonly reason?: string;
	/** While `joining`: it asks something first, and waits for the answer (XEP-0158). */
	readonly challenged?: true;
	/** When our own last message was said there, milliseconds since the epoch; absent where nobody has to wait for the next. */
	readonly lastSaidAt?: number;
	/** `parted` by a fault and nobody's wish: it is entered again by itself. */
	readonly returning?: true;
	/** Where it goes on, of a room that was destroyed or has moved (XEP-0045 §10.9). */
	readonly alternative?: BareJid;
};

/** Somebody in a room. All but the JIDs and `occupantId` is user text. */
export type Occupant = {
	readonly nick: string;
	/** The same over changes of nick (XEP-0421). */
	readonly occupantId?: string;
	/** The real address, where the room shows it. */
	readonly jid?: Jid;
	readonly role: Role;
	readonly affiliation: Affiliation;
	readonly availability: Availability;
	readonly statusText: string;
	/** Titles given by the room (XEP-0317). */
	readonly hats?: readonly string[];
};

/** What happened to an occupant, as a line in the room. */
export type OccupantActivity = {
	readonly what: 'joined' | 'left' | 'kicked' | 'banned' | 'renamed' | 'changed';
	readonly nick: string;
	/** The nick after `renamed`. */
	readonly newNick?: string;
	/** It is the person who did it. */
	readonly own?: true;
	/** What `changed`: who was given one role after another has the last. */
	readonly about?: 'role' | 'affiliation';
	/** What `changed`, or why somebody was thrown out: a sentence of ours or the reason given. */
	readonly text?: string;
	/** Milliseconds since the epoch. */
	readonly at: number;
};

/**
 * A room as a service or a directory lists it (XEP-0045 §6.3, XEP-0433): hearsay, and absent what was not told. `name` and
 * `description` are user text.
 */
export type ListedRoom = {
	readonly jid: BareJid;
	readonly name?: string;
	readonly description?: string;
	/** How many were in it, not long ago. */
	readonly people?: number;
	/** Whoever wants may enter. */
	readonly isOpen?: boolean;
	/** Everybody there sees everybody's real JID. */
	readonly nonAnonymous?: boolean;
	/** What is spoken there (BCP 47). */
	readonly language?: string;
};

/** Which service was asked, and what it lists. `isCut`: it has more. */
export type RoomListing = {
	readonly service: BareJid;
	readonly rooms: readonly ListedRoom[];
	readonly isCut?: true;
};

/** Somebody on a list of a room. `nick` and `reason` are user text. */
export type ListedPerson = {
	readonly jid: BareJid;
	readonly affiliation: Affiliation;
	readonly nick?: string;
	/** Where they are in the room now. */
	readonly role?: Role;
	readonly reason?: string;
};

/** Somebody in a room whom the person does not want to hear. `nick` is user text: the name they had then. */
export type Ignored = {
	readonly account: BareJid;
	readonly room: BareJid;
	/** What they are known by again: a nick is the last resort, since anybody can take another one. */
	readonly knownBy: 'occupantId' | 'jid' | 'nick';
	readonly value: string;
	readonly nick: string;
};

/** Somebody wants us in a room. `reason` is user text. */
export type RoomInvitation = {
	readonly account: BareJid;
	readonly room: BareJid;
	/** Who it says invites us: a room's word, or the sender of a direct one. */
	readonly from?: Jid;
	readonly reason?: string;
	readonly password?: string;
	/** Sent by the person and not through the room (XEP-0249). */
	readonly direct: boolean;
};

/** A room that is remembered on the server (XEP-0402). `name` and `nick` are user text. */
export type Bookmark = {
	readonly account: BareJid;
	readonly room: BareJid;
	readonly name?: string;
	/** All devices are in it. */
	readonly autojoin: boolean;
	readonly nick?: string;
	readonly password?: string;
	readonly pinned?: boolean;
	readonly notify?: 'all' | 'mentions' | 'none';
};
