import test, {type ExecutionContext} from 'ava';
import {type Archive, archive, type PageQuery} from '../../source/extensions/archive.js';
import type {BareJid} from '../../source/shared/jid.js';
import {notSupported} from '../client/fake-archive.js';
import type {FakeServer} from '../client/fake-server.js';
import {here, juliet, romeo} from '../client/scene.js';
import {type Attached, attached} from './attached.js';

const start = Date.UTC(2025, 11, 31);
const words = (text: string) =>
	`<message xmlns='jabber:client' from='${romeo}/x' to='${juliet}' type='chat'><body>${text}</body></message>`;

function fill({archive}: FakeServer, count: number): void {
	for (let n = 1; n <= count; n++) {
		archive.add({at: start + n * 1000, peer: romeo, message: words(`${n}`)});
	}
}

type Reader = Attached & {readonly page: (query?: Partial<PageQuery>) => ReturnType<Archive['page']>};

/** A session whose archive has `count` messages. The state of the login is left behind. */
async function reader(
	t: ExecutionContext,
	count: number,
	prepare: (server: FakeServer) => void = () => {},
): Promise<Reader> {
	const it = await attached(t, prepare);
	fill(it.server, count);
	return {...it, page: query => it.live.use(archive).page({max: 3, ...query})};
}

const ids = (page: Awaited<ReturnType<Archive['page']>>) => page.messages.map(({id}) => id);

test('a page is read forwards from an id, in order, with the time of each message', async t => {
	const it = await reader(t, 5);
	const page = await it.page({after: 'a1'});
	t.deepEqual(ids(page), ['a2', 'a3', 'a4']);
	t.like(page, {first: 'a2', last: 'a4', complete: false, stable: true});
	t.is(page.messages[0]?.at, start + 2000);
	t.true((await it.page({after: 'a4'})).complete);
});

test('pages are read backwards from the end, still in order', async t => {
	const it = await reader(t, 5);
	t.deepEqual(ids(await it.page({before: ''})), ['a3', 'a4', 'a5']);
	const page = await it.page({before: 'a3'});
	t.deepEqual(ids(page), ['a1', 'a2']);
	t.true(page.complete);
});

test('a question says with whom and when, as XEP-0004 and XEP-0082 write it', async t => {
	const it = await reader(t, 0);
	await it.page({with: romeo, start, end: start + 1500, after: 'x'}).catch(() => {});
	t.deepEqual(it.server.archive.queries.at(-1), {
		with: romeo,
		start: '2025-12-31T00:00:00Z',
		end: '2025-12-31T00:00:01.500Z',
		max: '3',
		after: 'x',
	});
});

test('a page with nothing in it is the last one, whatever it claims', async t => {
	const it = await reader(t, 0);
	it.server.answerWith('query', "<fin xmlns='urn:xmpp:mam:2' complete='false'/>");
	t.deepEqual(await it.page(), {messages: [], complete: true, stable: true});
});

test('an id that the archive does not know is a refusal of its own', async t => {
	const it = await reader(t, 1);
	t.like(await t.throwsAsync(it.page({after: 'gone'})), {condition: 'item-not-found'});
});

test('an answer that is none is an error', async t => {
	const it = await reader(t, 1);
	it.server.answerWith('query', "<query xmlns='urn:xmpp:mam:2'/>");
	t.like(await t.throwsAsync(it.page()), {code: 'malformed-answer'});
	it.server.answerWith('query', '');
	t.like(await t.throwsAsync(it.page()), {code: 'malformed-answer'});
});

test('copies of rooms are left out where the archive can, and asked for no more where it then refuses', async t => {
	const it = await reader(t, 2, server => {
		server.accountFeatures = ['urn:xmpp:mam:2', 'urn:xmpp:mam:2#groupchat-field'];
		server.archive.unknownFields = ['include-groupchat'];
	});
	it.server.archive.unknownFields = [];
	await it.page();
	t.is(it.server.archive.queries.at(-1)?.['include-groupchat'], undefined, 'refused at the login');

	const other = await reader(t, 2, server => {
		server.accountFeatures = ['urn:xmpp:mam:2', 'urn:xmpp:mam:2#groupchat-field'];
	});
	await other.page();
	t.is(other.server.archive.queries.at(-1)?.['include-groupchat'], 'false');
	other.server.archive.unknownFields = ['include-groupchat'];
	t.deepEqual(ids(await other.page()), ['a1', 'a2']);
	other.server.archive.refusal = notSupported;
	t.like(await t.throwsAsync(other.page()), {condition: 'feature-not-implemented'});
});

test('the oldest message is found by metadata or, where there is none, by asking for it', async t => {
	for (const features of [['urn:xmpp:mam:2'], ['urn:xmpp:mam:2', 'urn:xmpp:mam:2#extended']]) {
		const it = await reader(t, 0, server => {
			server.accountFeatures = features;
		});
		t.is(await it.live.use(archive).oldest(), undefined);
		fill(it.server, 3);
		t.deepEqual(await it.live.use(archive).oldest(), {id: 'a1', at: start + 1000});
		t.is(
			it.server.asked.some(text => text.includes('<metadata')),
			features.length === 2,
		);
	}
});

test('an account without the feature has no archive', async t => {
	const it = await reader(t, 0, server => {
		server.accountFeatures = ['urn:xmpp:sid:0'];
	});
	t.false(it.live.use(archive).isAvailable());
	t.deepEqual(it.server.archive.queries, []);
});

// --- origin (protocol rows 6 to 8)

const room = 'lounge@rooms.example.org' as BareJid;
const forgeries: Readonly<Record<string, (result: string) => string>> = {
	'by a contact': result => result.replace('<message', `<message from='${romeo}'`),
	'by the own full JID': result => result.replace('<message', `<message from='${here}'`),
	'by the server': result => result.replace('<message', "<message from='example.org'"),
	'by a room that was not asked': result => result.replace('<message', `<message from='${room}'`),
	'to another question': result => result.replace(/queryid='[^']*'/, "queryid='other'"),
	'to no question': result => result.replace(/queryid='[^']*'/, ''),
	'without an id': result => result.replace(/ id='[^']*'/, ''),
	'without a message': result => result.replace(/<message xmlns.*<\/message>(?=<\/forwarded>)/, ''),
};

for (const [what, forge] of Object.entries(forgeries)) {
	test(`a result ${what} is dropped`, async t => {
		const it = await reader(t, 2);
		it.server.archive.tamper = ([first = '', ...others]) => [forge(first), ...others];
		t.deepEqual(ids(await it.page()), ['a2']);
		t.is(it.saw.all('message.recorded').length, 0);
	});
}

test('the own bare JID may sign its results', async t => {
	const it = await reader(t, 2);
	it.server.archive.tamper = results => results.map(text => text.replace('<message', `<message from='${juliet}'`));
	t.deepEqual(ids(await it.page()), ['a1', 'a2']);
});

test('a room’s archive is asked at the room, and speaks only as the room', async t => {
	const it = await reader(t, 3);
	it.server.archive.tamper = ([own = '', ...others]) => [
		own,
		...others.map(text => text.replace('<message', `<message from='${room}'`)),
	];
	t.deepEqual(ids(await it.page({archive: room})), ['a2', 'a3']);
	t.true(it.server.asked.at(-1)?.includes(`to="${room}"`));
});

test('results that nobody asked for are no messages', async t => {
	const it = await reader(t, 0);
	await it.server.bring(
		`<message to='${here}'><result xmlns='urn:xmpp:mam:2' queryid='x' id='1'><forwarded xmlns='urn:xmpp:forward:0'>
			${words('forged')}</forwarded></result><body>also forged</body></message>`,
	);
	t.deepEqual(it.saw.all('message.recorded'), []);
});

test('more results than were asked for are not kept', async t => {
	const it = await reader(t, 2);
	it.server.archive.tamper = results => [...results, ...results, ...results];
	t.is((await it.page()).messages.length, 3);
});

test('an answer by somebody else does not end the page', async t => {
	const it = await reader(t, 1);
	const release = it.server.hold();
	const page = it.page();
	const id = /id="([^"]*)"/.exec(it.server.asked.at(-1) ?? '')?.[1];
	await it.server.bring(
		`<iq type='result' id='${id}' from='${romeo}'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>`,
	);
	release();
	t.deepEqual(ids(await page), ['a1']);
});
