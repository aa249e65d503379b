import type {AccountSettings, SecretBackend} from '../model/account.js';
import type {SplitHalf} from '../model/actions.js';
import type {Arrangement, Buffer, BufferId, ScrollPosition} from '../model/buffer.js';
import type {Contact} from '../model/contact.js';
import type {SealRule} from '../model/device.js';
import type {Message, MessageChange} from '../model/message.js';
import type {Afterwards} from '../model/relation.js';
import type {Ignored} from '../model/room.js';
import type {SearchQuery, SearchRange, SearchResult} from '../model/search.js';
import type {Settings} from '../model/settings.js';
import type {Dispose} from '../shared/clock.js';
import type {BareJid, Jid} from '../shared/jid.js';
import type {Epoch, OmemoStore} from './omemo-ports.js';

/**
 * What the rest of the program may ask of storage. Everything on the database is synchronous, so that a transaction
 * holds no `await` (`ARCHITECTURE.md`, invariant 12). A failing database throws `XmppcError` of kind `storage`.
 */
export type Storage = {
	/** Runs `work` in one transaction: all of it is committed on return, nothing of it when it throws. May nest. */
	transaction<Result>(work: () => Result): Result;
	/**
	 * Whether as much can be written as a batch of messages takes: writes it, and removes it again. Throws what stands in
	 * the way.
	 */
	check(): void;
	readonly messages: MessageStore;
	readonly relations: RelationStore;
	readonly search: SearchStore;
	readonly archives: ArchiveStore;
	readonly outbox: OutboxStore;
	readonly buffers: BufferStore;
	readonly ignored: IgnoredStore;
	readonly requests: RequestStore;
	readonly readers: ReaderStore;
	readonly ownReads: OwnReadStore;
	readonly rosters: RosterStore;
	readonly capabilities: CapabilityStore;
	readonly servers: ServerStore;
	readonly omemo: OmemoStore;
	readonly epoch: Epoch;
	close(): void;
};

export type MessageStore = {
	/**
	 * Allocates the key (display order by `receivedAt`) and writes the row. Where neighbours are known, the key lies between
	 * theirs, whatever the times say.
	 */
	insert(message: Omit<Message, 'key'>, between?: Neighbours): Message;
	/**
	 * Applies the parts that are present; a `state` other than `failed` also removes `failure`. Answers whether the row
	 * exists. It does not judge the order of states (`outgoingRank`).
	 */
	change(change: Omit<MessageChange, 'account' | 'buffer'>): boolean;
	get(key: number): Message | undefined;
	/** The message an archive knows under this id (XEP-0359); `archive` is the own bare JID or a room's. */
	byArchiveId(account: BareJid, archive: BareJid, archiveId: string): Message | undefined;
	/** An own message by origin-id or id, in this buffer: a carbon, a reflection, a receipt or an error bounce names it. */
	outgoingById(buffer: BufferId, id: string): Message | undefined;
	/**
	 * Incoming ones with the same id, bare author, subject and body not older than `since`; `unfiled`: only those without
	 * an archive's id. Sender-chosen ids can be reused, so they identify nothing alone.
	 */
	incomingTwin(twin: {
		readonly buffer: BufferId;
		/** A bare one stands for all its resources. */
		readonly author: Jid;
		readonly id: string;
		readonly body: string;
		readonly subject?: string | undefined;
		readonly since: number;
		readonly unfiled?: boolean;
	}): Message | undefined;
	/**
	 * Incoming encrypted ones (of that device, where one is given) with the same id and author not older than `since`: the oldest
	 * of those that have no archive's id (`unfiled`), else the newest.
	 */
	encryptedTwin(twin: {
		readonly buffer: BufferId;
		/** A bare one stands for all its resources. */
		readonly author: Jid;
		readonly id: string;
		readonly device?: number;
		readonly since: number;
		readonly unfiled: boolean;
		/** Only those that could not be read. */
		readonly unread?: boolean;
	}): Message | undefined;
	/**
	 * Own messages of a buffer up to this key, newest first, that the server has and nobody was said to have read: those
	 * since the last one that was, and at most `limit`.
	 */
	unreadByPeer(buffer: BufferId, upTo: number, limit: number): readonly Message[];
	/** Whether the account has ever written in a buffer, from whichever device. */
	hasWritten(buffer: BufferId): boolean;
	/** The key of the newest message of a buffer. */
	newest(buffer: BufferId): number | undefined;
	/**
	 * The key of the newest message of a buffer that was written here and went out, among those with a key above `after` and
	 * up to `upTo`. What still waits here comes behind all that the server has.
	 */
	newestWritten(buffer: BufferId, range: {readonly after: number; readonly upTo: number}): number | undefined;
	/**
	 * The key of the newest message of a buffer that was delivered without an archive's id by a time, among those with a key
	 * above `after` and below `before`.
	 */
	newestUnlisted(
		buffer: BufferId,
		range: {readonly after: number; readonly before: number; readonly receivedBy: number},
	): number | undefined;
	/**
	 * The key of the newest message below a key that is in an account's archive or a room's, of those that the server had, or
	 * may have had: not of what waits here.
	 */
	newestThere(account: BareJid, archive: BareJid, below: number): number | undefined;
	/** The newest message of a buffer with an archive's id and a key of at most `key`. */
	filedUpTo(buffer: BufferId, key: number): Filed | undefined;
	/** The oldest message of a buffer with an archive's id and a key above `key`. */
	filedAbove(buffer: BufferId, key: number): Filed | undefined;
	/** Up to `limit` messages older than key `before` (the newest without it), ascending. */
	page(buffer: BufferId, page: {readonly before?: number; readonly limit: number}): readonly Message[];
	/** The first `limit` messages newer than key `after`, ascending. */
	pageAfter(buffer: BufferId, page: {readonly after: number; readonly limit: number}): readonly Message[];
	/** Forgets all messages, archive positions, buffers, outbox rows, the roster and the encryption of an account. */
	forget(account: BareJid): void;
};

/** What messages say about other messages of their buffer, and what that made of those (`model/relation.ts`). */
export type RelationStore = {
	/** Those that go by an id on the wire, as their own or as origin-id, the newest first; those of one who repeats ids, a few. */
	byId(buffer: BufferId, id: string): readonly Message[];
	/**
	 * What was said about a message, apart from answers, in the order of the archive; what failed to be sent was not, and what
	 * is not sent yet comes last.
	 */
	about(key: number): readonly Message[];
	/** The key of what was said about a message last, apart from answers. */
	newestAbout(key: number): number | undefined;
	/**
	 * Where it stands among what was said: right behind the message with this key, as its own is from before it was sent.
	 * What was written here later, and is there already, stands behind it.
	 */
	rank(key: number, rank: number): void;
	/** Something that was recorded waits in a buffer for a message that is not there. */
	noteAwaiting(buffer: BufferId): void;
	/** What waits in a buffer for a message that goes by one of these ids (three at most), answers too. */
	awaiting(buffer: BufferId, ids: readonly string[]): readonly Message[];
	/** How much of an author waits in a buffer, and how much of all. */
	awaitingCount(buffer: BufferId, author: Jid): {readonly own: number; readonly all: number};
	/** What a message is about is on record, under the key `target`. `hides`: it is no line of its own from now on. */
	attach(key: number, target: number, hides: boolean): void;
	/** Writes what became of a message: all that was said about it, and its text, where that is another one. The first one is kept. */
	become(
		before: Pick<Message, 'key' | 'body' | 'retracted' | 'attachments'>,
		now: Afterwards & Pick<Message, 'body' | 'attachments'>,
	): void;
	/** The text of a message before it was first corrected. */
	firstBody(key: number): string | undefined;
	/** Forgets what a message and its corrections said. */
	erase(key: number): void;
};

/** Finds messages by their words. Messages are indexed after they were recorded, a slice at a time. */
export type SearchStore = {
	/**
	 * Indexes what is not yet, new messages first, for about so many milliseconds. Answers whether something is left. Each
	 * call is one transaction: what was interrupted goes on where the last one ended.
	 */
	advance(milliseconds: number): boolean;
	/** The same for new messages only, so that they are found at once. */
	catchUp(milliseconds: number): void;
	/** Per cent of the history, by time, that can be found; `undefined`: all of it. */
	progress(): number | undefined;
	/** Newest first; with `after` the nearest above that key. `accounts`: only theirs. */
	find(
		query: SearchQuery,
		range: SearchRange & {readonly accounts?: readonly BareJid[] | undefined},
	): Omit<SearchResult, 'indexing'>;
	/** Takes a message out, while it still says what it said when it was indexed: before it is changed or deleted. */
	remove(key: number): void;
	/** It says something else now: it is indexed anew. After `remove`. */
	again(key: number): void;
	/** Empties the index, to be filled again from what is recorded. */
	startAnew(): void;
};

/** Keys that a message's own must lie between, both exclusive. */
export type Neighbours = {
	readonly after?: number | undefined;
	readonly before?: number | undefined;
	/** Others may turn out to lie before it: leaves some room. */
	readonly apart?: boolean;
	/** Where it goes when its time says too little: near the upper one, or (without it) so that more find room behind it. */
	readonly near?: 'before';
	/** How many others will want to go between it and the upper one. */
	readonly followers?: number;
};

/** A message that an archive knows, as far as its place in it goes. */
export type Filed = {readonly key: number; readonly archiveId: string; readonly receivedAt: number};

/** A place in an archive. */
export type ArchivePosition = {
	/** The archive's own id, opaque. */
	readonly id: string;
	/** Milliseconds since the epoch by the archive's clock. */
	readonly at: number;
	/**
	 * The message key that stands for it here: nothing at or before an upper bound has a greater key, nothing at or after a
	 * lower bound a smaller one.
	 */
	readonly key: number;
};

/** A stretch of an archive that is not stored here; both ends are. */
export type ArchiveGap = {
	/** Absent: it reaches back to the archive's beginning. */
	readonly after?: ArchivePosition;
	readonly before: ArchivePosition;
	/** The archive does not have it any more either. */
	readonly permanent: boolean;
};

/** What of an archive is stored here: all up to `head`, apart from the gaps. */
export type ArchiveState = {
	/** Absent: the archive was empty when it was asked. */
	readonly head?: ArchivePosition;
	/** Newest first. */
	readonly gaps: readonly ArchiveGap[];
};

export type ArchiveStore = {
	/** `archive` is the own bare JID or a room's. Undefined: never asked. */
	load(account: BareJid, archive: BareJid): ArchiveState | undefined;
	/** The newest that was read of it: asked for with each message. */
	head(account: BareJid, archive: BareJid): ArchivePosition | undefined;
	save(account: BareJid, archive: BareJid, state: ArchiveState): void;
};

/** An outgoing message that is not yet known to be with our server. */
export type OutboxRow = {
	/** The message's key. Rows go out in ascending order of it. */
	readonly key: number;
	readonly account: BareJid;
	readonly to: Jid;
	/** The finished stanza, exactly as it is or will be written; with `seal` as it was written by the person, in clear. */
	readonly stanza: string;
	/**
	 * It has to be encrypted before it is written: in any case, or unless nobody it goes to has ever had a device for it
	 * (`auto`). Absent: it goes out as it is.
	 */
	readonly seal?: SealRule;
	/** How much speaks for it being what the server ends connections for; nothing does: 0. */
	readonly suspicion: number;
};

export type OutboxStore = {
	/** Writes a row, or another stanza into one that is there, with the `seal` that this one has, or without. */
	put(row: Omit<OutboxRow, 'suspicion'>): void;
	/** Adds to the suspicion of a row. */
	suspect(key: number, suspicion: number): void;
	/** All of an account, in sending order. */
	waiting(account: BareJid): readonly OutboxRow[];
	remove(key: number): void;
};

export type BufferStore = {
	/** Open buffers in the order they were opened, with counts. */
	list(): readonly Buffer[];
	/** An open buffer. A closed one is not found, though its read mark and draft wait for `open`. */
	get(id: BufferId): Buffer | undefined;
	/** Opens it (again); answers it as it is now. */
	open(buffer: Pick<Buffer, 'id' | 'kind'> & {readonly account: BareJid; readonly jid: Jid}): Buffer;
	close(id: BufferId): void;
	/** Says of an open buffer whether it is there only because entering the room was tried. */
	setAttempt(id: BufferId, isAttempt: boolean): void;
	/** The buffers of which that was said. */
	attempts(): readonly BufferId[];
	/**
	 * Removes a buffer that is there only for an attempt, as if it had never been, and answers whether it did: not one that
	 * holds a message or a text begun, or that the person has arranged.
	 */
	forgetAttempt(id: BufferId): boolean;
	/** Moves the read mark forward only, at most to the newest incoming message, and answers the counts as they are then. */
	markRead(id: BufferId, upTo: number): Pick<Buffer, 'unread' | 'highlights' | 'readUpTo'>;
	/** Replaces how the person arranged it. */
	arrange(id: BufferId, arrangement: Arrangement): void;
	/** How a buffer is arranged, also one that was closed; undefined for one that was never open. */
	arrangementOf(id: BufferId): (Arrangement & {readonly isOpen: boolean}) | undefined;
	/** What of its arrangement the other devices of the account last had; undefined: nothing was ever shared. */
	shared(id: BufferId): Arrangement | undefined;
	share(id: BufferId, arrangement: Arrangement): void;
	/** `at`: when the person wrote it, milliseconds since the epoch. */
	saveDraft(id: BufferId, draft: string, at: number): void;
	/**
	 * Forgets the drafts that nobody has touched since, apart from those of some buffers. Of whose time nothing is known, their
	 * time begins `now`.
	 */
	forgetDrafts(drafts: {readonly since: number; readonly now: number; readonly keep: readonly BufferId[]}): void;
	/** `undefined`: it follows the newest message. */
	saveScroll(id: BufferId, scroll: ScrollPosition | undefined): void;
	/** The buffer last set, if it is still open (the console always is). */
	active(): BufferId | undefined;
	setActive(id: BufferId): void;
	/** The one shown beside it in a split view, likewise. */
	beside(): BufferId | undefined;
	setBeside(id: BufferId | undefined): void;
	/** The half of a split view that has the keyboard; the first where none was set. */
	focus(): SplitHalf;
	setFocus(half: SplitHalf): void;
};

/** Whom the person does not want to hear, room by room. */
export type IgnoredStore = {
	list(account: BareJid, room?: BareJid): readonly Ignored[];
	/** Once each. */
	add(ignored: Ignored): void;
	remove(ignored: Pick<Ignored, 'account' | 'room' | 'knownBy' | 'value'>): void;
	/**
	 * Marks what is recorded of somebody in a room as not to be shown, or to be shown again; answers the keys of what
	 * changed, ascending.
	 */
	mark(ignored: Pick<Ignored, 'account' | 'room' | 'knownBy' | 'value'>, hidden: boolean): readonly number[];
};

/** In which conversations strangers wait for an answer. */
export type RequestStore = {
	/** The oldest first. `first`: the first message that waits; `count` and `at`: of all that do. */
	list(): ReadonlyArray<{
		readonly buffer: BufferId;
		readonly first: Message;
		readonly count: number;
		/** Milliseconds since the epoch of the newest. */
		readonly at: number;
	}>;
	has(buffer: BufferId): boolean;
	/** How many of an account do. */
	count(account: BareJid): number;
	/** From this message on; one that waits already goes on waiting. */
	add(buffer: BufferId, first: number): void;
	remove(buffer: BufferId): void;
};

/** How far somebody else has read a conversation, as they said. */
export type Reader = {
	readonly account: BareJid;
	readonly buffer: BufferId;
	/** What tells them from others: a bare JID or, in rooms, an occupant-id or a real bare JID. */
	readonly speaker: string;
	/** A bare JID or, in rooms, the nick they had then (user text); empty where somebody else has taken it since. */
	readonly name: string;
	/** The key of the newest message they have read; 0: of none that is here. */
	readonly upTo: number;
	/** They have read one that is not here, by the id that it goes by on the wire. */
	readonly awaits?: string;
};

export type ReaderStore = {
	/** Of all conversations of an account. */
	list(account: BareJid): readonly Reader[];
	of(buffer: BufferId): readonly Reader[];
	get(buffer: BufferId, speaker: string): Reader | undefined;
	/** Writes one down instead of what was known of them. */
	put(reader: Reader): void;
	forget(account: BareJid): void;
};

/** Who is to be told of what was read here: those who wrote it (XEP-0333), or the own devices (XEP-0490). */
export type Told = 'others' | 'devices';

/** Up to which message a conversation was read here, and nobody was told yet. */
export type OwedRead = {
	readonly account: BareJid;
	readonly buffer: BufferId;
	readonly told: Told;
	readonly key: number;
};

/** Up to where an own device has read a chat (XEP-0490), by the id of the archive that keeps it. */
export type DisplayedRow = {
	/** As the node names it: a bare JID or that of somebody in a room. */
	readonly chat: Jid;
	readonly archiveId: string;
	/** It is read up to there here as well; else that message is not here. */
	readonly isApplied: boolean;
};

type Stretch = {readonly after: number; readonly upTo: number};

/** What was read here, and what has to be known to tell of it. */
export type OwnReadStore = {
	/** The sender of an incoming message wants to know when it was read. */
	ask(buffer: BufferId, key: number): void;
	/** The newest message of a stretch (`after` is not in it) whose sender asked. */
	newestAsked(buffer: BufferId, stretch: Stretch): number | undefined;
	/** What was asked up to a message is dealt with. */
	answered(buffer: BufferId, upTo: number): void;
	/** The newest incoming message of a stretch that the archive has. */
	newestFiled(buffer: BufferId, stretch: Stretch): number | undefined;
	/** The newest incoming message with an id that its sender gave it. */
	newestNamed(buffer: BufferId, id: string): number | undefined;
	/** Instead of what was owed before. */
	owe(owed: OwedRead): void;
	owed(account: BareJid): readonly OwedRead[];
	/** That was told, up to this message. */
	paid(buffer: BufferId, told: Told, upTo: number): void;
	displayed(account: BareJid): readonly DisplayedRow[];
	/** The message of an archive that was told last as read in a chat, by whatever device, where it is here. */
	toldIn(account: BareJid, chat: Jid, archive: BareJid): number | undefined;
	saveDisplayed(account: BareJid, row: DisplayedRow): void;
	forget(account: BareJid): void;
};

export type RosterStore = {
	load(account: BareJid): {readonly version: string | undefined; readonly contacts: readonly Contact[]};
	/** The whole roster, with the version it has (RFC 6121 §2.6). */
	replace(account: BareJid, version: string | undefined, contacts: readonly Contact[]): void;
	put(contact: Contact, version: string | undefined): void;
	remove(account: BareJid, jid: BareJid, version: string | undefined): void;
};

/** Verified XEP-0115 answers, shared by all accounts. */
export type CapabilityStore = {
	get(hash: string, ver: string): readonly string[] | undefined;
	put(hash: string, ver: string, features: readonly string[]): void;
};

/** What is remembered of the server of an account. */
export type ServerStore = {
	/** The largest stanza it took when it last said so, in bytes (XEP-0478). */
	maxBytes(account: BareJid): number | undefined;
	/** `undefined`: it names no limit any more. */
	rememberMaxBytes(account: BareJid, bytes: number | undefined): void;
	/** Shortcomings of the server that the person was told of; words of ours without spaces. */
	told(account: BareJid): readonly string[];
	rememberTold(account: BareJid, topics: readonly string[]): void;
	/** What logins found out, as it was given; undefined where there is nothing, or nothing that can be read. */
	loginFacts(account: BareJid): unknown;
	/** Plain data, instead of what was there. */
	rememberLoginFacts(account: BareJid, facts: object): void;
	/** The account is gone, and what was known of its server with it. */
	forget(account: BareJid): void;
};

/** What one account keeps secret. `identity`: the identity key and the store key, as one text (`secrets/identity-secret.ts`). */
export type SecretName = 'password' | 'scram-keys' | 'fast' | 'identity';

/**
 * Secrets of one profile behind one backend. `get` answers `undefined` only where the backend said for certain that
 * there is none; a locked, missing or silent backend throws `XmppcError` with code `secrets-locked`,
 * `secrets-unavailable` or `secrets-timeout` (kind `unavailable` / `temporary`), never "nothing found".
 */
export type SecretStore = {
	readonly backend: SecretBackend;
	get(account: BareJid, name: SecretName): Promise<string | undefined>;
	set(account: BareJid, name: SecretName, value: string): Promise<void>;
	delete(account: BareJid, name: SecretName): Promise<void>;
	/** Whether secrets can be read now, without asking for anything. */
	status(): Promise<'ready' | 'locked' | 'unavailable'>;
};

/** Makes the store an account's settings name. `passphrase` is asked for at most once per process. */
export type SecretStores = {
	forAccount(settings: Pick<AccountSettings, 'jid' | 'secrets' | 'passwordCommand'>): SecretStore;
	/**
	 * The place for the `identity` of an account: the store its settings name, or, where that can only be read (`command`),
	 * the one where the identity is already. Where it is nowhere yet, the first `set` goes to the keychain if that works, else
	 * to `key-file`, and the person is told which.
	 */
	forIdentity(settings: Pick<AccountSettings, 'jid' | 'secrets' | 'passwordCommand'>): SecretStore;
	/**
	 * The backend that works here without asking a person: the keychain. Throws why it does not (`secrets-locked`,
	 * `secrets-unavailable`, `secrets-timeout`); the hint names the others.
	 */
	preferred(): Promise<SecretBackend>;
	/** Opens the passphrase backend for this process. Throws `wrong-passphrase`. */
	unlock(passphrase: string): Promise<void>;
};

export type SettingsStore = {
	/**
	 * Without a file the very `defaultSettings`. Throws `XmppcError` of kind `configuration` naming the file and the place in
	 * it when it is not valid.
	 */
	read(): Settings;
	/** Reads, changes, checks and writes atomically; a file that is not valid is never overwritten. */
	update(change: (settings: Settings) => Settings): Promise<Settings>;
	/**
	 * Calls `changed` a moment after the file was written, by whoever it was; `failed` with the reason where the system does
	 * not tell of that.
	 */
	watch(changed: () => void, failed: (reason: string) => void): Dispose;
	readonly path: string;
};

/** The right to write a profile, held for the life of the process; the kernel frees it on `kill -9`. */
export type ProfileLock = {
	release(): void;
};
