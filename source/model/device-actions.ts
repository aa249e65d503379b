import type {BareJid, Jid} from '../shared/jid.js';
import type {BufferId} from './buffer.js';
import type {Device, EncryptionChoice, Fingerprint, Trust} from './device.js';

type OfAccount = {readonly account: BareJid};

/** A sentence of a diagnosis (`/omemo doctor`). `device`: the one it is about. */
export type EncryptionFinding = {
	readonly level: 'ok' | 'warning' | 'error';
	readonly text: string;
	/** What to do about it, as a sentence. */
	readonly hint?: string;
	readonly device?: {readonly owner: BareJid; readonly id: number};
};

/** What a person can ask for about encryption (XEP-0384). A refusal is thrown as an `XmppcError`. */
export type DeviceActions = {
	/**
	 * The devices of somebody, or of the account itself without `owner`, this one first; those that are not on their owner's
	 * list any more are there too. `refresh`: asks their server first, as far as that is possible now.
	 */
	listDevices(input: OfAccount & {readonly owner?: BareJid; readonly refresh?: boolean}): Promise<readonly Device[]>;
	/** Throws `no-such-device` where nobody was ever seen with that key. What waited for it goes out. */
	setTrust(
		input: OfAccount & {readonly owner: BareJid; readonly fingerprint: Fingerprint; readonly trust: Trust},
	): Promise<void>;
	/** Takes one of the account's own other devices off the list, so that nothing is encrypted for it any more. */
	removeDevice(input: OfAccount & {readonly id: number}): Promise<void>;
	/** The name of this device, as others see it (OMEMO 2 only). Empty: none. */
	labelDevice(input: OfAccount & {readonly label: string}): Promise<void>;
	/**
	 * Encrypts a conversation or does not, from now on and over restarts; without a choice: as `omemo.default` says. Answers as
	 * `encryption.changed`.
	 */
	chooseEncryption(input: {readonly buffer: BufferId; readonly choice?: EncryptionChoice}): Promise<void>;
	/** Forgets the sessions with a device, or with all of somebody's, and begins new ones. */
	resetSessions(
		input: OfAccount & {readonly owner: BareJid; readonly device?: number},
	): Promise<{readonly count: number}>;
	/** Why they cannot read us, and why we cannot read them: asks the servers, device by device. */
	diagnoseEncryption(input: OfAccount & {readonly with: Jid}): Promise<readonly EncryptionFinding[]>;
	/**
	 * A new identity under a new device id; the history stays, everybody has to verify anew. `keep`: the identity stays, and
	 * only the device is another one, for a database that was copied or restored.
	 */
	resetIdentity(input: OfAccount & {readonly keep?: boolean}): Promise<Device>;
	/** Writes identity and trust into a new file that the passphrase opens. Throws `file-exists`. */
	exportKeys(input: OfAccount & {readonly path: string; readonly passphrase: string}): Promise<void>;
	/** Takes them back. Throws `wrong-passphrase`, `not-a-key-backup`. */
	importKeys(input: OfAccount & {readonly path: string; readonly passphrase: string}): Promise<Device>;
};
