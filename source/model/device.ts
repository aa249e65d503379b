/** Devices that messages are encrypted for end to end, and what the person thinks of them (XEP-0384). */
import type {BareJid} from '../shared/jid.js';

/** `legacy`: `eu.siacs.conversations.axolotl` (XEP-0384 0.3), which nearly everybody speaks. `omemo2`: `urn:xmpp:omemo:2`. */
export type OmemoVersion = 'legacy' | 'omemo2';

export const omemoVersions: readonly OmemoVersion[] = ['legacy', 'omemo2'];

/**
 * What is thought of a key, not of a device id, which anybody can give another key. `blind`: it was there before the person
 * verified any key of its owner, so it is used (blind trust before verification). `trusted`: the person said so without
 * comparing. `verified`: the person compared it. `undecided`: a new one of somebody with a verified key: nothing is sent
 * until the person decides. `distrusted`: never used.
 */
export type Trust = 'undecided' | 'blind' | 'trusted' | 'verified' | 'distrusted';

/** Whether messages are encrypted for a key that is thought of so. */
export function isUsable(trust: Trust): boolean {
	return trust === 'blind' || trust === 'trusted' || trust === 'verified';
}

/** 64 lowercase hexadecimal digits: the key in its Montgomery form, whatever the version (`protocol.md` §2.1). */
export type Fingerprint = string & {readonly brand: 'fingerprint'};

/** The fingerprint that a text means: as it is shown (in groups), with colons or in capitals; undefined for another text. */
export function parseFingerprint(text: string): Fingerprint | undefined {
	const digits = text.replaceAll(/[\s:]/g, '').toLowerCase();
	return isFingerprint(digits) ? digits : undefined;
}

/** As people compare it: eight groups of eight digits. */
export function fingerprintGroups(fingerprint: Fingerprint): readonly string[] {
	return fingerprint.match(/.{8}/g) ?? [];
}

function isFingerprint(text: string): text is Fingerprint {
	return /^[0-9a-f]{64}$/.test(text);
}

/** A device of somebody, as front ends see it. `label` is user text. */
export type Device = {
	readonly account: BareJid;
	readonly owner: BareJid;
	/** 1 to 2^31 - 1, unique for its owner only. */
	readonly id: number;
	/** Absent: its keys were never seen. */
	readonly fingerprint?: Fingerprint;
	readonly trust: Trust;
	/** On its owner's list now. One that is not gets nothing. */
	readonly active: boolean;
	readonly versions: readonly OmemoVersion[];
	/** As its owner calls it, where the key vouches for that (XEP-0384 0.9 §5.3.1). */
	readonly label?: string;
	/** The device of this account that we are. */
	readonly isThis?: true;
	/** Milliseconds since the epoch. */
	readonly firstSeen: number;
	/** When something came from it last; absent: never. */
	readonly lastSeen?: number;
	/** Why nothing can be encrypted for it, as a sentence. */
	readonly problem?: string;
};

/** What the person chose for a conversation; absent: what is usual (`omemo.default`). */
export type EncryptionChoice = 'on' | 'off';

/**
 * What is to become of a message that was committed in clear: it is encrypted, or stays here (`require`); or it is encrypted
 * if those it goes to have devices for that, and goes out in clear only where they never had one (`auto`).
 */
export type SealRule = 'require' | 'auto';

/**
 * What the person says of one message, whatever holds for its conversation: it is encrypted or stays here (`require`), or goes
 * out in clear (`off`).
 */
export type EncryptionWish = 'require' | 'off';
