import type {BufferId, ConversationKind} from '../model/buffer.js';
import type {Direction, Message} from '../model/message.js';
import type {Relating} from '../model/relation.js';
import type {Dispose} from '../shared/clock.js';
import type {Problem} from '../shared/errors.js';
import type {Jid} from '../shared/jid.js';
import type {CapabilityStore, RosterStore} from '../storage/ports.js';
import type {Element} from '../xmpp/element.js';

/** What a message says about another one, `target` being that one's id. */
export type Relation =
	| {readonly kind: 'receipt'; readonly target: string}
	/** The target was read, and all before it. */
	| {readonly kind: 'displayed'; readonly target: string}
	/** `problem`: why the target could not be delivered, safe to show. */
	| {readonly kind: 'bounce'; readonly target: string; readonly problem: Problem}
	/** What makes of the message one that is about the target. */
	| Relating;

/** A message of a conversation that came, also where nothing in it is kept. */
export type Heard = {
	/** As its sender wrote it. */
	readonly stanza: Element;
	readonly buffer: BufferId;
	readonly kind: ConversationKind;
	readonly direction: Direction;
	readonly from: Jid;
	/** There is something to read in it. */
	readonly hasText: boolean;
	/** It was said just now: it neither waited at a server nor comes out of an archive. */
	readonly isLive: boolean;
	/** The person does not want to hear its sender. */
	readonly isIgnored: boolean;
	/** Its buffer is open. */
	readonly isOpen: boolean;
};

/** Where an extension takes part in what happens to a message; the order is the pipeline's (`client/pipeline.ts`). */
export type MessageHooks = {
	/** Reads what a message that is not an error says about others. */
	readRelations(read: (stanza: Element) => readonly Relation[]): void;
	/** Hears of every new message, after it was committed. */
	onRecorded(listener: (message: Message, stanza: Element) => void): void;
	/** Hears of all that came while nobody was here, after it was committed; `message`: where it is a new one that is kept. */
	onArchived(listener: (stanza: Element, message: Message | undefined) => void): void;
	/** Hears of every message of a conversation, whatever there is in it, after what it was about was committed. */
	onHeard(listener: (heard: Heard) => void): void;
	/** The archive was read up to now: nothing later is known that could change what was heard of. */
	onCaughtUp(listener: () => void): void;
};

/** Whether a person looks at the program. */
export type Attention = {
	isActive(): boolean;
	onChange(listener: () => void): Dispose;
};

/** What the extensions of this program need beyond the wire. */
export type ExtensionPorts = {
	readonly rosters: RosterStore;
	readonly capabilities: CapabilityStore;
	readonly messages: MessageHooks;
	/** Runs `work` in one transaction; what it publishes is told after the commit. */
	commit<Result>(work: () => Result): Result;
	/** Whether the person lets receipts be answered. */
	answersReceipts(): boolean;
	/** Of an account that stays: receipts that the server has not confirmed to have, over its sessions. */
	readonly owedReceipts?: Map<string, Element> | undefined;
	readonly attention: Attention;
	/** Told whether the account's archive gets every message, each time that is learned. */
	readonly noteArchive?: ((keepsEverything: boolean) => void) | undefined;
};
