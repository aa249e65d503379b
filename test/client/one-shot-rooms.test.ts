/** `xmppc send --room`: said only when the room has said it. */
import test, {type ExecutionContext} from 'ava';
import {type OneShotMessage, sendOnce} from '../../source/client/one-shot.js';
import type {Jid} from '../../source/shared/jid.js';
import {silentLog} from '../../source/shared/log.js';
import {createManualClock} from '../support/manual-clock.js';
import {noResolver} from '../support/scripted-session.js';
import {createFakeServer} from './fake-server.js';
import {profileWith} from './profile.js';
import {den, presence, reflection, self} from './room-scene.js';
import {juliet, settled} from './scene.js';

async function shell(t: ExecutionContext) {
	const server = createFakeServer();
	const clock = createManualClock();
	const profile = await profileWith(t, [{jid: juliet}]);
	server.room(den, ['http://jabber.org/protocol/muc']);
	const send = (message: Partial<OneShotMessage> = {}) =>
		sendOnce(
			{account: juliet, to: [den], body: 'Hi', timeout: 5000, room: {}, ...message},
			{...profile, clock, log: silentLog, resolver: noResolver, openSession: server.openSession},
		);
	const spoken = () => server.written.filter(text => text.startsWith('<message'));
	return {...profile, server, clock, send, spoken};
}

test('what was written is said when the room says it, and not before', async t => {
	const it = await shell(t);
	let isOver = false;
	const sent = it.send();
	void sent.then(() => {
		isOver = true;
	});
	await settled();
	t.deepEqual(it.spoken(), []);
	await it.server.bring(presence('romeo'), self());
	await settled();
	await settled();
	await settled();
	await settled();
	t.is(it.spoken().length, 1);
	t.false(isOver);
	await it.server.bring(reflection(it.spoken()[0] ?? ''));
	t.like((await sent)[0], {ok: true, state: 'delivered'});
	t.is(it.clock.pending, 0);
});

test('a room that does not say it in time is no success', async t => {
	const it = await shell(t);
	const sent = it.send();
	await settled();
	await it.server.bring(self());
	await settled();
	await settled();
	await settled();
	await settled();
	await it.clock.advance(5000);
	t.like((await sent)[0], {ok: false});
});

test('a room that does not let anybody in in time is given up when the time is over', async t => {
	const it = await shell(t);
	let outcome: unknown;
	void it.send().then(
		outcomes => {
			[outcome] = outcomes;
		},
		(error: unknown) => {
			outcome = error;
		},
	);
	await settled();
	await it.clock.advance(5000);
	await settled();
	t.like(outcome, {ok: false, problem: {kind: 'temporary'}});
	t.deepEqual(it.spoken(), []);
});

const cave = 'cave@rooms.example.org' as Jid;

test('what became of each of several rooms is told in the order in which they were given', async t => {
	const it = await shell(t);
	const sent = it.send({to: [den, cave]});
	await settled();
	await it.server.bring(
		self(),
		`<presence from='${cave}/juliet' type='error'><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>`,
	);
	for (let turn = 0; turn < 4; turn++) {
		await settled();
	}

	t.is(it.spoken().length, 1);
	await it.server.bring(reflection(it.spoken()[0] ?? ''));
	const outcomes = await sent;
	t.like(outcomes[0], {to: den, ok: true, state: 'delivered'});
	t.like(outcomes[1], {to: cave, ok: false, problem: {code: 'room-banned'}});
});

test('a room that was given twice is entered and told once, whatever nick stands behind it', async t => {
	const it = await shell(t);
	const sent = it.send({to: [`${den}/romeo` as Jid, den]});
	await settled();
	await it.server.bring(self());
	for (let turn = 0; turn < 4; turn++) {
		await settled();
	}

	await it.server.bring(reflection(it.spoken()[0] ?? ''));
	t.deepEqual(
		(await sent).map(({to, ok}) => [to, ok]),
		[[den, true]],
	);
	t.is(it.spoken().length, 1);
});
