import {XmppcError} from '../shared/errors.js';
import {type Acknowledgement, acknowledgementByCount, acknowledgementByPing} from './acknowledgement.js';
import {type Element, nameOf, namespaceOf} from './element.js';
import type {ResumptionFault} from './resumable-sessions.js';
import {type Resumption, readEnabled} from './resumption.js';
import {serialize} from './serialize.js';
import {createStreamManagement, handledCountTooHigh, streamManagementNamespace} from './stream-management.js';

/**
 * The server is told at the latest after so many stanzas what was dealt with, asked or not. Its question waits behind what
 * it sent before; in a flood that is thousands, and ejabberd drops whoever leaves five thousand unacknowledged.
 */
const mostUntold = 400;

export type SessionAcknowledgementParts = {
	/** The server's. */
	readonly domain: string;
	/** `<enable/>` went out together with the binding. */
	readonly enableSent: boolean;
	/** The session was asked to be kept when the connection breaks (XEP-0198 §5). */
	readonly resumable: boolean;
	/** Puts the question for what is not acknowledged behind what leaves next. */
	readonly ask: () => void;
	/** Writes `<a/>`. */
	readonly answer: () => void;
	/** Whether the session has a stream at the moment; what is written without one is lost. */
	readonly hasStream: () => boolean;
	/** Runs `run` when all that came so far was handled, and nothing that comes later. */
	readonly afterHandling: (run: () => void) => void;
	/** The server acknowledges what was never sent: its stream is to end. */
	readonly onFault: (fault: ResumptionFault) => void;
};

/** What acknowledges the stanzas of a session, both ways, over all of its streams: XEP-0198 where the server takes it, else pings. */
export type SessionAcknowledgement = {
	/** How our stanzas are acknowledged at the moment. */
	readonly inUse: Acknowledgement;
	/** Whether the server counts our stanzas, or was asked to. */
	readonly isCounted: boolean;
	/** Whether the server's stanzas are counted. */
	readonly isCounting: boolean;
	/** How many of the server's stanzas were handled, mod 2^32. */
	readonly inbound: number;
	/** What `<enabled/>` gave for going on with the session. */
	readonly resumption: Resumption | undefined;
	/** The session is not to be gone on with. */
	renounce(): void;
	/** Where the session is to be gone on with. */
	resumeAt(location: string): void;
	/** `<a/>` as it is true at the moment. */
	answer(): Element;
	/** Stanzas of the server were dealt with for good. */
	handled(count: number): void;
	/** Takes the `h` of `<resumed/>` or `<failed/>`; what is wrong with it, if anything. */
	acknowledged(h: string | undefined): ResumptionFault | undefined;
	/** Takes an element that acknowledges stanzas; `false`: it is none. */
	take(element: Element): boolean;
	/** Takes the server's question, and its answer to `<enable/>`; `false`: it is neither, or not expected. */
	takeNonza(element: Element): boolean;
};

/** For the first stream of a session, from its binding on. */
export function createSessionAcknowledgement(parts: SessionAcknowledgementParts): SessionAcknowledgement {
	const {domain, enableSent} = parts;
	const sm = createStreamManagement();
	let inUse = enableSent ? acknowledgementByCount(sm) : acknowledgementByPing(domain);
	let enabling: 'asked' | 'enabled' | 'off' = enableSent ? 'asked' : 'off';
	let isCounting = false;
	let granted: Resumption | undefined;
	let handledUntold = 0;

	const answer = () => {
		handledUntold = 0;
		parts.answer();
	};

	const acknowledgesTooMuch = (h: string, outcome: 'too-high' | 'malformed'): ResumptionFault => ({
		error: new XmppcError({
			code: 'malformed-stream',
			kind: 'protocol',
			message: `${domain} acknowledges what was never sent.`,
			hint: 'Try again later; if it stays, tell the operator of the server.',
		}),
		application: outcome === 'too-high' ? serialize(handledCountTooHigh(h, sm.sendCount)) : '',
	});

	return {
		get inUse() {
			return inUse;
		},
		get isCounted() {
			return enabling !== 'off';
		},
		get isCounting() {
			return isCounting;
		},
		get inbound() {
			return sm.inbound;
		},
		get resumption() {
			return granted;
		},
		renounce() {
			granted = undefined;
		},
		resumeAt(location) {
			granted = granted && {...granted, location};
		},
		answer: () => sm.answer(),
		handled(count) {
			if (isCounting) {
				sm.handled(count);
				handledUntold += count;
				if (handledUntold >= mostUntold && parts.hasStream()) {
					answer();
				}
			}
		},
		acknowledged(h) {
			const outcome = sm.acknowledged(h);
			return outcome === 'ok' ? undefined : acknowledgesTooMuch(h ?? '', outcome);
		},
		take(element) {
			const outcome = inUse.take(element);
			if (outcome === 'too-high' || outcome === 'malformed') {
				parts.onFault(acknowledgesTooMuch(element.attrs.h ?? '', outcome));
			}

			if (outcome === 'taken' && inUse.unacknowledged.length > 0 && enabling === 'off') {
				parts.ask();
			}

			return outcome !== 'not-mine';
		},
		takeNonza(element) {
			const name = namespaceOf(element) === streamManagementNamespace ? nameOf(element) : '';
			if (name === 'r' && enabling === 'enabled') {
				parts.afterHandling(answer);
			} else if (name === 'enabled' && enabling === 'asked') {
				enabling = 'enabled';
				granted = parts.resumable ? readEnabled(element) : undefined;
				// Stanzas before `<enabled/>` are not counted by the server, so not by us (XEP-0198 §4).
				parts.afterHandling(() => {
					isCounting = true;
				});
			} else if (name === 'failed' && enabling === 'asked') {
				enabling = 'off';
				inUse = acknowledgementByPing(domain, inUse.unacknowledged);
				parts.ask();
			} else {
				return false;
			}

			return true;
		},
	};
}
