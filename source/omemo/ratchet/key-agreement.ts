/** X3DH (https://signal.org/docs/specifications/x3dh/), always with a one-time prekey: OMEMO refuses an exchange without. */
import {concat, wipe} from './bytes.js';
import {hkdf} from './derivation.js';
import {agree, type KeyPair, keyLength} from './keys.js';
import type {Profile} from './profile.js';

const domainSeparation = new Uint8Array(keyLength).fill(0xff);

/**
 * The shared secret of the one who begins. Public keys are u-coordinates; that the signed prekey is signed was checked.
 * `undefined`: one of the keys leads to nothing secret.
 */
export function agreeAsInitiator(
	profile: Profile,
	own: {readonly identity: KeyPair; readonly ephemeral: KeyPair},
	theirs: {readonly identity: Uint8Array; readonly signedPreKey: Uint8Array; readonly preKey: Uint8Array},
): Uint8Array | undefined {
	return secretOf(profile, [
		agree(own.identity, theirs.signedPreKey),
		agree(own.ephemeral, theirs.identity),
		agree(own.ephemeral, theirs.signedPreKey),
		agree(own.ephemeral, theirs.preKey),
	]);
}

/** The same secret, for the one whose prekeys were used. */
export function agreeAsResponder(
	profile: Profile,
	own: {readonly identity: KeyPair; readonly signedPreKey: KeyPair; readonly preKey: KeyPair},
	theirs: {readonly identity: Uint8Array; readonly ephemeral: Uint8Array},
): Uint8Array | undefined {
	return secretOf(profile, [
		agree(own.signedPreKey, theirs.identity),
		agree(own.identity, theirs.ephemeral),
		agree(own.signedPreKey, theirs.ephemeral),
		agree(own.preKey, theirs.ephemeral),
	]);
}

function secretOf(profile: Profile, agreements: ReadonlyArray<Uint8Array | undefined>): Uint8Array | undefined {
	const known = agreements.filter(agreement => agreement !== undefined);
	const material = concat(domainSeparation, ...known);
	const secret = known.length === agreements.length ? hkdf(material, profile.info.agreement, keyLength) : undefined;
	wipe(material, ...known);
	return secret;
}
