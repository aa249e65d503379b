/**
 * The rooms that an account wants to be in, over all its sessions: entered again after each login and whenever a room has
 * lost us, and in step with the bookmarks of the account's other devices (XEP-0402, XEP-0410).
 */
import {type Bookmarks, bookmarks} from '../extensions/bookmarks.js';
import {mentionsIn} from '../extensions/mentions.js';
import {challengedProblem} from '../extensions/muc-challenges.js';
import type {Entered} from '../extensions/muc-membership.js';
import {multiUserChat} from '../extensions/multi-user-chat.js';
import {roomAdministration} from '../extensions/room-administration.js';
import {bufferId} from '../model/buffer.js';
import type {Clock, Dispose} from '../shared/clock.js';
import {isXmppcError, messageOf} from '../shared/errors.js';
import {type BareJid, localpartOf} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import type {Storage} from '../storage/ports.js';
import type {Element} from '../xmpp/element.js';
import {isStanzaError} from '../xmpp/stanza-error.js';
import type {OpenBuffers} from './buffers.js';
import {createIgnoring, type Ignoring} from './ignoring.js';
import type {Journal} from './journal.js';
import type {LiveSession} from './live-session.js';
import {createRoomArrangements} from './room-arrangements.js';
import {createRoomAttempts} from './room-attempts.js';
import {createRoomChecks} from './room-checks.js';
import {createRoomMemory} from './room-memory.js';
import {createRoomQueue} from './room-queue.js';

export type RoomsPorts = {
	readonly account: BareJid;
	readonly buffers: Pick<
		OpenBuffers,
		'isOpen' | 'ensure' | 'attempt' | 'keep' | 'forget' | 'staysClosed' | 'arrangementOf' | 'follow' | 'touch'
	>;
	readonly journal: Journal;
	readonly storage: Pick<Storage, 'buffers' | 'ignored' | 'messages'>;
	readonly clock: Clock;
	readonly log: Log;
	notice(level: 'info' | 'warning', text: string, hint?: string): void;
};

export type EnterRoom = {readonly nick?: string; readonly password?: string};
/** `remember`: for the next login, and for the other devices of the account. */
export type EnterAndRemember = EnterRoom & {readonly remember?: boolean};

export type Rooms = {
	/** Whom the person does not want to hear there. */
	readonly ignoring: Ignoring;
	/** Own nick in a room that the account is in or wants to be in. */
	nickIn(room: BareJid): string | undefined;
	/** The elements that say whom a text mentions of those who are in the room (XEP-0372). */
	mentionedIn(room: BareJid, body: string): readonly Element[];
	/** The person arranged the buffer of a room otherwise: its bookmark tells the other devices, now or after the next login. */
	arranged(room: BareJid): void;
	/** Enters a room and remembers that. Rejects with why the room refuses, or `not-connected`. */
	join(live: LiveSession, room: BareJid, entering: EnterAndRemember): Promise<Entered>;
	/** Leaves a room, on all devices. */
	leave(live: LiveSession, room: BareJid, statusText?: string): Promise<void>;
	/** The person has taken another nick there: it is the one to come back under. */
	renamed(live: LiveSession, room: BareJid, nick: string): void;
	/** A fresh session is there: enters what is wanted, a few at a time. Resolves when all have answered. */
	began(live: LiveSession): Promise<void>;
	/** The session goes on: the rooms may have lost us meanwhile. */
	resumed(): void;
	/** The session is over. */
	ended(): void;
};

type Wanted = {nick: string; readonly password?: string};

/** Rooms that are entered by themselves at the same time. */
const atOnce = 10;
/** Milliseconds until a room that lost us is entered again, growing with each failure. */
const returnDelays: readonly number[] = [1000, 5000, 30_000, 120_000, 600_000];
/** Names that are tried where somebody else has ours. */
const mostNames = 3;
/** What a room says that would let us in under another name. */
const nickRefusals: readonly string[] = ['nick-taken', 'nick-reserved'];

export function createRooms({account, buffers, storage, journal, clock, log, notice}: RoomsPorts): Rooms {
	const wanted = new Map<BareJid, Wanted>();
	/** What was typed for rooms that refused only the nick: it need not be typed again with the next one. */
	const passwords = new Map<BareJid, string>();
	/** What rooms that were destroyed told of those in which they go on. */
	const told = new Map<BareJid, string>();
	let present: LiveSession | undefined;
	let queue = createRoomQueue(atOnce);
	let disposals: Dispose[] = [];
	const returning = new Map<BareJid, Dispose>();
	/** Rooms on their way in though nobody has asked for it just now; to be called where one asks something. */
	const unasked = new Map<BareJid, () => void>();
	const memory = createRoomMemory(notice);
	const {remember} = memory;
	const attempts = createRoomAttempts({account, buffers});

	const arrangements = createRoomArrangements({
		account,
		buffers,
		shared: storage.buffers,
		isPresent: live => present === live,
		put: (live, room, change) =>
			remember(live, room, () => (live.use(bookmarks).get(room) === undefined ? undefined : change)),
	});

	const show = (live: LiveSession, room: BareJid) => {
		buffers.ensure(account, 'room', room);
		arrangements.align(live, room);
	};

	const nickFor = (live: LiveSession, room: BareJid) =>
		live.use(bookmarks).get(room)?.nick ?? localpartOf(account) ?? 'me';

	/** Enters a room by itself: under another name where ours is taken. Who closed its buffer is not shown it for that. */
	const enter = async (live: LiveSession, room: BareJid, {nick, password}: Wanted): Promise<Entered> => {
		if (!buffers.staysClosed(bufferId(account, 'room', room), 'nothing')) {
			show(live, room);
		}

		for (let attempt = 0; ; attempt++) {
			try {
				const name = nick + '_'.repeat(attempt);
				return await live.rooms.join(room, {nick: name, ...(password === undefined ? {} : {password})});
			} catch (error) {
				if (!isXmppcError(error) || error.code !== 'nick-taken' || attempt + 1 >= mostNames) {
					throw error;
				}
			}
		}
	};

	/** Enters it without anybody having asked just now. What stands in the way is told, and tried again where it may pass. */
	const enterAgain = async (live: LiveSession, room: BareJid, failures = 0): Promise<void> => {
		const wish = wanted.get(room);
		const status = present === live ? live.use(multiUserChat).get(room)?.room.status : undefined;
		if (present !== live || wish === undefined || status === 'joined' || status === 'joining') {
			return;
		}

		if (status === 'parting') {
			comeBack(live, room, failures);
			return;
		}

		// Who answers may come late, or never: other rooms are entered meanwhile.
		const asks = new Promise<void>(resolve => unasked.set(room, resolve));
		const entering = attemptToEnter(live, room, wish, failures).finally(() => unasked.delete(room));
		await Promise.race([entering, asks]);
	};

	const attemptToEnter = async (live: LiveSession, room: BareJid, wish: Wanted, failures: number): Promise<void> => {
		try {
			const {created} = await enter(live, room, wish);
			if (created) {
				// It was gone, and is ours now: nobody else could enter before it is set up (XEP-0045 §10.1).
				await live.use(roomAdministration).acceptDefaults(room);
				await live.use(multiUserChat).learn(room);
			}
		} catch (error) {
			if (present !== live) {
				return;
			}

			const isPassing = isXmppcError(error) && (error.kind === 'temporary' || error.kind === 'unavailable');
			if (failures === 0) {
				notice('warning', messageOf(error), isXmppcError(error) ? error.hint : undefined);
			}

			if (isPassing) {
				comeBack(live, room, failures + 1);
			}
		}
	};

	const comeBack = (live: LiveSession, room: BareJid, failures: number) => {
		const delay = returnDelays[Math.min(failures, returnDelays.length - 1)] ?? 1000;
		returning.get(room)?.();
		returning.set(
			room,
			clock.after(delay, () => {
				returning.delete(room);
				// A service that comes back has lost all of its rooms.
				void queue.add(room, () => enterAgain(live, room, failures));
			}),
		);
	};

	/** A room that is entered by itself asks something: no dialog interrupts the person for that. */
	const tellAsked = (live: LiveSession, room: BareJid) => {
		const goOn = unasked.get(room);
		const asked = live.use(multiUserChat).challenges.get(room);
		if (goOn === undefined || asked === undefined) {
			return;
		}

		const {message: text, hint = ''} = challengedProblem(room, asked.challenge);
		notice('warning', text, hint);
		const buffer = bufferId(account, 'room', room);
		journal.emit({type: 'notice', level: 'warning', text, hint, account, buffer, at: clock.now()});
		// Who answers sees by themselves what it asks next.
		unasked.delete(room);
		goOn();
	};

	const followBookmarks = (live: LiveSession): Dispose =>
		live.use(bookmarks).changed(({room, before, after}) => {
			if (memory.isChanging(room)) {
				return;
			}

			if (after !== undefined) {
				attempts.keep(room);
			}

			arrangements.align(live, room);
			const wish = wanted.get(room);
			if (wish !== undefined && after !== undefined && after.password !== before?.password) {
				const {password} = after;
				wanted.set(room, {nick: wish.nick, ...(password === undefined ? {} : {password})});
			}

			if (after?.autojoin === true && before?.autojoin !== true && !wanted.has(room)) {
				want(live, room, after);
				// Another device may bring hundreds of them at a time.
				void queue.add(room, async () => {
					if (present === live && wanted.has(room)) {
						show(live, room);
						await enterAgain(live, room);
					}
				});
			} else if (before?.autojoin === true && after?.autojoin !== true && wanted.delete(room)) {
				live
					.use(multiUserChat)
					.leave(room)
					.catch((error: unknown) => log.note('rooms', `a room was not left: ${messageOf(error)}`));
			}
		});

	const want = (live: LiveSession, room: BareJid, {nick, password}: EnterRoom) => {
		const known = wanted.get(room);
		const remembered = passwords.get(room) ?? live.use(bookmarks).get(room)?.password;
		const secret = password ?? known?.password ?? remembered ?? told.get(room);
		wanted.set(room, {
			nick: nick ?? known?.nick ?? nickFor(live, room),
			...(secret === undefined ? {} : {password: secret}),
		});
	};

	const checks = createRoomChecks(clock, log);

	/** Puts the rooms of the bookmarks among those that are wanted. */
	const readBookmarks = async (live: LiveSession): Promise<'done' | 'unanswered'> => {
		const store: Bookmarks = live.use(bookmarks);
		try {
			for (const bookmark of await store.load()) {
				if (bookmark.autojoin && !wanted.has(bookmark.room)) {
					want(live, bookmark.room, bookmark);
				}

				attempts.keep(bookmark.room);
				arrangements.align(live, bookmark.room);
			}
		} catch (error) {
			// A server without them is no news: rooms are entered by hand then.
			log.note('rooms', `the bookmarks could not be read: ${messageOf(error)}`);
			return isStanzaError(error) && error.kind !== 'temporary' ? 'done' : 'unanswered';
		}

		return 'done';
	};

	/** Enters what is wanted. Where the bookmarks were not to be had, what is in them comes later. */
	const enterAll = async (live: LiveSession, failures = 0): Promise<void> => {
		const answer = await readBookmarks(live);
		if (present !== live) {
			return;
		}

		if (failures === 0) {
			disposals.push(followBookmarks(live), checks.keep(live));
		}

		if (answer === 'unanswered') {
			const delay = returnDelays[Math.min(failures + 1, returnDelays.length - 1)] ?? 1000;
			disposals.push(clock.after(delay, () => void enterAll(live, failures + 1)));
		}

		const waiting = [...wanted.keys()].filter(room => live.use(multiUserChat).get(room) === undefined);
		await Promise.all(waiting.map(room => queue.add(room, () => enterAgain(live, room))));
	};

	return {
		mentionedIn(room, body) {
			const joined = present?.use(multiUserChat).get(room);
			return joined === undefined
				? []
				: mentionsIn(body, room, joined.occupants.values(), {explicit: joined.takesMentions});
		},
		ignoring: createIgnoring({account, storage, journal, buffers}),
		arranged(room) {
			if (present !== undefined) {
				arrangements.align(present, room);
			}
		},
		nickIn: room => present?.use(multiUserChat).get(room)?.room.nick ?? wanted.get(room)?.nick,
		async join(live, room, {remember: isLasting = true, ...entering}) {
			const before = wanted.get(room);
			want(live, room, entering);
			const wish = wanted.get(room) ?? {nick: nickFor(live, room)};
			attempts.began(room, {isRemembered: live.use(bookmarks).get(room) !== undefined, isVisit: !isLasting});
			arrangements.align(live, room);
			try {
				const entered = await live.rooms.join(room, wish);
				if (isLasting) {
					attempts.arrived(room);
				}

				passwords.delete(room);
				told.delete(room);
				const {nick, password} = wish;
				void remember(live, room, () =>
					isLasting && wanted.get(room) === wish
						? {autojoin: true, nick, ...(password === undefined ? {} : {password})}
						: undefined,
				).then(() => arrangements.align(live, room));
				return entered;
			} catch (error) {
				if (wish.password !== undefined && isXmppcError(error) && nickRefusals.includes(error.code)) {
					passwords.set(room, wish.password);
				}

				if (!isLasting) {
					attempts.visited(room);
				} else if (live.use(multiUserChat).get(room) === undefined) {
					attempts.failed(room);
				}

				// Who asked once more meanwhile wants it still.
				if (wanted.get(room) === wish) {
					if (before === undefined) {
						wanted.delete(room);
					} else {
						wanted.set(room, before);
					}
				}

				throw error;
			}
		},
		renamed(live, room, nick) {
			const wish = wanted.get(room);
			if (wish !== undefined) {
				wish.nick = nick;
				void remember(live, room, () => (live.use(bookmarks).get(room) === undefined ? undefined : {nick}));
			}
		},
		async leave(live, room, statusText) {
			wanted.delete(room);
			returning.get(room)?.();
			returning.delete(room);
			await live.use(multiUserChat).leave(room, statusText);
			attempts.visited(room);
			await remember(live, room, () =>
				!wanted.has(room) && live.use(bookmarks).get(room)?.autojoin === true ? {autojoin: false} : undefined,
			);
		},
		async began(live) {
			present = live;
			queue = createRoomQueue(atOnce);
			disposals.push(
				live.use(multiUserChat).challenges.onAsked(room => tellAsked(live, room)),
				live.use(multiUserChat).onThrownOut((room, mayReturn, destroyed) => {
					if (mayReturn) {
						comeBack(live, room, 0);
					} else {
						wanted.delete(room);
					}

					if (destroyed?.alternative !== undefined && destroyed.password !== undefined) {
						told.set(destroyed.alternative, destroyed.password);
					}

					if (destroyed !== undefined) {
						// Whoever enters it by themselves would make it once more.
						void remember(live, room, () =>
							!wanted.has(room) && live.use(bookmarks).get(room)?.autojoin === true ? {autojoin: false} : undefined,
						);
					}
				}),
			);
			await enterAll(live);
		},
		resumed() {
			if (present !== undefined) {
				checks.now(present);
			}
		},
		ended() {
			present = undefined;
			for (const dispose of [...disposals, ...returning.values()]) {
				dispose();
			}

			disposals = [];
			returning.clear();
		},
	};
}
