import test from 'ava';
import {XmppcError} from '../../source/shared/errors.js';
import {createElement} from '../../source/xmpp/element.js';
import type {Resolver} from '../../source/xmpp/resolver.js';
import type {Sasl2Offer} from '../../source/xmpp/sasl/sasl2.js';
import type {KnownServer, ServerMemory, SessionOptions} from '../../source/xmpp/session.js';
import {openSession} from '../../source/xmpp/session-opening.js';
import {testCertificates} from '../support/certificates.js';
import {answersBind, answersHeader, answersScram, answersStartTls, offer} from '../support/scripted-login.js';
import {serveInTurn, sm} from '../support/scripted-resumption.js';
import {
	challengesSasl2,
	featuresBehind,
	inlineOffer,
	memoryOfServer,
	memoryTokens,
	offersSasl2,
	presentsSasl2,
	responderOf,
	sasl2Failure,
	sasl2Success,
	takesPipelined,
} from '../support/scripted-sasl2.js';
import {closedPort, type ScriptedConnection} from '../support/scripted-server.js';
import {openTestSession, password, problemOfLogin, sessionOptions} from '../support/scripted-session.js';

const userAgent = '5f1b8c1e-6a1d-4b0e-9d0a-0c5f2f8f4f11';
const token = {mechanism: 'HT-SHA-256-NONE', secret: 'secret-token:fast-one'};
const remembered: Sasl2Offer = {
	mechanisms: ['SCRAM-SHA-256'],
	tokenMechanisms: ['HT-SHA-256-NONE'],
	streamManagement: false,
};
const withTokens = {inline: inlineOffer.fast('HT-SHA-256-NONE')};
const success = () => sasl2Success(responderOf(token.secret), '', 'juliet@localhost');

/** Somebody who was here before: with a token, and with what the server offered then. */
function returning(known: KnownServer = {offer: remembered}) {
	const tokens = memoryTokens(token);
	const memory = memoryOfServer(known);
	const changes = {
		sasl2: {userAgent: async () => userAgent, bind: false, tokens},
		memory,
	} satisfies Partial<SessionOptions>;
	return {tokens, memory, changes};
}

async function acceptsPipelined(connection: ScriptedConnection, script = withTokens): Promise<string> {
	const text = await takesPipelined(connection, script);
	connection.replies(success() + featuresBehind(offer.bind, offer.streamManagement));
	return text;
}

test('who comes back with a token logs in without waiting for the features, which are remembered anew', async t => {
	const {tokens, memory, changes} = returning();
	const script = {inline: inlineOffer.fast('HT-SHA-256-NONE') + inlineOffer.bind};
	let written = '';
	const server = await serveInTurn(t, async connection => {
		written = await acceptsPipelined(connection, script);
		await answersBind(connection);
	});
	const {session} = await openTestSession(server, changes);
	t.is(session.security.mechanism, 'HT-SHA-256-NONE');
	t.regex(written, /<stream:stream[^>]* from=["']juliet@localhost["']/);
	t.regex(written, /<fast xmlns=["']urn:xmpp:fast:0["']\/>/);
	t.deepEqual(memory.held.offer, {...remembered, bind: []});
	t.deepEqual(tokens.done, []);
});

test('nothing of it is written before TLS protects it', async t => {
	const {changes} = returning();
	const server = await serveInTurn(t, async connection => {
		await connection.expects(/<stream:stream[^>]*>/);
		connection.replies(
			"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='s' version='1.0'>" +
				`<stream:features>${offer.startTls}</stream:features>`,
		);
		await connection.expects(/<starttls [^>]*>/);
		t.notRegex(connection.received, /authenticate|juliet/);
		connection.closes();
	});
	await problemOfLogin(server, changes);
	await server.done;
});

test('with Bind 2 the resource is bound by the same flight', async t => {
	const {changes} = returning({offer: {...remembered, bind: ['urn:xmpp:carbons:2', 'urn:xmpp:csi:0']}});
	let written = '';
	const server = await serveInTurn(t, async connection => {
		written = await takesPipelined(connection, {inline: withTokens.inline + inlineOffer.bindWithAll});
		connection.replies(
			sasl2Success(responderOf(token.secret), "<bound xmlns='urn:xmpp:bind:0'/>") +
				featuresBehind(offer.streamManagement),
		);
	});
	const {session} = await openTestSession(server, {
		...changes,
		sasl2: {...changes.sasl2, bind: true},
	});
	t.is(String(session.jid), 'juliet@localhost/xmppc~1');
	t.true(session.features.carbonsEnabled);
	t.regex(written, /<active xmlns=["']urn:xmpp:csi:0["']\/>/);
	t.notRegex(written, /<inactive/);
});

test('the first login waits for the features and remembers them; one without a token, or with one that expired, waits too', async t => {
	for (const held of [undefined, {...token, expiry: 1}]) {
		const tokens = memoryTokens(held);
		const memory = memoryOfServer(held && {offer: remembered});
		const server = await serveInTurn(t, async connection => {
			const data = await challengesSasl2(connection, await offersSasl2(connection, withTokens));
			connection.replies(sasl2Success(data, '', 'juliet@localhost') + featuresBehind(offer.bind));
			await answersBind(connection);
		});
		await openTestSession(server, {sasl2: {userAgent: async () => userAgent, bind: false, tokens}, memory});
		t.deepEqual(memory.held, {offer: remembered});
	}
});

test('a server that names its offer is told which one is meant; where that is gone, the same stream goes on', async t => {
	const {tokens, memory, changes} = returning({offer: {...remembered, version: {scheme: 'opaque', value: 'old'}}});
	const version = "<config-version xmlns='urn:xmpp:iap:0' value='new'/>";
	let first = '';
	let second = '';
	const server = await serveInTurn(t, async connection => {
		first = await takesPipelined(connection, {...withTokens, more: version});
		connection.replies(
			"<failure xmlns='urn:xmpp:sasl:2'><aborted xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>" +
				"<config-version-mismatch xmlns='urn:xmpp:iap:0'/></failure>",
		);
		second = await connection.expects(/<authenticate [\s\S]*<\/authenticate>/);
		connection.replies(success() + featuresBehind(offer.bind));
		await answersBind(connection);
	});
	await openTestSession(server, changes);
	t.regex(first, /<config-version xmlns=["']urn:xmpp:iap:0["'] scheme=["']opaque["'] value=["']old["']\/>/);
	t.regex(second, /<config-version xmlns=["']urn:xmpp:iap:0["'] value=["']new["']\/>/);
	t.deepEqual(memory.held.offer?.version, {value: 'new'});
	t.deepEqual(tokens.done, []);
	t.is(server.connections.length, 1);
});

/** A login the old way. */
const answersWithoutSasl2 = async (connection: ScriptedConnection) => {
	const {good} = await testCertificates();
	await answersStartTls(connection, good);
	await answersHeader(connection, offer.mechanisms('SCRAM-SHA-256'));
	await answersScram(connection, {hash: 'SHA-256', password});
	await answersHeader(connection, offer.bind);
	await answersBind(connection);
};

test('a server that has no SASL2 any more is asked again with what it has, and what was remembered is dropped', async t => {
	const {tokens, memory, changes} = returning();
	const server = await serveInTurn(
		t,
		async connection => {
			await takesPipelined(connection, offer.mechanisms('SCRAM-SHA-256'));
		},
		answersWithoutSasl2,
	);
	const {session} = await openTestSession(server, changes);
	t.is(session.security.mechanism, 'SCRAM-SHA-256');
	t.deepEqual(memory.held, {});
	t.deepEqual(tokens.done, []);
});

for (const [what, answer] of [
	['refuses the mechanism', sasl2Failure('invalid-mechanism')],
	['finds the login malformed', sasl2Failure('malformed-request')],
	['breaks off', '</stream:stream>'],
	[
		'knows no such element',
		"<stream:error><unsupported-stanza-type xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>",
	],
] as const) {
	test(`a server that ${what} when a login is pipelined gets one that is not, with the same token`, async t => {
		const {tokens, memory, changes} = returning();
		const server = await serveInTurn(
			t,
			async connection => {
				await takesPipelined(connection, withTokens);
				connection.replies(answer);
			},
			async connection => {
				await offersSasl2(connection, withTokens);
				connection.replies(success() + featuresBehind(offer.bind));
				await answersBind(connection);
			},
		);
		const {session} = await openTestSession(server, changes);
		t.is(session.security.mechanism, 'HT-SHA-256-NONE');
		t.deepEqual(memory.done, ['forgot offer', 'saved offer']);
		t.deepEqual(tokens.done, []);
	});
}

for (const condition of ['not-authorized', 'credentials-expired'] as const) {
	test(`a token refused with ${condition} is forgotten, and the password is used on a connection of its own`, async t => {
		const {tokens, changes} = returning();
		const server = await serveInTurn(
			t,
			async connection => {
				await takesPipelined(connection, withTokens);
				connection.replies(sasl2Failure(condition));
			},
			async connection => {
				const data = await challengesSasl2(connection, await offersSasl2(connection, withTokens));
				connection.replies(sasl2Success(data, '', 'juliet@localhost') + featuresBehind(offer.bind));
				await answersBind(connection);
			},
		);
		const {session} = await openTestSession(server, changes);
		t.is(session.security.mechanism, 'SCRAM-SHA-256');
		t.deepEqual(tokens.done, ['forgotten']);
	});
}

test('a server that cannot check logins at the moment is not asked twice', async t => {
	const {tokens, memory, changes} = returning();
	const server = await serveInTurn(t, async connection => {
		await takesPipelined(connection, withTokens);
		connection.replies(sasl2Failure('temporary-auth-failure'));
	});
	t.is((await problemOfLogin(server, changes)).code, 'login-unavailable');
	t.is(server.connections.length, 1);
	t.deepEqual([...memory.done, ...tokens.done], []);
});

test('a server that does not know the token hears nothing more, least of all a message', async t => {
	const {tokens, changes} = returning();
	const server = await serveInTurn(t, async connection => {
		await takesPipelined(connection, withTokens);
		connection.replies(sasl2Success(responderOf('another'), '', 'juliet@localhost') + featuresBehind(offer.bind));
		await connection.ended;
	});
	const problem = await problemOfLogin(server, {...changes, early: () => t.fail('it would have been told a message')});
	t.is(problem.code, 'server-not-authentic');
	await server.done;
	t.deepEqual(tokens.done, ['forgotten']);
	t.notRegex(server.connections[0]?.received ?? '', /<iq/);
});

test('a task behind the token is declined, and RFC 6120 is tried where it is offered', async t => {
	const {tokens, changes} = returning();
	const task = "<continue xmlns='urn:xmpp:sasl:2'><tasks><task>HOTP-EXAMPLE</task></tasks></continue>";
	const withBoth = {...withTokens, more: offer.mechanisms('SCRAM-SHA-256')};
	const server = await serveInTurn(
		t,
		async connection => {
			await takesPipelined(connection, withBoth);
			connection.replies(task);
			await connection.expects(/<abort [^>]*>/);
		},
		async connection => {
			await offersSasl2(connection, withBoth);
			connection.replies(task);
			await connection.expects(/<abort [^>]*>/);
		},
		async connection => {
			await presentsSasl2(connection, withBoth);
			await answersScram(connection, {hash: 'SHA-256', password});
			await answersHeader(connection, offer.bind);
			await answersBind(connection);
		},
	);
	const {session} = await openTestSession(server, changes);
	t.is(session.security.mechanism, 'SCRAM-SHA-256');
	t.deepEqual(tokens.done, []);
});

const message = () => createElement('message', {to: 'romeo@localhost'}, createElement('body', {}, 'Hi'));

test('what is to be sent at once rides along with the binding, and is acknowledged like everything else', async t => {
	const {changes} = returning();
	const server = await serveInTurn(t, async connection => {
		await acceptsPipelined(connection);
		const flight = await connection.expects(/<iq [\s\S]*<\/iq>[\s\S]*<enable [^>]*>[\s\S]*<message[\s\S]*<\/message>/);
		const id = /\bid=["']([^"']*)["']/.exec(flight)?.[1] ?? '';
		connection.replies(
			`<iq type='result' id='${id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>juliet@localhost/x</jid></bind></iq>` +
				`<enabled xmlns='${sm}'/>`,
		);
		await connection.expects(/<message[\s\S]*<\/message>/);
		await connection.expects(/<r [^>]*>/);
		connection.replies(`<a xmlns='${sm}' h='2'/>`);
	});
	const acked: string[] = [];
	const {session} = await openTestSession(server, {
		...changes,
		streamManagement: true,
		early(send, features) {
			t.true(features.streamManagement);
			send(message(), () => acked.push('first'));
		},
	});
	session.send(message(), () => acked.push('second'));
	await session.flush();
	t.deepEqual(acked, ['first', 'second']);
});

test('with the older SASL it rides along too', async t => {
	const server = await serveInTurn(t, async connection => {
		const {good} = await testCertificates();
		await answersStartTls(connection, good);
		await answersHeader(connection, offer.mechanisms('SCRAM-SHA-256'));
		await answersScram(connection, {hash: 'SHA-256', password});
		await answersHeader(connection, offer.bind);
		await connection.expects(/<iq [\s\S]*<\/iq>[\s\S]*<message[\s\S]*<\/message>/);
	});
	const options = await sessionOptions(server, {early: send => send(message())});
	openSession(options).catch(() => undefined);
	await t.notThrowsAsync(server.done);
});

test('where the binding is refused it is not offered to anybody again', async t => {
	const {changes} = returning();
	let times = 0;
	const server = await serveInTurn(t, async connection => {
		await acceptsPipelined(connection);
		const flight = await connection.expects(/<message[\s\S]*<\/message>/);
		const id = /<iq [^>]*\bid=["']([^"']*)["']/.exec(flight)?.[1] ?? '';
		connection.replies(
			`<iq type='error' id='${id}'><error type='wait'><resource-constraint ` +
				"xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
		);
	});
	const problem = await problemOfLogin(server, {
		...changes,
		early(send) {
			times++;
			send(message());
		},
	});
	t.is(problem.code, 'bind-refused');
	t.is(times, 1);
	t.is(server.connections.length, 1);
});

test('what cannot be handed over for it ends the login with the reason', async t => {
	const {changes} = returning();
	const server = await serveInTurn(t, async connection => {
		await acceptsPipelined(connection);
		await connection.ended;
	});
	const tooLong = new XmppcError({code: 'message-too-long', kind: 'badData', message: 'It is too long.'});
	const problem = await problemOfLogin(server, {
		...changes,
		early() {
			throw tooLong;
		},
	});
	t.is(problem.code, 'message-too-long');
	await server.done;
	t.notRegex(server.connections[0]?.received ?? '', /<iq/);
});

const dns = (...ports: readonly number[]): Resolver & {asked: number} => {
	const resolver = {
		asked: 0,
		async resolve() {
			resolver.asked++;
			return ports.map(port => ({host: '127.0.0.1', port, directTls: false}));
		},
	};
	return resolver;
};

test('the place that DNS named first is remembered, and DNS not asked again', async t => {
	const server = await serveInTurn(t, answersWithoutSasl2, answersWithoutSasl2);
	const memory = memoryOfServer();
	const resolver = dns(server.port);
	await openTestSession('dns', {resolver, memory});
	t.deepEqual(memory.held, {endpoint: {host: '127.0.0.1', port: server.port, directTls: false}});
	await openTestSession('dns', {resolver, memory});
	t.is(resolver.asked, 1);
});

test('a place that does not answer any more is forgotten, and DNS asked; one for emergencies is not remembered', async t => {
	const server = await serveInTurn(t, answersWithoutSasl2);
	const nowhere = {host: '127.0.0.1', port: closedPort, directTls: false};
	const memory: ServerMemory & {readonly done: readonly string[]} = memoryOfServer({endpoint: nowhere});
	const resolver = dns(closedPort, server.port);
	await openTestSession('dns', {resolver, memory});
	t.is(resolver.asked, 1);
	t.deepEqual(memory.done, ['forgot endpoint']);
});

test('what is remembered does not count where the person said where to connect', async t => {
	const server = await serveInTurn(t, answersWithoutSasl2);
	const nowhere = {host: 'nowhere.example', port: 1, directTls: false};
	const memory = memoryOfServer({endpoint: nowhere});
	await openTestSession(server, {memory});
	t.deepEqual(memory.held, {endpoint: nowhere});
});
