import test from 'ava';
import fc from 'fast-check';
import {availabilities} from '../../source/model/account.js';
import {type BufferId, consoleBuffer} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import type {Entry} from '../../source/store/state.js';
import {dark} from '../../source/themes/dark.js';
import {themeNamed, themes} from '../../source/themes/index.js';
import {monochrome} from '../../source/themes/monochrome.js';
import {bufferListRows} from '../../source/tui/panes/buffer-list.js';
import {type Frame, frameOf} from '../../source/tui/panes/frame.js';
import {entryLines, wholeShape} from '../../source/tui/panes/message-lines.js';
import {
	type Anchor,
	anchoredAtTop,
	type MessageView,
	markerPlace,
	scrolled,
	viewport,
} from '../../source/tui/panes/message-view.js';
import {createPalette} from '../../source/tui/panes/palette.js';
import {bufferName, listedName, nameOf, presenceMark} from '../../source/tui/panes/words.js';
import {line, lineText} from '../../source/tui/screen/line.js';
import {account, buffer, contact, evening, message, minutes, romeo, stateAfter, utc, withRomeo} from './support.js';

const palette = createPalette(dark);
const state = stateAfter(
	{type: 'account.changed', account: account()},
	{type: 'contact.changed', contact: contact(romeo, {name: 'Romeo'})},
	{type: 'buffer.opened', buffer: buffer(romeo)},
);
const [bufferState] = Object.values(state.buffers).filter(each => each.info.id === withRomeo);

function frame(width: number): Frame {
	if (bufferState === undefined) {
		throw new Error('the buffer of the test is not open');
	}

	return frameOf(state, bufferState, {width, palette, calendar: utc});
}

const entry = (at: number, body: string, more = {}): Extract<Entry, {type: 'message'}> => {
	const made = message(at, body, more);
	return {type: 'message', key: made.key, message: made};
};

/** Bodies of one to four lines. */
const entries = (count: number): readonly Entry[] =>
	Array.from({length: count}, (_, index) =>
		entry(evening + index * minutes, Array.from({length: 1 + (index % 4)}, (_, part) => `${index}.${part}`).join('\n')),
	);

const shared = frame(60);
const view = (count: number, height: number, marker?: number): MessageView => ({
	entries: entries(count),
	frame: shared,
	height,
	marker,
	complete: true,
	gaps: new Map(),
	header: [line('top')],
});
const texts = (from: MessageView, anchor?: Anchor) => viewport(from, anchor).lines.map(lineText);
const whole = (from: MessageView) => texts({...from, height: 100_000});

test('a message gives the same lines again, and others for another width', t => {
	const one = entry(evening, 'hello');
	t.is(entryLines(one, shared), entryLines(one, shared, {...wholeShape}));
	t.not(entryLines(one, frame(50)), entryLines(one, shared));
	t.not(entryLines(one, shared, {...wholeShape, readers: ['alice']}), entryLines(one, shared));
});

test('a frame that would look the same is the same object', t => {
	const same = {width: 60, palette, calendar: utc};
	t.is(bufferState && frameOf(state, bufferState, same, shared), shared);
	t.not(bufferState && frameOf(state, bufferState, {...same, width: 61}, shared), shared);
});

test('a message of nothing but blanks says so', t => {
	t.regex(entryLines(entry(evening, ' \n '), shared).map(lineText).join(), /\(blank message\)/);
	t.notRegex(
		entryLines(entry(evening, '', {subject: 'News'}), shared)
			.map(lineText)
			.join(),
		/blank/,
	);
});

test('further lines are aligned under the first', t => {
	const [first = '', second = ''] = entryLines(entry(evening, 'one\ntwo'), shared).map(lineText);
	t.is(first.indexOf('one'), second.indexOf('two'));
});

test('name and time stand only where the author or the minute changes', t => {
	const from = {
		...view(0, 20),
		entries: [
			entry(evening, 'one'),
			entry(evening + 5000, 'two'),
			entry(evening + 6000, 'mine', {direction: 'outgoing', state: 'acked'}),
			entry(evening + minutes, 'three'),
		],
	};
	const [, , one = '', two = '', mine = '', three = ''] = texts(from);
	t.regex(one, /^21:58 +Romeo │ one/u);
	t.regex(two, /^ + │ two/u);
	t.regex(mine, /^ +juliet │ mine/u);
	t.regex(three, /^21:59 +Romeo │ three/u);
});

test('who does not want groups sees name and time of each message', t => {
	const ungrouped = {...shared, group: false};
	const from = {...view(0, 20), frame: ungrouped, entries: [entry(evening, 'one'), entry(evening + 5000, 'two')]};
	t.deepEqual(
		texts(from)
			.slice(2)
			.map(each => each.replace(/ +/gu, ' ')),
		['21:58 Romeo │ one', '21:58 Romeo │ two'],
	);
});

test("the author's own time is shown where it is known", t => {
	const [text = ''] = entryLines(entry(evening, 'late', {sentAt: evening - 60 * minutes}), shared).map(lineText);
	t.true(text.startsWith('20:58'));
});

test('no line is wider than the pane, in any width', t => {
	const long = entry(evening, '日本語 and some words 👩‍👩‍👧 https://example.org/a/very/long/address '.repeat(5), {
		direction: 'outgoing',
		state: 'uncertain',
	});
	for (let width = 24; width <= 120; width++) {
		for (const each of entryLines(long, frame(width))) {
			t.true(each.cells.length <= width, `${each.cells.length} in ${width}`);
		}
	}
});

test('the delivery mark moves no text when it changes', t => {
	const exact = 'x'.repeat(200);
	const rows = (['queued', 'acked', 'delivered'] as const).map(
		sent => entryLines(entry(evening, exact, {direction: 'outgoing', state: sent}), shared).length,
	);
	t.is(new Set(rows).size, 1);
});

test('the newest lines are in view', t => {
	const from = view(30, 10);
	t.deepEqual(texts(from), whole(from).slice(-10));
});

test('a short history begins at the top of the pane', t => {
	t.is(texts(view(1, 10)).length, 3);
	t.true(viewport(view(1, 10), undefined).atTop);
});

test('scrolling never leaves the history, and shows a part of it as it is', t => {
	fc.assert(
		fc.property(
			fc.integer({min: 0, max: 40}),
			fc.integer({min: 1, max: 30}),
			fc.array(fc.integer({min: -50, max: 50}), {maxLength: 12}),
			(count, height, steps) => {
				const from = view(count, height);
				const all = whole(from);
				let anchor: Anchor | undefined;
				for (const step of steps) {
					anchor = scrolled(from, anchor, step);
					const shown = texts(from, anchor);
					const expected = Math.min(height, all.length);
					t.is(shown.length, expected);
					t.true(all.some((_, at) => shown.every((text, row) => all[at + row] === text)));
				}
			},
		),
	);
});

test('scrolling up and down by the same number of lines comes back', t => {
	const from = view(60, 12);
	const up = scrolled(from, undefined, -20);
	const before = texts(from, up);
	t.deepEqual(texts(from, scrolled(from, scrolled(from, up, -7), 7)), before);
	t.is(scrolled(from, up, 20), undefined);
});

test('a scrolled view stays where it is when something comes at the end', t => {
	const from = view(60, 12);
	const anchor = scrolled(from, undefined, -20);
	const more = {...from, entries: [...from.entries, entry(evening + 100 * minutes, 'new')]};
	t.deepEqual(texts(more, anchor), texts(from, anchor));
	t.is(viewport(more, anchor).below, viewport(from, anchor).below + 1);
});

test('older messages above do not move a scrolled view', t => {
	const from = view(60, 12);
	const anchor = scrolled(from, undefined, -20);
	const older = {...from, entries: [entry(evening - minutes, 'older'), ...from.entries]};
	t.deepEqual(texts(older, anchor), texts(from, anchor));
});

test('the top can be reached, and is known as such', t => {
	const from = view(60, 12);
	const top = viewport(from, anchoredAtTop(from));
	t.is(top.lines.map(lineText)[0], 'top');
	t.true(top.atTop);
	t.false(viewport(from, undefined).atTop);
});

test('the read marker line stands once, above the first new message of somebody else', t => {
	const all = entries(6);
	const own = entry(evening + 10 * minutes, 'mine', {direction: 'outgoing', state: 'acked'});
	const last = entry(evening + 11 * minutes, 'last');
	const from = {...view(0, 100, all[3]?.key), entries: [...all, own, last]};
	const lines = texts(from);
	t.is(lines.filter(text => text.includes('new (3)')).length, 1);
	t.regex(lines[lines.findIndex(text => text.includes('new (3)')) + 1] ?? '', /4\.0/);
});

test('the read marker can be scrolled to', t => {
	const from = view(80, 12, entries(80)[10]?.key);
	const marked = {...from, marker: from.entries[10]?.key};
	const place = markerPlace(marked);
	t.true(place.type === 'here' && texts(marked, place.anchor).some(text => text.includes('new (69)')));
});

test('the read marker is not drawn above a message that is merely the first one loaded', t => {
	const from = {...view(20, 100, 1), complete: false};
	t.false(texts(from).some(text => text.includes('new (')));
	t.deepEqual(markerPlace(from), {type: 'older'});
	t.true(texts({...from, complete: true}).some(text => text.includes('new (20)')));
	t.deepEqual(markerPlace({...from, marker: Number.MAX_SAFE_INTEGER}), {type: 'none'});
});

test('notices of the same moment do not hold a scroll up', t => {
	const same: Entry[] = Array.from({length: 30}, (_, index) => ({
		type: 'notice',
		key: evening * 1024,
		notice: {level: 'info', text: `notice ${index}`, at: evening},
	}));
	const from = {...view(0, 10), entries: same};
	let anchor: Anchor | undefined;
	const seen = new Set<string>();
	for (let step = 0; step < 25; step++) {
		anchor = scrolled(from, anchor, -1);
		seen.add(texts(from, anchor).join('\n'));
	}

	t.is(seen.size, 22);
	t.true(texts(from, anchor).some(text => text.includes('notice 0')));
	for (let step = 0; step < 25; step++) {
		anchor = scrolled(from, anchor, 1);
	}

	t.is(anchor, undefined);
});

test('a pane looks at no more entries than it shows, however long the history', t => {
	let looked = 0;
	const from = view(5000, 20);
	const counted = new Proxy(from.entries, {
		get(target, name, receiver) {
			looked += typeof name === 'string' && /^\d+$/u.test(name) ? 1 : 0;
			return Reflect.get(target, name, receiver);
		},
	});
	viewport({...from, entries: counted}, undefined);
	t.true(looked < 100, `${looked}`);
});

test('presence is told by shape as well as by colour', t => {
	const glyphs = [...availabilities, 'unavailable' as const].map(each => presenceMark(each).glyph);
	t.is(new Set(glyphs).size, 5);
});

test('who is no contact goes by their JID in lists, and by the short name beside their messages', t => {
	const stranger = 'romeo@evil.example' as BareJid;
	const with2 = stateAfter(
		{type: 'account.changed', account: account()},
		{type: 'contact.changed', contact: contact(romeo)},
		{type: 'buffer.opened', buffer: buffer(romeo)},
		{type: 'buffer.opened', buffer: buffer(stranger)},
	);
	const names = with2.order.map(id => bufferName(with2, with2.buffers[id]?.info ?? {}));
	t.deepEqual(names, ['console', 'romeo', 'romeo@evil.example']);
	t.is(nameOf(with2, account().jid, stranger), 'romeo');
});

test('contacts that are called the same go by their JIDs', t => {
	const other = 'romeo@example.com' as BareJid;
	const both = stateAfter(
		{type: 'account.changed', account: account()},
		{type: 'contact.changed', contact: contact(romeo, {name: 'Romeo'})},
		{type: 'contact.changed', contact: contact(other)},
	);
	const shown = {active: consoleBuffer, drafts: new Set<BufferId>(), width: 28, height: 4, now: 0};
	const list = bufferListRows(both, shown, palette).map(row => lineText(row.line).trim());
	t.regex(list.join('\n'), /romeo@example\.net.*\n.*romeo@example\.com|romeo@example\.com.*\n.*romeo@example\.net/);
	t.is(listedName(both, undefined, other), other);
});

test("somebody's name has the same colour everywhere, and none in monochrome", t => {
	const other = createPalette(dark);
	t.is(palette.name(romeo), other.name(romeo));
	const styles = Array.from({length: 40}, (_, index) => palette.name(`somebody${index}@example.org` as BareJid));
	t.true(new Set(styles).size > 8);
	const plain = createPalette(monochrome);
	t.is(plain.name(romeo), plain.role.text);
});

test('every theme has a look for every role, and a name of its own', t => {
	const roles = Object.keys(dark.roles).sort();
	for (const theme of themes) {
		t.deepEqual(Object.keys(theme.roles).sort(), roles);
		t.is(themeNamed(theme.name), theme);
	}

	t.is(new Set(themes.map(theme => theme.name)).size, themes.length);
	t.is(themeNamed('nonsense'), undefined);
});
