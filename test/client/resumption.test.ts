import {isIP} from 'node:net';
import test from 'ava';
import {systemAddresses} from '../../source/client/network-watch.js';
import {createReconnection} from '../../source/client/reconnection.js';
import type {Problem} from '../../source/shared/errors.js';
import {createManualClock} from '../support/manual-clock.js';
import {juliet, offlineScene, romeo, type Scene, scene, settled} from './scene.js';

const statuses = ({saw}: Scene) => saw.all('account.changed').map(({account}) => account.status);
const notices = ({saw}: Scene) => saw.all('notice').map(({level, text}) => `${level}: ${text}`);
const states = ({saw}: Scene) => saw.all('message.changed').map(({change}) => change.state);
const account = ({saw}: Scene) => saw.all('account.changed').at(-1)?.account;
const say = ({actions}: Scene, body: string) => actions.sendMessage({account: juliet, to: romeo, body});
const bodiesIn = (written: readonly string[]) =>
	written.flatMap(text => [...text.matchAll(/<body>([^<]*)<\/body>/g)].map(([, body]) => body));

/** Lets the attempt that is due be made. */
async function attempt({clock}: Scene, after = 0): Promise<void> {
	clock.advance(after);
	await settled();
	await settled();
}

const refused: Problem = {code: 'connection-refused', kind: 'unavailable', message: 'Nothing answers.'};

test('an interrupted session goes on without anything being asked or told anew but copies, or a word about it', async t => {
	const it = await scene(t);
	await it.server.bring(`<presence from='${romeo}/orchard'/>`);
	const [asked, written, told] = [it.server.asked.length, it.server.written.length, notices(it).length];
	const before = statuses(it).length;
	it.server.interrupt();
	await attempt(it);
	t.deepEqual(statuses(it).slice(before), ['interrupted', 'connecting', 'online']);
	t.is(it.server.resumptions, 1);
	t.is(it.server.logins, 1);
	// A server may have ended them with the old connection.
	t.deepEqual(
		it.server.asked.slice(asked).map(text => text.includes('<enable xmlns="urn:xmpp:carbons:2"/>')),
		[true],
	);
	t.is(it.server.written.length, written);
	t.is(notices(it).length, told);
	t.deepEqual(it.saw.all('presence.cleared'), []);
	t.is((await it.actions.snapshot({})).presence.length, 1);
	t.like(account(it), {availability: 'available', security: {mechanism: 'SCRAM-SHA-256'}});
});

test('what was written before the interruption is not in doubt, and is acknowledged later', async t => {
	const it = await scene(t);
	await say(it, 'before');
	it.server.interrupt();
	await attempt(it);
	t.deepEqual(states(it), []);
	it.server.acknowledge();
	await settled();
	t.deepEqual(states(it), ['acked']);
	t.deepEqual(bodiesIn(it.server.written), ['before']);
});

test('what is written meanwhile waits in the outbox, and goes out once when the session goes on', async t => {
	const it = await scene(t);
	it.server.refuse(refused);
	it.server.interrupt();
	const message = await say(it, 'meanwhile');
	t.is(message.state, 'queued');
	await attempt(it);
	t.deepEqual(bodiesIn(it.server.written), []);
	it.server.refuse(undefined);
	await attempt(it, 1000);
	t.deepEqual(bodiesIn(it.server.written), ['meanwhile']);
	await say(it, 'afterwards');
	t.deepEqual(bodiesIn(it.server.written), ['meanwhile', 'afterwards']);
});

test('what arrives after the resumption is shown like anything else', async t => {
	const it = await scene(t);
	it.server.interrupt();
	await attempt(it);
	await it.server.bring(`<message from='${romeo}/x' type='chat' id='m1'><body>Soft!</body></message>`);
	t.deepEqual(
		it.saw.all('message.recorded').map(({message}) => message.body),
		['Soft!'],
	);
});

test('where the server has the session no more, a fresh one begins and what was on its way is in doubt', async t => {
	const it = await scene(t);
	await say(it, 'on its way');
	const asked = it.server.asked.length;
	it.server.keepsSessions = false;
	it.server.interrupt();
	await attempt(it);
	t.is(it.server.logins, 2);
	t.is(it.server.resumptions, 0);
	t.is(statuses(it).at(-1), 'online');
	t.true(it.server.asked.length >= Math.min(asked, 3), 'carbons, roster and features are asked for again');
	t.regex(it.server.written[0] ?? '', /^<presence/);
	t.is(it.saw.all('presence.cleared').length, 1);
	t.is(states(it)[0], 'uncertain');
});

test('the first attempt is made at once, the next ones after growing pauses, and the account says when', async t => {
	const it = await scene(t);
	it.server.refuse(refused);
	it.server.interrupt();
	t.like(account(it), {status: 'interrupted', retryAt: it.clock.now()});
	await attempt(it);
	t.like(account(it), {status: 'interrupted', retryAt: it.clock.now() + 1000});
	await attempt(it, 1000);
	t.like(account(it), {status: 'interrupted', retryAt: it.clock.now() + 2000});
	it.server.refuse(undefined);
	await attempt(it, 2000);
	t.is(account(it)?.status, 'online');
	t.false('retryAt' in (account(it) ?? {}));
	t.is(it.server.resumptions, 1);
});

test('an interruption that lasts is told once, and its end too', async t => {
	const it = await scene(t);
	const before = notices(it).length;
	it.server.refuse(refused);
	it.server.interrupt();
	t.is(notices(it).length, before);
	await attempt(it);
	await attempt(it, 1000);
	await attempt(it, 2000);
	it.server.refuse(undefined);
	await attempt(it, 4000);
	t.deepEqual(notices(it).slice(before), ['warning: Nothing answers.', `info: ${juliet} is connected again.`]);
});

test('a session that is interrupted again and again is not resumed in a loop', async t => {
	const it = await scene(t);
	it.clock.advance(30_000);
	const pauses: number[] = [];
	for (let turn = 0; turn < 4; turn++) {
		it.server.interrupt();
		pauses.push((account(it)?.retryAt ?? 0) - it.clock.now());
		await attempt(it, pauses.at(-1));
		t.is(account(it)?.status, 'online');
	}

	t.deepEqual(pauses, [0, 1000, 2000, 4000]);
	it.clock.advance(20_000);
	it.server.interrupt();
	t.is(account(it)?.retryAt, it.clock.now());
});

test('a person who wants to connect does not wait for the end of the pause', async t => {
	const it = await scene(t);
	it.server.refuse(refused);
	it.server.interrupt();
	await attempt(it);
	it.server.refuse(undefined);
	await it.actions.connect({account: juliet});
	t.is(it.server.resumptions, 1);
	t.is(it.server.logins, 1);
});

test('where a person must act first, nothing is held any longer', async t => {
	const it = await scene(t);
	await say(it, 'on its way');
	it.server.refuse({code: 'wrong-password', kind: 'notPermitted', message: 'Wrong password.'});
	it.server.interrupt();
	await attempt(it);
	t.is(account(it)?.status, 'failed');
	t.is(it.saw.all('presence.cleared').length, 1);
	t.deepEqual(states(it), ['uncertain']);
	it.server.refuse(undefined);
	await it.actions.connect({account: juliet});
	t.is(it.server.logins, 2);
});

test('disconnecting gives an interrupted session up', async t => {
	const it = await scene(t);
	it.server.refuse(refused);
	it.server.interrupt();
	await it.actions.disconnect({account: juliet});
	t.is(account(it)?.status, 'offline');
	it.server.refuse(undefined);
	await attempt(it, 600_000);
	t.is(account(it)?.status, 'offline');
	await it.actions.connect({account: juliet});
	t.is(it.server.logins, 2);
});

test('a login that is interrupted before it is complete is made anew', async t => {
	const it = await offlineScene(t);
	const release = it.server.hold();
	const connecting = it.actions.connect({account: juliet});
	await settled();
	it.server.interrupt();
	release();
	await t.throwsAsync(connecting);
	t.is(account(it)?.status, 'interrupted');
	await attempt(it, 1000);
	t.is(account(it)?.status, 'online');
	t.is(it.server.logins, 2);
	t.is(it.server.resumptions, 0);
});

test('presence that is chosen during an interruption is told when the session goes on', async t => {
	const it = await scene(t);
	it.server.refuse(refused);
	it.server.interrupt();
	await it.actions.setPresence({account: juliet, availability: 'away', statusText: ''});
	it.server.refuse(undefined);
	await attempt(it, 1000);
	t.regex(it.server.written.at(-1) ?? '', /<show>away<\/show>/);
	t.is(account(it)?.availability, 'away');
});

// --- sleep

test('a machine that wakes up asks at once whether its server is still there', async t => {
	const it = await scene(t);
	it.clock.advance(60_000);
	t.is(it.server.probes, 0);
	it.clock.sleep(3_600_000);
	it.clock.advance(5_000);
	t.is(it.server.probes, 1);
	it.clock.advance(60_000);
	t.is(it.server.probes, 1);
});

test('a clock that is set back, or forward a little, is no sleep', async t => {
	const it = await scene(t);
	it.clock.sleep(-86_400_000);
	it.clock.advance(5_000);
	it.clock.sleep(9_000);
	it.clock.advance(5_000);
	t.is(it.server.probes, 0);
});

test('a machine that wakes up in the middle of a pause connects at once', async t => {
	const it = await scene(t);
	it.server.refuse(refused);
	it.server.interrupt();
	for (const pause of [0, 1000, 2000, 4000, 8000, 16_000]) {
		await attempt(it, pause);
	}

	it.server.refuse(undefined);
	it.clock.sleep(3_600_000);
	await attempt(it, 5_000);
	t.is(account(it)?.status, 'online');
});

test('a program that stood still asks at once whether its server is still there', async t => {
	const it = await scene(t);
	it.clock.stall(9_000);
	it.clock.advance(0);
	t.is(it.server.probes, 0);
	it.clock.advance(1_000);
	it.clock.stall(60_000);
	it.clock.advance(0);
	t.is(it.server.probes, 1);
});

// --- moving to another network

test('a machine that has another address asks at once whether its server is still there, and only then', async t => {
	const it = await scene(t);
	it.clock.advance(60_000);
	it.addresses = ['192.0.2.7'];
	it.clock.advance(60_000);
	t.is(it.server.probes, 0);
	it.addresses = ['198.51.100.4', '2001:db8::4'];
	it.clock.advance(5_000);
	t.is(it.server.probes, 1);
	it.addresses = ['2001:db8::4', '198.51.100.4'];
	it.clock.advance(60_000);
	t.is(it.server.probes, 1);
});

test('a machine that loses its last address finds out soon that the connection is gone', async t => {
	const it = await scene(t);
	it.addresses = [];
	it.clock.advance(5_000);
	t.is(it.server.probes, 1);
});

test('a machine that comes into another network does not wait for the end of the pause, which begins small again', async t => {
	const it = await scene(t);
	it.server.refuse(refused);
	it.server.interrupt();
	for (const pause of [0, 1000, 2000, 4000, 8000, 16_000]) {
		await attempt(it, pause);
	}

	it.addresses = [];
	await attempt(it, 5_000);
	t.is(account(it)?.status, 'interrupted');
	t.true((account(it)?.retryAt ?? 0) > it.clock.now() + 20_000);

	it.addresses = ['198.51.100.4'];
	await attempt(it, 5_000);
	t.is(account(it)?.retryAt, it.clock.now() + 1000);
	it.server.refuse(undefined);
	await attempt(it, 1000);
	t.is(account(it)?.status, 'online');
});

test('the addresses of the machine are those by which others can be reached', t => {
	for (const address of systemAddresses()) {
		t.truthy(isIP(address));
		t.notRegex(address, /^(?:127\.|::1$|fe80:|169\.254\.)/);
	}

	t.pass();
});

test('nothing watches any more once an account is disconnected', async t => {
	const it = await scene(t);
	await it.actions.disconnect({account: juliet});
	const {pending} = it.clock;
	it.clock.advance(60_000);
	t.true(it.clock.pending <= pending);
	t.is(it.server.probes, 0);
});

test('a connection that another program took over is not taken back', async t => {
	const it = await scene(t);
	const conflict: Problem = {code: 'stream-conflict', kind: 'unavailable', message: 'Another program took over.'};
	it.server.drop({problem: conflict, recoverable: false});
	await attempt(it, 3_600_000);
	t.is(account(it)?.status, 'failed');
	t.is(it.server.logins, 1);
});

test('an attempt that is hurried is made once', t => {
	const clock = createManualClock();
	const reconnection = createReconnection(clock, () => 1);
	let attempts = 0;
	reconnection.schedule(() => attempts++);
	reconnection.hurry();
	reconnection.hurry();
	clock.advance(600_000);
	t.is(attempts, 1);
});
