import test from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import {
	after,
	anchor,
	asked,
	connect,
	deliver,
	idle,
	keep,
	leave,
	lines,
	numbers,
	stanzaId,
	stanzaOf,
	stateOf,
	stored,
} from './archive-scene.js';
import {juliet, offlineScene, romeo, type Scene, settled, withRomeo} from './scene.js';

const shown = ({saw}: Scene) => saw.all('message.recorded').map(({message}) => message.body);
const receipts = ({server}: Scene) => server.written.filter(text => text.includes('urn:xmpp:receipts'));
const warnings = ({saw}: Scene) => saw.all('notice').filter(({level}) => level !== 'info');

// --- the first login

test('at the first login the newest page is shown, and the rest is fetched to the beginning', async t => {
	const it = await offlineScene(t);
	keep(it, ...lines(250));
	await connect(it);
	t.deepEqual(stored(it), numbers(250));
	t.deepEqual(asked(it), [{before: ''}, {before: 'a151'}, {before: 'a51'}]);
	t.like(stateOf(it), {head: {id: 'a250'}, gaps: []});
	t.is(anchor(it)?.id, 'a250');
});

test('what the archive held before the first login is history, not news', async t => {
	const it = await offlineScene(t);
	const stranger = 'mercutio@example.net' as BareJid;
	keep(it, {n: 'long ago', peer: stranger, ago: 500_000}, ...lines(120));
	await connect(it);
	t.is((await it.actions.snapshot({})).buffers.find(({id}) => id === withRomeo)?.unread, 0);
	t.true(it.saw.all('message.recorded').every(({past}) => past));
	t.deepEqual(
		it.saw.all('buffer.opened').map(({buffer}) => buffer.jid),
		[romeo],
	);
	// A conversation of long ago is there when it is opened, and read.
	t.like(await it.actions.openBuffer({account: juliet, jid: stranger}), {unread: 0});
	t.is(it.storage.messages.page(bufferId(juliet, 'chat', stranger), {limit: 5}).length, 1);
});

test('what waits at the server at the first login is news and is answered with a receipt', async t => {
	const it = await offlineScene(t);
	const request = "<request xmlns='urn:xmpp:receipts'/>";
	keep(it, ...lines(3, {ago: 10_000}), {n: 4, extra: request});
	const delay = `<delay xmlns='urn:xmpp:delay' from='example.org' stamp='${new Date(it.clock.now()).toISOString()}'/>`;
	it.server.archive.onPage = () => {
		it.server.archive.onPage = () => {};
		void it.server.bring(stanzaOf({n: 4, extra: request + delay + stanzaId('a4')}));
	};
	await connect(it);
	t.deepEqual(stored(it), numbers(4));
	t.is((await it.actions.snapshot({})).buffers[0]?.unread, 1);
	t.is(receipts(it).length, 1);
});

test('an archive that was empty at the first login holds nothing but news afterwards', async t => {
	const it = await after(t, []);
	t.deepEqual(stateOf(it), {gaps: []});
	keep(it, ...lines(3));
	await connect(it);
	t.deepEqual(stored(it), numbers(3));
	t.is((await it.actions.snapshot({})).buffers[0]?.unread, 3);
});

// --- a later login

test('what came meanwhile is there before presence is told, is news, and what comes in between is asked for after it', async t => {
	const it = await after(t, lines(5));
	keep(it, ...lines(3, {from: 6}));
	const pages: string[] = [];
	it.server.archive.onPage = ({after = ''}) => {
		pages.push(`${after} ${it.server.written.length}`);
		if (pages.length === 1) {
			return;
		}

		it.server.archive.onPage = () => {};
		keep(it, {n: 9});
	};
	await connect(it);
	t.deepEqual(pages, ['a5 0', 'a8 1']);
	t.deepEqual(stored(it), numbers(9));
	t.is((await it.actions.snapshot({})).buffers[0]?.unread, 4);
	t.like(it.saw.all('message.recorded').at(-1), {message: {via: 'archive', archiveId: 'a9'}});
	t.is(it.saw.all('message.recorded').at(-1)?.past, undefined);
	t.is(anchor(it)?.id, 'a9');
});

test('after a long absence the newest is shown first, and the gap is filled from where it began', async t => {
	const it = await after(t, lines(5));
	keep(it, ...lines(450, {from: 6}));
	const from = it.server.archive.queries.length;
	await it.actions.connect({account: juliet});
	t.deepEqual(asked(it, from).slice(0, 3), [{after: 'a5'}, {before: ''}, {after: 'a455'}]);
	const gap = it.saw.all('archive.changed').find(({gaps}) => gaps.length > 0);
	t.like(gap, {account: juliet, loading: true});
	t.is(gap?.gaps[0]?.before, it.clock.now() - 99_000);
	await idle(it);
	t.deepEqual(asked(it, from).slice(3), [{after: 'a105'}, {after: 'a205'}, {after: 'a305'}]);
	t.deepEqual(stored(it), numbers(455));
	t.is((await it.actions.snapshot({})).buffers[0]?.unread, 450);
	t.deepEqual(it.saw.all('archive.changed').at(-1), {
		type: 'archive.changed',
		account: juliet,
		loading: false,
		gaps: [],
	});
	t.is(anchor(it)?.id, 'a455');
});

test('two pages that touch leave no gap', async t => {
	const it = await after(t, lines(1));
	keep(it, ...lines(150, {from: 2}));
	await connect(it);
	t.deepEqual(stored(it), numbers(151));
	t.false(it.saw.all('archive.changed').some(({gaps}) => gaps.length > 0));
});

test('the anchor never passes what is not saved, and what was cut short goes on at the next login', async t => {
	const it = await after(t, lines(5));
	keep(it, ...lines(700, {from: 6}));
	let pages = 0;
	it.server.archive.onPage = () => {
		const saved = new Set(stored(it));
		const reached = Number(anchor(it)?.id.slice(1));
		t.true(
			numbers(reached).every(n => saved.has(n)),
			`all up to ${reached}`,
		);
		pages++;
		if (pages === 5 || pages === 8) {
			it.server.drop();
		}
	};
	for (let login = 0; login < 3; login++) {
		await it.actions.connect({account: juliet}).catch(() => {});
		await idle(it);
		keep(it, {n: 706 + login});
	}

	await leave(it);
	await connect(it);
	t.deepEqual(stored(it), numbers(708));
	t.deepEqual(stateOf(it)?.gaps, []);
	t.is(new Set(shown(it)).size, shown(it).length);
});

test('a backfill of the past that was cut short goes on at the next login', async t => {
	const it = await offlineScene(t);
	keep(it, ...lines(350));
	it.server.archive.onPage = ({before}) => {
		if (before === 'a151') {
			it.server.drop();
		}
	};
	await connect(it);
	t.deepEqual(stored(it), numbers(200, 151));
	t.like(stateOf(it), {head: {id: 'a350'}, gaps: [{before: {id: 'a151'}, permanent: false}]});
	it.server.archive.onPage = () => {};
	await connect(it);
	t.deepEqual(stored(it), numbers(350));
});

// --- live messages meanwhile

test('what comes live during catch-up is shown at once and moves nothing until the archive was read up to it', async t => {
	const it = await after(t, lines(2));
	const [, live] = keep(it, {n: 3}, {n: 4});
	let release = () => {};
	it.server.archive.onPage = () => {
		release = it.server.hold();
	};
	const connecting = it.actions.connect({account: juliet});
	await settled();
	await deliver(it, {n: 4}, live);
	t.deepEqual(stored(it), ['1', '2', '4']);
	t.is(anchor(it)?.id, 'a2');
	it.server.archive.onPage = () => {};
	release();
	await connecting;
	t.deepEqual(stored(it), numbers(4));
	t.is(anchor(it)?.id, 'a4');
});

test('once caught up, what comes live moves the anchor in its own transaction; what took a detour does not', async t => {
	const it = await after(t, lines(2));
	await connect(it);
	await deliver(it, {n: 3}, 'a3');
	t.is(anchor(it)?.id, 'a3');
	const delay = "<delay xmlns='urn:xmpp:delay' from='example.org' stamp='2025-12-31T10:00:00Z'/>";
	await deliver(it, {n: 'late', extra: delay}, 'a0');
	t.is(anchor(it)?.id, 'a3');
	await deliver(it, {n: 5});
	t.is(anchor(it)?.id, 'a3', 'without an id there is no place in the archive');
});

test('what is not caught up with does not move the anchor', async t => {
	const it = await after(t, lines(2));
	it.server.archive.refusal =
		"<error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
	await connect(it);
	await deliver(it, {n: 4}, 'a4');
	t.is(anchor(it)?.id, 'a2');
	it.server.archive.refusal = undefined;
	keep(it, {n: 3}, {n: 4});
	it.clock.advance(30_000);
	await idle(it);
	t.deepEqual(stored(it), numbers(4));
	t.is(anchor(it)?.id, 'a4');
});

// --- archives that deviate

test('an anchor that the archive forgot is looked for by time, and what is known is not taken twice', async t => {
	const it = await after(t, lines(20));
	it.server.archive.items.splice(0, it.server.archive.items.length);
	// Ids are given anew for the newest ones; the old ones are gone.
	for (const [index, line] of lines(5, {from: 18, ago: 3_598_000}).entries()) {
		it.server.archive.add({
			id: `a${18 + index}`,
			at: it.clock.now() - (line.ago ?? 0),
			peer: romeo,
			message: stanzaOf(line),
		});
	}

	it.server.archive.items.splice(2, 1);
	keep(it, {n: 23});
	const from = it.server.archive.queries.length;
	await connect(it);
	t.deepEqual(
		asked(it, from).flatMap(query => Object.keys(query)),
		['after', 'start', 'after'],
	);
	t.deepEqual(stored(it), [...numbers(20), '21', '22', '23']);
	t.deepEqual(stateOf(it)?.gaps, []);
});

test('what the archive itself lost is a gap for good, and is told of as one', async t => {
	const it = await after(t, lines(3));
	it.server.archive.items.splice(0, 3);
	it.clock.advance(86_400_000);
	keep(it, ...lines(2, {from: 50}));
	await connect(it);
	t.deepEqual(stored(it), [...numbers(3), '50', '51']);
	t.like(stateOf(it)?.gaps, [{after: {id: 'a3'}, permanent: true}]);
	t.like(it.saw.all('archive.changed').at(-1), {loading: false, gaps: [{permanent: true}]});
	t.is(anchor(it)?.id, 'a5');
});

test('pages whose order may change are shown, and asked for again at the next login', async t => {
	const it = await after(t, lines(2));
	it.server.archive.stable = false;
	keep(it, ...lines(250, {from: 3}));
	await connect(it);
	t.deepEqual(stored(it), numbers(252));
	await deliver(it, {n: 253}, 'a253');
	t.is(anchor(it)?.id, 'a2');
	await leave(it);
	it.server.archive.stable = true;
	keep(it, {n: 253});
	await connect(it);
	t.deepEqual(stored(it), numbers(253));
	t.is(anchor(it)?.id, 'a253');
});

test('a server without an archive is asked nothing, and what waited there is shown once', async t => {
	const it = await offlineScene(t);
	it.server.accountFeatures = [];
	await connect(it);
	const delay = "<delay xmlns='urn:xmpp:delay' from='example.org' stamp='2025-12-31T10:00:00Z'/>";
	await deliver(it, {n: 1, extra: delay});
	await deliver(it, {n: 1, extra: delay});
	t.deepEqual(stored(it), ['1']);
	t.deepEqual(it.server.archive.queries, []);
	t.is(stateOf(it), undefined);
});

test('an archive that refuses keeps nobody offline; it is told once and tried again a few times', async t => {
	const it = await offlineScene(t);
	keep(it, ...lines(2));
	it.server.archive.refusal =
		"<error type='cancel'><internal-server-error xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
	await connect(it);
	t.is(it.saw.all('account.changed').at(-1)?.account.status, 'online');
	t.deepEqual(
		warnings(it).map(({text}) => text.replace(/:.*/, '')),
		['The archive of juliet@example.org could not be read'],
	);
	for (let attempt = 0; attempt < 10; attempt++) {
		it.clock.advance(3_600_000);
		await settled();
	}

	t.is(it.server.archive.queries.length, 7);
	t.is(warnings(it).length, 1);
});

test('an archive that does not answer delays presence and the outbox for ten seconds each, no more', async t => {
	const it = await after(t, lines(2));
	await it.actions.sendMessage({account: juliet, to: romeo, body: 'Hello'});
	it.server.archive.silent = true;
	const connecting = it.actions.connect({account: juliet});
	await settled();
	t.deepEqual(it.server.written, []);
	it.clock.advance(10_000);
	await settled();
	t.is(it.server.written.length, 1);
	it.clock.advance(10_000);
	await connecting;
	t.is(it.server.written.length, 2);
});

test('a page that leads nowhere ends the search', async t => {
	const it = await offlineScene(t);
	keep(it, ...lines(150));
	it.server.archive.onPage = ({before}) => {
		if (before === 'a51') {
			// The beginning has gone since.
			it.server.archive.items.splice(0, 60);
		}
	};
	await connect(it);
	t.deepEqual(stored(it), numbers(100, 51));
	t.deepEqual(stateOf(it)?.gaps, []);
});

// --- once and only once (protocol §3.5)

test('what is both in the archive and in the offline storage is shown once, and its sender gets one receipt', async t => {
	const it = await after(t, lines(1));
	const request = "<request xmlns='urn:xmpp:receipts'/>";
	keep(it, {n: 2, extra: request});
	await connect(it);
	t.is(receipts(it).length, 1);
	const delay = `<delay xmlns='urn:xmpp:delay' from='example.org' stamp='${new Date(it.clock.now()).toISOString()}'/>`;
	await deliver(it, {n: 2, extra: request + delay}, 'a2');
	t.deepEqual(stored(it), numbers(2));
	t.is(receipts(it).length, 1);
});

test('what came while nobody was here is answered with a receipt, unless another device did', async t => {
	const it = await after(t, lines(1));
	const request = "<request xmlns='urn:xmpp:receipts'/>";
	keep(
		it,
		{n: 2, extra: request},
		{n: 3, extra: request},
		{n: 4},
		{n: 5, peer: 'stranger@example.net', extra: request},
	);
	it.server.archive.add({
		at: it.clock.now(),
		peer: romeo,
		message: `<message xmlns='jabber:client' from='${juliet}/phone' to='${romeo}/orchard'>
			<received xmlns='urn:xmpp:receipts' id='m2'/></message>`,
	});
	await connect(it);
	t.deepEqual(
		receipts(it).map(text => /to="([^"]*)".* id="([^"]*)"\/>/.exec(text)?.slice(1)),
		[[`${romeo}/orchard`, 'm3']],
	);
	it.server.acknowledge();
	await leave(it);
	await connect(it);
	t.deepEqual(receipts(it), []);
});

test('a copy without the archive’s id is recognised by its author, id and words, in either order', async t => {
	const it = await after(t, lines(1));
	keep(it, {n: 2});
	await connect(it);
	await deliver(it, {n: 2});
	await deliver(it, {n: 3});
	await leave(it);
	keep(it, {n: 3}, {n: 'other words', id: 'm3'});
	await connect(it);
	t.deepEqual(stored(it), [...numbers(3), 'other words']);
	t.is(it.storage.messages.byArchiveId(juliet, juliet, 'a3')?.body, '3');
	t.true(it.saw.all('message.changed').some(({change}) => change.archiveId === 'a3'));
});

test('what another device of the account sent is outgoing, and says that what came before was read', async t => {
	const it = await after(t, lines(1));
	keep(it, {n: 2}, {n: 3, own: true}, {n: 4});
	await connect(it);
	t.like(it.storage.messages.byArchiveId(juliet, juliet, 'a3'), {
		direction: 'outgoing',
		state: 'acked',
		via: 'archive',
	});
	t.is((await it.actions.snapshot({})).buffers[0]?.unread, 1);
});

test('a carbon and the archive are one message', async t => {
	const it = await after(t, lines(1));
	await connect(it);
	const [id = ''] = keep(it, {n: 2, own: true});
	const inner = stanzaOf({n: 2, own: true, extra: stanzaId(id)});
	await it.server.bring(
		`<message from='${juliet}' to='${juliet}'><sent xmlns='urn:xmpp:carbons:2'>
			<forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded></sent></message>`,
	);
	t.is(anchor(it)?.id, id);
	await leave(it);
	await connect(it);
	t.deepEqual(stored(it), numbers(2));
});

test('copies of rooms, wrappers inside of results and what is about others are left out; receipts count', async t => {
	const it = await after(t, lines(1));
	const {key, id} = await it.actions.sendMessage({account: juliet, to: romeo, body: 'mine'});
	await connect(it);
	it.server.acknowledge();
	await settled();
	await leave(it);
	const add = (message: string) => it.server.archive.add({at: it.clock.now(), peer: romeo, message});
	keep(it, {n: 'in a room', type: 'groupchat', peer: 'room@rooms.example.net'});
	add(`<message xmlns='jabber:client' from='${juliet}' to='${juliet}'><received xmlns='urn:xmpp:carbons:2'>
		<forwarded xmlns='urn:xmpp:forward:0'>${stanzaOf({n: 'nested'})}</forwarded></received><body>x</body></message>`);
	add(`<message xmlns='jabber:client' from='${romeo}' to='${juliet}'><result xmlns='urn:xmpp:mam:2' id='1'>
		<forwarded xmlns='urn:xmpp:forward:0'>${stanzaOf({n: 'nested'})}</forwarded></result><body>x</body></message>`);
	add(`<message xmlns='jabber:client' from='${romeo}' to='nurse@example.org'><body>of others</body></message>`);
	add(
		`<message xmlns='jabber:client' from='${romeo}/x' to='${juliet}'><received xmlns='urn:xmpp:receipts' id='${id}'/></message>`,
	);
	await connect(it);
	t.deepEqual(stored(it), ['1', 'mine']);
	t.is(it.storage.messages.get(key)?.state, 'delivered');
	t.is(anchor(it)?.id, it.server.archive.items.at(-1)?.id);
});

// --- order (protocol §3.8)

test('messages of one second keep the archive’s order, whichever way and in whatever pieces they come', async t => {
	const it = await offlineScene(t);
	keep(it, ...lines(230).map(line => ({...line, ago: 0})));
	await connect(it);
	t.deepEqual(stored(it), numbers(230));
	await deliver(it, {n: 231}, keep(it, {n: 231})[0]);
	await leave(it);
	keep(it, ...lines(330, {from: 232}).map(line => ({...line, ago: 0})));
	await connect(it);
	t.deepEqual(stored(it), numbers(561));
});

test('our clock being wrong does not change the order', async t => {
	const it = await after(t, lines(2));
	await connect(it);
	// By the server's clock it is half an hour earlier than by ours.
	const [id] = keep(it, {n: 3, ago: 1_800_000});
	await deliver(it, {n: 3}, id);
	await leave(it);
	keep(it, ...lines(150, {from: 4, ago: 1_500_000}));
	await connect(it);
	t.deepEqual(stored(it), numbers(153));
});

// --- paging back

test('older messages of a conversation are fetched when the person asks for them', async t => {
	const it = await offlineScene(t);
	const tybalt = 'tybalt@example.net';
	keep(it, ...lines(60, {ago: 200_000}), ...lines(150, {peer: tybalt}));
	let release = () => {};
	it.server.archive.onPage = ({before}) => {
		if (before === 'a111') {
			release = it.server.hold();
		}
	};
	const connecting = it.actions.connect({account: juliet});
	await settled();
	await connecting;
	await it.actions.openBuffer({account: juliet, jid: romeo});
	release();
	it.server.archive.onPage = () => {};
	await it.actions.loadHistory({buffer: withRomeo, limit: 20});
	const page = it.saw.all('history.loaded').at(-1);
	t.true((page?.messages.length ?? 0) === 20);
	t.deepEqual(
		page?.messages.map(({body}) => body),
		numbers(20, 41),
	);
	t.false(page?.complete);
	await idle(it);
	await it.actions.loadHistory({buffer: withRomeo, limit: 100});
	t.deepEqual(
		it.saw
			.all('history.loaded')
			.at(-1)
			?.messages.map(({body}) => body),
		numbers(60),
	);
	t.true(it.saw.all('history.loaded').at(-1)?.complete);
});

test('nothing is called complete while the archive may have more, also offline', async t => {
	const it = await offlineScene(t);
	keep(it, ...lines(150));
	it.server.archive.onPage = ({before}) => {
		if (before === 'a51') {
			it.server.drop();
		}
	};
	await it.actions.connect({account: juliet}).catch(() => {});
	await leave(it);
	await it.actions.loadHistory({buffer: withRomeo, limit: 200});
	t.like(it.saw.all('history.loaded').at(-1), {complete: false});
	it.server.archive.onPage = () => {};
	await connect(it);
	await it.actions.loadHistory({buffer: withRomeo, limit: 200});
	t.like(it.saw.all('history.loaded').at(-1), {complete: true});
});

// --- what the binding told of the archive (XEP-0386)

test('an archive that lags behind what it said at the binding is asked again before all is called known', async t => {
	const it = await after(t, lines(3));
	it.server.features = {...it.server.features, archiveEnd: 'late'};
	keep(it, {n: 4});
	await connect(it);
	const before = it.server.archive.queries.length;
	await deliver(it, {n: 6}, 'live');
	t.is(stateOf(it)?.head?.id, 'a4', 'what comes live is not next in the order yet');
	it.server.archive.items.splice(4, 0, {id: 'late', at: it.clock.now(), peer: romeo, message: stanzaOf({n: 5})});
	it.clock.advance(1000);
	await idle(it);
	t.deepEqual(asked(it, before), [{after: 'a4'}]);
	t.deepEqual(stored(it), numbers(6));
	t.is(stateOf(it)?.head?.id, 'live');
});

test('what the binding told and the archive never shows is not waited for for ever', async t => {
	const it = await after(t, lines(3));
	it.server.features = {...it.server.features, archiveEnd: 'never'};
	await connect(it);
	const before = it.server.archive.queries.length;
	for (const pause of [1000, 2000, 4000]) {
		it.clock.advance(pause);
		await idle(it);
	}

	t.is(it.server.archive.queries.length - before, 3);
	await deliver(it, {n: 4}, 'live');
	t.is(stateOf(it)?.head?.id, 'live');
	it.clock.advance(60_000);
	await idle(it);
	t.is(it.server.archive.queries.length - before, 3);
});

test('where the end that the binding told is known already, the archive is not asked more often than ever', async t => {
	const it = await after(t, lines(3));
	it.server.features = {...it.server.features, archiveEnd: 'a3'};
	await connect(it);
	await deliver(it, {n: 4}, 'live');
	t.is(stateOf(it)?.head?.id, 'live');
});

test('what waits at the server comes before the archive is asked where that does not get everything', async t => {
	const it = await after(t, lines(3));
	it.server.archive.policy = 'roster';
	const before = it.server.archive.queries.length;
	const presentAt: boolean[] = [];
	it.server.archive.onPage = () => presentAt.push(it.server.isPresent);
	await connect(it);
	t.deepEqual(asked(it, before), [{after: 'a3'}]);
	t.deepEqual(presentAt, [true]);
});

test('what waits at the server comes first after an absence in which the archive may have forgotten', async t => {
	const it = await after(t, lines(3));
	it.clock.advance(48 * 3_600_000);
	const presentAt: boolean[] = [];
	it.server.archive.onPage = () => presentAt.push(it.server.isPresent);
	await connect(it);
	await leave(it);
	await connect(it);
	t.deepEqual(presentAt, [true, false, true]);
});
