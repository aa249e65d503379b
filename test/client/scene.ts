import type {ExecutionContext} from 'ava';
import {type Client, createClient} from '../../source/client/actions.js';
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import {createManualClock, type ManualClock} from '../support/manual-clock.js';
import {noResolver} from '../support/scripted-session.js';
import {createFakeServer, type FakeServer} from './fake-server.js';
import {type Profile, profileWith} from './profile.js';
import {type Recorder, record} from './recorder.js';

export const juliet = 'juliet@example.org' as BareJid;
export const romeo = 'romeo@example.net' as BareJid;
export const withRomeo = bufferId(juliet, 'chat', romeo);
/** The resource that the fake server gives at the first login. */
export const here = 'juliet@example.org/r1';

export type Scene = Client &
	Profile & {
		readonly server: FakeServer;
		readonly clock: ManualClock;
		readonly saw: Recorder;
		/** Of the machine. */
		addresses: readonly string[];
	};

/** Juliet's client and her server; Romeo is among her contacts. Nobody is connected yet. */
export async function offlineScene(t: ExecutionContext, profile?: Profile): Promise<Scene> {
	const server = createFakeServer();
	server.roster = `<item jid='${romeo}' name='Romeo' subscription='both'/>`;
	const clock = createManualClock();
	const home = profile ?? (await profileWith(t, [{jid: juliet}]));
	const client = createClient({
		...home,
		clock,
		log: silentLog,
		resolver: noResolver,
		random: () => 1,
		addresses: () => it.addresses,
		openSession: server.openSession,
	});
	t.teardown(() => client.stop());
	const it = {...home, ...client, server, clock, saw: record(client.events), addresses: ['192.0.2.7']};
	return it;
}

/** The same, connected, with nothing of the login left in the record of what was written. */
export async function scene(t: ExecutionContext): Promise<Scene> {
	const all = await offlineScene(t);
	await all.actions.connect({account: juliet});
	return all;
}

/** Lets everything run that waits for nothing but its turn. */
export async function settled(): Promise<void> {
	await new Promise(resolve => setImmediate(resolve));
}
