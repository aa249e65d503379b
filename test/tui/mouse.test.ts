import test from 'ava';
import {type Buffer, bufferId} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import {
	account,
	buffer,
	contact,
	evening,
	me,
	message,
	minutes,
	nurse,
	romeo,
	withNurse,
	withRomeo,
} from './support.js';
import {createTypist, press, type Typist} from './typist.js';

const garden = 'garden@rooms.example.org' as BareJid;
const inGarden = bufferId(me, 'room', garden);
const roomBuffer: Buffer = buffer(garden, {id: inGarden, kind: 'room'});
const people = {
	accounts: [account()],
	contacts: [contact(romeo, {name: 'Romeo Montague'}), contact(nurse)],
	buffers: [buffer(romeo), buffer(nurse, {unread: 3})],
	active: withRomeo,
};

const wide = {columns: 120, rows: 24};

const withHistory = (more: Partial<Parameters<typeof createTypist>[0]> = {}, size = {columns: 80, rows: 24}) =>
	createTypist({...people, ...more}, size, backend =>
		backend.history.set(
			withRomeo,
			Array.from({length: 90}, (_, index) => message(evening - (120 - index) * minutes, `line ${index}`)),
		),
	);

/** SGR mouse reports (1006): columns and rows from 1. */
const wheel = (way: 'up' | 'down', x: number, y: number) => `\u001b[<${way === 'up' ? 64 : 65};${x + 1};${y + 1}M`;
const click = (x: number, y: number) => `\u001b[<0;${x + 1};${y + 1}M\u001b[<0;${x + 1};${y + 1}m`;

/** Where a text is on the screen. */
function find(typist: Typist, text: string): readonly [number, number] {
	const rows = typist.screen().split('\n');
	const y = rows.findIndex(row => row.includes(text));
	return [rows[y]?.indexOf(text) ?? -1, y];
}

/** Where a text is in the popup, on the screen. */
function findInPopup(typist: Typist, text: string): readonly [number, number] {
	const {rectangle, rows} = typist.popupLayout() ?? {rectangle: {x: 0, y: 0}, rows: []};
	const y = rows.findIndex(row =>
		row
			.map(span => span.text)
			.join('')
			.includes(text),
	);
	return [rectangle.x + 3, rectangle.y + 1 + y];
}

test('the wheel over the messages scrolls three lines', async t => {
	const typist = await withHistory();
	const before = typist.row(10);
	await typist.type(wheel('up', 40, 10));
	t.is(typist.row(13), before);
	await typist.type(wheel('down', 40, 10));
	t.is(typist.row(10), before);
});

test('a click in the list of buffers goes there', async t => {
	const typist = await withHistory({}, wide);
	await typist.type(click(...find(typist, 'nurse')));
	t.is(typist.app.view().active, withNurse);
});

test('a click on what is new in the bar goes there, elsewhere in the bar it does nothing', async t => {
	const typist = await withHistory();
	await typist.type(click(2, 22));
	t.is(typist.app.view().active, withRomeo);
	await typist.type(click(...find(typist, '3:3')));
	t.is(typist.app.view().active, withNurse);
});

test('a click into the input places the cursor', async t => {
	const typist = await withHistory();
	await typist.type('hello there');
	await typist.type(click(4, 23));
	t.is(typist.cursor(), '4,23');
	await typist.type('X');
	t.is(typist.input(), 'heXllo there');
	await typist.type(click(70, 23));
	await typist.type('!');
	t.is(typist.input(), 'heXllo there!');
});

test('a click on a link asks with that link chosen', async t => {
	const typist = await createTypist(people, undefined, backend =>
		backend.history.set(withRomeo, [
			message(evening - 2 * minutes, 'see https://one.example/a'),
			message(evening - minutes, 'and https://two.example/b'),
		]),
	);
	const [x, y] = find(typist, 'https://one');
	await typist.type(click(x + 3, y));
	t.regex(typist.popup() ?? '', /> https:\/\/one\.example\/a/);
	await typist.type(click(0, 0));
	t.is(typist.popup(), undefined);
	await typist.type(click(x - 3, y));
	t.is(typist.popup(), undefined);
});

test('a click on a nick speaks to them', async t => {
	const typist = await createTypist(
		{
			...people,
			buffers: [...people.buffers, roomBuffer],
			active: inGarden,
			rooms: [
				{
					room: {account: me, jid: garden, buffer: inGarden, status: 'joined', nick: 'juliet', features: {}},
					occupants: ['juliet', 'Tybalt'].map(nick => ({
						nick,
						role: 'participant',
						affiliation: 'member',
						availability: 'available',
						statusText: '',
					})),
				},
			],
		},
		{columns: 160, rows: 24},
	);
	await typist.type(click(...find(typist, 'Tybalt')));
	t.is(typist.input(), 'Tybalt: ');
});

test('a click on a candidate completes, and the choice is gone', async t => {
	const typist = await withHistory();
	await typist.type(`/status ${press.tab}`);
	await typist.type(click(...findInPopup(typist, 'xa')));
	t.is(typist.input(), '/status xa ');
	t.is(typist.popup(), undefined);
});

test('in the help the wheel scrolls, and a click opens a command', async t => {
	const typist = await withHistory();
	await typist.type(press.f1);
	const first = typist.popup();
	await typist.type(wheel('down', 40, 10));
	t.not(typist.popup(), first);
	await typist.type(wheel('up', 40, 10));
	t.is(typist.popup(), first);
	await typist.type(click(...findInPopup(typist, '/msg ')));
	t.regex(typist.popup() ?? '', /\/msg <who>/);
});

test('a click beside a popup closes it, and does nothing else', async t => {
	const typist = await withHistory({}, wide);
	await typist.type(press.f1);
	await typist.type(click(...find(typist, 'nurse')));
	t.is(typist.popup(), undefined);
	t.is(typist.app.view().active, withRomeo);
});

test('other buttons, and the pointer where nothing is, do nothing', async t => {
	const typist = await withHistory({}, wide);
	const [x, y] = find(typist, 'nurse');
	await typist.type(`\u001b[<2;${x + 1};${y + 1}M`);
	await typist.type(click(500, 500));
	t.is(typist.app.view().active, withRomeo);
});

test('the wheel over a long list of buffers moves the list and not the person', async t => {
	const many = Array.from({length: 40}, (_, index) => `friend${index}@example.org` as BareJid);
	const typist = await createTypist(
		{...people, contacts: many.map(jid => contact(jid)), buffers: [buffer(romeo)]},
		wide,
	);
	const before = typist.row(10);
	await typist.type(wheel('down', 3, 10));
	t.not(typist.row(10), before);
	t.is(typist.app.view().active, withRomeo);
	await typist.type(wheel('up', 3, 10));
	t.is(typist.row(10), before);
	await typist.type(wheel('up', 3, 10));
	t.is(typist.row(10), before);
});
