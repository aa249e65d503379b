import {createElement, type Element} from './element.js';

/** XEP-0198. */
export const streamManagementNamespace = 'urn:xmpp:sm:3';

/** Counters are 32 bits wide and wrap (XEP-0198 §4). */
const modulus = 2 ** 32;

/** What a stream's counters are told, and what they answer. No I/O. */
export type StreamManagement = {
	/** A stanza was written. `onAcked` runs when the server says that it has it. */
	sent(onAcked?: () => void): void;
	/** Stanzas of the server were dealt with for good. */
	handled(count: number): void;
	/** `<a/>` for what was handled so far. */
	answer(): Element;
	/**
	 * Takes the server's `h`. `too-high`: it has more than was sent, `malformed`: it is no number; both end the stream.
	 */
	acknowledged(h: string | undefined): 'ok' | 'too-high' | 'malformed';
	/** Stanzas written and not acknowledged, oldest first, each with what waits for it. */
	readonly unacknowledged: ReadonlyArray<(() => void) | undefined>;
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
	let waiting: Array<(() => void) | undefined> = [];

	return {
		sent(onAcked) {
			waiting.push(onAcked);
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
			for (const onAcked of acked) {
				onAcked?.();
			}

			return 'ok';
		},
		get unacknowledged() {
			return waiting;
		},
		get inbound() {
			return inbound;
		},
		get outbound() {
			return outbound;
		},
	};
}

/** The stream error for an `h` that is too high (XEP-0198 §4, "handled-count-too-high"). */
export function handledCountTooHigh(h: string, sent: number): Element {
	return createElement('handled-count-too-high', {xmlns: streamManagementNamespace, h, 'send-count': sent});
}
