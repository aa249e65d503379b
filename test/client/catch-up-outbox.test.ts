import test from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import {after, anchor, connect, deliver, idle, keep, leave, lines, stateOf, stored} from './archive-scene.js';
import {juliet, offlineScene, romeo, type Scene, settled} from './scene.js';

const send = (it: Scene, body: string) => it.actions.sendMessage({account: juliet, to: romeo, body});
const states = (it: Scene, key: number) =>
	it.saw.all('message.changed').flatMap(({change}) => (change.key === key ? (change.state ?? []) : []));
const messages = ({server}: Scene) => server.written.filter(text => text.includes('<body>'));
const unsettled = ({storage}: Scene) => storage.outbox.waiting(juliet).length;

/** What the server took of a message that was written: it is in the archive. */
function arrived(it: Scene, written: string): string {
	const message = written.replace('<message', `<message xmlns='jabber:client' from='${juliet}/r1'`);
	return it.server.archive.add({at: it.clock.now(), peer: romeo, message});
}

test('an uncertain message that is in the archive is acknowledged and not written again', async t => {
	const it = await after(t, lines(1));
	await connect(it);
	const {key} = await send(it, 'Did it?');
	const id = arrived(it, messages(it)[0] ?? '');
	it.server.drop();
	await connect(it);
	t.deepEqual(states(it, key), ['uncertain', 'acked']);
	t.like(it.storage.messages.get(key), {archiveId: id});
	t.deepEqual(messages(it), []);
	t.is(unsettled(it), 0);
	t.deepEqual(stored(it), ['1', 'Did it?']);
});

test('one that is not is written again once: the same stanza with the time at which it was composed', async t => {
	const it = await after(t, lines(1));
	await connect(it);
	const {key} = await send(it, 'Did it?');
	const [first = ''] = messages(it);
	const composed = new Date(it.clock.now()).toISOString().replace('.000Z', 'Z');
	it.server.drop();
	await connect(it);
	const delay = `<delay xmlns="urn:xmpp:delay" stamp="${composed}" from="${juliet}"/>`;
	t.deepEqual(messages(it), [first.replace('</message>', `${delay}</message>`)]);
	t.deepEqual(states(it, key), ['uncertain', 'written']);

	// Again in doubt, and again not there: still one and the same stanza.
	const [second] = messages(it);
	it.server.drop();
	await connect(it);
	t.deepEqual(messages(it), second === undefined ? [] : [second]);
	it.server.acknowledge();
	await settled();
	t.is(it.storage.messages.get(key)?.state, 'acked');
	await leave(it);
	await connect(it);
	t.deepEqual(messages(it), []);
});

test('what is written again goes out before what was composed later', async t => {
	const it = await after(t, lines(1));
	await connect(it);
	await send(it, 'one');
	it.server.drop();
	await send(it, 'two');
	await connect(it);
	t.deepEqual(
		messages(it).map(text => /<body>(.*)<\/body>/.exec(text)?.[1]),
		['one', 'two'],
	);
});

test('what an earlier process left in doubt is settled the same way', async t => {
	const it = await after(t, lines(1));
	await connect(it);
	const {key: there} = await send(it, 'there');
	arrived(it, messages(it)[0] ?? '');
	const {key: lost} = await send(it, 'lost');
	it.server.drop();
	const next = await offlineScene(t, it);
	next.server.archive.items.push(...it.server.archive.items);
	await next.start();
	await next.saw.until('account.changed', ({account}) => account.status === 'online');
	await idle(next);
	t.is(next.storage.messages.get(there)?.state, 'acked');
	t.is(next.storage.messages.get(lost)?.state, 'written');
	t.is(messages(next).length, 1);
});

test('while the archive has a gap in which it could be, an uncertain message waits', async t => {
	const it = await after(t, lines(1));
	await connect(it);
	const {key: there} = await send(it, 'there');
	arrived(it, messages(it)[0] ?? '');
	const {key: lost} = await send(it, 'lost');
	await leave(it);
	it.clock.advance(600_000);
	keep(it, ...lines(400, {from: 2}));
	let pages = 0;
	it.server.archive.onPage = () => {
		pages++;
		t.is(messages(it).length, 0, `page ${pages}`);
	};
	// It was found in the first page, the other one can only be missed when all is read.
	await connect(it);
	t.true(pages >= 5);
	t.is(it.storage.messages.get(there)?.state, 'acked');
	t.deepEqual(states(it, lost), ['uncertain', 'written']);
	t.is(messages(it).length, 1);
});

test('the past does not keep a message waiting that was written after the first login', async t => {
	const it = await offlineScene(t);
	keep(it, ...lines(500, {ago: 5000}));
	it.server.archive.onPage = ({before}) => {
		if (before !== undefined && before !== '') {
			it.server.archive.silent = true;
		}
	};
	await connect(it);
	const {key} = await send(it, 'lost');
	it.server.drop();
	it.server.archive.silent = false;
	await connect(it);
	t.is(stateOf(it)?.gaps.length, 1);
	t.deepEqual(states(it, key), ['uncertain', 'written']);
});

test('what the archive lost cannot tell: then a message stays uncertain', async t => {
	const it = await after(t, lines(1));
	await connect(it);
	const {key} = await send(it, 'Did it?');
	await leave(it);
	it.server.archive.items.splice(0);
	it.clock.advance(86_400_000);
	keep(it, {n: 2});
	await connect(it);
	t.is(it.storage.messages.get(key)?.state, 'uncertain');
	t.deepEqual(messages(it), []);
});

test('an archive that cannot be read, or whose order may change, proves nothing', async t => {
	for (const spoil of ['refusal', 'unstable'] as const) {
		const it = await after(t, lines(1));
		await connect(it);
		const {key} = await send(it, 'Did it?');
		it.server.drop();
		if (spoil === 'refusal') {
			it.server.archive.refusal =
				"<error type='cancel'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
		} else {
			it.server.archive.stable = false;
		}

		await connect(it);
		t.is(it.storage.messages.get(key)?.state, 'uncertain', spoil);
		t.deepEqual(messages(it), []);
	}
});

test('the anchor stays before what is not acknowledged yet, so that it is looked for where it could be', async t => {
	const it = await after(t, lines(1));
	await connect(it);
	const {key} = await send(it, 'Did it?');
	const mine = arrived(it, messages(it)[0] ?? '');
	const [answer] = keep(it, {n: 'answer'});
	await deliver(it, {n: 'answer'}, answer);
	t.is(anchor(it)?.id, 'a1');
	it.server.drop();
	await connect(it);
	t.like(it.storage.messages.get(key), {state: 'acked', archiveId: mine});
	t.deepEqual(messages(it), []);
	t.deepEqual(stored(it), ['1', 'Did it?', 'answer']);
	t.is(anchor(it)?.id, answer);
});

test('what was said of a message here stands where the archive has it, also within the second', async t => {
	const it = await after(t, lines(1));
	await connect(it);
	const target = it.storage.messages.page(bufferId(juliet, 'chat', romeo), {limit: 1})[0];
	await it.actions.react({account: juliet, key: target?.key ?? 0, emoji: ['👍']});
	const here = it.server.written.findLast(text => text.includes('urn:xmpp:reactions:0')) ?? '';
	arrived(it, here);
	const [id = ''] = /(?<= id=")[^"]+/.exec(here) ?? [];
	const there = here.replaceAll(id, 'phone1').replace('👍', '🎉');
	arrived(it, there);
	it.server.drop();
	await connect(it);
	t.deepEqual(
		it.storage.messages.get(target?.key ?? 0)?.reactions?.map(({emoji}) => emoji),
		[['🎉']],
	);
});
