/** Encrypts key material for one device (XEP-0384 §Double Ratchet). */
import {wipe} from './bytes.js';
import {sendStep} from './double-ratchet.js';
import {sealMessage} from './message-cipher.js';
import {profiles} from './profile.js';
import type {Random} from './random.js';
import type {Session} from './session.js';

/** A message for the peer. `isKeyExchange` becomes the flag of its `<key/>`. */
export type Encrypted = {readonly session: Session; readonly message: Uint8Array; readonly isKeyExchange: boolean};

/** Encrypts key material of up to some hundred bytes, in the session in use. */
export function encrypt(session: Session, plaintext: Uint8Array, random: Random): Encrypted {
	const profile = profiles[session.profile];
	const [state, ...archived] = session.states;
	const step = sendStep(profile, state.ratchet, random);
	if (step === undefined) {
		// Neither startSession nor decrypt gives a session without a ratchet key of the peer.
		throw new Error('this session has nobody to send to');
	}

	const {identities, isInitiator, exchange} = state;
	const associatedData = profile.associatedData(identities, {isSent: true, isInitiator});
	const message = sealMessage(profile, step.messageKey, step.header, plaintext, associatedData);
	wipe(step.messageKey);
	const isKeyExchange = isInitiator && !state.isAnswered;
	return {
		session: {...session, states: [{...state, ratchet: step.state}, ...archived]},
		message: isKeyExchange ? profile.format.writeExchange(exchange, identities.own, message) : message,
		isKeyExchange,
	};
}
