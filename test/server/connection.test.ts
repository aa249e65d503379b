/** How connections come about and end at real servers. */
import type {LookupFunction} from 'node:net';
import type {ExecutionContext} from 'ava';
import {type Client, createClient} from '../../source/client/actions.js';
import {systemClock} from '../../source/shared/clock.js';
import {silentLog} from '../../source/shared/log.js';
import type {Endpoint} from '../../source/xmpp/resolver.js';
import type {SessionOptions} from '../../source/xmpp/session.js';
import {openSession} from '../../source/xmpp/session-opening.js';
import {profileWith} from '../client/profile.js';
import {type Recorder, record} from '../client/recorder.js';
import {freePorts} from '../support/prosody.js';
import {addressOf} from '../support/scripted-session.js';
import {everyServer, type TestServer} from '../support/servers.js';

const juliet = addressOf('juliet@example.test');
const onEveryServer = everyServer({accounts: {juliet: 'pencil'}});

type Device = Client & {readonly saw: Recorder; readonly logins: () => number};

/** A client of Juliet's that asks for a resource that every one of them asks for. */
async function device(t: ExecutionContext, server: TestServer): Promise<Device> {
	let logins = 0;
	const profile = await profileWith(t, [
		{jid: juliet, host: '127.0.0.1', port: server.tlsPort, directTls: true, tlsCa: server.caFile},
	]);
	const client = createClient({
		...profile,
		clock: systemClock,
		log: silentLog,
		resolver: server.resolver,
		openSession(options: SessionOptions) {
			logins++;
			return openSession({...options, resource: 'balcony'});
		},
	});
	t.teardown(() => client.stop());
	const saw = record(client.events);
	await client.actions.connect({account: juliet});
	return {...client, saw, logins: () => logins};
}

onEveryServer('two clients that want the same resource do not throw each other out in turns', async (t, serve) => {
	const server = await serve();
	const first = await device(t, server);
	const second = await device(t, server);
	await first.saw.until('account.changed', ({account}) => account.status === 'failed');
	t.is(first.saw.all('account.changed').at(-1)?.account.problem?.code, 'stream-conflict');
	t.is(first.saw.all('account.changed').at(-1)?.account.retryAt, undefined);

	// Whoever is told to takes it back, and the other one leaves it at that.
	await first.actions.connect({account: juliet});
	await second.saw.until('account.changed', ({account}) => account.status === 'failed');
	t.is(first.saw.all('account.changed').at(-1)?.account.status, 'online');
	t.deepEqual([first.logins(), second.logins()], [2, 1]);
});

onEveryServer('addresses and places that lead nowhere cost a quarter of a second, not the login', async (t, serve) => {
	const server = await serve();
	const [closed = 0] = await freePorts(1);
	// Nobody is there, whatever the network makes of it (RFC 5737, RFC 3849).
	const nowhere = [
		{address: '2001:db8::1', family: 6},
		{address: '192.0.2.1', family: 4},
		{address: '127.0.0.1', family: 4},
	];
	const lookup: LookupFunction = (_host, _options, answer) => answer(null, nowhere);
	const places: readonly Endpoint[] = [
		{host: '127.0.0.1', port: closed, directTls: true},
		{host: 'xmpp.example.test', port: server.tlsPort, directTls: true},
		{host: 'xmpp.example.test', port: server.port, directTls: false},
	];
	const started = systemClock.monotonic();
	const session = await openSession({
		jid: juliet,
		password: async () => 'pencil',
		tls: {ca: server.caPem},
		resolver: {resolve: async () => places, lookup},
		clock: systemClock,
		log: silentLog,
		receive: async () => undefined,
	});
	t.true(systemClock.monotonic() - started < 14_000);
	await session.end();
});
