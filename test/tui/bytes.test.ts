/** What the screen costs on the wire at 200x50, with the real panes: the numbers of the README and of `bench/`. */
import test from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import {reduce} from '../../source/store/reduce.js';
import type {State, StoreEvent} from '../../source/store/state.js';
import {dark} from '../../source/themes/dark.js';
import {createPainter} from '../../source/tui/app/paint.js';
import {initialView, type ViewState, withActive, withEditor} from '../../source/tui/app/view-state.js';
import {emptyEditor, insertText} from '../../source/tui/input/editor.js';
import {createPalette} from '../../source/tui/panes/palette.js';
import {createScreen} from '../../source/tui/screen/screen.js';
import {createManualClock} from '../support/manual-clock.js';
import {forbiddenIn} from './support/recorder.js';
import {account, buffer, contact, evening, me, message, stateAfter, utc} from './support.js';

const columns = 200;
const rows = 50;
/** Ten people with names of six characters. */
const names = ['Portia', 'Hamlet', 'Duncan', 'Banquo', 'Emilia', 'Brutus', 'Cassio', 'Juliet', 'Oberon', 'Cressy'];
const people = names.map(name => `${name.toLowerCase()}@example.net` as BareJid);
const chatWith = (index: number) => bufferId(me, 'chat', people[index] ?? people[0] ?? me);
/** Twenty characters, no two texts alike. */
const text = (index: number) =>
	Array.from({length: 20}, (_, at) => String.fromCharCode(97 + ((index * 7 + at * at * (index + 3)) % 26))).join('');

function said(index: number, person = 0, at = evening + index * 1000): StoreEvent {
	return {
		type: 'message.recorded',
		message: message(at, text(index), {buffer: chatWith(person), author: people[person] ?? me}),
	};
}

function opened(messages: number): State {
	return stateAfter(
		{type: 'account.changed', account: account()},
		...people.flatMap((jid, index): StoreEvent[] => [
			{type: 'contact.changed', contact: contact(jid, {name: names[index] ?? ''})},
			{type: 'buffer.opened', buffer: buffer(jid)},
		]),
		...Array.from({length: messages}, (_, index) => said(index)),
	);
}

function watched(from: State, view: ViewState) {
	let written = '';
	const screen = createScreen({
		output: {
			size: () => ({columns, rows}),
			write(bytes) {
				written += bytes;
			},
			congested: () => false,
			drained: () => () => {},
			resized: () => () => {},
		},
		clock: createManualClock(evening),
		colorDepth: 'truecolor',
	});
	const palette = createPalette(dark);
	const painter = createPainter(screen, () => palette, utc);
	let state = from;
	const paint = (next: ViewState) => {
		written = '';
		painter.paint(state, next);
		screen.flush();
		return Buffer.byteLength(written);
	};

	paint(view);
	return {
		written: () => written,
		paint,
		costOf(...events: readonly StoreEvent[]) {
			state = events.reduce(reduce, state);
			return paint(view);
		},
	};
}

const atFirst = withActive({...initialView, list: true, now: evening}, chatWith(0), undefined);
const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

test('a message that scrolls beside an open list of ten buffers costs at most 400 bytes', t => {
	const screen = watched(opened(200), atFirst);
	const costs = Array.from({length: 100}, (_, index) => screen.costOf(said(200 + index)));
	t.log(`median ${median(costs)}, at most ${Math.max(...costs)}`);
	t.true(median(costs) <= 400, `${median(costs)} bytes`);
	t.deepEqual(forbiddenIn(screen.written()), []);
});

test('a message that fits below the others costs at most 100 bytes', t => {
	const screen = watched(opened(3), atFirst);
	const costs = Array.from({length: 20}, (_, index) => screen.costOf(said(3 + index)));
	t.log(`median ${median(costs)}, at most ${Math.max(...costs)}`);
	t.true(median(costs) <= 100, `${median(costs)} bytes`);
});

test('an unread message elsewhere costs at most 40 bytes', t => {
	const screen = watched(opened(20), atFirst);
	const counted = (unread: number): StoreEvent => ({
		type: 'buffer.unread',
		buffer: chatWith(3),
		unread,
		highlights: 0,
		readUpTo: 0,
	});
	screen.costOf(counted(1));
	const costs = Array.from({length: 8}, (_, index) => screen.costOf(counted(index + 2)));
	t.log(`median ${median(costs)}, at most ${Math.max(...costs)}`);
	t.true(median(costs) <= 40, `${median(costs)} bytes`);
});

test('going to another buffer costs at most 2,500 bytes', t => {
	const state = Array.from({length: 200}, (_, index) => said(1000 + index, 1)).reduce(reduce, opened(200));
	const screen = watched(state, atFirst);
	const cost = screen.paint(withActive(atFirst, chatWith(1), undefined));
	t.log(`${cost}`);
	t.true(cost <= 2500, `${cost} bytes`);
	t.deepEqual(forbiddenIn(screen.written()), []);
});

test('a typed character costs one byte, and a paint of the same nothing', t => {
	const screen = watched(opened(20), atFirst);
	const typed = (text: string) => withEditor(atFirst, insertText(atFirst.editors[atFirst.active] ?? emptyEditor, text));
	screen.paint(typed('hello'));
	t.is(screen.paint(typed('hellow')), 1);
	t.is(screen.paint(typed('hellow')), 0);
});
