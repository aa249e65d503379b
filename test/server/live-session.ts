import {randomUUID} from 'node:crypto';
import type {ExecutionContext} from 'ava';
import {createAttention} from '../../source/client/attention.js';
import {createOpenBuffers, type OpenBuffers} from '../../source/client/buffers.js';
import {prepared} from '../../source/client/compose.js';
import {createJournal} from '../../source/client/journal.js';
import {createLiveSession, type LiveSession} from '../../source/client/live-session.js';
import {createOutbox} from '../../source/client/outbox.js';
import {createRooms, type Rooms} from '../../source/client/rooms.js';
import {sendLetter} from '../../source/client/sending.js';
import type {Event} from '../../source/model/events.js';
import type {Message, MessageKind} from '../../source/model/message.js';
import {systemClock} from '../../source/shared/clock.js';
import {createEmitter} from '../../source/shared/emitter.js';
import {bareOf, type FullJid, type Jid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import type {Storage} from '../../source/storage/ports.js';
import {openSession} from '../../source/xmpp/session-opening.js';
import {type Recorder, record} from '../client/recorder.js';
import {temporaryStorage} from '../storage/temporary-profile.js';
import {addressOf} from '../support/scripted-session.js';
import type {TestServer} from '../support/servers.js';

/** One account online at a real server, with all extensions and a history of its own. */
export type OnlineAccount = {
	readonly jid: FullJid;
	readonly live: LiveSession;
	readonly saw: Recorder;
	readonly storage: Storage;
	readonly buffers: OpenBuffers;
	readonly rooms: Rooms;
	/** Says something in a room, or to one person. */
	say(to: Jid, body: string, kind?: MessageKind): Message;
};

/** Logs in; the session ends with the test. */
export async function online(
	t: ExecutionContext,
	server: Pick<TestServer, 'domain' | 'tlsPort' | 'caPem' | 'resolver'>,
	localpart: string,
	password: string,
): Promise<OnlineAccount> {
	const storage = await temporaryStorage(t);
	const events = createEmitter<Event>();
	const saw = record(events.subscribe);
	const journal = createJournal(storage, events.emit);
	const buffers = createOpenBuffers(storage, journal);
	const lives: LiveSession[] = [];
	const account = bareOf(addressOf(`${localpart}@${server.domain}`));
	const session = await openSession({
		jid: account,
		password: async () => password,
		host: '127.0.0.1',
		port: server.tlsPort,
		directTls: true,
		tls: {ca: server.caPem},
		resolver: server.resolver,
		clock: systemClock,
		log: silentLog,
		receive: async stanzas => lives[0]?.receive(stanzas),
	});
	const outbox = createOutbox({account, storage, journal, clock: systemClock});
	const live = createLiveSession(session, {
		storage,
		journal,
		buffers,
		outbox,
		clock: systemClock,
		log: silentLog,
		answersReceipts: () => true,
		attention: createAttention(systemClock),
		strangers: {admit: () => 'buffer', said() {}},
		ignoring: {ignores: (room, speaker) => rooms.ignoring.ignores(room, speaker)},
	});
	lives.push(live);
	await live.start(() => ({availability: 'available', statusText: ''}));
	const rooms = createRooms({account, buffers, storage, journal, clock: systemClock, log: silentLog, notice: () => {}});
	t.teardown(async () => {
		rooms.ended();
		await session.end();
		live.dispose();
	});
	live.openOutbox();
	await rooms.began(live);
	return {
		jid: session.jid,
		live,
		saw,
		storage,
		buffers,
		rooms,
		say: (to, body, kind = 'groupchat') =>
			sendLetter(prepared({to, body, kind}), randomUUID(), session.jid, {
				account,
				journal,
				buffers,
				outbox,
				clock: systemClock,
				nickIn: rooms.nickIn,
			}),
	};
}
