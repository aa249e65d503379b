/** What is said in a room is kept until the room has said it, whatever becomes of us there. */
import test from 'ava';
import {
	archived,
	before,
	den,
	entries,
	inside,
	presence,
	pubsubItems,
	reflection,
	said,
	say,
	self,
	spoken,
	stanzaId,
	words,
} from './room-scene.js';
import {juliet, offlineScene, type Scene, settled} from './scene.js';

const stateOf = (it: Scene, key: number) => it.storage.messages.get(key)?.state;
const waiting = (it: Scene) => it.storage.outbox.waiting(juliet).length;
const idOf = (stanza: string) => /id="([^"]*)"/.exec(stanza)?.[1] ?? '';
const sentBack = (stanza: string, condition = 'not-acceptable', from: string = den) =>
	`<message type='error' from='${from}' id='${idOf(stanza)}'><error type='modify'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`;
const forgotten = `<error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
const late = `<delay xmlns='urn:xmpp:delay' from='${den}' stamp='2026-01-01T00:00:00Z'/>`;

async function acknowledged(it: Scene): Promise<void> {
	it.server.acknowledge();
	await settled();
}

/** The room is asked whether we are still there; time for the answer, and for what follows from it. */
async function patience(it: Scene): Promise<void> {
	it.clock.advance(60_000);
	await settled();
	await settled();
	it.clock.advance(1000);
	await settled();
	await settled();
}

async function returned(it: Scene): Promise<void> {
	await it.server.bring(presence('romeo'), self());
	await settled();
	await settled();
}

test('that our server has it does not mean that the room has: only what the room says does', async t => {
	const it = await inside(t);
	const {key} = await say(it, 'hello');
	await acknowledged(it);
	t.is(stateOf(it, key), 'acked');
	t.is(waiting(it), 1);
	await it.server.bring(reflection(spoken(it)[0] ?? '', stanzaId('r1')));
	t.like(it.storage.messages.get(key), {state: 'delivered', archiveId: 'r1'});
	t.is(waiting(it), 0);
});

test('what a room sends back because it does not know us goes once more when we are in it again', async t => {
	const it = await inside(t);
	const {key} = await say(it, 'hello');
	const [first = ''] = spoken(it);
	await acknowledged(it);
	await it.server.bring(sentBack(first));
	t.is(stateOf(it, key), 'queued');
	it.clock.advance(1000);
	await settled();
	t.is(entries(it).length, 2);
	t.is(spoken(it).length, 1);
	await returned(it);
	t.deepEqual(spoken(it), [first, first]);
	await it.server.bring(sentBack(first));
	t.is(stateOf(it, key), 'failed');
	t.is(waiting(it), 0);
});

test('a room that says nothing for a minute is asked; where it lost us, its archive decides what is sent again', async t => {
	const it = await inside(t);
	const there = await say(it, 'there');
	const lost = await say(it, 'lost');
	await acknowledged(it);
	const [first = '', second = ''] = spoken(it);
	it.archive.add({at: it.clock.now(), peer: den, message: reflection(first)});
	it.server.answerWith('ping', forgotten);
	await patience(it);
	t.is(entries(it).length, 2);
	t.is(stateOf(it, lost.key), 'uncertain');
	await returned(it);
	t.is(stateOf(it, there.key), 'delivered');
	t.is(stateOf(it, lost.key), 'written');
	const again = spoken(it).slice(2);
	t.is(again.length, 1);
	t.is(idOf(again[0] ?? ''), idOf(second));
	await it.server.bring(reflection(again[0] ?? '', stanzaId('r9')));
	t.is(stateOf(it, lost.key), 'delivered');
	t.deepEqual(words(it), ['there', 'lost']);
});

test('where the room still knows us and never got it, it is sent again', async t => {
	const it = await inside(t);
	const {key} = await say(it, 'hello');
	await acknowledged(it);
	await patience(it);
	t.is(entries(it).length, 1);
	t.is(spoken(it).length, 2);
	await it.server.bring(reflection(spoken(it)[1] ?? ''));
	t.is(stateOf(it, key), 'delivered');
});

test('a room without an archive cannot tell: the message stays in doubt until the room repeats it', async t => {
	const it = await inside(t, {features: []});
	const {key} = await say(it, 'hello');
	await acknowledged(it);
	await patience(it);
	t.is(stateOf(it, key), 'uncertain');
	t.is(spoken(it).length, 1);
	await it.server.bring(reflection(spoken(it)[0] ?? '', late));
	t.is(stateOf(it, key), 'delivered');
	t.deepEqual(words(it), ['hello']);
});

test('an acknowledgement of our server ends no doubt about a room', async t => {
	const it = await inside(t, {features: []});
	const {key} = await say(it, 'hello');
	await patience(it);
	t.is(stateOf(it, key), 'uncertain');
	await acknowledged(it);
	t.is(stateOf(it, key), 'uncertain');
});

test('what our server had when the connection was lost is in doubt until the room is entered again', async t => {
	const it = await inside(t);
	const {key} = await say(it, 'hello');
	await acknowledged(it);
	it.server.drop();
	t.is(stateOf(it, key), 'uncertain');
	await it.actions.connect({account: juliet});
	await settled();
	t.deepEqual(spoken(it), []);
	await returned(it);
	t.is(spoken(it).length, 1);
	t.is(stateOf(it, key), 'written');
});

test('somebody in the room cannot say for it that a message failed, though they know its id', async t => {
	const it = await inside(t);
	const {key} = await say(it, 'hello');
	await acknowledged(it);
	for (const condition of ['not-acceptable', 'forbidden']) {
		await it.server.bring(sentBack(spoken(it)[0] ?? '', condition, `${den}/romeo`));
		t.is(stateOf(it, key), 'acked');
	}

	await it.server.bring(sentBack(spoken(it)[0] ?? '', 'forbidden'));
	t.is(stateOf(it, key), 'failed');
	t.is(waiting(it), 0);
});

test('what was written under one name and went out under another is found in the archive', async t => {
	const it = await inside(t);
	const {key} = await say(it, 'hello');
	const [written = ''] = spoken(it);
	it.archive.add({at: it.clock.now(), peer: den, message: reflection(written, '', 'juliet_')});
	it.server.drop();
	await it.actions.connect({account: juliet});
	await settled();
	await returned(it);
	t.like(it.storage.messages.get(key), {state: 'delivered', archiveId: 'a1'});
	t.deepEqual(words(it), ['hello']);
	t.deepEqual(spoken(it), []);
});

test('a page that comes when the room has lost us is not taken for read', async t => {
	const it = await before(t);
	it.archive.add({at: it.clock.now(), peer: den, message: said('hello')});
	await it.server.bring(presence('romeo'));
	const release = it.server.hold();
	await it.server.bring(self());
	await settled();
	await it.server.bring(presence('juliet', {type: 'unavailable', codes: [110, 332]}));
	release();
	await settled();
	t.deepEqual(words(it), []);
	t.is(it.storage.archives.load(juliet, den), undefined);
	it.clock.advance(1000);
	await settled();
	await returned(it);
	t.deepEqual(words(it), ['hello']);
});

test('bookmarks that the server did not tell in time are asked for again', async t => {
	const it = await offlineScene(t);
	it.server.room(den, archived);
	it.server.answerWith('pubsub', payload => (payload.includes('<items') ? pubsubItems(den) : ''));
	it.server.unanswered.add('pubsub');
	await it.actions.connect({account: juliet});
	await settled();
	it.clock.advance(30_000);
	await settled();
	it.server.unanswered.clear();
	t.deepEqual(entries(it), []);
	it.clock.advance(5000);
	await settled();
	await settled();
	t.deepEqual(entries(it), [`${den}/juliet`]);
});

test('bookmarks that could not be read because the server was too busy are asked for again', async t => {
	const it = await offlineScene(t);
	it.server.room(den, archived);
	it.server.answerWith('pubsub', payload => (payload.includes('<items') ? pubsubItems(den) : ''));
	it.server.refusals.set(juliet, 'resource-constraint');
	await it.actions.connect({account: juliet});
	await settled();
	t.deepEqual(entries(it), []);
	it.server.refusals.clear();
	it.clock.advance(5000);
	await settled();
	await settled();
	t.deepEqual(entries(it), [`${den}/juliet`]);
});

for (const condition of ['remote-server-timeout', 'remote-server-not-found']) {
	test(`a room that cannot be asked what it is, because of a ${condition}, is entered later and not blindly`, async t => {
		const it = await offlineScene(t);
		it.server.answerWith('pubsub', payload => (payload.includes('<items') ? pubsubItems(den) : ''));
		it.server.refusals.set(den, condition);
		await it.actions.connect({account: juliet});
		await settled();
		await settled();
		t.deepEqual(entries(it), []);
		t.true(it.saw.all('notice').some(({text}) => text === `The server of ${den} cannot be reached.`));
		it.server.refusals.clear();
		it.clock.advance(5000);
		await settled();
		await settled();
		t.deepEqual(entries(it), [`${den}/juliet`]);
	});
}
