import {once} from 'node:events';
import {connect, createServer, type Socket} from 'node:net';
import test, {type ExecutionContext} from 'ava';
import {systemClock} from '../../source/shared/clock.js';
import type {Log} from '../../source/shared/log.js';
import {createElement} from '../../source/xmpp/element.js';
import type {TokenStore} from '../../source/xmpp/sasl/login-token.js';
import type {SessionOptions} from '../../source/xmpp/session.js';
import {openSession} from '../../source/xmpp/session-opening.js';
import {type Prosody, type ProsodyOptions, startProsody} from '../support/prosody.js';
import {interruptionOf} from '../support/scripted-resumption.js';
import {memoryTokens} from '../support/scripted-sasl2.js';
import {addressOf} from '../support/scripted-session.js';

const userAgent = '5f1b8c1e-6a1d-4b0e-9d0a-0c5f2f8f4f11';

async function prosody(t: ExecutionContext, options: ProsodyOptions = {}): Promise<Prosody> {
	const server = await startProsody({accounts: {juliet: 'pencil'}, sasl2: true, ...options});
	t.teardown(() => server.stop());
	return server;
}

/** What was written before the login was done, by name. */
function writtenLog(): Log & {readonly written: string[]} {
	const written: string[] = [];
	return {
		written,
		note: () => undefined,
		xml(direction, text) {
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
