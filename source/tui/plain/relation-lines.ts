/** What is said about messages, for those who read line by line. */
import type {Message, MessageChange} from '../../model/message.js';
import type {Reaction} from '../../model/relation.js';
import {bufferOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {type Answered, answeredWords} from '../panes/answered.js';
import {authorName, reactorName, reactorsOf} from '../panes/authors.js';
import {emojiText, reactionItems} from '../panes/message-relations.js';
import {inClear} from '../panes/message-words.js';

/** What became of a message by what somebody said about it. */
export type Aftermath =
	| {readonly kind: 'edited'}
	| {readonly kind: 'retracted'}
	/** `emoji`: what they think now; none: nothing any more. */
	| {
			readonly kind: 'reacted';
			readonly by: string;
			readonly own: boolean;
			readonly emoji: readonly string[];
			readonly unprotected: boolean;
	  };

/** What a message answers. */
export function answeredIn(state: State, {reply, buffer}: Message): Answered | undefined {
	return reply === undefined
		? undefined
		: answeredWords(reply, bufferOf(state, buffer)?.entries ?? [], message => authorName(state, message));
}

/** `👍 3  ❤ 1`; nothing where nobody reacted. */
export function reactionText({reactions}: Message): string {
	return reactionItems(reactions)
		.map(({text}) => text)
		.join('  ');
}

/** `👍 by romeo and you` */
export function spokenReactions(state: State, message: Message): string {
	return reactorsOf(state, message)
		.map(
			({emoji, names}) => `${emojiText(emoji)} by ${names.length > 4 ? `${names.length} people` : names.join(' and ')}`,
		)
		.join(', ');
}

/** What is new of a message after a change; nothing where that tells of no more than how it went out. */
export function aftermathOf(change: MessageChange, before: readonly Reaction[] | undefined): Aftermath | undefined {
	if (change.retracted !== undefined) {
		return {kind: 'retracted'};
	}

	if (change.edited !== undefined && change.body !== undefined) {
		return {kind: 'edited'};
	}

	return change.reactions === undefined ? undefined : reactionSince(change.reactions, before);
}

/** Whoever reacted last. Of what was there before it may not be known: then the newest is told. */
function reactionSince(now: readonly Reaction[], before: readonly Reaction[] | undefined): Aftermath | undefined {
	const saidBefore = new Map(before?.map(({speaker, said}) => [speaker, said]));
	const fresh = now
		.filter(({speaker, said}) => saidBefore.get(speaker) !== said)
		.sort((one, other) => other.said - one.said)[0];
	const gone = before?.find(({speaker}) => now.every(each => each.speaker !== speaker));
	const who = fresh ?? gone;
	return who === undefined
		? undefined
		: {
				kind: 'reacted',
				by: who.by,
				own: who.own === true,
				emoji: fresh?.emoji ?? [],
				unprotected: fresh?.unprotected === true,
			};
}

/** The same as a sentence without its full stop. `which`: the words that tell which message it is. */
export function aftermathText(
	state: State,
	message: Message,
	what: Exclude<Aftermath, {kind: 'retracted'}>,
	which: string,
): string {
	if (what.kind === 'edited') {
		const who = message.direction === 'outgoing' ? 'You' : authorName(state, message);
		return `${who} changed a message, it says now: ${which}`;
	}

	const who = what.own ? 'You' : reactorName(state, message, what.by);
	const doubt = what.unprotected ? ` (${inClear})` : '';
	return what.emoji.length === 0
		? `${who} took ${what.own ? 'your' : 'their'} reaction back: “${which}”`
		: `${who} reacted ${what.emoji.map(each => emojiText(each)).join(' ')} to “${which}”${doubt}`;
}
