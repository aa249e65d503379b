import test from 'ava';
import type {SplitHalf} from '../../source/model/actions.js';
import type {BufferId} from '../../source/model/buffer.js';
import type {Message} from '../../source/model/message.js';
import {initialView, withActive, withOther} from '../../source/tui/app/view-state.js';
import {ball, household, inCapulets, secrets} from './support/rooms.js';
import {
	account,
	buffer,
	contact,
	evening,
	message,
	minutes,
	nurse,
	paint,
	romeo,
	stateAfter,
	withNurse,
	withRomeo,
} from './support.js';
import {createTypist, press, type Typist} from './typist.js';

const people = {
	accounts: [account()],
	contacts: [contact(romeo, {name: 'Romeo'}), contact(nurse)],
	buffers: [buffer(romeo), buffer(nurse)],
	active: withRomeo,
};
const history = (of: BufferId): Message[] =>
	Array.from({length: 80}, (_, index) =>
		message(evening - (100 - index) * minutes, `${of === withRomeo ? 'romeo' : 'nurse'} line ${index}`, {
			buffer: of,
			author: of === withRomeo ? romeo : nurse,
		}),
	);
const both = (
	more: Partial<typeof people> & {beside?: BufferId; focus?: SplitHalf} = {},
	size = {columns: 80, rows: 24},
) =>
	createTypist({...people, ...more}, size, backend => {
		backend.history.set(withRomeo, history(withRomeo));
		backend.history.set(withNurse, history(withNurse));
	});
const command = (typist: Typist, line: string) => typist.type(`${line}${press.enter}`);
const other = (typist: Typist) => typist.app.view().split?.other;

test('/split shows a second buffer with its newest history', async t => {
	const typist = await both();
	await command(typist, '/split nurse');
	t.is(other(typist), withNurse);
	t.regex(typist.screen(), /romeo line 79[\s\S]*nurse line 79/);
	t.deepEqual(typist.backend.asked('loadHistory').at(-1), {buffer: withNurse, limit: 100});
	t.like(typist.backend.asked('saveView').at(-1), {active: withRomeo, beside: withNurse});
});

test('after a restart both buffers stand in the halves they had', async t => {
	const before = await both();
	await command(before, '/split nurse');
	await before.type(press.alt('w'));
	t.like(before.backend.asked('saveView').at(-1), {active: withNurse, beside: withRomeo, focus: 'second'});
	const typist = await both({active: withNurse, beside: withRomeo, focus: 'second'});
	await typist.settle();
	t.like(typist.app.view().split, {other: withRomeo, focus: 'second'});
	t.regex(typist.screen(), /romeo line 79[\s\S]*nurse line 79/);
});

test('/split alone shows the buffer of before, and again this one alone', async t => {
	const typist = await both();
	await command(typist, '/buffer nurse');
	await command(typist, '/split');
	t.is(other(typist), withRomeo);
	await command(typist, '/split');
	t.is(other(typist), undefined);
	t.notRegex(typist.screen(), /romeo line/);
	t.like(typist.backend.asked('saveView').at(-1), {beside: 'none'});
});

test('Alt+W goes to the other half, where the next line is sent', async t => {
	const typist = await both();
	await command(typist, '/split nurse');
	await typist.type(press.alt('w'));
	t.is(typist.app.view().active, withNurse);
	t.is(other(typist), withRomeo);
	await command(typist, 'good night');
	t.like(typist.backend.asked('sendMessage')[0], {to: nurse, body: 'good night'});
	await command(typist, '/split other');
	t.is(typist.app.view().active, withRomeo);
});

test('each half keeps its place on the screen, until they are swapped', async t => {
	const typist = await both();
	const upper = () => (typist.row(0).includes('romeo') ? 'romeo' : 'nurse');
	await command(typist, '/split nurse');
	t.is(upper(), 'romeo');
	await typist.type(press.alt('w'));
	t.is(upper(), 'romeo');
	await command(typist, '/split swap');
	t.is(upper(), 'nurse');
	t.is(typist.app.view().active, withNurse);
});

test('the halves scroll on their own', async t => {
	const typist = await both();
	await command(typist, '/split nurse');
	await typist.type(press.pageUp);
	t.notRegex(typist.screen(), /romeo line 79/);
	t.regex(typist.screen(), /nurse line 79/);
	await typist.type(press.alt('w') + press.pageUp);
	t.notRegex(typist.screen(), /line 79/);
});

test('going to the buffer of the other half takes the keyboard there, and shows no buffer twice', async t => {
	const typist = await both();
	await command(typist, '/split nurse');
	await typist.type(press.alt('3'));
	t.is(typist.app.view().active, withNurse);
	t.is(other(typist), withRomeo);
});

test('what comes in either half is read while somebody looks', async t => {
	const typist = await both();
	await command(typist, '/split nurse');
	const incoming = (of: BufferId, author: typeof romeo) => {
		const made = message(typist.clock.now(), 'news', {buffer: of, author});
		typist.backend.emit({type: 'message.recorded', message: made});
		return {buffer: of, upTo: made.key};
	};
	// What was there before has been reported by then.
	typist.clock.advance(1000);
	const seen = incoming(withNurse, nurse);
	await typist.settle();
	t.deepEqual(typist.backend.asked('markRead').at(-1), seen);
	t.is(typist.rung(), 0);
	await typist.type(press.blur);
	const unseen = incoming(withNurse, nurse);
	await typist.settle();
	t.notDeepEqual(typist.backend.asked('markRead').at(-1), unseen);
	typist.clock.advance(5000);
	t.is(typist.rung(), 1);
	t.regex(typist.screen(), /new \(1\)/);
	await typist.type(press.focus);
	t.deepEqual(typist.backend.asked('markRead').at(-1), unseen);
});

test('a half whose buffer is closed goes, and its place with it', async t => {
	const typist = await both();
	await command(typist, '/split nurse');
	await command(typist, '/close');
	t.is(typist.app.view().split, undefined);
	t.is(typist.app.view().active, withNurse);
	const second = await both();
	await command(second, '/split nurse');
	await command(second, '/close nurse');
	t.is(second.app.view().split, undefined);
	t.is(second.app.view().active, withRomeo);
});

test('the split view is there again after a restart', async t => {
	const typist = await both({beside: withNurse});
	t.regex(typist.screen(), /romeo line 79[\s\S]*nurse line 79/);
});

test('a screen with room for two says nothing about it', async t => {
	const typist = await both({}, {columns: 140, rows: 30});
	await command(typist, '/split nurse');
	t.notRegex(typist.screen(), /room for one buffer only/);
});

test('a screen without room for two says so, and what is hidden is not read', async t => {
	const typist = await both({}, {columns: 80, rows: 14});
	await command(typist, '/split nurse');
	t.regex(typist.screen(), /room for one buffer only/);
	const made = message(typist.clock.now(), 'news', {buffer: withNurse, author: nurse});
	typist.backend.emit({type: 'message.recorded', message: made});
	typist.clock.advance(5000);
	await typist.settle();
	t.false(typist.backend.asked('markRead').some(input => (input as {upTo: number}).upTo === made.key));
	t.is(typist.rung(), 1);
	await typist.type(press.alt('w'));
	t.is(typist.app.view().active, withNurse);
});

test('a split view that had no room comes back when the screen has', t => {
	const state = stateAfter(...household, ...ball, ...secrets);
	const view = withOther(withActive(initialView, inCapulets, undefined), withRomeo);
	const small = paint(state, view, 80, 12);
	t.is(small.painted.other, undefined);
	t.notRegex(small.text, /Good morrow/);
	t.regex(paint(state, view, 80, 24).text, /Good morrow/);
	t.regex(paint(state, view, 200, 50).text, /Good morrow/);
});

test('a message to who is in the other half is seen there, and needs no word', async t => {
	const typist = await both();
	await command(typist, '/split nurse');
	await command(typist, '/msg nurse@example.org come hither');
	t.regex(typist.screen(), /come hither/);
	t.notRegex(typist.screen(), /Sent to|it waits until/);
});

test('what cannot be done is said', async t => {
	const typist = await both();
	await command(typist, '/split off');
	t.regex(typist.screen(), /no second buffer here/);
	await typist.type(press.alt('w'));
	t.regex(typist.screen(), /\/split shows one/);
	await command(typist, '/split romeo');
	t.regex(typist.screen(), /the buffer you are in/);
	await command(typist, '/split nobody');
	t.regex(typist.screen(), /No open buffer is called “nobody”/);
});
