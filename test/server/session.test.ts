import test, {type ExecutionContext} from 'ava';
import {systemClock} from '../../source/shared/clock.js';
import {isXmppcError} from '../../source/shared/errors.js';
import {silentLog} from '../../source/shared/log.js';
import {child, createElement, type Element, textOf} from '../../source/xmpp/element.js';
import type {SessionEnd, SessionOptions} from '../../source/xmpp/session.js';
import {openSession} from '../../source/xmpp/session-opening.js';
import {type Prosody, type ProsodyOptions, startProsody} from '../support/prosody.js';
import {addressOf} from '../support/scripted-session.js';

async function prosody(t: ExecutionContext, options: ProsodyOptions = {}): Promise<Prosody> {
	const server = await startProsody({accounts: {juliet: 'pencil', romeo: 'Montägue 🌹'}, ...options});
	t.teardown(() => server.stop());
	return server;
}

function optionsFor(server: Prosody, changes: Partial<SessionOptions> = {}): SessionOptions {
	return {
		jid: addressOf(`juliet@${server.domain}`),
		password: async () => 'pencil',
		tls: {ca: server.caPem},
		resolver: server.resolver,
		clock: systemClock,
		log: silentLog,
		receive: async () => undefined,
		...changes,
	};
}

async function codeOf(options: SessionOptions): Promise<string> {
	try {
		const session = await openSession(options);
		await session.end();
		return 'online';
	} catch (error) {
		return isXmppcError(error) ? error.code : String(error);
	}
}

for (const scram of ['SHA-1', 'SHA-256'] as const) {
	test(`Prosody with ${scram}: login over STARTTLS and over direct TLS, a message there and back`, async t => {
		const server = await prosody(t, {scram});
		const arrived: Element[] = [];
		const waiting: Array<(message: Element) => void> = [];
		const romeo = await openSession(
			optionsFor(server, {
				jid: addressOf(`romeo@${server.domain}`),
				password: async () => 'Montägue 🌹',
				async receive(stanzas) {
					arrived.push(...stanzas);
					for (const stanza of stanzas) {
						waiting.shift()?.(stanza);
					}
				},
			}),
		);
		const juliet = await openSession(optionsFor(server, {host: '127.0.0.1', port: server.tlsPort, directTls: true}));
		t.is(juliet.security.mechanism, `SCRAM-${scram}`);
		t.is(juliet.security.tls, 'TLSv1.3');
		t.is(juliet.security.certificate, server.fingerprint);
		t.true(juliet.features.streamManagement && juliet.features.rosterVersioning && juliet.features.preApproval);

		const message = new Promise<Element>(resolve => waiting.push(resolve));
		const text = 'Wherefore art thou? 👩‍👩‍👧 <&>';
		let acked = 0;
		juliet.send(
			createElement('message', {to: romeo.jid, type: 'chat', id: 'm1'}, createElement('body', {}, text)),
			() => acked++,
		);
		await juliet.flush();
		t.is(acked, 1);
		const body = child(await message, 'body', 'jabber:client');
		t.is(body && textOf(body), text);
		await Promise.all([juliet.end(), romeo.end()]);
	});
}

test('Prosody: without stream management a ping acknowledges', async t => {
	const server = await prosody(t, {disable: ['smacks']});
	const session = await openSession(optionsFor(server));
	t.false(session.features.streamManagement);
	session.send(createElement('presence'));
	await session.flush();
	await session.end();
	t.pass();
});

test('Prosody: many stanzas at once are acknowledged in order', async t => {
	const server = await prosody(t);
	const session = await openSession(optionsFor(server));
	const acked: number[] = [];
	for (let index = 0; index < 50; index++) {
		session.send(createElement('presence', {to: `nobody-${index}@${server.domain}`}), () => acked.push(index));
	}

	await session.flush();
	t.deepEqual(
		acked,
		acked.map((_, index) => index),
	);
	t.is(acked.length, 50);
	await session.end();
});

test('Prosody: what refuses a login is told apart', async t => {
	const server = await prosody(t);
	const elsewhere = {
		...server.resolver,
		resolve: async () => [{host: '127.0.0.1', port: server.port, directTls: false}],
	};
	const codes = {
		'wrong password': await codeOf(optionsFor(server, {password: async () => 'pencils'})),
		'unknown account': await codeOf(optionsFor(server, {jid: addressOf(`tybalt@${server.domain}`)})),
		'unknown authority': await codeOf(optionsFor(server, {tls: {}})),
		'other pin': await codeOf(optionsFor(server, {tls: {pin: '0'.repeat(64)}})),
		'right pin': await codeOf(optionsFor(server, {tls: {pin: server.fingerprint}})),
		'another domain': await codeOf(optionsFor(server, {jid: addressOf('juliet@other.test'), resolver: elsewhere})),
	};
	t.deepEqual(codes, {
		'wrong password': 'wrong-password',
		'unknown account': 'wrong-password',
		'unknown authority': 'certificate-untrusted',
		'other pin': 'certificate-pin',
		'right pin': 'online',
		// Prosody answers for a domain that it does not serve before there is TLS.
		'another domain': 'stream-host-unknown',
	});
});

test('Prosody without TLS gets no login', async t => {
	const server = await prosody(t, {tls: false});
	t.is(await codeOf(optionsFor(server, {host: '127.0.0.1', port: server.port})), 'tls-required');
});

test('Prosody with an expired certificate or one for another name gets no login', async t => {
	const expired = await prosody(t, {certificate: {days: -1}});
	t.is(await codeOf(optionsFor(expired)), 'certificate-expired');
	const misnamed = await prosody(t, {certificate: {names: ['elsewhere.test']}});
	t.is(await codeOf(optionsFor(misnamed)), 'certificate-name');
});

for (const [how, code] of [
	[undefined, 'stream-system-shutdown'],
	['hard', 'connection-lost'],
] as const) {
	test(`Prosody ${how === 'hard' ? 'killed' : 'stopped'}: the session ends and may be tried again`, async t => {
		const server = await prosody(t);
		const session = await openSession(optionsFor(server));
		const ended = new Promise<SessionEnd>(resolve => session.onEnd(resolve));
		await server.halt(how);
		const end = await ended;
		t.is(end.problem?.code, code);
		t.true(end.recoverable);

		await server.start();
		t.is(await codeOf(optionsFor(server)), 'online');
	});
}
