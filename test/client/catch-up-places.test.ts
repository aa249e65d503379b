/** Where messages stand that did not come the straight way, beside those that were written here (protocol: order). */
import test from 'ava';
import {
	connect,
	deliver,
	idle,
	keep,
	type Line,
	leave,
	lines,
	numbers,
	stanzaId,
	stanzaOf,
	stored,
} from './archive-scene.js';
import {juliet, offlineScene, romeo, type Scene, scene, withRomeo} from './scene.js';

/** A moment within the present second, so many milliseconds after it began. */
function within(it: Scene, milliseconds: number): void {
	it.clock.advance(1000 - (it.clock.now() % 1000) + milliseconds);
}

/** What a server says of a message that it held up: the second in which it got it. */
const held = (it: Scene, ago = 0) =>
	`<delay xmlns='urn:xmpp:delay' from='example.org' stamp='${new Date(it.clock.now() - ago).toISOString().slice(0, 19)}Z'/>`;

/** Writes a message; the server has it, and its archive under the answered id. */
async function write(it: Scene, body: string): Promise<string> {
	const {id} = await it.actions.sendMessage({account: juliet, to: romeo, body});
	const [archived = ''] = keep(it, {n: body, own: true, id});
	it.server.acknowledge();
	return archived;
}

/** What an archive says that has no time. */
const busy = `<error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;

/** A copy of what another device of Juliet sent, with its id in the archive. */
const carbon = (line: Line, wrapper = '') =>
	`<message from='${juliet}' to='${juliet}'>${wrapper}<sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>` +
	`${stanzaOf({...line, own: true})}</forwarded></sent></message>`;

test('what the server held up goes behind what was written here within that second', async t => {
	const it = await scene(t);
	await idle(it);
	within(it, 300);
	await write(it, 'mine');
	it.clock.advance(200);
	const [id] = keep(it, {n: 'late'});
	it.clock.advance(5000);
	await deliver(it, {n: 'late', extra: held(it, 5000)}, id);
	t.deepEqual(stored(it), ['mine', 'late']);
});

test('what the server held up is before what was written here in a later second', async t => {
	const it = await scene(t);
	await idle(it);
	within(it, 300);
	const [id] = keep(it, {n: 'late'});
	it.clock.advance(5000);
	await write(it, 'mine');
	await deliver(it, {n: 'late', extra: held(it, 5000)}, id);
	t.deepEqual(stored(it), ['late', 'mine']);
});

test('what the server held up goes behind all that it delivered before', async t => {
	const it = await scene(t);
	await idle(it);
	within(it, 900);
	// Not acknowledged: the head stays where it is.
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'mine'});
	await deliver(it, {n: 'first'}, keep(it, {n: 'first'})[0]);
	const [second] = keep(it, {n: 'second'});
	it.clock.advance(50);
	await deliver(it, {n: 'second', extra: held(it)}, second);
	t.deepEqual(stored(it), ['mine', 'first', 'second']);
});

test('what another device says of the time when it wrote a message does not move it', async t => {
	const it = await scene(t);
	await idle(it);
	within(it, 0);
	const [first, second] = keep(it, {n: 'first', own: true}, {n: 'second', own: true});
	await it.server.bring(carbon({n: 'first', extra: stanzaId(first ?? '')}));
	it.clock.advance(50);
	const claimed = new Date(it.clock.now() - 30_000).toISOString();
	const delay = `<delay xmlns='urn:xmpp:delay' from='${juliet}' stamp='${claimed}'/>`;
	await it.server.bring(carbon({n: 'second', extra: delay + stanzaId(second ?? '')}));
	t.deepEqual(stored(it), ['first', 'second']);
	const [, message] = it.storage.messages.page(withRomeo, {limit: 2});
	t.is(message?.receivedAt, it.clock.now());
	t.is(message?.sentAt, Date.parse(claimed));
});

test('a copy that the server held up has the time at which the server got it', async t => {
	const it = await scene(t);
	await idle(it);
	within(it, 0);
	const at = it.clock.now();
	const [id = ''] = keep(it, {n: 'copy', own: true});
	it.clock.advance(30_000);
	await it.server.bring(carbon({n: 'copy', extra: stanzaId(id)}, held(it, 30_000)));
	t.is(it.storage.messages.page(withRomeo, {limit: 1})[0]?.receivedAt, at);
});

test('what the archive has of a second goes behind what was written here in it, where the page does not know better', async t => {
	const it = await scene(t);
	await idle(it);
	within(it, 300);
	await write(it, 'mine');
	// What is delivered afterwards moves the head beyond it.
	const receipt = `<received xmlns='urn:xmpp:receipts' id='other'/>`;
	const [head = ''] = keep(it, {n: '', extra: receipt});
	await it.server.bring(
		`<message xmlns='jabber:client' from='${romeo}/orchard' to='${juliet}' type='chat'>${receipt}${stanzaId(head)}</message>`,
	);
	await leave(it);
	it.clock.advance(200);
	keep(it, {n: 'after'}, {n: 'last', own: true});
	await connect(it);
	t.deepEqual(stored(it), ['mine', 'after', 'last']);
});

test('what was written here before the others came does not put the rest of a page into disorder', async t => {
	const it = await scene(t);
	await idle(it);
	within(it, 300);
	const {id} = await it.actions.sendMessage({account: juliet, to: romeo, body: 'mine'});
	it.clock.advance(200);
	// The server had all but the last one before what was written here.
	const [first] = keep(it, {n: 'first'});
	await deliver(it, {n: 'first'}, first);
	keep(it, {n: 'second'}, {n: 'third'}, {n: 'mine', own: true, id}, {n: 'fourth'});
	it.server.drop();
	await connect(it);
	t.deepEqual(stored(it), ['mine', 'first', 'second', 'third', 'fourth']);
});

test('what came without the archive’s id is a place in the page all the same', async t => {
	const it = await offlineScene(t);
	within(it, 300);
	keep(it, ...lines(3).map(line => ({...line, ago: 0})));
	const [first, second] = keep(it, {n: 'came'}, {n: 'then'});
	it.server.archive.onPage = () => {
		it.server.archive.onPage = () => {};
		it.clock.advance(100);
		void deliver(it, {n: 'came'});
		it.clock.advance(100);
		void deliver(it, {n: 'then'}, second);
	};
	await connect(it);
	t.deepEqual(stored(it), ['1', '2', '3', 'came', 'then']);
	t.is(it.storage.messages.byArchiveId(juliet, juliet, first ?? '')?.via, 'live');
});

for (const page of [5, 3]) {
	test(`what comes live while pages of ${page} are read lies between what they hold`, async t => {
		const it = await scene(t);
		await idle(it);
		within(it, 100);
		await deliver(it, {n: 1}, keep(it, {n: 1})[0]);
		await leave(it);
		keep(it, ...lines(8, {from: 2}).map(line => ({...line, ago: 0})));
		it.server.archive.longestPage = page;
		let questions = 0;
		it.server.archive.onPage = () => {
			questions++;
			if (questions === 2) {
				// Of the three the middle one alone comes live before the newest page.
				it.clock.advance(200);
				const [, live] = keep(it, {n: 10}, {n: 11}, {n: 12});
				void deliver(it, {n: 11}, live);
			}
		};
		await connect(it);
		t.deepEqual(
			stored(it),
			Array.from({length: 12}, (_, index) => `${index + 1}`),
		);
	});
}

test('what the server held up is behind the head when something moves that on, and the next page goes behind it', async t => {
	const it = await scene(t);
	await idle(it);
	within(it, 100);
	await deliver(it, {n: 1}, keep(it, {n: 1})[0]);
	const [second, third] = keep(it, {n: 2}, {n: 3});
	it.clock.advance(3000);
	await deliver(it, {n: 2, extra: held(it, 3000)}, second);
	await deliver(it, {n: 3, extra: held(it, 3000)}, third);
	// Nothing to show, but a place in the archive.
	const receipt = `<received xmlns='urn:xmpp:receipts' id='other'/>`;
	const [head = ''] = keep(it, {n: '', extra: receipt});
	await it.server.bring(
		`<message xmlns='jabber:client' from='${romeo}/orchard' to='${juliet}' type='chat'>${receipt}${stanzaId(head)}</message>`,
	);
	await leave(it);
	it.clock.advance(5000);
	keep(it, {n: 4});
	await connect(it);
	t.deepEqual(stored(it), ['1', '2', '3', '4']);
});

test('what the server held up is behind the first copies where it waited in the session, not for presence', async t => {
	const interrupted = [
		'a message, through an interruption',
		'a message that came in one breath with the resumption',
	] as const;
	for (const waits of ['a copy', ...interrupted] as const) {
		const it = await scene(t);
		await idle(it);
		within(it, 100);
		const [first = '', second = ''] = keep(it, {n: 'first', own: true}, {n: 'second', own: waits === 'a copy'});
		await it.server.bring(carbon({n: 'first', extra: stanzaId(first)}));
		it.clock.advance(1000);
		if (waits === 'a copy') {
			await it.server.bring(carbon({n: 'second', extra: stanzaId(second)}, held(it, 1000)));
		} else {
			it.server.acknowledge();
			it.server.interrupt();
			if (waits === interrupted[0]) {
				it.clock.advance(0);
				await idle(it);
				t.is(it.server.resumptions, 1);
			}

			await deliver(it, {n: 'second', extra: held(it, 1000)}, second);
		}

		t.deepEqual(stored(it), ['first', 'second'], waits);
	}
});

test('what waited for a presence that the server heard only over the next connection is before the first copies', async t => {
	const it = await scene(t);
	await idle(it);
	within(it, 100);
	const [waited = '', copied = ''] = keep(it, {n: 'waited'}, {n: 'copy', own: true});
	const at = it.clock.now();
	it.clock.advance(20_000);
	it.server.interrupt();
	it.clock.advance(0);
	await idle(it);
	await it.server.bring(carbon({n: 'copy', extra: stanzaId(copied)}));
	await deliver(it, {n: 'waited', extra: held(it, it.clock.now() - at)}, waited);
	t.deepEqual(stored(it), ['waited', 'copy']);
});

for (const has of ['the archive’s id', 'none'] as const) {
	test(`what waited for presence is behind a copy with ${has} that the archive listed before`, async t => {
		const it = await scene(t);
		await idle(it);
		within(it, 100);
		await deliver(it, {n: 'old'}, keep(it, {n: 'old'})[0]);
		await leave(it);
		it.clock.advance(5000);
		it.server.archive.onPage = () => {
			it.server.archive.onPage = () => {};
			const [id = ''] = keep(it, {n: 'copy', own: true});
			void it.server.bring(carbon({n: 'copy', extra: has === 'none' ? '' : stanzaId(id)}));
		};
		await connect(it);
		const [id] = keep(it, {n: 'waited'});
		it.clock.advance(1000);
		await deliver(it, {n: 'waited', extra: held(it, 1000)}, id);
		t.deepEqual(stored(it), ['old', 'copy', 'waited']);
	});
}

test('what waited of a gap is in it also beside another conversation, of which the first page behind it holds more', async t => {
	const it = await scene(t);
	it.server.archive.longestPage = 3;
	await idle(it);
	within(it, 0);
	await deliver(it, {n: 'old'}, keep(it, {n: 'old'})[0]);
	await leave(it);
	it.clock.advance(60_000);
	const nurse = 'nurse@example.net';
	keep(it, {n: 'a'}, {n: 'b'}, {n: 'c'});
	it.clock.advance(10_000);
	const waited = keep(it, {n: 'd'}, {n: 'e'}, {n: 'f'}, {n: 'g'});
	keep(it, {n: 'x', peer: nurse}, {n: 'y', peer: nurse});
	it.clock.advance(10_000);
	keep(it, {n: 'z'});
	it.server.archive.onPage = () => {
		// The newest page is taken; the next question is for what is before it.
		if (it.server.archive.queries.length > 0 && it.storage.messages.page(withRomeo, {limit: 1})[0]?.body === 'z') {
			it.server.archive.onPage = () => {};
			for (const [index, id] of waited.entries()) {
				void deliver(it, {n: ['d', 'e', 'f', 'g'][index] ?? '', extra: held(it, 10_000)}, id);
			}
		}
	};
	await connect(it);
	t.deepEqual(stored(it), ['old', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'z']);
});

test('what lies before a newest page of receipts goes behind what was delivered, though our clock is ahead', async t => {
	const it = await scene(t);
	it.server.archive.longestPage = 3;
	await idle(it);
	within(it, 0);
	const [late] = keep(it, {n: 'late', ago: 300_000});
	await deliver(it, {n: 'late'}, late);
	await leave(it);
	keep(it, ...lines(8, {ago: 200_000}));
	const receipt = `<received xmlns='urn:xmpp:receipts' id='other'/>`;
	keep(it, ...Array.from({length: 3}, () => ({n: '', ago: 100_000, extra: receipt})));
	await connect(it);
	t.deepEqual(stored(it), ['late', '1', '2', '3', '4', '5', '6', '7', '8']);
});

test('receipts in the moment in which a gap ends leave room for what the archive has of that moment behind them', async t => {
	const it = await scene(t);
	it.server.archive.longestPage = 3;
	it.server.archive.resolution = 1;
	await idle(it);
	await deliver(it, {n: 'old'}, keep(it, {n: 'old'})[0]);
	await leave(it);
	it.clock.advance(60_000);
	keep(it, ...numbers(3).map(n => ({n})));
	it.clock.advance(60_007);
	const receipt = `<received xmlns='urn:xmpp:receipts' id='other'/>`;
	keep(it, ...Array.from({length: 3}, () => ({n: '', extra: receipt})), ...numbers(6, 4).map(n => ({n})));
	await connect(it);
	t.deepEqual(stored(it), ['old', ...numbers(9)]);
});

test('what waited without the archive’s id is before all of its second that is read for the first time afterwards', async t => {
	const it = await offlineScene(t);
	it.server.archive.longestPage = 3;
	it.server.archive.refusal = busy;
	within(it, 0);
	keep(it, ...lines(12).map(line => ({...line, ago: 0})));
	it.clock.advance(900);
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'mine'});
	await connect(it);
	for (const n of [1, 2, 3, 4]) {
		await deliver(it, {n, extra: held(it)});
	}

	t.deepEqual(stored(it), ['mine', '1', '2', '3', '4']);
	await leave(it);
	it.server.archive.refusal = undefined;
	it.clock.advance(60_000);
	await connect(it);
	t.deepEqual(stored(it), ['mine', ...numbers(12)]);
});

test('what was written here long before does not pull the beginning of a newest page before what was read', async t => {
	const it = await scene(t);
	it.server.archive.longestPage = 3;
	await idle(it);
	within(it, 0);
	await deliver(it, {n: 'old'}, keep(it, {n: 'old'})[0]);
	await leave(it);
	it.clock.advance(1000);
	const {id} = await it.actions.sendMessage({account: juliet, to: romeo, body: 'mine'});
	it.clock.advance(300_000);
	keep(it, {n: 'read'});
	await connect(it);
	keep(it, ...lines(8, {ago: 100_000}), {n: 'mine', own: true, id});
	it.server.acknowledge();
	await leave(it);
	keep(it, {n: 9}, {n: 10});
	await connect(it);
	t.deepEqual(stored(it), ['old', 'mine', 'read', ...numbers(10)]);
});

for (const longestPage of [1, 2]) {
	test(`what was written here long before does not pull the past before what waited of it, in pages of ${longestPage}`, async t => {
		const it = await offlineScene(t);
		const {id} = await it.actions.sendMessage({account: juliet, to: romeo, body: 'mine'});
		it.clock.advance(10_000);
		keep(it, ...lines(3));
		it.server.archive.refusal = busy;
		await connect(it);
		// Without the archive's id.
		await deliver(it, {n: 1, extra: held(it, 2000)});
		it.clock.advance(2000);
		keep(it, {n: 'mine', own: true, id});
		it.server.acknowledge();
		await leave(it);
		it.clock.advance(4000);
		keep(it, ...lines(longestPage, {from: 4}).map(({n}) => ({n})));
		it.server.archive.refusal = undefined;
		it.server.archive.longestPage = longestPage;
		await connect(it);
		t.deepEqual(stored(it), ['mine', ...numbers(3 + longestPage)]);
	});
}
