import type {Relation} from '../extensions/ports.js';
import type {Attachment} from '../model/attachment.js';
import type {BufferId, ConversationKind} from '../model/buffer.js';
import type {Trust} from '../model/device.js';
import type {Highlights} from '../model/highlight.js';
import type {Direction, Message, MessageKind, Via} from '../model/message.js';
import type {Relating, Reply, Retracted} from '../model/relation.js';
import type {Decryption} from '../omemo/decryption.js';
import type {SaidOfKeys} from '../omemo/wire/trust-message.js';
import type {Problem} from '../shared/errors.js';
import type {BareJid, FullJid, Jid} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import type {Neighbours, Storage} from '../storage/ports.js';
import type {Element} from '../xmpp/element.js';
import type {OpenBuffers} from './buffers.js';
import type {RoomViews} from './conversation.js';
import type {Journal} from './journal.js';
import type {Outbox} from './outbox.js';
import type {Admission} from './strangers.js';

/** The message as it is, whoever it is about. */
export type Content = {
	readonly kind: MessageKind | 'error';
	readonly from: Jid;
	readonly to: Jid;
	readonly id?: string;
	readonly originId?: string;
	readonly archiveId?: string;
	readonly body?: string;
	readonly subject?: string;
	readonly thread?: string;
	/** As of a message (`model/message.ts`). */
	readonly spoiler?: string;
	readonly unstyled?: true;
	readonly attachments?: readonly Attachment[];
	/** Milliseconds since the epoch. */
	readonly receivedAt: number;
	readonly sentAt?: number;
	readonly delayed: boolean;
	/** Our server did not bring it at once. */
	readonly kept: boolean;
	/** The room that held it up has another time than we. */
	readonly isAhead?: true;
	/** Of what comes out of a room that gives them (XEP-0421). */
	readonly occupantId?: string;
	/** Who it was really, where the room showed it then. */
	readonly realJid?: Jid;
	readonly relations: readonly Relation[];
	/** What it answers. */
	readonly reply?: Reply;
	/** An archive keeps it in the place of a message that was taken back. */
	readonly retracted?: Retracted;
	/** It was encrypted, and what is above is what it said. */
	readonly encryption?: 'omemo';
	readonly device?: number;
	readonly deviceTrust?: Trust;
	/** It came in clear where everything is encrypted. */
	readonly unprotected?: true;
};

/** Where it belongs. */
export type Place = {
	readonly buffer: BufferId;
	readonly kind: ConversationKind;
	/** Whom the buffer is about: a person, a room, or somebody in one. */
	readonly jid: Jid;
	readonly peer: BareJid;
	readonly direction: Direction;
	/** Whose archive keeps it: the account's own, or that of the room. */
	readonly archive: BareJid;
};

/** What the archive says of a message that it holds. */
export type Filing = {
	readonly archiveId: string;
	/** The room whose archive it is; absent: it is the account's own. */
	readonly room?: BareJid;
	/** When the archive got it, milliseconds since the epoch. */
	readonly at?: number;
	/**
	 * `news`: it came while nobody was here. `past`: it is from before the first login, and opens no buffer. `recent`: the
	 * same, but of the conversations that are shown first.
	 */
	readonly age: 'news' | 'recent' | 'past';
	/** Found by its time where the archive forgot an id: it may have given others new ones as well. */
	readonly byTime?: true;
	/** Its neighbours in the archive's order. */
	between(buffer: BufferId): Neighbours;
};

/** A message on its way through the stages, each of which adds to it. */
export type Passage = {
	readonly stanza: Element;
	readonly via: Via;
	/** Only of a message that came from the archive. */
	readonly filing?: Filing;
	/** Only of a carbon that the server held up: when it got the message, milliseconds since the epoch. */
	readonly wrappedAt?: number;
	readonly content?: Content;
	readonly place?: Place;
	/** It is about another message, and no line of its own unless that one is unknown. */
	readonly relating?: Relating;
	/** That one, where it is known. */
	readonly target?: Message;
	readonly message?: Message;
	/** It shows that what stood before it was read, on another device. */
	readonly hasRead?: true;
};

/** What stages may use. Nothing in here reaches the network: effects wait in the journal. */
export type StageContext = {
	readonly account: BareJid;
	readonly own: FullJid;
	readonly storage: Pick<Storage, 'messages' | 'relations' | 'archives' | 'buffers'>;
	readonly journal: Journal;
	readonly outbox: Pick<Outbox, 'settle'>;
	readonly buffers: OpenBuffers;
	/** What becomes of a message that is to open a buffer. */
	admits(place: Place): Admission;
	/** What the account blocks that keeps an address away, as far as that is known. */
	blockOf(jid: Jid): Jid | undefined;
	/** A message that was to wait as a request is on record. */
	waits(message: Message): void;
	readonly log: Log;
	now(): number;
	/** Absent: the account is in none. */
	readonly rooms?: RoomViews | undefined;
	/** Absent: nothing calls the person. */
	readonly highlights?: Highlights | undefined;
	/** Whether ids in the name of the own archive are its own (XEP-0359: it announces that it strips others). */
	trustsArchiveIds(): boolean;
	/** Whether the text of what was taken back is forgotten here too. */
	readonly forgetsRetracted?: (() => boolean) | undefined;
	/** What the extensions read in a message about others. */
	relationsOf(stanza: Element): readonly Relation[];
	/** An own message came back; told before that is settled. */
	readonly bounced?: ((target: Message, problem: Problem) => void) | undefined;
	/** A room sent it back because it does not know us: answers whether it waits until we are in the room again. */
	readonly goesAgain?: ((target: Message, problem: Problem) => boolean) | undefined;
	/** Whether what was written on another device shows that what stood before it was read. Absent: it does. */
	readonly isShownBy?: ((author: Jid) => boolean) | undefined;
	/** Tells the extensions of a new message; after the commit. */
	recorded(message: Message, stanza: Element): void;
	/** Absent: nothing can be decrypted here. */
	readonly encryption?: StageEncryption | undefined;
	/** Whether somebody is among the contacts, or is the account or its server. Absent: that is not known. */
	readonly isContact?: ((peer: BareJid) => boolean) | undefined;
	/** Whether what is said of links is shown with them (XEP-0511). Absent: it is not. */
	readonly describesLinks?: (() => boolean) | undefined;
	/** The key of the first copy that came before what waited at the server. */
	firstCopy(): number | undefined;
	/** Behind which key what an archive gets now belongs; undefined: it is not being read. */
	floor(archive: BareJid): number | undefined;
};

/** What the account's encryption does for messages that come. */
export type StageEncryption = Decryption & {
	/** Whether what is written in a conversation is encrypted. */
	expects(buffer: BufferId): boolean;
	/** Whether more is to come out of archives that was sent before what comes now. */
	isCatchingUp(): boolean;
	/**
	 * A device sent what is not for this one. Answers whether that is news: it is told once, until something of that device can
	 * be read. `from`: its owner or, where that is not known, the room. In a transaction.
	 */
	leftOut(from: BareJid, device: number): boolean;
	/** Something of a device can be read. In a transaction. */
	understood(from: BareJid, device: number): void;
	/** A device said something of keys. In a transaction. */
	heardOfKeys(said: SaidOfKeys, from: {readonly owner: BareJid; readonly device: number}): void;
	/** Whether a message of this id is what this device said of keys, which comes back as everything does. */
	isOwnTrustMessage(id: string): boolean;
	/** A room took off what was encrypted of a message. */
	cameBackBare(room: BareJid): void;
	/** Who may have said something in a room from a device with this id, where the room does not say who did. */
	speakersIn(room: BareJid, device: number): readonly BareJid[];
};

export type Stage = (passage: Passage, context: StageContext) => Passage | undefined;
