/** What a server, or somebody in its place, may try around a login: rows of the threat model that no other file has. */
import test, {type ExecutionContext} from 'ava';
import type {Log} from '../../source/shared/log.js';
import {nameOf} from '../../source/xmpp/element.js';
import {createScramClient} from '../../source/xmpp/sasl/scram.js';
import type {SessionOptions} from '../../source/xmpp/session.js';
import {testCertificates} from '../support/certificates.js';
import {createManualClock} from '../support/manual-clock.js';
import {loginOffer} from '../support/scripted-binding.js';
import {
	answersBind,
	answersHeader,
	answersLogin,
	answersScram,
	answersStartTls,
	offer,
} from '../support/scripted-login.js';
import {challengesSasl2, featuresBehind, offersSasl2, sasl2Success} from '../support/scripted-sasl2.js';
import {type ScriptedConnection, startScriptedServer} from '../support/scripted-server.js';
import {openTestSession, password, problemOfLogin} from '../support/scripted-session.js';

const scram = {hash: 'SHA-256', password} as const;
const withSasl2: Partial<SessionOptions> = {
	sasl2: {userAgent: async () => '5f1b8c1e-6a1d-4b0e-9d0a-0c5f2f8f4f11', bind: true},
};

async function serve(t: ExecutionContext, script: (connection: ScriptedConnection) => Promise<void>) {
	const server = await startScriptedServer(script);
	t.teardown(() => server.close());
	return server;
}

const timesWritten = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

// --- Before TLS (rows 36 and 37)

for (const [what, features] of [
	['SASL', loginOffer(false, ['SCRAM-SHA-256', 'PLAIN'])],
	['SASL2', loginOffer(true, ['SCRAM-SHA-256', 'PLAIN'])],
	['a resource', offer.bind],
	['nothing', ''],
] as const) {
	test(`a server that offers ${what} and no TLS gets no word of the login`, async t => {
		const server = await serve(t, connection => answersHeader(connection, features).then());
		t.is((await problemOfLogin(server, withSasl2)).code, 'tls-required');
		t.notRegex(server.connections[0]?.received ?? '', /<auth|juliet/);
	});
}

test('a login that is offered in the clear, beside TLS, waits for TLS', async t => {
	const {good} = await testCertificates();
	let before = '';
	const server = await serve(t, async connection => {
		await answersHeader(connection, offer.startTls, loginOffer(true, ['PLAIN']), loginOffer(false, ['PLAIN']));
		await connection.expects(/<starttls [^>]*>/);
		connection.replies("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
		before = connection.received;
		await connection.startTls(good);
		await answersHeader(connection, offer.mechanisms('SCRAM-SHA-256'));
		await answersScram(connection, scram);
		await answersHeader(connection, offer.bind);
		await answersBind(connection);
	});
	const {session} = await openTestSession(server, withSasl2);
	t.is(session.security.mechanism, 'SCRAM-SHA-256');
	t.notRegex(before, /<auth|juliet/);
});

// --- The work that a server may ask for (row 43)

test('a key that takes long to derive keeps nothing else from running', async t => {
	const client = createScramClient('sha512', 'juliet', 'mine');
	let turns = 0;
	let isRunning = true;
	const count = () => {
		if (isRunning) {
			turns++;
			setImmediate(count);
		}
	};
	setImmediate(count);
	const answer = await client.answer('r=minex,s=QSXCR+Q6sek8bf92,i=400000', 'pencil');
	isRunning = false;
	t.true('clientFinal' in answer);
	t.true(turns > 0, `${turns} turns of the event loop`);
});

for (const [iterations, code] of [
	[4095, 'server-not-authentic'],
	[10_000_001, 'server-not-authentic'],
] as const) {
	test(`${iterations} iterations end the login with the reason, and without a word about the password`, async t => {
		const {good} = await testCertificates();
		const server = await serve(t, async connection => {
			await answersStartTls(connection, good);
			await answersHeader(connection, offer.mechanisms('SCRAM-SHA-256'));
			await answersScram(connection, {...scram, serverFirst: text => text.replace(/i=\d+/, `i=${iterations}`)});
		});
		const problem = await problemOfLogin(server);
		t.is(problem.code, code);
		t.regex(problem.message, /iteration count/);
		t.notRegex(server.connections[0]?.received ?? '', /<response/);
	});
}

// --- What is offered again, or too late (row 48)

const everything = [
	offer.startTls,
	loginOffer(true, ['SCRAM-SHA-256', 'PLAIN']),
	loginOffer(false, ['SCRAM-SHA-256', 'PLAIN']),
	offer.bind,
];

test('a login that is offered again behind the login is not made again', async t => {
	const {good} = await testCertificates();
	const server = await serve(t, async connection => {
		await answersStartTls(connection, good);
		await answersHeader(connection, offer.mechanisms('SCRAM-SHA-256'));
		await answersScram(connection, scram);
		await answersHeader(connection, ...everything);
		await answersBind(connection);
	});
	const {session} = await openTestSession(server, withSasl2);
	const {received = ''} = server.connections[0] ?? {};
	t.is(String(session.jid), 'juliet@localhost/balcony');
	t.deepEqual([timesWritten(received, /<auth/g), timesWritten(received, /<starttls/g)], [1, 1]);
});

test('neither is it behind SASL2', async t => {
	const server = await serve(t, async connection => {
		const data = await challengesSasl2(connection, await offersSasl2(connection));
		connection.replies(sasl2Success(data, '', 'juliet@localhost') + featuresBehind(...everything));
		await answersBind(connection);
	});
	const {session} = await openTestSession(server, withSasl2);
	const {received = ''} = server.connections[0] ?? {};
	t.is(String(session.jid), 'juliet@localhost/balcony');
	t.deepEqual([timesWritten(received, /<auth/g), timesWritten(received, /<starttls/g)], [1, 1]);
});

test('what belongs to a login is nothing in a session: it goes on as it is', async t => {
	const {good} = await testCertificates();
	const server = await serve(t, async connection => {
		await answersLogin(connection, {startTls: good, scram});
		const id = /<iq [^>]*\bid=["']([^"']*)/.exec(connection.received)?.[1];
		const other = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>romeo@localhost/x</jid></bind>";
		connection.replies(
			featuresBehind(...everything) +
				"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" +
				"<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>cj14</challenge>" +
				"<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>" +
				sasl2Success('', "<bound xmlns='urn:xmpp:bind:0'/>", 'romeo@localhost/x') +
				`<iq type='result' id='${id}'>${other}</iq><message id='behind'/>`,
		);
	});
	const {session, received: stanzas} = await openTestSession(server, withSasl2);
	await server.finished;
	while (!stanzas.some(stanza => nameOf(stanza) === 'message')) {
		await new Promise(resolve => setImmediate(resolve));
	}

	t.is(String(session.jid), 'juliet@localhost/balcony');
	await session.end();
	const {received = ''} = server.connections[0] ?? {};
	t.is(timesWritten(received, /<auth|<response/g), 2, 'those of the one login');
	t.is(timesWritten(received, /<stream:stream/g), 3);
});

// --- Time (row 51)

test('a server that always says something, and never what is waited for, is given up all the same', async t => {
	const clock = createManualClock();
	const {good} = await testCertificates();
	const heard: string[] = [];
	const log: Log = {
		note: () => undefined,
		xml: (direction, text) => void (direction === '<' && heard.push(text)),
	};
	let say: (text: string) => void = () => undefined;
	const server = await serve(t, async connection => {
		await answersStartTls(connection, good);
		await connection.expects(/<stream:stream[^>]*>/);
		connection.replies(
			"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>",
		);
		say = text => connection.replies(text);
		say('<iq/>');
	});
	const problem = problemOfLogin(server, {clock, log});
	for (let second = 1; second < 30; second++) {
		while (heard.filter(text => text === '<iq/>').length < second) {
			await new Promise(resolve => setImmediate(resolve));
		}

		clock.advance(1000);
		say('<iq/>');
	}

	clock.advance(1000);
	t.is((await problem).code, 'negotiation-timeout');
});

// --- Names from the server (rows 49 and 52)

test('a condition that is no word is not repeated', async t => {
	const server = await serve(t, async connection => {
		await connection.expects(/<stream:stream[^>]*>/);
		connection.replies(
			"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'><stream:error>" +
				"<Ünïcode. xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>",
		);
	});
	const problem = await problemOfLogin(server);
	t.is(problem.code, 'stream-undefined-condition');
	t.notRegex(problem.message, /Ünïcode/);
});

for (const [what, resource] of [
	['words', 'my kitchen table'],
	['pictures', '🦉'],
	['the separators of an address', 'a@b/c@d'],
	['what XML escapes', '<b>&"\''],
	['as long as it may be', 'x'.repeat(1023)],
] as const) {
	test(`a resource of the server's choice is taken as it is: ${what}`, async t => {
		const {good} = await testCertificates();
		const escaped = resource.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
		const server = await serve(t, connection =>
			answersLogin(connection, {startTls: good, scram, jid: `juliet@localhost/${escaped}`}),
		);
		const {session} = await openTestSession(server);
		t.is(String(session.jid), `juliet@localhost/${resource}`);
	});

	test(`a resource of the server's choice is taken as it is, also by Bind 2: ${what}`, async t => {
		const escaped = resource.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
		const server = await serve(t, async connection => {
			const data = await challengesSasl2(
				connection,
				await offersSasl2(connection, {inline: "<bind xmlns='urn:xmpp:bind:0'/>"}),
			);
			const bound = "<bound xmlns='urn:xmpp:bind:0'/>";
			connection.replies(sasl2Success(data, bound, `juliet@localhost/${escaped}`) + featuresBehind());
		});
		const {session} = await openTestSession(server, withSasl2);
		t.is(String(session.jid), `juliet@localhost/${resource}`);
	});
}

for (const [what, resource] of [
	['longer than it may be', 'x'.repeat(1024)],
	['one that turns the text around', 'a\u202eb'],
	['a control character', 'a\u009bb'],
	['one that cannot be seen', 'a\u200bb'],
	['empty', ''],
] as const) {
	test(`a resource that no address may have ends the login: ${what}`, async t => {
		const {good} = await testCertificates();
		const jid = `juliet@localhost/${resource}`;
		const server = await serve(t, connection => answersLogin(connection, {startTls: good, scram, jid}));
		t.is((await problemOfLogin(server)).code, 'malformed-stream');
		const bind2 = await serve(t, async connection => {
			const data = await challengesSasl2(
				connection,
				await offersSasl2(connection, {inline: "<bind xmlns='urn:xmpp:bind:0'/>"}),
			);
			connection.replies(sasl2Success(data, "<bound xmlns='urn:xmpp:bind:0'/>", jid) + featuresBehind());
		});
		t.regex((await problemOfLogin(bind2, withSasl2)).code, /^(?:malformed-stream|other-address)$/);
	});
}
