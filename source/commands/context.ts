import type {BufferId, BufferKind} from '../model/buffer.js';
import type {Contact, SubscriptionRequest} from '../model/contact.js';
import type {Device} from '../model/device.js';
import type {MessageRequest} from '../model/message-request.js';
import type {Bookmark, Room, RoomInvitation} from '../model/room.js';
import type {Preferences, SettingName} from '../model/settings.js';
import type {BareJid, FullJid, Jid} from '../shared/jid.js';
import type {Complaint} from './complaint.js';

/** A message as commands know it. */
export type ListedMessage = {
	readonly key: number;
	readonly account: BareJid;
	/** The person wrote it. */
	readonly own: boolean;
	/** Who wrote it, and the beginning of what is shown of it, in one line. Made harmless. */
	readonly author: string;
	readonly words: string;
	/** What it says can be read and answered: it was not taken back. */
	readonly standing: boolean;
	/** How many files it brings. */
	readonly files: number;
	/** What the person thinks of it now. User text. */
	readonly reactions: readonly string[];
};

/** What can be completed. The front end fills it; commands read it and nothing else. */
export type CompletionSource = {
	accounts(): readonly BareJid[];
	/** Roster items of every account. */
	contacts(): readonly Contact[];
	requests(): readonly SubscriptionRequest[];
	/** What strangers wrote who wait for an answer, of all accounts. */
	messageRequests(): readonly MessageRequest[];
	/** Whom an account blocks, as far as that is known. */
	blocked(account: BareJid): readonly Jid[];
	/** Open buffers in the order of their numbers. */
	buffers(): ReadonlyArray<{
		readonly number: number;
		readonly id: BufferId;
		readonly label: string;
		readonly jid?: Jid;
	}>;
	/** What can be explained: the commands and what the front end adds. */
	topics(): ReadonlyArray<{readonly name: string; readonly summary: string}>;
	/** Where a contact is online, the foremost resource first. */
	resources(account: BareJid, jid: BareJid): readonly FullJid[];
	/** Rooms that were entered, also those whose buffer is closed. `nick`, the person's own there, and `name` are user text. */
	rooms(): ReadonlyArray<Pick<Room, 'account' | 'jid' | 'status' | 'nick' | 'name' | 'alternative'>>;
	/** Rooms that are remembered, of all accounts. */
	bookmarks(): readonly Bookmark[];
	/** Invitations that wait for an answer. */
	invitations(): readonly RoomInvitation[];
	/** Who is in the room that the buffer is, without the person: who spoke last first. User text. */
	nicks(): readonly string[];
	/** Whether that nick may be taken for another one in the room. Absent: none may. */
	looksLikeAnother?(nick: string): boolean;
	/** Those in that room whom the person does not want to hear, as far as it is known what they said. User text. */
	ignored(): readonly string[];
	/**
	 * Devices that are known: of those whom the buffer is about and of the account in use, or of one of them. Labels are user
	 * text.
	 */
	devices(owner?: BareJid): readonly Device[];
	/** Emoji by the short codes that begin like this, without colons, the usual ones first. */
	emoji(beginning: string): ReadonlyArray<{readonly code: string; readonly glyph: string}>;
	/**
	 * What lies in a directory, given as a person writes it (`~`, relative to where the program was started); empty where it
	 * cannot be read.
	 */
	files(directory: string): ReadonlyArray<{readonly name: string; readonly isDirectory: boolean}>;
	/** The messages of the buffer that are loaded, the newest first. */
	messages(): readonly ListedMessage[];
	preferences(): Preferences;
	/**
	 * What a setting can be whose values the table of settings does not name: themes, languages. `complaint`: why it cannot
	 * be chosen all the same.
	 */
	settingValues(
		name: SettingName,
	): ReadonlyArray<{readonly value: string; readonly note: string; readonly complaint?: Complaint}>;
};

/** Where a line was typed. */
export type CommandContext = {
	readonly buffer: BufferId;
	readonly kind: BufferKind;
	/** The account of the buffer, or in the console the one in use; absent without any account. */
	readonly account?: BareJid;
	/** Whom the buffer is about. */
	readonly jid?: Jid;
	readonly source: CompletionSource;
};

/** A JID as seen from one account. */
export type Peer = {readonly account: BareJid; readonly jid: BareJid};
