import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {type Layout, largestComposer, layoutFor, type Wishes} from '../../source/tui/panes/layout.js';
import type {Rectangle} from '../../source/tui/screen/layers.js';

const auto = {shown: undefined, width: 24};
const wishes = (more: Partial<Wishes> = {}): Wishes => ({composerRows: 1, list: auto, ...more});
const room = wishes({participants: {shown: undefined, width: 20}});

function areas({title, messages, other, divider, list, participants, status, composer}: Layout): readonly Rectangle[] {
	return [title, messages, other?.title, other?.messages, divider, list, participants, status, composer].filter(
		area => area !== undefined,
	);
}

const shown = fc.constantFrom(true, false, undefined);
const side = fc.record({shown, width: fc.integer({min: 12, max: 60})});

testProp(
	'whatever is wished for, the panes fill the screen without overlapping, and messages can be read',
	[
		fc.integer({min: 40, max: 300}),
		fc.integer({min: 10, max: 100}),
		fc.record({
			composerRows: fc.integer({min: 1, max: 40}),
			list: side,
			participants: fc.option(side, {nil: undefined}),
			split: fc.constantFrom('first' as const, 'second' as const, undefined),
		}),
	],
	(t, columns, rows, {participants, split, ...others}) => {
		const layout = layoutFor(columns, rows, {
			...others,
			...(participants === undefined ? {} : {participants}),
			...(split === undefined ? {} : {split}),
		});
		const cells = new Uint8Array(columns * rows);
		for (const {x, y, width, height} of layout === undefined ? [] : areas(layout)) {
			for (let row = y; row < y + height; row++) {
				for (let column = x; column < x + width; column++) {
					cells[row * columns + column] = (cells[row * columns + column] ?? 0) + 1;
				}
			}
		}

		t.true(cells.every(times => times === 1));
		t.true((layout?.messages.width ?? 0) >= 26, `${layout?.messages.width} columns`);
		t.true((layout?.other?.messages.width ?? 26) >= 26);
		t.true((layout?.messages.height ?? 0) >= 3, `${layout?.messages.height} rows`);
		t.true((layout?.other?.messages.height ?? 3) >= 3);
		t.true((layout?.composer.height ?? 0) <= largestComposer(rows));
	},
);

test('below forty columns or ten rows there is no layout', t => {
	t.is(layoutFor(39, 24, wishes()), undefined);
	t.is(layoutFor(80, 9, wishes()), undefined);
});

test('the list hides by itself below a hundred columns, and comes and goes as it is asked for', t => {
	t.is(layoutFor(99, 24, wishes())?.list, undefined);
	t.is(layoutFor(100, 24, wishes())?.list?.width, 20);
	t.is(layoutFor(200, 24, wishes())?.list?.width, 24);
	t.is(layoutFor(200, 24, wishes({list: {shown: undefined, width: 30}}))?.list?.width, 30);
	t.is(layoutFor(200, 24, wishes({list: {shown: false, width: 24}}))?.list, undefined);
	t.is(layoutFor(40, 10, wishes({list: {shown: true, width: 24}}))?.list?.width, 13);
});

test('participants come by themselves from a hundred and twenty columns on, in rooms only', t => {
	t.is(layoutFor(119, 24, room)?.participants, undefined);
	t.is(layoutFor(120, 24, room)?.participants?.width, 20);
	t.is(layoutFor(120, 24, wishes())?.participants, undefined);
});

test('participants that were asked for take at most a third of the screen', t => {
	const asked = wishes({participants: {shown: true, width: 60}});
	t.is(layoutFor(60, 24, asked)?.participants?.width, 20);
	t.is(layoutFor(100, 24, asked)?.participants?.width, 33);
});

test('a list and participants that were both asked for leave room for messages', t => {
	const both = {...wishes({list: {shown: true, width: 24}}), participants: {shown: true, width: 20}};
	const layout = layoutFor(40, 24, both);
	t.truthy(layout?.list);
	t.is(layout?.participants, undefined);
});

test('two halves stand side by side where the screen is wide, else one above the other, else one is shown', t => {
	const split = wishes({split: 'first'});
	const wide = layoutFor(120, 24, split);
	t.is(wide?.other?.messages.y, wide?.messages.y);
	t.true((wide?.other?.messages.x ?? 0) > (wide?.messages.x ?? 0));
	t.is(wide?.divider?.width, 1);
	const narrow = layoutFor(80, 24, split);
	t.true((narrow?.other?.messages.y ?? 0) > (narrow?.messages.y ?? 0));
	t.is(narrow?.divider, undefined);
	t.is(layoutFor(80, 15, split)?.other, undefined);
	t.truthy(layoutFor(80, 16, split)?.other);
});

test('the half with the keyboard keeps its place', t => {
	const first = layoutFor(120, 24, wishes({split: 'first'}));
	const second = layoutFor(120, 24, wishes({split: 'second'}));
	t.deepEqual(first?.messages, second?.other?.messages);
	t.deepEqual(first?.other?.title, second?.title);
});

test('the list, participants and two halves have room together on a large screen, and participants go first', t => {
	const all = {...room, split: 'first'} as const;
	const large = layoutFor(200, 50, all);
	t.truthy(large?.list && large.participants && large.other);
	const small = layoutFor(130, 50, all);
	t.truthy(small?.list && small.other);
	t.is(small?.participants, undefined);
});
