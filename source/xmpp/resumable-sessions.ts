import type {Problem, XmppcError} from '../shared/errors.js';
import type {Element} from './element.js';
import type {Resumption} from './resumption.js';
import type {Session} from './session.js';
import type {Stream} from './stream.js';

/** What the server said was wrong: ends its stream, with the specific condition as XML. */
export type ResumptionFault = {readonly error: XmppcError; readonly application: string};

/** A session, and what its maker does with it beyond what everybody may. */
export type BoundSession = {
	readonly session: Session;
	/** The end of its stream as the stream reports it. */
	readonly onFailure: (problem: Problem) => void;
	/** What it takes to go on with it, while it is interrupted. */
	readonly resumption: Resumption | undefined;
	/** How many of the server's stanzas were handled, mod 2^32. */
	readonly handled: number;
	/** Takes `<resumed/>`: what it acknowledges is acknowledged. Where it is not in order, the session is over. */
	accept(resumed: Element): ResumptionFault | undefined;
	/** Goes on over a stream that was accepted: what is not acknowledged is written again first. */
	continueOn(stream: Stream, mechanism: string): void;
	/** The server has it no more. `h`: how many of our stanzas it had, where it knows. */
	abandon(h?: string): void;
};

/** The makers' side of sessions, for those who hold a session only. */
const boundSessions = new WeakMap<Session, BoundSession>();

/** Makes a session findable for {@link boundSessionOf}. */
export function keepBoundSession(bound: BoundSession): void {
	boundSessions.set(bound.session, bound);
}

/** The makers' side of a session; `undefined` where it is not one of ours. */
export function boundSessionOf(session: Session | undefined): BoundSession | undefined {
	return session && boundSessions.get(session);
}
