/**
 * Tells what was read here. Others learn it by a marker (XEP-0333): contacts who see our presence and asked, and rooms for
 * members who see each other's addresses. The own devices learn it by a node of the account (XEP-0490), or by the same
 * message where the server helps with that. What could not be told is owed until it was.
 */
import {randomUUID} from 'node:crypto';
import {blocking} from '../extensions/blocking.js';
import {displayed} from '../extensions/chat-markers.js';
import {type Displayed, displayedSync} from '../extensions/displayed-sync.js';
import {store} from '../extensions/message-hints.js';
import {multiUserChat} from '../extensions/multi-user-chat.js';
import {roster} from '../extensions/roster.js';
import {type BufferId, bufferId, type ConversationKind} from '../model/buffer.js';
import type {Message} from '../model/message.js';
import {messageOf} from '../shared/errors.js';
import {type BareJid, bareOf, type Jid} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import type {OwedRead, Storage, Told} from '../storage/ports.js';
import {clientNamespace, createElement, type Element} from '../xmpp/element.js';
import type {Use} from '../xmpp/extension.js';
import type {Journal} from './journal.js';

export type ReadTellingPorts = {
	readonly account: BareJid;
	readonly storage: Pick<Storage, 'buffers' | 'messages' | 'ownReads'>;
	readonly journal: Pick<Journal, 'commit'>;
	readonly log: Log;
	readonly sendsMarkers: () => boolean;
	/** Whether another device has read something in a chat that is not here. */
	isParked(chat: Jid): boolean;
};

/** A connection, as far as it takes one to tell. */
export type Connected = {
	readonly use: Use;
	send(stanza: Element, onAcked: () => void): void;
};

export type ReadTelling = {
	/** The person has read a stretch of a conversation (`after` is not in it). In a transaction. */
	owe(buffer: BufferId, read: {readonly after: number; readonly upTo: number}): void;
	/** Tells what is owed, as far as that can be now. */
	tell(): Promise<void>;
	/** Whether there is a connection, or one that is to go on. */
	isPresent(): boolean;
	began(live: Connected): void;
	/** The rooms were entered and read, as far as they can be. */
	entered(live: Connected): void;
	ended(): void;
};

/** A message that was read, where it stands, and whom to tell. */
type Owed = {
	readonly kind: ConversationKind;
	readonly jid: Jid;
	readonly buffer: BufferId;
	readonly others?: Message;
	readonly devices?: Message & {readonly archiveId: string};
};

export function createReadTelling(ports: ReadTellingPorts): ReadTelling {
	const {account, storage, journal, log} = ports;
	const {ownReads, messages} = storage;
	let present: Connected | undefined;
	let hasEntered = false;
	/** The server takes no such node: it is not asked again in this session. */
	let isRefused = false;
	let running: Promise<void> | undefined;
	/** What was written and is not acknowledged, as far as it goes. */
	const underWay = new Map<string, number>();

	const mayMark = (buffer: BufferId): boolean => {
		const rule = storage.buffers.arrangementOf(buffer)?.markers;
		return rule === undefined ? ports.sendsMarkers() : rule === 'on';
	};

	const paid = (buffer: BufferId, told: Told, upTo: number) => journal.commit(() => ownReads.paid(buffer, told, upTo));

	/** What is owed, conversation by conversation; what is owed about messages that are gone is not any more. */
	const owedNow = (): readonly Owed[] => {
		const found = new Map<BufferId, Owed>();
		for (const row of ownReads.owed(account)) {
			const message = messages.get(row.key);
			if (message === undefined) {
				paid(row.buffer, row.told, row.key);
			} else {
				found.set(row.buffer, {...placeOf(message, account), ...found.get(row.buffer), ...partOf(row, message)});
			}
		}

		return [...found.values()];
	};

	/** Whether a marker may go there: `later` where that is not known yet. */
	const permission = ({kind, jid, buffer}: Owed, live: Connected): 'granted' | 'refused' | 'later' => {
		if (!mayMark(buffer) || live.use(blocking).blockOf(jid) !== undefined) {
			return 'refused';
		}

		if (kind !== 'room') {
			return kind === 'chat' && live.use(roster).isSubscribed(jid) ? 'granted' : 'refused';
		}

		const joined = live.use(multiUserChat).get(bareOf(jid));
		if (joined?.room.status !== 'joined') {
			return hasEntered ? 'refused' : 'later';
		}

		const {membersOnly, nonAnonymous} = joined.room.features;
		const isOurs = joined.occupants.get(joined.room.nick)?.role !== 'visitor' && joined.hasStableIds;
		return membersOnly === true && nonAnonymous === true && isOurs ? 'granted' : 'refused';
	};

	const readOf = ({kind, jid}: Owed, {archiveId}: {readonly archiveId: string}): Displayed => ({
		chat: jid,
		by: kind === 'room' ? bareOf(jid) : account,
		archiveId,
	});

	/** Answers whether the own devices learn of it as well. */
	const mark = (owed: Owed, message: Message, live: Connected): boolean => {
		const {kind, jid, buffer, devices} = owed;
		const target = kind === 'room' ? message.archiveId : message.id;
		const place = `${buffer} others`;
		if (target === undefined || (underWay.get(place) ?? 0) >= message.key) {
			return false;
		}

		const sync = devices === undefined ? undefined : live.use(displayedSync).assistance(readOf(owed, devices));
		underWay.set(place, message.key);
		live.send(markerTo(jid, kind, target, sync), () => {
			if (underWay.get(place) === message.key) {
				underWay.delete(place);
			}

			paid(buffer, 'others', message.key);
			if (sync !== undefined && devices !== undefined) {
				synchronised(owed, devices);
			}
		});
		return sync !== undefined;
	};

	const synchronised = (owed: Owed, {key, archiveId}: {readonly key: number; readonly archiveId: string}) => {
		journal.commit(() => {
			ownReads.paid(owed.buffer, 'devices', key);
			// Another device may have told more while the answer was on its way.
			const {chat, by} = readOf(owed, {archiveId});
			if ((ownReads.toldIn(account, chat, by) ?? 0) <= key) {
				ownReads.saveDisplayed(account, {chat, archiveId, isApplied: true});
			}
		});
	};

	const publish = async (owed: Owed, message: Message & {readonly archiveId: string}, live: Connected) => {
		// What another device has read, and is not here yet, may be newer: where it is, this is not told.
		if (isRefused || (owed.kind === 'room' && !hasEntered && ports.isParked(owed.jid))) {
			return;
		}

		try {
			await live.use(displayedSync).publish(readOf(owed, message));
			synchronised(owed, message);
		} catch (error) {
			isRefused = true;
			log.note('reading', `the own devices do not learn what was read: ${messageOf(error)}`);
		}
	};

	const tellOne = async (owed: Owed, live: Connected): Promise<void> => {
		const {others, devices, buffer} = owed;
		if (others !== undefined) {
			await new Promise<void>(live.use(blocking).whenKnown);
			if (present !== live) {
				return;
			}
		}

		const may = others === undefined ? 'later' : permission(owed, live);
		if (others !== undefined && may === 'refused') {
			paid(buffer, 'others', others.key);
		}

		const isTold = others !== undefined && may === 'granted' && mark(owed, others, live);
		if (devices !== undefined && !isTold) {
			await publish(owed, devices, live);
		}
	};

	const tellAll = async (): Promise<void> => {
		for (const owed of present === undefined ? [] : owedNow()) {
			if (present === undefined) {
				return;
			}

			await tellOne(owed, present);
		}
	};

	return {
		owe(buffer, read) {
			const info = storage.buffers.get(buffer);
			const asked = ownReads.newestAsked(buffer, read);
			const filed = ownReads.newestFiled(buffer, read);
			ownReads.answered(buffer, read.upTo);
			const key = info?.kind === 'room' ? filed : asked;
			if (key !== undefined && info?.kind !== 'private' && mayMark(buffer)) {
				ownReads.owe({account, buffer, told: 'others', key});
			}

			if (filed !== undefined) {
				ownReads.owe({account, buffer, told: 'devices', key: filed});
			}
		},
		async tell() {
			// One after the other: what comes up meanwhile is looked at behind it.
			const mine = (running ?? Promise.resolve()).then(tellAll);
			running = mine.catch(() => {});
			await mine;
		},
		isPresent: () => present !== undefined,
		began(live) {
			present = live;
			hasEntered = false;
			isRefused = false;
			underWay.clear();
		},
		entered(live) {
			if (present === live) {
				hasEntered = true;
			}
		},
		ended() {
			present = undefined;
			underWay.clear();
		},
	};
}

/** The conversation that a message is of, also where its buffer is closed. */
function placeOf({kind, author, buffer}: Message, account: BareJid): Pick<Owed, 'kind' | 'jid' | 'buffer'> {
	if (kind === 'groupchat') {
		return {kind: 'room', jid: bareOf(author), buffer};
	}

	return buffer === bufferId(account, 'private', author)
		? {kind: 'private', jid: author, buffer}
		: {kind: 'chat', jid: bareOf(author), buffer};
}

function partOf({told}: OwedRead, message: Message): Pick<Owed, 'others' | 'devices'> {
	const {archiveId} = message;
	return told === 'others' ? {others: message} : archiveId === undefined ? {} : {devices: {...message, archiveId}};
}

/** The hint keeps it for whoever is offline, and for the archive (`protocol.md` §1.4). */
function markerTo(jid: Jid, kind: ConversationKind, id: string, sync: Element | undefined): Element {
	return createElement(
		'message',
		{xmlns: clientNamespace, to: bareOf(jid), type: kind === 'room' ? 'groupchat' : 'chat', id: randomUUID()},
		displayed.encode({id}),
		sync,
		store.encode({}),
	);
}
