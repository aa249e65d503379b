/** What of a stream is counted, and what a session may say about it: XEP-0198, beyond what `stream.test.ts` has. */
import {randomUUID} from 'node:crypto';
import test from 'ava';
import {parseBareJid} from '../../source/shared/jid.js';
import {acknowledgementByCount} from '../../source/xmpp/acknowledgement.js';
import {createElement} from '../../source/xmpp/element.js';
import {createOutgoing} from '../../source/xmpp/outgoing.js';
import {openSession} from '../../source/xmpp/session-opening.js';
import {createStreamManagement} from '../../source/xmpp/stream-management.js';
import {createManualClock} from '../support/manual-clock.js';
import {answersBind, offer} from '../support/scripted-login.js';
import {
	authenticates,
	grants,
	interruptionOf,
	reopen,
	resumableOptions,
	serveInTurn,
	sessionId,
	sm,
} from '../support/scripted-resumption.js';
import {challengesSasl2, featuresBehind, inlineOffer, offersSasl2, sasl2Success} from '../support/scripted-sasl2.js';
import type {ScriptedConnection} from '../support/scripted-server.js';

test('messages, presence and iq of the stream itself are counted, and nothing else that lies between them', async t => {
	const server = await serveInTurn(t, async connection => {
		await authenticates(connection);
		await grants(connection);
		connection.replies(
			"<message id='1'/> <x xmlns='urn:example:x'/><message xmlns='urn:example:x'/>" +
				`<presence id='2'/><r xmlns='${sm}'/><a xmlns='${sm}' h='0'/><enabled xmlns='${sm}'/>` +
				"<iq type='result' id='3'><message id='inside'/></iq><elsewhere/>" +
				`<message id='4'><message id='inside'/></message><r xmlns='${sm}'/>`,
		);
		await connection.expects(/<a [^>]*h="2"[^>]*>/);
		await connection.expects(/<a [^>]*h="4"[^>]*>/);
	});
	const received: unknown[] = [];
	const options = await resumableOptions(server, {
		async receive(stanzas) {
			received.push(...stanzas.map(({attrs}) => attrs.id));
		},
	});
	const session = await openSession(options);
	await server.done;
	t.deepEqual(received, ['1', '2', '3', '4']);
	await session.end();
});

test('in a flood the server is told what was dealt with before its question is reached', async t => {
	const server = await serveInTurn(t, async connection => {
		await authenticates(connection);
		await grants(connection);
		connection.replies("<message id='1'/>".repeat(1000));
		const [first] = /h="\d+"/.exec(await connection.expects(/<a [^>]*>/)) ?? [];
		t.regex(first ?? '', /^h="([1-9]\d\d)"$/);
		connection.replies(`<r xmlns='${sm}'/>`);
		await connection.expects(/<a [^>]*h="1000"[^>]*>/);
	});
	const session = await openSession(await resumableOptions(server));
	await server.done;
	await session.end();
});

test('a session without stream management ends without a word about it', async t => {
	const server = await serveInTurn(t, async connection => {
		await authenticates(connection);
		await answersBind(connection);
		connection.replies("<message id='1'/>");
	});
	let arrived = () => {};
	const hasArrived = new Promise<void>(resolve => {
		arrived = resolve;
	});
	const options = await resumableOptions(server, {streamManagement: false, receive: async () => arrived()});
	const session = await openSession(options);
	await hasArrived;
	await session.end();
	await server.connections[0]?.ended;
	t.notRegex(server.connections[0]?.received ?? '', /urn:xmpp:sm:3/);
});

test('what was written before the server refused to count is acknowledged by a ping like what comes after it', async t => {
	const server = await serveInTurn(t, async connection => {
		await authenticates(connection);
		await answersBind(connection);
		await connection.expects(/<enable [^>]*>/);
		await connection.expects(/<message [^>]*id="1"[^>]*>/);
		connection.replies(`<failed xmlns='${sm}'/>`);
		await answersPing(connection);
		await connection.expects(/<message [^>]*id="2"[^>]*>/);
		await answersPing(connection);
	});
	const session = await openSession(await resumableOptions(server));
	const acked: string[] = [];
	session.send(createElement('message', {id: '1'}), () => acked.push('1'));
	await session.flush();
	t.deepEqual(acked, ['1']);
	session.send(createElement('message', {id: '2'}), () => acked.push('2'));
	await session.flush();
	t.deepEqual(acked, ['1', '2']);
	await session.end();
});

async function answersPing(connection: ScriptedConnection): Promise<void> {
	const ping = await connection.expects(/<iq [^>]*><ping [^>]*>/);
	connection.replies(`<iq type='result' from='localhost' id='${/\bid="([^"]*)"/.exec(ping)?.[1]}'/>`);
}

test('what could not be stored, and was on its way when the connection broke, is not resumed behind', async t => {
	let fail = () => {};
	const gate = new Promise<void>((_, reject) => {
		fail = () => reject(new Error('disk full'));
	});
	let arrived = () => {};
	const hasArrived = new Promise<void>(resolve => {
		arrived = resolve;
	});
	const server = await serveInTurn(t, async connection => {
		await authenticates(connection);
		await grants(connection);
		connection.replies("<message id='1'/>");
		await hasArrived;
		connection.resets();
	});
	const options = await resumableOptions(server, {
		receive() {
			arrived();
			return gate;
		},
	});
	const session = await openSession(options);
	const outcome = new Promise<string>(resolve => {
		session.onInterrupt(() => resolve('interrupted'));
		session.onEnd(() => resolve('ended'));
	});
	await server.connections[0]?.ended;
	// Now the client is to notice it, before it fails.
	await new Promise(resolve => setTimeout(resolve, 50));
	fail();
	t.is(await outcome, 'ended');
});

test('what is sent while a session is interrupted is written with what was not acknowledged, once and behind it', async t => {
	const clock = createManualClock();
	const transmitted: string[] = [];
	const counted = acknowledgementByCount(createStreamManagement());
	const account = parseBareJid('juliet@example.org');
	if (account === undefined) {
		throw new Error('no such account');
	}

	const outgoing = createOutgoing({
		clock,
		account,
		transmit: elements => transmitted.push(...elements.filter(text => text !== '')),
		acknowledgement: () => counted,
		isCounted: () => true,
		answer: () => createElement('a', {xmlns: sm, h: 0}),
		onAsked() {},
	});
	const ids = () => transmitted.map(text => /\bid="([^"]*)"/.exec(text)?.[1] ?? text.slice(0, 3));
	outgoing.send(createElement('iq', {id: '1'}));
	outgoing.hold();
	outgoing.send(createElement('iq', {id: '2'}));
	await undefined;
	t.deepEqual(ids(), ['1']);
	outgoing.send(createElement('iq', {id: '3'}));
	outgoing.resend();
	await undefined;
	t.deepEqual(ids(), ['1', '1', '2', '3', '<r ']);
});

test('where a login with SASL2 finds the session gone, what the server says to have had of it is acknowledged', async t => {
	const logsIn = async (connection: ScriptedConnection, more: string) => {
		const inline = inlineOffer.bindWithAll + inlineOffer.streamManagement;
		const data = await challengesSasl2(connection, await offersSasl2(connection, {inline}));
		connection.replies(sasl2Success(data, more) + featuresBehind(offer.streamManagement));
	};
	const server = await serveInTurn(
		t,
		async connection => {
			await logsIn(
				connection,
				`<bound xmlns='urn:xmpp:bind:0'><enabled xmlns='${sm}' id='${sessionId}' resume='true'/></bound>`,
			);
			await connection.expects(/<message [^>]*id="2"[^>]*>/);
			connection.resets();
		},
		connection => logsIn(connection, `<failed xmlns='${sm}' h='1'/><bound xmlns='urn:xmpp:bind:0'/>`),
	);
	const options = await resumableOptions(server, {sasl2: {userAgent: async () => randomUUID(), bind: true}});
	const session = await openSession(options);
	const acked: string[] = [];
	const interrupted = interruptionOf(session);
	for (const id of ['1', '2']) {
		session.send(createElement('message', {id}), () => acked.push(id));
	}

	await interrupted;
	t.deepEqual(acked, []);
	const next = await reopen(options, session);
	t.not(next, session);
	t.deepEqual(acked, ['1']);
	await next.end();
});
