import type {Relation} from '../../extensions/ports.js';
import type {OutgoingState} from '../../model/message.js';
import {bareOf} from '../../shared/jid.js';
import type {Stage} from '../passage.js';

/** What each kind of relation makes of an own message. */
const outcomes: {readonly [Kind in Relation['kind']]: OutgoingState} = {
	receipt: 'delivered',
	displayed: 'displayed',
	bounce: 'failed',
};

/** A marker says something about no more messages before its own than this. */
const mostDisplayed = 200;

/**
 * Applies what a message says about others. Receipts and bounces count only from the bare JID the target was addressed to:
 * looking for the target in the conversation with the sender is that check. An unknown target is ignored. An error goes no
 * further: it is never a message.
 */
export const relate: Stage = (passage, {storage, outbox, bounced, goesAgain}) => {
	const {content, place} = passage;
	if (content === undefined || place === undefined) {
		return undefined;
	}

	for (const relation of content.relations) {
		const target = storage.messages.outgoingById(place.buffer, relation.target);
		// What the account's other resources say was received is about messages of the peer, not of ours.
		if (target === undefined || bareOf(content.from) !== place.peer) {
			continue;
		}

		// Of many who hear it, one says nothing of the others: who has read it is kept by itself (`client/readers.ts`).
		if (place.kind === 'room' && relation.kind !== 'bounce') {
			continue;
		}

		if (relation.kind === 'bounce' && place.kind === 'room' && goesAgain?.(target, relation.problem) === true) {
			outbox.settle(target, 'queued');
			continue;
		}

		if (relation.kind === 'bounce') {
			bounced?.(target, relation.problem);
		}

		if (relation.kind === 'displayed') {
			for (const before of storage.messages.unreadByPeer(place.buffer, target.key - 1, mostDisplayed)) {
				outbox.settle(before, 'displayed');
			}
		}

		outbox.settle(
			target,
			outcomes[relation.kind],
			relation.kind === 'bounce' ? {failure: relation.problem.message, problem: relation.problem} : {},
		);
	}

	return content.kind === 'error' ? undefined : passage;
};
