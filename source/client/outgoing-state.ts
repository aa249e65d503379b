import type {OutgoingState} from '../model/message.js';

/**
 * From which states an outgoing message may come to each. Facts arrive out of order: a receipt may overtake the
 * server's acknowledgement, an error may come before or after it. What says more about the recipient wins.
 */
const reachableFrom: Readonly<Record<OutgoingState, readonly OutgoingState[]>> = {
	// A room that does not know us says so: it has to be entered first.
	queued: ['written', 'uncertain', 'acked'],
	sealed: ['queued'],
	// What the archive turned out not to have is written again.
	written: ['queued', 'sealed', 'uncertain'],
	// What a room has not said yet may have been lost behind our server.
	uncertain: ['written', 'acked'],
	acked: ['queued', 'sealed', 'written', 'uncertain'],
	// An ack says that our server has it; a bounce that came first already said what became of it.
	failed: ['queued', 'sealed', 'written', 'uncertain', 'acked'],
	// One resource may refuse what another one received.
	delivered: ['queued', 'sealed', 'written', 'uncertain', 'acked', 'failed'],
	displayed: ['queued', 'sealed', 'written', 'uncertain', 'acked', 'failed', 'delivered'],
};

/** Whether a message in state `from` becomes `to` when told so. */
export function mayBecome(from: OutgoingState, to: OutgoingState): boolean {
	return reachableFrom[to].includes(from);
}
