import test, {type ExecutionContext} from 'ava';
import {type OneShotMessage, sendOnce} from '../../source/client/one-shot.js';
import {XmppcError} from '../../source/shared/errors.js';
import type {BareJid, Jid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import type {Storage} from '../../source/storage/ports.js';
import type {Session} from '../../source/xmpp/session.js';
import {createManualClock} from '../support/manual-clock.js';
import {noResolver} from '../support/scripted-session.js';
import {createFakeServer, lost} from './fake-server.js';
import {profileWith} from './profile.js';
import {here, juliet, offlineScene, romeo, settled, withRomeo} from './scene.js';

const nurse = 'nurse@example.org' as BareJid;

async function shell(t: ExecutionContext, change: (session: Session) => Partial<Session> = () => ({})) {
	const server = createFakeServer();
	const clock = createManualClock();
	const home = await profileWith(t, [{jid: juliet}]);
	let failure: Error | undefined;
	const messages: Storage['messages'] = {
		...home.storage.messages,
		insert(message) {
			if (failure !== undefined) {
				throw failure;
			}

			return home.storage.messages.insert(message);
		},
	};
	const profile = {...home, storage: {...home.storage, messages}};
	const failToInsertWith = (error: Error) => {
		failure = error;
	};
	const send = (message: Partial<OneShotMessage> = {}) =>
		sendOnce(
			{account: juliet, to: [romeo], body: 'Hi', timeout: 5000, ...message},
			{
				...profile,
				clock,
				log: silentLog,
				resolver: noResolver,
				async openSession(options) {
					const session = await server.openSession(options);
					return {...session, ...change(session)};
				},
			},
		);
	return {...profile, server, clock, send, failToInsertWith};
}

const page = ({storage}: Awaited<ReturnType<typeof shell>>) => storage.messages.page(withRomeo, {limit: 10});

test('only the message is written, and a ping behind it: no presence, no other questions', async t => {
	const it = await shell(t);
	const outcomes = await it.send();
	t.is(it.server.written.length, 1);
	t.is(it.server.asked.length, 1);
	t.regex(it.server.asked[0] ?? '', /to="example\.org"><ping /);
	t.deepEqual(outcomes, [{to: romeo, id: page(it)[0]?.id ?? '', ok: true, state: 'acked'}]);
	t.like(page(it)[0], {body: 'Hi', author: here, state: 'acked', direction: 'outgoing', via: 'local'});
	t.is(it.clock.pending, 0);
});

test('several people get it in order, everybody once', async t => {
	const it = await shell(t);
	const orchard = 'romeo@example.net/orchard' as Jid;
	const outcomes = await it.send({to: [romeo, nurse, romeo, orchard], subject: 'News', kind: 'normal'});
	t.deepEqual(
		outcomes.map(({to}) => to),
		[romeo, nurse, orchard],
	);
	t.deepEqual(
		it.server.written.map(text => /to="([^"]*)"/.exec(text)?.[1]),
		[romeo, nurse, orchard],
	);
	t.true(it.server.written.every(text => text.includes('<subject>News</subject>')));
	t.is(new Set(outcomes.map(({id}) => id)).size, 3);
});

test('a script that writes has not read what was there', async t => {
	const it = await shell(t);
	const elsewhere = await offlineScene(t, it);
	await elsewhere.actions.connect({account: juliet});
	await elsewhere.server.bring(`<message from='${romeo}/x' to='${juliet}' type='chat'><body>Look!</body></message>`);
	await elsewhere.actions.disconnect({account: juliet});
	await it.send();
	t.is(it.storage.buffers.get(withRomeo)?.unread, 1);
});

test('a stream is closed also where the message could not be committed', async t => {
	let isClosed = false;
	const it = await shell(t, session => ({
		end() {
			isClosed = true;
			return session.end();
		},
	}));
	const full = new XmppcError({code: 'disk-full', kind: 'storage', message: 'The disk is full.'});
	it.failToInsertWith(full);
	await t.throwsAsync(it.send(), {message: 'The disk is full.'});
	t.true(isClosed);
	t.is(it.clock.pending, 0);
});

test('what waits in the outbox for others stays there', async t => {
	const it = await shell(t);
	const elsewhere = await offlineScene(t, it);
	const {key} = await elsewhere.actions.sendMessage({account: juliet, to: nurse, body: 'Later'});
	await it.send();
	t.is(it.server.written.length, 1);
	t.is(it.storage.messages.get(key)?.state, 'queued');
	t.is(it.storage.outbox.waiting(juliet).length, 1);
});

test('what waits for the same person goes first, once', async t => {
	for (const early of [false, true]) {
		const it = await shell(t);
		it.server.takesEarly = early;
		const elsewhere = await offlineScene(t, it);
		const {key} = await elsewhere.actions.sendMessage({account: juliet, to: romeo, body: 'First'});
		t.like(await it.send({body: 'Then'}), [{ok: true, state: 'acked'}]);
		t.deepEqual(
			it.server.written.map(text => /<body>([^<]*)/.exec(text)?.[1]),
			['First', 'Then'],
		);
		t.is(it.storage.messages.get(key)?.state, 'acked');
		t.deepEqual(it.storage.outbox.waiting(juliet), []);
	}
});

test('with nothing to wait for it logs in nowhere, and the message waits in the outbox', async t => {
	const it = await shell(t, () => {
		throw new Error('It logged in.');
	});
	t.like((await it.send({wait: 'queued'}))[0], {to: romeo, ok: true, state: 'queued'});
	t.like(page(it)[0], {body: 'Hi', author: juliet, state: 'queued'});
	t.is(it.storage.outbox.waiting(juliet).length, 1);
	t.is(it.clock.pending, 0);
});

test('it stays until the recipient has confirmed, where it was told to', async t => {
	const it = await shell(t);
	const sending = it.send({wait: 'delivered'});
	while (it.server.written.length === 0) {
		await settled();
	}

	const id = /id="([^"]*)"/.exec(it.server.written[0] ?? '')?.[1];
	await it.server.bring(
		`<message from='${romeo}/orchard' to='${here}' type='chat'><received xmlns='urn:xmpp:receipts' id='${id}'/></message>`,
	);
	t.like((await sending)[0], {ok: true, state: 'delivered'});
});

test('a recipient that does not confirm in time is said to have the message all the same', async t => {
	const it = await shell(t);
	const sending = it.send({wait: 'delivered', timeout: 5000});
	while (page(it)[0]?.state !== 'acked') {
		await settled();
	}

	it.clock.advance(5000);
	t.like((await sending)[0], {ok: false, problem: {code: 'not-delivered', kind: 'temporary'}});
});

test('a recipient that is refused has the reason, the others are not concerned', async t => {
	const it = await shell(t, session => ({
		async flush() {
			const id = /id="([^"]*)"/.exec(it.server.written[0] ?? '')?.[1];
			await it.server.bring(
				`<message from='${romeo}' to='${here}' type='error' id='${id}'><error type='cancel'>
					<remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`,
			);
			await session.flush();
		},
	}));
	const outcomes = await it.send({to: [romeo, nurse]});
	t.like(outcomes[0], {
		ok: false,
		problem: {kind: 'noSuchHost', message: 'There is no XMPP server at example.net.'},
	});
	t.like(outcomes[1], {to: nurse, ok: true});
	t.is(page(it)[0]?.state, 'failed');
});

test('a message that is acknowledged first and refused then has not been sent', async t => {
	const it = await shell(t);
	const answer = it.server.hold();
	const sending = it.send();
	while (page(it)[0]?.state !== 'acked') {
		await settled();
	}

	await it.server.bring(
		`<message from='${romeo}' to='${here}' type='error' id='${page(it)[0]?.id}'><error type='cancel'>
			<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`,
	);
	answer();
	t.like((await sending)[0], {ok: false, problem: {kind: 'noSuchRecipient'}});
});

test('a server that acknowledges and leaves the ping without an answer is not waited for', async t => {
	const it = await shell(t);
	it.server.hold();
	const sending = it.send();
	while (page(it)[0]?.state !== 'acked') {
		await settled();
	}

	await settled();
	it.clock.advance(1000);
	t.like((await sending)[0], {ok: true, state: 'acked'});
});

test('without an acknowledgement in time it says so and marks the message as uncertain', async t => {
	const it = await shell(t, () => ({flush: () => new Promise(() => {})}));
	const sending = it.send({timeout: 5000});
	while (it.server.written.length === 0) {
		await settled();
	}

	it.clock.advance(5000);
	const [outcome] = await sending;
	t.like(outcome, {ok: false, problem: {code: 'not-acknowledged', kind: 'temporary'}});
	t.regex(JSON.stringify(outcome), /within 5 s.*may or may not have arrived/);
	t.is(page(it)[0]?.state, 'uncertain');
});

test('a stream that dies under it is the reason that is given', async t => {
	const it = await shell(t, () => ({
		async flush() {
			it.server.drop();
			throw new Error('gone');
		},
	}));
	const [outcome] = await it.send();
	const hint = 'It may or may not have arrived: ask before you send it again.';
	t.deepEqual(outcome?.ok === false && outcome.problem, {...lost, hint});
	t.is(page(it)[0]?.state, 'uncertain');
});

test('nothing is recorded where nothing could be written', async t => {
	const it = await shell(t);
	it.server.refuse(lost);
	t.like(await t.throwsAsync(it.send()), {code: 'connection-lost'});
	t.like(await t.throwsAsync(it.send({body: '  '})), {code: 'empty-message'});
	t.like(await t.throwsAsync(it.send({account: romeo})), {code: 'no-such-account'});
	t.deepEqual(page(it), []);
	t.is(it.clock.pending, 0);
});

test('a login that takes too long is given up', async t => {
	const it = await shell(t);
	const sending = sendOnce(
		{account: juliet, to: [romeo], body: 'Hi', timeout: 1000},
		{
			...it,
			log: silentLog,
			resolver: noResolver,
			openSession: options =>
				new Promise((_, reject) => {
					options.signal?.addEventListener('abort', () => reject(new Error('aborted')));
				}),
		},
	);
	await settled();
	it.clock.advance(1000);
	const error = await t.throwsAsync(sending);
	t.like(error, {code: 'not-acknowledged', kind: 'temporary'});
	t.regex(error.message, /within 1 s; nothing was sent/);
});

test('an archive, a room or a stranger that writes meanwhile gets nothing back', async t => {
	const it = await shell(t, session => ({
		async flush() {
			await it.server.bring(
				`<message from='${romeo}/x' to='${here}' type='chat' id='m'><body>Hey</body>
					<request xmlns='urn:xmpp:receipts'/></message>`,
			);
			await session.flush();
		},
	}));
	await it.send();
	t.is(it.server.written.length, 1);
	t.is(page(it).at(-1)?.body, 'Hey');
});

test('where the server lets it, the message goes out together with the binding, once', async t => {
	const it = await shell(t);
	it.server.takesEarly = true;
	const outcomes = await it.send();
	t.like(outcomes[0], {to: romeo, ok: true, state: 'acked'});
	t.deepEqual(
		it.server.written.map(text => /<body>([^<]*)</.exec(text)?.[1]),
		['Hi'],
	);
	t.like(page(it)[0], {body: 'Hi', author: juliet, state: 'acked'});
	t.is(it.clock.pending, 0);
});

test('a login that fails when the message is on its way leaves it in doubt', async t => {
	const it = await shell(t);
	it.server.takesEarly = true;
	it.server.failsAfterEarly = lost;
	const [outcome] = await it.send();
	const hint = 'It may or may not have arrived: ask before you send it again.';
	t.deepEqual(outcome?.ok === false && outcome.problem, {...lost, hint});
	t.is(page(it)[0]?.state, 'uncertain');
	t.is(it.clock.pending, 0);
});

test('nothing is sent together with the binding that is larger than the server takes', async t => {
	const it = await shell(t);
	it.server.takesEarly = true;
	it.server.features = {...it.server.features, maxBytes: 10};
	t.like(await t.throwsAsync(it.send()), {code: 'message-too-long'});
	t.deepEqual(it.server.written, []);
	t.deepEqual(page(it), []);
});

test('a text that the server would not take is refused with both sizes, and nothing of it is kept', async t => {
	const it = await shell(t);
	it.server.features = {...it.server.features, maxBytes: 12_000};
	const long = {body: 'x'.repeat(20_000)};
	const error = await t.throwsAsync(it.send(long), {code: 'message-too-long'});
	t.regex(error?.message ?? '', /makes 21 kB, and the server of juliet@example\.org takes 12 kB at most/);
	t.deepEqual(page(it), []);
	t.deepEqual(it.server.written, []);
	t.is(it.clock.pending, 0);

	// The limit is remembered: what is only queued is refused without a login.
	const {logins} = it.server;
	await t.throwsAsync(it.send({...long, wait: 'queued'}), {code: 'message-too-long'});
	t.is(it.server.logins, logins);
});

test('waiting for the reader ends with the marker of their program', async t => {
	const it = await shell(t);
	const sending = it.send({wait: 'displayed'});
	while (it.server.written.length === 0) {
		await settled();
	}

	const id = /id="([^"]*)"/.exec(it.server.written[0] ?? '')?.[1];
	await it.server.bring(
		`<message from='${romeo}/x' to='${here}' type='chat'><displayed xmlns='urn:xmpp:chat-markers:0' id='${id}'/></message>`,
	);
	t.like((await sending)[0], {ok: true, state: 'displayed'});
	t.is(it.clock.pending, 0);
});
