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
import type {SessionEnd} from '../xmpp/session.js';
import {attemptCancelled, notConnected, statusAfter} from './account-problems.js';
import {createStanding} from './account-standing.js';
import {openGap} from './archive-position.js';
import type {OpenBuffers} from './buffers.js';
import type {Letter} from './compose.js';
import {openConnection} from './connect.js';
import type {Journal} from './journal.js';
import type {LiveSession} from './live-session.js';
import type {LoginPorts} from './login.js';
import {createOutbox, type Outbox} from './outbox.js';
import {createReconnection, type Random} from './reconnection.js';
import {sendLetter} from './sending.js';
import {createStrangerGate} from './strangers.js';

export type AccountPorts = LoginPorts & {
	readonly storage: Storage;
	readonly journal: Journal;
	readonly buffers: OpenBuffers;
	readonly random: Random;
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
	const {journal, clock, random} = ports;
	const {jid} = settings();
	const standing = createStanding(settings, ports);
	const {become, notice} = standing;
	const outbox = createOutbox({account: jid, storage: ports.storage, journal, clock});
	const reconnection = createReconnection(clock, random);
	const admitsStranger = createStrangerGate({account: jid, storage: ports.storage, journal, clock});

	/** The attempt under way, and how to give it up. */
	let attempting: Promise<void> | undefined;
	let abort = new AbortController();
	/** The end of a connection that is on its way. */
	let closing: Promise<void> | undefined;
	let live: LiveSession | undefined;

	/** Tells what went wrong, once for a row of equal failures, and plans the next attempt where that can help. */
	const stumble = (because: Problem) => {
		const next = statusAfter(because);
		const isNews = standing.problem?.code !== because.code;
		become(next, because);
		if (next === 'interrupted') {
			reconnection.schedule(() => {
				// What stops it is told here again.
				begin().catch(() => {});
			});
		}

		if (isNews) {
			const isPassing = next === 'interrupted';
			notice(isPassing ? 'warning' : 'error', because.message, isPassing ? hintMeanwhile(because) : because.hint);
		}
	};

	const tellDoubt = (messages: number) => {
		if (messages > 0) {
			const hasArchive = ports.storage.archives.load(jid, jid) !== undefined;
			const hint = hasArchive
				? 'The archive of the server will tell; what it does not have is sent again.'
				: 'Look for the mark beside them; ask, or send them again.';
			notice('warning', doubtText(messages), hint);
		}
	};

	/** Forgets the connection and what was known by it. Messages it left in doubt are told of. */
	const lose = (connection: LiveSession) => {
		live = undefined;
		standing.secure(undefined);
		connection.dispose();
		journal.emit({type: 'presence.cleared', account: jid});
		// The next session brings those again that nobody answered meanwhile.
		for (const request of connection.requests()) {
			journal.emit({type: 'subscription.resolved', account: jid, jid: request.jid});
		}

		try {
			tellDoubt(outbox.close());
		} catch (error) {
			notice('error', `What became of the last messages could not be recorded: ${messageOf(error)}`);
		}
	};

	const ended = (connection: LiveSession, {problem: because, recoverable}: SessionEnd) => {
		if (live !== connection) {
			return;
		}

		lose(connection);
		if (because === undefined) {
			become('offline');
		} else if (recoverable) {
			stumble(because);
		} else {
			become('failed', because);
			notice('error', because.message, because.hint);
		}
	};

	const open = async (signal: AbortSignal): Promise<void> => {
		const {
			session,
			live: connection,
			release,
		} = await openConnection(settings(), {...ports, outbox, admitsStranger}, signal);
		live = connection;
		standing.secure(session.security);
		let end: SessionEnd | undefined;
		session.onEnd(reason => {
			end = reason;
			ended(connection, reason);
		});
		release();
		await connection.start(() => standing.own);
		if (end !== undefined) {
			throw end.problem === undefined ? attemptCancelled(jid) : new XmppcError(end.problem);
		}

		reconnection.succeeded();
		become('online');
		const {mechanism, tls} = session.security;
		notice('info', `${jid} is connected (${tls}, ${mechanism}).`);
		connection.openOutbox();
		if (mechanism.startsWith('SCRAM-') && settings().scramPinned !== true) {
			await ports.pinScram(jid);
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

			become('connecting', standing.problem);
			await open(mine.signal);
		} catch (error) {
			if (mine.signal.aborted) {
				throw attemptCancelled(jid);
			}

			// The end of an open session was dealt with when it happened.
			if (standing.status === 'connecting') {
				const connection = live;
				if (connection !== undefined) {
					lose(connection);
					await connection.end();
					if (mine.signal.aborted) {
						throw attemptCancelled(jid);
					}
				}

				stumble(problemOf(error));
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
		recover: () => tellDoubt(outbox.recover()),
		connect() {
			if (standing.status === 'online' && closing === undefined) {
				return Promise.resolve();
			}

			if (attempting !== undefined) {
				return attempting;
			}

			reconnection.cancel();
			standing.forgetProblem();
			return begin();
		},
		disconnect() {
			reconnection.cancel();
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

/** Failures that pass by themselves, unless host or port are wrong. */
const addressCodes: ReadonlySet<string> = new Set(['no-such-host', 'not-xmpp', 'tls-failed']);

function hintMeanwhile({code, hint}: Problem): string {
	const again = 'Trying again by itself.';
	return hint !== undefined && addressCodes.has(code) ? `${hint} ${again}` : again;
}

function doubtText(count: number): string {
	return count === 1
		? 'The connection was lost before the server confirmed a message: it may or may not have arrived.'
		: `The connection was lost before the server confirmed ${count} messages: they may or may not have arrived.`;
}
