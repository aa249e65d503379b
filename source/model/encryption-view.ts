import type {BareJid, Jid} from '../shared/jid.js';
import type {BufferId} from './buffer.js';
import type {Fingerprint} from './device.js';
import type {KeyUri} from './key-uri.js';

type OfAccount = {readonly account: BareJid};

/** What a front end shows and asks about encryption. */
export type EncryptionIntent =
	/** How the messages of a buffer are protected, and what that means. */
	| {readonly type: 'sayEncryption'; readonly buffer: BufferId}
	/** One's own devices and those of somebody or of everybody in a room, to decide about them. */
	| ({readonly type: 'devices'; readonly owner?: BareJid; readonly room?: BareJid} & OfAccount)
	/** Fingerprints to compare. */
	| ({readonly type: 'fingerprints'; readonly owner: BareJid} & OfAccount)
	/** One's own keys as a code for another program's camera. */
	| ({readonly type: 'showKeyCode'} & OfAccount)
	/** Asks whether the key was compared. */
	| ({readonly type: 'verifyDevice'; readonly owner: BareJid; readonly fingerprint: Fingerprint} & OfAccount)
	/** Holds keys that came over another channel against those that are known. */
	| ({readonly type: 'verifyKeys'; readonly uri: KeyUri} & OfAccount)
	/** Why they cannot read us, or we them. */
	| ({readonly type: 'diagnoseEncryption'; readonly with: Jid} & OfAccount)
	/** Asks before sessions are forgotten. */
	| ({readonly type: 'resetSessions'; readonly owner: BareJid} & OfAccount)
	/** Asks before a device of one's own is taken off the list. */
	| ({readonly type: 'removeDevice'; readonly id: number} & OfAccount)
	/** Asks before another device with the same identity takes the place of this one. */
	| ({readonly type: 'newDevice'} & OfAccount)
	/** Asks twice before one's own keys are given up. */
	| ({readonly type: 'newIdentity'} & OfAccount)
	/** Asks for the passphrase, unseen. */
	| ({readonly type: 'keyBackup'; readonly way: 'export' | 'import'; readonly path: string} & OfAccount);

const types: Readonly<Record<EncryptionIntent['type'], true>> = {
	sayEncryption: true,
	devices: true,
	fingerprints: true,
	showKeyCode: true,
	verifyDevice: true,
	verifyKeys: true,
	diagnoseEncryption: true,
	resetSessions: true,
	removeDevice: true,
	newDevice: true,
	newIdentity: true,
	keyBackup: true,
};

/** Whether it is one of those above. */
export function isEncryptionIntent<Other extends {readonly type: string}>(
	intent: Other | EncryptionIntent,
): intent is EncryptionIntent {
	return Object.hasOwn(types, intent.type);
}
