/** What keeps one message from ending every connection, and one conversation in its order. */
import test, {type ExecutionContext} from 'ava';
import type {Problem} from '../../source/shared/errors.js';
import type {Jid} from '../../source/shared/jid.js';
import {after, connect, idle, keep, leave, lines} from './archive-scene.js';
import {lost} from './fake-server.js';
import {juliet, offlineScene, romeo, type Scene, settled} from './scene.js';

const nurse = 'nurse@example.org' as Jid;
const notWellFormed: Problem = {code: 'stream-not-well-formed', kind: 'protocol', message: 'It broke off.'};
const policyViolation: Problem = {code: 'stream-policy-violation', kind: 'protocol', message: 'It broke a rule.'};

const send = (it: Scene, body: string, to: Jid = romeo) => it.actions.sendMessage({account: juliet, to, body});
const stateOf = (it: Scene, key: number) => it.storage.messages.get(key)?.state;
const failureOf = (it: Scene, key: number) => it.storage.messages.get(key)?.failure;
const errors = (it: Scene) => it.saw.all('notice').flatMap(({level, text}) => (level === 'error' ? [text] : []));
const bodies = (it: Scene) => it.server.written.flatMap(text => /<body>(.*)<\/body>/.exec(text)?.[1] ?? []);

/** Someone whose archive is known, with a connection. */
async function online(t: ExecutionContext): Promise<Scene> {
	const it = await after(t, lines(1));
	await connect(it);
	return it;
}

/** The server acknowledges all that it has until it reads something with `poison` in it, which it answers with its end. */
async function serve(it: Scene, poison: string, end: Problem): Promise<void> {
	for (let seen = -1; seen !== it.server.written.length; ) {
		seen = it.server.written.length;
		if (bodies(it).some(body => body.includes(poison))) {
			it.server.drop({problem: end});
			return;
		}

		it.server.acknowledge();
		await settled();
	}
}

for (const end of [notWellFormed, policyViolation]) {
	test(`a message after which the connection ends twice with ${end.code} is given up, and the rest goes on`, async t => {
		const it = await online(t);
		const before = await send(it, 'before');
		const poison = await send(it, 'poison');
		const behind = await send(it, 'behind', nurse);
		await serve(it, 'poison', end);
		t.is(stateOf(it, before.key), 'uncertain');
		await connect(it);
		await serve(it, 'poison', end);
		t.is(stateOf(it, before.key), 'acked');
		t.is(stateOf(it, poison.key), 'uncertain');

		await connect(it);
		t.is(stateOf(it, poison.key), 'failed');
		t.regex(
			failureOf(it, poison.key) ?? '',
			/ended the connection each time the message to romeo@example\.net was sent/,
		);
		t.deepEqual(errors(it).filter(text => text.includes('each time')).length, 1);
		await serve(it, 'poison', end);
		t.is(stateOf(it, behind.key), 'acked');
		t.is(it.server.logins, 4);
		t.is((await send(it, 'afterwards')).state, 'written');
	});
}

test('what stands against a message survives a restart', async t => {
	const it = await online(t);
	const {key} = await send(it, 'poison');
	it.server.drop({problem: notWellFormed});
	const next = await offlineScene(t, it);
	next.server.archive.items.push(...it.server.archive.items);
	await connect(next);
	t.is(stateOf(next, key), 'written');
	next.server.drop({problem: notWellFormed});
	await connect(next);
	t.is(stateOf(next, key), 'failed');
});

test('a message that was under way with the poison is written alone, and then nobody suspects it', async t => {
	const it = await online(t);
	const first = await send(it, 'innocent');
	const second = await send(it, 'poison');
	it.server.drop({problem: notWellFormed});
	await connect(it);
	t.deepEqual(bodies(it), ['innocent']);
	t.is((await send(it, 'new')).state, 'queued');
	it.server.acknowledge();
	await settled();
	t.deepEqual(bodies(it), ['innocent', 'poison']);
	t.is(stateOf(it, first.key), 'acked');
	it.server.acknowledge();
	await settled();
	t.deepEqual(bodies(it), ['innocent', 'poison', 'new']);
	t.is(stateOf(it, second.key), 'acked');
});

test('while a suspect waits for its turn over a resumed connection, nothing overtakes it', async t => {
	const it = await online(t);
	await send(it, 'suspect');
	it.server.drop({problem: notWellFormed});
	await connect(it);
	const {key} = await send(it, 'next');
	it.server.interrupt();
	await connect(it);
	t.is(it.server.resumptions, 1);
	t.deepEqual(bodies(it), ['suspect']);
	it.server.acknowledge();
	await settled();
	t.is(stateOf(it, key), 'written');
});

test('a network that is lost right after a message twice has not condemned it', async t => {
	const it = await online(t);
	const {key} = await send(it, 'unlucky');
	for (let round = 0; round < 2; round++) {
		it.server.drop();
		await connect(it);
		t.is(stateOf(it, key), 'written');
	}

	it.server.acknowledge();
	await settled();
	t.is(stateOf(it, key), 'acked');
});

test('a connection that is closed without a word right after a message, again and again, is its doing', async t => {
	const it = await online(t);
	const {key} = await send(it, 'silent poison');
	for (let round = 0; round < 4; round++) {
		t.is(stateOf(it, key), 'written', `round ${round}`);
		it.server.drop();
		await connect(it);
	}

	t.is(stateOf(it, key), 'failed');
});

test('a connection that ends long after a message says nothing against it', async t => {
	const it = await online(t);
	const {key} = await send(it, 'patient');
	for (let round = 0; round < 6; round++) {
		it.clock.advance(5001);
		it.server.drop({problem: lost});
		await connect(it);
	}

	t.is(stateOf(it, key), 'written');
});

test('interruptions of one session condemn nothing by themselves', async t => {
	const it = await online(t);
	const {key} = await send(it, 'flapping');
	for (let round = 0; round < 6; round++) {
		it.server.interrupt();
		await connect(it);
	}

	it.server.drop();
	await connect(it);
	t.is(stateOf(it, key), 'written');
});

test('nothing is given up that may have arrived: without an archive it stays uncertain', async t => {
	const it = await offlineScene(t);
	it.server.accountFeatures = [];
	await connect(it);
	const {key} = await send(it, 'poison');
	for (let round = 0; round < 3; round++) {
		it.server.drop({problem: notWellFormed});
		await connect(it);
	}

	t.is(stateOf(it, key), 'uncertain');
	t.deepEqual(bodies(it), []);
});

test('what arrived although the connection ended is acknowledged by the archive, whatever stood against it', async t => {
	const it = await online(t);
	const {key} = await send(it, 'poison');
	it.server.drop({problem: notWellFormed});
	await connect(it);
	const message = (it.server.written.at(-1) ?? '').replace(
		'<message',
		`<message xmlns='jabber:client' from='${juliet}/r1'`,
	);
	it.server.drop({problem: notWellFormed});
	it.server.archive.add({at: it.clock.now(), peer: romeo, message});
	await connect(it);
	t.is(stateOf(it, key), 'acked');
});

// --- what is repeated

test('only messages with something to read and receipts are written again, no presence or question of a lost session', async t => {
	const it = await online(t);
	const {key} = await send(it, 'kept');
	await it.server.bring(
		`<message from='${romeo}/x' to='${juliet}' type='chat' id='r1'><body>hello</body><request xmlns='urn:xmpp:receipts'/></message>`,
	);
	void it.actions.ping({account: juliet, to: romeo}).catch(() => {});
	await it.actions.setPresence({account: juliet, availability: 'away', statusText: 'tired'});
	t.true(it.server.written.some(text => text.includes('<received')));
	it.server.drop();
	await connect(it);
	t.is(stateOf(it, key), 'written');
	t.is(it.server.written.filter(text => text.startsWith('<presence')).length, 1);
	t.is(
		it.server.written.filter(text => text.startsWith('<message') && !text.includes('<received')).length,
		bodies(it).length,
	);
	t.deepEqual(bodies(it), ['kept']);
	t.false(it.server.asked.some(text => text.includes('urn:xmpp:ping')));
});

// --- the largest stanza (XEP-0478)

const limited = async (t: ExecutionContext, maxBytes: number) => {
	const it = await offlineScene(t);
	it.server.features = {...it.server.features, maxBytes};
	await connect(it);
	return it;
};

test('a message that the server would not take is refused before anything is recorded, with both sizes', async t => {
	const it = await limited(t, 12_000);
	const written = it.server.written.length;
	const error = await t.throwsAsync(send(it, 'x'.repeat(20_000)));
	t.like(error, {code: 'message-too-long', kind: 'badData', hint: 'Shorten it by 8662 bytes, or send it in parts.'});
	t.is(
		error?.message,
		'The message to romeo@example.net is too long: it makes 21 kB, and the server of juliet@example.org takes 12 kB at most.',
	);
	t.is(it.server.written.length, written);
	t.deepEqual(it.saw.all('message.recorded'), []);
	t.deepEqual(it.storage.outbox.waiting(juliet), []);
});

test('the longest message that is taken stays within the limit with all that it may gain', async t => {
	const it = await limited(t, 12_000);
	let longest = 0;
	for (let length = 11_000; length < 12_000; length += 10) {
		try {
			await send(it, 'x'.repeat(length));
			longest = length;
		} catch {
			break;
		}
	}

	t.true(longest > 11_300 && longest < 11_800, `${longest}`);
	const [first] = it.storage.outbox.waiting(juliet).slice(-1);
	it.server.drop();
	await connect(it);
	await idle(it);
	const again = it.server.written.filter(text => text.includes(first?.stanza.slice(0, 100) ?? '')).at(-1) ?? '';
	t.true(again.includes('urn:xmpp:delay'));
	t.true(Buffer.byteLength(again) + 100 <= 12_000, `${Buffer.byteLength(again)}`);
});

test('characters count as the bytes that they take, markup as what it is written as', async t => {
	const it = await limited(t, 12_000);
	await t.throwsAsync(send(it, 'ö'.repeat(6000)), {code: 'message-too-long'});
	await t.throwsAsync(send(it, '<'.repeat(3000)), {code: 'message-too-long'});
	await t.notThrowsAsync(send(it, 'o'.repeat(6000)));
});

test('the limit is remembered: also offline, and after a restart, a message is refused at once', async t => {
	const it = await limited(t, 12_000);
	await leave(it);
	await t.throwsAsync(send(it, 'x'.repeat(20_000)), {code: 'message-too-long'});
	const next = await offlineScene(t, it);
	await t.throwsAsync(send(next, 'x'.repeat(20_000)), {code: 'message-too-long'});
});

test('what was queued before the limit was known fails at the login with the reason, and stops nothing else', async t => {
	const it = await offlineScene(t);
	const long = await send(it, 'x'.repeat(20_000));
	const short = await send(it, 'short');
	it.server.features = {...it.server.features, maxBytes: 12_000};
	await connect(it);
	t.is(stateOf(it, long.key), 'failed');
	t.regex(failureOf(it, long.key) ?? '', /it makes 21 kB, and the server of juliet@example\.org takes 12 kB at most/);
	t.is(it.storage.messages.get(long.key)?.body.length, 20_000);
	t.is(stateOf(it, short.key), 'written');
	t.deepEqual(bodies(it), ['short']);
});

test('a server that takes more is given more, and one that stops saying so gets what servers usually take', async t => {
	const it = await limited(t, 1_000_000);
	await t.notThrowsAsync(send(it, 'x'.repeat(600_000)));
	const {maxBytes: _, ...unlimited} = it.server.features;
	it.server.acknowledge();
	await settled();
	await leave(it);
	it.server.features = unlimited;
	await connect(it);
	const error = await t.throwsAsync(send(it, 'x'.repeat(600_000)), {code: 'message-too-long'});
	t.regex(error?.message ?? '', /it makes 601 kB, and servers usually take 250 kB at most/);
});

test('a server that gives up who is silent for a while hears from us in time, as long as the connection lasts', async t => {
	const it = await offlineScene(t);
	it.server.features = {...it.server.features, idleSeconds: 60};
	await connect(it);
	for (let minute = 1; minute <= 5; minute++) {
		const before = it.server.probes;
		it.clock.advance(59_000);
		t.true(it.server.probes > before, `minute ${minute}`);
	}

	await leave(it);
	const {probes} = it.server;
	it.clock.advance(600_000);
	t.is(it.server.probes, probes);
});

test('a patience longer than any timer is no reason to talk without pause', async t => {
	const it = await offlineScene(t);
	it.server.features = {...it.server.features, idleSeconds: 4_000_000_000};
	await connect(it);
	it.clock.advance(3_599_000);
	t.is(it.server.probes, 0);
	it.clock.advance(1000);
	t.is(it.server.probes, 1);
});

test('a server that says nothing of the kind is not bothered', async t => {
	const it = await offlineScene(t);
	await connect(it);
	it.clock.advance(600_000);
	t.is(it.server.probes, 0);
});

// --- order within a conversation

test('while the archive is still telling, nothing overtakes an uncertain message of its conversation', async t => {
	const it = await online(t);
	const {key} = await send(it, 'first');
	it.server.drop();
	it.clock.advance(600_000);
	keep(it, ...lines(400, {from: 2}));
	let sent: Promise<readonly string[]> | undefined;
	let pages = 0;
	it.server.archive.onPage = ({before}) => {
		// The newest page has been read; what lies in the gap is being asked for.
		pages += before === undefined && it.server.isPresent ? 1 : 0;
		if (pages === 3) {
			t.is(stateOf(it, key), 'uncertain');
			sent ??= Promise.all([send(it, 'second'), send(it, 'elsewhere', nurse)]).then(all => all.map(({state}) => state));
		}
	};
	await connect(it);
	t.deepEqual(await sent, ['queued', 'written']);
	t.deepEqual(bodies(it), ['elsewhere', 'first', 'second']);
});

test('an archive that stops telling holds nobody up', async t => {
	const it = await online(t);
	const {key} = await send(it, 'first');
	it.server.drop();
	it.clock.advance(600_000);
	keep(it, ...lines(400, {from: 2}));
	it.server.archive.onPage = ({before}) => {
		it.server.archive.silent = before === undefined && it.server.isPresent;
	};
	await connect(it);
	const {key: second, state} = await send(it, 'second');
	t.is(state, 'queued');
	// The question is given up.
	it.clock.advance(60_000);
	await idle(it);
	t.is(stateOf(it, second), 'written');
	t.is(stateOf(it, key), 'uncertain');
});

test('an archive that keeps everybody waiting at the login has not told yet: nothing overtakes', async t => {
	const it = await online(t);
	await send(it, 'first');
	it.server.drop();
	await send(it, 'second');
	it.server.archive.silent = true;
	const connecting = it.actions.connect({account: juliet});
	for (let waited = 0; waited < 25; waited++) {
		await settled();
		it.clock.advance(1000);
	}

	await connecting;
	t.deepEqual(bodies(it), []);
	// What was begun is given up, and asked again.
	it.server.archive.silent = false;
	it.clock.advance(10_000);
	await idle(it);
	t.deepEqual(bodies(it), ['first', 'second']);
});

test('interruptions while nothing is under way say nothing against what is written later', async t => {
	const it = await online(t);
	for (let round = 0; round < 3; round++) {
		it.server.interrupt();
		await connect(it);
	}

	const {key} = await send(it, 'fresh');
	it.server.drop();
	t.is(it.storage.outbox.waiting(juliet)[0]?.suspicion, 1);
	t.is(stateOf(it, key), 'uncertain');
});
