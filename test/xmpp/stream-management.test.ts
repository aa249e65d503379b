import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {acknowledgementByCount, acknowledgementByPing} from '../../source/xmpp/acknowledgement.js';
import {createElement, type Element, nameOf} from '../../source/xmpp/element.js';
import {batchLimit, createInbox, type InboxOptions} from '../../source/xmpp/inbox.js';
import {createLiveness} from '../../source/xmpp/liveness.js';
import {
	createStreamManagement,
	type SentStanza,
	streamManagementNamespace,
} from '../../source/xmpp/stream-management.js';
import {createManualClock} from '../support/manual-clock.js';

/** Something that was sent. */
const stanza = (onAcked: () => unknown = () => undefined): SentStanza => ({
	text: '<message/>',
	at: 0,
	onAcked: () => void onAcked(),
});

// --- counting

test('stanzas are acknowledged in the order they were sent', t => {
	const sm = createStreamManagement();
	const acked: number[] = [];
	for (const number of [1, 2, 3]) {
		sm.sent(stanza(() => acked.push(number)));
	}

	t.is(sm.acknowledged('2'), 'ok');
	t.deepEqual(acked, [1, 2]);
	t.is(sm.acknowledged('3'), 'ok');
	t.deepEqual(acked, [1, 2, 3]);
	t.is(sm.unacknowledged.length, 0);
});

test('the same count twice acknowledges nothing twice', t => {
	const sm = createStreamManagement();
	let acked = 0;
	sm.sent(stanza(() => acked++));
	sm.acknowledged('1');
	t.is(sm.acknowledged('1'), 'ok');
	t.is(acked, 1);
});

test('a count higher than what was sent is refused and acknowledges nothing', t => {
	const sm = createStreamManagement();
	let acked = 0;
	sm.sent(stanza(() => acked++));
	t.is(sm.acknowledged('2'), 'too-high');
	t.is(acked, 0);
});

test('a count that goes back is too high', t => {
	const sm = createStreamManagement();
	sm.sent(stanza());
	sm.sent(stanza());
	sm.acknowledged('2');
	t.is(sm.acknowledged('1'), 'too-high');
});

for (const h of [undefined, '', '-1', '1.5', '0x1', 'NaN', '1e0', ' 1', '4294967296', '99999999999']) {
	test(`a count of ${JSON.stringify(h)} is malformed`, t => {
		const sm = createStreamManagement();
		sm.sent(stanza());
		t.is(sm.acknowledged(h), 'malformed');
		t.is(sm.unacknowledged.length, 1);
	});
}

test('both counters go on at zero after 2^32 - 1', t => {
	const sm = createStreamManagement({inbound: 2 ** 32 - 2, outbound: 2 ** 32 - 1});
	const acked: string[] = [];
	sm.sent(stanza(() => acked.push('last')));
	sm.sent(stanza(() => acked.push('first')));
	t.is(sm.acknowledged('0'), 'ok');
	t.deepEqual(acked, ['last']);
	t.is(sm.acknowledged('1'), 'ok');
	sm.handled(3);
	t.is(sm.answer().attrs.h, '1');
});

testProp(
	'whatever the server acknowledges, every stanza is acknowledged at most once and in order',
	[fc.array(fc.oneof(fc.constant('send' as const), fc.integer({min: -2, max: 12})), {maxLength: 60})],
	(t, steps) => {
		const sm = createStreamManagement();
		const acked: number[] = [];
		let sent = 0;
		for (const step of steps) {
			if (step === 'send') {
				const number = sent++;
				sm.sent(stanza(() => acked.push(number)));
			} else {
				sm.acknowledged(String(step));
			}
		}

		t.deepEqual(
			acked,
			acked.map((_, index) => index),
		);
		t.is(acked.length + sm.unacknowledged.length, sent);
	},
);

// --- asking

const sm3 = (name: string, attributes: Record<string, string> = {}) =>
	createElement(name, {xmlns: streamManagementNamespace, ...attributes});

test('with stream management every question is an <r/>, and nothing is asked when nothing waits', t => {
	const way = acknowledgementByCount(createStreamManagement());
	t.is(way.question(), undefined);
	way.sent(stanza());
	t.is(way.question()?.name, 'r');
	t.is(way.take(sm3('a', {h: '1'})), 'taken');
	t.is(way.question(), undefined);
	t.is(way.question(true)?.name, 'r');
	t.is(way.take(createElement('a', {xmlns: 'urn:other', h: '1'})), 'not-mine');
	t.is(way.take(sm3('a', {h: '7'})), 'too-high');
});

test('without stream management an answered ping acknowledges what was sent before it, and no more', t => {
	const way = acknowledgementByPing('example.org');
	const acked: string[] = [];
	way.sent(stanza(() => acked.push('before')));
	const ping = way.question();
	way.sent(stanza(() => acked.push('after')));
	t.is(way.question(), undefined, 'one ping at a time');
	t.is(ping?.attrs.to, 'example.org');
	const answer = (attributes: Record<string, string>) => createElement('iq', {id: ping?.attrs.id, ...attributes});
	t.is(way.take(answer({type: 'result', from: 'mallory@example.net'})), 'not-mine');
	t.is(way.take(answer({type: 'get', from: 'example.org'})), 'not-mine');
	t.is(way.take(createElement('iq', {type: 'result', from: 'example.org', id: 'other'})), 'not-mine');
	t.is(way.take(answer({type: 'result', xmlns: 'urn:other'})), 'not-mine');
	t.deepEqual(acked, []);
	t.is(way.take(answer({type: 'result', from: 'example.org'})), 'taken');
	t.deepEqual(acked, ['before']);
	t.not(way.question()?.attrs.id, ping?.attrs.id);
});

test('a server that refuses pings has read them all the same', t => {
	const way = acknowledgementByPing('example.org');
	let acked = 0;
	way.sent(stanza(() => acked++));
	const id = way.question()?.attrs.id;
	t.is(way.take(createElement('iq', {type: 'error', id})), 'taken');
	t.is(acked, 1);
});

// --- handing on

test('what one read brought is one batch, in order', async t => {
	const {inbox, batches} = createTestInbox();
	read(inbox, 'a', 'b', 'c');
	await inbox.idle();
	read(inbox, 'd');
	await inbox.idle();
	t.deepEqual(batches, [['a', 'b', 'c'], ['d']]);
});

test('a batch holds at most 200 stanzas', async t => {
	const {inbox, batches} = createTestInbox();
	read(inbox, ...Array.from({length: 2 * batchLimit + 1}, (_, index) => `s${index}`));
	await inbox.idle();
	t.deepEqual(
		batches.map(batch => batch.length),
		[batchLimit, batchLimit, 1],
	);
});

test('the next batch waits until the one before is dealt with', async t => {
	const gate = createGate();
	const {inbox, batches, handled} = createTestInbox({wait: gate.wait});
	read(inbox, 'a');
	read(inbox, 'b');
	await settle();
	t.deepEqual(batches, [['a']]);
	t.deepEqual(handled, []);
	gate.open();
	await inbox.idle();
	t.deepEqual(batches, [['a'], ['b']]);
	t.deepEqual(handled, [1, 1]);
});

test('a mark runs between what came before it and what came after', async t => {
	const {inbox, batches} = createTestInbox();
	inbox.stanza(createElement('a'));
	inbox.mark(() => batches.push(['mark']));
	inbox.stanza(createElement('b'));
	inbox.deliver();
	await inbox.idle();
	t.deepEqual(batches, [['a'], ['mark'], ['b']]);
});

test('reading stops while too much waits, and goes on afterwards', async t => {
	const gate = createGate();
	const {inbox, flow} = createTestInbox({wait: gate.wait});
	read(inbox, 'first');
	read(inbox, ...Array.from({length: 2 * batchLimit + 1}, (_, index) => `s${index}`));
	t.deepEqual(flow, ['pause']);
	gate.open();
	await inbox.idle();
	t.deepEqual(flow, ['pause', 'resume']);
});

test('after a failure nothing more is delivered or counted', async t => {
	const failures: unknown[] = [];
	const {inbox, batches, handled} = createTestInbox({
		wait: async () => {
			throw new Error('disk full');
		},
		onFailure: error => failures.push(error),
	});
	read(inbox, 'a');
	await inbox.idle();
	read(inbox, 'b');
	await inbox.idle();
	t.deepEqual(batches, [['a']]);
	t.deepEqual(handled, []);
	t.deepEqual(failures.map(String), ['Error: disk full']);
});

// --- noticing a dead connection

test('a silent server is asked after 20 s, and given up 10 s later', t => {
	const {clock, events} = createTestLiveness();
	clock.advance(19_999);
	t.deepEqual(events, []);
	clock.advance(1);
	t.deepEqual(events, ['ask']);
	clock.advance(9_999);
	t.deepEqual(events, ['ask']);
	clock.advance(1);
	t.deepEqual(events, ['ask', 'dead']);
});

test('a server that says something is left alone', t => {
	const {clock, liveness, events} = createTestLiveness();
	for (let turn = 0; turn < 10; turn++) {
		clock.advance(15_000);
		liveness.heard();
	}

	t.deepEqual(events, []);
});

test('an answer ends the waiting, whatever it is', t => {
	const {clock, liveness, events} = createTestLiveness();
	clock.advance(20_000);
	clock.advance(9_000);
	liveness.heard();
	clock.advance(19_999);
	t.deepEqual(events, ['ask']);
	clock.advance(1);
	t.deepEqual(events, ['ask', 'ask']);
});

test('a question of somebody else that stays without an answer counts too', t => {
	const {clock, liveness, events} = createTestLiveness();
	clock.advance(5_000);
	liveness.asked();
	clock.advance(10_000);
	t.deepEqual(events, ['dead']);
});

test('an answer that lies unread because we stood still is read before the connection is given up', t => {
	const {clock, liveness, events} = createTestLiveness();
	clock.advance(20_000);
	// The timer comes late, and what the socket has comes right after it.
	clock.advance(9_500);
	liveness.heard();
	clock.advance(19_999);
	t.deepEqual(events, ['ask']);
});

test('a probe asks at once, unless a question is on its way already', t => {
	const {clock, liveness, events} = createTestLiveness();
	clock.advance(3_000);
	liveness.probe();
	liveness.probe();
	t.deepEqual(events, ['ask']);
	clock.advance(10_000);
	t.deepEqual(events, ['ask', 'dead']);
});

test('nothing ticks any more once it is stopped', t => {
	const {clock, liveness} = createTestLiveness();
	liveness.stop();
	liveness.asked();
	liveness.probe();
	t.is(clock.pending, 0);
});

test('after a batch that took long, what arrives shares the next one', async t => {
	const clock = createManualClock();
	const {inbox, batches} = createTestInbox({clock, wait: async () => clock.advance(10)});
	read(inbox, 'first');
	await settle();
	read(inbox, 'second');
	await settle();
	clock.advance(39);
	read(inbox, 'third');
	await settle();
	t.deepEqual(batches, [['first']]);
	clock.advance(1);
	await settle();
	t.deepEqual(batches, [['first'], ['second', 'third']]);
});

test('where a whole batch waits already, it does not wait for more to share it', async t => {
	const clock = createManualClock();
	const {inbox, batches} = createTestInbox({clock, wait: async () => clock.advance(10)});
	const many = (count: number) => Array.from({length: count}, (_, index) => `s${index}`);
	read(inbox, 'first');
	await settle();
	read(inbox, 'second');
	await settle();
	read(inbox, ...many(batchLimit));
	clock.advance(0);
	await settle();
	t.deepEqual(
		batches.map(batch => batch.length),
		[1, batchLimit],
	);
	clock.advance(40);
	await settle();
	t.is(batches.length, 3);
});

test('after a batch that took no time, the next one waits for nothing', async t => {
	const {inbox, batches} = createTestInbox();
	read(inbox, 'first');
	await settle();
	read(inbox, 'second');
	await settle();
	t.deepEqual(batches, [['first'], ['second']]);
});

function createTestInbox(options: {wait?: () => Promise<void>} & Partial<InboxOptions> = {}) {
	const batches: string[][] = [];
	const handled: number[] = [];
	const flow: string[] = [];
	const inbox = createInbox({
		clock: options.clock ?? createManualClock(),
		async receive(stanzas: readonly Element[]) {
			batches.push(stanzas.map(nameOf));
			await options.wait?.();
		},
		onHandled: count => handled.push(count),
		onFailure: options.onFailure ?? (() => undefined),
		pause: () => flow.push('pause'),
		resume: () => flow.push('resume'),
	});
	return {inbox, batches, handled, flow};
}

function read(inbox: ReturnType<typeof createInbox>, ...names: readonly string[]): void {
	for (const name of names) {
		inbox.stanza(createElement(name));
	}

	inbox.deliver();
}

function createGate() {
	let open: () => void = () => undefined;
	const opened = new Promise<void>(resolve => {
		open = resolve;
	});
	return {wait: () => opened, open: () => open()};
}

/** Lets everything that needs no further event run. */
function settle(): Promise<void> {
	return new Promise(resolve => setImmediate(resolve));
}

function createTestLiveness() {
	const clock = createManualClock();
	const events: string[] = [];
	const liveness = createLiveness({
		clock,
		onSilent() {
			events.push('ask');
			liveness.asked();
		},
		onDead: () => events.push('dead'),
	});
	return {clock, liveness, events};
}
