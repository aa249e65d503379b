/** Where messages are missing the conversation says so, at that place, until they are there. */
import test from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {ArchiveView} from '../../source/model/events.js';
import type {BareJid} from '../../source/shared/jid.js';
import type {StoreEvent} from '../../source/store/state.js';
import {initialView, withActive} from '../../source/tui/app/view-state.js';
import {
	account,
	buffer,
	contact,
	evening,
	golden,
	me,
	message,
	minutes,
	paint,
	recorded,
	romeo,
	stateAfter,
	withRomeo,
} from './support.js';
import {createTypist, press} from './typist.js';

const day = 24 * 60 * minutes;
const weekAgo = evening - 7 * day;
const old = [message(weekAgo, 'Parting is such sweet sorrow'), message(weekAgo + minutes, 'Good night')];
const fresh = [message(evening, 'It was the nightingale'), message(evening + minutes, 'and not the lark')];
const endOfOld = old[1]?.key ?? 0;

const gap = (more: Partial<ArchiveView['gaps'][number]> = {}): ArchiveView['gaps'][number] => ({
	after: weekAgo + minutes,
	afterKey: endOfOld,
	before: evening,
	permanent: false,
	...more,
});
const archive = (loading: boolean, ...gaps: ArchiveView['gaps']): {readonly type: 'archive.changed'} & ArchiveView => ({
	type: 'archive.changed',
	account: me,
	loading,
	gaps,
});
const ball = 'ball@rooms.example.org' as BareJid;
const page = (messages = [...old, ...fresh], complete = true): StoreEvent => ({
	type: 'history.loaded',
	buffer: withRomeo,
	complete,
	messages,
});
const known: readonly StoreEvent[] = [
	{type: 'account.changed', account: account()},
	{type: 'roster.loaded', account: me, contacts: [contact(romeo, {name: 'Romeo'})]},
	{type: 'buffer.opened', buffer: buffer(romeo)},
];
const inChat = withActive(initialView, withRomeo, undefined);
const picture = (events: readonly StoreEvent[], columns = 80, rows = 24) =>
	paint(stateAfter(...known, ...events), inChat, columns, rows).text;
const said = (...events: readonly StoreEvent[]) =>
	picture(events)
		.split('\n')
		.map(row =>
			row
				.replaceAll(/[─·╌│]/gu, ' ')
				.replaceAll(/\s+/gu, ' ')
				.trim(),
		);

for (const [name, events] of [
	['gap-loading', [page(), archive(true, gap())]],
	['gap-permanent', [page(), archive(false, gap({permanent: true}))]],
	['gap-at-the-end', [page(old), archive(true, gap())]],
	['gap-at-the-beginning', [page(fresh, false), archive(true, {before: evening, permanent: false})]],
] as ReadonlyArray<readonly [string, readonly StoreEvent[]]>) {
	test(`a conversation in which messages are missing looks like the picture ${name}`, t => {
		for (const [columns, rows] of [
			[80, 24],
			[200, 50],
			[40, 12],
		] as const) {
			const text = picture(events, columns, rows);
			t.is(text, golden(`${name}-${columns}x${rows}`, text));
		}
	});
}

test('the line stands between what was there before and what came since', t => {
	const rows = said(page(), archive(true, gap()));
	const at = rows.indexOf('messages are missing here: loading…');
	t.regex(rows[at - 1] ?? '', /Good night/);
	t.is(rows[at + 1], 'Sat 21 Nov 2026');
});

test('it moves with what was filled in, and goes with the last of it', t => {
	const filled = message(weekAgo + day, 'Wilt thou be gone?');
	const half = recorded(weekAgo + day, 'Wilt thou be gone?', {key: filled.key, via: 'archive'});
	const rows = said(
		page(),
		archive(true, gap()),
		half,
		archive(true, gap({after: weekAgo + day, afterKey: filled.key})),
	);
	t.regex(rows[rows.indexOf('messages are missing here: loading…') - 1] ?? '', /Wilt thou be gone/);
	t.notRegex(picture([page(), archive(true, gap()), half, archive(false)]), /missing/);
});

test('while nobody loads it says when that will be', t => {
	t.true(said(page(), archive(false, gap())).includes('messages may be missing here'));
	const offline: StoreEvent = {type: 'account.changed', account: account({status: 'interrupted'})};
	const rows = said(page(), archive(false, gap()), offline);
	t.true(rows.includes('messages may be missing here; they are fetched when you are online'));
});

test('what the server lost too is said with its date', t => {
	const rows = said(page(), archive(false, gap({permanent: true})));
	t.true(rows.includes('messages are missing: the server kept none before Sat 21 Nov 2026'));
	const first = said(page(fresh), archive(false, {before: evening, permanent: true}));
	t.is(first[1], 'the server kept history only from Sat 21 Nov 2026');
});

test('the beginning of what is stored is not taken for the beginning of the conversation', t => {
	t.is(
		said(page(fresh, false), archive(true, {before: evening, permanent: false}))[1],
		'older messages are being fetched…',
	);
	t.is(said(page(fresh, false), archive(false, {before: evening, permanent: false}))[1], 'older messages: PageUp');
	t.is(said(page(fresh), archive(false))[1], 'the history begins here, on the server too');
	t.is(said(page(fresh))[1], 'the recorded history begins here');
});

test('a gap above what is loaded is told when that is loaded', t => {
	t.notRegex(picture([page(fresh, false), archive(true, gap())]), /missing here/);
});

test('the gap of one account is none in the buffers of another, and the console has none', t => {
	const elsewhere = {type: 'archive.changed', account: romeo, loading: true, gaps: [gap()]} as const;
	t.notRegex(picture([page(), elsewhere]), /missing/);
	t.notRegex(paint(stateAfter(...known, archive(true, gap())), initialView, 80, 24).text, /missing/);
});

test('what the program said while the connection was gone stands above the gap', t => {
	const notice: StoreEvent = {
		type: 'notice',
		level: 'info',
		text: 'gone',
		at: weekAgo + 2 * minutes,
		buffer: withRomeo,
	};
	const rows = said(page(old), notice, recorded(evening, 'It was the nightingale'), archive(true, gap()));
	t.regex(rows[rows.indexOf('messages are missing here: loading…') - 1] ?? '', /gone/);
});

const people = {accounts: [account()], contacts: [contact(romeo)], buffers: [buffer(romeo)]};

test('a gap that is known from before the start is shown at once', async t => {
	const archives = [{account: me, loading: false, gaps: [gap()]}];
	const typist = await createTypist({...people, archives, active: withRomeo}, undefined, backend =>
		backend.history.set(withRomeo, [...old, ...fresh]),
	);
	t.regex(typist.screen(), /messages may be missing here/);
});

test('a pane that is not full gets the older messages when the archive has been read', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	typist.backend.history.set(withRomeo, [...old, ...fresh]);
	typist.backend.emit({
		type: 'archive.changed',
		account: me,
		loading: true,
		gaps: [{before: evening, permanent: false}],
	});
	await typist.settle();
	t.regex(typist.screen(), /older messages are being fetched/);
	typist.backend.emit({type: 'archive.changed', account: me, loading: false, gaps: []});
	await typist.settle();
	t.regex(typist.screen(), /the history begins here, on the server too[\s\S]*Good night[\s\S]*not the lark/);
});

test('a buffer that was left while older messages were missing asks for them when it is shown again', async t => {
	const typist = await createTypist({...people, active: withRomeo});
	await typist.type(press.alt('1'));
	typist.backend.emit({
		type: 'archive.changed',
		account: me,
		loading: true,
		gaps: [{before: evening, permanent: false}],
	});
	typist.backend.emit({type: 'archive.changed', account: me, loading: false, gaps: []});
	await typist.settle();
	typist.backend.history.set(withRomeo, [...old]);
	await typist.type(press.alt('2'));
	t.regex(typist.screen(), /Good night/);
});

test('in a room it is what the room has that is missing, and not what the account has', t => {
	const id = bufferId(me, 'room', ball);
	const inBall = withActive(initialView, id, undefined);
	const events: readonly StoreEvent[] = [
		...known,
		{type: 'buffer.opened', buffer: buffer(ball, {id, kind: 'room'})},
		{
			type: 'history.loaded',
			buffer: id,
			complete: true,
			messages: [...old, ...fresh].map(each => ({...each, buffer: id})),
		},
	];
	const shown = (...more: readonly StoreEvent[]) => paint(stateAfter(...events, ...more), inBall, 80, 24).text;
	t.false(shown(archive(true, gap())).includes('missing'));
	t.regex(shown({...archive(true, gap()), room: ball}), /messages are missing here: loading/);
});
