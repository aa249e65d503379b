import type {BufferId} from '../model/buffer.js';
import type {Message} from '../model/message.js';
import type {Clock} from '../shared/clock.js';
import type {BareJid} from '../shared/jid.js';
import {createRateLimit} from '../shared/rate-limit.js';
import {printable} from '../shared/text.js';
import type {Storage} from '../storage/ports.js';
import type {Journal} from './journal.js';
import type {Requests} from './requests.js';

/** Strangers who begin to wait within a window, at most. */
const mostPerWindow = 20;
const window = 60_000;
/** Strangers who wait at a time, at most; the person makes room by answering some. */
const mostWaiting = 100;
/** Conversations of which it is remembered that nothing was ever written there. */
const mostRemembered = 1000;

export type StrangerPorts = {
	readonly account: BareJid;
	readonly storage: Pick<Storage, 'buffers' | 'messages' | 'requests'>;
	readonly requests: Pick<Requests, 'said'>;
	readonly journal: Journal;
	readonly clock: Clock;
};

/** What becomes of a message: it opens its buffer, waits as a request, or is only recorded. */
export type Admission = 'buffer' | 'request' | 'nothing';

/** Where those come by whom the person knows nothing of. To be asked in a transaction. */
export type StrangerGate = {
	/** Of a message by somebody who is no contact, in a conversation that is not open. */
	admit(buffer: BufferId, stranger: BareJid): Admission;
	/** It was to wait as a request, and is on record. */
	said(message: Message): void;
};

/**
 * Tells whom the person has had to do with from those who are strangers, and keeps a flood of addresses that nobody knows
 * (they cost nothing) from filling the list of requests. What they write is recorded all the same: it is there when the person
 * opens the buffer, and waits when its author writes again in quieter times.
 */
export function createStrangerGate({account, storage, requests, journal, clock}: StrangerPorts): StrangerGate {
	const isWithinRate = createRateLimit(clock, {most: mostPerWindow, window});
	const isNews = createRateLimit(clock, {most: 1, window});
	/** Looking for what was written in a long conversation takes its time: whoever floods one costs it once. */
	const unanswered = new Set<BufferId>();

	const isAcquainted = (buffer: BufferId) => {
		if (storage.buffers.arrangementOf(buffer) !== undefined) {
			return true;
		}

		if (unanswered.has(buffer)) {
			return false;
		}

		if (storage.messages.hasWritten(buffer)) {
			return true;
		}

		if (unanswered.size >= mostRemembered) {
			unanswered.clear();
		}

		// What is written there from now on opens it.
		unanswered.add(buffer);
		return false;
	};

	return {
		admit(buffer, stranger) {
			if (storage.requests.has(buffer)) {
				return 'request';
			}

			if (isAcquainted(buffer)) {
				return 'buffer';
			}

			if (isWithinRate() === 'allowed' && storage.requests.count(account) < mostWaiting) {
				return 'request';
			}

			if (isNews() === 'allowed') {
				const name = printable(stranger, 'identifier');
				journal.emit({
					type: 'notice',
					level: 'warning',
					text: `Many strangers write to ${account}. What ${name} and others wrote is kept, but does not wait in the requests.`,
					hint: `/query ${name} shows it.`,
					account,
					at: clock.now(),
				});
			}

			return 'nothing';
		},
		said: requests.said,
	};
}
