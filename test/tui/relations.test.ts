import test from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {Message} from '../../source/model/message.js';
import type {BareJid, Jid} from '../../source/shared/jid.js';
import {reduce} from '../../source/store/reduce.js';
import type {StoreEvent} from '../../source/store/state.js';
import {dark} from '../../source/themes/dark.js';
import {monochrome} from '../../source/themes/monochrome.js';
import {initialView, type ViewState, withActive, withComposing, withInput} from '../../source/tui/app/view-state.js';
import {frameOf} from '../../source/tui/panes/frame.js';
import {blockLines} from '../../source/tui/panes/message-blocks.js';
import {createPalette} from '../../source/tui/panes/palette.js';
import {coloredPicture} from './support/colored-picture.js';
import {answer, ayMe, loud, related, soft, spoiler, taken, toUnknown} from './support/relations.js';
import {
	account,
	buffer,
	contact,
	evening,
	golden,
	me,
	message,
	paint,
	recorded,
	romeo,
	stateAfter,
	utc,
	withRomeo,
} from './support.js';

const sizes = [
	[80, 24],
	[200, 50],
	[40, 12],
] as const;

const household: readonly StoreEvent[] = [
	{type: 'account.changed', account: account()},
	{type: 'roster.loaded', account: me, contacts: [contact(romeo, {name: 'Romeo'})]},
	{type: 'buffer.opened', buffer: buffer(romeo)},
];
const withMessages = (...messages: readonly Message[]) =>
	stateAfter(...household, {type: 'history.loaded', buffer: withRomeo, complete: true, messages});

const inChat: ViewState = withActive(initialView, withRomeo, undefined);
const talk = withMessages(...related);

const shown = (messages: readonly Message[], view = inChat, columns = 80) =>
	paint(withMessages(...messages), view, columns, 24)
		.text.split('\n')
		.slice(1, 22)
		.map(row => row.replaceAll(/ +/gu, ' ').trim())
		.filter(row => row !== '' && !row.startsWith('─') && !row.startsWith('the recorded'));

test('what was said about messages is shown with them', t => {
	for (const [columns, rows] of sizes) {
		const {text} = paint(talk, inChat, columns, rows);
		t.is(text, golden(`relations-${columns}x${rows}`, text));
	}
});

test('in colours, and without any, the same is told', t => {
	const selected: ViewState = {...inChat, selection: {key: answer.key, marks: new Set([ayMe.key])}};
	for (const theme of [dark, monochrome]) {
		const picture = coloredPicture(talk, selected, theme, {}, [80, 30]);
		t.is(picture, golden(`relations-colors-${theme.name}-80x30`, picture));
	}
});

test('a selected message, what is marked and the keys fit a screen of any size', t => {
	const selected: ViewState = {...inChat, selection: {key: loud.key, marks: new Set([soft.key, loud.key])}};
	for (const [columns, rows] of sizes) {
		const {text} = paint(talk, selected, columns, rows);
		t.is(text, golden(`selected-${columns}x${rows}`, text));
	}
});

test('above the input stands what is answered, or which message is changed', t => {
	const reply = withInput(withComposing(inChat, withRomeo, {kind: 'reply', key: soft.key}), 'It is the east');
	const edit = withInput(withComposing(inChat, withRomeo, {kind: 'edit', key: ayMe.key, before: ''}), 'Ay me');
	for (const [columns, rows] of sizes) {
		const text = [reply, edit]
			.map(view => paint(talk, view, columns, rows).text.split('\n').slice(-3).join('\n'))
			.join('\n\n');
		t.is(text, golden(`composing-about-${columns}x${rows}`, text));
	}
});

test('what was taken back is not on the screen', t => {
	for (const [columns, rows] of sizes) {
		t.false(paint(talk, inChat, columns, rows).text.includes('murder'));
	}

	const answered = message(evening, 'No!', {reply: {target: 'm', key: taken.key}});
	t.deepEqual(shown([taken, {...answered, key: taken.key + 1}]), [
		'22:02 Romeo │ Romeo retracted this message',
		'21:58 Romeo │ ↪ Romeo: (taken back)',
		'│ No!',
	]);
});

test('of an answer only the message itself tells who wrote what is answered', t => {
	const lie = {target: 'x', to: 'nurse@example.org' as Jid, quoted: 'I never said that'};
	const claims = (reply: NonNullable<Message['reply']>) => shown([ayMe, {...toUnknown, reply}]).slice(1, 2);
	t.deepEqual(claims(lie), ['22:01 Romeo │ ↪ “I never said that”']);
	t.deepEqual(claims({...lie, key: ayMe.key}), ['22:01 Romeo │ ↪ juliet: Ay me!']);
	t.deepEqual(claims({target: 'x', to: lie.to}), ['22:01 Romeo │ ↪ an older message']);
});

test('what is answered follows what becomes of it', t => {
	const before = withMessages(ayMe, answer);
	const after = stateAfter(
		...household,
		{type: 'history.loaded', buffer: withRomeo, complete: true, messages: [ayMe, answer]},
		{
			type: 'message.changed',
			change: {account: me, buffer: withRomeo, key: ayMe.key, body: 'Alas!', edited: {times: 2, at: evening}},
		},
	);
	t.regex(paint(before, inChat, 80, 24).text, /↪ juliet: Ay me!/u);
	t.regex(paint(after, inChat, 80, 24).text, /↪ juliet: Alas!/u);
});

test('a spoiler is folded until it is opened', t => {
	t.deepEqual(shown([spoiler]), ['22:04 Romeo │ [spoiler: the last act]']);
	t.deepEqual(shown([spoiler], {...inChat, opened: new Set([spoiler.key])}), [
		'22:04 Romeo │ [spoiler: the last act] They both die',
	]);
	const hidden = message(evening, 'Oh', {reply: {target: 's', key: spoiler.key}});
	t.false(
		shown([spoiler, {...hidden, key: spoiler.key + 1}])
			.join('\n')
			.includes('die'),
	);
});

test('emoji stay together with their numbers where they need more than one line', t => {
	const emoji = ['👍', '🎉', '❤️', '😂', '🔥', '👀', '🙏', '✅'];
	const reactions = emoji.map((each, index) => ({by: `p${index}`, speaker: `p${index}`, emoji: [each], said: index}));
	const rows = shown([{...soft, edited: undefined, reactions} as unknown as Message], inChat, 40).slice(3);
	t.deepEqual(
		rows.map(row => row.replace(/^│ /u, '')),
		['👍 1 🎉 1 ❤️ 1 😂 1', '🔥 1 👀 1 🙏 1 ✅ 1'],
	);
});

test('what is no emoji at all takes no more room than one, and acts on no terminal', t => {
	const emoji = [`\u001b[2J\u202eyou have won ${'x'.repeat(60)}`, '👍'];
	const rows = shown([{...loud, reactions: [{by: 'x', speaker: 'x', emoji, said: 1}]}]);
	t.false(rows.join('').includes('\u001b'));
	t.regex(rows[1] ?? '', /^│ .{1,18} 1 👍 1$/u);
});

test('nothing that others say about messages acts on a terminal or turns a line round', t => {
	const evil = '\u001b[2J\u009b31m\u202e\r\nx';
	const {text} = paint(
		withMessages(
			{...soft, spoiler: evil, edited: {times: 1, at: evening}},
			{...ayMe, retracted: {by: 'moderator', at: evening, moderator: evil, reason: evil}},
			{...toUnknown, reply: {target: evil, quoted: evil}},
			{...loud, reactions: [{by: evil, speaker: evil, emoji: [evil], said: 1}]},
		),
		{...inChat, composing: {[withRomeo]: {kind: 'reply', key: soft.key}}},
		80,
		24,
	);
	t.notRegex(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u);
	t.regex(text, /↪ “.*x”/u);
});

test('the edge between an edited quotation and the sign that it was edited is kept', t => {
	t.deepEqual(shown([{...soft, reactions: [], body: '> one\n> two'}]), [
		'21:58 Romeo │ ┃ one',
		'│ ┃ two',
		'│ (edited)',
	]);
});

test('only the lines of a message that was said something about, and of its answers, are made anew', t => {
	const before = withMessages(soft, ayMe, answer, loud);
	const after = reduce(before, {
		type: 'message.changed',
		change: {account: me, buffer: withRomeo, key: ayMe.key, body: 'Alas!', edited: {times: 2, at: evening}},
	});
	const [first, second] = [before, after].map(state => state.buffers[withRomeo]);
	if (first === undefined || second === undefined) {
		throw new Error('the buffer of the test is not open');
	}

	const frame = frameOf(before, first, {width: 60, palette: createPalette(dark), calendar: utc});
	const blocks = [first, second].map(({entries}) => {
		const view = {entries, frame, height: 20, marker: undefined, complete: true, gaps: new Map(), header: []};
		return entries.map((_, index) => blockLines(view, index).at(-1));
	});
	t.deepEqual(
		blocks[0]?.map((line, index) => line === blocks[1]?.[index]),
		[true, false, false, true],
	);
});

test('in a room a moderator is named where the room tells, and oneself is “you”', t => {
	const lounge = 'lounge@muc.example.org' as BareJid;
	const inLounge = bufferId(me, 'room', lounge);
	const room: readonly StoreEvent[] = [
		...household,
		{type: 'buffer.opened', buffer: buffer(lounge, {id: inLounge, kind: 'room'})},
		{
			type: 'room.changed',
			room: {account: me, jid: lounge, buffer: inLounge, status: 'joined', nick: 'juliet', features: {}},
		},
	];
	const gone = (nick: string, more: Partial<Message>) =>
		recorded(evening, 'x', {buffer: inLounge, kind: 'groupchat', author: `${lounge}/${nick}` as Jid, ...more});
	const view = withActive(initialView, inLounge, undefined);
	const text = paint(
		stateAfter(
			...room,
			gone('tybalt', {retracted: {by: 'moderator', at: evening}}),
			gone('tybalt', {retracted: {by: 'moderator', at: evening, moderator: 'nurse', reason: 'be\nkind'}}),
			gone('juliet', {direction: 'outgoing', retracted: {by: 'moderator', at: evening}}),
		),
		view,
		80,
		24,
	).text;
	t.regex(text, /tybalt’s message was removed by a moderator$/mu);
	t.regex(text, /tybalt’s message was removed by nurse, a moderator: be kind$/mu);
	t.regex(text, /Your message was removed by a moderator$/mu);
});
