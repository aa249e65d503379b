/**
 * What messages say about other messages, and what that makes of those (`ARCHITECTURE.md`, Relations). A message that says
 * something about another one is recorded like any other, and shown as a change of that one.
 */
import type {Jid} from '../shared/jid.js';

/** What a message says about another one of its conversation. */
export type Relation =
	/** The message's own text takes the place of the target's (XEP-0308). */
	| {readonly kind: 'correction'}
	/** The author takes the target back (XEP-0424). `reason` is user text. */
	| {readonly kind: 'retraction'; readonly reason?: string}
	/** The room takes the target back (XEP-0425). `moderator`: the nick of who asked for it, user text. */
	| {readonly kind: 'moderation'; readonly moderator?: string; readonly reason?: string}
	/** All that its author thinks of the target, once each (XEP-0444); empty: nothing any more. User text. */
	| {readonly kind: 'reactions'; readonly emoji: readonly string[]};

export type RelationKind = Relation['kind'];

/** A relation as a message carries it. `target`: the id that the target goes by on the wire (`protocol.md` §1.4). */
export type Relating = Relation & {
	readonly target: string;
	/** The key of the target, once it is on record. */
	readonly key?: number;
};

/** What a message answers to (XEP-0461). */
export type Reply = {
	/** The id that it goes by on the wire. */
	readonly target: string;
	/** Who wrote that, as the answer says: nobody vouches for it. */
	readonly to?: Jid;
	/** The key of what is answered, once that is on record. */
	readonly key?: number;
	/** The words of it that the answer repeats for programs that know no answers. User text. */
	readonly quoted?: string;
};

/** The text is not the first one. */
export type Edited = {
	/** How often it was corrected. */
	readonly times: number;
	/** Milliseconds since the epoch of the last time. */
	readonly at: number;
};

export type Retracted = {
	readonly by: 'author' | 'moderator';
	/** Milliseconds since the epoch. */
	readonly at: number;
	/** Nick of the moderator, where the room tells. User text. */
	readonly moderator?: string;
	/** User text. */
	readonly reason?: string;
	/** It came in clear in an encrypted conversation: the server can have written it. */
	readonly unprotected?: true;
};

/** What one person thinks of a message. */
export type Reaction = {
	/** Who: a bare JID, in rooms the nick they had. */
	readonly by: string;
	/** What tells them from others: a bare JID or, in rooms, an occupant-id or real bare JID or, without those, the nick. */
	readonly speaker: string;
	readonly own?: true;
	/** In the order in which they are given, once each; never empty. User text. */
	readonly emoji: readonly string[];
	/** The key of the message that said so last. */
	readonly said: number;
	/** As of {@link Retracted}. */
	readonly unprotected?: true;
};

/** What became of a message by what was said about it afterwards. */
export type Afterwards = {
	readonly edited?: Edited;
	readonly retracted?: Retracted;
	/** In the order in which they began. */
	readonly reactions?: readonly Reaction[];
};

/** More of one person's are not kept. */
export const mostEmoji = 20;
/** Longer ones are none, in bytes of UTF-8. */
export const longestEmoji = 64;
/** More people's are not kept with one message. */
export const mostReactors = 1000;

/** The counts of a message's reactions in the order in which they began, the emoji once each. */
export function countReactions(
	reactions: readonly Reaction[],
): ReadonlyArray<{readonly emoji: string; readonly by: readonly string[]; readonly own: boolean}> {
	const counts = new Map<string, {by: string[]; own: boolean}>();
	for (const {emoji: all, by, own} of reactions) {
		for (const emoji of all) {
			const count = counts.get(emoji) ?? {by: [], own: false};
			count.by.push(by);
			counts.set(emoji, {by: count.by, own: count.own || own === true});
		}
	}

	return [...counts].map(([emoji, {by, own}]) => ({emoji, by, own}));
}
