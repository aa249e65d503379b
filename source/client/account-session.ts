/**
 * One account: whether it is wanted online, the attempts to get it there, and the connection while it lasts. What happens
 * inside a connection is in `live-session.ts`.
 */
import type {Attention} from '../extensions/ports.js';
import type {Account, AccountSettings, Availability} from '../model/account.js';
import type {Message} from '../model/message.js';
import {messageOf, type Problem, problemOf, XmppcError} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import type {Storage} from '../storage/ports.js';
import type {Element} from '../xmpp/element.js';
import type {SessionEnd} from '../xmpp/session.js';
import {attemptCancelled, isPassingStorageProblem, notConnected} from './account-problems.js';
import {createSetbacks} from './account-setbacks.js';
import {createStanding} from './account-standing.js';
import {openGap} from './archive-position.js';
import type {OpenBuffers} from './buffers.js';
import type {Letter} from './compose.js';
import {type Connection, openConnection} from './connect.js';
import type {Journal} from './journal.js';
import type {LiveSession} from './live-session.js';
import type {LoginPorts} from './login.js';
import type {LocalAddresses} from './network-watch.js';
import {createOutbox, type Outbox} from './outbox.js';
import type {Random} from './reconnection.js';
import {sendLetter} from './sending.js';
import {tellShortcomings} from './shortcomings.js';
import {createStrangerGate} from './strangers.js';

export type AccountPorts = LoginPorts & {
	readonly storage: Storage;
	readonly journal: Journal;
	readonly buffers: OpenBuffers;
	readonly random: Random;
	readonly addresses: LocalAddresses;
	readonly attention: Attention;
	/** Whether receipts are to be answered now. */
	readonly answersReceipts: () => boolean;
	/** The account logged in with SCRAM: PLAIN is to be refused from now on. */
	readonly pinScram: (account: BareJid) => Promise<void>;
};

export type AccountSession = {
	readonly jid: BareJid;
	readonly outbox: Outbox;
	/** The account as front ends see it. */
	view(): Account;
	/** Tells of messages that an earlier process left in doubt. To be called once, at the start. */
	recover(): void;
	/** Resolves when online; throws what stopped it. Where that may pass, attempts go on in the background. */
	connect(): Promise<void>;
	/** Ends the connection, or the attempts to get one. Resolves when the stream is closed. */
	disconnect(): Promise<void>;
	setPresence(availability: Availability, statusText: string): void;
	/** Commits a letter under `id` (a UUID); it goes out now or at the next login. */
	sendMessage(letter: Letter, id: string): Message;
	/** The connection; throws `not-connected` without one. */
	live(): LiveSession;
	/** What is known from the connection, empty without one. */
	presence(): ReturnType<LiveSession['presence']>;
	requests(): ReturnType<LiveSession['requests']>;
	/** What the archive has beyond what is stored, also where that is only known from an earlier connection. */
	history(): LiveSession['history'];
};

export function createAccountSession(settings: () => AccountSettings, ports: AccountPorts): AccountSession {
	const {journal, clock} = ports;
	const {jid} = settings();
	const standing = createStanding(settings, ports);
	const {notice} = standing;
	const outbox = createOutbox({account: jid, storage: ports.storage, journal, clock});
	const admitsStranger = createStrangerGate({account: jid, storage: ports.storage, journal, clock});
	const owedReceipts = new Map<string, Element>();

	/** The attempt under way, and how to give it up. */
	let attempting: Promise<void> | undefined;
	let abort = new AbortController();
	/** The end of a connection that is on its way. */
	let closing: Promise<void> | undefined;
	let live: LiveSession | undefined;
	/** The connection that was lost and whose session may go on over another one: everything known by it stays known. */
	let held: Connection | undefined;
	const setbacks = createSetbacks({
		standing,
		clock,
		random: ports.random,
		addresses: ports.addresses,
		// What stops an attempt is told where it fails.
		retry: () => void begin().catch(() => {}),
		giveUp: () => giveUp(),
		probe: () => live?.probe(),
	});
	const {become} = setbacks;

	const tellDoubt = (messages: number) => {
		if (messages > 0) {
			const hasArchive = ports.storage.archives.load(jid, jid) !== undefined;
			const hint = hasArchive
				? 'The archive of the server will tell; what it does not have is sent again.'
				: 'Look for the mark beside them; ask, or send them again.';
			notice('warning', doubtText(messages), hint);
		}
	};

	/** Where it cannot be recorded now, the outbox does it when it opens. */
	const doubt = (find: () => number) => {
		try {
			tellDoubt(find());
		} catch (error) {
			notice('error', `What became of the last messages could not be recorded: ${messageOf(error)}`);
		}
	};

	/** Forgets the connection and what was known by it. Messages it left in doubt are told of. */
	const lose = (connection: LiveSession, because?: Problem) => {
		live = undefined;
		held = undefined;
		standing.secure(undefined);
		connection.dispose();
		journal.emit({type: 'presence.cleared', account: jid});
		// The next session brings those again that nobody answered meanwhile.
		for (const request of connection.requests()) {
			journal.emit({type: 'subscription.resolved', account: jid, jid: request.jid});
		}

		doubt(() => outbox.close(because));
	};

	const ended = (connection: LiveSession, {problem: because, recoverable}: SessionEnd) => {
		if (live !== connection) {
			return;
		}

		const wasHeld = held !== undefined;
		lose(connection, wasHeld ? undefined : because);
		if (wasHeld && because !== undefined) {
			// The attempt to go on with it is under way, and deals with what it comes to.
			return;
		}

		if (because === undefined) {
			become('offline');
		} else if (recoverable || isPassingStorageProblem(because)) {
			setbacks.stumble(because);
		} else {
			setbacks.stop(because);
		}
	};

	/** Nothing will go on with the session of a lost connection. */
	const giveUp = () => {
		const connection = held;
		if (connection !== undefined) {
			lose(connection.live);
			void connection.session.end();
		}
	};

	/** The connection is lost, the session is not. The person hears of it when the attempt to go on fails. */
	const hold = (connection: Connection, because: Problem) => {
		held = connection;
		outbox.pause(because);
		standing.secure(undefined);
		setbacks.interrupt(because, true);
	};

	const goOn = async ({session, live: connection}: Connection): Promise<void> => {
		held = undefined;
		standing.secure(session.security);
		if (setbacks.overcome()) {
			notice('info', `${jid} is connected again.`);
		}

		connection.openOutbox();
		await connection.resumed();
	};

	const open = async (signal: AbortSignal): Promise<void> => {
		const made = await openConnection(settings(), {...ports, outbox, admitsStranger, owedReceipts}, signal, {
			previous: held,
		});
		if (made === held) {
			await goOn(made);
			return;
		}

		const {session, live: connection, release} = made;
		live = connection;
		standing.secure(session.security);
		let end: SessionEnd | undefined;
		session.onEnd(reason => {
			end ??= reason;
			ended(connection, end);
		});
		session.onInterrupt(because => {
			if (live === connection && standing.status === 'online') {
				hold(made, because);
			} else {
				// A login that was not complete is made anew.
				end ??= {problem: because, recoverable: true};
				void session.end();
			}
		});
		release();
		await connection.start(() => standing.own);
		if (end !== undefined) {
			throw end.problem === undefined ? attemptCancelled(jid) : new XmppcError(end.problem);
		}

		setbacks.overcome();
		const {mechanism, tls} = session.security;
		notice('info', `${jid} is connected (${tls}, ${mechanism}).`);
		connection.openOutbox();
		void tellShortcomings(jid, connection.shortcomings, ports);
		if (mechanism.startsWith('SCRAM-') && settings().scramPinned !== true) {
			await ports.pinScram(jid).catch((error: unknown) => {
				notice('warning', `That ${jid} logs in with SCRAM could not be noted: ${messageOf(error)}`);
			});
		}
	};

	const attempt = async (): Promise<void> => {
		const mine = new AbortController();
		abort = mine;
		try {
			if (closing !== undefined) {
				await closing;
				mine.signal.throwIfAborted();
			}

			const before = standing.problem;
			become('connecting', before);
			if (before !== undefined && isPassingStorageProblem(before)) {
				// What comes could still not be stored: better not to let it come.
				ports.storage.check();
			}

			await open(mine.signal);
		} catch (error) {
			if (mine.signal.aborted) {
				throw attemptCancelled(jid);
			}

			// The end of an open session was dealt with when it happened, unless it was we who could not go on with it.
			const because = problemOf(error);
			if (standing.status === 'connecting' || (live !== undefined && isPassingStorageProblem(because))) {
				const connection = live;
				if (connection !== undefined && held === undefined) {
					lose(connection);
					await connection.end();
					if (mine.signal.aborted) {
						throw attemptCancelled(jid);
					}
				}

				setbacks.stumble(because);
			}

			throw error;
		}
	};

	const begin = (): Promise<void> => {
		const mine = attempt().finally(() => {
			if (attempting === mine) {
				attempting = undefined;
			}
		});
		attempting = mine;
		return mine;
	};

	const close = async (): Promise<void> => {
		await live?.end();
		if (standing.status !== 'offline') {
			become('offline');
		}
	};

	const knownHistory: LiveSession['history'] = {
		mayHaveOlder: () => openGap(ports.storage.archives.load(jid, jid) ?? {gaps: []}) !== undefined,
		async fetchOlder() {},
	};

	return {
		jid,
		outbox,
		view: standing.view,
		recover: () => doubt(outbox.recover),
		connect() {
			if (standing.status === 'online' && closing === undefined) {
				live?.probe();
				return Promise.resolve();
			}

			if (attempting !== undefined) {
				return attempting;
			}

			setbacks.forget();
			standing.forgetProblem();
			return begin();
		},
		disconnect() {
			setbacks.forget();
			abort.abort();
			attempting = undefined;
			outbox.pause();
			closing ??= close().finally(() => {
				closing = undefined;
			});
			return closing;
		},
		setPresence(availability, statusText) {
			standing.choosePresence({availability, statusText});
			live?.announce(standing.own);
		},
		sendMessage: (letter, id) =>
			journal.commit(() => {
				const message = sendLetter(letter, id, live?.jid ?? jid, {...ports, account: jid, outbox});
				// Whoever answers has read what was there.
				ports.buffers.markRead(message.buffer, message.key);
				return message;
			}),
		live() {
			if (live === undefined || standing.status !== 'online') {
				throw notConnected(jid);
			}

			return live;
		},
		presence: () => live?.presence() ?? [],
		requests: () => live?.requests() ?? [],
		history: () => live?.history ?? knownHistory,
	};
}

function doubtText(count: number): string {
	return count === 1
		? 'The connection was lost before the server confirmed a message: it may or may not have arrived.'
		: `The connection was lost before the server confirmed ${count} messages: they may or may not have arrived.`;
}
