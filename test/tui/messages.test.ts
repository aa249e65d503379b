import test from 'ava';
import fc from 'fast-check';
import {bufferId} from '../../source/model/buffer.js';
import type {Message} from '../../source/model/message.js';
import type {OccupantActivity} from '../../source/model/room.js';
import {defaultPreferences, type Preferences} from '../../source/model/settings.js';
import type {BareJid, Jid} from '../../source/shared/jid.js';
import type {Entry} from '../../source/store/state.js';
import {dark} from '../../source/themes/dark.js';
import {activityText} from '../../source/tui/panes/activity.js';
import {withAuthorAtTop} from '../../source/tui/panes/author-at-top.js';
import {type Frame, frameOf} from '../../source/tui/panes/frame.js';
import {bodyLines, flagged} from '../../source/tui/panes/message-body.js';
import {authorOf, entryLines, foldedLines, wholeShape} from '../../source/tui/panes/message-lines.js';
import {entriesInView, foldedInView, type MessageView, viewport} from '../../source/tui/panes/message-view.js';
import {createPalette} from '../../source/tui/panes/palette.js';
import {line, lineText, type StyledLine} from '../../source/tui/screen/line.js';
import {attributes, lookOf, plain} from '../../source/tui/screen/style.js';
import {account, buffer, contact, evening, me, message, minutes, romeo, stateAfter, utc, withRomeo} from './support.js';

const palette = createPalette(dark, {depth: 'truecolor'});
const {role} = palette;
const lounge = 'lounge@muc.example.org' as BareJid;
const inLounge = bufferId(me, 'room', lounge);

function frameFor(id: string, width: number, preferences: Partial<Preferences> = {}): Frame {
	const state = stateAfter(
		{type: 'account.changed', account: account()},
		{type: 'preferences.changed', preferences: {...defaultPreferences, ...preferences}},
		{type: 'contact.changed', contact: contact(romeo, {name: 'Romeo'})},
		{type: 'buffer.opened', buffer: buffer(romeo)},
		{type: 'buffer.opened', buffer: buffer(lounge, {id: inLounge, kind: 'room'})},
		{
			type: 'room.changed',
			room: {account: me, jid: lounge, buffer: inLounge, status: 'joined', nick: 'Jules', features: {}},
		},
	);
	const found = Object.values(state.buffers).find(({info}) => info.id === id);
	if (found === undefined) {
		throw new Error('the buffer of the test is not open');
	}

	return frameOf(state, found, {width, palette, calendar: utc});
}

const chat = frameFor(withRomeo, 60);
const room = frameFor(inLounge, 60);

type MessageEntry = Extract<Entry, {type: 'message'}>;

const said = (at: number, body: string, more: Parameters<typeof message>[2] = {}): MessageEntry => {
	const made = message(at, body, more);
	return {type: 'message', key: made.key, message: made};
};

const inRoom = (at: number, nick: string, body: string, more: Parameters<typeof message>[2] = {}): MessageEntry =>
	said(at, body, {kind: 'groupchat', author: `${lounge}/${nick}` as Jid, buffer: inLounge, ...more});

const did = (
	at: number,
	what: OccupantActivity['what'],
	nick: string,
	more: Partial<OccupantActivity> = {},
): Entry => ({
	type: 'activity',
	key: at * 1024,
	activity: {what, nick, at, ...more},
});

const viewOf = (
	entries: readonly Entry[],
	frame = room,
	height = 20,
	more: Partial<MessageView> = {},
): MessageView => ({
	entries,
	frame,
	height,
	marker: undefined,
	complete: true,
	gaps: new Map(),
	header: [],
	...more,
});

const textsOf = (lines: readonly StyledLine[]) => lines.map(each => lineText(each).replaceAll(/ +/gu, ' ').trim());
/** What is in view below the line of the day. */
const shown = (view: MessageView) => textsOf(viewport(view, undefined).lines).slice(1);

const body = (text: string, width = 40) =>
	bodyLines(text, {width, first: line(''), rest: line(''), palette, style: plain});
const styleAt = (lines: readonly StyledLine[], text: string) => {
	for (const each of lines) {
		const at = lineText(each).indexOf(text);
		if (at >= 0) {
			return lookOf(each.styles[at] ?? 0);
		}
	}

	return undefined;
};

test('Message Styling is shown, and its signs are kept and dimmed', t => {
	const lines = body('a *strong* and _soft_ and ~gone~ and `code` word');
	t.is(lines.map(lineText).join(' '), 'a *strong* and _soft_ and ~gone~ and `code` word');
	t.is((styleAt(lines, 'strong')?.flags ?? 0) & attributes.bold, attributes.bold);
	t.is((styleAt(lines, 'soft')?.flags ?? 0) & attributes.italic, attributes.italic);
	t.is((styleAt(lines, 'gone')?.flags ?? 0) & attributes.strikethrough, attributes.strikethrough);
	t.deepEqual(styleAt(lines, 'code'), lookOf(role.code));
	t.deepEqual(styleAt(lines, '*strong'), lookOf(role.markup));
	t.deepEqual(styleAt(lines, '* and'), lookOf(role.markup));
	t.deepEqual(styleAt(lines, 'word'), lookOf(plain));
});

test('a block of code stands on a ground of its own up to the right edge, with its indentation', t => {
	const lines = body('see\n```\nif (x) {\n    *y*;\n}\n```\nthere');
	t.deepEqual(lines.map(lineText), ['see', '```', 'if (x) {', '    *y*;', '}', '```', 'there']);
	const {background} = lookOf(role.code);
	t.deepEqual(
		lines.map(({fill}) => lookOf(fill).background === background && background !== 0),
		[false, true, true, true, true, true, false],
	);
	t.deepEqual(styleAt(lines, 'y*'), lookOf(role.code));
});

test('a quotation stands behind a bar, one in another behind two, wrapped lines too', t => {
	const lines = body('> one two three four five six seven eight nine\n>> deeper\nanswer', 24).map(lineText);
	t.deepEqual(lines, ['┃ one two three four', '┃ five six seven eight', '┃ nine', '┃ ┃ deeper', 'answer']);
});

test('an address is a link, also where it is styled, and its text is whole', t => {
	const lines = body('see *https://example.org/a* or https://example.org/b.', 80);
	t.is(styleAt(lines, 'https://example.org/a')?.link, 'https://example.org/a');
	t.is((styleAt(lines, 'https://example.org/a')?.flags ?? 0) & attributes.bold, attributes.bold);
	t.is(styleAt(lines, 'https://example.org/b')?.link, 'https://example.org/b');
	t.is(styleAt(body('`https://example.org/a`', 80), 'https://example.org/a')?.link, '');
});

test('an address that fits on a line is not divided, a longer one begins at the edge of the pane', t => {
	const gutter = line('21:58   Romeo │ ');
	const rest = line('              │ ');
	const options = {width: 50, first: gutter, rest, palette, style: plain};
	const short = bodyLines('look at this: https://example.org/abcdefghij', options).map(lineText);
	t.deepEqual(short, ['21:58   Romeo │ look at this:', '              │ https://example.org/abcdefghij']);
	const address = `https://example.org/${'x'.repeat(26)}`;
	const long = bodyLines(`look: ${address} is long`, options).map(each => lineText(each).trimEnd());
	t.deepEqual(long, ['21:58   Romeo │ look:', address, '              │ is long']);
	const alone = bodyLines(address, options).map(each => lineText(each).trimEnd());
	t.deepEqual(alone, ['21:58   Romeo │', address]);
});

test('a host of mixed scripts is shown as it goes over the wire', t => {
	const text = (host: string) => textsOf(entryLines(said(evening, `see https://${host}/x now`), chat)).join(' ');
	t.regex(text('p\u0430ypal.example'), /https:\/\/xn--pypal-4ve\.example\/x now/u);
	t.regex(text('bücher.example'), /https:\/\/bücher\.example\/x/u);
	t.regex(text('日本語とlatin.example'), /https:\/\/日本語とlatin\.example\/x/u);
});

test('emoji are shown by their names to who wants that', t => {
	const named = frameFor(withRomeo, 60, {emoji: 'shortcode'});
	t.regex(textsOf(entryLines(said(evening, 'fine 👍'), named)).join(' '), /fine :\+1:/u);
	t.regex(textsOf(entryLines(said(evening, 'fine 👍'), chat)).join(' '), /fine 👍/u);
});

test('what calls the person is told by a sign, by bold text and by the colour of the name', t => {
	const lines = entryLines(inRoom(evening, 'carol', 'Jules: look', {highlight: true}), room);
	t.regex(textsOf(lines)[0] ?? '', /carol » Jules: look/u);
	t.deepEqual(styleAt(lines, 'carol'), lookOf(role.highlight));
	t.deepEqual(styleAt(lines, 'look'), lookOf(flagged(role.text, attributes.bold)));
});

test('what was encrypted has a sign behind its time, on the first line', t => {
	const lines = textsOf(entryLines(said(evening, 'one\ntwo', {encryption: 'omemo'}), chat));
	t.deepEqual(lines, ['21:58◆ Romeo │ one', '│ two']);
	const encrypted = {...chat, encrypted: true};
	const own = entryLines(said(evening, 'one', {encryption: 'omemo', direction: 'outgoing'}), encrypted).map(lineText);
	t.deepEqual(own, ['21:58◆ juliet │ one']);
});

test('in a room each message has the nick of its author, in a colour that stays when the nick changes', t => {
	const one = inRoom(evening, 'carol', 'hi', {occupantId: 'c1'});
	const other = inRoom(evening, 'caroline', 'hi', {occupantId: 'c1'});
	t.regex(textsOf(entryLines(one, room))[0] ?? '', /carol │ hi/u);
	t.deepEqual(styleAt(entryLines(one, room), 'carol'), styleAt(entryLines(other, room), 'caroline'));
	t.deepEqual(styleAt(entryLines(one, room), 'carol'), lookOf(palette.name('c1')));
	const own = entryLines(inRoom(evening, 'Jules', 'hi', {direction: 'outgoing', state: 'acked'}), room);
	t.deepEqual(styleAt(own, 'Jules'), lookOf(role.ownName));
});

test('who speaks stands at the top of the pane too, where that is out of sight', t => {
	const long = inRoom(evening, 'carol', Array.from({length: 10}, (_, index) => `row ${index}`).join('\n'));
	const top = (height: number) => {
		const view = viewOf([inRoom(evening, 'dave', 'hi'), long], room, height);
		return textsOf(withAuthorAtTop(view, viewport(view, undefined)))[0];
	};
	t.is(top(4), '21:58 carol │ row 6');
	t.is(top(10), 'carol │ row 0');
	const sealed = [said(evening, 'one', {encryption: 'omemo'}), said(evening + 1, 'two', {encryption: 'omemo'})];
	const end = viewOf(sealed, chat, 1);
	t.deepEqual(textsOf(withAuthorAtTop(end, viewport(end, undefined))), ['21:58◆ Romeo │ two']);
	const view = viewOf([inRoom(evening, 'dave', 'hi'), long], room, 4);
	t.is(withAuthorAtTop(view, viewport(view, undefined))[0], withAuthorAtTop(view, viewport(view, undefined))[0]);
});

test('a long nick is cut with a plus, and never moves the text', t => {
	const [first = ''] = entryLines(inRoom(evening, 'a-very-long-nick-indeed', 'hi'), room).map(lineText);
	const [second = ''] = entryLines(inRoom(evening, 'x', 'hi'), room).map(lineText);
	t.regex(first, /a-very-long\+ │ hi/u);
	t.is(first.indexOf('│'), second.indexOf('│'));
});

test('a change of the subject is told, and so is that it was cleared', t => {
	const lines = (subject: string) => textsOf(entryLines(inRoom(evening, 'carol', '', {subject}), room));
	t.deepEqual(lines('Friday'), ['21:58 -- │ carol changed the subject: Friday']);
	t.deepEqual(lines(''), ['21:58 -- │ carol cleared the subject']);
});

test('messages of one author in one minute stand in a group, what somebody does and who speaks after it do not', t => {
	const view = viewOf([
		inRoom(evening, 'carol', 'one'),
		inRoom(evening + 1000, 'carol', 'two'),
		inRoom(evening + 2000, 'dave', 'three'),
		inRoom(evening + 3000, 'dave', '/me waves'),
		inRoom(evening + 4000, 'dave', 'four'),
		inRoom(evening + minutes, 'dave', 'five'),
	]);
	t.deepEqual(shown(view), [
		'21:58 carol │ one',
		'│ two',
		'dave │ three',
		'* │ dave waves',
		'dave │ four',
		'21:59 dave │ five',
	]);
});

test('name and time stand again below a line across the pane', t => {
	const entries = [inRoom(evening, 'carol', 'one'), inRoom(evening + 1000, 'carol', 'two')];
	const lines = shown(viewOf(entries, room, 20, {marker: entries[0]?.key}));
	t.deepEqual(
		lines.map(each => each.replaceAll(/╌+/gu, '╌')),
		['21:58 carol │ one', '╌ new (1) ╌', '21:58 carol │ two'],
	);
});

test('of who comes and goes those are told who spoke lately, in one line', t => {
	const view = viewOf([
		inRoom(evening, 'carol', 'hello'),
		did(evening + minutes, 'joined', 'stranger'),
		did(evening + 2 * minutes, 'left', 'carol'),
		did(evening + 3 * minutes, 'left', 'stranger'),
		did(evening + 4 * minutes, 'joined', 'carol'),
		inRoom(evening + 5 * minutes, 'carol', 'back'),
	]);
	t.deepEqual(shown(view), ['21:58 carol │ hello', '22:00 -- │ carol left and came back', '22:03 carol │ back']);
});

test('who spoke longer ago than that is a stranger again', t => {
	const entries = [inRoom(evening, 'carol', 'hello'), did(evening + 31 * minutes, 'left', 'carol')];
	t.is(shown(viewOf(entries)).length, 1);
	t.is(shown(viewOf(entries, frameFor(inLounge, 60, {'messages.joinMinutes': 60}))).length, 2);
});

test('everybody is told of to who wants that, nobody to who wants that', t => {
	const entries = [
		inRoom(evening, 'carol', 'hello'),
		did(evening + 1000, 'joined', 'dave'),
		did(evening + 2000, 'joined', 'erin'),
		did(evening + 3000, 'left', 'carol', {text: 'bye'}),
	];
	const all = shown(viewOf(entries, frameFor(inLounge, 80, {'messages.joins': 'all'})));
	t.deepEqual(all, ['21:58 carol │ hello', '-- │ dave, erin joined; carol left (bye)']);
	t.deepEqual(shown(viewOf(entries, frameFor(inLounge, 80, {'messages.joins': 'none'}))), ['21:58 carol │ hello']);
});

test('who was thrown out, and what changed, is told whatever the filter', t => {
	const entries = [
		did(evening, 'kicked', 'mallory', {text: 'spam'}),
		did(evening, 'banned', 'trudy'),
		did(evening, 'changed', 'carol', {text: 'is a moderator now'}),
	];
	const none = frameFor(inLounge, 100, {'messages.joins': 'none'});
	t.deepEqual(shown(viewOf(entries, none)), [
		'21:58 -- │ mallory was kicked (spam); trudy was banned; carol is a moderator now',
	]);
});

test('who takes another nick sees that it was done, whatever the filter', t => {
	const none = frameFor(inLounge, 100, {'messages.joins': 'none'});
	const entries = [
		did(evening, 'renamed', 'juliet', {newNick: 'Lady Juliet', own: true}),
		did(evening, 'renamed', 'carol', {newNick: 'caro'}),
	];
	t.deepEqual(shown(viewOf(entries, none)), ['21:58 -- │ juliet is now Lady Juliet']);
});

test('a run that grows keeps its place, and older messages that are loaded bring back who spoke in them', t => {
	const left = did(evening + 2 * minutes, 'left', 'carol');
	const later = inRoom(evening + minutes, 'dave', 'hello');
	t.is(shown(viewOf([later, left])).length, 1);
	t.is(shown(viewOf([inRoom(evening, 'carol', 'earlier'), later, left])).length, 3);
	const more = [later, left, did(evening + 3 * minutes, 'left', 'dave')];
	t.deepEqual(shown(viewOf([inRoom(evening, 'carol', 'earlier'), ...more])).slice(-1), [
		'22:00 <-- │ carol, dave left',
	]);
});

test('who cannot sit still is told of once, a crowd by its number, a new nick with the old one', t => {
	const at = evening;
	const restless = Array.from({length: 4}, (_, index) => ({
		what: index % 2 === 0 ? ('left' as const) : ('joined' as const),
		nick: 'bob',
		at,
	}));
	t.is(activityText(restless), 'bob left and joined (2 times)');
	t.is(
		activityText([
			{what: 'renamed', nick: 'carol', newNick: 'caro', at},
			{what: 'left', nick: 'caro', at},
		]),
		'carol is now caro and left',
	);
	const made = (about: 'role' | 'affiliation', text: string) => ({
		what: 'changed' as const,
		about,
		nick: 'bob',
		text,
		at,
	});
	t.is(
		activityText([
			made('role', 'is a moderator now'),
			made('affiliation', 'is a member now'),
			made('role', 'is a visitor now'),
			made('role', 'is a participant now'),
		]),
		'bob is a member now and is a participant now',
	);
	const crowd = Array.from({length: 20}, (_, index) => ({what: 'joined' as const, nick: `n${index}`, at}));
	t.is(activityText(crowd), 'n0, n1, n2, n3, n4, n5, n6, n7, n8, n9 and 10 others joined');
	t.is(activityText([{what: 'joined', nick: 'a\u202Eb', at}]), 'a\\u{202e}b joined');
});

test('who has read the room up to a message stands behind it, by number where the names do not fit', t => {
	const entry = inRoom(evening, 'carol', 'short');
	const readers = ['alice', 'bob'];
	const at = (width: number) =>
		textsOf(entryLines(entry, frameFor(inLounge, width), {...wholeShape, readers}))[0]?.replace(/^.*│ /u, '');
	t.is(at(60), 'short ● alice, bob');
	t.is(at(34), 'short ●2');
});

test('a long message is folded, its mark stays, and unfolded it is whole', t => {
	const frame = frameFor(withRomeo, 60, {'messages.fold': 20});
	const long = said(evening, Array.from({length: 30}, (_, index) => `line ${index}`).join('\n'), {
		direction: 'outgoing',
		state: 'delivered',
	});
	const folded = textsOf(entryLines(long, frame));
	t.is(folded.length, 6);
	t.is(folded.at(-1), '│ … 25 more lines: /unfold shows them ✓✓');
	t.is(foldedLines(long), 25);
	t.deepEqual(foldedInView(viewOf([long], frame), undefined), [long.key]);
	const unfolded = viewOf([long], frame, 50, {unfolded: new Set([long.key])});
	t.is(shown(unfolded).length, 30);
	t.deepEqual(foldedInView(unfolded, undefined), []);
	t.deepEqual(
		entriesInView(unfolded, undefined).map(({key}) => key),
		[long.key],
	);
	t.is(entryLines(long, frameFor(withRomeo, 60, {'messages.fold': 0})).length, 30);
});

test('in any width nothing is wider than the pane and no text is lost', t => {
	fc.assert(
		fc.property(
			fc.integer({min: 24, max: 90}),
			fc.array(
				fc.constantFrom(
					'> quoted *strong* text',
					'>> twice',
					'```',
					'  indented code',
					'日本語の文字',
					'_soft_ `x` ~y~',
					'https://example.org/a/rather/long/address/that/goes/on?and=on',
					'שלום \u202E reversed',
					'👩‍👩‍👧 family',
					'',
				),
				{maxLength: 8},
			),
			(width, parts) => {
				const frame = frameFor(inLounge, width);
				const entry = inRoom(evening, 'nick', parts.join('\n') || 'x', {direction: 'outgoing', state: 'acked'});
				const lines = entryLines(entry, frame);
				const text = lines.map(lineText).join('').replaceAll(/\s/gu, '');
				return (
					lines.every(({cells}) => cells.length <= width) &&
					parts.every(part =>
						part
							.replaceAll(/[>\s\u202E]/gu, '')
							.split('')
							.every(character => text.includes(character)),
					)
				);
			},
		),
		{numRuns: 200},
	);
	t.pass();
});

test('in a room somebody keeps their colour under another nick, by what the room tells of them', t => {
	const frame = frameFor(inLounge, 80);
	const said = (nick: string, more: Partial<Message> = {}): number =>
		authorOf({...message(evening, 'hush'), kind: 'groupchat', author: `${lounge}/${nick}` as Jid, ...more}, frame)
			.style;
	const real = (resource: string) => ({realJid: `${romeo}/${resource}` as Jid});
	t.is(said('romeo', real('orchard')), said('montague', real('balcony')));
	t.is(said('romeo', {occupantId: 'r1', ...real('orchard')}), said('montague', {occupantId: 'r1'}));
	t.not(said('romeo'), said('montague'));
});
