/** The receiving side of the double ratchet: finds the key for a message, and keeps those of messages that it passes over. */
import {isSame, wipe} from './bytes.js';
import {messageKeyOf, nextChainKey} from './derivation.js';
import {type Chain, mostFormer, mostSkipped, type RatchetState, rootStep, type SkippedKey} from './double-ratchet.js';
import type {MessageHeader} from './message-format.js';
import type {Profile} from './profile.js';

export type RefusedMessage = 'duplicate' | 'too-far' | 'bad-mac';

export type Opened<T> =
	| {
			readonly ok: true;
			readonly state: RatchetState;
			readonly value: T;
			/** It was passed over before: something newer is there already. */
			readonly isLate: boolean;
			readonly passesHeartbeat: boolean;
	  }
	| {readonly ok: false; readonly reason: RefusedMessage};

/** Whether a ratchet key was seen in this state: then no other state of the same peer can have to do with it. */
export function knowsRatchetKey({theirs, receiving, skipped, former}: RatchetState, key: Uint8Array): boolean {
	return (
		(receiving !== undefined && theirs !== undefined && isSame(theirs, key)) ||
		former.some(each => isSame(each, key)) ||
		skipped.some(({ratchetKey}) => isSame(ratchetKey, key))
	);
}

/**
 * Finds the key for a message and tries it with `open`, which answers `undefined` for a wrong one. Only what opened costs
 * keys of messages passed over; what does not is refused after at most {@link mostSkipped} steps of a chain.
 */
export function receiveStep<T>(
	profile: Profile,
	state: RatchetState,
	header: MessageHeader,
	open: (messageKey: Uint8Array) => T | undefined,
): Opened<T> {
	const {ratchetKey, counter} = header;
	const index = state.skipped.findIndex(key => key.counter === counter && isSame(key.ratchetKey, ratchetKey));
	const late = state.skipped[index];
	if (late !== undefined) {
		const value = open(late.messageKey);
		return value === undefined
			? refused('bad-mac')
			: {
					ok: true,
					value,
					isLate: true,
					passesHeartbeat: false,
					state: {...state, skipped: state.skipped.toSpliced(index, 1)},
				};
	}

	const {receiving, theirs} = state;
	if (receiving !== undefined && theirs !== undefined && isSame(theirs, ratchetKey)) {
		return counter < receiving.next ? refused('duplicate') : receiveInChain(state, receiving, header, open);
	}

	if (state.former.some(key => isSame(key, ratchetKey))) {
		return refused('duplicate');
	}

	return receiveInNewChain(profile, state, header, open);
}

function receiveInNewChain<T>(
	profile: Profile,
	state: RatchetState,
	header: MessageHeader,
	open: (messageKey: Uint8Array) => T | undefined,
): Opened<T> {
	const {own, theirs, receiving, sending, former} = state;
	const missing = receiving === undefined ? 0 : Math.max(0, header.previousCounter - receiving.next);
	if (missing + header.counter > mostSkipped) {
		return refused('too-far');
	}

	const step = own && rootStep(profile, state.rootKey, own, header.ratchetKey);
	if (step === undefined) {
		return refused('bad-mac');
	}

	const {own: _, sending: __, ...kept} = state;
	const hadChain = theirs !== undefined && receiving !== undefined;
	const turned: RatchetState = {
		...kept,
		rootKey: step.rootKey,
		theirs: header.ratchetKey,
		previousCounter: sending?.next ?? state.previousCounter,
		former: hadChain ? [...former, theirs].slice(-mostFormer) : former,
	};
	const missed = () => (hadChain ? passOver(receiving, theirs, header.previousCounter).keys : []);
	return receiveInChain(turned, {chainKey: step.chainKey, next: 0}, header, open, missed);
}

/** `missed` gives the keys of messages of the chain before, which come before those that are passed over here. */
function receiveInChain<T>(
	state: RatchetState,
	chain: Chain,
	{ratchetKey, counter}: MessageHeader,
	open: (messageKey: Uint8Array) => T | undefined,
	missed: () => readonly SkippedKey[] = () => [],
): Opened<T> {
	if (counter - chain.next > mostSkipped) {
		return refused('too-far');
	}

	const {keys, chain: there} = passOver(chain, ratchetKey, counter);
	const messageKey = messageKeyOf(there.chainKey);
	const value = open(messageKey);
	wipe(messageKey);
	if (value === undefined) {
		wipe(...keys.map(key => key.messageKey));
		return refused('bad-mac');
	}

	return {
		ok: true,
		value,
		isLate: false,
		passesHeartbeat: counter >= heartbeatCounter && chain.next <= heartbeatCounter,
		state: {
			...state,
			receiving: {chainKey: nextChainKey(there.chainKey), next: counter + 1},
			skipped: [...state.skipped, ...missed(), ...keys].slice(-mostSkipped),
		},
	};
}

/** The first message of a chain with this counter or a higher one wants an answer (XEP-0384 §Business Rules). */
const heartbeatCounter = 53;

function passOver(
	chain: Chain,
	ratchetKey: Uint8Array,
	counter: number,
): {readonly keys: readonly SkippedKey[]; readonly chain: Chain} {
	const keys: SkippedKey[] = [];
	let {chainKey} = chain;
	for (let passed = chain.next; passed < counter; passed += 1) {
		keys.push({ratchetKey, counter: passed, messageKey: messageKeyOf(chainKey)});
		chainKey = nextChainKey(chainKey);
	}

	return {keys, chain: {chainKey, next: counter}};
}

function refused<T>(reason: RefusedMessage): Opened<T> {
	return {ok: false, reason};
}
