/**
 * What the person has read: here, which is told to others and to the own devices (`read-telling.ts`), a moment later or at
 * the next login; and at another device, which is then read here too (XEP-0490). Reading only ever moves forward.
 */
import {markable} from '../extensions/chat-markers.js';
import {type Displayed, displayedSync} from '../extensions/displayed-sync.js';
import {type BufferId, bufferId} from '../model/buffer.js';
import type {Message} from '../model/message.js';
import type {Clock, Dispose} from '../shared/clock.js';
import {messageOf} from '../shared/errors.js';
import {type BareJid, bareOf, isFullJid, type Jid} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import type {Storage} from '../storage/ports.js';
import type {Use} from '../xmpp/extension.js';
import type {OpenBuffers} from './buffers.js';
import type {Journal} from './journal.js';
import type {Content, Passage, Place} from './passage.js';
import {type Connected, createReadTelling} from './read-telling.js';

export type OwnReadsPorts = {
	readonly account: BareJid;
	readonly storage: Pick<Storage, 'buffers' | 'messages' | 'ownReads' | 'transaction'>;
	readonly journal: Journal;
	readonly buffers: Pick<OpenBuffers, 'isOpen' | 'markRead'>;
	readonly clock: Clock;
	readonly log: Log;
	/** Whether others may learn how far a conversation is read, unless the person decided otherwise there. */
	readonly sendsMarkers: () => boolean;
};

export type OwnReads = {
	/** The person has read a conversation up to a message, here. */
	read(buffer: BufferId, upTo: number): void;
	/** Hears what other devices have read, in a session. */
	follow(use: Use): void;
	/**
	 * Whether a message that was written on another device shows that what stood before it was read there. One that tells
	 * what it reads is taken at its word: what it wrote may have crossed what came.
	 */
	isShownBy(author: Jid): boolean;
	/** A message came, in its transaction: it may be what another device has read, or say so, or ask to be told. */
	noticed(passage: Passage): void;
	/** Asks what other devices have read while nobody was here: as early as can be, for what comes is then read already. */
	learn(live: Connected): void;
	/** The archive was read: what is owed can be told. `entered`: the rooms that are to be entered were, and read. */
	began(live: Connected, entered: Promise<unknown>): void;
	resumed(): void;
	ended(): void;
};

/** Milliseconds for which reading is collected. */
const collecting = 1500;
/** More other devices are not remembered. */
const mostDevices = 50;

export function createOwnReads(ports: OwnReadsPorts): OwnReads {
	const {account, storage, journal, buffers, clock, log} = ports;
	const {ownReads, messages} = storage;
	/** Ids that other devices have read and that are not here, by chat. */
	const parked = new Map<Jid, string>();
	/** Whether other devices tell what they read, as far as that is known. */
	const tellers = new Map<Jid, boolean>();
	for (const {chat, archiveId, isApplied} of ownReads.displayed(account)) {
		if (!isApplied) {
			parked.set(chat, archiveId);
		}
	}

	/** What other devices said and was contradicted, in this session. */
	const contradicted = new Set<string>();
	let stopCollecting: Dispose | undefined;
	const telling = createReadTelling({...ports, isParked: chat => parked.has(chat)});

	const tellSoon = () => {
		if (stopCollecting === undefined && telling.isPresent()) {
			stopCollecting = clock.after(collecting, () => {
				stopCollecting = undefined;
				tellNow();
			});
		}
	};

	const tellNow = () => {
		telling.tell().catch((error: unknown) => log.note('reading', `it was not told what was read: ${messageOf(error)}`));
	};

	/** Nobody here has to be told of it: whoever read it there has said so, or did not want to. */
	const readElsewhere = (buffer: BufferId, key: number) => {
		const known = storage.buffers.get(buffer);
		if (known === undefined) {
			storage.buffers.markRead(buffer, key);
		} else if (known.readUpTo < key) {
			buffers.markRead(buffer, key);
		}

		ownReads.answered(buffer, key);
		ownReads.paid(buffer, 'devices', key);
	};

	const bufferFor = ({chat, by}: Displayed): BufferId =>
		by === account ? bufferId(account, isFullJid(chat) ? 'private' : 'chat', chat) : bufferId(account, 'room', chat);

	/**
	 * A device that did not know better told what is older than what was told before, and the node keeps one item for a chat:
	 * whoever comes next would learn the older one. Devices that order two messages otherwise would go on contradicting each
	 * other: each says it once.
	 */
	const contradict = ({chat, archiveId}: Displayed, buffer: BufferId, key: number) => {
		const said = `${chat} ${archiveId}`;
		const isOwed = ownReads.owed(account).some(row => row.buffer === buffer && row.told === 'devices');
		if (!isOwed && !contradicted.has(said)) {
			ownReads.owe({account, buffer, told: 'devices', key});
			journal.afterwards(() => {
				contradicted.add(said);
				tellSoon();
			});
		}
	};

	const take = (read: Displayed) => {
		const {chat, by, archiveId} = read;
		const found = messages.byArchiveId(account, by, archiveId);
		if (found !== undefined && found.buffer !== bufferFor(read)) {
			log.note('reading', 'what another device has read is not of that chat');
			return;
		}

		const told = ownReads.toldIn(account, chat, by);
		if (found !== undefined && told !== undefined && told > found.key) {
			contradict(read, found.buffer, told);
			return;
		}

		if (found !== undefined) {
			readElsewhere(found.buffer, found.key);
		}

		ownReads.saveDisplayed(account, {chat, archiveId, isApplied: found !== undefined});
		journal.afterwards(() => {
			if (found === undefined) {
				parked.set(chat, archiveId);
			} else {
				parked.delete(chat);
			}
		});
	};

	/** The archive named a message that another device has read. */
	const apply = ({jid, archive, buffer}: Place, archiveId: string) => {
		const found = messages.byArchiveId(account, archive, archiveId);
		if (found?.buffer === buffer) {
			readElsewhere(buffer, found.key);
			ownReads.saveDisplayed(account, {chat: jid, archiveId, isApplied: true});
			journal.afterwards(() => parked.delete(jid));
		}
	};

	/** A marker of ours: of another device, or as the room says what was written here. */
	const takeOwnMarker = ({kind, buffer, archive}: Place, target: string) => {
		const found = kind === 'room' ? messages.byArchiveId(account, archive, target) : undefined;
		const key =
			kind === 'room' ? (found?.buffer === buffer ? found.key : undefined) : ownReads.newestNamed(buffer, target);
		if (key !== undefined) {
			readElsewhere(buffer, key);
			ownReads.paid(buffer, 'others', key);
		}
	};

	return {
		read(buffer, upTo) {
			journal.commit(() => {
				const after = storage.buffers.get(buffer)?.readUpTo;
				buffers.markRead(buffer, upTo);
				const now = storage.buffers.get(buffer)?.readUpTo ?? 0;
				if (after !== undefined && now > after) {
					telling.owe(buffer, {after, upTo: now});
					journal.afterwards(tellSoon);
				}
			});
		},
		isShownBy: author => !(tellers.get(author) ?? [...tellers.values()].includes(true)),
		follow(use) {
			use(displayedSync).onDevice((device, takesPart) => {
				tellers.delete(device);
				tellers.set(device, takesPart);
				for (const oldest of [...tellers.keys()].slice(0, Math.max(0, tellers.size - mostDevices))) {
					tellers.delete(oldest);
				}
			});
			use(displayedSync).onRead(read => journal.commit(() => read.forEach(take)));
		},
		noticed({stanza, content, place, message, filing}) {
			if (content === undefined || place === undefined || content.kind === 'error') {
				return;
			}

			if (filing?.age !== 'past' && filing?.age !== 'recent' && isAsking(place, content, message, stanza)) {
				ownReads.ask(place.buffer, message.key);
			}

			if (content.archiveId !== undefined && parked.get(place.jid) === content.archiveId) {
				apply(place, content.archiveId);
			}

			for (const relation of place.direction === 'outgoing' ? content.relations : []) {
				if (relation.kind === 'displayed') {
					takeOwnMarker(place, relation.target);
				}
			}
		},
		learn(live) {
			live
				.use(displayedSync)
				.load()
				.catch((error: unknown) =>
					log.note('reading', `what other devices have read is not known: ${messageOf(error)}`),
				);
		},
		began(live, entered) {
			telling.began(live);
			tellNow();
			const retry = () => {
				telling.entered(live);
				tellNow();
			};
			entered.then(retry, retry);
		},
		resumed: tellNow,
		ended() {
			stopCollecting?.();
			stopCollecting = undefined;
			contradicted.clear();
			telling.ended();
		},
	};
}

/** Whether the sender of a message that was recorded wants to know when it is read: a contact, in a chat. */
function isAsking(
	{kind, direction, peer}: Place,
	{from}: Content,
	message: Message | undefined,
	stanza: Passage['stanza'],
): message is Message {
	return (
		message?.id !== undefined &&
		kind === 'chat' &&
		direction === 'incoming' &&
		(message.kind === 'chat' || message.kind === 'normal') &&
		bareOf(from) === peer &&
		markable.find(stanza) !== undefined
	);
}
