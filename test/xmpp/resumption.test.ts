import test, {type ExecutionContext} from 'ava';
import {isXmppcError} from '../../source/shared/errors.js';
import {silentLog} from '../../source/shared/log.js';
import {createElement, type Element} from '../../source/xmpp/element.js';
import {createIq} from '../../source/xmpp/iq.js';
import {parseElement} from '../../source/xmpp/parser.js';
import {readEndpoint} from '../../source/xmpp/redirection.js';
import {readEnabled, textToResend} from '../../source/xmpp/resumption.js';
import type {Session, SessionEnd, SessionOptions} from '../../source/xmpp/session.js';
import {openSession} from '../../source/xmpp/session-opening.js';
import {readFeatures} from '../../source/xmpp/stream-features.js';
import {testCertificates} from '../support/certificates.js';
import {createManualClock} from '../support/manual-clock.js';
import {answersBind, answersHeader, answersStartTls, offer} from '../support/scripted-login.js';
import {
	acknowledges,
	authenticates,
	grants,
	interruptionOf,
	refusesToResume,
	reopen,
	resumableOptions,
	resumes,
	serveInTurn,
	sessionId,
	sm,
} from '../support/scripted-resumption.js';
import type {ScriptedConnection, ScriptedServer} from '../support/scripted-server.js';
import {addressOf, problemOfLogin} from '../support/scripted-session.js';

type Script = (connection: ScriptedConnection) => Promise<void>;

const message = (id: string) =>
	createElement('message', {id, to: 'romeo@localhost'}, createElement('body', {}, `text of ${id}`));
const incoming = (id: string) => `<message id='${id}' from='romeo@localhost/x'><body>${id}</body></message>`;
const idsIn = (text: string) => [...text.matchAll(/<message [^>]*\bid=["']([^"']*)["']/g)].map(([, id]) => id);

type Scene = {
	readonly options: SessionOptions;
	readonly session: Session;
	readonly server: ScriptedServer & {readonly done: Promise<unknown>};
	/** Ids of what was handed on. */
	readonly received: string[];
	readonly acked: string[];
	readonly ends: SessionEnd[];
	/** Sends, and notes the acknowledgement. */
	say(...ids: readonly string[]): void;
};

/** A session that the server keeps when the connection breaks; `first` plays on its first connection. */
async function scene(
	t: ExecutionContext,
	[first, ...later]: readonly [Script, ...Script[]],
	changes: Partial<SessionOptions> = {},
): Promise<Scene> {
	const server = await serveInTurn(
		t,
		async connection => {
			await authenticates(connection);
			await grants(connection);
			await first(connection);
		},
		...later,
	);
	const received: string[] = [];
	const acked: string[] = [];
	const ends: SessionEnd[] = [];
	const options = await resumableOptions(server, {
		async receive(stanzas) {
			received.push(...stanzas.map(stanza => stanza.attrs.id ?? ''));
		},
		...changes,
	});
	const session = await openSession(options);
	session.onEnd(end => ends.push(end));
	t.teardown(() => session.end());
	return {
		options,
		session,
		server,
		received,
		acked,
		ends,
		say(...ids) {
			for (const id of ids) {
				session.send(message(id), () => acked.push(id));
			}
		},
	};
}

/** A later connection: the login, then `script`. */
const then =
	(script: Script): Script =>
	async connection => {
		await authenticates(connection);
		await script(connection);
	};

const cuts: Script = async connection => {
	await settle();
	connection.resets();
};

// --- going on

test('a session that may be resumed asks for it, one that may not does not', async t => {
	const requests: string[] = [];
	const server = await serveInTurn(
		t,
		...[1, 2].map(() =>
			then(async connection => {
				requests.push(await grants(connection));
			}),
		),
	);
	const options = await resumableOptions(server);
	await (await openSession(options)).end();
	await (await openSession({...options, resumable: false})).end();
	t.regex(requests[0] ?? '', /resume="true"/);
	t.notRegex(requests[1] ?? '', /resume/);
});

test('what the server had is acknowledged, the rest is written again in its order and with its time', async t => {
	let again = '';
	const it = await scene(t, [
		async connection => {
			await connection.expects('text of m3');
			connection.resets();
		},
		then(async connection => {
			await resumes(connection, 1);
			again = await connection.expects(/<r [^>]*>/);
			connection.replies(`<a xmlns='${sm}' h='3'/>`);
		}),
	]);
	it.say('m1', 'm2', 'm3');
	const problem = await interruptionOf(it.session);
	t.is(problem.code, 'connection-lost');
	t.is(await reopen(it.options, it.session), it.session);
	t.deepEqual(it.acked, ['m1']);
	await it.session.flush();
	t.deepEqual(it.acked, ['m1', 'm2', 'm3']);
	t.deepEqual(idsIn(again), ['m2', 'm3']);
	t.is([...again.matchAll(/<delay xmlns="urn:xmpp:delay" from="juliet@localhost" stamp="\d{4}-[^"]*Z"\/>/g)].length, 2);
	t.notRegex(it.server.connections[1]?.received ?? '', /<bind|<enable/);
	t.deepEqual(it.ends, []);
});

test('what is sent while there is no connection goes out with the next one, behind what was sent before', async t => {
	let again = '';
	const it = await scene(t, [
		async connection => {
			await connection.expects('text of m1');
			connection.resets();
		},
		then(async connection => {
			await resumes(connection, 0);
			again = await connection.expects(/<r [^>]*>/);
			connection.replies(`<a xmlns='${sm}' h='2'/>`);
		}),
	]);
	it.say('m1');
	await interruptionOf(it.session);
	it.say('m2');
	const flushed = it.session.flush();
	await reopen(it.options, it.session);
	await flushed;
	t.deepEqual(idsIn(again), ['m1', 'm2']);
	t.deepEqual(it.acked, ['m1', 'm2']);
});

test('the count of what was handled goes on, and what the server brings again is handled once', async t => {
	let h = '';
	const it = await scene(t, [
		async connection => {
			connection.replies(incoming('a') + incoming('b'));
			await settle();
			connection.resets();
		},
		then(async connection => {
			h = await resumes(connection, 0, `${incoming('c')}<r xmlns='${sm}'/>`);
			await connection.expects(/<a [^>]*h="3"[^>]*>/);
		}),
	]);
	await interruptionOf(it.session);
	await reopen(it.options, it.session);
	await it.server.done;
	t.is(h, '2');
	t.deepEqual(it.received, ['a', 'b', 'c']);
});

test('an interruption is told when everything that had arrived is handled, and not before', async t => {
	let release = () => {};
	const gate = new Promise<void>(resolve => {
		release = resolve;
	});
	let h = '';
	let isInterrupted = false;
	const it = await scene(
		t,
		[
			async connection => {
				connection.replies(incoming('a'));
				await settle();
				connection.resets();
			},
			then(async connection => {
				h = await resumes(connection, 0);
			}),
		],
		{receive: () => gate},
	);
	const interrupted = interruptionOf(it.session).then(() => {
		isInterrupted = true;
	});
	await it.server.connections[0]?.ended;
	await settle();
	t.false(isInterrupted);
	release();
	await interrupted;
	await reopen(it.options, it.session);
	t.is(h, '1');
});

test('a session can be resumed again and again', async t => {
	const it = await scene(t, [
		cuts,
		then(async connection => {
			await resumes(connection, 0);
			await acknowledges(connection, 1);
			await cuts(connection);
		}),
		then(async connection => {
			await resumes(connection, 1);
			await acknowledges(connection, 2);
		}),
	]);
	await interruptionOf(it.session);
	await reopen(it.options, it.session);
	const again = interruptionOf(it.session);
	it.say('m1');
	await again;
	await reopen(it.options, it.session);
	it.say('m2');
	await it.session.flush();
	t.deepEqual(it.acked, ['m1', 'm2']);
	t.is(it.session.security.mechanism, 'SCRAM-SHA-256');
});

test('questions that wait for an answer get it after the resumption', async t => {
	const sink = {receive(_stanza: Element) {}};
	const it = await scene(
		t,
		[
			async connection => {
				await connection.expects('</iq>');
				connection.resets();
			},
			then(async connection => {
				await resumes(connection, 0);
				const again = await connection.expects('</iq>');
				const id = /\bid="([^"]*)"/.exec(again)?.[1];
				connection.replies(`<iq type='result' id='${id}' from='romeo@localhost'/>`);
			}),
		],
		{
			async receive(stanzas) {
				for (const stanza of stanzas) {
					sink.receive(stanza);
				}
			},
		},
	);
	const iq = createIq({session: it.session, clock: it.options.clock, log: silentLog});
	sink.receive = stanza => iq.receive(stanza);
	const answer = iq.request(addressOf('romeo@localhost'), 'get', createElement('ping', {xmlns: 'urn:xmpp:ping'}));
	await interruptionOf(it.session);
	await reopen(it.options, it.session);
	t.is(await answer, undefined);
	t.notRegex(it.server.connections[1]?.received ?? '', /delay/);
});

test('a connection that breaks in the middle of a resumption leaves the session to be tried again', async t => {
	const it = await scene(t, [
		cuts,
		then(async connection => {
			await connection.expects(/<resume [^>]*>/);
			connection.resets();
		}),
		then(async connection => {
			await resumes(connection, 0);
			await acknowledges(connection, 1);
		}),
	]);
	await interruptionOf(it.session);
	const error = await t.throwsAsync(reopen(it.options, it.session));
	t.true(isXmppcError(error) && error.code === 'connection-lost');
	t.deepEqual(it.ends, []);
	await reopen(it.options, it.session);
	it.say('m1');
	await it.session.flush();
	t.deepEqual(it.acked, ['m1']);
});

// --- starting anew

test('where the server has the session no more, what it had is acknowledged, the rest is over, and a new one is bound', async t => {
	const it = await scene(t, [
		async connection => {
			await connection.expects('text of m3');
			connection.resets();
		},
		then(async connection => {
			await refusesToResume(connection, 2);
			await grants(connection);
			await acknowledges(connection, 1);
		}),
	]);
	it.say('m1', 'm2', 'm3');
	const flushed = it.session.flush();
	await interruptionOf(it.session);
	const fresh = await reopen(it.options, it.session);
	t.not(fresh, it.session);
	t.deepEqual(it.acked, ['m1', 'm2']);
	t.like(it.ends, [{recoverable: true, problem: {code: 'connection-lost'}}]);
	await t.throwsAsync(flushed);
	fresh.send(message('m4'));
	await fresh.flush();
	t.deepEqual(idsIn(it.server.connections[1]?.received ?? ''), ['m4']);
	await fresh.end();
});

for (const h of [undefined, '', '-1', 'NaN', '4294967296', 7]) {
	test(`a failed resumption with the count ${JSON.stringify(h)} acknowledges nothing`, async t => {
		const it = await scene(t, [
			async connection => {
				await connection.expects('text of m1');
				connection.resets();
			},
			then(async connection => {
				await refusesToResume(connection, h);
				await grants(connection);
			}),
		]);
		it.say('m1');
		await interruptionOf(it.session);
		const fresh = await reopen(it.options, it.session);
		t.not(fresh, it.session);
		t.deepEqual(it.acked, []);
		t.is(it.ends.length, 1);
		await fresh.end();
	});
}

test('a server that counts no more gets a new session', async t => {
	const {good} = await testCertificates();
	const it = await scene(t, [
		cuts,
		async connection => {
			await answersStartTls(connection, good);
			await answersHeader(connection, offer.mechanisms('PLAIN'));
			await connection.expects('</auth>');
			connection.replies("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
			await answersHeader(connection, offer.bind);
			await answersBind(connection);
		},
	]);
	await interruptionOf(it.session);
	const fresh = await reopen(it.options, it.session);
	t.not(fresh, it.session);
	t.is(it.ends.length, 1);
	await fresh.end();
});

for (const [what, resumed, seen] of [
	[
		'acknowledges more than was sent',
		`previd='${sessionId}' h='2'`,
		/<handled-count-too-high [^>]*h="2" send-count="1"/,
	],
	['acknowledges no number', `previd='${sessionId}' h='NaN'`, /<undefined-condition/],
	['acknowledges a negative number', `previd='${sessionId}' h='-1'`, /<undefined-condition/],
	['acknowledges nothing', `previd='${sessionId}'`, /<undefined-condition/],
	['is about another session', "previd='other' h='0'", /<undefined-condition/],
	['is about no session', "h='0'", /<undefined-condition/],
] as const) {
	test(`a resumption that ${what} ends the stream and the session`, async t => {
		const it = await scene(t, [
			async connection => {
				await connection.expects('text of m1');
				connection.resets();
			},
			then(async connection => {
				await connection.expects(/<resume [^>]*>/);
				connection.replies(`<resumed xmlns='${sm}' ${resumed}/>`);
			}),
		]);
		it.say('m1');
		await interruptionOf(it.session);
		const error = await t.throwsAsync(reopen(it.options, it.session));
		t.true(isXmppcError(error) && error.code === 'malformed-stream');
		await it.server.connections[1]?.ended;
		t.regex(it.server.connections[1]?.received ?? '', seen);
		t.deepEqual(it.acked, []);
		t.is(it.ends.length, 1);
		t.true(it.ends[0]?.recoverable);
	});
}

// --- what is not resumed

for (const [what, attributes] of [
	['does not say that it keeps it', ''],
	['says that it does not', "resume='false'"],
	['says something else', "resume='yes'"],
] as const) {
	test(`a session ends with its connection where the server ${what}`, async t => {
		const server = await serveInTurn(t, async connection => {
			await authenticates(connection);
			await grants(connection, attributes);
			await cuts(connection);
		});
		const session = await openSession(await resumableOptions(server));
		const end = await new Promise<SessionEnd>(resolve => session.onEnd(resolve));
		t.is(end.problem?.code, 'connection-lost');
		t.true(end.recoverable);
	});
}

test('a session without an id, or with one that is too long, cannot be resumed', t => {
	const enabled = (id: string | undefined) => readEnabled(createElement('enabled', {xmlns: sm, resume: 'true', id}));
	t.is(enabled(undefined), undefined);
	t.is(enabled(''), undefined);
	t.is(enabled('x'.repeat(4001)), undefined);
	t.is(enabled('x'.repeat(4000))?.id.length, 4000);
});

for (const condition of [
	'conflict',
	'policy-violation',
	'not-well-formed',
	'internal-server-error',
	'not-authorized',
]) {
	test(`the stream error ${condition} is no interruption: the same would come again`, async t => {
		const it = await scene(t, [
			async connection => {
				await settle();
				connection.replies(
					`<stream:error><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>`,
				);
			},
		]);
		const end = await new Promise<SessionEnd>(resolve => it.session.onEnd(resolve));
		t.is(end.problem?.code, `stream-${condition}`);
		t.is(end.recoverable, !['conflict', 'not-authorized'].includes(condition));
	});
}

test('what cannot be stored ends the session instead of interrupting it', async t => {
	const it = await scene(
		t,
		[
			async connection => {
				await settle();
				connection.replies(incoming('a'));
			},
		],
		{
			async receive() {
				throw Object.assign(new Error('disk full'), {code: 'ENOSPC'});
			},
		},
	);
	const end = await new Promise<SessionEnd>(resolve => it.session.onEnd(resolve));
	t.truthy(end.problem);
});

test('what was written again three times without any word of it is not written a fourth time', async t => {
	const dies: Script = then(async connection => {
		await resumes(connection, 0);
		await connection.expects('text of m1');
		connection.resets();
	});
	const it = await scene(t, [
		async connection => {
			await connection.expects('text of m1');
			connection.resets();
		},
		dies,
		dies,
		dies,
	]);
	it.say('m1');
	await interruptionOf(it.session);
	const end = new Promise<SessionEnd>(resolve => it.session.onEnd(resolve));
	for (let attempt = 1; attempt <= 3; attempt++) {
		const next = attempt < 3 ? interruptionOf(it.session) : end;
		await reopen(it.options, it.session);
		await next;
	}

	t.like(await end, {recoverable: true, problem: {code: 'connection-lost'}});
});

test('a second <enabled/>, or one that nobody asked for, changes nothing', async t => {
	const it = await scene(t, [
		async connection => {
			connection.replies(`<enabled xmlns='${sm}' id='other' resume='true'/>${incoming('a')}`);
			await settle();
			connection.resets();
		},
		then(async connection => {
			t.is(await resumes(connection, 0), '1');
		}),
	]);
	await interruptionOf(it.session);
	t.is(await reopen(it.options, it.session), it.session);
	await it.server.done;
});

test('an interrupted session that is given up says nothing more', async t => {
	const it = await scene(t, [cuts]);
	await interruptionOf(it.session);
	await it.session.end();
	t.deepEqual(it.ends, [{recoverable: false}]);
	it.say('m1');
	await t.throwsAsync(it.session.flush());
});

test('a dead connection is left without a word, so that the server keeps the session', async t => {
	const clock = createManualClock();
	const it = await scene(t, [connection => connection.expects(/<r [^>]*>/).then()], {clock});
	await settle();
	const interrupted = interruptionOf(it.session);
	clock.advance(20_000);
	await it.server.done;
	clock.advance(10_000);
	t.is((await interrupted).code, 'connection-lost');
	await it.server.connections[0]?.ended;
	t.notRegex(it.server.connections[0]?.received ?? '', /stream:error|<\/stream:stream>/);
});

test('a probe finds a dead connection in ten seconds', async t => {
	const clock = createManualClock();
	const it = await scene(t, [async () => undefined], {clock});
	await settle();
	const interrupted = interruptionOf(it.session);
	it.session.probe();
	clock.advance(10_000);
	t.is((await interrupted).code, 'connection-lost');
});

// --- writing again

test('only a message says when it was written first, and only once', t => {
	const at = Date.UTC(2026, 1, 3, 4, 5, 6);
	const again = (text: string) => textToResend({text, at, onAcked() {}}, addressOf('juliet@localhost'));
	const delay = '<delay xmlns="urn:xmpp:delay" from="juliet@localhost" stamp="2026-02-03T04:05:06.000Z"/>';
	t.is(again('<message to="a@b"><body>x</body></message>'), `<message to="a@b"><body>x</body>${delay}</message>`);
	t.is(again('<message to="a@b"/>'), `<message to="a@b">${delay}</message>`);
	for (const text of [
		'<presence/>',
		'<iq type="get" id="1"><message xmlns="urn:x"/></iq>',
		'<message><delay xmlns="urn:xmpp:delay" stamp="2026-01-01T00:00:00Z"/></message>',
	]) {
		t.is(again(text), text);
	}
});

// --- where to

test('a place that a server names is a host with or without a port, and nothing else', t => {
	const at = (host: string, port = 5222, directTls = false) => ({host, port, directTls});
	t.deepEqual(readEndpoint('xmpp2.example.org', false), at('xmpp2.example.org'));
	t.deepEqual(readEndpoint('xmpp2.example.org:5223', true), at('xmpp2.example.org', 5223, true));
	t.deepEqual(readEndpoint('xmpp2.example.org', true), at('xmpp2.example.org'));
	t.deepEqual(readEndpoint('bücher.example', false), at('xn--bcher-kva.example'));
	t.deepEqual(readEndpoint('192.0.2.1:99', false), at('192.0.2.1', 99));
	t.deepEqual(readEndpoint('[2001:db8::1]:99', false), at('2001:db8::1', 99));
	t.deepEqual(readEndpoint('[2001:db8::1]', false), at('2001:db8::1'));
	t.deepEqual(readEndpoint('2001:db8::1', false), at('2001:db8::1'));
	for (const text of [
		'',
		' ',
		'a b',
		'a:',
		'a:0',
		'a:65536',
		'a:b',
		'[::1',
		'[x]:1',
		'a/b',
		'a@b',
		'http://a',
		'a\u001b[2J',
		'::::',
	]) {
		t.is(readEndpoint(text, false), undefined, text);
	}
});

const seeOther = (where: string) =>
	`<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>${where}</see-other-host></stream:error></stream:stream>`;

test('a server that sends us on under TLS is followed once, to a server with the same certificate', async t => {
	const {good} = await testCertificates();
	const target = await serveInTurn(
		t,
		then(async connection => void (await grants(connection))),
	);
	const server = await serveInTurn(t, async connection => {
		await answersStartTls(connection, good);
		await connection.expects(/<stream:stream[^>]*>/);
		connection.replies(
			"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>" +
				seeOther(`127.0.0.1:${target.port}`),
		);
	});
	const session = await openSession(await resumableOptions(server));
	t.is(target.connections.length, 1);
	await session.end();
});

test('a server that sends us on twice is followed once', async t => {
	const {good} = await testCertificates();
	const sendsOn =
		(port: () => number): Script =>
		async connection => {
			await answersStartTls(connection, good);
			await answersHeader(connection, offer.mechanisms('PLAIN'));
			connection.replies(seeOther(`127.0.0.1:${port()}`));
		};
	const third = await serveInTurn(t, async () => undefined);
	const second = await serveInTurn(
		t,
		sendsOn(() => third.port),
	);
	const first = await serveInTurn(
		t,
		sendsOn(() => second.port),
	);
	t.is((await problemOfLogin(first)).code, 'stream-see-other-host');
	t.is(second.connections.length, 1);
	t.is(third.connections.length, 0);
});

test('where we are sent on to, the certificate must be the one of the domain', async t => {
	const {good, wrongName} = await testCertificates();
	const target = await serveInTurn(t, connection => answersStartTls(connection, wrongName));
	const server = await serveInTurn(t, async connection => {
		await answersStartTls(connection, good);
		await answersHeader(connection, offer.mechanisms('PLAIN'));
		connection.replies(seeOther(`127.0.0.1:${target.port}`));
	});
	t.is((await problemOfLogin(server)).code, 'certificate-name');
	t.notRegex(target.connections[0]?.received ?? '', /<auth/);
});

for (const [what, certificate, outcome] of [
	['is resumed there', 'good', 'resumed'],
	['is resumed elsewhere where the certificate there is another one', 'wrongName', 'resumed'],
] as const) {
	test(`a session with a location ${what}`, async t => {
		const certificates = await testCertificates();
		const location = await serveInTurn(t, async connection => {
			if (certificate === 'good') {
				await authenticates(connection);
				await resumes(connection, 0);
			} else {
				await answersStartTls(connection, certificates.wrongName);
			}
		});
		const server = await serveInTurn(
			t,
			async connection => {
				await authenticates(connection);
				await grants(connection, `resume='true' location='127.0.0.1:${location.port}'`);
				await cuts(connection);
			},
			then(async connection => {
				await resumes(connection, 0);
			}),
		);
		const options = await resumableOptions('dns', {
			resolver: {resolve: async () => [{host: '127.0.0.1', port: server.port, directTls: false}]},
		});
		const session = await openSession(options);
		await interruptionOf(session);
		t.is(await reopen(options, session), session, outcome);
		t.is(location.connections.length, 1);
		t.notRegex(location.connections[0]?.received ?? '', certificate === 'good' ? /<bind/ : /<auth/);
		await session.end();
	});
}

test('limits of the stream are read from its features (XEP-0478)', t => {
	const features = (limits: string) => {
		const element = parseElement(`<features><limits xmlns='urn:xmpp:stream-limits:0'>${limits}</limits></features>`);
		return readFeatures(element ?? createElement('features'));
	};
	t.like(features('<max-bytes>262144</max-bytes><idle-seconds>300</idle-seconds>'), {
		maxBytes: 262_144,
		idleSeconds: 300,
	});
	t.is(features('<max-bytes>-1</max-bytes>').maxBytes, undefined);
	t.is(features('<max-bytes>lots</max-bytes>').maxBytes, undefined);
	t.is(features('').maxBytes, undefined);
});

/** Lets input that is on its way be read. */
function settle(): Promise<void> {
	return new Promise(resolve => setTimeout(resolve, 30));
}
