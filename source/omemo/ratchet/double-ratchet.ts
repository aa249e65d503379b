/**
 * The Double Ratchet (https://signal.org/docs/specifications/doubleratchet/) as a state machine: a step takes a state and
 * gives another one, and what fails gives none. A new ratchet key is made when there is something to send under it
 * (§6.5), so that receiving needs no randomness.
 */
import {wipe} from './bytes.js';
import {hkdf, messageKeyOf, nextChainKey} from './derivation.js';
import {agree, createKeyPair, type KeyPair} from './keys.js';
import type {MessageHeader} from './message-format.js';
import type {Profile} from './profile.js';
import type {Random} from './random.js';

/** `next` is the counter of the message that the key stands at. */
export type Chain = {readonly chainKey: Uint8Array; readonly next: number};

/** The key of a message that was passed over, for when it comes after all. */
export type SkippedKey = {readonly ratchetKey: Uint8Array; readonly counter: number; readonly messageKey: Uint8Array};

export type RatchetState = {
	readonly rootKey: Uint8Array;
	/** Our ratchet key pair: what the next ratchet key of the peer is agreed with. */
	readonly own?: KeyPair;
	/** Absent until something is sent under the peer's newest ratchet key. */
	readonly sending?: Chain;
	/** Messages in our chain before this one. */
	readonly previousCounter: number;
	/** The peer's newest ratchet key, a u-coordinate. */
	readonly theirs?: Uint8Array;
	/** Absent until something came under it. */
	readonly receiving?: Chain;
	/** First come, first thrown away. */
	readonly skipped: readonly SkippedKey[];
	/** Ratchet keys that the peer had before, the newest last: what comes under them again is a duplicate. */
	readonly former: readonly Uint8Array[];
};

/** Messages that one message may pass over, and keys of such messages that are kept (XEP-0384 §Double Ratchet). */
export const mostSkipped = 1000;
export const mostFormer = 40;

/** The state of the one who began: the peer's first ratchet key is its signed prekey. */
export function initiatorRatchet(rootKey: Uint8Array, theirSignedPreKey: Uint8Array): RatchetState {
	return {rootKey, previousCounter: 0, theirs: theirSignedPreKey, skipped: [], former: []};
}

/** The state of the one who was asked: the first ratchet key pair is the signed prekey's. */
export function responderRatchet(rootKey: Uint8Array, ownSignedPreKey: KeyPair): RatchetState {
	return {rootKey, previousCounter: 0, own: ownSignedPreKey, skipped: [], former: []};
}

/** Takes the key for the next message. `undefined`: nothing can be sent before something was received. */
export function sendStep(
	profile: Profile,
	state: RatchetState,
	random: Random,
): {readonly state: RatchetState; readonly header: MessageHeader; readonly messageKey: Uint8Array} | undefined {
	const ready = state.sending === undefined ? withNewRatchetKey(profile, state, random) : state;
	if (ready?.own === undefined || ready.sending === undefined) {
		return undefined;
	}

	const {chainKey, next} = ready.sending;
	return {
		header: {ratchetKey: ready.own.public, counter: next, previousCounter: ready.previousCounter},
		messageKey: messageKeyOf(chainKey),
		state: {...ready, sending: {chainKey: nextChainKey(chainKey), next: next + 1}},
	};
}

function withNewRatchetKey(profile: Profile, state: RatchetState, random: Random): RatchetState | undefined {
	if (state.theirs === undefined) {
		return undefined;
	}

	const own = createKeyPair(random);
	const step = rootStep(profile, state.rootKey, own, state.theirs);
	return step && {...state, rootKey: step.rootKey, own, sending: {chainKey: step.chainKey, next: 0}};
}

/** The next root key and a chain that begins (XEP-0384: KDF_RK). `undefined`: the two keys agree on nothing secret. */
export function rootStep(
	profile: Profile,
	rootKey: Uint8Array,
	own: KeyPair,
	theirs: Uint8Array,
): {readonly rootKey: Uint8Array; readonly chainKey: Uint8Array} | undefined {
	const agreed = agree(own, theirs);
	if (agreed === undefined) {
		return undefined;
	}

	const keys = hkdf(agreed, profile.info.root, 64, rootKey);
	const step = {rootKey: keys.slice(0, 32), chainKey: keys.slice(32)};
	wipe(agreed, keys);
	return step;
}
