/**
 * Why @xmpp/client 0.14.0 is a development dependency and not what the program runs on: each finding of the review has
 * one scenario and two tests, what the stock client does there and what xmppc does. If a "stock" test fails after an
 * upgrade, the finding is gone.
 */
import {execFile} from 'node:child_process';
import path from 'node:path';
import {setImmediate, setTimeout} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {client, type StockClient, jid as stockJid, xml} from '@xmpp/client';
import test, {type ExecutionContext} from 'ava';
import {systemClock} from '../../source/shared/clock.js';
import {isXmppcError} from '../../source/shared/errors.js';
import {parseJid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import {child, createElement, type Element, textOf} from '../../source/xmpp/element.js';
import {createIq} from '../../source/xmpp/iq.js';
import type {SessionEnd} from '../../source/xmpp/session.js';
import {testCertificates} from '../support/certificates.js';
import {
	answersAnonymousLogin,
	answersHeader,
	answersLogin,
	answersScram,
	answersStartTls,
	offer,
	type ScramServer,
} from '../support/scripted-login.js';
import {type ScriptedConnection, startScriptedServer} from '../support/scripted-server.js';
import {openTestSession, password, problemOfLogin} from '../support/scripted-session.js';

type Script = (connection: ScriptedConnection) => Promise<void>;

async function serve(t: ExecutionContext, script: Script) {
	const server = await startScriptedServer(script);
	t.teardown(() => server.close());
	return server;
}

function stockClient(
	t: ExecutionContext,
	port: number,
	credentials: {username?: string; password?: string} = {},
): StockClient {
	const stock = client({service: `xmpp://127.0.0.1:${port}`, domain: 'localhost', ...credentials});
	stock.reconnect.stop();
	stock.on('error', () => undefined);
	t.teardown(() => {
		stock.removeAllListeners();
		stock.on('error', () => undefined);
	});
	return stock;
}

/** A stock client that is online, and the first stanza that it tells after `script` was played to it. */
async function stockReceives(t: ExecutionContext, script: Script): Promise<Element> {
	const server = await serve(t, async connection => {
		await answersAnonymousLogin(connection);
		await script(connection);
	});
	const stock = stockClient(t, server.port);
	const stanza = new Promise<Element>(resolve => {
		stock.on('stanza', (element: Element) => {
			if (element.name === 'message') {
				resolve(element);
			}
		});
	});
	await stock.start();
	return stanza;
}

/** What xmppc receives and how its session ends when `script` is played to it after the login. */
async function playToXmppc(
	t: ExecutionContext,
	script: Script,
): Promise<{received: readonly Element[]; ended: Promise<SessionEnd>}> {
	const {good} = await testCertificates();
	const server = await serve(t, async connection => {
		await answersLogin(connection, {startTls: good, scram: {hash: 'SHA-256', password}});
		await script(connection);
	});
	const {session, received, ended} = await openTestSession(server);
	t.teardown(() => session.end());
	return {received, ended};
}

/** The code that xmppc's session ends with when it is told `text`. */
async function endAfter(t: ExecutionContext, text: string | Buffer): Promise<string | undefined> {
	const {received, ended} = await playToXmppc(t, async connection => connection.replies(text));
	const end = await ended;
	t.deepEqual(received, [], 'nothing of it was handed on');
	t.true(end.recoverable, 'and a new connection may be made');
	return end.problem?.code;
}

const messageWith = (body: string) =>
	`<message from='romeo@localhost/x' to='juliet@localhost'><body>${body}</body></message>`;
const bodyOf = (message: Element) => {
	const body = child(message, 'body', 'jabber:client');
	return body && textOf(body);
};

// --- X1: a character that is split over two reads

const cutMessage: Script = async connection => {
	const bytes = Buffer.from(messageWith('Grüße'));
	const cut = bytes.indexOf('ü') + 1;
	connection.replies(bytes.subarray(0, cut));
	await setTimeout(50);
	// Where this process was busy all that time, the first part is read only after the timers have run.
	for (let turn = 0; turn < 3; turn++) {
		await setImmediate();
	}

	connection.replies(bytes.subarray(cut));
};

test('X1 stock @xmpp/client damages a character that is split over two reads', async t => {
	t.is(bodyOf(await stockReceives(t, cutMessage)), 'Gr\ufffd\ufffdße');
});

test('X1 xmppc puts it together', async t => {
	const {good} = await testCertificates();
	const server = await serve(t, async connection => {
		await answersLogin(connection, {startTls: good, scram: {hash: 'SHA-256', password}});
		await cutMessage(connection);
	});
	const message = await new Promise<Element | undefined>(resolve => {
		void openTestSession(server, {receive: async ([first]) => resolve(first)});
	});
	t.is(message && bodyOf(message), 'Grüße');
});

// --- X2: no STARTTLS on offer

test('X2 stock @xmpp/client logs in in the clear when STARTTLS is stripped', async t => {
	const server = await serve(t, connection => answersLogin(connection, {scram: {hash: 'SHA-1', password}}));
	const stock = stockClient(t, server.port, {username: 'juliet', password});
	await stock.start();
	t.is(stock.status, 'online');
	t.false(stock.isSecure());
});

test('X2 xmppc refuses, and writes nothing of the login', async t => {
	const server = await serve(t, connection => answersLogin(connection, {scram: {hash: 'SHA-1', password}}));
	t.is((await problemOfLogin(server)).code, 'tls-required');
	t.notRegex(server.connections[0]?.received ?? '', /<auth/);
});

// --- X3: stronger hashes than SHA-1

test('X3 stock @xmpp/client knows no SCRAM but SHA-1', async t => {
	const server = await serve(t, connection => answersLogin(connection, {scram: {hash: 'SHA-256', password}}));
	const stock = stockClient(t, server.port, {username: 'juliet', password});
	const problem = new Promise<Error>(resolve => stock.on('error', resolve));
	stock.start().catch(() => undefined);
	t.regex((await problem).message, /No compatible mechanism/);
});

for (const hash of ['SHA-1', 'SHA-256', 'SHA-512'] as const) {
	test(`X3 xmppc logs in with SCRAM-${hash}`, async t => {
		const {good} = await testCertificates();
		const server = await serve(t, connection => answersLogin(connection, {startTls: good, scram: {hash, password}}));
		const {session} = await openTestSession(server);
		t.is(session.security.mechanism, `SCRAM-${hash}`);
		await session.end();
	});
}

// --- X4: a server that does not know the password

const impostors: ReadonlyArray<readonly [what: string, lie: Partial<ScramServer>]> = [
	['a nonce of its own', {serverFirst: text => text.replace(/^r=[^,]*/, 'r=somethingelse')}],
	['a single iteration', {iterations: 1}],
	['a wrong signature', {serverFinal: () => `v=${Buffer.alloc(20).toString('base64')}`}],
	['no signature', {serverFinal: () => ''}],
];

for (const [what, lie] of impostors) {
	const scram = {hash: 'SHA-1', password, ...lie} as const;

	test(`X4 stock @xmpp/client goes online at a server with ${what}`, async t => {
		const server = await serve(t, connection => answersLogin(connection, {scram}));
		const stock = stockClient(t, server.port, {username: 'juliet', password});
		await stock.start();
		t.is(stock.status, 'online');
	});

	test(`X4 xmppc refuses a server with ${what}`, async t => {
		const {good} = await testCertificates();
		const server = await serve(t, async connection => {
			await answersStartTls(connection, good);
			await answersHeader(connection, offer.mechanisms('SCRAM-SHA-1'));
			await answersScram(connection, scram);
		});
		const problem = await problemOfLogin(server);
		t.is(problem.code, 'server-not-authentic');
		t.truthy(problem.hint);
	});
}

// --- X5: references that XML does not allow

for (const [what, body] of [
	['a reference to a control character', '&#27;'],
	['an undefined entity', '&nbsp;'],
	['a reference beyond Unicode', '&#x110000;'],
] as const) {
	test(`X5 stock @xmpp/client ends its process over ${what}`, async t => {
		const server = await serve(t, async connection => {
			await answersAnonymousLogin(connection);
			connection.replies(messageWith(body));
		});
		const {exitCode, output} = await runStockClient(server.port);
		t.is(exitCode, 1, output);
		t.regex(output, /Illegal XML/);
	});

	test(`X5 xmppc ends the stream over ${what}, not the process`, async t => {
		t.is(await endAfter(t, messageWith(body)), 'xml-not-well-formed');
	});
}

// --- X6: raw control characters

test('X6 stock @xmpp/client passes a raw escape character on', async t => {
	t.is(bodyOf(await stockReceives(t, async connection => connection.replies(messageWith('\u001b[2J')))), '\u001b[2J');
});

test('X6 xmppc ends the stream', async t => {
	t.is(await endAfter(t, messageWith('\u001b[2J')), 'xml-not-well-formed');
});

// --- X7: XML that XMPP forbids

test('X7 stock @xmpp/client swallows what follows a document type', async t => {
	const message = await stockReceives(t, async connection => {
		connection.replies(`<!DOCTYPE x>${messageWith('lost')}-->${messageWith('found')}`);
	});
	t.is(bodyOf(message), 'found');
});

test('X7 stock @xmpp/client skips comments and lets the last of two equal attributes win', async t => {
	const message = await stockReceives(t, async connection => {
		connection.replies("<!-- --><message from='a@localhost' from='b@localhost'><body>hi</body></message>");
	});
	t.is(message.attrs.from, 'b@localhost');
});

for (const [what, text, code] of [
	['a document type', `<!DOCTYPE x>${messageWith('lost')}`, 'xml-restricted-xml'],
	['a comment', `<!-- -->${messageWith('lost')}`, 'xml-restricted-xml'],
	['a processing instruction', `<?php ?>${messageWith('lost')}`, 'xml-restricted-xml'],
	['an attribute that comes twice', "<message from='a@localhost' from='b@localhost'/>", 'xml-not-well-formed'],
	['a bare < in an attribute', "<message from='<'/>", 'xml-not-well-formed'],
] as const) {
	test(`X7 xmppc ends the stream over ${what}`, async t => {
		t.is(await endAfter(t, text), code);
	});
}

// --- X8: no limits

const huge = 'x'.repeat(3 * 1024 * 1024);

test('X8 stock @xmpp/client takes a stanza of any size', async t => {
	const message = await stockReceives(t, async connection => connection.replies(messageWith(huge)));
	t.is(bodyOf(message)?.length, huge.length);
});

test('X8 xmppc ends the stream over a stanza that is too large, too deep or too wide', async t => {
	t.is(await endAfter(t, messageWith(huge)), 'xml-policy-violation');
	t.is(await endAfter(t, `<message>${'<a>'.repeat(1000)}`), 'xml-policy-violation');
	const attributes = Array.from({length: 1000}, (_, index) => `a${index}=''`).join(' ');
	t.is(await endAfter(t, `<message ${attributes}/>`), 'xml-policy-violation');
});

// --- X9: answers to questions that were put to somebody else

const answersForOthers: Script = async connection => {
	const question = await connection.expects(/<iq [^>]*to=["']romeo@localhost\/x["'].*?<\/iq>/s);
	const id = /\bid=["']([^"']*)["']/.exec(question)?.[1] ?? '';
	const answer = (from: string, what: string) =>
		`<iq type='result' id='${id}' from='${from}'><query xmlns='jabber:iq:version'><name>${what}</name></query></iq>`;
	connection.replies(answer('mallory@elsewhere.test/x', 'forged'));
	connection.replies(answer('romeo@localhost/x', 'true'));
};

const nameIn = (answer: Element) => {
	const query = child(answer, 'query', 'jabber:iq:version');
	const name = query && child(query, 'name', 'jabber:iq:version');
	return name && textOf(name);
};

test('X9 stock @xmpp/client takes the answer of anybody', async t => {
	const server = await serve(t, async connection => {
		await answersAnonymousLogin(connection);
		await answersForOthers(connection);
	});
	const stock = stockClient(t, server.port);
	await stock.start();
	const query = xml('iq', {type: 'get', to: 'romeo@localhost/x'}, xml('query', {xmlns: 'jabber:iq:version'}));
	t.is(nameIn(await stock.iqCaller.request(query)), 'forged');
});

test('X9 xmppc waits for the one that was asked', async t => {
	const {good} = await testCertificates();
	const server = await serve(t, async connection => {
		await answersLogin(connection, {startTls: good, scram: {hash: 'SHA-256', password}});
		await answersForOthers(connection);
	});
	const early: Element[] = [];
	const sink = {receive: (stanza: Element): void => void early.push(stanza)};
	const {session} = await openTestSession(server, {
		async receive(stanzas) {
			for (const stanza of stanzas) {
				sink.receive(stanza);
			}
		},
	});
	const iq = createIq({session, clock: systemClock, log: silentLog});
	sink.receive = stanza => iq.receive(stanza);
	const answer = await iq.request(
		parseJid('romeo@localhost/x'),
		'get',
		createElement('query', {xmlns: 'jabber:iq:version'}),
	);
	const name = answer && child(answer, 'name', 'jabber:iq:version');
	t.is(name && textOf(name), 'true');
	t.deepEqual(early, []);
	await session.end();
});

// --- X14: characters that XML cannot carry

for (const [what, text] of [
	['NUL', 'a\u0000b'],
	['ESC', 'a\u001bb'],
	['half a surrogate pair', 'a\ud83db'],
] as const) {
	test(`X14 stock @xmpp/client writes ${what} as it is`, t => {
		t.true(
			xml('message', {}, xml('body', {}, text))
				.toString()
				.includes(text),
		);
	});

	test(`X14 xmppc writes nothing of a stanza with ${what}, and the session goes on`, async t => {
		const {good} = await testCertificates();
		const server = await serve(t, async connection => {
			await answersLogin(connection, {startTls: good, scram: {hash: 'SHA-256', password}});
			await connection.expects('second');
		});
		const {session} = await openTestSession(server);
		const error = t.throws(() =>
			session.send(createElement('message', {id: 'first'}, createElement('body', {}, text))),
		);
		t.true(isXmppcError(error) && error.code === 'illegal-character');
		session.send(createElement('message', {id: 'second'}));
		await server.finished;
		t.notRegex(server.connections[0]?.received ?? '', /first/);
		await session.end();
	});
}

// --- X15: addresses

const wrongAddresses = ['a\u0001@b.example', 'a b@b.example', 'a\u200b@b.example', 'x@y@z', 'ａ@b.example/\u0007'];

for (const address of wrongAddresses) {
	test(`X15 stock @xmpp/client takes ${JSON.stringify(address)} for an address`, t => {
		t.truthy(stockJid(address).domain);
	});

	test(`X15 xmppc does not take ${JSON.stringify(address)} for an address`, t => {
		t.is(parseJid(address), undefined);
	});
}

/** Runs the stock client in a process of its own until it exits or `stanza` was told. */
function runStockClient(port: number): Promise<{exitCode: number | null; output: string}> {
	const script = path.join(path.dirname(fileURLToPath(import.meta.url)), '../support/stock-client-process.js');
	return new Promise(resolve => {
		const child = execFile(process.execPath, [script, String(port)], {timeout: 10_000}, (_error, stdout, stderr) => {
			resolve({exitCode: child.exitCode, output: stdout + stderr});
		});
	});
}
