import test from 'ava';
import {consoleBuffer} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import type {State, StoreEvent} from '../../source/store/state.js';
import {monochrome} from '../../source/themes/monochrome.js';
import {initialView, type ViewState, withActive, withHint, withInput} from '../../source/tui/app/view-state.js';
import {markMeanings} from '../../source/tui/panes/message-marks.js';
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

const sizes = [
	[80, 24],
	[200, 50],
	[40, 12],
] as const;

const roster: readonly StoreEvent[] = [
	{type: 'account.changed', account: account()},
	{
		type: 'roster.loaded',
		account: me,
		contacts: [
			contact(romeo, {name: 'Romeo Montague'}),
			contact(nurse),
			contact('paris@example.org' as BareJid, {subscription: 'none', asking: true}),
			contact('mercutio@example.net' as BareJid, {name: 'Mercutio'}),
			contact('tybalt@example.org' as BareJid),
		],
	},
	{
		type: 'presence.changed',
		account: me,
		jid: romeo,
		resources: [{resource: 'orchard', availability: 'away', statusText: 'under the balcony', priority: 5, since: 0}],
	},
	{
		type: 'presence.changed',
		account: me,
		jid: 'mercutio@example.net' as BareJid,
		resources: [{resource: 'p', availability: 'dnd', statusText: '', priority: 0, since: 0}],
	},
	{type: 'buffer.opened', buffer: buffer(romeo)},
	{type: 'buffer.opened', buffer: buffer(nurse, {unread: 2, highlights: 2})},
];

const tomorrow = evening + 12 * 60 * minutes;

const talk: readonly StoreEvent[] = [
	{
		type: 'history.loaded',
		buffer: withRomeo,
		complete: true,
		messages: [
			message(evening, 'But soft, what light through yonder window breaks?'),
			message(evening + 2000, 'It is the east, and Juliet is the sun. https://example.org/sun?q=1, see there.'),
			message(evening + 4 * minutes, 'Ay me!', {direction: 'outgoing', state: 'delivered'}),
			message(evening + 4 * minutes, '/me sighs', {direction: 'outgoing', state: 'acked'}),
		],
	},
	recorded(
		tomorrow,
		'O Romeo, Romeo! wherefore art thou Romeo?\nDeny thy father and refuse thy name;\n  Or, if thou wilt not, be but sworn my love',
		{
			direction: 'outgoing',
			state: 'failed',
			failure: 'romeo@example.net does not exist.',
		},
	),
	recorded(tomorrow + minutes, 'What man art thou', {direction: 'outgoing', state: 'uncertain'}),
	recorded(tomorrow + 2 * minutes, 'By a name I know not how to tell thee who I am', {via: 'archive'}),
	recorded(tomorrow + 3 * minutes, '日本語の文字は二桁の幅を持つ。絵文字も👍🏽そうです。'.repeat(3)),
	recorded(tomorrow + 3 * minutes, 'Verona is closed', {kind: 'headline', subject: 'News'}),
	recorded(tomorrow + 3 * minutes, 'Dear Juliet', {kind: 'normal'}),
	{
		type: 'notice',
		level: 'warning',
		text: 'The connection of juliet@example.org was lost.',
		hint: 'It is tried again in 4 s.',
		buffer: withRomeo,
		at: tomorrow + 4 * minutes,
	},
];

const inChat = (marker?: number): ViewState => withActive(initialView, withRomeo, marker);

function compare(t: {is(actual: string, expected: string): void}, name: string, state: State, view: ViewState): void {
	for (const [columns, rows] of sizes) {
		const {text, cursor} = paint(state, view, columns, rows);
		const picture = `${text}\n-- cursor ${cursor}`;
		t.is(picture, golden(`${name}-${columns}x${rows}`, picture));
	}
}

test('the first run', t => {
	compare(t, 'first-run', stateAfter(), initialView);
});

test('the console, with an empty roster', t => {
	compare(t, 'empty-roster', stateAfter({type: 'account.changed', account: account()}), initialView);
});

test('a conversation, with all that can become of a message', t => {
	compare(t, 'chat', stateAfter(...roster, ...talk), withInput(inChat(tomorrow * 1024), 'I take thee at thy word'));
});

test('a conversation scrolled up', t => {
	const state = stateAfter(...roster, ...talk);
	const first = state.buffers[withRomeo]?.entries[4]?.key ?? 0;
	compare(t, 'scrolled', state, {...inChat(), places: {[withRomeo]: {anchor: {key: first, rows: 2}}}});
});

test('a chat without a message', t => {
	compare(
		t,
		'empty-chat',
		stateAfter(...roster, {type: 'history.loaded', buffer: withNurse, messages: [], complete: true}),
		withActive(initialView, withNurse, undefined),
	);
});

test('each state of a message that was written here has a sign of its own, which the help explains', t => {
	const states = ['queued', 'sealed', 'written', 'acked', 'delivered', 'displayed', 'uncertain', 'failed'] as const;
	const written = states.map((state, index) =>
		recorded(evening + index, state, {
			direction: 'outgoing',
			state,
			...(state === 'failed' ? {failure: 'romeo@example.net does not exist.'} : {}),
		}),
	);
	const state = stateAfter(
		...roster,
		{type: 'history.loaded', buffer: withRomeo, complete: true, messages: []},
		...written,
	);
	compare(t, 'states', state, inChat());
	const rows = paint(state, inChat(), 80, 24).text.split('\n');
	const signs = states.map(
		each =>
			rows
				.find(row => row.includes(`│ ${each} `))
				?.split(' ')
				.at(-1) ?? '',
	);
	t.deepEqual(signs, ['…', '…', '→', '✓', '✓✓', '✓●', '?', '✗']);
	t.deepEqual(
		markMeanings.map(([sign]) => sign),
		[...new Set(signs)],
	);
});

test('an account that cannot connect', t => {
	const failed = account({
		status: 'failed',
		problem: {
			code: 'wrong-password',
			kind: 'notPermitted',
			message: 'example.org refused the password of juliet@example.org.',
			hint: '/account test tries it again.',
		},
	});
	compare(t, 'failed', stateAfter(...roster, ...talk, {type: 'account.changed', account: failed}), inChat());
});

test('several lines of input, and a wrong command', t => {
	const typed = withInput(inChat(), `first line\nsecond line\n${'a long third line '.repeat(12)}`);
	compare(
		t,
		'input',
		stateAfter(...roster, ...talk),
		withHint(typed, {level: 'error', text: 'There is no command /qury.', more: 'Did you mean /query?'}),
	);
});

test('a command that is being typed, with what it wants', t => {
	compare(t, 'command', stateAfter(...roster, ...talk), withInput(inChat(), '/rename romeo '));
});

test('the list of buffers can be shown on a narrow screen and hidden on a wide one', t => {
	const state = stateAfter(...roster, ...talk);
	const shown = paint(state, {...inChat(), list: true}, 80, 24).text;
	t.true(shown.includes('Contacts'));
	t.false(paint(state, {...inChat(), list: false}, 200, 50).text.includes('Contacts'));
});

test('a screen that is too small says what it needs', t => {
	const {text, cursor} = paint(stateAfter(...roster), inChat(), 39, 9);
	t.regex(text.replaceAll('\n', ' '), /needs at least 40\s+by\s+10/);
	t.is(cursor, 'hidden');
});

test('every theme shows the same text', t => {
	const state = stateAfter(...roster, ...talk);
	t.is(paint(state, inChat(), 100, 30, monochrome).text, paint(state, inChat(), 100, 30).text);
});

test('the console buffer has no name column for people', t => {
	const state = stateAfter({type: 'notice', level: 'info', text: 'hello', at: evening});
	t.true(paint(state, {...initialView, active: consoleBuffer}, 80, 24).text.includes('21:58  -- │ hello'));
});
