/** Decrypts what came from one device, in the session that it belongs to or in one that it begins. */
import {isSame} from './bytes.js';
import {type DeviceKeys, findPreKey, findSignedPreKey} from './device-keys.js';
import {responderRatchet} from './double-ratchet.js';
import {agreeAsResponder} from './key-agreement.js';
import {openMessage} from './message-cipher.js';
import type {ReadExchange, ReadMessage} from './message-format.js';
import {type Profile, type ProfileName, profiles} from './profile.js';
import {knowsRatchetKey, type RefusedMessage, receiveStep} from './receive-step.js';
import {identityOf, type Session, type SessionState, withState} from './session.js';

export type Refusal =
	| RefusedMessage
	/** Not a message of this profile. */
	| 'bad-format'
	/** No key exchange, and there is no session. */
	| 'no-session'
	/** A key exchange without a one-time prekey. */
	| 'without-prekey'
	| 'unknown-prekey'
	| 'unknown-signed-prekey'
	/** A key that leads to nothing secret. */
	| 'bad-key';

export type Decrypted =
	| {
			readonly ok: true;
			readonly session: Session;
			readonly plaintext: Uint8Array;
			/** The sender's identity key, a u-coordinate. */
			readonly identity: Uint8Array;
			/** A prekey of ours that began a session just now: to be removed or hidden, and the bundle published. */
			readonly usedPreKeyId?: number;
			/** The peer has sent much without an answer; an empty message is due. */
			readonly needsHeartbeat: boolean;
	  }
	| {readonly ok: false; readonly reason: Refusal}
	| {readonly ok: false; readonly reason: 'identity-changed'; readonly identity: Uint8Array};

/**
 * Decrypts a message of one device.
 *
 * @param given `session`: what we have with that device, if anything; `identity`: the key it is known to have (a
 * u-coordinate), without which that of the session counts, and without a session any
 */
export function decrypt(given: {
	readonly device: DeviceKeys;
	readonly profile: ProfileName;
	readonly message: Uint8Array;
	readonly isKeyExchange: boolean;
	readonly session?: Session | undefined;
	readonly identity?: Uint8Array | undefined;
}): Decrypted {
	const profile = profiles[given.profile];
	if (given.isKeyExchange) {
		const exchange = profile.format.readExchange(given.message);
		const message = exchange && profile.format.readMessage(exchange.message);
		return exchange === undefined || message === undefined
			? {ok: false, reason: 'bad-format'}
			: decryptExchange(profile, given, exchange, message);
	}

	const message = profile.format.readMessage(given.message);
	if (message === undefined) {
		return {ok: false, reason: 'bad-format'};
	}

	return given.session === undefined
		? {ok: false, reason: 'no-session'}
		: decryptInAny(profile, given.session, given.identity, message);
}

type Known = {
	readonly device: DeviceKeys;
	readonly session?: Session | undefined;
	readonly identity?: Uint8Array | undefined;
};

function decryptExchange(
	profile: Profile,
	{device, session, identity: known}: Known,
	exchange: ReadExchange,
	message: ReadMessage,
): Decrypted {
	const {preKeyId, signedPreKeyId, baseKey} = exchange;
	if (preKeyId === undefined) {
		return {ok: false, reason: 'without-prekey'};
	}

	const identity = profile.identity.decode(exchange.identity);
	if (identity === undefined) {
		return {ok: false, reason: 'bad-key'};
	}

	const expected = known ?? (session && identityOf(session));
	if (expected !== undefined && !isSame(expected, identity)) {
		return {ok: false, reason: 'identity-changed', identity};
	}

	const begun = session?.states.find(state => !state.isInitiator && isOfExchange(state, exchange));
	if (session !== undefined && begun !== undefined) {
		return decryptIn(profile, session, begun, message);
	}

	const signedPreKey = findSignedPreKey(device, profile.name, signedPreKeyId);
	if (signedPreKey === undefined) {
		return {ok: false, reason: 'unknown-signed-prekey'};
	}

	const preKey = findPreKey(device, profile.name, preKeyId);
	if (preKey === undefined) {
		return {ok: false, reason: 'unknown-prekey'};
	}

	const own = {identity: device.identity, signedPreKey: signedPreKey.pair, preKey: preKey.pair};
	const secret = agreeAsResponder(profile, own, {identity, ephemeral: baseKey});
	if (secret === undefined) {
		return {ok: false, reason: 'bad-key'};
	}

	const state: SessionState = {
		ratchet: responderRatchet(secret, signedPreKey.pair),
		identity,
		identities: {own: profile.identity.encode(device.identity.public), theirs: exchange.identity},
		isInitiator: false,
		isAnswered: true,
		exchange: {preKeyId, signedPreKeyId, baseKey},
	};
	const decrypted = decryptIn(profile, withState(profile, state, session), state, message);
	return decrypted.ok ? {...decrypted, usedPreKeyId: preKeyId} : decrypted;
}

/** The same base key, prekeys and identity: what comes is one more message of a session that is there already. */
function isOfExchange({exchange, identities}: SessionState, read: ReadExchange): boolean {
	return (
		isSame(exchange.baseKey, read.baseKey) &&
		exchange.preKeyId === read.preKeyId &&
		exchange.signedPreKeyId === read.signedPreKeyId &&
		isSame(identities.theirs, read.identity)
	);
}

/** Tries the session that knows the message's ratchet key; where none does, those in turn that wait for a new one. */
function decryptInAny(
	profile: Profile,
	session: Session,
	known: Uint8Array | undefined,
	message: ReadMessage,
): Decrypted {
	const identity = identityOf(session);
	if (known !== undefined && !isSame(known, identity)) {
		return {ok: false, reason: 'identity-changed', identity};
	}

	const knowing = session.states.find(({ratchet}) => knowsRatchetKey(ratchet, message.ratchetKey));
	let failed: Decrypted = {ok: false, reason: 'bad-mac'};
	for (const state of knowing === undefined ? session.states : [knowing]) {
		const decrypted = decryptIn(profile, session, state, message);
		if (decrypted.ok) {
			return decrypted;
		}

		failed = decrypted.reason === 'bad-mac' ? failed : decrypted;
	}

	return failed;
}

/**
 * The session of the newest message is from now on what is sent in: both sides come to use the same one that way, when
 * both began one. A late message says nothing about what the peer uses now.
 */
function decryptIn(profile: Profile, session: Session, state: SessionState, message: ReadMessage): Decrypted {
	const {identities, isInitiator} = state;
	const associatedData = profile.associatedData(identities, {isSent: false, isInitiator});
	const opened = receiveStep(profile, state.ratchet, message, key =>
		openMessage(profile, key, message, associatedData),
	);
	if (!opened.ok) {
		return opened;
	}

	const changed: SessionState = {...state, ratchet: opened.state, isAnswered: true};
	const states = session.states.map(each => (each === state ? changed : each));
	const [first = changed, ...others] = opened.isLate ? states : [changed, ...states.filter(each => each !== changed)];
	return {
		ok: true,
		session: {...session, states: [first, ...others]},
		plaintext: opened.value,
		identity: state.identity,
		needsHeartbeat: opened.passesHeartbeat,
	};
}
