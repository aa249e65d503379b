import test from 'ava';
import type {BareJid} from '../../source/shared/jid.js';
import {displayWidth} from '../../source/shared/text.js';
import {initialState} from '../../source/store/state.js';
import {filtered, roomRows} from '../../source/tui/app/room-browser.js';
import {emptyEditor, withText} from '../../source/tui/input/editor.js';
import {popupLayout} from '../../source/tui/popups/layout.js';
import type {RoomsPopup} from '../../source/tui/popups/rooms.js';
import {refusal} from './fake-backend.js';
import {capulets, household, inCapulets, occupant, room, roomBuffer} from './support/rooms.js';
import {golden, me, stateAfter} from './support.js';
import {createTypist, press} from './typist.js';

const sizes = [
	[40, 12],
	[80, 24],
	[200, 50],
] as const;

const found = [
	{jid: 'verona@rooms.example.org' as BareJid, name: 'Verona’s market place, where everybody meets'},
	{jid: capulets, name: 'House of Capulet'},
	{jid: 'montagues@rooms.example.org' as BareJid, name: 'House of Montague'},
	{jid: 'tomb@rooms.example.org' as BareJid},
	{jid: 'evil@rooms.example.org' as BareJid, name: 'A\u001b[2J\nB'},
];

const asking: RoomsPopup = {
	type: 'rooms',
	account: me,
	title: 'Rooms',
	rooms: [],
	shown: [],
	editor: emptyEditor,
	selected: 0,
	asking: true,
};

const listed = (rooms = roomRows(stateAfter(...household), me, found)): RoomsPopup => {
	const {asking: _, ...answered} = asking;
	return filtered({...answered, title: 'Rooms of rooms.example.org', rooms}, emptyEditor);
};

const popups: Readonly<Record<string, RoomsPopup>> = {
	listed: {...listed(), selected: 2},
	filtered: filtered(listed(), withText(emptyEditor, 'house mont')),
	asking,
	empty: listed([]),
	refused: {...listed([]), trouble: {message: 'rooms.example.org does not answer.', hint: 'Try again later.'}},
	'none-fits': filtered(listed(), withText(emptyEditor, 'mantua')),
};

test('the rooms of a service fit a screen of any size', t => {
	for (const [name, popup] of Object.entries(popups)) {
		for (const [columns, rows] of sizes) {
			const {rectangle, rows: shown} = popupLayout(popup, columns, rows - 2);
			const lines = shown.map(row => row.map(span => span.text).join(''));
			t.true(lines.every(each => displayWidth(each) <= rectangle.width - 4));
			t.true(lines.length <= rectangle.height - 2);
			t.true(rectangle.x + rectangle.width <= columns && rectangle.y + rectangle.height <= rows - 2);
			const picture = lines.map(each => each.trimEnd()).join('\n');
			t.is(picture, golden(`rooms-${name}-${columns}x${rows}`, picture));
		}
	}
});

test('among two thousand rooms those with all the words are found, in whatever order', t => {
	const many = Array.from({length: 2000}, (_, index) => ({
		jid: `room${index}@rooms.example.org` as BareJid,
		name: `Street ${index % 7} house ${index}`,
	}));
	const {shown, rooms} = filtered(
		listed(roomRows(initialState, me, many)),
		withText(emptyEditor, 'HOUSE street room1999'),
	);
	t.is(rooms.length, 2000);
	t.deepEqual(
		shown.map(({jid}) => jid),
		['room1999@rooms.example.org' as BareJid],
	);
});

const home = {
	buffers: [roomBuffer(capulets)],
	rooms: [{room: room(capulets), occupants: [occupant('juliet')]}],
	active: inCapulets,
};

test('a room is found by a few letters, and Enter enters it', async t => {
	const {type, popup, backend} = await createTypist(home);
	backend.rooms.listed.push(...found);
	await type('/rooms\r');
	t.regex(popup() ?? '', /Rooms of rooms.example.org/);
	await type('tomb');
	t.regex(popup() ?? '', /1 of 1 \(5 in all\)/);
	await type(press.enter);
	t.is(popup(), undefined);
	t.deepEqual(backend.asked('joinRoom'), [{account: me, room: 'tomb@rooms.example.org'}]);
});

test('the address of a room is copied', async t => {
	const copied: string[] = [];
	const {type, popup, backend} = await createTypist(home, undefined, undefined, '', {
		async copy(text) {
			copied.push(text);
			return {way: 'tmux'};
		},
	});
	backend.rooms.listed.push(...found);
	await type('/rooms\r');
	await type(`mont${press.alt('c')}`);
	t.deepEqual(copied, ['montagues@rooms.example.org']);
	t.is(popup(), undefined);
});

test('while the service is asked the list says so, and why there is none', async t => {
	const {type, popup, backend, settle} = await createTypist(home);
	const answer = backend.delay('listRooms');
	backend.refuse('listRooms', refusal('timeout', 'It does not answer.'));
	await type('/rooms\r');
	t.regex(popup() ?? '', /Asking for its rooms/);
	answer();
	await settle();
	t.regex(popup() ?? '', /It does not answer\.\nTry something else\./);
});

test('who closed the list before the service answered is left alone', async t => {
	const {type, popup, backend, settle} = await createTypist(home);
	const answer = backend.delay('listRooms');
	await type('/rooms\r');
	await type(press.control('g'));
	answer();
	await settle();
	t.is(popup(), undefined);
});
