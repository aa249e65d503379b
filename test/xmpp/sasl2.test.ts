import test, {type ExecutionContext} from 'ava';
import {createElement, nameOf} from '../../source/xmpp/element.js';
import {chooseTokenMechanism, createTokenClient} from '../../source/xmpp/sasl/login-token.js';
import type {SessionOptions} from '../../source/xmpp/session.js';
import {answersBind, answersHeader, answersScram, offer} from '../support/scripted-login.js';
import {
	acknowledges,
	interruptionOf,
	reopen,
	resumableOptions,
	serveInTurn,
	sessionId,
	sm,
} from '../support/scripted-resumption.js';
import {
	challengesSasl2,
	featuresBehind,
	inlineOffer,
	memoryTokens,
	offersSasl2,
	presentsSasl2,
	responderOf,
	sasl2Failure,
	sasl2Success,
} from '../support/scripted-sasl2.js';
import type {ScriptedConnection} from '../support/scripted-server.js';
import {openTestSession, password, problemOfLogin} from '../support/scripted-session.js';

const userAgent = '5f1b8c1e-6a1d-4b0e-9d0a-0c5f2f8f4f11';
const withBind: Partial<SessionOptions> = {sasl2: {userAgent: async () => userAgent, bind: true}};
const bound = "<bound xmlns='urn:xmpp:bind:0'/>";
const token = {mechanism: 'HT-SHA-256-NONE', secret: 'secret-token:fast-one'};

type Script = (connection: ScriptedConnection) => Promise<void>;

/** Logs in with a token that the server takes for one of its own. */
const takesToken =
	(success: (responder: string) => string): Script =>
	async connection => {
		await offersSasl2(connection, {inline: inlineOffer.bind + inlineOffer.fast('HT-SHA-256-NONE')});
		connection.replies(success(responderOf(token.secret)) + featuresBehind());
	};

async function problemWith(t: ExecutionContext, script: Script, changes: Partial<SessionOptions> = withBind) {
	const server = await serveInTurn(t, script);
	return problemOfLogin(server, changes);
}

test('SASL2 with Bind 2 logs in, binds, switches carbons on and counts, with no other word', async t => {
	let authenticate = '';
	const server = await serveInTurn(t, async connection => {
		authenticate = await offersSasl2(connection, {inline: inlineOffer.bindWithAll});
		const data = await challengesSasl2(connection, authenticate);
		const done =
			"<bound xmlns='urn:xmpp:bind:0'><enabled xmlns='urn:xmpp:carbons:2'/>" +
			`<enabled xmlns='${sm}' id='x' resume='true'/></bound>`;
		connection.replies(sasl2Success(data, done) + featuresBehind(offer.streamManagement));
		await acknowledges(connection, 1);
	});
	const {session} = await openTestSession(server, {...withBind, resumable: true});
	t.is(String(session.jid), 'juliet@localhost/xmppc~1');
	t.is(session.security.mechanism, 'SCRAM-SHA-256');
	t.true(session.features.carbonsEnabled);
	t.true(session.features.streamManagement);
	session.send(createElement('presence'));
	await session.flush();
	t.regex(authenticate, new RegExp(`<user-agent id=["']${userAgent}["']><software>xmppc</software></user-agent>`));
	t.regex(authenticate, /<tag>xmppc<\/tag>/);
	t.regex(authenticate, /<enable xmlns=["']urn:xmpp:carbons:2["']\/>/);
	t.regex(authenticate, /<enable xmlns=["']urn:xmpp:sm:3["'] resume=["']true["']\/>/);
	t.regex(authenticate, /<active xmlns=["']urn:xmpp:csi:0["']\/>/);
	t.notRegex(authenticate, /request-token/);
	t.is(server.connections[0]?.received.match(/<stream:stream/g)?.length, 2);
	await server.close();
});

test('stanzas between success and the features are not lost', async t => {
	const server = await serveInTurn(t, async connection => {
		const data = await challengesSasl2(connection, await offersSasl2(connection, {inline: inlineOffer.bind}));
		const message = "<message from='romeo@localhost'><body>early</body></message>";
		connection.replies(sasl2Success(data, bound) + message + featuresBehind());
	});
	const {received} = await openTestSession(server, withBind);
	await server.done;
	t.deepEqual(received.map(nameOf), ['message']);
});

test('where Bind 2 may not be used the resource is bound as ever', async t => {
	let authenticate = '';
	const server = await serveInTurn(t, async connection => {
		authenticate = await offersSasl2(connection, {inline: inlineOffer.bindWithAll});
		const data = await challengesSasl2(connection, authenticate);
		connection.replies(sasl2Success(data, '', 'juliet@localhost') + featuresBehind(offer.bind));
		await answersBind(connection);
	});
	const {session} = await openTestSession(server, {sasl2: {userAgent: async () => userAgent, bind: false}});
	t.is(String(session.jid), 'juliet@localhost/balcony');
	t.notRegex(authenticate, /urn:xmpp:bind:0/);
});

for (const [what, mechanisms] of [
	['no mechanism that we have', ['OAUTHBEARER']],
	['a weaker mechanism than RFC 6120 has', ['PLAIN']],
] as const) {
	test(`SASL2 with ${what} is left for the older SASL`, async t => {
		const server = await serveInTurn(t, async connection => {
			await presentsSasl2(connection, {mechanisms, more: offer.mechanisms('SCRAM-SHA-256')});
			await answersScram(connection, {hash: 'SHA-256', password});
			await answersHeader(connection, offer.bind);
			await answersBind(connection);
		});
		const {session} = await openTestSession(server, withBind);
		t.is(session.security.mechanism, 'SCRAM-SHA-256');
	});
}

test('SASL2 with nothing but PLAIN gets no password of an account that has used SCRAM', async t => {
	const problem = await problemWith(t, connection => presentsSasl2(connection, {mechanisms: ['PLAIN']}), {
		...withBind,
		scramPinned: true,
	});
	t.is(problem.code, 'plain-refused');
});

test('a success that is forged, early or without a signature is none', async t => {
	const forged: readonly Script[] = [
		async connection => {
			await challengesSasl2(connection, await offersSasl2(connection));
			connection.replies(sasl2Success(Buffer.from('v=AAAA').toString('base64'), bound));
		},
		async connection => {
			await offersSasl2(connection);
			connection.replies(sasl2Success('', bound));
		},
		async connection => {
			await challengesSasl2(connection, await offersSasl2(connection));
			connection.replies(
				"<success xmlns='urn:xmpp:sasl:2'><authorization-identifier>juliet@localhost/x</authorization-identifier></success>",
			);
		},
	];
	for (const script of forged) {
		t.is((await problemWith(t, script)).code, 'server-not-authentic');
	}
});

test('a login as somebody else, or as nobody, ends', async t => {
	for (const address of ['romeo@localhost/x', 'juliet@example.org/x', '', '@@']) {
		const problem = await problemWith(t, async connection => {
			const data = await challengesSasl2(connection, await offersSasl2(connection, {inline: inlineOffer.bind}));
			connection.replies(sasl2Success(data, bound, address) + featuresBehind());
		});
		t.is(problem.code, 'other-address', address);
	}
});

test('a binding without a resource is a malformed stream', async t => {
	const problem = await problemWith(t, async connection => {
		const data = await challengesSasl2(connection, await offersSasl2(connection, {inline: inlineOffer.bind}));
		connection.replies(sasl2Success(data, bound, 'juliet@localhost') + featuresBehind());
	});
	t.is(problem.code, 'malformed-stream');
});

test('a task behind the password is answered with an abort, and named', async t => {
	let aborted = false;
	const server = await serveInTurn(t, async connection => {
		await challengesSasl2(connection, await offersSasl2(connection));
		connection.replies(
			"<continue xmlns='urn:xmpp:sasl:2'><tasks><task>HOTP-EXAMPLE</task></tasks><text>x</text></continue>",
		);
		await connection.expects(/<abort xmlns=["']urn:xmpp:sasl:2["']\/>/);
		aborted = true;
	});
	t.is((await problemOfLogin(server, withBind)).code, 'login-task');
	await server.done;
	t.true(aborted);
});

test('a refused password is named as with the older SASL', async t => {
	const problem = await problemWith(t, async connection => {
		await challengesSasl2(connection, await offersSasl2(connection));
		connection.replies(sasl2Failure('not-authorized'));
	});
	t.is(problem.code, 'wrong-password');
});

test('a session is resumed with the login; where it is gone, a resource is bound in the same step', async t => {
	const everything = {inline: inlineOffer.bindWithAll + inlineOffer.streamManagement};
	const requests: string[] = [];
	const logsIn =
		(more: string, behind = ''): Script =>
		async connection => {
			const authenticate = await offersSasl2(connection, everything);
			requests.push(authenticate);
			const data = await challengesSasl2(connection, authenticate);
			connection.replies(sasl2Success(data, more) + behind);
		};
	const enabled = `<bound xmlns='urn:xmpp:bind:0'><enabled xmlns='${sm}' id='${sessionId}' resume='true'/></bound>`;
	const server = await serveInTurn(
		t,
		async connection => {
			await logsIn(enabled, featuresBehind(offer.streamManagement))(connection);
			connection.replies('<message/>');
			await acknowledges(connection, 1);
			connection.resets();
		},
		async connection => {
			await logsIn(`<resumed xmlns='${sm}' previd='${sessionId}' h='1'/>`, featuresBehind())(connection);
			await acknowledges(connection, 2);
			connection.resets();
		},
		logsIn(
			`<failed xmlns='${sm}' h='2'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>${bound}`,
			featuresBehind(),
		),
	);
	const options = await resumableOptions(server, withBind);
	const {session} = await openTestSession(server, {...withBind, resumable: true});
	const broken = interruptionOf(session);
	session.send(createElement('presence'));
	await session.flush();
	await broken;

	const brokenAgain = interruptionOf(session);
	t.is(await reopen(options, session), session);
	session.send(createElement('presence'));
	await session.flush();
	await brokenAgain;
	t.regex(requests[1] ?? '', new RegExp(`<resume xmlns=["']${sm}["'] previd=["']${sessionId}["'] h=["']1["']/>`));

	const other = await reopen(options, session);
	t.not(other, session);
	t.is(String(other.jid), 'juliet@localhost/xmppc~1');
});

test('a token takes the place of the password, and the new one that comes with it its own', async t => {
	const tokens = memoryTokens(token);
	const fresh = "<token xmlns='urn:xmpp:fast:0' token='secret-token:two' expiry='2050-01-01T00:00:00Z'/>";
	const server = await serveInTurn(
		t,
		takesToken(responder => sasl2Success(responder, bound + fresh)),
	);
	const {session} = await openTestSession(server, {
		password: async () => t.fail('the password was asked for') as never,
		sasl2: {userAgent: async () => userAgent, bind: true, tokens},
	});
	t.is(session.security.mechanism, 'HT-SHA-256-NONE');
	t.regex(server.connections[0]?.received ?? '', /<fast xmlns=["']urn:xmpp:fast:0["']\/>/);
	t.deepEqual(tokens.held, {
		mechanism: 'HT-SHA-256-NONE',
		secret: 'secret-token:two',
		expiry: Date.UTC(2050, 0, 1),
	});
});

test('a server that does not know the token it gave is not the one that gave it: the token goes', async t => {
	const tokens = memoryTokens(token);
	const problem = await problemWith(
		t,
		takesToken(() => sasl2Success(responderOf('another'), bound)),
		{sasl2: {userAgent: async () => userAgent, bind: true, tokens}},
	);
	t.is(problem.code, 'server-not-authentic');
	t.deepEqual(tokens.done, ['forgotten']);
});

test('a server that cannot check tokens at the moment leaves the token as it is', async t => {
	const tokens = memoryTokens(token);
	const problem = await problemWith(
		t,
		async connection => {
			await offersSasl2(connection, {inline: inlineOffer.fast('HT-SHA-256-NONE')});
			connection.replies(sasl2Failure('temporary-auth-failure'));
		},
		{sasl2: {userAgent: async () => userAgent, bind: true, tokens}},
	);
	t.is(problem.code, 'login-unavailable');
	t.deepEqual(tokens.done, []);
});

for (const [what, held] of [
	['expired', {...token, expiry: Date.UTC(2020, 0, 1)}],
	['of a mechanism that is not offered', {...token, mechanism: 'HT-SHA-256-EXPR'}],
] as const) {
	test(`a token that is ${what} is not shown to the server; the password brings another`, async t => {
		const tokens = memoryTokens(held);
		const server = await serveInTurn(t, async connection => {
			const authenticate = await offersSasl2(connection, {
				inline: inlineOffer.bind + inlineOffer.fast('HT-SHA-256-NONE'),
			});
			t.regex(authenticate, /<request-token xmlns=["']urn:xmpp:fast:0["'] mechanism=["']HT-SHA-256-NONE["']\/>/);
			const data = await challengesSasl2(connection, authenticate);
			const fresh = "<token xmlns='urn:xmpp:fast:0' token='new'/>";
			connection.replies(sasl2Success(data, bound + fresh) + featuresBehind());
		});
		await openTestSession(server, {sasl2: {userAgent: async () => userAgent, bind: true, tokens}});
		t.deepEqual(tokens.held, {mechanism: 'HT-SHA-256-NONE', secret: 'new'});
	});
}

test('a refused token is forgotten, and the password used on a connection of its own', async t => {
	const tokens = memoryTokens(token);
	const script = {inline: inlineOffer.bind + inlineOffer.fast('HT-SHA-256-NONE')};
	const server = await serveInTurn(
		t,
		async connection => {
			await offersSasl2(connection, script);
			connection.replies(sasl2Failure('not-authorized'));
		},
		async connection => {
			const data = await challengesSasl2(connection, await offersSasl2(connection, script));
			connection.replies(sasl2Success(data, bound) + featuresBehind());
		},
	);
	const {session} = await openTestSession(server, {sasl2: {userAgent: async () => userAgent, bind: true, tokens}});
	t.is(session.security.mechanism, 'SCRAM-SHA-256');
	t.deepEqual(tokens.done, ['forgotten']);
});

/** What RFC 6120 has to offer beside SASL2. */
const withPlainSasl = (...mechanisms: readonly string[]) => ({more: offer.mechanisms(...mechanisms)});

for (const [what, answer] of [
	['is refused for its mechanism', sasl2Failure('invalid-mechanism')],
	['is broken off', sasl2Failure('aborted')],
	['wants a task besides', "<continue xmlns='urn:xmpp:sasl:2'><tasks><task>HOTP-EXAMPLE</task></tasks></continue>"],
] as const) {
	test(`where a login with SASL2 ${what}, RFC 6120 takes its place on a connection of its own`, async t => {
		const script = withPlainSasl('SCRAM-SHA-256');
		const server = await serveInTurn(
			t,
			async connection => {
				await challengesSasl2(connection, await offersSasl2(connection, script));
				connection.replies(answer);
			},
			async connection => {
				await presentsSasl2(connection, script);
				await answersScram(connection, {hash: 'SHA-256', password});
				await answersHeader(connection, offer.bind);
				await answersBind(connection);
			},
		);
		const {session} = await openTestSession(server, withBind);
		t.is(String(session.jid), 'juliet@localhost/balcony');
	});
}

test('a password that SASL2 refuses is not tried once more the other way', async t => {
	const server = await serveInTurn(t, async connection => {
		await challengesSasl2(connection, await offersSasl2(connection, withPlainSasl('SCRAM-SHA-256')));
		connection.replies(sasl2Failure('not-authorized'));
	});
	t.is((await problemOfLogin(server, withBind)).code, 'wrong-password');
	t.is(server.connections.length, 1);
});

test('a failure of SASL2 leads to no weaker mechanism', async t => {
	const server = await serveInTurn(t, async connection => {
		await challengesSasl2(connection, await offersSasl2(connection, withPlainSasl('SCRAM-SHA-1')));
		connection.replies(sasl2Failure('invalid-mechanism'));
	});
	t.is((await problemOfLogin(server, withBind)).code, 'login-failed');
	t.is(server.connections.length, 1);
});

test('without FAST the password is used, and the token kept for when it comes back', async t => {
	const tokens = memoryTokens(token);
	const server = await serveInTurn(t, async connection => {
		const authenticate = await offersSasl2(connection, {inline: inlineOffer.bind});
		t.notRegex(authenticate, /urn:xmpp:fast:0/);
		connection.replies(sasl2Success(await challengesSasl2(connection, authenticate), bound) + featuresBehind());
	});
	await openTestSession(server, {sasl2: {userAgent: async () => userAgent, bind: true, tokens}});
	t.deepEqual(tokens.done, []);
});

test('a token that is given back is used once more and asked for no more', async t => {
	const tokens = memoryTokens(token);
	let authenticate = '';
	const server = await serveInTurn(t, async connection => {
		authenticate = await offersSasl2(connection, {inline: inlineOffer.fast('HT-SHA-256-NONE')});
		const rotated = "<token xmlns='urn:xmpp:fast:0' token='another'/>";
		connection.replies(
			sasl2Success(responderOf(token.secret), rotated, 'juliet@localhost') + featuresBehind(offer.bind),
		);
		await answersBind(connection);
	});
	await openTestSession(server, {
		sasl2: {userAgent: async () => userAgent, bind: false, tokens, givesTokenBack: true},
	});
	t.regex(authenticate, /<fast xmlns=["']urn:xmpp:fast:0["'] invalidate=["']true["']\/>/);
	t.notRegex(authenticate, /request-token/);
	t.is(tokens.held, undefined);
	t.deepEqual(tokens.done, ['forgotten']);
});

test('a token is bound to the channel wherever the channel has something to bind it to', t => {
	const offered = ['HT-SHA-256-NONE', 'HT-SHA-256-ENDP', 'HT-SHA-256-EXPR', 'HT-SHA-256-UNIQ'];
	const data = Buffer.from('binding');
	t.is(
		chooseTokenMechanism(offered, () => data),
		'HT-SHA-256-EXPR',
	);
	t.is(
		chooseTokenMechanism(offered, type => (type === 'tls-server-end-point' ? data : undefined)),
		'HT-SHA-256-ENDP',
	);
	t.is(
		chooseTokenMechanism(offered, () => undefined),
		'HT-SHA-256-NONE',
	);
	t.is(
		chooseTokenMechanism(['HT-SHA-256-UNIQ'], () => data),
		undefined,
	);
	const client = createTokenClient('juliet', {mechanism: 'HT-SHA-256-EXPR', secret: 'x'}, () => data);
	t.true(client?.verify(Buffer.from(responderOf('x', data), 'base64')));
	t.false(client?.verify(Buffer.from(responderOf('x'), 'base64')));
	t.false(client?.verify(Buffer.alloc(0)));
	t.is(
		createTokenClient('juliet', {mechanism: 'HT-SHA-256-EXPR', secret: 'x'}, () => undefined),
		undefined,
	);
});
