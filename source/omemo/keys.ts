import type {Fingerprint} from '../model/device.js';
import {parseFingerprint} from '../model/device.js';
import type {Bundle} from './ratchet/device-keys.js';
import {toEdwards, toMontgomery} from './ratchet/points.js';
import type {Bundle as PublishedBundle} from './wire/bundle.js';

/** What people compare of an identity key, a u-coordinate of 32 bytes. */
export function fingerprintOf(identity: Uint8Array): Fingerprint {
	const found = parseFingerprint(Buffer.from(identity).toString('hex'));
	if (found === undefined) {
		throw new Error('an identity key has 32 bytes');
	}

	return found;
}

export function identityOf(fingerprint: Fingerprint): Uint8Array {
	return Uint8Array.from(Buffer.from(fingerprint, 'hex'));
}

/**
 * What trust messages call a key (XEP-0450): the Ed25519 form that bundles of `omemo2` have. Its sign is that of our own keys;
 * a peer's that has the other one is only known from its bundle. `undefined`: it is no key.
 */
export function keyIdentifierOf(fingerprint: Fingerprint): Uint8Array | undefined {
	return toEdwards(identityOf(fingerprint), 0);
}

/** The key that a trust message means, of either sign; `undefined`: none. */
export function fingerprintIn(keyIdentifier: Uint8Array): Fingerprint | undefined {
	const identity = toMontgomery(keyIdentifier);
	return identity && fingerprintOf(identity);
}

/** A bundle of the ratchet as it is published. */
export function published({identity, signedPreKey, preKeys}: Bundle): PublishedBundle {
	return {
		identityKey: identity,
		signedPrekey: {id: signedPreKey.id, key: signedPreKey.key},
		signature: signedPreKey.signature,
		prekeys: preKeys,
	};
}

/** A published bundle as the ratchet takes it; nothing of it is verified yet. */
export function taken({identityKey, signedPrekey, signature, prekeys}: PublishedBundle): Bundle {
	return {identity: identityKey, signedPreKey: {...signedPrekey, signature}, preKeys: prekeys};
}
