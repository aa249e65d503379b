import type {BareJid} from '../shared/jid.js';
import type {BufferId} from './buffer.js';
import type {Message, OutgoingState} from './message.js';

/** A message by its key. */
type OfMessage = {readonly account: BareJid; readonly key: number};

/** Whose stanzas are kept to be shown, in memory: the last so many messages of an account since the start. */
export const stanzasKept = {
	messages: 2000,
	/** What they take together. */
	octets: 4 * 1024 * 1024,
	/** A longer stanza is not kept. */
	longest: 64 * 1024,
} as const;

/** What is known of a message, for whoever wants to know all of it. */
export type MessageDetails = {
	readonly message: Message;
	/** What it said before, the oldest first, with when it was said (milliseconds since the epoch). */
	readonly versions: ReadonlyArray<{readonly body: string; readonly at: number; readonly state?: OutgoingState}>;
	/** Who has read it, by bare JID or nick. */
	readonly readers: readonly string[];
	/**
	 * The stanza as it crossed the wire, where that is kept (`stanzasKept`): one element a line, indented by tabs, secrets taken
	 * out, cut where it is long. Of one that was changed, the one in which it was said first. Not yet `printable`.
	 */
	readonly xml?: string;
};

/** Chat states (XEP-0085 §2) that a person makes by writing or not. */
export type TypingState = 'composing' | 'paused' | 'none';

/**
 * What a person can do about messages that are there. A refusal is thrown as an `XmppcError`: `no-such-message`,
 * `not-yours`, `message-retracted`, `message-unsent`, and as sending does.
 */
export type MessageActions = {
	/** Another text takes the place of an own message's (XEP-0308). Answers the key of the message that says so. */
	correctMessage(
		input: OfMessage & {readonly body: string},
	): Promise<{readonly key: number; readonly state: OutgoingState}>;
	/** Takes an own message back (XEP-0424), as far as others go along. */
	retractMessage(input: OfMessage & {readonly reason?: string}): Promise<{readonly key: number}>;
	/** Takes somebody's message in a room back, as a moderator (XEP-0425). Resolves when the room did. */
	moderateMessage(input: OfMessage & {readonly reason?: string}): Promise<void>;
	/** All that the person thinks of a message from now on (XEP-0444); empty: nothing. Throws `reaction-refused` what the room does not take. */
	react(input: OfMessage & {readonly emoji: readonly string[]}): Promise<{readonly key: number}>;
	messageDetails(input: OfMessage): Promise<MessageDetails>;
	/** What the person does in the input of a conversation (XEP-0085): they are told who may be. */
	setTyping(input: {readonly buffer: BufferId; readonly state: TypingState}): Promise<void>;
};
