/** Reading an archive backwards for the person who scrolls (`protocol.md` §3.7): what is asked, and what comes of it. */
import test, {type ExecutionContext} from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import {dateTime} from '../../source/xmpp/scalars.js';
import {after, anchor, asked, connect, keep, lines, numbers, stored} from './archive-scene.js';
import {juliet, offlineScene, romeo, type Scene, withRomeo} from './scene.js';

const nurse = 'nurse@example.org' as BareJid;
const unavailable = "<error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";

/** After the first login, of an archive that answers questions about one conversation and does not let itself be read. */
async function scrolling(t: ExecutionContext): Promise<Scene> {
	const it = await offlineScene(t);
	keep(it, ...lines(60, {ago: 400_000}), ...lines(150, {peer: nurse, ago: 100_000}));
	it.server.archive.onPage = ({with: peer, before}) => {
		it.server.archive.refusal = peer === undefined && before !== '' ? unavailable : undefined;
	};
	await connect(it);
	await it.actions.openBuffer({account: juliet, jid: romeo});
	return it;
}

async function scroll(it: Scene, limit = 20) {
	const [oldest] = it.storage.messages.page(withRomeo, {limit: 10_000});
	await it.actions.loadHistory({
		buffer: withRomeo,
		limit,
		...(oldest === undefined ? {} : {before: oldest.key}),
	});
}

test('a conversation is asked for alone, from the oldest that is stored of it', async t => {
	const it = await scrolling(t);
	const before = asked(it).length;
	const ofNurse = it.storage.messages.page(bufferId(juliet, 'chat', nurse), {limit: 1000}).length;
	await scroll(it);
	t.deepEqual(stored(it), numbers(21, 40));
	await scroll(it);
	t.deepEqual(stored(it), numbers(42, 19));
	t.deepEqual(asked(it, before), [
		{with: romeo, before: ''},
		{with: romeo, before: 'a40'},
	]);
	t.is(it.storage.messages.page(bufferId(juliet, 'chat', nurse), {limit: 1000}).length, ofNurse);
});

test('where the archive no longer knows the oldest one, what is older than its time is asked for', async t => {
	const it = await scrolling(t);
	await scroll(it);
	const items = it.server.archive.items;
	items.splice(
		items.findIndex(({id}) => id === 'a40'),
		1,
	);
	const before = asked(it).length;
	const [oldest] = it.storage.messages.page(withRomeo, {limit: 100});
	await scroll(it);
	t.deepEqual(asked(it, before), [
		{with: romeo, before: 'a40'},
		{with: romeo, before: '', end: dateTime.format(oldest?.receivedAt ?? 0)},
	]);
	t.deepEqual(stored(it), numbers(42, 19));
});

test('a conversation that was read to its beginning is not asked for again', async t => {
	const it = await scrolling(t);
	await scroll(it, 60);
	t.deepEqual(stored(it), numbers(60));
	const before = asked(it).length;
	await scroll(it);
	t.deepEqual(asked(it, before), []);
});

test('where the archive refuses, what is stored stays, and nothing is called complete', async t => {
	const it = await scrolling(t);
	await scroll(it);
	it.server.archive.onPage = () => {
		it.server.archive.refusal = unavailable;
	};
	await t.notThrowsAsync(scroll(it));
	t.deepEqual(stored(it), numbers(21, 40));
	t.like(it.saw.all('history.loaded').at(-1), {messages: [], complete: false});
});

test('what is older than the part of a conversation that came with the newest page is asked for from there', async t => {
	const it = await offlineScene(t);
	keep(it, ...lines(30, {ago: 400_000}), ...lines(150, {peer: nurse, ago: 100_000}), ...lines(10, {from: 31}));
	it.server.archive.onPage = ({with: peer, before}) => {
		it.server.archive.refusal = peer === undefined && before !== '' ? unavailable : undefined;
	};
	await connect(it);
	t.deepEqual(stored(it), numbers(10, 31));
	const before = asked(it).length;
	await scroll(it, 30);
	t.deepEqual(asked(it, before), [{with: romeo, before: 'a181'}]);
	t.deepEqual(stored(it), numbers(40));
});

test('an anchor that the archive forgot is looked for from ten minutes before it on, for clocks differ', async t => {
	const it = await after(t, lines(3));
	const at = anchor(it)?.at ?? 0;
	it.server.archive.items.pop();
	keep(it, ...lines(2, {from: 4}));
	const before = asked(it).length;
	await connect(it);
	// The one in between asks for the oldest that is left.
	t.deepEqual(asked(it, before).slice(0, 3), [{after: 'a3'}, {}, {start: dateTime.format(at - 10 * 60_000)}]);
	t.deepEqual(stored(it), numbers(5));
});

test('an archive that has given all its messages new ids makes nothing come twice', async t => {
	const it = await after(t, [...lines(3), {n: 4, own: true}, {n: 'letter', type: 'normal'}]);
	const items = it.server.archive.items;
	items.splice(0, items.length, ...items.map(item => ({...item, id: `b${item.id}`})));
	keep(it, {n: 6});
	await connect(it);
	t.deepEqual(stored(it), [...numbers(4), 'letter', '6']);
	t.is(it.storage.messages.byArchiveId(juliet, juliet, 'ba1')?.body, '1');
	t.is(anchor(it)?.id, 'a6');
});
