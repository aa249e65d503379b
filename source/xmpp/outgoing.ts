import type {Clock} from '../shared/clock.js';
import {type Problem, XmppcError} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import type {Acknowledgement} from './acknowledgement.js';
import {createBurst} from './burst.js';
import type {Element} from './element.js';
import {textToResend} from './resumption.js';
import {serialize} from './serialize.js';

/** With this many stanzas unacknowledged the server is asked, whether anybody waits for it or not. */
const askAfter = 10;

export type OutgoingParts = {
	readonly clock: Pick<Clock, 'now'>;
	readonly account: BareJid;
	/** Writes elements to the stream of the moment; where it is over, nothing happens. Empty texts are none. */
	readonly transmit: (elements: readonly string[]) => void;
	/** How stanzas are acknowledged at the moment. */
	readonly acknowledgement: () => Acknowledgement;
	/** Whether the server counts, so that a question costs next to nothing. */
	readonly isCounted: () => boolean;
	/** `<a/>` as it is true at the moment. */
	readonly answer: () => Element;
	/** A question goes out. */
	readonly onAsked: () => void;
};

/** What a session writes: stanzas in bursts, what waits for their acknowledgement, and the questions for it. */
export type Outgoing = {
	send(stanza: Element, onAcked?: () => void): void;
	/** Counts a stanza that was written before the session began. */
	adopt(stanza: Element, onAcked?: () => void): void;
	/** Resolves when all that was sent so far is acknowledged. */
	flush(): Promise<void>;
	/** Puts the question for what is not acknowledged behind what leaves next. */
	ask(): void;
	/** Asks now, whether something waits or not. */
	probe(): void;
	/** Answers the server's question. */
	answer(): void;
	/** Writes now what would be written at the end of this turn. */
	write(): void;
	/** From now on stanzas are kept, and nothing is written. */
	hold(): void;
	/** Writes all that is not acknowledged, in its order, then goes on as before. */
	resend(): void;
	/** Nothing more will be acknowledged. */
	abandon(problem: Problem): void;
	readonly sent: number;
	readonly acked: number;
};

/** The outgoing side of a session on its first stream. */
export function createOutgoing(parts: OutgoingParts): Outgoing {
	let sent = 0;
	let acked = 0;
	let isHeld = false;
	let flushes: ReadonlyArray<{upTo: number; resolve: () => void; reject: (error: unknown) => void}> = [];

	const questionText = (isProbe: boolean) => {
		const question = parts.acknowledgement().question(isProbe);
		if (!question) {
			return '';
		}

		parts.onAsked();
		return serialize(question);
	};

	const burst = createBurst({
		transmit: parts.transmit,
		question: () => questionText(false),
		answer: () => serialize(parts.answer()),
	});

	const onAckedOne = (onAcked: (() => void) | undefined) => () => {
		acked++;
		onAcked?.();
		const done = flushes.filter(flush => flush.upTo <= acked);
		flushes = flushes.filter(flush => flush.upTo > acked);
		for (const flush of done) {
			flush.resolve();
		}
	};

	const count = (stanza: Element, onAcked?: () => void): string => {
		const text = serialize(stanza);
		sent++;
		parts.acknowledgement().sent({text, at: parts.clock.now(), onAcked: onAckedOne(onAcked)});
		return text;
	};

	return {
		adopt(stanza, onAcked) {
			count(stanza, onAcked);
		},
		send(stanza, onAcked) {
			const text = count(stanza, onAcked);
			if (isHeld) {
				return;
			}

			burst.add(text);
			if (onAcked || (parts.isCounted() && sent - acked >= askAfter)) {
				burst.ask();
			}
		},
		flush() {
			if (sent === acked) {
				return Promise.resolve();
			}

			if (!isHeld) {
				burst.ask();
			}

			return new Promise((resolve, reject) => {
				flushes = [...flushes, {upTo: sent, resolve, reject}];
			});
		},
		ask: () => burst.ask(),
		probe() {
			parts.transmit([questionText(true)]);
		},
		answer: () => burst.answer(),
		write: () => burst.write(),
		hold() {
			// What lies in the burst is kept as unacknowledged, and would be written twice later on.
			burst.write();
			isHeld = true;
		},
		resend() {
			isHeld = false;
			const stanzas = parts.acknowledgement().unacknowledged.map(stanza => textToResend(stanza, parts.account));
			parts.transmit([...stanzas, stanzas.length > 0 ? questionText(false) : '']);
		},
		abandon(problem) {
			const waiting = flushes;
			flushes = [];
			for (const flush of waiting) {
				flush.reject(new XmppcError(problem));
			}
		},
		get sent() {
			return sent;
		},
		get acked() {
			return acked;
		},
	};
}
