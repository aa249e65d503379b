import type {Relation} from '../../extensions/ports.js';
import type {OutgoingState} from '../../model/message.js';
import type {Relating} from '../../model/relation.js';
import {bareOf} from '../../shared/jid.js';
import type {Stage} from '../passage.js';
import {aboutAnother} from './about-another.js';

/** What tells of what became of an own message. */
type Outcome = Exclude<Relation, Relating>;

/** What each of them makes of it. */
const outcomes: {readonly [Kind in Outcome['kind']]: OutgoingState} = {
	receipt: 'delivered',
	displayed: 'displayed',
	bounce: 'failed',
};

/** A marker says something about no more messages before its own than this. */
const mostDisplayed = 200;

/**
 * Applies what a message says about what became of others, and finds out which message it is about itself. Receipts and bounces count only from the bare JID the target was addressed to:
 * looking for the target in the conversation with the sender is that check. An unknown target is ignored. An error goes no
 * further: it is never a message.
 */
export const relate: Stage = (passage, context) => {
	const {storage, outbox, bounced, goesAgain} = context;
	const {content, place} = passage;
	if (content === undefined || place === undefined) {
		return undefined;
	}

	for (const relation of content.relations) {
		if (!isOutcome(relation)) {
			continue;
		}

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

	return content.kind === 'error' ? undefined : aboutAnother(passage, content, place, context);
};

function isOutcome(relation: Relation): relation is Outcome {
	return relation.kind in outcomes;
}
