import {PassThrough} from 'node:stream';
import test from 'ava';
import type {Snapshot} from '../../source/model/actions.js';
import {startPlain} from '../../source/tui/plain.js';
import {createManualClock} from '../support/manual-clock.js';
import {type FakeBackend, refusal} from './fake-backend.js';
import {lineMode} from './line-mode.js';
import {account, buffer, contact, evening, me, message, nurse, romeo, withRomeo} from './support.js';

const people = {
	accounts: [account()],
	contacts: [contact(romeo, {name: 'Romeo Montague'}), contact(nurse)],
	buffers: [buffer(romeo)],
};

/** Runs the line mode. `terminal`: somebody sits at it. */
const plain = (snapshot: Partial<Snapshot> = people, terminal = false) => lineMode(snapshot, terminal);

const confirm = (backend: FakeBackend, state: 'acked' | 'failed' | 'uncertain' = 'acked') => {
	for (const {key} of sentKeys(backend)) {
		backend.emit({type: 'message.changed', change: {key, account: me, buffer: withRomeo, state}});
	}
};
const sentKeys = (backend: FakeBackend) =>
	backend.asked('sendMessage').map((_, index) => ({key: evening * 1024 + index}));

test('a script sends through a pipe, and the end waits for the server', async t => {
	const run = plain();
	await run.type('/query romeo');
	await run.type('hello');
	await run.type('/msg romeo again');
	run.stdin.end();
	await run.settle();
	t.deepEqual(run.backend.asked('sendMessage'), [
		{account: me, to: romeo, body: 'hello'},
		{account: me, to: romeo, body: 'again'},
	]);
	let over = false;
	void run.exit.then(() => {
		over = true;
	});
	run.clock.advance(500);
	await run.settle();
	t.false(over);
	confirm(run.backend);
	run.clock.advance(500);
	t.deepEqual(await run.exit, {type: 'end', waiting: 0, unsent: 0});
	t.regex(run.text(), /21:58 \[Romeo Montague\] juliet: hello\n/);
});

test('what is uncertain at the end is waited for: it is looked up, and sent again if need be', async t => {
	const run = plain();
	await run.type('/msg romeo hello');
	confirm(run.backend, 'uncertain');
	run.stdin.end();
	let over = false;
	void run.exit.then(() => {
		over = true;
	});
	await run.settle();
	run.clock.advance(20_000);
	await run.settle();
	t.false(over);
	confirm(run.backend);
	run.clock.advance(100);
	t.deepEqual(await run.exit, {type: 'end', waiting: 0, unsent: 0});
	t.notRegex(run.text(), /may not have arrived/);
});

test('as long as messages are confirmed the end waits for the rest', async t => {
	const run = plain();
	await run.type('/msg romeo one');
	await run.type('/msg romeo two');
	run.stdin.end();
	const acked = (index: number) =>
		run.backend.emit({
			type: 'message.changed',
			change: {key: evening * 1024 + index, account: me, buffer: withRomeo, state: 'acked'},
		});
	const pass = async (steps: number) => {
		for (let step = 0; step < steps; step++) {
			await run.settle();
			run.clock.advance(100);
		}
	};
	await pass(250);
	acked(0);
	await pass(250);
	acked(1);
	await pass(2);
	t.deepEqual(await run.exit, {type: 'end', waiting: 0, unsent: 0});
});

test('a message that failed is one that was not sent', async t => {
	const run = plain();
	await run.type('/msg romeo hello');
	confirm(run.backend, 'failed');
	t.deepEqual(await run.end(), {type: 'end', waiting: 0, unsent: 1});
});

test('what was never confirmed is told after half a minute', async t => {
	const run = plain();
	await run.type('/msg romeo hello');
	run.stdin.end();
	for (let step = 0; step < 320; step++) {
		await run.settle();
		run.clock.advance(100);
	}

	t.deepEqual(await run.exit, {type: 'end', waiting: 1, unsent: 0});
	t.regex(run.text(), /1 message was not confirmed/);
});

test('nothing is waited for when no account can come online', async t => {
	const run = plain({...people, accounts: [account({status: 'failed'})]});
	await run.type('/msg romeo hello');
	t.deepEqual(await run.end(), {type: 'end', waiting: 1, unsent: 0});
});

test('there is no escape sequence and no carriage return in the output', async t => {
	const run = plain(people, true);
	await run.settle();
	run.backend.emit({
		type: 'message.recorded',
		message: message(evening, 'red \u001b[31m alert\u009b2J\rgone', {subject: '\u001b]0;x\u0007'}),
	});
	await run.type('/help');
	await run.type('/contacts');
	await run.type('/account');
	await run.type('/quit');
	await run.end();
	t.notRegex(run.text(), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test('a line of text is a message to the buffer that the prompt names', async t => {
	const run = plain(people, true);
	await run.settle();
	t.true(run.text().endsWith('[console] '));
	await run.type('/query romeo');
	t.true(run.text().endsWith('[Romeo Montague] '));
	t.regex(run.text(), /-- chat with Romeo Montague, romeo@example.net, offline, not end-to-end encrypted/);
	await run.type('hi');
	t.deepEqual(run.backend.asked('sendMessage'), [{account: me, to: romeo, body: 'hi'}]);
});

test('a long status text does not drown the line that says where one is', async t => {
	const resources = [
		{resource: 'p', availability: 'away' as const, statusText: 'zz '.repeat(900), priority: 0, since: 0},
	];
	const run = plain({...people, presence: [{account: me, jid: romeo, resources}]}, true);
	await run.type('/query romeo');
	const heading = /-- chat with .*/.exec(run.text())?.[0] ?? '';
	t.regex(heading, /away \(zz zz .*…\), not end-to-end encrypted$/);
	t.true(heading.length < 170);
	await run.type('/contacts');
	t.true(
		run
			.text()
			.split('\n')
			.every(line => line.length < 200),
	);
});

test('a message of nothing but blanks says so', async t => {
	const run = plain();
	await run.settle();
	run.backend.emit({type: 'message.recorded', message: message(evening, ' \n\t ')});
	await run.end();
	t.regex(run.text(), /Romeo Montague: \(blank message\)\n/);
});

test('showing a buffer prints what was said last, once', async t => {
	const run = plain();
	run.backend.history.set(withRomeo, [message(evening - 2000, 'one'), message(evening - 1000, 'two')]);
	await run.type('/query romeo');
	await run.type('/buffer 1');
	await run.type('/buffer romeo');
	t.is(run.text().split('Romeo Montague: one').length, 2);
	t.regex(run.text(), /-- Sat 21 Nov 2026 --\n21:57 \[Romeo Montague\] Romeo Montague: one/);
});

test('where messages are missing among those that are printed, a line says so', async t => {
	const [one, two] = [message(evening - 2000, 'one'), message(evening - 1000, 'two')];
	const gaps = [{after: evening - 2000, afterKey: one.key, before: evening - 1000, permanent: false}];
	const run = plain({...people, archives: [{account: me, loading: true, gaps}]});
	run.backend.history.set(withRomeo, [one, two]);
	await run.type('/query romeo');
	t.regex(run.text(), /: one\n-- messages are missing here: loading…\n.*: two\n/);
});

test('a message is printed when it comes, and the prompt stands again below it', async t => {
	const run = plain(people, true);
	await run.settle();
	run.backend.emit({type: 'message.recorded', message: message(evening, 'one\ntwo')});
	t.true(run.text().endsWith('21:58 [Romeo Montague] Romeo Montague: one\n      two\n[console] '));
});

test('a failed message says why', async t => {
	const run = plain();
	await run.settle();
	run.backend.emit({
		type: 'message.changed',
		change: {key: 1, account: me, buffer: withRomeo, state: 'failed', failure: 'Nobody is there.'},
	});
	await run.end();
	t.regex(run.text(), /-- not sent: Nobody is there\./);
});

test('/resend sends again what failed', async t => {
	const run = plain();
	await run.type('/query romeo');
	await run.type('hello');
	confirm(run.backend, 'failed');
	t.regex(run.text(), /-- not sent\n {3}“hello”: \/resend sends it again\./);
	await run.type('/resend');
	t.is(run.backend.asked('sendMessage').length, 2);
	await run.type('/resend');
	t.regex(run.text(), /Nothing here has failed/);
});

test('problems name the next step, and the line mode goes on', async t => {
	const run = plain();
	await run.type('/qury romeo');
	t.regex(run.text(), /-- error: There is no command \/qury\.\n {3}Did you mean \/query\?/);
	run.backend.refuse('openBuffer', refusal('storage', 'The disk is full.', 'Free some space.'));
	await run.type('/query nurse');
	t.regex(run.text(), /-- error: The disk is full\.\n {3}Free some space\./);
	await run.type('/ping');
	t.regex(run.text(), /answered in 23 ms/);
	await run.type('/scroll up');
	t.regex(run.text(), /There is nothing older/);
});

test('out of a pipe nothing goes to the buffer before when the next one cannot be opened', async t => {
	for (const [line, why] of [
		['/query nurse', /The disk is full/],
		['/buffer 9', /There is no buffer 9/],
		['/qury nurse', /There is no command/],
		['/close', /It cannot be closed/],
	] as const) {
		const run = plain();
		await run.type('/query romeo');
		run.backend.refuse('openBuffer', refusal('storage', 'The disk is full.', 'Free some space.'));
		run.backend.refuse('closeBuffer', refusal('storage', 'It cannot be closed.'));
		run.stdin.write(`${line}\nfor the nurse\n/ping\nfor her too\n`);
		await run.settle();
		t.deepEqual(run.backend.asked('sendMessage'), []);
		t.regex(run.text(), why);
		t.regex(run.text(), /-- error: Not sent: “for the nurse”\n {3}The command before it failed\./);
		await run.type('/buffer romeo');
		await run.type('for Romeo');
		t.deepEqual(run.backend.asked('sendMessage'), [{account: me, to: romeo, body: 'for Romeo'}]);
		confirm(run.backend);
		t.deepEqual(await run.end(), {type: 'end', waiting: 0, unsent: 2});
	}
});

test('on a terminal what was typed ahead of a failure is not sent, what is typed after it is', async t => {
	const run = plain(people, true);
	await run.type('/query romeo');
	const answer = run.backend.delay('openBuffer');
	run.backend.refuse('openBuffer', refusal('storage', 'The disk is full.', 'Free some space.'));
	await run.type('/query nurse');
	await run.type('for the nurse');
	answer();
	await run.settle();
	t.deepEqual(run.backend.asked('sendMessage'), []);
	await run.type('for Romeo');
	t.deepEqual(run.backend.asked('sendMessage'), [{account: me, to: romeo, body: 'for Romeo'}]);
});

test('there is no prompt for a line that is there already', async t => {
	const run = plain(people, true);
	await run.settle();
	run.stdin.write('/query romeo\n/foo\n/bar\n');
	await run.settle();
	t.is(run.text().match(/\[Romeo Montague\] /g)?.length, 1);
});

test('a text that nobody can be sent counts as unsent', async t => {
	const run = plain();
	await run.type('hello');
	t.like(await run.end(), {unsent: 1});
});

test('/quit leaves', async t => {
	const run = plain();
	await run.type('/quit');
	t.deepEqual(await run.exit, {type: 'quit', waiting: 0, unsent: 0});
});

test('a signal ends the line mode', async t => {
	const run = plain();
	await run.settle();
	run.interruption.abort();
	t.like(await run.exit, {type: 'interrupted'});
});

test('a profile that cannot be opened is refused to the caller', async t => {
	const stdin = new PassThrough();
	const open = () => Promise.reject(refusal('profile-in-use', 'The profile is in use.'));
	const clock = createManualClock();
	await t.throwsAsync(startPlain({open, stdin, stdout: {write() {}}, clock}), {message: 'The profile is in use.'});
});

test('the first run asks for JID and password, unseen, and connects', async t => {
	const run = plain({accounts: []}, true);
	await run.settle();
	t.true(run.text().endsWith('JID: '));
	await run.type('juliet@example.org');
	t.true(run.text().endsWith('Password of juliet@example.org: '));
	t.true(run.stdin.raw);
	run.stdin.write('s3cx\u007fret\r');
	await run.settle();
	t.false(run.stdin.raw);
	t.deepEqual(run.backend.asked('addAccount'), [{jid: me, password: 's3cret'}]);
	t.deepEqual(run.backend.asked('connect'), [{account: me}]);
	t.regex(run.text(), /-- juliet@example.org is set up\./);
	t.notRegex(run.text(), /s3c/);
});

test('the first run takes its answers from a pipe too, and the end of the pipe gives up', async t => {
	const run = plain({accounts: []});
	run.stdin.write('juliet@example.org\nsecret\n');
	await run.settle();
	t.is(run.backend.asked('addAccount').length, 1);
	const other = plain({accounts: []});
	await other.type('juliet@example.org');
	t.deepEqual(await other.end(), {type: 'end', waiting: 0, unsent: 0});
	t.regex(other.text(), /No account was set up/);
});

test('a choice is answered by its number', async t => {
	const run = plain({accounts: []}, true);
	run.backend.tests.push({
		ok: false,
		problem: {code: 'no-such-host', kind: 'noSuchHost', message: 'example.org has no server.', hint: 'Check it.'},
	});
	run.stdin.write('juliet@example.org\n');
	await run.settle();
	run.stdin.write('secret\r');
	await run.settle();
	t.regex(run.text(), /error: example.org has no server\.\n {3}Check the part of the JID/);
	await run.type('9');
	await run.type('1');
	t.regex(run.text(), /Server: $/);
	await run.type('xmpp.example.net:5269');
	t.like(run.backend.asked('testAccount').at(-1), {
		candidate: {jid: me, password: 'secret', host: 'xmpp.example.net', port: 5269},
	});
});

test('somebody who asks to see our presence is told of, with the commands', async t => {
	const run = plain();
	await run.settle();
	run.backend.emit({type: 'subscription.requested', request: {account: me, jid: nurse, text: 'it is me'}});
	await run.settle();
	t.regex(run.text(), /nurse@example.org wants to see your presence: it is me\n {3}\/accept nurse@example.org/);
});

test('the changes of a connection are told, each once', async t => {
	const run = plain({...people, accounts: [account({status: 'offline'})]});
	await run.settle();
	for (const status of ['connecting', 'connecting', 'online'] as const) {
		run.backend.emit({type: 'account.changed', account: account({status})});
	}

	t.is(run.text().match(/: connecting…/g)?.length, 1);
	t.is(run.text().match(/: online/g)?.length, 1);
});

test('of the attempts to come back the first is told, and one that fails for another reason', async t => {
	const run = plain();
	await run.settle();
	const problem = {code: 'connection-lost', kind: 'unavailable', message: 'It was lost.'} as const;
	const refused = {...problem, code: 'connection-refused'};
	const retryAt = run.clock.now() + 12_000;
	for (const because of [problem, problem, refused, refused]) {
		run.backend.emit({type: 'account.changed', account: account({status: 'interrupted', problem: because, retryAt})});
		run.backend.emit({type: 'account.changed', account: account({status: 'connecting', problem: because})});
	}

	t.is(run.text().match(/connection lost, reconnecting in 12 s\n {3}\/reconnect tries now\./g)?.length, 2);
	t.notRegex(run.text(), /reconnecting…/);
	run.backend.emit({type: 'account.changed', account: account()});
	t.regex(run.text(), /: online\n/);
});

test('who types nothing for a minute is idle, until the next line', async t => {
	const run = plain(people, true);
	await run.type('/contacts');
	run.clock.advance(60_000);
	const since = run.clock.now() - 60_000;
	await run.type('/contacts');
	await run.type('/contacts');
	const [idle, ...back] = run.backend.asked('setIdle') as ReadonlyArray<{readonly since?: number}>;
	t.true(Math.abs((idle?.since ?? 0) - since) < 1000);
	t.deepEqual(back, [{}]);
	await run.end();
});

test('settings and aliases are shown and changed in lines', async t => {
	const run = plain();
	await run.type('/set list.order');
	await run.type('/set list.order activity');
	await run.type('/alias hi = /msg $1 Hello!');
	await run.type('/help hi');
	await run.type('/changes');
	t.true(run.text().includes('fixed: by account, as they were opened'));
	t.true(run.text().includes('list.order is now activity.'));
	t.true(run.text().includes('/hi stands for /msg $1 Hello!'));
	t.regex(run.text(), /\/hi {2}\/msg \$1 Hello!/);
	t.regex(run.text(), /list\.order {2}activity {2}\(default: fixed\)/);
	await run.end();
});

test('what people say whom one ignores is not printed', async t => {
	const run = plain();
	await run.settle();
	run.backend.emit({type: 'message.recorded', message: {...message(evening, 'buy this'), ignored: true}});
	run.backend.emit({type: 'message.recorded', message: message(evening + 1000, 'good evening')});
	await run.end();
	t.regex(run.text(), /good evening/);
	t.notRegex(run.text(), /buy this/);
});
