/**
 * The rooms of one session: what of a room's words is believed, and its archive, which is brought up to date each time the
 * room is entered (`protocol.md` §3.9: whoever enters before asking finds an overlap and no gap).
 */
import type {Archive} from '../extensions/archive.js';
import type {Entered} from '../extensions/muc-membership.js';
import {type Joining, type MultiUserChat, type RepeatedHistory, subjectOf} from '../extensions/multi-user-chat.js';
import {type BufferId, bufferId} from '../model/buffer.js';
import type {Dispose} from '../shared/clock.js';
import {messageOf, XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf, parseBareJid} from '../shared/jid.js';
import {attributeOf, type Element} from '../xmpp/element.js';
import {type CatchUp, type CatchUpPorts, createCatchUp} from './catch-up.js';
import type {Recognised, RoomViews} from './conversation.js';
import type {Ignoring} from './ignoring.js';
import type {Outbox} from './outbox.js';
import type {PagingBack} from './paging-back.js';
import type {Filing, Passage} from './passage.js';
import {createRoomPace, type RoomPace} from './room-pace.js';

export type LiveRoomsPorts = Pick<
	CatchUpPorts,
	'account' | 'storage' | 'buffers' | 'journal' | 'clock' | 'log' | 'take'
> & {
	readonly outbox: Pick<Outbox, 'isWriting' | 'proceed' | 'isAwaiting' | 'doubtIn'>;
	readonly archive: Archive;
	readonly chat: MultiUserChat;
	readonly ignores: Ignoring['ignores'];
};

export type LiveRooms = {
	readonly views: RoomViews;
	readonly pace: Pick<RoomPace, 'takesTurn' | 'holdsBack'>;
	/** Enters a room and brings its history up to date in the background. Rejects as `MultiUserChat.join` does. */
	join(room: BareJid, joining: Omit<Joining, 'history'>): Promise<Entered>;
	/** Whether a message may be written there now: we are in it. */
	isIn(room: BareJid): boolean;
	/** Resolves when the archives were read, as far as they can be, that are being read now. */
	read(): Promise<void>;
	/** What the room's archive says of a message that was written there, by its key. */
	proves(room: BareJid, key: number): boolean;
	mayProve(room: BareJid, key: number): boolean;
	/** Behind which key what the room says now belongs; undefined: its archive is not being read. */
	floor(room: BareJid): number | undefined;
	/** Something was written to somebody: what a room does not say in good time is looked after. */
	wrote(stanza: Element): void;
	noticed(passage: Passage): void;
	settle(): void;
	/** Of the room of a buffer; undefined: the buffer is of no room with an archive. */
	historyOf(buffer: BufferId): PagingBack | undefined;
	dispose(): void;
};

/** What a room repeats from this long before what was heard last was missed too: it takes its way. Milliseconds. */
const overlap = 60_000;
/**
 * By how much our clock may have been set back since something was heard in a room without an archive: so much more is it
 * asked to repeat, which mostly is all it has. What is known is recognised. Milliseconds.
 */
const setBack = 25 * 60 * 60_000;
/** Milliseconds in which a room says what it was told, in ordinary times. */
const reflectionPatience = 60_000;
/** Messages that such a room is asked for at the first time. */
const firstHistory = 50;
/** Messages that it is asked for where our clock says that it was heard in the future. */
const mostMissed = 500;
/** Messages that were written and not said yet, among which the last one that was said is looked for. */
const mostUnsaid = 200;

export function createLiveRooms(ports: LiveRoomsPorts): LiveRooms {
	const {account, archive, chat, clock, outbox, storage, log} = ports;
	const catchUps = new Map<BareJid, CatchUp>();
	const pace = createRoomPace(ports);
	const reading = new Set<Promise<void>>();
	/** Rooms of which nothing was known when they were entered, until something is said there. */
	const unknown = new Set<BareJid>();
	/** Rooms on the way in, whose archives will tell. */
	const entering = new Set<BareJid>();
	/** When rooms are asked about what they have not said. */
	const waits = new Map<BareJid, Dispose>();

	/** Their subjects, once they have said them since we came. */
	const subjects = new Map<BareJid, string>();
	/** Rooms that may still repeat what was said before we came. */
	const telling = new Set<BareJid>();
	/** Until when rooms were heard before, by our clock: what they repeat from before that is no news. */
	const heardUntil = new Map<BareJid, number>();
	/** What they have repeated last of what is on record. */
	const repeated = new Map<BareJid, Recognised>();

	const end = (room: BareJid) => {
		catchUps.get(room)?.dispose();
		catchUps.delete(room);
	};

	const catchUpOf = (room: BareJid): CatchUp => {
		const pages: Archive = {
			isAvailable: () => true,
			isMissing: () => false,
			async page(query) {
				const page = await archive.page({...query, archive: room});
				// What comes when we are out is not taken for what the room says: nor has it been read then.
				if (catchUps.get(room) !== catchUp || chat.get(room)?.room.status !== 'joined') {
					throw new XmppcError({code: 'disconnected', kind: 'temporary', message: `You are not in ${room} any more.`});
				}

				return page;
			},
			oldest: () => archive.oldest(room),
		};
		const catchUp = createCatchUp({
			...ports,
			isWriting: outbox.isWriting,
			decided: outbox.proceed,
			owner: room,
			archive: pages,
			take: (message, filing: Filing) => ports.take(message, {...filing, room}),
			caughtUp: () => {},
			isIncomplete: async () => false,
		});
		return catchUp;
	};

	/**
	 * When something was said in a room last, as far as we heard: by our clock or, of what it repeated, by its own and never
	 * later than ours had it. What was only written here says nothing of that.
	 */
	const lastHeard = (room: BareJid): number | undefined =>
		storage.messages
			.page(bufferId(account, 'room', room), {limit: mostUnsaid})
			.findLast(({direction, state}) => direction === 'incoming' || state === 'delivered')?.receivedAt;

	/**
	 * What a room without an archive repeats: what came since the last message, and some of it where there is none. How long
	 * that is ago our clock knows, also one that is wrong; what the time is in the room it does not.
	 */
	const repetition = (room: BareJid): RepeatedHistory => {
		const at = lastHeard(room);
		if (at === undefined) {
			return {most: firstHistory};
		}

		const passed = clock.now() - at;
		return passed < 0 ? {most: mostMissed} : {seconds: Math.ceil((passed + setBack) / 1000)};
	};

	/** Reads what the room's archive got since it was read last; what is in doubt is decided by that. */
	const readArchive = (room: BareJid) => {
		end(room);
		const catchUp = catchUpOf(room);
		catchUps.set(room, catchUp);
		const read = catchUp
			.follow()
			.catch((error: unknown) => log.note('rooms', `the archive of a room was not read: ${messageOf(error)}`))
			.then(outbox.proceed)
			.finally(() => reading.delete(read));
		reading.add(read);
	};

	/** Finds out what became of something that the room has not said (`protocol.md` §3.6): it may have lost us. */
	const lookAfter = async (room: BareJid) => {
		const buffer = bufferId(account, 'room', room);
		if (chat.get(room)?.room.status !== 'joined' || !outbox.isAwaiting(buffer)) {
			return;
		}

		const found = await chat.check(room);
		if (found === 'unknown') {
			wait(room);
		} else if (found === 'in') {
			// What it got before the question it has said before the answer, if ever.
			outbox.doubtIn(buffer);
			if (chat.get(room)?.room.features.archived === true) {
				readArchive(room);
			}

			outbox.proceed();
		}
	};

	const wait = (room: BareJid) => {
		if (!waits.has(room)) {
			const stop = clock.after(reflectionPatience, () => {
				waits.delete(room);
				lookAfter(room).catch((error: unknown) => log.note('rooms', `a room was not asked: ${messageOf(error)}`));
			});
			waits.set(room, stop);
		}
	};

	/** A room that could not be asked what it is, or was not archived, when it was entered, is read when it tells. */
	const stopListening = chat.onChanged(room => {
		const is = chat.get(room)?.room;
		if (is?.status === 'joined' && is.features.archived === true && !entering.has(room) && !catchUps.has(room)) {
			readArchive(room);
		}
	});

	return {
		views: {
			get(jid) {
				const joined = chat.get(jid);
				if (joined === undefined || joined.room.status === 'parting') {
					return undefined;
				}

				const {room, occupants, hasOccupantIds, hasStableIds} = joined;
				const occupantId = occupants.get(room.nick)?.occupantId;
				const subject = subjects.get(jid);
				const last = repeated.get(jid);
				return {
					nick: room.nick,
					hasOccupantIds,
					hasStableIds,
					isTelling: telling.has(jid),
					pastUntil: unknown.has(jid) ? Number.POSITIVE_INFINITY : (heardUntil.get(jid) ?? 0) - overlap,
					recognise(known) {
						if (!unknown.has(jid) && known.key > (last?.key ?? 0)) {
							repeated.set(jid, known);
						}
					},
					showsAddresses: room.features.nonAnonymous === true || occupants.get(room.nick)?.role === 'moderator',
					occupant: nick => occupants.get(nick),
					presentSince: joined.presentSince,
					ignores: speaker => ports.ignores(jid, speaker),
					...(occupantId === undefined ? {} : {occupantId}),
					...(subject === undefined ? {} : {subject}),
					...(last === undefined ? {} : {recognised: last}),
				};
			},
		},
		pace,
		async join(room, joining) {
			if (lastHeard(room) === undefined) {
				unknown.add(room);
			}

			// What was written while we were there may have been too late.
			outbox.doubtIn(bufferId(account, 'room', room));
			end(room);
			entering.add(room);
			try {
				subjects.delete(room);
				telling.add(room);
				repeated.delete(room);
				heardUntil.set(room, lastHeard(room) ?? 0);
				const entered = await chat.join(room, {
					...joining,
					history: features => (features?.archived === true ? {most: 0} : repetition(room)),
				});
				if (chat.get(room)?.room.features.archived === true) {
					readArchive(room);
				}

				return entered;
			} finally {
				entering.delete(room);
				outbox.proceed();
			}
		},
		async read() {
			await Promise.all(reading);
		},
		isIn: room => chat.get(room)?.room.status === 'joined',
		proves: (room, key) => catchUps.get(room)?.proves(key) === true,
		floor: room => catchUps.get(room)?.floor(),
		mayProve: (room, key) => entering.has(room) || catchUps.get(room)?.mayProve(key) === true,
		wrote(stanza) {
			const room =
				attributeOf(stanza, 'type') === 'groupchat' ? parseBareJid(attributeOf(stanza, 'to') ?? '') : undefined;
			if (room !== undefined) {
				wait(room);
			}
		},
		noticed(passage) {
			pace.noticed(passage);
			const archive = passage.place?.archive;
			const subject = passage.filing === undefined ? subjectOf(passage.stanza) : undefined;
			// What has an archive was asked for nothing: its subject may have a date, and all that follows is new.
			const isArchived = archive !== undefined && chat.get(archive)?.room.features.archived === true;
			if (archive !== undefined && subject !== undefined) {
				subjects.set(archive, subject);
			}

			if (archive !== undefined && (passage.content?.delayed === false || (subject !== undefined && isArchived))) {
				telling.delete(archive);
			}

			if (archive !== undefined && passage.content?.kept === false) {
				unknown.delete(archive);
			}

			if (archive !== undefined) {
				catchUps.get(archive)?.noticed(passage);
			}
		},
		settle() {
			for (const catchUp of catchUps.values()) {
				catchUp.settle();
			}
		},
		historyOf(buffer) {
			const [owner, kind, jid = ''] = buffer.split(' ');
			const room = owner === account && kind === 'room' ? parseBareJid(jid) : undefined;
			return room === undefined ? undefined : catchUps.get(bareOf(room));
		},
		dispose() {
			stopListening();
			for (const room of [...catchUps.keys()]) {
				end(room);
			}

			for (const stop of waits.values()) {
				stop();
			}

			pace.dispose();
		},
	};
}
