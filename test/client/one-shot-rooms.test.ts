/** `xmppc send --room`: said only when the room has said it. */
import test, {type ExecutionContext} from 'ava';
import {type OneShotMessage, sendOnce} from '../../source/client/one-shot.js';
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
