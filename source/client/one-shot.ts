/**
 * `xmppc send`: log in, send, wait for the server's acknowledgement, leave. No presence, no carbons, no roster and no
 * catch-up, so that nothing is stolen from clients that stay. Of what waits in the outbox only what was written to the same
 * people goes out, and goes first: a conversation keeps its order. What cannot be encrypted although it has to be is taken
 * back: nobody would see it wait.
 */
import {randomUUID} from 'node:crypto';
import {multiUserChat} from '../extensions/multi-user-chat.js';
import {bufferId} from '../model/buffer.js';
import type {EncryptionWish} from '../model/device.js';
import type {Event} from '../model/events.js';
import {hasReached, type Message, type MessageKind, type WaitLevel} from '../model/message.js';
import type {Clock} from '../shared/clock.js';
import {createEmitter} from '../shared/emitter.js';
import {type Problem, problemOf, XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf, type Jid} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import type {SecretStores, SettingsStore, Storage} from '../storage/ports.js';
import type {Resolver} from '../xmpp/resolver.js';
import {serialize} from '../xmpp/serialize.js';
import type {Session} from '../xmpp/session.js';
import {openSession} from '../xmpp/session-opening.js';
import {noSuchAccount} from './account-problems.js';
import {createAttention} from './attention.js';
import {createOpenBuffers} from './buffers.js';
import {type Letter, messageStanza, prepared} from './compose.js';
import {openConnection} from './connect.js';
import {isThroughRoom} from './conversation.js';
import {isExposed} from './encryption/policy.js';
import type {Destination} from './encryption/recipients.js';
import {createJournal} from './journal.js';
import type {LiveSession} from './live-session.js';
import type {OpenSession} from './login.js';
import {unseen, watchMessages} from './message-watch.js';
import {concernsEncryption} from './one-shot-concern.js';
import {
	heldBack,
	inDoubt,
	loginTimedOut,
	neverWritten,
	notReady,
	type OneShotOutcome,
	unconfirmed,
} from './one-shot-outcomes.js';
import {enterRooms, levelInRoom, nickFor, notYet, recipientsOf, tooSlow} from './one-shot-rooms.js';
import {acknowledgement, bouncesOf, endOf} from './one-shot-waiting.js';
import {createOutbox} from './outbox.js';
import {createRequests} from './requests.js';
import {waitInRoom} from './room-pace.js';
import type {EnterRoom} from './rooms.js';
import {pinScram} from './scram-pin.js';
import {sendLetter} from './sending.js';
import {tooLong} from './stanza-limit.js';
import {createStrangerGate} from './strangers.js';

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
	/** What the person says about encrypting it; absent: as in a client that stays. */
	readonly encryption?: EncryptionWish;
	/** How far to wait; `acked` unless told. */
	readonly wait?: WaitLevel;
	/** For all of it, login included. Milliseconds. */
	readonly timeout: number;
};

/**
 * Sends one text to every recipient, in order, over one login. Throws an `XmppcError` where nothing was written: an unknown
 * account, a text that cannot be sent, keys that are locked, a failed login. After that each recipient has an outcome of its own.
 */
export async function sendOnce(message: OneShotMessage, ports: OneShotPorts): Promise<readonly OneShotOutcome[]> {
	const {storage, clock} = ports;
	const {account, to, timeout, room, wait: level = 'acked', encryption: wish, ...draft} = message;
	const wait = room === undefined ? level : levelInRoom(level);
	const settings = ports.settings.read();
	const accountSettings = settings.accounts.find(({jid}) => jid === account);
	if (accountSettings === undefined) {
		throw noSuchAccount(account);
	}

	const kind = room === undefined ? {} : {kind: 'groupchat' as const};
	const letters = recipientsOf(to, room).map(to => ({letter: prepared({...draft, ...kind, to}), id: randomUUID()}));
	const isPrivate = (to: Jid) => room === undefined && isThroughRoom(account, to, storage);
	const destinationOf = ({to}: Letter): Destination =>
		isPrivate(to) ? {kind: 'private', jid: to} : {kind: room === undefined ? 'chat' : 'room', jid: bareOf(to)};
	const bufferOf = (letter: Letter) => {
		const {kind, jid} = destinationOf(letter);
		return bufferId(account, kind, jid);
	};
	const conversations = new Set(letters.map(({letter}) => bufferOf(letter)));
	/** Rooms that did not let us in. */
	let refused: ReadonlyMap<Jid, Problem> = new Map();
	for (const {letter, id} of letters) {
		refuseTooLong(letter, id, account, storage);
	}

	/** Why a message did not arrive, or was not sent. */
	const failures = new Map<number, Problem>();
	const happened = createEmitter<Event>();
	const watch = watchMessages(happened.subscribe);
	const journal = createJournal(storage, happened.emit);
	const buffers = createOpenBuffers(storage, journal);
	const needsEncryption = concernsEncryption(wish, {account, conversations, settings, storage});
	const encryption = needsEncryption
		? (await import('./one-shot-encryption.js')).createOneShotEncryption({
				...ports,
				account: accountSettings,
				settings,
				journal,
				events: happened.subscribe,
				wish,
				proceed: () => outbox.proceed(),
			})
		: undefined;
	const ruleFor = encryption?.ruleFor ?? (() => undefined);
	const outbox = createOutbox({account, storage, journal, clock, sealing: encryption?.account.sealing});
	let live: LiveSession | undefined;
	const nickIn = (jid: BareJid) =>
		room === undefined ? undefined : (live?.use(multiUserChat).get(jid)?.room.nick ?? nickFor(account, room));
	const admitted = () => letters.filter(({letter}) => !refused.has(letter.to));
	const write = (author: Jid) =>
		journal.commit(() =>
			admitted().map(({letter, id}) =>
				sendLetter(letter, id, author, {
					account,
					journal,
					buffers,
					outbox,
					clock,
					nickIn,
					isThroughRoom: isPrivate,
					ruleFor,
				}),
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

	/** Why a message that has not been written will not be. */
	const obstacleTo = ({id, buffer}: Message): Problem => {
		const letter = letters.find(each => each.id === id)?.letter;
		const to = letter?.to ?? account;
		const pause =
			room === undefined || live === undefined ? 0 : waitInRoom(live.use(multiUserChat), bareOf(to), clock.now());
		const isSealed = letter !== undefined && ruleFor(destinationOf(letter)) !== undefined;
		const held = encryption?.holds.reasonIn(buffer);
		if (held !== undefined) {
			return heldBack(to, held);
		}

		if (interruption !== undefined) {
			return neverWritten(to, interruption);
		}

		return room !== undefined && (pause > 0 || !isSealed) ? notYet(to, pause) : notReady(to, timeout);
	};

	/** What is not written by the end would be sent at some later login, when it was sent again already. */
	const takeBack = (messages: readonly Message[]) => {
		for (const message of messages) {
			if (storage.messages.get(message.key)?.state === 'queued') {
				const problem = obstacleTo(message);
				failures.set(message.key, problem);
				outbox.settle(message, 'failed', {failure: problem.message, problem});
			}
		}
	};

	/** With what is encrypted there is nothing to write before the keys of the recipients are known. */
	const isPlain = ({letter}: {readonly letter: Letter}) => ruleFor(destinationOf(letter)) === undefined;
	try {
		await encryption?.open();
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
				strangers: createStrangerGate({
					account,
					storage,
					requests: createRequests({storage, journal, buffers}),
					journal,
					clock,
				}),
				bounced: ({key}, problem) => failures.set(key, problem),
				...(encryption === undefined ? {} : {encryption: encryption.account}),
			},
			deadline.signal,
			undefined,
			// A room has to be entered before anything can be said in it.
			room === undefined && letters.some(isPlain)
				? (send, {maxBytes}) => {
						outbox.open(send, {only: conversations, maxBytes});
						// Which resource this is the server has not said yet.
						sent = write(account);
					}
				: undefined,
		);
		({session, live} = connection);
		await encryption?.account.began(live, false);
		connection.release();
		const over = endOf(session, deadline.signal);
		if (room !== undefined) {
			encryption?.follow();
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
		if (room === undefined) {
			await encryption?.settled(sent, over);
		}

		const overtaken = bouncesOf(live, account, clock);
		interruption = await acknowledgement(session, deadline.signal);
		if (interruption === undefined) {
			await overtaken();
		}

		if (interruption === undefined && wait !== 'acked') {
			await Promise.all(
				sent.map(({key, buffer}) => watch.reaching(key, 'queued', wait, encryption?.overOrHeld(buffer, over) ?? over)),
			);
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
		try {
			takeBack(sent ?? []);
		} finally {
			await session?.end();
			outbox.close(interruption);
			encryption?.account.ended();
			live?.dispose();
		}
	}

	if (session !== undefined) {
		await pinScram(accountSettings, session.security.mechanism, ports);
	}

	const written = new Map(sent.map(({id, key}) => [id, key]));
	return letters.map(({letter, id}): OneShotOutcome => {
		const {to} = letter;
		const refusal = refused.get(to);
		if (refusal !== undefined) {
			return {to, ok: false, problem: refusal};
		}

		const key = written.get(id) ?? 0;
		const {state, encryption: how} = storage.messages.get(key) ?? {};
		if (state !== undefined && state !== 'failed' && hasReached(state, wait)) {
			const exposed = isExposed(storage.omemo, bufferOf(letter), wish);
			return {
				to,
				id,
				ok: true,
				state,
				...(how === undefined ? {} : {encryption: how}),
				...(exposed ? {exposed} : {}),
			};
		}

		const problem =
			failures.get(key) ??
			(state === 'acked' || state === 'delivered'
				? unseen(to, state, `within ${timeout / 1000} s`)
				: inDoubt(interruption ?? unconfirmed(account, timeout)));
		return {to, id, ok: false, problem};
	});
}

function refuseTooLong(letter: Letter, id: string, account: BareJid, {servers}: Pick<Storage, 'servers'>): void {
	const announced = servers.maxBytes(account);
	const unfit = tooLong(serialize(messageStanza(letter, id)), {account, to: letter.to, announced});
	if (unfit !== undefined) {
		throw new XmppcError(unfit);
	}
}
