import {createElement, type Element} from './element.js';

/** XEP-0198. */
export const streamManagementNamespace = 'urn:xmpp:sm:3';

/** Counters are 32 bits wide and wrap (XEP-0198 §4). */
const modulus = 2 ** 32;

/** A stanza of ours, kept until the server says that it has it. */
export type SentStanza = {
	/** As it was written. */
	readonly text: string;
	/** When it was handed over, wall-clock milliseconds. */
	readonly at: number;
	/** Runs when the server has it. */
	readonly onAcked: () => void;
};

/** What a stream's counters are told, and what they answer. No I/O. */
export type StreamManagement = {
	/** A stanza was written, or is to be written on a stream that resumes this one. */
	sent(stanza: SentStanza): void;
	/** Stanzas of the server were dealt with for good. */
	handled(count: number): void;
	/** `<a/>` for what was handled so far. */
	answer(): Element;
	/**
	 * Takes the server's `h`. `too-high`: it has more than was sent, `malformed`: it is no number; both end the stream.
	 */
	acknowledged(h: string | undefined): 'ok' | 'too-high' | 'malformed';
	/** Stanzas that are not acknowledged, oldest first. */
	readonly unacknowledged: readonly SentStanza[];
	/** Stanzas written so far, mod 2^32. */
	readonly sendCount: number;
	/** Stanzas handled so far, mod 2^32. */
	readonly inbound: number;
	/** Stanzas acknowledged so far, mod 2^32. */
	readonly outbound: number;
};

/**
 * Counts from the moment `<enable/>` is sent (outbound) and `<enabled/>` came (inbound). The start values are for
 * taking over the counters of an earlier stream.
 */
export function createStreamManagement(start: {inbound?: number; outbound?: number} = {}): StreamManagement {
	let inbound = start.inbound ?? 0;
	let outbound = start.outbound ?? 0;
	let waiting: SentStanza[] = [];

	return {
		sent(stanza) {
			waiting.push(stanza);
		},
		handled(count) {
			inbound = (inbound + count) % modulus;
		},
		answer: () => createElement('a', {xmlns: streamManagementNamespace, h: inbound}),
		acknowledged(text) {
			const h = text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
			if (!(h < modulus)) {
				return 'malformed';
			}

			const count = (h - outbound + modulus) % modulus;
			if (count > waiting.length) {
				return 'too-high';
			}

			const acked = waiting.slice(0, count);
			waiting = waiting.slice(count);
			outbound = h;
			for (const {onAcked} of acked) {
				onAcked();
			}

			return 'ok';
		},
		get unacknowledged() {
			return waiting;
		},
		get sendCount() {
			return (outbound + waiting.length) % modulus;
		},
		get inbound() {
			return inbound;
		},
		get outbound() {
			return outbound;
		},
	};
}

/** Asks for counting (§3), and where `resumable` for the session to be kept when the connection breaks (§5). */
export function enableRequest(resumable: boolean): Element {
	return createElement('enable', {xmlns: streamManagementNamespace, ...(resumable ? {resume: 'true'} : {})});
}

/** The stream error for an `h` that is too high (XEP-0198 §4, "handled-count-too-high"). */
export function handledCountTooHigh(h: string, sent: number): Element {
	return createElement('handled-count-too-high', {xmlns: streamManagementNamespace, h, 'send-count': sent});
}
