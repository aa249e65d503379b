import {once} from 'node:events';
import {existsSync, readdirSync, rmSync} from 'node:fs';
import {connect, createServer, type Socket} from 'node:net';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {createClient} from '../../source/client/actions.js';
import {sendOnce} from '../../source/client/one-shot.js';
import {bufferId} from '../../source/model/buffer.js';
import {systemClock} from '../../source/shared/clock.js';
import {type Log, silentLog} from '../../source/shared/log.js';
import {createElement} from '../../source/xmpp/element.js';
import type {TokenStore} from '../../source/xmpp/sasl/login-token.js';
import type {SessionOptions} from '../../source/xmpp/session.js';
import {openSession} from '../../source/xmpp/session-opening.js';
import {profileWith} from '../client/profile.js';
import {record} from '../client/recorder.js';
import {type Prosody, type ProsodyOptions, startProsody} from '../support/prosody.js';
import {interruptionOf} from '../support/scripted-resumption.js';
import {memoryOfServer, memoryTokens} from '../support/scripted-sasl2.js';
import {addressOf} from '../support/scripted-session.js';

const userAgent = '5f1b8c1e-6a1d-4b0e-9d0a-0c5f2f8f4f11';

async function prosody(t: ExecutionContext, options: ProsodyOptions = {}): Promise<Prosody> {
	const server = await startProsody({accounts: {juliet: 'pencil'}, sasl2: true, ...options});
	t.teardown(() => server.stop());
	return server;
}

/** What was written before the login was done, by name; and with what was read in between. */
function writtenLog(): Log & {readonly written: string[]; readonly said: string[]} {
	const written: string[] = [];
	const said: string[] = [];
	return {
		written,
		said,
		note: () => undefined,
		xml(direction, text) {
			said.push(`${direction} ${/^<[\w:]+/.exec(text)?.[0] ?? text}`);
			if (direction === '>') {
				written.push(text);
			}
		},
	};
}

function optionsFor(
	server: Prosody,
	log: Log,
	tokens?: TokenStore,
	changes: Partial<SessionOptions> = {},
): SessionOptions {
	return {
		jid: addressOf(`juliet@${server.domain}`),
		password: async () => 'pencil',
		host: '127.0.0.1',
		port: server.tlsPort,
		directTls: true,
		tls: {ca: server.caPem},
		resolver: server.resolver,
		clock: systemClock,
		log,
		receive: async () => undefined,
		sasl2: {userAgent: async () => userAgent, bind: true, ...(tokens ? {tokens} : {})},
		...changes,
	};
}

test('Prosody: SASL2 logs in and binds in two round trips, with carbons, and counting is asked for behind them', async t => {
	const server = await prosody(t);
	const log = writtenLog();
	const session = await openSession(optionsFor(server, log));
	t.regex(session.jid, /^juliet@example\.test\/xmppc~/);
	t.regex(session.security.mechanism, /^SCRAM-SHA-1/);
	t.true(session.features.carbonsEnabled);
	t.deepEqual(log.written, ['<authenticate/>', '<response/>', '<enable/>']);
	session.send(createElement('presence'));
	await session.flush();
	await session.end();
});

test('Prosody: the first login brings a token bound to the channel, the next one takes one round trip with it', async t => {
	const server = await prosody(t);
	const tokens = memoryTokens();
	const first = await openSession(optionsFor(server, writtenLog(), tokens));
	await first.end();
	t.is(tokens.held?.mechanism, 'HT-SHA-256-EXPR');
	t.true((tokens.held?.expiry ?? 0) > Date.now());

	const log = writtenLog();
	const unasked = async () => t.fail('no password was needed') as never;
	const second = await openSession(optionsFor(server, log, tokens, {password: unasked}));
	t.is(second.security.mechanism, 'HT-SHA-256-EXPR');
	t.deepEqual(log.written, ['<authenticate/>', '<enable/>']);
	second.send(createElement('presence'));
	await second.flush();
	await second.end();
});

test('Prosody: a token that it does not know is replaced by means of the password', async t => {
	const server = await prosody(t);
	const tokens = memoryTokens({mechanism: 'HT-SHA-256-EXPR', secret: 'secret-token:none-of-its-own'});
	const session = await openSession(optionsFor(server, writtenLog(), tokens));
	t.regex(session.security.mechanism, /^SCRAM-SHA-1/);
	t.deepEqual(tokens.done, ['forgotten', 'saved']);
	await session.end();
});

test('Prosody: without Bind 2 the resource is bound the old way behind SASL2', async t => {
	const server = await prosody(t);
	const log = writtenLog();
	const session = await openSession(
		optionsFor(server, log, undefined, {sasl2: {userAgent: async () => userAgent, bind: false}}),
	);
	t.deepEqual(log.written, ['<authenticate/>', '<response/>', '<iq/>', '<enable/>']);
	t.is(session.features.carbonsEnabled, undefined);
	await session.end();
});

test('Prosody without SASL2: the login is that of RFC 6120', async t => {
	const server = await prosody(t, {sasl2: false});
	const log = writtenLog();
	const session = await openSession(optionsFor(server, log, memoryTokens()));
	t.deepEqual(log.written, ['<auth/>', '<response/>', '<iq/>', '<enable/>']);
	await session.end();
});

test('Prosody: an interrupted session is resumed behind a login with the token', async t => {
	const server = await prosody(t);
	const sockets: Socket[] = [];
	const between = createServer(client => {
		const link = connect(server.tlsPort, '127.0.0.1');
		sockets.push(client);
		client.on('error', () => link.destroy()).pipe(link);
		link.on('error', () => client.destroy()).pipe(client);
	});
	between.listen(0, '127.0.0.1');
	await once(between, 'listening');
	t.teardown(() => between.close());
	const address = between.address();
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	const tokens = memoryTokens();
	const log = writtenLog();
	const options = optionsFor(server, log, tokens, {port, resumable: true});

	const session = await openSession(options);
	session.send(createElement('presence'));
	await session.flush();
	const broken = interruptionOf(session);
	sockets[0]?.destroy();
	await broken;
	log.written.length = 0;
	t.is(await openSession({...options, resume: session}), session);
	t.is(session.security.mechanism, 'HT-SHA-256-EXPR');
	t.deepEqual(log.written.slice(0, 2), ['<authenticate/>', '<resume/>']);
	session.send(createElement('presence'));
	await session.flush();
	await session.end();
});

test('Prosody over TLS 1.2, where its older SASL can bind and SASL2 cannot: the login is bound', async t => {
	const server = await prosody(t, {settings: 'c2s_direct_tls_ssl = { protocol = "tlsv1_2" }'});
	const session = await openSession(optionsFor(server, writtenLog(), memoryTokens()));
	t.like(session.security, {tls: 'TLSv1.2', mechanism: 'SCRAM-SHA-1-PLUS'});
	await session.end();
});

test.serial('Prosody: who comes back with a token logs in without waiting for the features', async t => {
	const server = await prosody(t);
	const tokens = memoryTokens();
	const memory = memoryOfServer();
	await (await openSession(optionsFor(server, writtenLog(), tokens, {memory}))).end();
	t.deepEqual(memory.held.offer?.bind, ['urn:xmpp:carbons:2', 'urn:xmpp:csi:0']);

	const log = writtenLog();
	const session = await openSession(optionsFor(server, log, tokens, {memory}));
	t.deepEqual(log.said, ['> <authenticate', '< <features', '< <success', '< <features', '> <enable']);
	session.send(createElement('presence'));
	await session.flush();
	await session.end();
});

test.serial('Prosody: a token that was given back lets nobody in', async t => {
	const server = await prosody(t);
	const tokens = memoryTokens();
	await (await openSession(optionsFor(server, writtenLog(), tokens))).end();
	const {held} = tokens;
	const sasl2 = {userAgent: async () => userAgent, bind: false, tokens, givesTokenBack: true};
	const last = await openSession(optionsFor(server, writtenLog(), tokens, {sasl2}));
	t.is(last.security.mechanism, 'HT-SHA-256-EXPR');
	await last.end();
	t.deepEqual(tokens.done, ['saved', 'forgotten']);

	const copied = memoryTokens(held);
	const session = await openSession(optionsFor(server, writtenLog(), copied));
	t.regex(session.security.mechanism, /^SCRAM-SHA-1/);
	t.deepEqual(copied.done, ['forgotten', 'saved']);
	await session.end();
});

// --- the whole client

const juliet = addressOf('juliet@example.test');
const romeo = addressOf('romeo@example.test');

async function bothAt(t: ExecutionContext) {
	const server = await prosody(t, {
		accounts: {juliet: 'pencil', romeo: 'pencil'},
		rosters: {juliet: [{jid: romeo, subscription: 'both'}], romeo: [{jid: juliet, subscription: 'both'}]},
	});
	const profileOf = (jid: typeof juliet) =>
		profileWith(t, [{jid, host: '127.0.0.1', port: server.tlsPort, directTls: true, tlsCa: server.caFile}]);
	const home = await profileOf(juliet);
	const ports = (log: Log) => ({...home, clock: systemClock, log, resolver: server.resolver});
	/** Juliet from now until she stops. */
	const arrives = async (clock = systemClock) => {
		const log = writtenLog();
		const client = createClient({...ports(log), clock});
		t.teardown(() => client.stop());
		const saw = record(client.events);
		await client.actions.connect({account: juliet});
		return {...client, saw, bindsInline: !log.written.includes('<iq/>')};
	};
	const theirs = createClient({...ports(silentLog), ...(await profileOf(romeo))});
	t.teardown(() => theirs.stop());
	const heard = record(theirs.events);
	await theirs.actions.connect({account: romeo});
	/** Romeo writes, and the server has it. */
	const writes = async (...bodies: readonly string[]) => {
		for (const body of bodies) {
			const {key} = await theirs.actions.sendMessage({account: romeo, to: juliet, body});
			await heard.until('message.changed', ({change}) => change.key === key && change.state === 'acked');
		}
	};
	const stored = () => home.storage.messages.page(bufferId(juliet, 'chat', romeo), {limit: 100}).map(({body}) => body);
	const unread = () => home.storage.buffers.get(bufferId(juliet, 'chat', romeo))?.unread;
	/** What the server keeps for her until she comes. */
	const waiting = () => existsSync(path.join(server.directory, 'data', 'example%2etest', 'offline', 'juliet.list'));
	return {server, arrives, writes, stored, unread, waiting, send: ports, heard};
}

test.serial(
	'Prosody: what was written while she was away is not lost with Bind 2, which drops what waited for her',
	async t => {
		const it = await bothAt(t);
		const first = await it.arrives();
		t.false(first.bindsInline, 'her archive is not known yet');
		await it.writes('1');
		await first.saw.until('message.recorded', ({message}) => message.body === '1');
		await first.stop();

		await it.writes('2', '3');
		t.true(it.waiting());
		const second = await it.arrives();
		t.true(second.bindsInline);
		t.false(it.waiting());
		await second.saw.until('archive.changed', ({gaps, loading}) => gaps.length === 0 && !loading);
		await it.writes('4');
		await second.saw.until('message.recorded', ({message}) => message.body === '4');
		t.deepEqual(it.stored(), ['1', '2', '3', '4']);
		t.is(it.unread(), 4);
		await second.stop();
	},
);

test.serial(
	'Prosody: where the archive does not get what is written to her, what waits for her is not dropped',
	async t => {
		const it = await bothAt(t);
		const first = await it.arrives();
		await first.actions.archivePolicy({account: juliet, choose: 'never'});
		await first.stop();

		await it.writes('1', '2');
		t.true(it.waiting());
		const second = await it.arrives();
		t.false(second.bindsInline);
		await second.saw.until('message.recorded', ({message}) => message.body === '2');
		t.deepEqual(it.stored(), ['1', '2']);
		await second.stop();
	},
);

test.serial(
	'Prosody: what the archive forgot during a long absence, while it waited for her, comes all the same',
	async t => {
		const it = await bothAt(t);
		await (await it.arrives()).stop();
		await it.writes('1', '2');
		await it.server.halt();
		const archive = path.join(it.server.directory, 'data', 'example%2etest', 'archive');
		for (const file of readdirSync(archive).filter(name => name.startsWith('juliet.'))) {
			rmSync(path.join(archive, file));
		}

		await it.server.start();
		const threeDays = 3 * 24 * 3_600_000;
		const late = await it.arrives({...systemClock, now: () => systemClock.now() + threeDays});
		t.false(late.bindsInline);
		await late.saw.until('message.recorded', ({message}) => message.body === '2');
		t.deepEqual(it.stored(), ['1', '2']);
		await late.stop();
	},
);

test.serial(
	'Prosody: a one-liner that comes back sends in the flight of the binding, and takes nothing that waits',
	async t => {
		const it = await bothAt(t);
		const [first, second] = [writtenLog(), writtenLog()];
		const message = {account: juliet, to: [romeo], timeout: 30_000};
		await sendOnce({...message, body: 'one'}, it.send(first));
		await it.writes('waits');
		await sendOnce({...message, body: 'two'}, it.send(second));
		await it.heard.until('message.recorded', ({message}) => message.body === 'two');
		const flights = ['> <authenticate', '< <features', '< <success', '< <features', '> <iq', '> <enable', '> <message'];
		t.deepEqual(second.said.slice(0, flights.length), flights);
		t.true(it.waiting());
	},
);
