/** A room in which one has to wait from one message to the next (XEP-0500), on the screen and in lines. */
import test from 'ava';
import type {Room} from '../../source/model/room.js';
import {waitText, waitTextLasts} from '../../source/tui/panes/slow-mode-words.js';
import {lineMode} from './line-mode.js';
import {capulets, inCapulets, occupant, room, roomBuffer} from './support/rooms.js';
import {account, buffer, contact, evening, me, message, romeo, withRomeo} from './support.js';
import {createTypist, type Typist} from './typist.js';

const slow = {slowMode: 20, archived: false} as const;
const people = (mine: Partial<Room> = {}, affiliation: 'none' | 'member' | 'admin' = 'none') => ({
	accounts: [account()],
	contacts: [contact(romeo)],
	buffers: [roomBuffer(capulets), buffer(romeo)],
	rooms: [{room: room(capulets, {features: slow, ...mine}), occupants: [occupant('juliet', {affiliation})]}],
	active: inCapulets,
});

/** Something of ours is said there now. */
async function said(typist: Typist, more: Partial<Room> = {}): Promise<void> {
	typist.backend.emit({
		type: 'room.changed',
		room: room(capulets, {features: slow, lastSaidAt: typist.clock.now(), ...more}),
	});
	await typist.settle();
}

/** What settling takes of the clock. */
const settling = 300;
const bar = (typist: Typist) => typist.row(22);

test('how long one has to wait is counted down in the bar of that room, and then it is gone', async t => {
	const typist = await createTypist(people());
	t.notRegex(bar(typist), /slow mode/);
	await said(typist);
	t.regex(bar(typist), /\[2: capulets\] slow mode: 20 s/);
	typist.clock.advance(1000 - settling);
	t.regex(bar(typist), /slow mode: 19 s/);
	typist.clock.advance(18_000);
	t.regex(bar(typist), /slow mode: 1 s/);
	typist.clock.advance(1000);
	t.notRegex(bar(typist), /slow mode/);
	typist.painted();
	typist.clock.advance(5000);
	t.deepEqual(typist.painted(), []);
});

test('Enter keeps the text and says how long it is, and sends it when the time is over', async t => {
	const typist = await createTypist(people());
	await said(typist);
	await typist.type('Good even\r');
	t.is(typist.input(), 'Good even');
	t.deepEqual(typist.backend.asked('sendMessage'), []);
	t.regex(typist.row(21), /Slow mode: you may write here again in 20 s\.\s+Your text stays here\./);

	typist.clock.advance(20_000);
	await typist.type('\r');
	t.is(typist.input(), '');
	t.deepEqual(typist.backend.asked('sendMessage'), [{account: me, to: capulets, body: 'Good even', kind: 'groupchat'}]);
});

test('commands, and what is for others, go at once', async t => {
	const typist = await createTypist(people());
	await said(typist);
	await typist.type('/me waves\r');
	t.is(typist.input(), '/me waves');
	await typist.type(`\u0015/msg ${romeo} Come\r`);
	t.deepEqual(
		typist.backend.asked('sendMessage').map(input => (input as {to: string}).to),
		[romeo],
	);
	await typist.type('/topic Tea\r');
	t.is(typist.backend.asked('setSubject').length, 1);
});

test('who administers the room has nothing to wait for', async t => {
	const typist = await createTypist(people({lastSaidAt: evening}, 'admin'));
	t.notRegex(bar(typist), /slow mode/);
	await typist.type('Good even\r');
	t.is(typist.backend.asked('sendMessage').length, 1);
});

test('nothing is counted or painted in another buffer, nor where nobody has to wait', async t => {
	const typist = await createTypist({...people(), active: withRomeo});
	await said(typist);
	typist.painted();
	typist.clock.advance(5000);
	t.deepEqual(typist.painted(), []);
	t.notRegex(bar(typist), /slow mode/);

	await typist.type('/buffer capulets\r');
	t.regex(bar(typist), /slow mode: 1\d s/);
	typist.painted();
	typist.clock.advance(1000);
	t.true(typist.painted().includes('status'));
	await typist.type('/buffer romeo\r');
	typist.painted();
	typist.clock.advance(5000);
	t.deepEqual(typist.painted(), []);
});

test('a room that is configured otherwise says so, and the wait is another one', async t => {
	const typist = await createTypist(people());
	await said(typist);
	await said(typist, {features: {...slow, slowMode: 60}});
	t.regex(typist.screen(), /The room is in slow mode now: one message in 60 s\./);
	t.regex(bar(typist), /slow mode: 60 s/);
	typist.backend.emit({type: 'room.changed', room: room(capulets, {features: {archived: false}})});
	await typist.settle();
	t.regex(typist.screen(), /The room is not in slow mode any more\./);
	t.notRegex(bar(typist), /slow mode: /);
});

test('a wait is told in the unit in which one waits, and never as less than it is', t => {
	t.deepEqual([1, 1000, 1001, 90_000, 90_001, 5_400_000, 5_400_001, 86_400_000].map(waitText), [
		'1 s',
		'1 s',
		'2 s',
		'90 s',
		'2 min',
		'90 min',
		'2 h',
		'24 h',
	]);
	for (let wait = 86_400_000; wait > 0; wait -= waitTextLasts(wait)) {
		t.true(waitTextLasts(wait) > 0);
		const after = wait - waitTextLasts(wait);
		t.is(waitText(wait), waitText(after + 1), `${wait}`);
		t.true(after === 0 || waitText(after) !== waitText(wait), `${wait}`);
	}
});

test('in lines a message waits for its turn, and it is said when that is', async t => {
	const run = lineMode(people({lastSaidAt: evening}), true);
	await run.settle();
	await run.type('/buffer capulets');
	await run.type('Good even');
	t.regex(run.text(), /Slow mode: it is sent in 20 s\./);
	t.is(run.backend.asked('sendMessage').length, 1);
	const sent = run.backend.history.get(inCapulets)?.at(-1) ?? message(1, 'Good even');
	run.backend.emit({
		type: 'message.changed',
		change: {key: sent.key, account: me, buffer: inCapulets, state: 'delivered'},
	});
	run.interruption.abort();
	await run.end();
});
