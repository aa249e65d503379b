/** XMPP over WebSocket at a real server that lets nobody in by any other way. */
import {once} from 'node:events';
import {connect} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {type Client, createClient} from '../../source/client/actions.js';
import type {AccountSettings} from '../../source/model/account.js';
import {type Clock, systemClock} from '../../source/shared/clock.js';
import type {BareJid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import {createDnsResolver} from '../../source/xmpp/dns-resolver.js';
import type {Resolver} from '../../source/xmpp/resolver.js';
import {profileWith} from '../client/profile.js';
import {type Recorder, record} from '../client/recorder.js';
import {startDnsServer} from '../support/dns-server.js';
import {startEjabberd} from '../support/ejabberd.js';
import {makeXmppc} from '../support/peers/xmppc.js';
import {freePorts, startProsody} from '../support/prosody.js';
import {type Detour, startProxy} from '../support/proxy.js';
import {addressOf} from '../support/scripted-session.js';
import type {TestServer} from '../support/servers.js';
import {startWebServer, type WebServer} from '../support/web-server.js';

const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');

/** Waits are eight times as short, so that a dead connection is found in two to four seconds. */
const hastyClock: Clock = {
	...systemClock,
	monotonic: () => systemClock.monotonic() * 8,
	after: (delay, task) => systemClock.after(delay / 8, task),
};

type Person = Client & {readonly saw: Recorder};

type Place = {
	readonly server: TestServer;
	/** Before the server's HTTPS port. */
	readonly proxy: Detour;
	/** Where host-meta lies. */
	readonly web: WebServer;
	/** Leads to the web server, and over TCP to nothing. */
	readonly resolver: Resolver;
	readonly url: string;
};

const usual = {
	accounts: {juliet: 'pencil', romeo: 'pencil'},
	rosters: {
		juliet: [{jid: romeo, name: 'Romeo'}],
		romeo: [{jid: juliet, name: 'Juliet'}],
	},
};

const prosody = (port: number, sasl2 = false) =>
	startProsody({
		...usual,
		enable: ['websocket'],
		settings:
			`http_ports = { }; https_ports = { ${port} }; https_interfaces = { "127.0.0.1" }\n` +
			'http_default_host = "example.test"',
		certificate: {names: ['example.test', '127.0.0.1']},
		sasl2,
	});
const prosodyWithSasl2 = (port: number) => prosody(port, true);
const ejabberd = (port: number) => startEjabberd({...usual, domain: 'example.test', webSocketPort: port});

/** The server is ready for clients before it is for the web. */
async function isOpen(port: number): Promise<void> {
	for (const deadline = Date.now() + 15_000; ; ) {
		const socket = connect(port, '127.0.0.1');
		try {
			await once(socket, 'connect');
			return;
		} catch (error) {
			if (Date.now() > deadline) {
				throw error;
			}

			await sleep(15);
		} finally {
			socket.destroy();
		}
	}
}

type Start = (port: number) => Promise<TestServer>;

async function place(t: ExecutionContext, start: Start): Promise<Place> {
	const [port = 0, closed = 0] = await freePorts(2);
	const server = await start(port);
	t.teardown(() => server.stop());
	await isOpen(port);
	const proxy = await startProxy(port);
	t.teardown(() => proxy.close());
	const url = `wss://example.test:${proxy.port}/xmpp-websocket`;
	const web = await startWebServer({
		certificate: server.certificate,
		pages: {
			'/.well-known/host-meta':
				"<?xml version='1.0' encoding='UTF-8'?><XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>" +
				`<Link rel='urn:xmpp:alt-connections:websocket' href='${url}'/></XRD>`,
		},
	});
	t.teardown(() => web.close());
	const dns = await startDnsServer({
		'_xmpps-client._tcp.example.test': [{type: 'SRV', priority: 1, weight: 1, port: closed, target: 'example.test'}],
		'example.test': [{type: 'A', address: '127.0.0.1'}],
	});
	t.teardown(() => dns.close());
	const resolver = createDnsResolver({log: silentLog, server: dns.address, random: () => 0, webPort: web.port});
	return {server, proxy, web, resolver, url};
}

async function person(
	t: ExecutionContext,
	{server, resolver}: Place,
	jid: BareJid,
	settings: Partial<AccountSettings> = {},
): Promise<Person> {
	const profile = await profileWith(t, [{jid, tlsCa: server.caFile, ...settings}]);
	const client = createClient({...profile, clock: hastyClock, log: silentLog, resolver});
	t.teardown(() => client.stop());
	const saw = record(client.events);
	await client.actions.connect({account: jid});
	return {...client, saw};
}

const say = ({actions}: Person, account: BareJid, to: BareJid, body: string) =>
	actions.sendMessage({account, to, body});
const heard = ({saw}: Person) =>
	saw
		.all('message.recorded')
		.filter(({message}) => message.direction === 'incoming')
		.map(({message}) => message.body);
const hears = ({saw}: Person, body: string) =>
	saw.until('message.recorded', ({message}) => message.direction === 'incoming' && message.body === body);

/** They talk, and then she leaves. */
async function talk(hers: Person, his: Person): Promise<void> {
	await say(hers, juliet, romeo, 'Wherefore art thou?\n<&> € 😀');
	await hears(his, 'Wherefore art thou?\n<&> € 😀');
	await say(his, romeo, juliet, 'Here.');
	await hears(hers, 'Here.');
	await hers.actions.disconnect({account: juliet});
	await his.saw.until('presence.changed', ({jid, resources}) => jid === juliet && resources.length === 0);
}

const overTls = ({server}: Place) => ({host: '127.0.0.1', port: server.tlsPort, directTls: true});

// What ejabberd 23.01 is about to write to a WebSocket that breaks it may lose: there nothing is to break.
for (const [name, start] of [
	['Prosody', prosody],
	['ejabberd', ejabberd],
] as const) {
	test.serial(`${name}: an account finds its server through the web server of its domain, and chats`, async t => {
		const here = await place(t, start);
		const hers = await person(t, here, juliet);
		const his = await person(t, here, romeo, overTls(here));
		await hers.saw.until('presence.changed', ({jid}) => jid === romeo);
		t.deepEqual(here.web.requests, ['/.well-known/host-meta.json', '/.well-known/host-meta']);
		t.is(hers.saw.all('account.changed').at(-1)?.account.security?.certificate, here.server.fingerprint);
		await talk(hers, his);
		t.is(here.proxy.connections, 1);
	});
}

test.serial('a session goes on over another WebSocket, and nothing is lost or doubled', async t => {
	const here = await place(t, prosody);
	const hers = await person(t, here, juliet);
	const his = await person(t, here, romeo, overTls(here));
	await hers.saw.until('presence.changed', ({jid}) => jid === romeo);
	const asked = here.web.requests.length;

	here.proxy.freeze();
	const lost = await say(hers, juliet, romeo, 'Into the void');
	await say(his, romeo, juliet, 'From beyond');
	await hears(his, 'Into the void');
	await hears(hers, 'From beyond');
	await hers.saw.until('message.changed', ({change}) => change.key === lost.key && change.state === 'delivered');
	t.deepEqual(hers.saw.all('presence.cleared'), [], 'it was the same session');
	t.is(here.web.requests.length, asked);

	const lines = Array.from({length: 6}, (_, index) => `line ${index}`);
	for (const [index, line] of lines.entries()) {
		if (index % 3 === 1) {
			here.proxy.freeze(index % 2 === 0 ? 'up' : 'down');
		}

		await say(hers, juliet, romeo, line);
		await say(his, romeo, juliet, line);
		here.proxy.cut();
		await hears(his, line);
		await hears(hers, line);
	}

	t.deepEqual(heard(his), ['Into the void', ...lines]);
	t.deepEqual(heard(hers), ['From beyond', ...lines]);
});

test.serial('an account that is told where goes there at once, with SASL2 where the server has it', async t => {
	const here = await place(t, prosodyWithSasl2);
	const hers = await person(t, here, juliet, {webSocket: here.url});
	const security = hers.saw.all('account.changed').at(-1)?.account.security;
	t.is(security?.certificate, here.server.fingerprint);
	t.deepEqual(here.web.requests, []);
	await hers.actions.disconnect({account: juliet});
	await hers.actions.connect({account: juliet});
	t.regex(hers.saw.all('account.changed').at(-1)?.account.security?.mechanism ?? '', /^HT-SHA-256-/);
	t.is(here.proxy.connections, 2);
});

test.serial('the program as it is published sends a message over WebSocket', async t => {
	const here = await place(t, prosody);
	const his = await person(t, here, romeo, overTls(here));
	const xmppc = makeXmppc();
	t.teardown(() => xmppc.remove());
	const url = `wss://127.0.0.1:${here.proxy.port}/xmpp-websocket`;
	const added = await xmppc.run(
		[
			...['account', 'add', juliet, '--password-stdin', '--secrets', 'key-file'],
			...['--websocket', url, '--tls-ca', here.server.caFile],
		],
		'pencil\n',
	);
	t.is(added.status, 0, added.errors);
	const {status, errors} = await xmppc.run(['send', romeo, 'Through the wall', '--timeout', '30']);
	t.is(status, 0, errors);
	await hears(his, 'Through the wall');
	t.is(here.proxy.connections, 1);
});

test.serial('a session ends where its server does, and another begins when it is there again', async t => {
	const here = await place(t, prosody);
	const hers = await person(t, here, juliet, {webSocket: here.url});
	await here.server.halt();
	await hers.saw.until('account.changed', ({account}) => account.status === 'interrupted');
	await here.server.start();
	const from = hers.saw.all('account.changed').length;
	await hers.saw.until(
		'account.changed',
		event => event.account.status === 'online' && hers.saw.all('account.changed').indexOf(event) >= from,
	);
	t.pass();
});
