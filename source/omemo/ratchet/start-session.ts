/** Begins a session from a bundle (XEP-0384 §Building a session). */
import {isSame, wipe} from './bytes.js';
import type {Bundle, DeviceKeys} from './device-keys.js';
import {initiatorRatchet} from './double-ratchet.js';
import {agreeAsInitiator} from './key-agreement.js';
import {createKeyPair} from './keys.js';
import {type ProfileName, profiles} from './profile.js';
import {type Random, randomBelow} from './random.js';
import {type Session, type SessionState, withState} from './session.js';

export type Started =
	| {readonly ok: true; readonly session: Session; readonly identity: Uint8Array}
	| {readonly ok: false; readonly reason: 'bad-signature' | 'bad-key' | 'no-prekeys'}
	| {readonly ok: false; readonly reason: 'identity-changed'; readonly identity: Uint8Array};

/**
 * Begins a session with the device that published `bundle`; the first message carries the key exchange. Some half a
 * millisecond: whoever has many devices to reach calls it device by device and lets others run in between.
 *
 * @param given `session`: the present one, which is archived; `identity`: the key the device is known to have (a
 * u-coordinate, 32 bytes), and no other one is taken
 */
export function startSession(given: {
	readonly device: DeviceKeys;
	readonly profile: ProfileName;
	readonly bundle: Bundle;
	readonly random: Random;
	readonly session?: Session | undefined;
	readonly identity?: Uint8Array | undefined;
}): Started {
	const {device, bundle, random} = given;
	const profile = profiles[given.profile];
	const identity = profile.identity.decode(bundle.identity);
	const signedPreKey = profile.key.decode(bundle.signedPreKey.key);
	if (identity === undefined || signedPreKey === undefined) {
		return {ok: false, reason: 'bad-key'};
	}

	if (given.identity !== undefined && !isSame(given.identity, identity)) {
		return {ok: false, reason: 'identity-changed', identity};
	}

	if (!profile.verify(bundle.identity, bundle.signedPreKey.key, bundle.signedPreKey.signature)) {
		return {ok: false, reason: 'bad-signature'};
	}

	const chosen = bundle.preKeys[bundle.preKeys.length === 0 ? 0 : randomBelow(random, bundle.preKeys.length)];
	if (chosen === undefined) {
		return {ok: false, reason: 'no-prekeys'};
	}

	const preKey = profile.key.decode(chosen.key);
	if (preKey === undefined || !isId(chosen.id) || !isId(bundle.signedPreKey.id)) {
		return {ok: false, reason: 'bad-key'};
	}

	const ephemeral = createKeyPair(random);
	const own = {identity: device.identity, ephemeral};
	const secret = agreeAsInitiator(profile, own, {identity, signedPreKey, preKey});
	wipe(ephemeral.secret);
	if (secret === undefined) {
		return {ok: false, reason: 'bad-key'};
	}

	const state: SessionState = {
		ratchet: initiatorRatchet(secret, signedPreKey),
		identity,
		identities: {own: profile.identity.encode(device.identity.public), theirs: Uint8Array.from(bundle.identity)},
		isInitiator: true,
		isAnswered: false,
		exchange: {preKeyId: chosen.id, signedPreKeyId: bundle.signedPreKey.id, baseKey: ephemeral.public},
	};
	return {ok: true, session: withState(profile, state, given.session), identity};
}

/** What a peer may call its keys: any number of 32 bits. */
function isId(id: number): boolean {
	return Number.isInteger(id) && id >= 0 && id < 2 ** 32;
}
