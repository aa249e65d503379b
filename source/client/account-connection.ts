/**
 * The connection of one account: opened, held while its session may go on over another one, lost. When to open one is
 * decided in `account-session.ts`; what happens inside it is in `live-session.ts`.
 */
import type {AccountSettings} from '../model/account.js';
import type {Clock} from '../shared/clock.js';
import {messageOf, type Problem, XmppcError} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import type {Element} from '../xmpp/element.js';
import type {SessionEnd} from '../xmpp/session.js';
import {attemptCancelled, isPassingStorageProblem} from './account-problems.js';
import type {Setbacks} from './account-setbacks.js';
import type {Standing} from './account-standing.js';
import {type Connection, openConnection} from './connect.js';
import {recordDoubt} from './doubtful-messages.js';
import type {AccountEncryption} from './encryption/account-encryption.js';
import type {LivePorts, LiveSession} from './live-session.js';
import type {LoginPorts} from './login.js';
import type {Outbox} from './outbox.js';
import type {OwnReads} from './own-reads.js';
import type {RawStanzas} from './raw-stanzas.js';
import type {Requests} from './requests.js';
import type {Rooms} from './rooms.js';
import {tellShortcomings} from './shortcomings.js';
import {createStrangerGate} from './strangers.js';

export type AccountConnectionPorts = LoginPorts &
	Pick<
		LivePorts,
		| 'storage'
		| 'journal'
		| 'buffers'
		| 'attention'
		| 'answersReceipts'
		| 'describesLinks'
		| 'highlights'
		| 'forgetsRetracted'
	> & {
		/** Where strangers wait. */
		readonly requests: Pick<Requests, 'said'>;
		/** The account logged in with SCRAM: PLAIN is to be refused from now on. */
		readonly pinScram: (account: BareJid) => Promise<void>;
	};

/** What else of the account a connection has a part in. */
export type AccountConnectionParts = {
	readonly standing: Standing;
	readonly setbacks: Setbacks;
	readonly outbox: Outbox;
	readonly rooms: Rooms;
	readonly encryption: AccountEncryption;
	readonly reads: OwnReads;
	readonly stanzas: RawStanzas;
};

export type AccountConnection = {
	/** What is known by the connection; there too while it is held or being opened. */
	readonly live: LiveSession | undefined;
	/**
	 * Opens a connection, or goes on with the session that is held. Resolves when online; throws what stopped it,
	 * `connect-cancelled` where that was `signal`. Its end and its interruption are dealt with from then on.
	 */
	open(signal: AbortSignal): Promise<void>;
	/** Loses and ends what an attempt that failed has opened. Undefined where there is nothing of the kind. */
	abandon(): Promise<void> | undefined;
	/** Nothing will go on with the session of a lost connection. */
	giveUp(): void;
};

/** Milliseconds that rooms have to let us in and tell what was said. */
const roomPatience = 60_000;

export function createAccountConnection(
	settings: () => AccountSettings,
	{standing, setbacks, outbox, rooms, encryption, reads, stanzas}: AccountConnectionParts,
	ports: AccountConnectionPorts,
): AccountConnection {
	const {storage, journal, clock} = ports;
	const {jid} = settings();
	const {notice} = standing;
	const strangers = createStrangerGate({account: jid, storage, requests: ports.requests, journal, clock});
	const owedReceipts = new Map<string, Element>();

	let live: LiveSession | undefined;
	/** The connection that was lost and whose session may go on over another one: everything known by it stays known. */
	let held: Connection | undefined;

	/** Forgets the connection and what was known by it. Messages it left in doubt are told of. */
	const lose = (connection: LiveSession, because?: Problem) => {
		live = undefined;
		held = undefined;
		standing.secure(undefined);
		rooms.ended();
		encryption.ended();
		reads.ended();
		connection.dispose();
		journal.emit({type: 'presence.cleared', account: jid});
		// The next session brings those again that nobody answered meanwhile.
		for (const request of connection.requests()) {
			journal.emit({type: 'subscription.resolved', account: jid, jid: request.jid});
		}

		recordDoubt(jid, () => outbox.close(because), {storage, notice});
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
			setbacks.become('offline');
		} else if (recoverable || isPassingStorageProblem(because)) {
			setbacks.stumble(because);
		} else {
			setbacks.stop(because);
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

		encryption.resumed();
		connection.openOutbox();
		await connection.resumed();
		rooms.resumed();
		reads.resumed();
	};

	return {
		get live() {
			return live;
		},
		async open(signal) {
			await encryption.open();
			const all = {
				...ports,
				outbox,
				strangers,
				owedReceipts,
				returnsToRooms: true,
				ignoring: rooms.ignoring,
				encryption,
				reads,
				stanzas,
			};
			const made = await openConnection(settings(), all, signal, {previous: held});
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
			const started = connection.start(() => standing.own);
			reads.learn(connection);
			const published = encryption.began(connection, true, started);
			await started;
			if (end !== undefined) {
				throw end.problem === undefined ? attemptCancelled(jid) : new XmppcError(end.problem);
			}

			setbacks.overcome();
			const {mechanism, tls} = session.security;
			notice('info', `${jid} is connected (${tls}, ${mechanism}).`);
			connection.openOutbox();
			const entered = rooms.began(connection).then(connection.rooms.read);
			reads.began(connection, entered);
			// What is owed to devices goes out when all is known that they sent, in rooms too.
			Promise.all([published, within(roomPatience, entered, clock)])
				.then(() => {
					if (live === connection) {
						encryption.caughtUp();
					}
				})
				.catch((error: unknown) => {
					ports.log.note('omemo', `what is owed to devices was not looked at: ${messageOf(error)}`);
				});
			void tellShortcomings(jid, connection.shortcomings, ports);
			if (mechanism.startsWith('SCRAM-') && settings().scramPinned !== true) {
				await ports.pinScram(jid).catch((error: unknown) => {
					notice('warning', `That ${jid} logs in with SCRAM could not be noted: ${messageOf(error)}`);
				});
			}
		},
		abandon() {
			const connection = live;
			if (connection === undefined || held !== undefined) {
				return undefined;
			}

			lose(connection);
			return connection.end();
		},
		giveUp() {
			const connection = held;
			if (connection !== undefined) {
				lose(connection.live);
				void connection.session.end();
			}
		},
	};
}

/** Resolves when something is done, or has failed, and at the latest after so many milliseconds. */
function within(patience: number, work: Promise<void>, clock: Clock): Promise<void> {
	return new Promise(resolve => {
		const stopWaiting = clock.after(patience, resolve);
		const done = () => {
			stopWaiting();
			resolve();
		};
		work.then(done, done);
	});
}
