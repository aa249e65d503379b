/**
 * One account: whether it is wanted online, and the attempts to get it there. The connection that they open is in
 * `account-connection.ts`.
 */
import {blocking} from '../extensions/blocking.js';
import {bookmarks} from '../extensions/bookmarks.js';
import {chatStates} from '../extensions/chat-states.js';
import {multiUserChat} from '../extensions/multi-user-chat.js';
import type {Account, AccountSettings, Availability} from '../model/account.js';
import type {Snapshot} from '../model/actions.js';
import type {EncryptionWish} from '../model/device.js';
import type {Message} from '../model/message.js';
import type {Bookmark} from '../model/room.js';
import {problemOf, XmppcError} from '../shared/errors.js';
import type {BareJid, Jid} from '../shared/jid.js';
import {type AccountConnectionPorts, createAccountConnection} from './account-connection.js';
import {attemptCancelled, isPassingStorageProblem, notConnected} from './account-problems.js';
import {createSetbacks} from './account-setbacks.js';
import {createStanding, type IdlePresence} from './account-standing.js';
import {openGap} from './archive-position.js';
import {blockedRecipient} from './bounce.js';
import type {Letter} from './compose.js';
import {isThroughRoom} from './conversation.js';
import {recordDoubt} from './doubtful-messages.js';
import {
	type AccountEncryption,
	type AccountEncryptionPorts,
	createAccountEncryption,
	type EncryptionPreferences,
} from './encryption/account-encryption.js';
import {ruleUnder} from './encryption/policy.js';
import type {LiveSession} from './live-session.js';
import type {LocalAddresses} from './network-watch.js';
import {createOutbox, type Outbox} from './outbox.js';
import {createOwnReads, type OwnReads} from './own-reads.js';
import {createRawStanzas, type RawStanzas} from './raw-stanzas.js';
import type {Random} from './reconnection.js';
import {createRooms, type Rooms} from './rooms.js';
import {sendLetter} from './sending.js';

export type AccountPorts = AccountConnectionPorts & {
	readonly random: Random;
	readonly addresses: LocalAddresses;
	readonly encryptionPreferences: () => EncryptionPreferences;
	/** Makes the keys of devices. Absent: the system does. */
	readonly randomBytes?: AccountEncryptionPorts['randomBytes'];
	/** Whether the person lets others learn that they write, and how far they have read. */
	readonly sendsTyping: () => boolean;
	readonly sendsMarkers: () => boolean;
};

export type AccountSession = {
	readonly jid: BareJid;
	readonly outbox: Outbox;
	readonly rooms: Rooms;
	readonly encryption: AccountEncryption;
	readonly reads: OwnReads;
	/** As they are set up now. */
	readonly settings: () => AccountSettings;
	readonly stanzas: RawStanzas;
	/** The account as front ends see it. */
	view(): Account;
	/** Tells of messages that an earlier process left in doubt. To be called once, at the start. */
	recover(): void;
	/** Resolves when online; throws what stopped it. Where that may pass, attempts go on in the background. */
	connect(): Promise<void>;
	/** Ends the connection, or the attempts to get one. Resolves when the stream is closed. */
	disconnect(): Promise<void>;
	setPresence(availability: Availability, statusText: string): void;
	/** The person is idle, or back again: their presence follows, unless they chose one that says so already. */
	setIdle(idle: IdlePresence | undefined): void;
	/**
	 * Commits a letter under `id` (a UUID); it goes out now or at the next login, encrypted as the policy or the `wish` says.
	 * Throws `recipient-blocked`, and as `sendLetter` does.
	 */
	sendMessage(letter: Letter, id: string, wish?: EncryptionWish): Message;
	/** The connection; throws `not-connected` without one. */
	live(): LiveSession;
	/** The same, where it may be absent. */
	connected(): LiveSession | undefined;
	/** What is known from the connection, empty without one. */
	presence(): ReturnType<LiveSession['presence']>;
	requests(): ReturnType<LiveSession['requests']>;
	roomsKnown(): NonNullable<Snapshot['rooms']>;
	bookmarks(): readonly Bookmark[];
	/** Whom the server keeps away; undefined: that is not known, or it cannot. */
	blocked(): readonly Jid[] | undefined;
	/** What the archive has beyond what is stored, also where that is only known from an earlier connection. */
	history(): LiveSession['history'];
};

export function createAccountSession(settings: () => AccountSettings, ports: AccountPorts): AccountSession {
	const {journal, clock} = ports;
	const {jid} = settings();
	const standing = createStanding(settings, ports);
	const encryption = createAccountEncryption({
		...ports,
		settings,
		preferences: ports.encryptionPreferences,
		proceed: () => outbox.proceed(),
	});
	const stanzas = createRawStanzas({...ports, account: jid});
	const {sealing} = encryption;
	const outbox = createOutbox({account: jid, storage: ports.storage, journal, clock, sealing, stanzas});

	/** The attempt under way, and how to give it up. */
	let attempting: Promise<void> | undefined;
	let abort = new AbortController();
	/** The end of a connection that is on its way. */
	let closing: Promise<void> | undefined;
	const setbacks = createSetbacks({
		standing,
		clock,
		random: ports.random,
		addresses: ports.addresses,
		// What stops an attempt is told where it fails.
		retry: () => void begin().catch(() => {}),
		giveUp: () => connection.giveUp(),
		probe: () => connection.live?.probe(),
	});
	const {become} = setbacks;
	const rooms = createRooms({...ports, account: jid, notice: standing.notice});
	const reads = createOwnReads({...ports, account: jid});
	const connection = createAccountConnection(
		settings,
		{standing, setbacks, outbox, rooms, encryption, reads, stanzas},
		ports,
	);

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

			await connection.open(mine.signal);
		} catch (error) {
			if (mine.signal.aborted) {
				throw attemptCancelled(jid);
			}

			// The end of an open session was dealt with when it happened, unless it was we who could not go on with it.
			const because = problemOf(error);
			const isPassing = isPassingStorageProblem(because);
			if (standing.status === 'connecting' || (connection.live !== undefined && isPassing)) {
				const abandoned = connection.abandon();
				if (abandoned !== undefined) {
					await abandoned;
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
		await connection.live?.end();
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
		rooms,
		encryption,
		reads,
		settings,
		stanzas,
		view: standing.view,
		recover: () => recordDoubt(jid, outbox.recover, {storage: ports.storage, notice: standing.notice}),
		connect() {
			if (standing.status === 'online' && closing === undefined) {
				connection.live?.probe();
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
			connection.live?.announce(standing.own);
		},
		setIdle(idle) {
			if (standing.becomeIdle(idle)) {
				connection.live?.announce(standing.own);
			}
		},
		sendMessage(letter, id, wish) {
			const by = connection.live?.use(blocking).blockOf(letter.to);
			if (by !== undefined) {
				throw new XmppcError(blockedRecipient(letter.to, by));
			}

			return journal.commit(() => {
				const message = sendLetter(letter, id, connection.live?.jid ?? jid, {
					...ports,
					account: jid,
					outbox,
					nickIn: rooms.nickIn,
					isThroughRoom: address => isThroughRoom(jid, address, ports.storage),
					mentionedIn: rooms.mentionedIn,
					accompanying: audience =>
						ports.sendsTyping() ? connection.live?.use(chatStates).accompanying(audience) : undefined,
					ruleFor: ruleUnder(encryption.policy, wish),
					forgetsRetracted: ports.forgetsRetracted,
				});
				// Whoever answers has read what was there.
				reads.read(message.buffer, message.key);
				return message;
			});
		},
		live() {
			const {live} = connection;
			if (live === undefined || standing.status !== 'online') {
				throw notConnected(jid);
			}

			return live;
		},
		connected: () => connection.live,
		presence: () => connection.live?.presence() ?? [],
		roomsKnown: () =>
			(connection.live?.use(multiUserChat).rooms() ?? []).map(({room, occupants}) => ({
				room,
				occupants: [...occupants.values()],
			})),
		bookmarks: () => connection.live?.use(bookmarks).all() ?? [],
		blocked: () => connection.live?.use(blocking).known(),
		requests: () => connection.live?.requests() ?? [],
		history: () => connection.live?.history ?? knownHistory,
	};
}
