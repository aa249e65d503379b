/** Whose word counts for when and where a message was (`protocol.md` §3.7 and §3.8), beyond `catch-up-order.test.ts`. */
import test from 'ava';
import {after, connect, keep, lines, numbers, stanzaOf, stateOf, stored} from './archive-scene.js';
import {here, juliet, offlineScene, romeo, type Scene, scene, withRomeo} from './scene.js';

const minute = 60_000;
const delayed = (at: number, from = 'example.org') =>
	`<delay xmlns='urn:xmpp:delay' from='${from}' stamp='${new Date(at).toISOString()}'/>`;
const fromRomeo = (text: string, extra = '', id = `m${text}`) =>
	`<message xmlns='jabber:client' from='${romeo}/orchard' to='${here}' type='chat' id='${id}'><body>${text}</body>${extra}</message>`;
const messages = (it: Scene) => it.storage.messages.page(withRomeo, {limit: 100});

test('what waited at a server without an archive lies where its server got it, in the order in which it comes', async t => {
	const it = await offlineScene(t);
	it.server.accountFeatures = [];
	await it.actions.connect({account: juliet});
	const now = it.clock.now();
	await it.server.bring(
		fromRomeo('1', delayed(now - 10 * minute)),
		fromRomeo('2', delayed(now - 10 * minute)),
		fromRomeo('3', delayed(now - 5 * minute)),
		fromRomeo('4'),
	);
	t.deepEqual(stored(it), numbers(4));
	t.deepEqual(
		messages(it).map(({receivedAt}) => now - receivedAt),
		[10 * minute, 10 * minute, 5 * minute, 0],
	);
});

test('what waited at the server and is not in the archive lies behind what was read there, in the order of receipt', async t => {
	const it = await offlineScene(t);
	keep(it, {n: 1, ago: 10 * minute}, {n: 3, ago: 2 * minute});
	await connect(it);
	const now = it.clock.now();
	await it.server.bring(fromRomeo('4', delayed(now - 5 * minute)), fromRomeo('2', delayed(now - 4 * minute)));
	t.deepEqual(stored(it), ['1', '3', '4', '2']);
});

test('of several times that the own server gives the latest counts, and nobody else speaks for it', async t => {
	const it = await scene(t);
	const now = it.clock.now();
	await it.server.bring(
		fromRomeo('1', delayed(now - 9 * minute) + delayed(now - 8 * minute)),
		fromRomeo('2', delayed(now - 7 * minute, romeo)),
		fromRomeo('3', delayed(now - 7 * minute, 'example.net') + delayed(now - 6 * minute)),
	);
	t.deepEqual(
		messages(it).map(({body, receivedAt, sentAt}) => [body, receivedAt - now, sentAt === undefined ? 0 : sentAt - now]),
		[
			['1', -8 * minute, 0],
			['3', -6 * minute, -7 * minute],
			['2', 0, -7 * minute],
		],
	);
});

test('a time more than five minutes ahead of ours is none: such a message took no detour', async t => {
	const it = await scene(t);
	const now = it.clock.now();
	const twice = async (text: string, ahead: number) =>
		it.server.bring(fromRomeo(text), fromRomeo(text, delayed(now + ahead, romeo)));
	await twice('1', 4 * minute);
	await twice('2', 6 * minute);
	t.deepEqual(stored(it), ['1', '2', '2']);
	t.deepEqual(
		messages(it).map(({receivedAt, sentAt}) => [receivedAt, sentAt]),
		[
			[now, undefined],
			[now, undefined],
			[now, undefined],
		],
	);
});

test('the archive says when it got a message, whatever is written inside of it', async t => {
	const it = await after(t, lines(1));
	const now = it.clock.now();
	it.server.archive.add({
		at: now - 4 * minute,
		peer: romeo,
		message: stanzaOf({n: 2, extra: delayed(now - minute) + delayed(now - 9 * minute, romeo)}),
	});
	await connect(it);
	t.like(messages(it).at(-1), {body: '2', receivedAt: now - 4 * minute, sentAt: now - 9 * minute});
});

test('an archive that answers with where it was asked from, and calls that no end, is not asked for ever', async t => {
	const it = await after(t, lines(2));
	const {archive} = it.server;
	const {answer} = archive;
	archive.stable = false;
	archive.answer = (query, own) => {
		const page = answer(query, own);
		return (
			page && {
				...page,
				answer: page.answer
					.replace("complete='true'", "complete='false'")
					.replace('<count>0</count>', '<first>a2</first><last>a2</last>'),
			}
		);
	};
	await connect(it);
	t.true(archive.queries.length < 10);
	t.is(stateOf(it)?.head?.id, 'a2');
});
