/**
 * `xmppc send`: log in, send, wait for the server's acknowledgement, leave. No presence, no carbons, no roster and no
 * catch-up, so that nothing is stolen from clients that stay. Of what waits in the outbox only what was written to the same
 * people goes out, and goes first: a conversation keeps its order.
 */
import {randomUUID} from 'node:crypto';
import {multiUserChat} from '../extensions/multi-user-chat.js';
import {ping} from '../extensions/ping.js';
import type {AccountSettings} from '../model/account.js';
import {bufferId} from '../model/buffer.js';
import type {Event} from '../model/events.js';
import {hasReached, type Message, type MessageKind, type OutgoingState, type WaitLevel} from '../model/message.js';
import type {Clock} from '../shared/clock.js';
import {createEmitter} from '../shared/emitter.js';
import {messageOf, type Problem, problemOf, XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf, domainOf, type Jid} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import type {SecretStores, SettingsStore, Storage} from '../storage/ports.js';
import type {Resolver} from '../xmpp/resolver.js';
import {serialize} from '../xmpp/serialize.js';
import type {Session} from '../xmpp/session.js';
import {openSession} from '../xmpp/session-opening.js';
import {noSuchAccount} from './account-problems.js';
import {createAttention} from './attention.js';
import {createOpenBuffers} from './buffers.js';
import {messageStanza, prepared} from './compose.js';
import {openConnection} from './connect.js';
import {createJournal} from './journal.js';
import type {LiveSession} from './live-session.js';
import type {OpenSession} from './login.js';
import {unseen, watchMessages} from './message-watch.js';
import {enterRooms, levelInRoom, nickFor, notYet, recipientsOf, tooSlow} from './one-shot-rooms.js';
import {createOutbox} from './outbox.js';
import {waitInRoom} from './room-pace.js';
import type {EnterRoom} from './rooms.js';
import {withScramPinned} from './scram-pin.js';
import {sendLetter} from './sending.js';
import {tooLong} from './stanza-limit.js';

/** How long a server that has acknowledged may keep silent about a ping. Milliseconds. */
const pongPatience = 1000;

export type OneShotPorts = {
	readonly storage: Storage;
	readonly settings: SettingsStore;
	readonly secrets: SecretStores;
	readonly clock: Clock;
	readonly log: Log;
	readonly resolver: Resolver;
	readonly openSession?: OpenSession;
};

export type OneShotMessage = {
	readonly account: BareJid;
	readonly to: readonly Jid[];
	readonly body: string;
	readonly subject?: string;
	readonly kind?: MessageKind;
	/** The recipients are rooms, which are entered for it. There `acked` means that the room has said it to everybody. */
	readonly room?: EnterRoom;
	/** How far to wait; `acked` unless told. */
	readonly wait?: WaitLevel;
	/** For all of it, login included. Milliseconds. */
	readonly timeout: number;
};

/** What became of the message to one recipient. `id` is the stanza's, where there came to be one. */
export type OneShotOutcome = {readonly to: Jid} & (
	| {readonly ok: true; readonly id: string; readonly state: OutgoingState}
	| {readonly ok: false; readonly id?: string; readonly problem: Problem}
);

/**
 * Sends one text to every recipient, in order, over one login. Throws an `XmppcError` where nothing was written: an unknown
 * account, a text that cannot be sent, a failed login. After that each recipient has an outcome of its own.
 */
export async function sendOnce(message: OneShotMessage, ports: OneShotPorts): Promise<readonly OneShotOutcome[]> {
	const {storage, settings, clock} = ports;
	const {account, to, timeout, room, wait: level = 'acked', ...draft} = message;
	const wait = room === undefined ? level : levelInRoom(level);
	const accountSettings = settings.read().accounts.find(({jid}) => jid === account);
	if (accountSettings === undefined) {
		throw noSuchAccount(account);
	}

	const kind = room === undefined ? {} : {kind: 'groupchat' as const};
	const letters = recipientsOf(to, room).map(to => ({letter: prepared({...draft, ...kind, to}), id: randomUUID()}));
	const conversations = new Set(
		letters.map(({letter}) => bufferId(account, room === undefined ? 'chat' : 'room', bareOf(letter.to))),
	);
	/** Rooms that did not let us in. */
	let refused: ReadonlyMap<Jid, Problem> = new Map();
	for (const {letter, id} of letters) {
		const unfit = tooLong(serialize(messageStanza(letter, id)), {
			account,
			to: letter.to,
			announced: storage.servers.maxBytes(account),
		});
		if (unfit !== undefined) {
			throw new XmppcError(unfit);
		}
	}

	const bounces = new Map<number, Problem>();
	const happened = createEmitter<Event>();
	const watch = watchMessages(happened.subscribe);
	const journal = createJournal(storage, happened.emit);
	const buffers = createOpenBuffers(storage, journal);
	const outbox = createOutbox({account, storage, journal, clock});
	let live: LiveSession | undefined;
	const nickIn = (jid: BareJid) =>
		room === undefined ? undefined : (live?.use(multiUserChat).get(jid)?.room.nick ?? nickFor(account, room));
	const admitted = () => letters.filter(({letter}) => !refused.has(letter.to));
	/** What has not had its turn in a slow room would be sent at some later login, when it was sent again already. */
	const giveUpQueued = (messages: readonly Message[], {use}: LiveSession) => {
		for (const message of messages) {
			if (room !== undefined && storage.messages.get(message.key)?.state === 'queued') {
				const jid = bareOf(message.author);
				const problem = notYet(jid, waitInRoom(use(multiUserChat), jid, clock.now()));
				bounces.set(message.key, problem);
				outbox.settle(message, 'failed', {failure: problem.message, problem});
			}
		}
	};
	const write = (author: Jid) =>
		journal.commit(() =>
			admitted().map(({letter, id}) =>
				sendLetter(letter, id, author, {account, journal, buffers, outbox, clock, nickIn}),
			),
		);
	if (wait === 'queued') {
		// Whoever logs in next with this profile sends it.
		return write(account).map(({id = ''}, index) => ({
			to: letters[index]?.letter.to ?? account,
			id,
			ok: true,
			state: 'queued',
		}));
	}

	const deadline = new AbortController();
	const begun = clock.monotonic();
	const stopClock = clock.after(timeout, () => deadline.abort());
	let stopEntering = () => {};
	let sent: readonly Message[] | undefined;
	let interruption: Problem | undefined;
	let session: Session | undefined;
	try {
		const connection = await openConnection(
			accountSettings,
			{
				openSession,
				...ports,
				journal,
				buffers,
				outbox,
				answersReceipts: () => false,
				attention: createAttention(clock),
				admitsStranger: () => true,
				bounced: ({key}, problem) => bounces.set(key, problem),
			},
			deadline.signal,
			undefined,
			// A room has to be entered before anything can be said in it.
			room === undefined
				? (send, {maxBytes}) => {
						outbox.open(send, {only: conversations, maxBytes});
						// Which resource this is the server has not said yet.
						sent = write(account);
					}
				: undefined,
		);
		({session, live} = connection);
		connection.release();
		if (room !== undefined) {
			const rooms = letters.map(({letter}) => letter.to);
			const isOver = new Promise<void>(resolve => {
				// What is left of the time is for what the rooms say.
				stopEntering = clock.after(timeout / 2, resolve);
				session?.onEnd(() => resolve());
			});
			const outside = await enterRooms(live, rooms, {...room, nick: nickFor(account, room)}, isOver);
			const patience = begun + timeout - clock.monotonic();
			refused = new Map([...outside, ...tooSlow(live, rooms, {clock, patience})]);
		}

		live.openOutbox(conversations);
		sent ??= write(live.jid);
		const overtaken = bouncesOf(live, account, clock);
		interruption = await acknowledgement(session, deadline.signal);
		if (interruption === undefined) {
			await overtaken();
		}

		if (interruption === undefined && wait !== 'acked') {
			const over = endOf(session, deadline.signal);
			await Promise.all(sent.map(({key}) => watch.reaching(key, 'written', wait, over)));
			giveUpQueued(sent, live);
		}
	} catch (error) {
		const reason = deadline.signal.aborted && session === undefined ? loginTimedOut(account, timeout) : error;
		// What went out ahead of the login's end may have arrived, whatever became of the login.
		if (sent === undefined || session !== undefined) {
			throw reason;
		}

		interruption = problemOf(reason);
	} finally {
		stopClock();
		stopEntering();
		await session?.end();
		outbox.close(interruption);
		live?.dispose();
	}

	if (session !== undefined) {
		await pinScram(accountSettings, session, ports);
	}

	const written = new Map(sent.map(({id, key}) => [id, key]));
	return letters.map(({letter: {to}, id}): OneShotOutcome => {
		const refusal = refused.get(to);
		if (refusal !== undefined) {
			return {to, ok: false, problem: refusal};
		}

		const key = written.get(id) ?? 0;
		const recipient = {to, id};
		const state = storage.messages.get(key)?.state;
		if (state !== undefined && state !== 'failed' && hasReached(state, wait)) {
			return {...recipient, ok: true, state};
		}

		const problem =
			bounces.get(key) ??
			(state === 'acked' || state === 'delivered'
				? unseen(recipient.to, state, `within ${timeout / 1000} s`)
				: inDoubt(interruption ?? unconfirmed(account, timeout)));
		return {...recipient, ok: false, problem};
	});
}

/** Aborted when the session ends or time runs out. */
function endOf(session: Session, deadline: AbortSignal): AbortSignal {
	const ended = new AbortController();
	session.onEnd(() => ended.abort());
	return AbortSignal.any([ended.signal, deadline]);
}

/** Waits until the server has everything. Answers why it does not, where the stream ended or time ran out. */
async function acknowledgement(session: Session, deadline: AbortSignal): Promise<Problem | undefined> {
	let end: Problem | undefined;
	session.onEnd(({problem}) => {
		end = problem;
	});
	const ranOut = new Promise<void>(resolve => {
		deadline.addEventListener('abort', () => resolve(), {once: true});
	});
	try {
		await Promise.race([session.flush(), ranOut]);
		return undefined;
	} catch (error) {
		return end ?? problemOf(error);
	}
}

/**
 * Asks the server for a sign of life behind what was written; with the `<r/>` it costs no flight of its own. What the answer
 * resolves to waits for it, but not for long: ejabberd acknowledges a message before it refuses it, and says both before that.
 */
function bouncesOf(live: LiveSession, account: BareJid, clock: Clock): () => Promise<void> {
	const answered = live
		.use(ping)
		.ping(domainOf(account))
		// Also a refusal is an answer.
		.then(
			() => undefined,
			() => undefined,
		);
	return () =>
		new Promise(resolve => {
			const stopWaiting = clock.after(pongPatience, resolve);
			void answered.then(() => {
				stopWaiting();
				resolve();
			});
		});
}

function loginTimedOut(account: BareJid, timeout: number): XmppcError {
	return new XmppcError({
		code: 'not-acknowledged',
		kind: 'temporary',
		message: `The server of ${account} did not complete the login within ${timeout / 1000} s; nothing was sent.`,
		hint: 'Try again later, or allow more time with --timeout.',
	});
}

function unconfirmed(account: BareJid, timeout: number): Problem {
	return {
		code: 'not-acknowledged',
		kind: 'temporary',
		message: `The server of ${account} did not confirm the message within ${timeout / 1000} s.`,
	};
}

/** Whoever sends a written message again without looking may send it twice. */
function inDoubt(problem: Problem): Problem {
	return {...problem, hint: 'It may or may not have arrived: ask before you send it again.'};
}

/** As the TUI does: from now on this account does not log in by showing its password. */
async function pinScram(account: AccountSettings, session: Session, {settings, log}: OneShotPorts): Promise<void> {
	if (account.scramPinned === true || !session.security.mechanism.startsWith('SCRAM-')) {
		return;
	}

	try {
		await settings.update(current => withScramPinned(current, account.jid));
	} catch (error) {
		// What was sent is sent, and the next login tries again.
		log.note('settings', `the use of SCRAM could not be noted: ${messageOf(error)}`);
	}
}
