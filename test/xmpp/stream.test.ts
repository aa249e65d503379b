import {fc, testProp} from '@fast-check/ava';
import test, {type ExecutionContext} from 'ava';
import {isXmppcError, type Problem} from '../../source/shared/errors.js';
import type {Log} from '../../source/shared/log.js';
import {child, createElement, type Element, textOf} from '../../source/xmpp/element.js';
import type {SessionOptions} from '../../source/xmpp/session.js';
import {testCertificates} from '../support/certificates.js';
import {createManualClock} from '../support/manual-clock.js';
import {
	answersBind,
	answersHeader,
	answersLogin,
	answersScram,
	answersStartTls,
	offer,
	success,
} from '../support/scripted-login.js';
import {
	closedPort,
	type ScriptedConnection,
	type ScriptedServerOptions,
	startScriptedServer,
} from '../support/scripted-server.js';
import {openTestSession, password, problemOfLogin} from '../support/scripted-session.js';

const scram = {hash: 'SHA-256', password} as const;
const sm = 'urn:xmpp:sm:3';

async function serve(
	t: ExecutionContext,
	script: (connection: ScriptedConnection) => Promise<void>,
	options: ScriptedServerOptions = {},
) {
	const server = await startScriptedServer(script, options);
	t.teardown(() => server.close());
	return server;
}

/** A server that plays STARTTLS and then the rest of `script`. */
async function serveTls(t: ExecutionContext, script: (connection: ScriptedConnection) => Promise<void>) {
	const {good} = await testCertificates();
	return serve(t, async connection => {
		await answersStartTls(connection, good);
		await script(connection);
	});
}

/** A server that lets juliet in and then plays `script`. */
async function serveLogin(
	t: ExecutionContext,
	script: (connection: ScriptedConnection) => Promise<void> = async () => undefined,
	features: readonly string[] = [],
	options: ScriptedServerOptions = {},
) {
	const {good} = await testCertificates();
	return serve(
		t,
		async connection => {
			await answersLogin(connection, {startTls: good, scram, features});
			await script(connection);
		},
		options,
	);
}

/** A server that also enables stream management. */
function serveCounting(
	t: ExecutionContext,
	script: (connection: ScriptedConnection) => Promise<void>,
	options: ScriptedServerOptions = {},
) {
	return serveLogin(
		t,
		async connection => {
			await connection.expects(/<enable [^>]*>/);
			connection.replies(`<enabled xmlns='${sm}'/>`);
			await script(connection);
		},
		[offer.streamManagement],
		options,
	);
}

async function refusal(
	t: ExecutionContext,
	script: (connection: ScriptedConnection) => Promise<void>,
	changes: Partial<SessionOptions> = {},
): Promise<Problem> {
	const server = await serveTls(t, script);
	return problemOfLogin(server, changes);
}

const message = (id: string, text = 'hi') =>
	createElement('message', {to: 'romeo@localhost', id}, createElement('body', {}, text));

// --- the way in

test('the login goes on without TLS under no circumstances', async t => {
	const server = await serve(t, connection => answersHeader(connection, offer.mechanisms('SCRAM-SHA-256')).then());
	const problem = await problemOfLogin(server);
	t.is(problem.code, 'tls-required');
	t.truthy(problem.hint);
	t.false(server.connections[0]?.received.includes('<auth'));
});

test('a server that breaks off STARTTLS is given up', async t => {
	const server = await serve(t, async connection => {
		await answersHeader(connection, offer.startTls);
		await connection.expects(/<starttls [^>]*>/);
		connection.replies("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>");
	});
	t.is((await problemOfLogin(server)).code, 'tls-failed');
});

for (const injected of ["<message xmlns='jabber:client'/>", '<iq', ' x', '<!-- -->', '\u0000']) {
	test(`bytes behind <proceed/> in the same segment end the login: ${JSON.stringify(injected)}`, async t => {
		const {good} = await testCertificates();
		const server = await serve(t, async connection => {
			await answersHeader(connection, offer.startTls);
			await connection.expects(/<starttls [^>]*>/);
			connection.replies(`<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>${injected}`);
			await connection.startTls(good);
		});
		const problem = await problemOfLogin(server);
		t.regex(problem.code, /^(?:tls-failed|xml-.*)$/);
	});
}

test('who we are is said only under the protection of TLS', async t => {
	const server = await serveTls(t, connection => answersHeader(connection).then());
	await problemOfLogin(server);
	const headers = server.connections[0]?.received.match(/<stream:stream[^>]*>/g) ?? [];
	t.false(headers[0]?.includes('juliet'));
	t.true(headers[1]?.includes("from='juliet@localhost'") || headers[1]?.includes('from="juliet@localhost"'));
});

test('a wrong password is told apart from everything else', async t => {
	const problem = await refusal(t, async connection => {
		await answersHeader(connection, offer.mechanisms('PLAIN'));
		await connection.expects(/<auth [^>]*>[^<]*<\/auth>/);
		connection.replies("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>");
	});
	t.is(problem.code, 'wrong-password');
	t.is(problem.kind, 'notPermitted');
	t.true(problem.message.includes('juliet@localhost'));
});

test('after SCRAM was used once, a server that offers PLAIN alone gets no password', async t => {
	const server = await serveTls(t, connection => answersHeader(connection, offer.mechanisms('PLAIN')).then());
	t.is((await problemOfLogin(server, {scramPinned: true})).code, 'plain-refused');
	t.false(server.connections[0]?.received.includes('<auth'));
});

test('a server without a login and one without resources are protocol errors', async t => {
	t.is((await refusal(t, connection => answersHeader(connection, offer.bind).then())).code, 'malformed-stream');
	const problem = await refusal(t, async connection => {
		await answersHeader(connection, offer.mechanisms('SCRAM-SHA-256'));
		await answersScram(connection, scram);
		await answersHeader(connection, offer.mechanisms('SCRAM-SHA-256'));
	});
	t.is(problem.code, 'malformed-stream');
});

test('features that come twice start nothing twice', async t => {
	const server = await serveTls(t, async connection => {
		const features = `<stream:features>${offer.mechanisms('PLAIN')}</stream:features>`;
		await answersHeader(connection, offer.mechanisms('PLAIN'));
		connection.replies(features + features);
		await connection.expects('</auth>');
		connection.replies(features + success);
		await answersHeader(connection, offer.bind);
		await answersBind(connection);
	});
	const {session} = await openTestSession(server);
	await session.end();
	t.is(server.connections[0]?.received.match(/<auth/g)?.length, 1);
});

test('the resource asked for is bound, and what the server gave counts', async t => {
	const server = await serveLogin(t);
	const {session} = await openTestSession(server, {resource: 'kitchen'});
	t.is(String(session.jid), 'juliet@localhost/balcony');
	t.true(server.connections[0]?.received.includes('<resource>kitchen</resource>'));
	await session.end();
});

for (const [what, jid] of [
	['somebody else', 'romeo@localhost/x'],
	['another domain', 'juliet@elsewhere.test/x'],
	['no address', 'juliet@@localhost'],
	['an address without a resource', 'juliet@localhost'],
] as const) {
	test(`a server that binds ${what} is refused`, async t => {
		const {good} = await testCertificates();
		const server = await serve(t, connection => answersLogin(connection, {startTls: good, scram, jid}));
		t.true(['other-address', 'malformed-stream'].includes((await problemOfLogin(server)).code));
	});
}

test('a refused resource is told', async t => {
	const problem = await refusal(t, async connection => {
		await answersHeader(connection, offer.mechanisms('SCRAM-SHA-256'));
		await answersScram(connection, scram);
		await answersHeader(connection, offer.bind);
		const id = /\bid=["']([^"']*)/.exec(await connection.expects(/<iq [^>]*>.*?<\/iq>/s))?.[1];
		connection.replies(`<iq type='error' id='${id}'><error type='wait'><resource-constraint xmlns='x'/></error></iq>`);
	});
	t.is(problem.code, 'bind-refused');
});

test('an element that only looks like the answer to the binding is none', async t => {
	const problem = await refusal(t, async connection => {
		await answersHeader(connection, offer.mechanisms('SCRAM-SHA-256'));
		await answersScram(connection, scram);
		await answersHeader(connection, offer.bind);
		const id = /\bid=["']([^"']*)/.exec(await connection.expects(/<iq [^>]*>.*?<\/iq>/s))?.[1];
		const bound = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>juliet@localhost/false</jid></bind>";
		connection.replies(`<iq xmlns='urn:other' type='result' id='${id}'>${bound}</iq>`);
		connection.replies(`<message type='result' id='${id}'>${bound}</message>`);
		connection.replies(`<iq type='error' id='${id}'/>`);
	});
	t.is(problem.code, 'bind-refused');
});

test('a server that does not speak XMPP 1.0 is named at once', async t => {
	const server = await serve(t, async connection => {
		await connection.expects(/<stream:stream[^>]*>/);
		connection.replies("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1'>");
	});
	const problem = await problemOfLogin(server);
	t.is(problem.code, 'malformed-stream');
	t.true(problem.message.includes('unsupported-version'));
	await server.connections[0]?.ended;
	t.true(server.connections[0]?.received.includes('<unsupported-version'));
});

test('a flood of elements before TLS is not kept', async t => {
	const server = await serve(t, async connection => {
		await connection.expects(/<stream:stream[^>]*>/);
		connection.replies(
			"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>" +
				"<x xmlns='urn:x'/>".repeat(20),
		);
	});
	t.regex((await problemOfLogin(server)).message, /policy-violation/);
});

test('a person who types a passphrase is given the time for it', async t => {
	const server = await serveLogin(t);
	const clock = createManualClock();
	const asked = promiseOf<void>();
	const typed = promiseOf<string>();
	const login = openTestSession(server, {
		clock,
		password: () => {
			asked.resolve();
			return typed.promise;
		},
	});
	await asked.promise;
	clock.advance(60_000);
	await settle();
	typed.resolve(password);
	const {session} = await login;
	t.is(session.security.mechanism, 'SCRAM-SHA-256');
	await session.end();
});

test('another host that the server wants to send us to is not followed', async t => {
	const elsewhere = await serve(t, async () => undefined);
	const server = await serve(t, async connection => {
		await connection.expects(/<stream:stream[^>]*>/);
		connection.replies(
			"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>" +
				`<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>127.0.0.1:${elsewhere.port}` +
				'</see-other-host></stream:error></stream:stream>',
		);
	});
	t.is((await problemOfLogin(server)).code, 'stream-see-other-host');
	t.is(elsewhere.connections.length, 0);
});

test('a stream error before the features names its condition', async t => {
	const problem = await refusal(t, async connection => {
		await connection.expects(/<stream:stream[^>]*>/);
		connection.replies(
			"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>" +
				"<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>",
		);
	});
	t.is(problem.code, 'stream-host-unknown');
	t.true(problem.message.includes('localhost'));
});

for (const [what, script] of [
	['before its header', async () => undefined],
	['after its features', (connection: ScriptedConnection) => answersHeader(connection, offer.startTls).then()],
] as const) {
	test(`a server that goes away ${what} is a lost connection`, async t => {
		const server = await serve(t, async connection => {
			await script(connection);
			connection.resets();
		});
		t.is((await problemOfLogin(server)).code, 'connection-lost');
	});
}

test('a server that goes away in the middle of the login is a lost connection', async t => {
	const problem = await refusal(t, async connection => {
		await answersHeader(connection, offer.mechanisms('SCRAM-SHA-256'));
		await connection.expects('<auth');
		connection.resets();
	});
	t.is(problem.code, 'connection-lost');
});

test('a port where nobody listens is named', async t => {
	const problem = await problemOfLogin({port: closedPort});
	t.is(problem.code, 'connection-refused');
	t.true(problem.message.includes(`127.0.0.1 port ${closedPort}`));
});

test('a host that does not exist is named', async t => {
	const problem = await problemOfLogin('dns', {
		host: 'nowhere.invalid',
		resolver: {
			resolve: async () => [],
			lookup: (_host, _options, answer) => answer(Object.assign(new Error('not found'), {code: 'ENOTFOUND'}), ''),
		},
	});
	t.is(problem.code, 'no-such-host');
	t.is(problem.kind, 'noSuchHost');
	t.true(problem.message.includes('nowhere.invalid'));
});

test('a server that says nothing is given up after half a minute', async t => {
	const clock = createManualClock();
	const reached = new Promise<void>(resolve => {
		void serve(t, async connection => {
			await connection.expects('<stream:stream');
			resolve();
		}).then(server => {
			t.truthy(server.port);
			problem.resolve(problemOfLogin(server, {clock}));
		});
	});
	const problem = promiseOf<Problem>();
	await reached;
	clock.advance(29_999);
	await settle();
	t.is(clock.pending, 1);
	clock.advance(1);
	t.is((await problem.promise).code, 'negotiation-timeout');
});

test('a connection that does not come about is given up after fifteen seconds', async t => {
	const clock = createManualClock();
	const problem = problemOfLogin('dns', {
		clock,
		host: 'slow.test',
		resolver: {resolve: async () => [], lookup: () => undefined},
	});
	await until(() => clock.pending > 0);
	clock.advance(14_999);
	await settle();
	clock.advance(1);
	t.is((await problem).code, 'connect-timeout');
});

test('a login under way can be cancelled', async t => {
	const abort = new AbortController();
	const server = await serve(t, async connection => {
		await connection.expects('<stream:stream');
		abort.abort();
	});
	t.is((await problemOfLogin(server, {signal: abort.signal})).code, 'cancelled');
	await server.connections[0]?.ended;
	t.pass();
});

test('an address without a name before the @ is no account', async t => {
	const {addressOf} = await import('../support/scripted-session.js');
	t.is((await problemOfLogin('dns', {jid: addressOf('localhost')})).code, 'not-an-account');
});

test('nothing of the login and no text reaches the log', async t => {
	const lines: string[] = [];
	const log: Log = {note: (_area, text) => lines.push(text), xml: (direction, text) => lines.push(direction + text)};
	const server = await serveLogin(t, async connection => {
		connection.replies("<message from='romeo@localhost' id='m1'><body>the secret text</body></message>");
	});
	const arrived = promiseOf<void>();
	const {session} = await openTestSession(server, {log, receive: async () => arrived.resolve()});
	session.send(message('m2', 'another secret'));
	await arrived.promise;
	await session.end();
	const all = lines.join('\n');
	t.regex(all, /<message [^>]*id="m1"/);
	t.regex(all, /<message [^>]*id="m2"/);
	t.notRegex(all, /secret|pencil|n,,|[A-Za-z\d+/]{40}/);
});

// --- the session

test('stanzas of the server arrive in order, also those right behind the binding', async t => {
	const {good} = await testCertificates();
	const server = await serve(t, async connection => {
		await answersStartTls(connection, good);
		await answersHeader(connection, offer.mechanisms('SCRAM-SHA-256'));
		await answersScram(connection, scram);
		await answersHeader(connection, offer.bind);
		const id = /\bid=["']([^"']*)/.exec(await connection.expects(/<iq [^>]*>.*?<\/iq>/s))?.[1];
		connection.replies(
			`<iq type='result' id='${id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>juliet@localhost/x</jid></bind>` +
				"</iq><message id='1'/><presence id='2'/>",
		);
		connection.replies("<iq id='3' type='get'/><message id='4'/>");
	});
	const done = promiseOf<void>();
	const received: Element[] = [];
	const {session} = await openTestSession(server, {
		async receive(stanzas) {
			received.push(...stanzas);
			if (received.length === 4) {
				done.resolve();
			}
		},
	});
	await done.promise;
	t.deepEqual(
		received.map(stanza => stanza.attrs.id),
		['1', '2', '3', '4'],
	);
	await session.end();
});

test('what the server can do is read from its features', async t => {
	const server = await serveLogin(t, undefined, [
		"<ver xmlns='urn:xmpp:features:rosterver'/><sub xmlns='urn:xmpp:features:pre-approval'/>",
		"<csi xmlns='urn:xmpp:csi:0'/><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v'/>",
	]);
	const {session} = await openTestSession(server);
	t.deepEqual(session.features, {
		rosterVersioning: true,
		preApproval: true,
		clientState: true,
		streamManagement: false,
		capabilities: {hash: 'sha-1', node: 'n', ver: 'v'},
	});
	await session.end();
});

test('stream management is enabled with the binding, and a message is acknowledged by its count', async t => {
	const server = await serveCounting(t, async connection => {
		await connection.expects(/<message.*?<\/message><r [^>]*>/s);
		connection.replies(`<a xmlns='${sm}' h='1'/>`);
	});
	const {session} = await openTestSession(server);
	let acked = 0;
	session.send(message('m1'), () => acked++);
	await session.flush();
	t.is(acked, 1);
	t.true(session.isCounted);
	t.regex(server.connections[0]?.received ?? '', /<iq [^>]*>.*<\/iq><enable[^>]*><message/s);
	await session.end();
});

test('stanzas sent in one go leave together, with one question behind them', async t => {
	const server = await serveCounting(t, async connection => {
		await connection.expects(/<r [^>]*>/);
		connection.replies(`<a xmlns='${sm}' h='3'/>`);
	});
	const {session} = await openTestSession(server);
	const acked: string[] = [];
	for (const id of ['m1', 'm2', 'm3']) {
		session.send(message(id), () => acked.push(id));
	}

	await session.flush();
	t.deepEqual(acked, ['m1', 'm2', 'm3']);
	t.regex(server.connections[0]?.received ?? '', /m1.*m2.*m3.*<r /s);
	t.is(server.connections[0]?.received.match(/<r /g)?.length, 1);
	await session.end();
});

test('without stream management an answered ping acknowledges', async t => {
	const server = await serveLogin(t, async connection => {
		const text = await connection.expects(/<message.*?<iq [^>]*>.*?<\/iq>/s);
		const id = /<iq [^>]*id=["']([^"']*)/.exec(text)?.[1];
		connection.replies(`<iq type='result' id='${id}' from='localhost'/>`);
	});
	const received: Element[] = [];
	const {session} = await openTestSession(server, {
		async receive(stanzas) {
			received.push(...stanzas);
		},
	});
	session.send(message('m1'));
	await session.flush();
	t.deepEqual(received, [], 'the answer to our own ping is nobody else’s business');
	await session.end();
});

test('a server that refuses to enable stream management is asked with pings instead', async t => {
	const server = await serveLogin(
		t,
		async connection => {
			await connection.expects(/<enable [^>]*>/);
			await connection.expects(/<r [^>]*>/);
			connection.replies(`<failed xmlns='${sm}'/>`);
			const id = /id=["']([^"']*)/.exec(await connection.expects(/<iq [^>]*>.*?<\/iq>/s))?.[1];
			connection.replies(`<iq type='result' id='${id}' from='localhost'/>`);
		},
		[offer.streamManagement],
	);
	const {session} = await openTestSession(server);
	let acked = 0;
	session.send(message('m1'), () => acked++);
	await session.flush();
	t.is(acked, 1);
	t.false(session.isCounted);
	await session.end();
});

test('the server is told how much was handled only when it was handled', async t => {
	const gate = promiseOf<void>();
	const server = await serveCounting(t, async connection => {
		connection.replies(`<message id='1'/><message id='2'/><r xmlns='${sm}'/>`);
		await settle();
		connection.replies(`<message id='3'/>`);
		await connection.expects(/<a [^>]*>/);
	});
	const batches: number[] = [];
	const {session} = await openTestSession(server, {
		async receive(stanzas) {
			batches.push(stanzas.length);
			await gate.promise;
		},
	});
	await until(() => batches.length === 1);
	t.notRegex(server.connections[0]?.received ?? '', /<a /);
	gate.resolve();
	await server.finished;
	t.regex(server.connections[0]?.received ?? '', /<a [^>]*h=["']2["']/);
	await session.end();
	await server.connections[0]?.ended;
	t.regex(server.connections[0]?.received ?? '', /<a [^>]*h=["']3["'][^>]*><\/stream:stream>$/);
});

test('stanzas before <enabled/> are handed on, but not counted', async t => {
	const server = await serveLogin(
		t,
		async connection => {
			await connection.expects(/<enable [^>]*>/);
			connection.replies(`<message id='1'/><enabled xmlns='${sm}'/><message id='2'/><r xmlns='${sm}'/>`);
			await connection.expects(/<a [^>]*h=["']1["'][^>]*>/);
		},
		[offer.streamManagement],
	);
	const {session, received} = await openTestSession(server);
	await server.finished;
	t.is(received.length, 2);
	await session.end();
});

test('a count that is too high ends the stream with the condition made for it', async t => {
	const server = await serveCounting(t, async connection => {
		connection.replies(`<a xmlns='${sm}' h='5'/>`);
		await connection.expects('</stream:stream>');
	});
	const {ended} = await openTestSession(server);
	const end = await ended;
	t.is(end.problem?.code, 'malformed-stream');
	t.true(end.recoverable);
	await server.finished;
	t.regex(
		server.connections[0]?.received ?? '',
		/<stream:error><undefined-condition[^>]*\/><handled-count-too-high [^>]*h=["']5["'][^>]*\/><\/stream:error>/,
	);
});

for (const count of ['', "h='NaN'", "h='-1'", "h='4294967296'"]) {
	test(`a count that is none ends the stream: <a ${count}/>`, async t => {
		const server = await serveCounting(t, async connection => {
			connection.replies(`<a xmlns='${sm}' ${count}/>`);
			await connection.expects('</stream:stream>');
		});
		const {ended} = await openTestSession(server);
		const end = await ended;
		t.is(end.problem?.code, 'malformed-stream');
		t.true(end.recoverable);
		await server.finished;
		t.regex(server.connections[0]?.received ?? '', /<stream:error><undefined-condition[^>]*\/>/);
	});
}

test('elements of stream management that nobody asked for change nothing', async t => {
	const server = await serveLogin(t, async connection => {
		connection.replies(
			`<enabled xmlns='${sm}'/><r xmlns='${sm}'/><a xmlns='${sm}' h='9'/><failed xmlns='${sm}'/><message id='1'/>`,
		);
	});
	const arrived = promiseOf<void>();
	const {session} = await openTestSession(server, {receive: async () => arrived.resolve()});
	await arrived.promise;
	await session.end();
	t.notRegex(server.connections[0]?.received ?? '', /<a /);
});

test('a failure to handle stanzas ends the session and is not acknowledged', async t => {
	const server = await serveCounting(t, async connection => {
		connection.replies(`<message id='1'/><r xmlns='${sm}'/>`);
		await connection.expects('</stream:stream>');
	});
	const {ended} = await openTestSession(server, {
		async receive() {
			throw new Error('disk full');
		},
	});
	const end = await ended;
	t.is(end.problem?.code, 'internal');
	t.false(end.recoverable);
	await server.finished;
	t.regex(server.connections[0]?.received ?? '', /<internal-server-error/);
	t.notRegex(server.connections[0]?.received ?? '', /<a /);
});

test('a lost connection ends the session once, after what had arrived was handled', async t => {
	const gate = promiseOf<void>();
	const server = await serveLogin(t, async connection => {
		connection.replies("<message id='1'/>");
		await connection.expects('<message');
		connection.resets();
	});
	const events: string[] = [];
	const {session, ended} = await openTestSession(server, {
		async receive() {
			await gate.promise;
			events.push('handled');
		},
	});
	session.onEnd(() => events.push('ended'));
	session.send(message('m1'));
	const flushed = session.flush();
	await server.connections[0]?.ended;
	await settle();
	gate.resolve();
	const end = await ended;
	t.deepEqual(events, ['handled', 'ended']);
	t.is(end.problem?.code, 'connection-lost');
	t.true(end.recoverable);
	await t.throwsAsync(flushed, {message: /localhost/});
	await t.throwsAsync(session.flush());
	session.send(message('m2'));
	t.pass('sending after the end is harmless');
});

for (const [condition, recoverable] of [
	['conflict', false],
	['system-shutdown', true],
	['not-authorized', false],
	['reset', true],
] as const) {
	test(`the stream error ${condition} ends the session, ${recoverable ? 'to be tried again' : 'for good'}`, async t => {
		const server = await serveLogin(t, async connection => {
			connection.replies(
				`<stream:error><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>` +
					"<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>&#x9b;31m</text></stream:error></stream:stream>",
			);
			connection.closes();
		});
		const {ended} = await openTestSession(server);
		const end = await ended;
		t.is(end.problem?.code, `stream-${condition}`);
		t.is(end.recoverable, recoverable);
		t.notRegex(end.problem?.message ?? '', /\u009b/);
	});
}

test('a server that closes the stream ends the session', async t => {
	const server = await serveLogin(t, async connection => connection.replies('</stream:stream>'));
	const {ended} = await openTestSession(server);
	t.is((await ended).problem?.code, 'connection-lost');
	await server.connections[0]?.ended;
	t.regex(server.connections[0]?.received ?? '', /<\/stream:stream>$/);
});

test('a silent connection is probed, and given up when nothing answers', async t => {
	const clock = createManualClock();
	const server = await serveCounting(t, async connection => {
		await connection.expects(/<r [^>]*>/);
	});
	const {ended} = await openTestSession(server, {clock});
	await until(() => server.connections[0]?.received.includes('<enable') ?? false);
	await settle();
	clock.advance(60_000);
	await server.finished;
	clock.advance(30_000);
	const end = await ended;
	t.is(end.problem?.code, 'connection-lost');
	t.true(end.recoverable);
});

test('ending closes the stream at once when everything is acknowledged, without waiting for the server', async t => {
	const server = await serveLogin(t);
	const clock = createManualClock();
	const {session, ended} = await openTestSession(server, {clock});
	await session.end();
	await server.connections[0]?.ended;
	t.regex(server.connections[0]?.received ?? '', /<\/stream:stream>$/);
	t.deepEqual(await ended, {recoverable: false});
	await session.end();
});

test('ending waits for the server when something is not acknowledged, but two seconds at most', async t => {
	const clock = createManualClock();
	const server = await serveCounting(t, connection => connection.expects('</stream:stream>').then(), {lingers: true});
	const {session} = await openTestSession(server, {clock});
	session.send(message('m1'));
	let isOver = false;
	const over = session.end().then(() => {
		isOver = true;
	});
	await server.finished;
	await settle();
	clock.advance(1999);
	await settle();
	t.false(isOver);
	clock.advance(1);
	await over;
	t.true(isOver);
});

test('ending waits no longer than the server needs', async t => {
	const server = await serveCounting(t, async connection => {
		await connection.expects('</stream:stream>');
		connection.replies('</stream:stream>');
	});
	const {session} = await openTestSession(server, {clock: createManualClock()});
	session.send(message('m1'));
	await session.end();
	t.pass();
});

test('a refusal and the end of the connection in one read are told as the refusal', async t => {
	const problem = await refusal(t, async connection => {
		await answersHeader(connection, offer.mechanisms('PLAIN'));
		await connection.expects('</auth>');
		connection.replies("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure></stream:stream>");
		connection.closes();
	});
	t.is(problem.code, 'wrong-password');
});

test('text of every script goes both ways unharmed', async t => {
	const text = 'Grüße, Ромео 👩‍👩‍👧 <&>"\' ]]> \u{1f600}';
	const server = await serveLogin(t, async connection => {
		const sent = await connection.expects(/<message.*?<\/message>/s);
		connection.replies(sent);
	});
	const arrived = promiseOf<Element>();
	const {session} = await openTestSession(server, {
		receive: async ([first]) => (first ? arrived.resolve(first) : undefined),
	});
	session.send(message('m1', text));
	const body = child(await arrived.promise, 'body', 'jabber:client');
	t.is(body && textOf(body), text);
	await session.end();
});

// --- chaos

test('a server that sends every byte by itself is understood like any other', async t => {
	const server = await serveCounting(
		t,
		async connection => {
			connection.replies(`<message id='1'><body>Grüße 👩‍👩‍👧</body></message><r xmlns='${sm}'/>`);
			await connection.expects(/<a [^>]*h=["']1["'][^>]*>/);
		},
		{dribbles: true},
	);
	const {session, received} = await openTestSession(server);
	await server.finished;
	const body = received[0] && child(received[0], 'body', 'jabber:client');
	t.is(body && textOf(body), 'Grüße 👩‍👩‍👧');
	await session.end();
});

test('a server that goes away at any step of the login leaves an error that says so', async t => {
	const codes: string[] = [];
	for (const cutAtReply of [0, 1, 2, 3, 4, 5, 6]) {
		const server = await serveLogin(t, async () => undefined, [], {cutAtReply});
		try {
			const {session} = await openTestSession(server);
			await session.end();
			codes.push('online');
		} catch (error) {
			codes.push(isXmppcError(error) ? error.code : String(error));
		}
	}

	// Header, <proceed/>, header, <challenge/>, <success/>, header, binding.
	t.deepEqual(
		codes,
		codes.map(() => 'connection-lost'),
	);
});

const scraps = fc.oneof(
	fc.constantFrom(
		...[
			'<message>',
			'</message>',
			"<message from='romeo@localhost/x'><body>hi</body></message>",
			'<iq',
			'/>',
			'>',
			'<',
		],
		...[`<r xmlns='${sm}'/>`, `<a xmlns='${sm}' h='0'/>`, `<a xmlns='${sm}' h='9'/>`, `<enabled xmlns='${sm}'/>`],
		...['</stream:stream>', '<stream:error/>', '<stream:features/>', '<success/>', '<!--', '<?x ?>', '&#0;', '&lt;'],
		...["<presence from='@@'/>", '<x:y/>', "<iq type='result'/>", ' ', '\n', '\u0000', '\ufeff', '😀'],
	),
	fc.string(),
	fc.uint8Array({maxLength: 20}),
);

testProp(
	'whatever the server sends, the session goes on or ends with a reason, and the process lives',
	[fc.array(scraps, {maxLength: 12})],
	async (t, pieces) => {
		const server = await serveCounting(t, async connection => {
			for (const piece of pieces) {
				connection.replies(piece);
			}

			await settle();
			connection.resets();
		});
		const {ended, received} = await openTestSession(server);
		const {problem} = await ended;
		t.regex(problem?.code ?? '', /^(?:connection-lost|malformed-stream|xml-.*|stream-.*)$/);
		t.true(received.every(stanza => ['message', 'presence', 'iq'].includes(stanza.name)));
		await server.close();
	},
	{numRuns: 25},
);

function promiseOf<Value>() {
	let resolve: (value: Value | PromiseLike<Value>) => void = () => undefined;
	const promise = new Promise<Value>(done => {
		resolve = done;
	});
	return {promise, resolve: (value: Value | PromiseLike<Value>) => resolve(value)};
}

/** Lets input that is already here be read. */
function settle(): Promise<void> {
	return new Promise(resolve => setTimeout(resolve, 20));
}

async function until(condition: () => boolean): Promise<void> {
	while (!condition()) {
		await settle();
	}
}
