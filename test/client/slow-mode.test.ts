/** Rooms in which one has to wait from one message to the next (XEP-0500): what is written too early waits for its turn. */
import test, {type ExecutionContext} from 'ava';
import {type OneShotMessage, sendOnce} from '../../source/client/one-shot.js';
import {silentLog} from '../../source/shared/log.js';
import {createManualClock} from '../support/manual-clock.js';
import {noResolver} from '../support/scripted-session.js';
import {createFakeServer} from './fake-server.js';
import {type Profile, profileWith} from './profile.js';
import {
	before,
	den,
	inDen,
	inside,
	presence,
	reflection,
	said,
	say,
	self,
	shown,
	slowForm,
	spoken,
} from './room-scene.js';
import {juliet, type Scene, settled} from './scene.js';

const bodies = (it: Scene) => spoken(it).map(text => /<body>([^<]*)/.exec(text)?.[1]);
const states = (it: Scene) => shown(it).map(({body, state}) => `${body}: ${state}`);
const room = (it: Scene) => it.saw.all('room.changed').findLast(({room: {buffer}}) => buffer === inDen)?.room;

/** The room says what was written last. */
const reflect = (it: Scene) => it.server.bring(reflection(spoken(it).at(-1) ?? ''));

const changed = `<message from='${den}' type='groupchat'><x xmlns='http://jabber.org/protocol/muc#user'><status code='104'/></x></message>`;

const tooSoon = (written: string) =>
	`<message type='error' from='${den}' id='${/ id="([^"]+)"/.exec(written)?.[1]}'><error type='wait'><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>You have to wait 20 seconds between messages.</text></error></message>`;

test('the next message waits in the outbox until the time is over, counted from when the room said the last one', async t => {
	const it = await inside(t, {slow: 20});
	await say(it, 'one');
	await say(it, 'two');
	await say(it, 'three');
	t.deepEqual(bodies(it), ['one']);
	t.deepEqual(states(it), ['one: written', 'two: queued', 'three: queued']);

	await it.clock.advance(5000);
	await reflect(it);
	t.is(room(it)?.lastSaidAt, it.clock.now());
	await it.clock.advance(19_999);
	t.deepEqual(bodies(it), ['one']);
	await it.clock.advance(1);
	t.deepEqual(bodies(it), ['one', 'two']);

	await reflect(it);
	await it.clock.advance(20_000);
	t.deepEqual(bodies(it), ['one', 'two', 'three']);
	await reflect(it);
	t.deepEqual(states(it), ['one: delivered', 'two: delivered', 'three: delivered']);
});

test('after the time is over the next message goes at once', async t => {
	const it = await inside(t, {slow: 20});
	await say(it, 'one');
	await reflect(it);
	await it.clock.advance(20_000);
	await say(it, 'two');
	t.deepEqual(bodies(it), ['one', 'two']);
});

test('what is written at the very end of the wait does not overtake what waits', async t => {
	const it = await inside(t, {slow: 20});
	await say(it, 'one');
	await reflect(it);
	await say(it, 'two');
	it.clock.sleep(20_000);
	await say(it, 'three');
	t.deepEqual(bodies(it), ['one']);
	await it.clock.advance(20_000);
	t.deepEqual(bodies(it), ['one', 'two']);
});

test('what others say, what has no body and what is said to one person counts for nothing', async t => {
	const it = await inside(t, {slow: 20});
	await it.server.bring(said('hello'), reflection("<message type='groupchat'><subject>Tea</subject></message>"));
	t.is(room(it)?.lastSaidAt, undefined);
	await it.actions.sendMessage({account: juliet, to: `${den}/romeo` as typeof juliet, body: 'psst'});
	await say(it, 'one');
	await it.actions.sendMessage({account: juliet, to: `${den}/romeo` as typeof juliet, body: 'psst again'});
	t.deepEqual(bodies(it), ['psst', 'one', 'psst again']);
});

test('what another device of ours says there counts as well', async t => {
	const it = await inside(t, {slow: 20});
	await it.server.bring(said('from the phone', {nick: 'juliet'}));
	await say(it, 'one');
	t.deepEqual(bodies(it), []);
	await it.clock.advance(20_000);
	t.deepEqual(bodies(it), ['one']);
});

test('what the room repeats from before we came does not count', async t => {
	const it = await before(t, {slow: 20, features: []});
	const delay = `<delay xmlns='urn:xmpp:delay' from='${den}' stamp='2020-01-01T00:00:00Z'/>`;
	await it.server.bring(presence('romeo'), self(), said('long ago', {nick: 'juliet', more: delay}));
	await settled();
	await say(it, 'one');
	t.deepEqual(bodies(it), ['one']);
});

for (const affiliation of ['owner', 'admin']) {
	test(`who is ${affiliation} need not wait`, async t => {
		const it = await before(t, {slow: 20});
		await it.server.bring(presence('juliet', {codes: [110], item: `affiliation='${affiliation}' role='moderator'`}));
		await settled();
		await say(it, 'one');
		await reflect(it);
		await say(it, 'two');
		t.deepEqual(bodies(it), ['one', 'two']);
	});
}

test('a moderator who administers nothing has to wait', async t => {
	const it = await before(t, {slow: 20});
	await it.server.bring(presence('juliet', {codes: [110], item: `affiliation='member' role='moderator'`}));
	await settled();
	await say(it, 'one');
	await reflect(it);
	await say(it, 'two');
	t.deepEqual(bodies(it), ['one']);
});

test('who becomes an administrator need not wait any longer', async t => {
	const it = await inside(t, {slow: 20});
	await say(it, 'one');
	await reflect(it);
	await say(it, 'two');
	await it.server.bring(presence('juliet', {codes: [110], item: `affiliation='admin' role='moderator'`}));
	await settled();
	t.deepEqual(bodies(it), ['one', 'two']);
});

test('a room that is configured to be slow, slower or not slow at all is so at once', async t => {
	const it = await inside(t);
	const configure = async (seconds: number) => {
		it.server.forms.set(den, slowForm(seconds));
		await it.server.bring(changed);
		await settled();
		await settled();
	};
	await say(it, 'one');
	await reflect(it);
	await configure(20);
	await say(it, 'two');
	t.deepEqual(bodies(it), ['one']);

	await configure(60);
	await it.clock.advance(59_999);
	t.deepEqual(bodies(it), ['one']);
	await configure(0);
	t.deepEqual(bodies(it), ['one', 'two']);
	t.is(room(it)?.lastSaidAt, undefined);
	await say(it, 'three');
	t.deepEqual(bodies(it), ['one', 'two', 'three']);
});

test('a message that the room refuses says why, can be sent again, and what waits is not refused in its turn', async t => {
	const it = await inside(t, {slow: 20});
	await say(it, 'one');
	await say(it, 'two');
	await it.server.bring(tooSoon(spoken(it).at(-1) ?? ''));
	const failed = it.saw.all('message.changed').findLast(({change}) => change.state === 'failed');
	t.is(
		failed?.change.failure,
		`${den} does not take another message so soon (“You have to wait 20 seconds between messages.”).`,
	);
	t.like(failed?.change.problem, {code: 'stanza-policy-violation', kind: 'temporary'});
	t.deepEqual(bodies(it), ['one']);
	await it.clock.advance(20_000);
	t.deepEqual(bodies(it), ['one', 'two']);
	await reflect(it);
	await say(it, 'one');
	await it.clock.advance(20_000);
	t.deepEqual(bodies(it), ['one', 'two', 'one']);
});

test('a message that the room refuses for another reason keeps nothing waiting', async t => {
	const it = await inside(t, {slow: 20});
	await say(it, 'one');
	await say(it, 'two');
	await it.server.bring(
		tooSoon(spoken(it).at(-1) ?? '')
			.replace('policy-violation', 'forbidden')
			.replace('wait', 'auth'),
	);
	await settled();
	t.deepEqual(bodies(it), ['one', 'two']);
});

test('a clock that was set back by an hour makes nobody wait for an hour', async t => {
	const it = await inside(t, {slow: 20});
	await say(it, 'one');
	await reflect(it);
	it.clock.sleep(-3_600_000);
	await say(it, 'two');
	t.deepEqual(bodies(it), ['one', 'two']);
});

test('what waits for its turn when the connection is lost goes out once, after the next login', async t => {
	const it = await inside(t, {slow: 20});
	await say(it, 'one');
	await reflect(it);
	await say(it, 'two');
	await it.server.drop();
	await it.clock.advance(5000);
	await settled();
	await settled();
	await it.server.bring(presence('romeo'), self());
	await settled();
	await settled();
	await it.clock.advance(60_000);
	await settled();
	t.deepEqual(bodies(it), ['two']);
});

test('nothing is timed where nothing waits', async t => {
	const it = await inside(t, {slow: 20});
	await say(it, 'one');
	const before = it.clock.pending;
	await reflect(it);
	t.is(it.clock.pending, before);
	await say(it, 'two');
	t.is(it.clock.pending, before + 1);
});

async function shell(t: ExecutionContext, slow: number, profile?: Profile) {
	const server = createFakeServer();
	const clock = createManualClock();
	const home = profile ?? (await profileWith(t, [{jid: juliet}]));
	server.room(den, ['http://jabber.org/protocol/muc']);
	server.forms.set(den, slowForm(slow));
	const send = async (message: Partial<OneShotMessage> = {}) => {
		const sent = sendOnce(
			{account: juliet, to: [den], body: 'Hi', timeout: 5000, room: {}, ...message},
			{...home, clock, log: silentLog, resolver: noResolver, openSession: server.openSession},
		);
		for (let round = 0; round < 6; round++) {
			await settled();
		}

		await server.bring(self());
		for (let round = 0; round < 6; round++) {
			await settled();
		}

		return {sent};
	};
	const written = () => server.written.filter(text => text.startsWith('<message'));
	return {profile: home, server, clock, send, written};
}

test('a one-liner waits for its turn where there is time for that', async t => {
	const it = await shell(t, 3);
	const first = await it.send();
	await it.server.bring(reflection(it.written()[0] ?? ''));
	t.like((await first.sent)[0], {ok: true});

	const second = await it.send();
	t.deepEqual(it.written(), []);
	await it.clock.advance(3000);
	await settled();
	t.is(it.written().length, 1);
	await it.server.bring(reflection(it.written()[0] ?? ''));
	t.like((await second.sent)[0], {ok: true, state: 'delivered'});
});

test('a one-liner that would have to wait for too long says how long, and leaves nothing behind', async t => {
	const it = await shell(t, 600);
	const first = await it.send();
	await it.server.bring(reflection(it.written()[0] ?? ''));
	await first.sent;
	await it.clock.advance(60_000);

	const second = await it.send();
	const [outcome] = await second.sent;
	t.like(outcome, {ok: false, problem: {code: 'slow-mode', kind: 'temporary'}});
	t.regex(outcome?.ok === false ? outcome.problem.message : '', /in slow mode: you may write again in 540 s/);
	t.deepEqual(it.written(), []);
	t.deepEqual(it.profile.storage.outbox.waiting(juliet), []);
});

test('a one-liner whose turn does not come in time is given up: nobody finds it sent later', async t => {
	const it = await shell(t, 4);
	await it.send({wait: 'queued', body: 'Earlier'}).then(({sent}) => sent);
	const {sent} = await it.send();
	t.is(it.written().length, 1);
	await it.clock.advance(2000);
	await it.server.bring(reflection(it.written()[0] ?? ''));
	await it.clock.advance(3000);
	const [outcome] = await sent;
	t.like(outcome, {ok: false, problem: {code: 'slow-mode'}});
	t.deepEqual(it.profile.storage.outbox.waiting(juliet), []);
});
