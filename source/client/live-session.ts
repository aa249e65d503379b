import {archive} from '../extensions/archive.js';
import {archivePreferences} from '../extensions/archive-preferences.js';
import {blocking} from '../extensions/blocking.js';
import {captcha} from '../extensions/captcha.js';
import {extensions} from '../extensions/index.js';
import {multiUserChat} from '../extensions/multi-user-chat.js';
import type {Attention, ExtensionPorts} from '../extensions/ports.js';
import {type OwnPresence, presence} from '../extensions/presence.js';
import {roster} from '../extensions/roster.js';
import {subscription} from '../extensions/subscription.js';
import {uniqueIds} from '../extensions/unique-ids.js';
import type {Snapshot} from '../model/actions.js';
import type {BufferId} from '../model/buffer.js';
import type {SubscriptionRequest} from '../model/contact.js';
import type {Highlights} from '../model/highlight.js';
import type {Message} from '../model/message.js';
import {deviceNodes} from '../omemo/device-nodes.js';
import type {Clock} from '../shared/clock.js';
import {isXmppcError, messageOf, type Problem} from '../shared/errors.js';
import {type BareJid, bareOf, domainOf, type FullJid} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import type {Storage} from '../storage/ports.js';
import {createDispatcher} from '../xmpp/dispatcher.js';
import type {Element} from '../xmpp/element.js';
import {attachExtensions, type Use} from '../xmpp/extension.js';
import {createIq} from '../xmpp/iq.js';
import type {Session} from '../xmpp/session.js';
import type {OpenBuffers} from './buffers.js';
import {createCatchUp} from './catch-up.js';
import {createEarlyCopies} from './early-copies.js';
import type {AccountEncryption} from './encryption/account-encryption.js';
import {stageEncryption} from './encryption/stage-encryption.js';
import type {Ignoring} from './ignoring.js';
import type {Journal} from './journal.js';
import {keepAlive} from './keep-alive.js';
import {createLiveRooms, type LiveRooms} from './live-rooms.js';
import {collectHooks} from './message-hooks.js';
import type {Outbox, WriteStanza} from './outbox.js';
import type {Evidence} from './outbox-turn.js';
import type {OwnReads} from './own-reads.js';
import type {PagingBack} from './paging-back.js';
import type {Filing, Passage, Place, StageContext} from './passage.js';
import {runPipeline} from './pipeline.js';
import type {RawStanzas} from './raw-stanzas.js';
import {createReaders} from './readers.js';
import {type Shortcoming, shortcomingsOf} from './shortcomings.js';
import {isIgnored} from './stages/record.js';
import type {Admission, StrangerGate} from './strangers.js';

export type LivePorts = {
	readonly storage: Storage;
	readonly journal: Journal;
	readonly buffers: OpenBuffers;
	readonly outbox: Outbox;
	readonly clock: Clock;
	readonly log: Log;
	readonly answersReceipts: () => boolean;
	/** Whether the text of what was taken back is forgotten here too. */
	readonly forgetsRetracted?: (() => boolean) | undefined;
	readonly owedReceipts?: ExtensionPorts['owedReceipts'];
	readonly attention: Attention;
	/** Absent: what is said of links is not shown. */
	readonly describesLinks?: () => boolean;
	/** Absent: nothing calls the person. */
	readonly highlights?: Highlights;
	readonly strangers: StrangerGate;
	/** Absent: everybody is heard. */
	readonly ignoring?: Pick<Ignoring, 'ignores'>;
	readonly bounced?: StageContext['bounced'];
	/** Whoever is thrown out of a room comes back by itself. */
	readonly returnsToRooms?: boolean;
	readonly noteArchive?: ExtensionPorts['noteArchive'];
	/** Before this login it was not known, or too long ago, that the account's archive gets every message. */
	readonly archiveMayLack?: boolean;
	/** Keeps the stanzas of messages, for whoever wants to see them. Absent: nobody does. */
	readonly stanzas?: Pick<RawStanzas, 'keep'>;
	/** What the person has read. Absent: nobody reads. */
	readonly reads?: Pick<OwnReads, 'follow' | 'noticed' | 'isShownBy'>;
	/** Absent: what is encrypted cannot be read. */
	readonly encryption?: Pick<
		AccountEncryption,
		| 'book'
		| 'decryption'
		| 'policy'
		| 'recipients'
		| 'noticed'
		| 'leftOut'
		| 'trustMessages'
		| 'isCatchingUp'
		| 'cameBackBare'
	>;
};

export type LiveSession = {
	readonly jid: FullJid;
	/** Writes a stanza that is of no message; `onAcked` runs when the server has it. */
	send(stanza: Element, onAcked?: () => void): void;
	/** The extensions at work in it. */
	readonly use: Use;
	/** Takes stanzas in stream order; resolves when all of it is committed. */
	receive(stanzas: readonly Element[]): Promise<void>;
	/**
	 * Begins a fresh session: carbons and roster, what the archive has, presence as it is wanted by then, and what the archive
	 * got meanwhile. Resolves also when the stream ended meanwhile.
	 */
	start(wanted: () => OwnPresence): Promise<void>;
	/** The same session goes on over another connection: nothing is asked or told anew, but what was held back goes out. */
	resumed(): Promise<void>;
	/** Finds out whether the server is still there. */
	probe(): void;
	/** Tells of another presence. Before the first one was told there is nothing to tell: `start` will. */
	announce(own: OwnPresence): void;
	/** What the server lacks. To be asked once it has started. */
	shortcomings(): Promise<readonly Shortcoming[]>;
	/** What the account's archive has beyond what is stored. */
	readonly history: PagingBack;
	readonly rooms: Pick<LiveRooms, 'join' | 'isIn' | 'read'>;
	/** From now on the outbox writes here: all that waits, or `only` what stands in these conversations. */
	openOutbox(only?: ReadonlySet<BufferId>): void;
	presence(): Snapshot['presence'];
	requests(): readonly SubscriptionRequest[];
	end(): Promise<void>;
	dispose(): void;
};

export function createLiveSession(session: Session, ports: LivePorts): LiveSession {
	const {storage, journal, buffers, outbox, clock, log} = ports;
	const account: BareJid = bareOf(session.jid);
	const iq = createIq({session, clock, log});
	const dispatcher = createDispatcher({own: session.jid, iq, log});
	const collected = collectHooks();
	const attached = attachExtensions<ExtensionPorts>([...extensions, deviceNodes], {
		session,
		iq,
		dispatcher,
		ports: {
			rosters: storage.rosters,
			capabilities: storage.capabilities,
			messages: collected.hooks,
			commit: journal.commit,
			answersReceipts: ports.answersReceipts,
			owedReceipts: ports.owedReceipts,
			attention: ports.attention,
			noteArchive: ports.noteArchive,
		},
		clock,
		log,
		publish: journal.emit,
	});
	const {use} = attached;

	const isKnown = (peer: BareJid) =>
		peer === account || peer === domainOf(account) || use(roster).get(peer) !== undefined;

	/** Whom the person writes to, here or on another device, is no stranger. */
	const admits = ({buffer, peer, direction}: Place): Admission => {
		const isOpen = buffers.isOpen(buffer) || storage.buffers.get(buffer) !== undefined;
		const isWelcome = isKnown(peer) || rooms.views.get(peer) !== undefined;
		return isOpen || isWelcome || direction === 'outgoing' ? 'buffer' : ports.strangers.admit(buffer, peer);
	};

	/** Messages that rooms sent back: one that does so again has another reason. */
	const sentBack = new Set<number>();
	const goesAgain = ({key, author}: Message, {code}: Problem): boolean => {
		if (code !== 'stanza-not-acceptable' || sentBack.has(key)) {
			return false;
		}

		sentBack.add(key);
		journal.afterwards(() => use(multiUserChat).lost(bareOf(author)));
		return true;
	};

	const earlyCopies = createEarlyCopies(clock);
	// What a session that goes on has waiting comes before anybody else hears that it does.
	session.onInterrupt(earlyCopies.interrupted);
	const context: StageContext = {
		account,
		own: session.jid,
		storage,
		journal,
		outbox,
		buffers,
		admits,
		waits: ports.strangers.said,
		blockOf: jid => use(blocking).blockOf(jid),
		rooms: {get: room => rooms.views.get(room)},
		log,
		now: clock.now,
		highlights: ports.highlights,
		forgetsRetracted: ports.forgetsRetracted,
		isContact: isKnown,
		describesLinks: ports.describesLinks,
		trustsArchiveIds: () => use(uniqueIds).trustsOwnArchive(),
		relationsOf: collected.relationsOf,
		recorded: collected.recorded,
		isShownBy: ports.reads?.isShownBy,
		bounced: ports.bounced,
		goesAgain: ports.returnsToRooms === true ? goesAgain : undefined,
		encryption: ports.encryption === undefined ? undefined : stageEncryption(account, ports.encryption),
		firstCopy: earlyCopies.first,
		floor: archive => (archive === account ? catchUp.floor() : rooms.floor(archive)),
	};

	/** Tells the extensions of what came by itself, whatever became of it. */
	const hear = (passage: Passage) => {
		const {stanza, content, place, filing, via} = passage;
		if (content === undefined || place === undefined || content.kind === 'error' || filing !== undefined) {
			return;
		}

		collected.heard({
			stanza,
			buffer: place.buffer,
			kind: place.kind,
			direction: place.direction,
			from: content.from,
			hasText: content.body !== undefined,
			isLive: !content.kept && via !== 'archive',
			isIgnored: isIgnored(passage, context),
			isOpen: buffers.isOpen(place.buffer),
		});
	};

	/** What came, not what was decrypted of it. */
	const keep = (stanza: Element, {message}: Passage) => {
		if (message !== undefined) {
			journal.afterwards(() => ports.stanzas?.keep(message, stanza));
		}
	};

	/** One message that trips over a defect of ours must not stop those behind it, nor come again at every login. */
	const take = (message: Element, filing?: Filing): Passage | undefined => {
		try {
			return journal.commit(() => {
				const passage = runPipeline(message, context, filing);
				catchUp.noticed(passage);
				rooms.noticed(passage);
				ports.encryption?.noticed(message);
				earlyCopies.noticed(passage);
				readers.noticed(passage);
				ports.reads?.noticed(passage);
				journal.afterwards(() => hear(passage));
				keep(message, passage);
				if (filing?.age === 'news') {
					// What could not be read asks for nothing.
					journal.afterwards(() => collected.archived(passage.stanza, passage.message));
				}

				return passage;
			});
		} catch (error) {
			if (isXmppcError(error) && error.kind === 'storage') {
				throw error;
			}

			log.note('pipeline', `a message could not be taken: ${messageOf(error)}`);
			journal.emit({
				type: 'notice',
				level: 'error',
				text: `A message to ${account} could not be read: ${messageOf(error)}`,
				hint: 'This is a defect in xmppc: please report it with the output of --debug.',
				account,
				at: clock.now(),
			});
			return undefined;
		}
	};

	const rooms = createLiveRooms({
		account,
		archive: use(archive),
		chat: use(multiUserChat),
		ignores: (room, speaker) => ports.ignoring?.ignores(room, speaker) === true,
		storage,
		buffers,
		journal,
		clock,
		log,
		take,
		outbox,
	});

	const readers = createReaders({account, storage, journal, rooms: rooms.views});
	ports.reads?.follow(use);

	const catchUp = createCatchUp({
		account,
		owner: account,
		archive: use(archive),
		storage,
		buffers,
		journal,
		clock,
		log,
		take,
		isWriting: outbox.isWriting,
		decided: outbox.proceed,
		caughtUp: collected.caughtUp,
		end: session.features.archiveEnd,
		async isIncomplete() {
			const keepsEverything = await use(archivePreferences).answered();
			return keepsEverything === false || (keepsEverything === true && ports.archiveMayLack === true);
		},
	});

	const evidence: Evidence = {
		lost: ({kind, author, key}) => (kind === 'groupchat' ? rooms.proves(bareOf(author), key) : catchUp.proves(key)),
		undecided: ({kind, author, key}) =>
			kind === 'groupchat' ? rooms.mayProve(bareOf(author), key) : catchUp.mayProve(key),
		isOutside: ({kind, author}) => kind === 'groupchat' && !rooms.isIn(bareOf(author)),
		isEarly: ({kind, author}) => kind === 'groupchat' && rooms.pace.holdsBack(bareOf(author)),
		takesTurn: ({kind, author}) => kind === 'groupchat' && rooms.pace.takesTurn(bareOf(author)),
	};
	const stopTalking = keepAlive(session, clock);
	let isAnnounced = false;
	const stopListening = dispatcher.onMessage(messages => {
		for (const message of messages) {
			if (!use(captcha).isTaken(message)) {
				take(message);
			}
		}

		catchUp.settle();
		rooms.settle();
	});

	return {
		jid: session.jid,
		use,
		send: (stanza, onAcked) => session.send(stanza, onAcked),
		async receive(stanzas) {
			journal.commit(() => dispatcher.dispatch(stanzas));
		},
		async start(wanted) {
			await attached.started();
			await catchUp.begin();
			isAnnounced = true;
			earlyCopies.announced();
			const own = wanted();
			use(presence).announce(own, earlyCopies.heard);
			use(multiUserChat).announce(own);
			await catchUp.follow();
		},
		resumed() {
			earlyCopies.resumed();
			return attached.resumed();
		},
		probe: () => session.probe(),
		announce(own) {
			if (isAnnounced) {
				use(presence).announce(own);
				use(multiUserChat).announce(own);
			}
		},
		shortcomings: () => shortcomingsOf(session, use),
		rooms,
		history: {
			mayHaveOlder: buffer => (rooms.historyOf(buffer) ?? catchUp).mayHaveOlder(buffer),
			fetchOlder: (buffer, peer, wanted) => (rooms.historyOf(buffer) ?? catchUp).fetchOlder(buffer, peer, wanted),
		},
		openOutbox(only) {
			const write: WriteStanza = (stanza, onAcked) => {
				session.send(stanza, onAcked);
				rooms.wrote(stanza);
			};
			outbox.open(write, {
				only,
				evidence,
				maxBytes: session.features.maxBytes,
			});
		},
		presence: () =>
			use(presence)
				.known()
				.map(known => ({account, ...known})),
		requests: () => use(subscription).requests(),
		end: () => session.end(),
		dispose() {
			stopListening();
			stopTalking();
			catchUp.dispose();
			rooms.dispose();
			attached.dispose();
		},
	};
}
