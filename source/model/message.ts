import type {Problem} from '../shared/errors.js';
import type {BareJid, Jid} from '../shared/jid.js';
import type {Attachment} from './attachment.js';
import type {BufferId} from './buffer.js';
import type {Trust} from './device.js';
import type {Afterwards, Relating, Reply} from './relation.js';

export type Direction = 'incoming' | 'outgoing';

/** RFC 6121 §5.2.2 without `error`: an error is never a message. */
export type MessageKind = 'chat' | 'normal' | 'headline' | 'groupchat';

/** How it reached us; `local` was written here. */
export type Via = 'live' | 'carbon' | 'archive' | 'local';

/**
 * Life of an outgoing message (`ARCHITECTURE.md`, Outbox). `acked`: our server has it. `uncertain`: the stream died
 * after the write and before the ack.
 */
export type OutgoingState =
	| 'queued'
	| 'sealed'
	| 'written'
	| 'acked'
	| 'delivered'
	| 'displayed'
	| 'uncertain'
	| 'failed';

/** One line of history. `body`, `subject` and `authorName` are user text. `Afterwards`: what was said about it since. */
export type Message = Afterwards & {
	/**
	 * Primary key and display order in one: milliseconds of server time × 1024 + n. Unique in the profile; ascending
	 * keys are display order.
	 */
	readonly key: number;
	readonly account: BareJid;
	readonly buffer: BufferId;
	readonly kind: MessageKind;
	readonly direction: Direction;
	/** Who wrote it: full JID where known. */
	readonly author: Jid;
	readonly body: string;
	readonly subject?: string;
	readonly thread?: string;
	/** The stanza's own id, chosen by the sender. */
	readonly id?: string;
	/** XEP-0359 origin-id. */
	readonly originId?: string;
	/** XEP-0359 stanza-id whose `by` is the archive we trust for this buffer. */
	readonly archiveId?: string;
	/** The author's clock, where it differs believably from ours (XEP-0203). Milliseconds since the epoch. */
	readonly sentAt?: number;
	/** Server time, or ours where the server gave none. Milliseconds since the epoch. */
	readonly receivedAt: number;
	readonly via: Via;
	/** In a room: the sender's occupant-id (XEP-0421). */
	readonly occupantId?: string;
	/** In a room: who it was really, where the room showed it then. */
	readonly realJid?: Jid;
	/** The person does not want to hear whoever said it: it is not shown, does not wait to be read, and calls nobody. */
	readonly ignored?: true;
	/** It names the person or one of their words: decided once, when it was recorded. */
	readonly highlight?: true;
	/** How it came or went; absent: in clear. */
	readonly encryption?: 'omemo';
	/** With `encryption`: the id of the device it came from, unique for its owner only. */
	readonly device?: number;
	/** With `device`: what was thought of its key when the message came. */
	readonly deviceTrust?: Trust;
	/** It came in clear into a conversation that was encrypted: anybody on its way can have written it. */
	readonly unprotected?: true;
	/** It says something about another one. */
	readonly relating?: Relating;
	/** It is no line of its own, for it only changed another one: with `relating`, once its target is there. */
	readonly hidden?: true;
	/** What it answers to. */
	readonly reply?: Reply;
	/** Its author wants it to be opened before it is read (XEP-0382): what it is about, or nothing. User text. */
	readonly spoiler?: string;
	/** Nothing in it stands for a style (XEP-0393 §6). */
	readonly unstyled?: true;
	/** The files that it brings. Where its author wrote nothing, `body` is what we say of them (`attachment-words.ts`). */
	readonly attachments?: readonly Attachment[];
	/** Only on outgoing ones. */
	readonly state?: OutgoingState;
	/** Why `state` is `failed`, as a sentence. */
	readonly failure?: string;
};

/** What may change about a message after it was recorded. `Afterwards`: what there is, as it is now. */
export type MessageChange = Afterwards & {
	readonly key: number;
	readonly account: BareJid;
	readonly buffer: BufferId;
	readonly state?: OutgoingState;
	readonly failure?: string;
	/** The failure as data, for an exit status; not stored. */
	readonly problem?: Problem;
	readonly archiveId?: string;
	/** It was encrypted when it went out. */
	readonly encryption?: 'omemo';
	/** Whether it is one that is not shown. */
	readonly ignored?: boolean;
	/** Its text is another one now. */
	readonly body?: string;
	/** Its files are other ones now. */
	readonly attachments?: readonly Attachment[];
	/** It turned out to be only about another one. */
	readonly hidden?: true;
	/** What it answers to, or is about, came. */
	readonly reply?: Reply;
};

/** The order of outgoing states; a receipt that comes before the ack must not be undone by it. */
export const outgoingRank: Readonly<Record<OutgoingState, number>> = {
	queued: 0,
	sealed: 1,
	written: 2,
	uncertain: 3,
	failed: 4,
	acked: 5,
	delivered: 6,
	displayed: 7,
};

/** How far whoever sends a message from the shell may wait: committed here, then as the message's own states. */
export type WaitLevel = Extract<OutgoingState, 'queued' | 'acked' | 'delivered' | 'displayed'>;

export const waitLevels: readonly WaitLevel[] = ['queued', 'acked', 'delivered', 'displayed'];

/** Whether a message in this state is at least where it was waited for. */
export function hasReached(state: OutgoingState, level: WaitLevel): boolean {
	return level === 'queued' || outgoingRank[state] >= outgoingRank[level];
}
