import type {Problem} from '../shared/errors.js';
import type {BareJid, Jid} from '../shared/jid.js';
import type {Account, AccountSettings, Availability, ConnectionSecurity, SecretBackend} from './account.js';
import type {ArchivePolicy} from './archive.js';
import type {Attachment} from './attachment.js';
import type {BlockingActions} from './blocking-actions.js';
import type {ArrangementChange, Buffer, BufferId, ScrollPosition} from './buffer.js';
import type {Contact, ResourcePresence, SubscriptionRequest} from './contact.js';
import type {EncryptionWish} from './device.js';
import type {DeviceActions} from './device-actions.js';
import type {ArchiveView} from './events.js';
import type {ExportFormat} from './export.js';
import type {FileActions} from './file-actions.js';
import type {MessageKind, OutgoingState} from './message.js';
import type {MessageActions} from './message-actions.js';
import type {MessageRequest} from './message-request.js';
import type {ProfileActions} from './profile-actions.js';
import type {RequestActions} from './request-actions.js';
import type {Bookmark, Occupant, Room, RoomInvitation} from './room.js';
import type {RoomActions} from './room-actions.js';
import type {SearchQuery, SearchRange, SearchResult} from './search.js';
import type {SettingValue} from './setting-kinds.js';
import type {Preferences, SettingName} from './settings.js';
import type {Transfer} from './transfer.js';

/** An account to set up. The only Action input with a secret in it; it travels in memory, never in argv or a log. */
export type NewAccount = Omit<AccountSettings, 'enabled' | 'secrets'> & {
	readonly password?: string;
	/** Absent: the keychain where it works, else the caller is told to choose. */
	readonly secrets?: SecretBackend;
};

/** What a login test found. */
export type AccountTest =
	| {readonly ok: true; readonly jid: Jid; readonly security: ConnectionSecurity; readonly features: readonly string[]}
	| {readonly ok: false; readonly problem: Problem};

/** All a front end needs to draw its first screen. */
export type Snapshot = {
	readonly accounts: readonly Account[];
	readonly contacts: readonly Contact[];
	readonly presence: ReadonlyArray<{
		readonly account: BareJid;
		readonly jid: BareJid;
		readonly resources: readonly ResourcePresence[];
	}>;
	/** What contacts call themselves, as `contact.nicked` says. */
	readonly nicks?: ReadonlyArray<{readonly account: BareJid; readonly jid: BareJid; readonly nick: string}>;
	readonly requests: readonly SubscriptionRequest[];
	readonly buffers: readonly Buffer[];
	/** What of each account's archive is stored, where that is known. */
	readonly archives?: readonly ArchiveView[];
	readonly rooms?: ReadonlyArray<{readonly room: Room; readonly occupants: readonly Occupant[]}>;
	readonly bookmarks?: readonly Bookmark[];
	/** Invitations to rooms that wait for an answer. */
	readonly invitations?: readonly RoomInvitation[];
	/** How far others have read, as `reader.moved` says. */
	readonly readers?: ReadonlyArray<{readonly buffer: BufferId; readonly reader: string; readonly upTo: number}>;
	/** What strangers wrote and nobody has answered, the oldest first. */
	readonly messageRequests?: readonly MessageRequest[];
	/** Files on their way, and those that were lately. */
	readonly transfers?: readonly Transfer[];
	/** Whom the servers of the accounts keep away, where that is known. */
	readonly blocked?: ReadonlyArray<{readonly account: BareJid; readonly jids: readonly Jid[]}>;
	/** Absent: the front end read them itself. */
	readonly preferences?: Preferences;
	/** Buffer the person looked at last. */
	readonly active?: BufferId;
	/** The one shown beside it, in a split view. */
	readonly beside?: BufferId;
	/** Which half has the keyboard then, the upper or left one being the first. Absent: the first. */
	readonly focus?: SplitHalf;
};

/** A half of a split view: the upper or left one is the first. */
export type SplitHalf = 'first' | 'second';

/** What the person arranged and expects to find again. */
export type SavedView = {
	readonly active?: BufferId;
	/** `none`: the view is not split. */
	readonly beside?: BufferId | 'none';
	/** Which half has the keyboard. */
	readonly focus?: SplitHalf;
	readonly drafts?: Readonly<Record<string, string>>;
	/** `newest`: the view follows the newest message. */
	readonly scroll?: Readonly<Record<string, ScrollPosition | 'newest'>>;
};

type On<Input> = (input: Input) => Promise<void>;

type OfFamilies = RoomActions &
	ProfileActions &
	DeviceActions &
	MessageActions &
	BlockingActions &
	RequestActions &
	FileActions;

/**
 * Every verb a person can ask for. Inputs and results are plain data, so that the same interface works in one process
 * and over the control socket. A refusal is thrown as an `XmppcError`.
 */
export type Actions = OfFamilies & {
	snapshot(input: Record<string, never>): Promise<Snapshot>;

	listAccounts(input: Record<string, never>): Promise<readonly Account[]>;
	/** Stores settings and secret; does not connect. Refuses a JID that is there already. */
	addAccount(input: NewAccount): Promise<Account>;
	/** Forgets settings, secret and, with `history`, all that was recorded. */
	removeAccount: On<{readonly account: BareJid; readonly history: boolean}>;
	/** Logs in once and out again, changing nothing. With an `account` set up here, or with one that is not yet. */
	testAccount(input: {readonly account: BareJid} | {readonly candidate: NewAccount}): Promise<AccountTest>;
	/** Opens a locked store of secrets, for `secrets: 'passphrase'`. */
	unlock: On<{readonly passphrase: string}>;

	/** Resolves when online; throws what stopped it. */
	connect: On<{readonly account: BareJid}>;
	disconnect: On<{readonly account: BareJid}>;
	setPresence: On<{
		readonly account?: BareJid;
		readonly availability: Availability;
		readonly statusText: string;
	}>;

	/**
	 * Commits a message to the outbox and returns at once; what becomes of it arrives as `message.changed`. Throws for
	 * an empty body or a text that cannot be sent.
	 */
	sendMessage(input: {
		readonly account: BareJid;
		readonly to: Jid;
		readonly body: string;
		readonly kind?: MessageKind;
		readonly subject?: string;
		/** What the person says about encrypting this one; absent: as holds for the conversation. */
		readonly encryption?: EncryptionWish;
		/** The key of the message that this one answers (XEP-0461), in the same conversation. Throws `no-such-message`. */
		readonly reply?: number;
		/** It is to be opened before it is read (XEP-0382): what it is about, or nothing. */
		readonly spoiler?: string;
		/** A file that lies somewhere already, instead of a text: `body` is empty. */
		readonly attachment?: Attachment;
	}): Promise<{
		readonly key: number;
		readonly id: string;
		readonly state: OutgoingState;
		/** It goes out in clear because the person said so, in a conversation that is encrypted otherwise. */
		readonly exposed?: true;
	}>;

	/** Takes back what waits in the outbox. Answers whether it did still: what is on its way cannot be taken back. */
	withdrawMessage(input: {readonly account: BareJid; readonly key: number}): Promise<{readonly withdrawn: boolean}>;

	/** Adds to the roster and asks to see their presence (and pre-approves the reverse, where the server can). */
	addContact: On<{
		readonly account: BareJid;
		readonly jid: BareJid;
		readonly name?: string;
		readonly groups?: readonly string[];
	}>;
	/** Removes from the roster, which ends both subscriptions. */
	removeContact: On<{readonly account: BareJid; readonly jid: BareJid}>;
	/** Empty `name` removes the name. */
	renameContact: On<{readonly account: BareJid; readonly jid: BareJid; readonly name: string}>;
	setContactGroups: On<{readonly account: BareJid; readonly jid: BareJid; readonly groups: readonly string[]}>;
	/** Lets them see our presence: answers a request, or approves in advance (RFC 6121 §3.4). */
	acceptSubscription: On<{readonly account: BareJid; readonly jid: BareJid}>;
	/** Refuses a request, or takes back what was given. */
	denySubscription: On<{readonly account: BareJid; readonly jid: BareJid}>;

	openBuffer(input: {readonly account: BareJid; readonly jid: Jid}): Promise<Buffer>;
	/** Closes the view; history stays. */
	closeBuffer: On<{readonly buffer: BufferId}>;
	/**
	 * Answers as `history.loaded`: up to `limit` messages older than `before` (a message key), newest page without it. With
	 * `after` instead: the first `limit` stored ones that are newer than that key, with 0 the oldest of all. With `around`:
	 * `limit` stored ones on both sides of that key, in place of the window there was.
	 */
	loadHistory: On<{
		readonly buffer: BufferId;
		readonly before?: number;
		readonly after?: number;
		readonly around?: number;
		readonly limit: number;
	}>;
	/**
	 * Finds stored messages, the newest first. While older ones are still being indexed the result says how far that is.
	 */
	searchMessages(input: SearchRange & {readonly query: SearchQuery}): Promise<SearchResult>;
	/**
	 * Writes what is recorded of a conversation into a new file, by its absolute path. Throws `buffer-not-open` where nothing is,
	 * `path-not-absolute`, `file-exists`, and what the system says.
	 */
	exportHistory(input: {
		readonly buffer: BufferId;
		readonly format: ExportFormat;
		readonly path: string;
	}): Promise<{readonly messages: number}>;
	/** The person has seen everything up to this message key. */
	markRead: On<{readonly buffer: BufferId; readonly upTo: number}>;
	/** Pins, mutes, decides what of a buffer calls the person; what is not given stays as it is. */
	arrangeBuffer: On<{readonly buffer: BufferId} & ArrangementChange>;
	/** Round trip to a JID (XEP-0199), in milliseconds. */
	ping(input: {readonly account: BareJid; readonly to?: Jid}): Promise<number>;
	/** What a JID says it runs (XEP-0092). */
	softwareVersion(input: {
		readonly account: BareJid;
		readonly to: Jid;
	}): Promise<{readonly name: string; readonly version: string; readonly os?: string}>;
	/**
	 * Whose messages the server's archive of the account gets, after `choose` was chosen where that is given; nothing where
	 * the server does not tell (XEP-0441).
	 */
	archivePolicy(input: {
		readonly account: BareJid;
		readonly choose?: ArchivePolicy;
	}): Promise<{readonly policy?: ArchivePolicy}>;
	/** Tells of every stanza of an account, or of all accounts, as `xml.passed`, until it is turned off. */
	watchXml: On<{readonly account?: BareJid; readonly on: boolean}>;
	saveView: On<SavedView>;
	/**
	 * Writes one setting to the settings file; without a value it gets its default back. Answers as `preferences.changed`;
	 * throws `invalid-setting`, and what is wrong with the file, which then stays as it is.
	 */
	changeSetting: On<{readonly name: SettingName; readonly value?: SettingValue}>;
	/** Reads the settings file again, and answers what differs now. Throws what is wrong in it; then the old ones stay. */
	reloadSettings(input: Record<string, never>): Promise<{readonly changed: readonly SettingName[]}>;
	/** Whether the person looks at the program: servers may hold back what can wait while nobody does (XEP-0352). */
	setAttention: On<{readonly active: boolean}>;
	/**
	 * Nobody has touched a key of this front end since then (milliseconds since the epoch); without a time: somebody just did.
	 * Where the person wishes it (`away.after`), their presence follows.
	 */
	setIdle: On<{readonly since?: number}>;
};

export type ActionName = keyof Actions;
export type ActionInput<Name extends ActionName> = Parameters<Actions[Name]>[0];
