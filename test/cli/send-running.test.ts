import test from 'ava';
import {createDaemonLines} from '../../source/cli/daemon-lines.js';
import {createOutput} from '../../source/cli/output.js';
import {accessProfile} from '../../source/cli/profile-access.js';
import {sendThrough} from '../../source/cli/send-running.js';
import type {Composition} from '../../source/cli/shell.js';
import type {ControlConnection} from '../../source/control/exchange.js';
import type {Account} from '../../source/model/account.js';
import type {EncryptionWish} from '../../source/model/device.js';
import type {OutgoingState, WaitLevel} from '../../source/model/message.js';
import {type Problem, XmppcError} from '../../source/shared/errors.js';
import {createManualClock} from '../support/manual-clock.js';
import {createFakeBackend} from '../tui/fake-backend.js';
import {account, me, message, nurse, romeo, withRomeo} from '../tui/support.js';

function scene(mine: Partial<Account> = {}) {
	const clock = createManualClock();
	const backend = createFakeBackend(clock, {accounts: [account(mine)]});
	let hangUp: (problem: Problem | undefined) => void = () => {};
	const closed = new Promise<Problem | undefined>(resolve => {
		hangUp = resolve;
	});
	const keys: number[] = [];
	backend.events(event => {
		if (event.type === 'message.recorded') {
			keys.push(event.message.key);
		}
	});
	return {
		backend,
		clock,
		hangUp,
		send: (wait?: WaitLevel, to = [romeo], encryption?: EncryptionWish) =>
			sendThrough(
				{actions: backend.actions, events: backend.events, closed},
				{to, body: 'Hi', timeout: 3000, ...(wait && {wait}), ...(encryption && {encryption})},
				accounts => accounts[0]?.jid ?? nurse,
				clock,
			),
		/** Resolves when so many messages were sent. */
		async sent(count = 1) {
			while (keys.length < count) {
				await new Promise(setImmediate);
			}
		},
		become(index: number, state: OutgoingState, problem?: Problem, encryption?: 'omemo') {
			backend.emit({
				type: 'message.changed',
				change: {
					key: keys[index] ?? 0,
					account: me,
					buffer: withRomeo,
					state,
					...(problem === undefined ? {} : {problem}),
					...(encryption === undefined ? {} : {encryption}),
				},
			});
		},
	};
}

test('a message is done when the server has it', async t => {
	const it = scene();
	const outcomes = it.send();
	await it.sent();
	it.become(0, 'written');
	it.become(0, 'acked');
	t.like((await outcomes)[0], {to: romeo, ok: true, state: 'acked'});
	t.deepEqual(it.backend.asked('sendMessage'), [{account: me, to: romeo, body: 'Hi'}]);
	t.is(it.clock.pending, 0);
});

const undecided: Problem = {code: 'device-undecided', kind: 'notPermitted', message: 'Decide about it first.'};

test('what the person says about encryption goes along', async t => {
	const it = scene();
	const outcomes = it.send('queued', [romeo], 'require');
	t.like((await outcomes)[0], {ok: true});
	t.deepEqual(it.backend.asked('sendMessage'), [{account: me, to: romeo, body: 'Hi', encryption: 'require'}]);
});

test('that a message was encrypted is told, also when more became of it since', async t => {
	const it = scene();
	const outcomes = it.send();
	await it.sent();
	it.become(0, 'written', undefined, 'omemo');
	it.become(0, 'acked');
	t.like((await outcomes)[0], {ok: true, state: 'acked', encryption: 'omemo'});
});

test('what is held up is taken back, and the reason is the outcome', async t => {
	const it = scene();
	const outcomes = it.send('acked', [romeo, nurse]);
	await it.sent(2);
	it.backend.emit({type: 'outbox.held', account: me, buffer: withRomeo, problem: undecided});
	it.become(1, 'acked');
	const [toRomeo, toNurse] = await outcomes;
	t.like(toRomeo, {ok: false, problem: {code: 'device-undecided', kind: 'notPermitted'}});
	t.is(
		toRomeo?.ok === false ? toRomeo.problem.message : '',
		'Nothing was sent to romeo@example.net: Decide about it first.',
	);
	t.true(toNurse?.ok);
	t.is(it.backend.asked('withdrawMessage').length, 1);
	t.is(it.clock.pending, 0);
});

test('what was held up before, and what only has to wait in the outbox, is nobody’s matter here', async t => {
	const it = scene();
	it.backend.events(({type}) => {
		if (type === 'message.recorded') {
			it.backend.emit({type: 'outbox.held', account: me, buffer: withRomeo, problem: undecided});
		}
	});
	t.like((await it.send('queued'))[0], {ok: true, state: 'queued'});
	t.deepEqual(it.backend.asked('withdrawMessage'), []);
});

test('queued is done at once, whatever the connection', async t => {
	const it = scene({status: 'offline'});
	t.like((await it.send('queued'))[0], {ok: true, state: 'queued'});
});

test('each recipient gets one message and has an outcome of its own', async t => {
	const it = scene();
	const outcomes = it.send('acked', [romeo, nurse, romeo]);
	await it.sent(2);
	it.become(0, 'failed', {code: 'stanza-gone', kind: 'noSuchRecipient', message: 'Gone.'});
	it.become(1, 'acked');
	const [first, second, ...more] = await outcomes;
	t.like(first, {to: romeo, ok: false, problem: {code: 'stanza-gone', kind: 'noSuchRecipient'}});
	t.like(second, {to: nurse, ok: true, state: 'acked'});
	t.deepEqual(more, []);
});

test('when time is up, the outcome says where the message is', async t => {
	const cases: ReadonlyArray<readonly [WaitLevel, OutgoingState | undefined, string, RegExp]> = [
		['acked', undefined, 'still-queued', /waits in the outbox/],
		['acked', 'written', 'not-acknowledged', /did not confirm the message to romeo@example\.net within 3 s/],
		['acked', 'uncertain', 'not-acknowledged', /did not confirm/],
		['delivered', 'acked', 'not-delivered', /The server has the message, but romeo@example\.net/],
		['displayed', 'delivered', 'not-displayed', /was read/],
	];
	for (const [wait, state, code, pattern] of cases) {
		const it = scene();
		const outcomes = it.send(wait);
		await it.sent();
		if (state !== undefined) {
			it.become(0, state);
		}

		it.clock.advance(3000);
		const [outcome] = await outcomes;
		t.like(outcome, {ok: false, problem: {code, kind: 'temporary'}});
		t.regex(outcome?.ok === false ? outcome.problem.message : '', pattern);
	}
});

/** A running client that takes what it is asked and never answers this verb. */
function stoppedAt(verb: 'listAccounts' | 'sendMessage') {
	const clock = createManualClock();
	const backend = createFakeBackend(clock, {accounts: [account()]});
	const asked: unknown[] = [];
	const actions = new Proxy(backend.actions, {
		get: (target, name) =>
			name === verb
				? (input: unknown) => {
						asked.push(input);
						return new Promise(() => {});
					}
				: Reflect.get(target, name),
	});
	const send = (...to: Parameters<typeof sendThrough>[1]['to']) =>
		sendThrough(
			{actions, events: backend.events, closed: new Promise(() => {})},
			{to, body: 'Hi', timeout: 3000},
			accounts => accounts[0]?.jid ?? nurse,
			clock,
		);
	const settle = () => new Promise(setImmediate);
	return {clock, asked, send, settle};
}

test('a running client that stops answering before anything was sent is given up in time', async t => {
	const it = stoppedAt('listAccounts');
	const sending = it.send(romeo);
	it.clock.advance(3000);
	t.like(await t.throwsAsync(sending), {
		code: 'control-silent',
		message: 'The xmppc that is running with this profile did not answer within 3 s; nothing was sent.',
	});
});

test('one that stops answering about the message may send it later, and nothing else is asked of it', async t => {
	const it = stoppedAt('sendMessage');
	const sending = it.send(romeo, nurse);
	await it.settle();
	it.clock.advance(3000);
	const error = await t.throwsAsync(sending);
	t.like(error, {code: 'control-silent'});
	t.regex(error?.message ?? '', /it sends the message to romeo@example\.net when it goes on/);
	t.is(it.asked.length, 1);
	t.is(it.clock.pending, 0);
});

test('when the running client ends meanwhile, the outcome says so', async t => {
	const it = scene();
	const outcomes = it.send();
	await it.sent();
	it.become(0, 'written');
	it.hangUp({code: 'control-closed', kind: 'temporary', message: 'Ended.'});
	const [outcome] = await outcomes;
	t.like(outcome, {ok: false, problem: {code: 'not-acknowledged'}});
	t.regex(outcome?.ok === false ? outcome.problem.message : '', /before the running xmppc ended/);
});

test('nothing is left in the outbox of an account that does not connect', async t => {
	const problem: Problem = {code: 'wrong-password', kind: 'notPermitted', message: 'The password is wrong.'};
	const failed = scene({status: 'failed', problem});
	const error = await t.throwsAsync(failed.send());
	t.like(error, {code: 'not-connected', kind: 'notPermitted'});
	t.regex(error?.message ?? '', /nothing was sent: The password is wrong\./);
	t.deepEqual(failed.backend.asked('sendMessage'), []);
	t.like(await t.throwsAsync(scene({status: 'offline'}).send()), {code: 'not-connected', kind: 'temporary'});
});

test('what the client refuses is thrown, and after the first message an outcome', async t => {
	const refusal = new XmppcError({code: 'message-too-long', kind: 'badData', message: 'Too long.'});
	const it = scene();
	it.backend.refuse('sendMessage', refusal);
	t.like(await t.throwsAsync(it.send()), {code: 'message-too-long'});

	const later = scene();
	later.backend.events(({type}) => {
		if (type === 'message.recorded') {
			later.backend.refuse('sendMessage', refusal);
		}
	});
	t.deepEqual(
		(await later.send('queued', [romeo, nurse])).map(({ok}) => ok),
		[true, false],
	);
});

const inUse = () => new XmppcError({code: 'profile-in-use', kind: 'temporary', message: 'In use.'});

function shell(connections: ReadonlyArray<ControlConnection | undefined> = []) {
	const rest = [...connections];
	return {
		interactive: false,
		interrupted: new AbortController().signal,
		askSecret: async () => undefined,
		compose: async () => ({}) as Composition,
		connect: async () => rest.shift(),
	};
}

const silent = createOutput(
	false,
	() => {},
	() => {},
);

test('a command waits for another one that has the profile, and uses a client that came up meanwhile', async t => {
	let attempts = 0;
	const alone = async () => {
		attempts += 1;
		if (attempts < 3) {
			throw inUse();
		}

		return 'alone';
	};
	const running = async () => 'running';
	t.is(await accessProfile({profile: 'default'}, shell(), silent, {alone, running}), 'alone');
	t.is(attempts, 3);

	let hungUp = false;
	const connection = {
		close() {
			hungUp = true;
		},
	} as ControlConnection;
	const taken = async () => {
		throw inUse();
	};
	const beside = shell([undefined, connection]);
	t.is(await accessProfile({profile: 'default'}, beside, silent, {alone: taken, running}), 'running');
	t.true(hungUp);
});

test('it waits no longer than it may, and not at all for anything else', async t => {
	const running = async () => 'running';
	const taken = async () => {
		throw inUse();
	};
	const options = {profile: 'default'};
	const given = accessProfile(options, shell(), silent, {alone: taken, running, patience: 60});
	t.like(await t.throwsAsync(given), {code: 'profile-in-use'});
	let attempts = 0;
	const broken = async () => {
		attempts += 1;
		throw new XmppcError({code: 'database-damaged', kind: 'storage', message: 'Damaged.'});
	};
	t.like(await t.throwsAsync(accessProfile(options, shell(), silent, {alone: broken, running})), {
		code: 'database-damaged',
	});
	t.is(attempts, 1);
});

test('the daemon says what becomes of accounts, and nothing of messages', t => {
	const lineOf = createDaemonLines();
	const changed = (status: Account['status']) => lineOf({type: 'account.changed', account: account({status})});
	t.deepEqual(
		[changed('offline'), changed('connecting'), changed('interrupted'), changed('connecting'), changed('interrupted')],
		['juliet@example.org: offline', undefined, 'juliet@example.org: interrupted', undefined, undefined],
	);
	t.is(changed('online'), 'juliet@example.org: online');
	t.is(lineOf({type: 'notice', level: 'error', text: 'No.', hint: 'Look.', at: 0, account: me}), 'error: No. (Look.)');
	t.is(lineOf({type: 'message.recorded', message: message(1000, 'secret')}), undefined);
	t.is(lineOf({type: 'account.removed', account: me}), 'juliet@example.org: removed');
});

test('a room that was not there is not made by a message, nor is the message sent', async t => {
	const it = scene();
	const joinRoom = async () => ({created: true});
	const sending = sendThrough(
		{actions: {...it.backend.actions, joinRoom}, events: it.backend.events, closed: new Promise(() => {})},
		{to: [romeo], body: 'Hi', timeout: 3000, room: {}},
		() => me,
		it.clock,
	);
	t.like(await t.throwsAsync(sending), {code: 'no-such-room'});
	t.is(it.backend.asked('leaveRoom').length, 1);
	t.is(it.backend.asked('sendMessage').length, 0);
});

test('a room that asks something is answered in the running client: nothing was sent', async t => {
	const it = scene();
	const asks = {code: 'room-captcha', kind: 'notPermitted', hint: 'x'} as const;
	it.backend.refuse('joinRoom', new XmppcError({...asks, message: 'It asks something: http://example.org/7'}));
	const sending = sendThrough(
		{actions: it.backend.actions, events: it.backend.events, closed: new Promise(() => {})},
		{to: [romeo], body: 'Hi', timeout: 3000, room: {}},
		() => me,
		it.clock,
	);
	const error = await t.throwsAsync<XmppcError>(sending, {
		code: 'room-captcha',
		message: 'Nothing was sent: It asks something: http://example.org/7',
	});
	t.is(error?.hint, `Answer it in the running xmppc with /join ${romeo}, and send again.`);
	t.is(it.backend.asked('sendMessage').length, 0);
});

test('a message that waits for its turn in a slow room is sent by the running client, which stays there for it', async t => {
	const it = scene();
	const sending = sendThrough(
		{
			actions: {
				...it.backend.actions,
				joinRoom: async () => ({created: false}),
				sendMessage: async () => ({key: 1, id: 'i', state: 'queued'}),
			},
			events: it.backend.events,
			closed: new Promise(() => {}),
		},
		{to: [romeo], body: 'Hi', timeout: 3000, room: {}},
		() => me,
		it.clock,
	);
	await new Promise(setImmediate);
	it.clock.advance(3000);
	const [outcome] = await sending;
	t.like(outcome, {ok: false, problem: {code: 'still-queued', kind: 'temporary'}});
	t.regex(outcome?.ok === false ? outcome.problem.message : '', /its turn in the room did not come within 3 s/);
	t.is(it.backend.asked('leaveRoom').length, 0);
});

for (const [where, wasIn, left] of [
	['that it entered for this', undefined, 1],
	['that it was in before', true, 0],
] as const) {
	test(`after a message the running client ${left === 0 ? 'stays in' : 'leaves'} a room ${where}`, async t => {
		const it = scene();
		const joinRoom = async () => ({created: false, ...(wasIn === undefined ? {} : {wasIn})});
		const outcomes = sendThrough(
			{actions: {...it.backend.actions, joinRoom}, events: it.backend.events, closed: new Promise(() => {})},
			{to: [romeo], body: 'Hi', timeout: 3000, wait: 'queued', room: {}},
			() => me,
			it.clock,
		);
		t.like((await outcomes)[0], {ok: true});
		t.is(it.backend.asked('leaveRoom').length, left);
	});
}
