/** What bounds a gap, and what lies in it, holds for all conversations of an account, whatever the clocks say. */
import test from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import {
	after,
	anchor,
	connect,
	deliver,
	idle,
	keep,
	leave,
	lines,
	stanzaId,
	stanzaOf,
	stateOf,
	stored,
} from './archive-scene.js';
import {before, den, presence, said, self, stanzaId as stanzaIdOfRoom, words} from './room-scene.js';
import {juliet, offlineScene, romeo, type Scene, settled, withRomeo} from './scene.js';

const nurse = 'nurse@example.org' as BareJid;
const messages = ({server}: Scene) => server.written.filter(text => text.includes('<body>'));
const busy = "<error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
const numbers = (from: number, to: number) => Array.from({length: to - from + 1}, (_, index) => `${from + index}`);

/** What a server says of a message that it held up. */
const held = (at: number) =>
	`<delay xmlns='urn:xmpp:delay' from='example.org' stamp='${new Date(at).toISOString().replace('.000Z', 'Z')}'/>`;

test('one conversation’s messages in a gap do not displace those of another within the same second', async t => {
	const it = await after(t, lines(1));
	it.server.archive.longestPage = 3;
	const now = (count: number, from: number, peer = romeo) =>
		lines(count, {from, peer}).map(line => ({...line, ago: 0}));
	// Read first: three of the nurse’s, then the newest three, then what lies between them.
	keep(it, ...now(6, 100, nurse), ...now(3, 2), ...now(3, 5));
	await connect(it);
	t.deepEqual(stateOf(it)?.gaps, []);
	t.deepEqual(stored(it), numbers(1, 7));
});

test('a page in which nothing is shown has a place all the same', async t => {
	const it = await offlineScene(t);
	it.server.archive.longestPage = 2;
	keep(it, ...lines(3, {ago: 60_000}));
	const receipt = `<message xmlns='jabber:client' from='${romeo}/orchard' to='${juliet}'><store xmlns='urn:xmpp:hints'/></message>`;
	for (const id of ['r1', 'r2']) {
		it.server.archive.add({id, at: it.clock.now(), peer: romeo, message: receipt});
	}

	await connect(it);
	await leave(it);
	it.clock.advance(60_000);
	keep(it, ...lines(2, {from: 4}));
	await connect(it);
	t.deepEqual(stored(it), numbers(1, 5));
});

test('the first page leaves room for what lies before it, behind what had been delivered', async t => {
	for (const withId of [true, false]) {
		const it = await offlineScene(t);
		const past = lines(12).map(line => ({...line, ago: 0}));
		const ids = keep(it, ...past);
		const at = it.clock.now();
		it.server.archive.refusal = busy;
		await connect(it);
		for (const [index, line] of past.slice(0, 3).entries()) {
			await deliver(it, {...line, extra: held(at)}, withId ? ids[index] : undefined);
		}

		await leave(it);
		it.server.archive.refusal = undefined;
		it.server.archive.longestPage = 4;
		await connect(it);
		t.deepEqual(stored(it), numbers(1, 12), `with an id: ${withId}`);
	}
});

test('what comes at once goes behind all that was read, also where the server’s clock is ahead of ours', async t => {
	const it = await offlineScene(t);
	keep(it, ...lines(2, {from: 100, peer: nurse, ago: -60_000}));
	await connect(it);
	// While this is on its way nothing that comes is taken for all there is.
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'mine'});
	const [, second] = keep(it, {n: 1, ago: -60_000}, {n: 2, ago: -60_000});
	await deliver(it, {n: 2}, second);
	await leave(it);
	await connect(it);
	t.deepEqual(stored(it), ['mine', '1', '2']);
});

test('what comes at once leaves room for all that is still on its way, also where the server’s clock is ahead of ours', async t => {
	const it = await offlineScene(t);
	const ahead = {ago: -60_000};
	keep(it, {n: 1, ...ahead});
	await connect(it);
	await leave(it);
	const copies = [
		{n: 52, own: true, peer: romeo},
		{n: 2, own: true, peer: nurse},
	];
	keep(it, ...lines(50, {from: 2}).map(line => ({...line, ...ahead})), {n: 1, peer: nurse, ...ahead});
	let isAsked = false;
	it.server.archive.onPage = () => {
		for (const line of isAsked ? [] : copies) {
			const [id = ''] = keep(it, {...line, ...ahead});
			const copy = stanzaOf({...line, id: `m${line.peer}${line.n}`, extra: stanzaId(id)});
			void it.server.bring(
				`<message from='${juliet}' to='${juliet}'><sent xmlns='urn:xmpp:carbons:2'>` +
					`<forwarded xmlns='urn:xmpp:forward:0'>${copy}</forwarded></sent></message>`,
			);
		}

		isAsked = true;
	};
	await connect(it);
	t.deepEqual(stored(it), numbers(1, 52));
	const withNurse = it.storage.messages.page(bufferId(juliet, 'chat', nurse), {limit: 10});
	t.deepEqual(
		withNurse.map(({body}) => body),
		numbers(1, 2),
	);
});

test('what a room says at once leaves room for all of its archive that is still on its way', async t => {
	const it = await before(t);
	const tell = (n: number) => it.archive.add({at: it.clock.now() + 60_000, peer: den, message: said(`${n}`)});
	tell(1);
	await it.server.bring(presence('romeo'), self());
	await settled();
	await leave(it);
	for (let n = 2; n <= 41; n++) {
		tell(n);
	}

	it.archive.onPage = () => {
		it.archive.onPage = () => {};
		void it.server.bring(said('42', {more: stanzaIdOfRoom(tell(42))}));
	};
	await connect(it);
	await it.server.bring(presence('romeo'), self());
	await idle(it);
	t.deepEqual(words(it), numbers(1, 42));
});

test('what its author says of the time does not move what comes at once', async t => {
	const it = await after(t, lines(1));
	await connect(it);
	const [first] = keep(it, {n: 2});
	await deliver(it, {n: 2}, first);
	it.clock.advance(1000);
	const late = `<delay xmlns='urn:xmpp:delay' from='${romeo}' stamp='${new Date(it.clock.now() - 600_000).toISOString()}'/>`;
	const [second] = keep(it, {n: 3});
	await deliver(it, {n: 3, extra: late}, second);
	t.deepEqual(stored(it), numbers(1, 3));
	t.is(anchor(it)?.id, second);
});

test('a clock that is ahead does not make a message look missing that may lie in a gap', async t => {
	const it = await after(t, lines(1));
	await connect(it);
	it.clock.sleep(90_000);
	const {key} = await it.actions.sendMessage({account: juliet, to: romeo, body: 'mine'});
	const [written = ''] = messages(it);
	keep(it, ...lines(2, {from: 2, ago: 90_000}));
	it.server.archive.add({
		at: it.clock.now() - 90_000,
		peer: romeo,
		message: written.replace('<message', `<message xmlns='jabber:client' from='${juliet}/r1'`),
	});
	await leave(it);
	it.server.archive.longestPage = 2;
	keep(it, ...lines(4, {from: 4, ago: 80_000}));
	it.server.archive.onPage = () => t.deepEqual(messages(it), []);
	await connect(it);
	t.deepEqual(messages(it), []);
	t.is(it.storage.messages.get(key)?.state, 'acked');
	t.is(it.storage.messages.page(withRomeo, {limit: 50}).length, 8);
});

test('copies that come before presence was told are not in the way of what waited at the server', async t => {
	const it = await offlineScene(t);
	it.clock.sleep(30_000);
	const at = it.clock.now() - 60_000;
	const waited = lines(3).map(line => ({...line, ago: 60_000}));
	const ids = keep(it, ...waited);
	const [mine] = keep(it, {n: 4, own: true});
	it.server.archive.refusal = busy;
	await connect(it);
	const copy = stanzaOf({n: 4, own: true, extra: stanzaId(mine ?? '')});
	await it.server.bring(
		`<message from='${juliet}' to='${juliet}'><sent xmlns='urn:xmpp:carbons:2'>` +
			`<forwarded xmlns='urn:xmpp:forward:0'>${copy}</forwarded></sent></message>`,
	);
	for (const [index, line] of waited.entries()) {
		await deliver(it, {...line, extra: held(at)}, ids[index]);
	}

	t.deepEqual(stored(it), numbers(1, 4));
});

test('the first page goes behind all that came in a session that ended before it', async t => {
	const it = await offlineScene(t);
	it.server.archive.refusal = busy;
	await connect(it);
	// Our clock is ahead: what comes has a later time here than the server gives to what follows.
	const [first] = keep(it, {n: 1, ago: 30_000});
	await deliver(it, {n: 1}, first);
	await leave(it);
	it.server.archive.refusal = undefined;
	it.server.archive.longestPage = 3;
	keep(it, ...lines(6, {from: 2, ago: 20_000}), ...lines(3, {from: 100, peer: nurse, ago: 20_000}));
	await connect(it);
	t.deepEqual(stored(it), numbers(1, 7));
});

test('the newest page is behind what came live before it was asked for', async t => {
	const it = await after(t, lines(1));
	it.server.archive.longestPage = 2;
	it.clock.sleep(60_000);
	const past = {ago: 60_000};
	keep(it, ...lines(3, {from: 2}).map(line => ({...line, ...past})));
	it.server.archive.onPage = ({before}) => {
		if (before === undefined && stored(it).length === 1) {
			const [id = ''] = keep(it, {n: 5, own: true, ...past});
			const copy = stanzaOf({n: 5, own: true, extra: stanzaId(id)});
			void it.server.bring(
				`<message from='${juliet}' to='${juliet}'><sent xmlns='urn:xmpp:carbons:2'>` +
					`<forwarded xmlns='urn:xmpp:forward:0'>${copy}</forwarded></sent></message>`,
			);
			keep(it, ...lines(3, {from: 6}).map(line => ({...line, ...past})));
		}
	};
	await connect(it);
	t.deepEqual(stored(it), numbers(1, 8));
});

test('a page in which nothing is shown ends behind all of its second', async t => {
	const it = await offlineScene(t);
	it.server.archive.refusal = busy;
	await connect(it);
	const at = it.clock.now();
	const past = lines(3).map(line => ({...line, ago: 0}));
	const ids = keep(it, ...past);
	for (const [index, line] of past.entries()) {
		await deliver(it, {...line, extra: held(at)}, ids[index]);
	}

	const receipt = `<message xmlns='jabber:client' from='${romeo}/orchard' to='${juliet}'><store xmlns='urn:xmpp:hints'/></message>`;
	it.server.archive.add({id: 'r1', at, peer: romeo, message: receipt});
	await leave(it);
	it.server.archive.refusal = undefined;
	it.server.archive.longestPage = 1;
	await connect(it);
	await leave(it);
	keep(it, {n: 4});
	await connect(it);
	t.deepEqual(stored(it), numbers(1, 4));
});

for (const [when, ago] of [
	['of the second before', 1000],
	['of the same second', 0],
] as const) {
	test(`pages in which nothing is shown, ${when}, leave room for what follows them in a gap`, async t => {
		const it = await after(t, lines(1, {ago: 60_000}));
		it.server.archive.longestPage = 3;
		keep(it, ...lines(3, {from: 2, ago: 10_000}));
		const receipt = `<message xmlns='jabber:client' from='${romeo}/orchard' to='${juliet}'><store xmlns='urn:xmpp:hints'/></message>`;
		for (let n = 0; n < 9; n++) {
			it.server.archive.add({id: `r${n}`, at: it.clock.now() - ago, peer: romeo, message: receipt});
		}

		keep(it, ...lines(9, {from: 5}).map(line => ({...line, ago: 0})));
		await connect(it);
		t.deepEqual(stored(it), numbers(1, 13));
	});
}
