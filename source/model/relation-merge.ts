/**
 * What each kind of relation makes of its target: a table of rules. They are told in the order of the archive, and come to
 * the same result in whatever order they were heard.
 */
import type {Attachment} from './attachment.js';
import {type Afterwards, mostReactors, type Reaction, type Relation, type RelationKind} from './relation.js';

/** Something that was said about a message. */
export type Said<Of extends Relation = Relation> = {
	readonly relation: Of;
	/** The key of the message that says it. */
	readonly key: number;
	/** Milliseconds since the epoch. */
	readonly at: number;
	/** The text of the message that says it. */
	readonly body: string;
	/** The files that come with it. */
	readonly attachments?: readonly Attachment[];
	/** As of {@link Reaction}. */
	readonly speaker: string;
	readonly by: string;
	readonly own?: true;
	readonly unprotected?: true;
};

/** A message as far as others can change it. */
export type Changeable = Afterwards & {
	readonly body: string;
	/** Absent: those that it came with. */
	readonly attachments?: readonly Attachment[];
};

type Rule<Kind extends RelationKind> = (before: Changeable, said: Said<Extract<Relation, {kind: Kind}>>) => Changeable;

const rules: {readonly [Kind in RelationKind]: Rule<Kind>} = {
	// A new text is a new caption: the files stay, unless it brings others.
	correction: (before, {body, at, attachments}) => ({
		...before,
		body,
		...(attachments === undefined ? {} : {attachments}),
		edited: {times: (before.edited?.times ?? 0) + 1, at},
	}),
	retraction: (before, {relation: {reason}, at, unprotected}) =>
		// What a moderator did stands above what its author does about it.
		before.retracted === undefined
			? {
					...before,
					retracted: {
						by: 'author',
						at,
						...(reason === undefined ? {} : {reason}),
						...(unprotected === undefined ? {} : {unprotected}),
					},
				}
			: before,
	moderation: (before, {relation: {moderator, reason}, at}) => ({
		...before,
		retracted: {
			by: 'moderator',
			at,
			...(moderator === undefined ? {} : {moderator}),
			...(reason === undefined ? {} : {reason}),
		},
	}),
	reactions: (before, said) => {
		const reactions = withReaction(before.reactions ?? [], said);
		const {reactions: _, ...rest} = before;
		return reactions.length === 0 ? rest : {...rest, reactions};
	},
};

/** A message with what was said about it, which is newer than all that is in `before`. */
export function merged(before: Changeable, said: Said): Changeable {
	const rule = rules[said.relation.kind] as Rule<RelationKind>;
	return rule(before, said as Parameters<typeof rule>[1]);
}

/** The newest set of each person counts; an empty one takes theirs away (XEP-0444 §4). */
function withReaction(
	reactions: readonly Reaction[],
	{speaker, by, own, unprotected, key, relation: {emoji}}: Said<Extract<Relation, {kind: 'reactions'}>>,
): readonly Reaction[] {
	const index = reactions.findIndex(reaction => reaction.speaker === speaker);
	if (emoji.length === 0) {
		return index < 0 ? reactions : reactions.toSpliced(index, 1);
	}

	const reaction: Reaction = {
		by,
		speaker,
		...(own === undefined ? {} : {own}),
		emoji,
		said: key,
		...(unprotected === undefined ? {} : {unprotected}),
	};
	if (index >= 0) {
		return reactions.with(index, reaction);
	}

	return reactions.length >= mostReactors ? reactions : [...reactions, reaction];
}
