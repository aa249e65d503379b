/**
 * The second half of `stock-client.test.ts`: what of the review concerns messages that get lost or come twice, and where
 * a client lets itself be led. Each finding is one scenario and two tests.
 */
import {client, type StockClient, xml} from '@xmpp/client';
import test, {type ExecutionContext} from 'ava';
import {silentLog} from '../../source/shared/log.js';
import {createDnsResolver} from '../../source/xmpp/dns-resolver.js';
import {createElement} from '../../source/xmpp/element.js';
import type {SessionEnd} from '../../source/xmpp/session.js';
import {openSession} from '../../source/xmpp/session-opening.js';
import {juliet, offlineScene, romeo} from '../client/scene.js';
import {testCertificates} from '../support/certificates.js';
import {startDnsServer} from '../support/dns-server.js';
import {answersBind, answersHeader, answersLogin, offer, success} from '../support/scripted-login.js';
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
import {type ScriptedConnection, startScriptedServer} from '../support/scripted-server.js';
import {addressOf, openTestSession, password, problemOfLogin} from '../support/scripted-session.js';

type Script = (connection: ScriptedConnection) => Promise<void>;

function stockClient(t: ExecutionContext, service: string): StockClient {
	const stock = client({service, domain: 'localhost'});
	stock.reconnect.stop();
	stock.on('error', () => undefined);
	// Where nothing tells it that the connection is gone, its timers go on for ever.
	t.teardown(() => stock.emit('disconnect'));
	return stock;
}

/** Plays what a stock client without credentials does up to the features behind its login. */
async function authenticatesStock(connection: ScriptedConnection): Promise<void> {
	await answersHeader(connection, offer.mechanisms('ANONYMOUS'));
	await connection.expects(/<auth [^>]*>/);
	connection.replies(success);
	await answersHeader(connection, offer.bind, offer.streamManagement);
}

/** A stock client whose server counts stanzas; the first script plays once that is agreed on. */
async function countingStock(t: ExecutionContext, first: Script, ...later: readonly Script[]) {
	const server = await serveInTurn(
		t,
		async connection => {
			await authenticatesStock(connection);
			await grants(connection);
			await first(connection);
		},
		...later,
	);
	const stock = stockClient(t, `xmpp://127.0.0.1:${server.port}`);
	const enabled = new Promise<void>(resolve => {
		stock.on('nonza', (element: {name: string}) => {
			if (element.name === 'enabled') {
				setImmediate(resolve);
			}
		});
	});
	await stock.start();
	await enabled;
	return {stock, server};
}

/** The same for xmppc. */
async function countingXmppc(t: ExecutionContext, first: Script, ...later: readonly Script[]) {
	const server = await serveInTurn(
		t,
		async connection => {
			await authenticates(connection);
			await grants(connection);
			await first(connection);
		},
		...later,
	);
	const options = await resumableOptions(server);
	const session = await openSession(options);
	t.teardown(() => session.end());
	return {server, session, options};
}

const stockMessage = (id: string) => xml('message', {id, to: 'romeo@localhost'}, xml('body', {}, `text of ${id}`));
const ourMessage = (id: string) =>
	createElement('message', {id, to: 'romeo@localhost'}, createElement('body', {}, `text of ${id}`));

// --- X10: what is sent right after the login

test('X10 stock @xmpp/client is online before the server counts: what is sent at once is not kept', async t => {
	const server = await serveInTurn(t, async connection => {
		await authenticatesStock(connection);
		await answersBind(connection);
		await connection.expects('text of m1');
		await connection.expects(/<enable [^>]*>/);
		connection.replies(`<enabled xmlns='${sm}' id='${sessionId}' resume='true'/>`);
	});
	const stock = stockClient(t, `xmpp://127.0.0.1:${server.port}`);
	stock.on('online', () => void stock.send(stockMessage('m1')));
	await stock.start();
	await server.done;
	t.deepEqual(stock.streamManagement.outbound_q, []);
});

test('X10 xmppc has it counted, and writes it again when it has to', async t => {
	const {session, options, server} = await countingXmppc(
		t,
		async connection => {
			await connection.expects('text of m1');
			connection.resets();
		},
		async connection => {
			await authenticates(connection);
			await resumes(connection, 0);
			await connection.expects('text of m1');
			await acknowledges(connection, 1);
		},
	);
	session.send(ourMessage('m1'));
	await interruptionOf(session);
	await reopen(options, session);
	await session.flush();
	t.regex(server.connections[0]?.received ?? '', /<enable .*text of m1/s);
});

// --- X11: a failed resumption that says what had arrived

const hadTheMessage: Script = async connection => {
	await connection.expects('text of m1');
	connection.resets();
};

test('X11 stock @xmpp/client tells what the server had as failed, so that it would be sent twice', async t => {
	const {stock} = await countingStock(t, hadTheMessage, async connection => {
		await authenticatesStock(connection);
		await refusesToResume(connection, 1);
		await grants(connection);
	});
	const failed = new Promise<{attrs: {id?: string}}>(resolve => stock.streamManagement.once('fail', resolve));
	const disconnected = new Promise(resolve => stock.once('disconnect', resolve));
	await stock.send(stockMessage('m1'));
	await disconnected;
	await stock.reconnect.reconnect();
	t.is((await failed).attrs.id, 'm1');
});

test('X11 xmppc takes it for acknowledged', async t => {
	const {session, options} = await countingXmppc(t, hadTheMessage, async connection => {
		await authenticates(connection);
		await refusesToResume(connection, 1);
		await grants(connection);
	});
	const acked: string[] = [];
	session.send(ourMessage('m1'), () => acked.push('m1'));
	await interruptionOf(session);
	const fresh = await reopen(options, session);
	t.not(fresh, session);
	t.deepEqual(acked, ['m1']);
	await fresh.end();
});

// --- X12: a count that is too high

const countsTooMuch: Script = async connection => {
	await connection.expects('text of m1');
	connection.replies(`<a xmlns='${sm}' h='7'/>`);
	await connection.ended;
};

test('X12 stock @xmpp/client trips over a count that is too high, and goes on with a wrong one', async t => {
	const {stock} = await countingStock(t, countsTooMuch);
	const problem = new Promise<Error>(resolve => stock.once('error', resolve));
	await stock.send(stockMessage('m1'));
	t.true((await problem) instanceof TypeError);
	t.is(stock.status, 'online');
});

test('X12 xmppc says so and ends the stream', async t => {
	const {session, server} = await countingXmppc(t, countsTooMuch);
	const ended = new Promise<SessionEnd>(resolve => session.onEnd(resolve));
	session.send(ourMessage('m1'));
	const {problem, recoverable} = await ended;
	t.is(problem?.code, 'malformed-stream');
	t.true(recoverable);
	await server.done;
	t.regex(server.connections[0]?.received ?? '', /<handled-count-too-high [^>]*h="7" send-count="1"/);
});

// --- X13: sending while there is no connection

test('X13 stock @xmpp/client throws, and keeps nothing', async t => {
	const stock = stockClient(t, 'xmpp://127.0.0.1:1');
	await t.throwsAsync(async () => stock.send(stockMessage('m1')), {instanceOf: TypeError});
	t.deepEqual(stock.streamManagement.outbound_q, []);
});

test('X13 xmppc keeps it, and sends it at the next login', async t => {
	const {actions, server} = await offlineScene(t);
	const {state, id} = await actions.sendMessage({account: juliet, to: romeo, body: 'Later'});
	t.is(state, 'queued');
	await actions.connect({account: juliet});
	const sent = server.written.filter(text => text.includes('<body>Later</body>'));
	t.is(sent.length, 1);
	t.true(sent[0]?.includes(`id="${id}"`));
});

// --- X16: acknowledging what is not dealt with yet

const asksAtOnce: Script = async connection => {
	connection.replies(
		`<message from='romeo@localhost/x'><body>hi</body></message><r xmlns='${sm}'/>` +
			"<message from='romeo@localhost/x' id='last'/>",
	);
	await connection.expects(/<a [^>]*>/);
};

test('X16 stock @xmpp/client acknowledges a message while it is still being dealt with', async t => {
	let isDone = false;
	const {stock, server} = await countingStock(t, async connection => {
		await new Promise(resolve => setTimeout(resolve, 50));
		await asksAtOnce(connection);
	});
	stock.middleware.use(async ({stanza}, next) => {
		if (stanza.name === 'message') {
			await new Promise(() => undefined);
			isDone = true;
		}

		return next();
	});
	await server.done;
	t.regex(server.connections[0]?.received ?? '', /<a [^>]*h="1"/);
	t.false(isDone);
});

test('X16 xmppc acknowledges it when it is on record', async t => {
	let isDone = false;
	let wasDone: boolean | undefined;
	const server = await serveInTurn(t, async connection => {
		await authenticates(connection);
		await grants(connection);
		await asksAtOnce(connection);
		wasDone = isDone;
	});
	const {session} = await openTestSession(server, {
		async receive() {
			await new Promise(resolve => setTimeout(resolve, 100));
			isDone = true;
		},
	});
	await server.done;
	t.true(wasDone);
	t.regex(server.connections[0]?.received ?? '', /<a [^>]*h="1"/);
	await session.end();
});

// --- X17: being sent to another server by anybody

const sendsElsewhere =
	(port: number): Script =>
	async connection => {
		await connection.expects(/<stream:stream[^>]*>/);
		connection.replies(
			"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' " +
				"id='s1' from='localhost' version='1.0'><stream:error>" +
				`<see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>127.0.0.1:${port}</see-other-host>` +
				'</stream:error></stream:stream>',
		);
		connection.closes();
	};

test('X17 stock @xmpp/client goes wherever it is sent, without TLS and without a question', async t => {
	let arrived = () => {};
	const arrival = new Promise<void>(resolve => {
		arrived = resolve;
	});
	const elsewhere = await serveInTurn(t, async connection => {
		await connection.expects(/<stream:stream[^>]*>/);
		arrived();
	});
	const server = await serveInTurn(t, sendsElsewhere(elsewhere.port));
	const stock = stockClient(t, `xmpp://127.0.0.1:${server.port}`);
	stock.start().catch(() => undefined);
	await arrival;
	t.is(elsewhere.connections.length, 1);
});

test('X17 xmppc stays', async t => {
	const elsewhere = await serveInTurn(t, async () => undefined);
	const server = await serveInTurn(t, sendsElsewhere(elsewhere.port));
	t.is((await problemOfLogin(server)).code, 'stream-see-other-host');
	t.is(elsewhere.connections.length, 0);
});

// --- X18: a web server in the way of the login

/** What is fetched over HTTP in this file, with what was said of limits. */
const fetched: Array<{readonly url: string; readonly options: unknown}> = [];
const realFetch = globalThis.fetch;
test.before(() => {
	// A web server that takes the question and never answers.
	globalThis.fetch = async (url, options) => {
		fetched.push({url: String(url), options});
		return new Promise(() => undefined);
	};
});
test.after.always(() => {
	globalThis.fetch = realFetch;
});

test('X18 stock @xmpp/client asks the web server of every domain at once, and waits for it without a limit', async t => {
	const stock = stockClient(t, 'stock.localhost');
	let isOver = false;
	stock.start().then(
		() => {
			isOver = true;
		},
		() => undefined,
	);
	await new Promise(resolve => setTimeout(resolve, 300));
	t.deepEqual(
		fetched.filter(({url}) => url.includes('stock')),
		[{url: 'https://stock.localhost/.well-known/host-meta', options: undefined}],
	);
	t.false(isOver);
});

test('X18 xmppc asks no web server where TCP works', async t => {
	const {good} = await testCertificates();
	const server = await serveInTurn(t, connection =>
		answersLogin(connection, {
			startTls: good,
			scram: {hash: 'SHA-256', password},
			jid: 'juliet@ours.example.test/balcony',
		}),
	);
	const dns = await startDnsServer({
		'_xmpp-client._tcp.ours.example.test': [
			{type: 'SRV', priority: 10, weight: 0, port: server.port, target: 'xmpp.example.test'},
		],
		'xmpp.example.test': [{type: 'A', address: '127.0.0.1'}],
	});
	const web = await startScriptedServer(async () => undefined);
	t.teardown(() => Promise.all([dns.close(), web.close()]));
	const {session} = await openTestSession('dns', {
		jid: addressOf('juliet@ours.example.test'),
		resolver: createDnsResolver({log: silentLog, server: dns.address, random: () => 0, webPort: web.port}),
	});
	await session.end();
	t.deepEqual(web.connections, []);
	t.deepEqual(
		fetched.filter(({url}) => url.includes('ours')),
		[],
	);
});
