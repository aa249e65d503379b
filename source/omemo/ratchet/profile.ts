/**
 * The table of differences between the two versions of OMEMO; all the rest of the ratchet is the same for both.
 * XEP-0384: OMEMO Encryption, version 0.3.0 ("legacy") and version 0.9.0.
 * https://xmpp.org/extensions/xep-0384.html
 */
import {concat} from './bytes.js';
import {edwardsEncoding, type KeyEncoding, plainEncoding, prefixedEncoding} from './key-encoding.js';
import {legacyFormat, type MessageFormat, omemo2Format} from './message-format.js';
import {verifyEdwards, verifyMontgomery} from './signature.js';

export type ProfileName = 'legacy' | 'omemo2';

/** Identity keys of both sides as they are on the wire. */
export type Identities = {readonly own: Uint8Array; readonly theirs: Uint8Array};

export type Profile = {
	readonly name: ProfileName;
	readonly namespace: string;
	/** What HKDF is told at each of its uses. */
	readonly info: {readonly agreement: string; readonly root: string; readonly message: string};
	/** So many bytes of the code of authenticity go with a message. */
	readonly macLength: number;
	/** A bundle must not have fewer prekeys. */
	readonly fewestPreKeys: number;
	readonly identity: KeyEncoding;
	/** All other keys. A signed prekey is signed as it is written with this. */
	readonly key: KeyEncoding;
	/** Whether a signature is that of an identity key, which is given as it is on the wire. */
	readonly verify: (identity: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
	/** What a message is bound to beside itself. */
	readonly associatedData: (
		identities: Identities,
		direction: {readonly isSent: boolean; readonly isInitiator: boolean},
	) => Uint8Array;
	readonly format: MessageFormat;
};

const legacy: Profile = {
	name: 'legacy',
	namespace: 'eu.siacs.conversations.axolotl',
	info: {agreement: 'WhisperText', root: 'WhisperRatchet', message: 'WhisperMessageKeys'},
	macLength: 8,
	fewestPreKeys: 20,
	identity: prefixedEncoding,
	key: prefixedEncoding,
	verify: (identity, message, signature) => verifyMontgomery(identity.subarray(1), message, signature),
	// The sender of this message, then its receiver: it turns round with the direction. No text of 0.3 says so.
	associatedData: ({own, theirs}, {isSent}) => (isSent ? concat(own, theirs) : concat(theirs, own)),
	format: legacyFormat,
};

const omemo2: Profile = {
	name: 'omemo2',
	namespace: 'urn:xmpp:omemo:2',
	info: {agreement: 'OMEMO X3DH', root: 'OMEMO Root Chain', message: 'OMEMO Message Key Material'},
	macLength: 16,
	fewestPreKeys: 25,
	identity: edwardsEncoding,
	key: plainEncoding,
	verify: verifyEdwards,
	// Who began the session, then the other one, in both directions.
	associatedData: ({own, theirs}, {isInitiator}) => (isInitiator ? concat(own, theirs) : concat(theirs, own)),
	format: omemo2Format,
};

export const profiles: Readonly<Record<ProfileName, Profile>> = {legacy, omemo2};
