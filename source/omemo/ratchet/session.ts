/**
 * What two devices have with each other in one profile: the session in use and those before it. Every function takes a
 * session and gives another one beside its result; whoever calls stores it together with what it did with the result.
 * Failures are data, and then the session is as it was.
 */
import type {RatchetState} from './double-ratchet.js';
import type {Exchange} from './message-format.js';
import type {Identities, Profile, ProfileName} from './profile.js';

export type SessionState = {
	readonly ratchet: RatchetState;
	/** The peer's identity key, a u-coordinate. */
	readonly identity: Uint8Array;
	readonly identities: Identities;
	readonly isInitiator: boolean;
	/** Something came back: until then the initiator sends the exchange with each message. */
	readonly isAnswered: boolean;
	readonly exchange: Exchange & {readonly preKeyId: number};
};

export type Session = {
	readonly profile: ProfileName;
	/** The one in use first, then those before it, which late messages may still need. */
	readonly states: readonly [SessionState, ...SessionState[]];
};

/** Sessions with a device that are kept beside the one in use. */
export const mostArchived = 40;

/** The session with a state that takes the place of the one in use. */
export function withState(profile: Profile, state: SessionState, session: Session | undefined): Session {
	return {profile: profile.name, states: [state, ...(session?.states ?? []).slice(0, mostArchived)]};
}

/** The peer's identity key, a u-coordinate: what trust is about and fingerprints show, in both profiles. */
export function identityOf(session: Session): Uint8Array {
	return session.states[0].identity;
}

/** How many messages went out since the peer last answered: with too many of them nobody seems to read there. */
export function unansweredCount({states: [{ratchet}]}: Session): number {
	return ratchet.sending?.next ?? 0;
}
