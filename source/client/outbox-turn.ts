import type {BufferId} from '../model/buffer.js';
import type {Message} from '../model/message.js';
import type {OutboxRow} from '../storage/ports.js';
import {aloneFrom, quarantineFrom} from './suspicion.js';

/** A row of the outbox with the message it belongs to. */
export type Waiting = {readonly row: OutboxRow; readonly message: Message};

/** What is known of where messages go. */
export type Evidence = {
	/** The archive would have this uncertain one, and has not. */
	readonly lost: (message: Message) => boolean;
	/** The archive is being read, and will tell. */
	readonly undecided: (message: Message) => boolean;
	/** It is for a room that we are not in: there it would only be refused. */
	readonly isOutside: (message: Message) => boolean;
	/** It is for a room in which nothing may be said yet (XEP-0500). */
	readonly isEarly: (message: Message) => boolean;
	/** It is about to be written: whether the next one to the same room has to wait for it. */
	readonly takesTurn: (message: Message) => boolean;
};

export const noEvidence: Evidence = {
	lost: () => false,
	undecided: () => false,
	isOutside: () => false,
	isEarly: () => false,
	takesTurn: () => false,
};

/** Whether a row that has to be encrypted can be now. Asked only of those whose turn it is. */
export type CanSeal = (waiting: Waiting) => boolean;

/** What is to be done with an outbox now. */
export type Turn = {
	/** May be written, in this order. */
	readonly write: readonly Waiting[];
	/** The server ends connections for them. */
	readonly quarantine: readonly Waiting[];
	/** Conversations in which an earlier message may have to be written again first, or nothing may be said yet. */
	readonly blocked: ReadonlySet<BufferId>;
	/** Everything else waits until what is under way is acknowledged. */
	readonly isHeldUp: boolean;
};

/**
 * Which of the rows that are not settled may be written, and which have to wait.
 * @param rows in sending order, those that are under way included
 */
export function turnOf(
	rows: readonly Waiting[],
	{lost, undecided, isOutside, isEarly, takesTurn}: Evidence,
	canSeal: CanSeal,
): Turn {
	const write: Waiting[] = [];
	const quarantine: Waiting[] = [];
	const blocked = new Set<BufferId>();
	/** Conversations that have had their turn: the next message there waits for this one. */
	const spent = new Set<BufferId>();
	const underWay = rows.filter(({message}) => message.state === 'written');
	let isHeldUp = underWay.some(({row}) => row.suspicion >= aloneFrom);
	for (const waiting of rows) {
		const {row, message} = waiting;
		const {buffer, state} = message;
		if (state === 'uncertain' && !lost(message)) {
			if (undecided(message)) {
				blocked.add(buffer);
			}
		} else if (state !== 'written' && (isOutside(message) || isEarly(message))) {
			blocked.add(buffer);
		} else if (state === 'written' || blocked.has(buffer) || spent.has(buffer)) {
			// It has had its turn, or that of another one comes first.
		} else if (row.suspicion >= quarantineFrom) {
			quarantine.push(waiting);
		} else if (row.seal !== undefined && !canSeal(waiting)) {
			blocked.add(buffer);
		} else if (!isHeldUp) {
			// A suspect goes alone: what ends the connection then can only be this one.
			isHeldUp = row.suspicion >= aloneFrom;
			if (!isHeldUp || underWay.length + write.length === 0) {
				write.push(waiting);
				if (takesTurn(message)) {
					spent.add(buffer);
				}
			}
		}
	}

	return {write, quarantine, blocked, isHeldUp};
}
