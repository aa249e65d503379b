import test from 'ava';
import type {Event} from '../../source/model/events.js';
import {buffer, evening, message, minutes, romeo, stateAfter, withRomeo} from '../tui/support.js';

const long = Array.from({length: 40}, (_, n) => message(evening + n * minutes, `line ${n}`));
const opened: Event = {type: 'buffer.opened', buffer: buffer(romeo)};
const page = (from: number, to: number, more: Partial<Extract<Event, {type: 'history.loaded'}>> = {}): Event => ({
	type: 'history.loaded',
	buffer: withRomeo,
	messages: long.slice(from, to),
	complete: from === 0,
	...more,
});
const around = (from: number, to: number): Event =>
	page(from, to, {around: {key: long[from]?.key ?? 0, last: to === long.length}});
const windowAfter = (...events: readonly Event[]) => {
	const {entries = [], detached, complete} = stateAfter(opened, ...events).buffers[withRomeo] ?? {};
	const texts = entries.map(entry => (entry.type === 'message' ? entry.message.body : '-- notice'));
	return {first: texts[0], last: texts.at(-1), count: texts.length, detached, complete};
};

test('a page around a key takes the place of the window', t => {
	t.deepEqual(windowAfter(page(30, 40), around(10, 20)), {
		first: 'line 10',
		last: 'line 19',
		count: 10,
		detached: true,
		complete: false,
	});
	t.like(windowAfter(page(30, 40), around(0, 20)), {complete: true, detached: true});
	t.like(windowAfter(page(30, 40), around(25, 40)), {last: 'line 39', detached: false});
});

test('the newest page that was asked for before does not leave a hole in a window further up', t => {
	t.like(windowAfter(around(10, 20), page(30, 40)), {last: 'line 19', count: 10, detached: true});
});

test('a window further up grows at both ends, and what comes new waits below it', t => {
	const grown = windowAfter(
		around(10, 20),
		page(0, 10),
		page(20, 30, {complete: false, following: {key: long[19]?.key ?? 0, last: false}}),
		{type: 'message.recorded', message: message(evening + 100 * minutes, 'just now')},
	);
	t.deepEqual(grown, {first: 'line 0', last: 'line 29', count: 30, detached: true, complete: true});
});
