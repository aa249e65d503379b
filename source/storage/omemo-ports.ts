import type {BufferId} from '../model/buffer.js';
import type {EncryptionChoice, Fingerprint, OmemoVersion, Trust} from '../model/device.js';
import type {BareJid} from '../shared/jid.js';

/** Whose session it is. */
export type SessionPlace = {
	readonly account: BareJid;
	readonly owner: BareJid;
	readonly device: number;
	readonly version: OmemoVersion;
};

/** What is known of a device, whoever's it is. All of it is public. */
export type KnownDevice = {
	readonly account: BareJid;
	readonly owner: BareJid;
	readonly id: number;
	/** The key that was seen under this id first, and never another one. */
	readonly fingerprint?: Fingerprint;
	/** The versions whose list names it now; none: it is not active. */
	readonly versions: readonly OmemoVersion[];
	readonly label?: string;
	/** Milliseconds since the epoch. */
	readonly firstSeen: number;
	readonly lastSeen?: number;
};

/** What is thought of a key. */
export type KnownTrust = {readonly owner: BareJid; readonly fingerprint: Fingerprint; readonly trust: Trust};

/** What is remembered of a conversation. */
export type KnownConversation = {
	readonly buffer: BufferId;
	readonly choice?: EncryptionChoice;
	readonly wasEncrypted: boolean;
};

/**
 * What OMEMO keeps, beside the history and in the same transactions. Records (own device, sessions, facts) are opaque bytes,
 * sealed at rest under the account's store key. What reads or writes one throws `XmppcError` code `encryption-locked` until
 * that account is unlocked; to remove one takes no key.
 */
export type OmemoStore = {
	/** `none`: the account has no device here. `locked`: it has one, and its store key was not given. */
	status(account: BareJid): 'none' | 'locked' | 'open';
	/**
	 * Gives the store key of an account (32 bytes), until it is forgotten or the process ends. Throws `store-key-wrong` where
	 * records are there that it does not open; nothing changes then.
	 */
	unlock(account: BareJid, key: Uint8Array): void;
	/** The id of the account's own device, which can be read while it is locked. */
	ownDeviceId(account: BareJid): number | undefined;
	/**
	 * `undefined` although there is an id: the record is damaged, and only a new device helps. The bytes are the same object as
	 * before where nothing has changed, and not to be written to; those of sessions, too.
	 */
	ownDevice(account: BareJid): {readonly id: number; readonly record: Uint8Array} | undefined;
	saveOwnDevice(account: BareJid, device: {readonly id: number; readonly record: Uint8Array}): void;
	/**
	 * Forgets the own device, all sessions and facts of the account, and the key that was given: a new device takes a new
	 * `unlock`. Devices of others, trust and choices stay.
	 */
	forgetOwnDevice(account: BareJid): void;
	/**
	 * A record that does not open (damaged) is answered as `undefined` and logged by whoever asked: `sessions` has its place
	 * all the same.
	 */
	session(place: SessionPlace): Uint8Array | undefined;
	saveSession(place: SessionPlace, record: Uint8Array): void;
	removeSession(place: SessionPlace): void;
	/** The places of an account's sessions with somebody, or with everybody; takes no key. */
	sessions(account: BareJid, owner?: BareJid): readonly SessionPlace[];
	/** Ascending by owner and id. */
	devices(account: BareJid, owner?: BareJid): readonly KnownDevice[];
	device(account: BareJid, owner: BareJid, id: number): KnownDevice | undefined;
	/** Writes it whole; `firstSeen` and a `fingerprint` that is there already stay. */
	saveDevice(device: KnownDevice): void;
	/** Takes a device off what is known, and its sessions; what is thought of its key stays. */
	removeDevice(account: BareJid, owner: BareJid, id: number): void;
	/** When the list of somebody was last read, milliseconds since the epoch; undefined: never. */
	listedAt(account: BareJid, owner: BareJid, version: OmemoVersion): number | undefined;
	rememberListed(account: BareJid, owner: BareJid, version: OmemoVersion, at: number): void;
	trust(account: BareJid, owner: BareJid): ReadonlyMap<Fingerprint, Trust>;
	/** What is thought of one key; undefined: it was never seen. */
	keyTrust(account: BareJid, owner: BareJid, fingerprint: Fingerprint): Trust | undefined;
	/** All of an account, ascending by owner. */
	trustOfAll(account: BareJid): readonly KnownTrust[];
	setTrust(account: BareJid, owner: BareJid, fingerprint: Fingerprint, trust: Trust): void;
	/** What the person chose for a conversation. */
	choice(buffer: BufferId): EncryptionChoice | undefined;
	choose(buffer: BufferId, choice: EncryptionChoice | undefined): void;
	/** Whether a conversation was ever encrypted: then nothing of it goes out in clear without the person's word. */
	wasEncrypted(buffer: BufferId): boolean;
	rememberEncrypted(buffer: BufferId): void;
	/** All conversations of an account of which something is remembered. */
	conversations(account: BareJid): readonly KnownConversation[];
	/** Small facts of the own device under names of the caller's, sealed as records are; `undefined` removes one. */
	fact(account: BareJid, name: string): string | undefined;
	saveFact(account: BareJid, name: string, value: string | undefined): void;
	/** All of the above of an account is gone. */
	forget(account: BareJid): void;
};

export type EpochVerdict = 'fresh' | 'same' | 'rolled-back' | 'copied';

/**
 * Finds out whether the database is where and when it was left: a copy or a restored backup of ratchets must not be used
 * (`architecture.md` §5, clone and rollback).
 */
export type Epoch = {
	/**
	 * To be called in each process before any record is used, outside transactions; a second call answers as the first.
	 * `fresh`: nothing was kept yet that must not be used twice. `same`: goes on; both places were advanced.
	 * `rolled-back`: the database is older than the place outside it, or that is gone. `copied`: another machine or another
	 * profile went on from it. After the last two nothing was advanced, until `accept`.
	 */
	begin(): EpochVerdict;
	/**
	 * From here on it goes on. To be called between `forgetOwnDevice` of each account and the making of new devices, so that
	 * a crash in between costs nothing. Throws `devices-not-renewed` while a device is there that was there before.
	 */
	accept(): void;
};
