/** Several accounts in one window, and what survives the end of the program. */
import test from 'ava';
import {bufferId, consoleBuffer} from '../../source/model/buffer.js';
import type {Message} from '../../source/model/message.js';
import type {BareJid} from '../../source/shared/jid.js';
import type {StoreEvent} from '../../source/store/state.js';
import {initialView, type ViewState, withActive} from '../../source/tui/app/view-state.js';
import {
	account,
	buffer,
	contact,
	evening,
	golden,
	me,
	message,
	minutes,
	nurse,
	paint,
	recorded,
	romeo,
	stateAfter,
	withNurse,
	withRomeo,
} from './support.js';
import {createTypist, press, type Typist} from './typist.js';

const work = 'capulet@example.com' as BareJid;
const workRomeo = bufferId(work, 'chat', romeo);
const paris = 'paris@example.com' as BareJid;
const atWork = {account: work, id: workRomeo};

const both = {
	accounts: [account(), account({jid: work})],
	contacts: [
		contact(romeo, {name: 'Romeo'}),
		contact(nurse),
		contact(romeo, {account: work, name: 'Romeo'}),
		contact(paris, {account: work}),
	],
	buffers: [buffer(romeo), buffer(romeo, atWork)],
};

const events: readonly StoreEvent[] = [
	...both.accounts.map((each): StoreEvent => ({type: 'account.changed', account: each})),
	{type: 'roster.loaded', account: me, contacts: both.contacts.slice(0, 2)},
	{type: 'roster.loaded', account: work, contacts: both.contacts.slice(2)},
	{type: 'buffer.opened', buffer: buffer(romeo)},
	{type: 'buffer.opened', buffer: buffer(romeo, atWork)},
	{type: 'history.loaded', buffer: withRomeo, complete: true, messages: [message(evening, 'With love')]},
	{
		type: 'history.loaded',
		buffer: workRomeo,
		complete: true,
		messages: [message(evening, 'With kind regards', {account: work, buffer: workRomeo})],
	},
	{type: 'buffer.unread', buffer: workRomeo, unread: 1, highlights: 1, readUpTo: 0},
];

for (const [name, view, more] of [
	['two-accounts', withActive(initialView, withRomeo, undefined), []],
	[
		'two-accounts-trouble',
		withActive(initialView, workRomeo, undefined),
		[
			{
				type: 'account.changed',
				account: account({
					status: 'interrupted',
					problem: {code: 'connection-lost', kind: 'unavailable', message: 'The connection was lost.'},
				}),
			},
			{type: 'account.changed', account: account({jid: 'old@example.org' as BareJid, status: 'locked'})},
		],
	],
	['two-accounts-console', {...initialView, account: work}, []],
] as ReadonlyArray<readonly [string, ViewState, readonly StoreEvent[]]>) {
	test(`two accounts with the same contact look like the picture ${name}`, t => {
		for (const [columns, rows] of [
			[100, 24],
			[80, 24],
		] as const) {
			const {text} = paint(stateAfter(...events, ...more), {...view, list: columns > 80}, columns, rows);
			t.is(text, golden(`${name}-${columns}x${rows}`, text));
		}
	});
}

test('each buffer acts for its account, though the contact is the same', async t => {
	const typist = await createTypist(both);
	await typist.type(`${press.alt('2')}for love${press.enter}`);
	await typist.type(`${press.alt('3')}for work${press.enter}`);
	t.deepEqual(typist.backend.asked('sendMessage'), [
		{account: me, to: romeo, body: 'for love'},
		{account: work, to: romeo, body: 'for work'},
	]);
	t.regex(typist.row(22), /^ capulet@example\.com ● online/u);
});

test('the console speaks for the account whose buffer was shown last', async t => {
	const typist = await createTypist(both);
	t.regex(typist.row(22), /^ juliet@example\.org/u);
	await typist.type(`/disconnect${press.enter}`);
	await typist.type(press.alt('3') + press.alt('1'));
	t.regex(typist.row(22), /^ capulet@example\.com/u);
	await typist.type(`/disconnect${press.enter}`);
	t.deepEqual(typist.backend.asked('disconnect'), [{account: me}, {account: work}]);
});

test('a name that both accounts know leads to the buffer of the account in use', async t => {
	const typist = await createTypist({...both, buffers: [...both.buffers, buffer(nurse)], active: workRomeo});
	await typist.type(`${press.alt('2')}/buffer romeo${press.enter}`);
	t.is(typist.app.view().active, withRomeo);
	await typist.type(`${press.alt('4')}/buffer romeo${press.enter}`);
	t.is(typist.app.view().active, workRomeo);
});

test('a buffer keeps its number while others open and close', async t => {
	const typist = await createTypist(both);
	const shown = async (number: string) => {
		await typist.type(press.alt(number));
		return typist.app.view().active;
	};
	typist.backend.emit({type: 'buffer.opened', buffer: buffer(nurse)});
	await typist.settle();
	t.is(await shown('3'), workRomeo, 'though the new one is listed above it');
	t.is(await shown('4'), withNurse);
	await typist.type(`${press.alt('2')}/close${press.enter}`);
	t.is(await shown('3'), workRomeo);
	t.is(await shown('4'), withNurse);
	typist.backend.emit({
		type: 'buffer.opened',
		buffer: buffer(paris, {account: work, id: bufferId(work, 'chat', paris)}),
	});
	await typist.settle();
	t.is(await shown('2'), bufferId(work, 'chat', paris));
	await typist.type(press.alt('1') + press.control('n'));
	t.is(typist.app.view().active, withNurse, 'the next one is the next in the list');
});

const states = (typist: Typist) =>
	typist.backend.asked('setAttention').map(input => (input as {active: boolean}).active);

test('losing the keyboard is told, and its return', async t => {
	const typist = await createTypist(both);
	await typist.type(press.blur);
	await typist.type(press.blur);
	t.deepEqual(states(typist), [false]);
	await typist.type(press.focus);
	t.deepEqual(states(typist), [false, true]);
	await typist.type(press.blur);
	await typist.type('x');
	t.deepEqual(states(typist), [false, true, false, true], 'a key says that somebody is there');
});

test('five minutes without a key are told, and the key that ends them at once', async t => {
	const typist = await createTypist(both);
	typist.clock.advance(4 * minutes);
	await typist.type('a');
	typist.clock.advance(4 * minutes);
	t.deepEqual(states(typist), []);
	typist.clock.advance(minutes);
	t.deepEqual(states(typist), [false]);
	typist.clock.advance(20 * minutes);
	await typist.type(press.paste('b'));
	t.deepEqual(states(typist), [false, true]);
	typist.clock.advance(5 * minutes);
	t.deepEqual(states(typist), [false, true, false]);
	typist.app.close();
});

test('what is typed is stored within a second, without a pause in the typing', async t => {
	const typist = await createTypist({...both, active: withRomeo});
	for (const letter of 'abcdefgh') {
		await typist.type(letter);
	}

	typist.clock.advance(700);
	t.like(typist.backend.asked('saveView').at(-1), {drafts: {[withRomeo]: 'abcdefgh'}});
	t.true(typist.backend.asked('saveView').length <= 5, 'not with every key');
	await typist.type(press.enter);
	typist.clock.advance(700);
	t.like(typist.backend.asked('saveView').at(-1), {drafts: {[withRomeo]: ''}});
	const count = typist.backend.asked('saveView').length;
	typist.clock.advance(minutes);
	t.is(typist.backend.asked('saveView').length, count, 'nothing new, nothing stored');
});

const long: readonly Message[] = Array.from({length: 500}, (_, index) =>
	message(evening - (600 - index) * minutes, `line ${index}`),
);
const talk = (scroll?: {readonly key: number; readonly rows: number}) =>
	createTypist(
		{...both, buffers: [buffer(romeo, scroll === undefined ? {} : {scroll})], active: withRomeo},
		undefined,
		backend => backend.history.set(withRomeo, [...long]),
	);

test('where the view stands is stored, and found again after a start, however far up', async t => {
	const first = await talk();
	for (let page = 0; page < 8; page++) {
		await first.type(press.pageUp);
	}

	first.clock.advance(700);
	const saved = first.backend.asked('saveView').at(-1) as {scroll: Record<string, {key: number; rows: number}>};
	const position = saved.scroll[withRomeo];
	t.truthy(position?.key);
	const second = await talk(position);
	t.is(second.row(10), first.row(10));
	await first.type(press.alt('>'));
	for (let page = 0; page < 10; page++) {
		await first.type(press.pageDown);
	}

	first.clock.advance(700);
	t.like(first.backend.asked('saveView').at(-1), {scroll: {[withRomeo]: 'newest'}});
});

test('a view is found again just as it was, also where a page of history begins in its middle', async t => {
	for (const index of [385, 399, 400, 401, 410]) {
		const typist = await talk({key: long[index]?.key ?? 0, rows: 1});
		t.true(typist.row(21).endsWith(`line ${index}`), typist.row(21));
		t.true(typist.row(1).endsWith(`line ${index - 20}`), typist.row(1));
	}
});

test('a place whose message is gone is the nearest one; one above everything is the beginning', async t => {
	const between = (long[250]?.key ?? 0) + 1;
	t.true((await talk({key: between, rows: 1})).screen().includes('line 251'));
	t.true((await talk({key: 0, rows: 1})).screen().includes('line 0'));
	const beyond = await talk({key: Number.MAX_SAFE_INTEGER, rows: 1});
	t.true(beyond.screen().includes('line 499'));
});

test('a buffer that was scrolled up stays unread until the person has come down', async t => {
	const typist = await talk({key: long[100]?.key ?? 0, rows: 1});
	typist.backend.emit({type: 'message.recorded', message: message(typist.clock.now(), 'news')});
	await typist.settle();
	t.deepEqual(typist.backend.asked('markRead'), []);
	t.false(typist.screen().includes('news'));
});

test('the console needs no history', async t => {
	const typist = await createTypist({...both, active: consoleBuffer});
	t.deepEqual(typist.backend.asked('loadHistory'), []);
	const state = stateAfter(...events, recorded(evening, 'x'));
	t.is(state.numbers[consoleBuffer], 1);
});
