import type {ExecutionContext} from 'ava';
import {createAttention} from '../../source/client/attention.js';
import {createOpenBuffers} from '../../source/client/buffers.js';
import {createJournal} from '../../source/client/journal.js';
import {createLiveSession, type LiveSession} from '../../source/client/live-session.js';
import {createOutbox} from '../../source/client/outbox.js';
import type {Event} from '../../source/model/events.js';
import {createEmitter} from '../../source/shared/emitter.js';
import {silentLog} from '../../source/shared/log.js';
import type {Storage} from '../../source/storage/ports.js';
import {createFakeServer, type FakeServer} from '../client/fake-server.js';
import {type Recorder, record} from '../client/recorder.js';
import {juliet, romeo} from '../client/scene.js';
import {temporaryStorage} from '../storage/temporary-profile.js';
import {createManualClock, type ManualClock} from '../support/manual-clock.js';
import {noResolver} from '../support/scripted-session.js';

export type Attached = {
	readonly server: FakeServer;
	readonly live: LiveSession;
	readonly storage: Storage;
	readonly clock: ManualClock;
	readonly saw: Recorder;
	readonly attention: ReturnType<typeof createAttention>;
};

/** All extensions in one fresh session of Juliet's, whose contact Romeo is; `prepare` may change the server before. */
export async function attached(
	t: ExecutionContext,
	prepare: (server: FakeServer, storage: Storage) => void = () => {},
	{active = true}: {readonly active?: boolean} = {},
): Promise<Attached> {
	const server = createFakeServer();
	server.roster = `<item jid='${romeo}' name='Romeo' subscription='both'/>`;
	const storage = await temporaryStorage(t);
	prepare(server, storage);
	const clock = createManualClock();
	const events = createEmitter<Event>();
	const saw = record(events.subscribe);
	const journal = createJournal(storage, events.emit);
	const attention = createAttention(clock);
	attention.set(active);
	const lives: LiveSession[] = [];
	const session = await server.openSession({
		jid: juliet,
		password: async () => 'pencil',
		tls: {},
		resolver: noResolver,
		clock,
		log: silentLog,
		receive: async stanzas => lives[0]?.receive(stanzas),
	});
	const live = createLiveSession(session, {
		storage,
		journal,
		buffers: createOpenBuffers(storage, journal),
		outbox: createOutbox({account: juliet, storage, journal, clock}),
		clock,
		log: silentLog,
		answersReceipts: () => true,
		attention,
		strangers: {admit: () => 'buffer', said() {}},
	});
	lives.push(live);
	await live.start(() => ({availability: 'available', statusText: ''}));
	return {server, live, storage, clock, saw, attention};
}
