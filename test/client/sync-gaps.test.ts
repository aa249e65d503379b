/** Gaps whose ends the archive forgets, and what of it counts as lost for good (`protocol.md` §3.7). */
import test, {type ExecutionContext} from 'ava';
import {child} from '../../source/xmpp/element.js';
import {dateTime} from '../../source/xmpp/scalars.js';
import {after, anchor, asked, connect, deliver, keep, leave, lines, numbers, stateOf, stored} from './archive-scene.js';
import {offlineScene, type Scene} from './scene.js';

const unavailable = "<error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";

/** Who was away for 250 messages, has read the newest page of them, and is offline again before the gap was filled. */
async function withGap(t: ExecutionContext): Promise<Scene> {
	const it = await after(t, lines(3));
	keep(it, ...lines(250, {from: 4}));
	it.server.archive.onPage = query => {
		it.server.archive.refusal = query.after === 'a103' ? unavailable : undefined;
	};
	await connect(it);
	await leave(it);
	it.server.archive.onPage = () => {};
	it.server.archive.refusal = undefined;
	t.like(stateOf(it)?.gaps, [{after: {id: 'a103'}, before: {id: 'a154'}, permanent: false}]);
	t.is(anchor(it)?.id, 'a103');
	return it;
}

const forget = (it: Scene, count: number) => it.server.archive.items.splice(0, count);

test('a gap whose beginning the archive forgot is filled from where the archive begins, and what lies before is lost', async t => {
	const it = await withGap(t);
	forget(it, 120);
	await connect(it);
	t.deepEqual(stored(it), [...numbers(103), ...numbers(133, 121)]);
	t.like(stateOf(it)?.gaps, [{after: {id: 'a103'}, before: {id: 'a121'}, permanent: true}]);
	t.is(stateOf(it)?.gaps.length, 1);
	t.is(anchor(it)?.id, 'a253');
});

test('a gap is lost as a whole where the archive begins behind it', async t => {
	const it = await withGap(t);
	forget(it, 200);
	await connect(it);
	t.deepEqual(stored(it), [...numbers(103), ...numbers(100, 154)]);
	t.like(stateOf(it)?.gaps, [{after: {id: 'a103'}, before: {id: 'a154'}, permanent: true}]);
	t.is(stateOf(it)?.gaps.length, 1);
});

test('a gap whose beginning alone was forgotten is filled without a loss', async t => {
	const it = await withGap(t);
	const {items} = it.server.archive;
	items.splice(
		items.findIndex(({id}) => id === 'a103'),
		1,
	);
	await connect(it);
	t.deepEqual(stored(it), numbers(253));
	t.deepEqual(stateOf(it)?.gaps, []);
});

test('the past is read on from its time where the archive forgot the id', async t => {
	const it = await offlineScene(t);
	keep(it, ...lines(250));
	it.server.archive.onPage = ({before}) => {
		it.server.archive.refusal = before === 'a151' ? unavailable : undefined;
	};
	await connect(it);
	await leave(it);
	it.server.archive.onPage = () => {};
	it.server.archive.refusal = undefined;
	const {items} = it.server.archive;
	const [at = 0] = items.filter(({id}) => id === 'a151').map(item => item.at);
	items.splice(
		items.findIndex(({id}) => id === 'a151'),
		1,
	);
	const from = asked(it).length;
	await connect(it);
	t.deepEqual(asked(it, from).filter(query => 'end' in query)[0], {before: '', end: dateTime.format(at)});
	t.deepEqual(stored(it), numbers(250));
	t.deepEqual(stateOf(it)?.gaps, []);
});

test('in an archive whose order may change a page moves nothing, wherever it was asked for', async t => {
	const it = await withGap(t);
	const before = stateOf(it);
	it.server.archive.stable = false;
	await connect(it);
	t.deepEqual(stateOf(it), before);
	t.deepEqual(stored(it), [...numbers(253)]);
});

test('the first page of an archive whose order may change is no anchor, neither is a later one', async t => {
	const it = await offlineScene(t);
	keep(it, ...lines(150));
	it.server.archive.stable = false;
	await connect(it);
	t.is(stateOf(it), undefined);
	t.deepEqual(stored(it), numbers(100, 51));
	await leave(it);
	it.server.archive.onPage = ({before}) => {
		it.server.archive.stable = before === '';
	};
	await connect(it);
	t.like(stateOf(it), {head: {id: 'a150'}, gaps: [{before: {id: 'a51'}, permanent: false}]});
	t.deepEqual(stored(it), numbers(150));
});

test('where the newest page is not certain, the anchor stays where the pages before it were', async t => {
	const it = await after(t, lines(3));
	keep(it, ...lines(250, {from: 4}));
	it.server.archive.onPage = ({before}) => {
		it.server.archive.stable = before !== '';
	};
	await connect(it);
	await leave(it);
	// One page before presence, one after it.
	t.is(anchor(it)?.id, 'a203');
	t.deepEqual(stateOf(it)?.gaps, []);
	it.server.archive.onPage = () => {};
	it.server.archive.stable = true;
	await connect(it);
	t.deepEqual(stored(it), numbers(253));
});

for (const condition of ['feature-not-implemented', 'service-unavailable']) {
	test(`an archive that announces what it then answers with ${condition} is asked in the older way`, async t => {
		const it = await after(t, lines(3));
		it.server.accountFeatures = [
			...it.server.accountFeatures,
			'urn:xmpp:mam:2#extended',
			'urn:xmpp:mam:2#groupchat-field',
		];
		const refusal = `<error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
		it.server.answerWith('metadata', refusal);
		it.server.archive.onPage = query => {
			it.server.archive.refusal = 'include-groupchat' in query ? refusal : undefined;
		};
		forget(it, 3);
		it.clock.advance(86_400_000);
		keep(it, ...lines(2, {from: 50}));
		await connect(it);
		t.deepEqual(stored(it), [...numbers(3), '50', '51']);
		t.like(stateOf(it)?.gaps, [{after: {id: 'a3'}, permanent: true}]);
	});
}

/** Makes the archive give all that fits where a page of it is asked for. */
function ignoringMax(it: Scene): void {
	const {archive} = it.server;
	const {answer} = archive;
	archive.answer = (query, own) => {
		const set = child(query, 'set', 'http://jabber.org/protocol/rsm');
		const max = set && child(set, 'max', 'http://jabber.org/protocol/rsm');
		max?.children.splice(0, 1, '1000');
		return answer(query, own);
	};
}

test('an archive that gives more than was asked for has nothing passed over', async t => {
	const it = await offlineScene(t);
	ignoringMax(it);
	keep(it, ...lines(250, {from: 1}));
	await connect(it);
	t.deepEqual(stored(it), numbers(250));
	t.deepEqual(stateOf(it)?.gaps, []);
	await leave(it);
	it.clock.advance(3_600_000);
	keep(it, ...lines(350, {from: 251}));
	await connect(it);
	t.deepEqual(stored(it), numbers(600));
	t.deepEqual(stateOf(it)?.gaps, []);
	t.is(anchor(it)?.id, 'a600');
});

test('what came live before the first of two pages, and is in it, leaves room for the gap between them', async t => {
	const it = await after(t, lines(3));
	it.server.archive.longestPage = 4;
	keep(it, ...lines(12, {from: 4, ago: 40_000}));
	it.server.archive.onPage = () => {
		it.server.archive.onPage = () => {};
		// Our clock is ahead of the server's, so that it lies behind all the others by its time.
		void deliver(it, {n: 4}, 'a4');
	};
	await connect(it);
	t.deepEqual(stored(it), numbers(15));
	t.deepEqual(stateOf(it)?.gaps, []);
});
