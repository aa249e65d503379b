import test, {type ExecutionContext} from 'ava';
import type {ListedPerson, ListedRoom} from '../../source/model/room.js';
import type {BareJid, FullJid} from '../../source/shared/jid.js';
import {displayWidth} from '../../source/shared/text.js';
import {initialState} from '../../source/store/state.js';
import {filtered, roomRows} from '../../source/tui/app/room-browser.js';
import {emptyEditor, withText} from '../../source/tui/input/editor.js';
import {popupLayout} from '../../source/tui/popups/layout.js';
import type {RoomsPopup} from '../../source/tui/popups/rooms.js';
import {refusal} from './fake-backend.js';
import {lineMode} from './line-mode.js';
import {capulets, household, inCapulets, occupant, room, roomBuffer} from './support/rooms.js';
import {contact, golden, me, romeo, stateAfter} from './support.js';
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
	empty: 'rooms.example.org shows no rooms. /join makes one; /rooms search WORDS finds public ones.',
	asking: 'Asking for its rooms…',
};

const directory: readonly ListedRoom[] = [
	{jid: 'tea@rooms.example.net' as BareJid, name: 'Tea', people: 7},
	{
		jid: 'garden@rooms.example.net' as BareJid,
		name: 'Gardening, for those who grow what they eat and eat what they grow',
		description: 'Seeds, soil\nand patience.\u001b[31m Questions of beginners are welcome. '.repeat(6),
		people: 1234,
		isOpen: true,
		nonAnonymous: false,
		language: 'en',
	},
	{jid: 'tomb@rooms.example.net' as BareJid, people: 1, isOpen: false, nonAnonymous: true},
	{jid: capulets, name: 'House of Capulet', description: 'Masks are welcome', people: 40},
	{jid: 'silent@rooms.example.net' as BareJid, name: 'Silence'},
];

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
	found: {
		...listed(roomRows(stateAfter(...household), me, directory)),
		title: 'Rooms with “house”, says search.example.org',
	},
	'found-many': {
		...listed(roomRows(initialState, me, directory)),
		selected: 2,
		cut: 'These are the first 200: search with more words to see others.',
	},
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

test('why a service shows no rooms is read to its end on a narrow screen', t => {
	const message = 'nowhere.example.org refused the request: nobody is allowed to do that (“Remote domains are off”).';
	const {rows} = popupLayout({...listed([]), trouble: {message, hint: 'Ask another service.'}}, 40, 10);
	const text = rows
		.map(row =>
			row
				.map(span => span.text)
				.join('')
				.trim(),
		)
		.join(' ');
	t.true(text.includes(`${message} Ask another service.`));
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

test('rooms are searched by words, told of, and entered', async t => {
	const {type, popup, backend} = await createTypist(home);
	backend.rooms.listed.push(...directory);
	await type('/rooms search house music\r');
	t.deepEqual(backend.asked('findRooms'), [{account: me, words: 'house music'}]);
	t.regex(popup() ?? '', /^Rooms with “house music”, says search\.example\.org/);
	t.regex(popup() ?? '', /Gardening.*1234 people.*\n.*House of Capulet +40 people.*you are there.*\n.*Tea +7 people/s);
	t.regex(popup() ?? '', /garden@rooms\.example\.net – open, semi-anonymous, language en – Seeds, soil\s+and patience/);
	await type(press.down);
	t.regex(popup() ?? '', /\n *capulets@rooms\.example\.org – Masks are welcome/);
	await type('tomb');
	t.regex(popup() ?? '', /> tomb@.*1 person +closed[\s\S]*tomb@rooms\.example\.net – closed, non-anonymous/);
	await type(press.enter);
	t.deepEqual(backend.asked('joinRoom'), [{account: me, room: 'tomb@rooms.example.net'}]);
});

test('rooms are filtered by what they are about, too', async t => {
	const {type, popup, backend} = await createTypist(home);
	backend.rooms.listed.push(...directory);
	await type('/rooms search\r');
	await type('patience');
	t.regex(popup() ?? '', /1 of 1 \(5 in all\)/);
});

test('who searches for what nobody knows is told the next step, and that there is more where there is', async t => {
	const {type, popup, backend} = await createTypist(home);
	await type('/rooms search mantua\r');
	t.regex(
		(popup() ?? '').replace(/\s+/gu, ' '),
		/search\.example\.org knows no such room\. Try fewer .* --service SERVICE/,
	);
	await type(press.control('g'));
	backend.rooms.listed.push(...directory);
	backend.rooms.isCut = true;
	await type('/rooms search --service directory@example.net\r');
	t.deepEqual(backend.asked('findRooms').at(-1), {account: me, service: 'directory@example.net'});
	t.regex(popup() ?? '', /^Public rooms, says directory@example\.net/);
	t.regex(popup() ?? '', /These are the first 5: search with more words/);
	await type(press.control('g'));
	await type('/rooms\r');
	t.regex(popup() ?? '', /These are the first 5: there are more\./);
});

test('while a directory is searched the list says so, and why it was not', async t => {
	const {type, popup, backend, settle} = await createTypist(home);
	const answer = backend.delay('findRooms');
	backend.refuse('findRooms', refusal('directory-terms', 'It cannot search for these words: “too short”'));
	await type('/rooms search x\r');
	t.regex(popup() ?? '', /^Rooms with “x”[\s\S]*Searching…/);
	answer();
	await settle();
	t.regex(popup() ?? '', /“too short”\s+Try something else\./);
});

for (const spoken of [false, true]) {
	test(`what a directory found is told in lines${spoken ? ', in whole words too' : ''}`, async t => {
		const it = lineMode({buffers: [roomBuffer(capulets)]}, false, {spoken});
		it.backend.rooms.listed.push(...directory);
		it.backend.rooms.isCut = true;
		await it.settle();
		const heard = async (line: string) => {
			const before = it.text().length;
			await it.type(line);
			return it.text().slice(before);
		};
		const found = await heard('/rooms search house');
		const order = ['garden@', 'capulets@', 'tea@', 'tomb@', 'silent@'].map(each => found.indexOf(each));
		t.deepEqual(
			order,
			order.toSorted((one, other) => one - other),
		);
		t.true(order.every(place => place >= 0));
		t.regex(found, /tomb@rooms\.example\.net[: ]+1 person[: ]+closed[: ]+non-anonymous/);
		t.regex(
			found,
			/Gardening.*[: ]+1234 people[: ]+open[: ]+semi-anonymous[: ]+language en[: ]+Seeds, soil and patience/,
		);
		t.false(found.includes('\u001b'));
		t.regex(found, /These are the first 5: search with more words/);
		t.regex(found, /\/join ROOM enters one/);
		it.backend.rooms.listed.length = 0;
		t.regex(await heard('/rooms search mantua'), /search\.example\.org knows no such room\. Try fewer/);
		it.backend.refuse(
			'findRooms',
			refusal('directory-paused', 'It takes no more searches for now.', 'Try again in 30 seconds.'),
		);
		t.regex(await heard('/rooms search mantua'), /takes no more searches for now\.[\s\S]*Try again in 30 seconds/);
		await it.end();
	});
}

test('who closed the list before the service answered is left alone', async t => {
	const {type, popup, backend, settle} = await createTypist(home);
	const answer = backend.delay('listRooms');
	await type('/rooms\r');
	await type(press.control('g'));
	answer();
	await settle();
	t.is(popup(), undefined);
});

/** A page as it is first shown on a screen of any size. */
async function pictured(name: string, command: string, t: ExecutionContext) {
	for (const [columns, rows] of sizes) {
		const {
			type,
			popup,
			backend,
			popupLayout: layout,
		} = await createTypist(
			{
				contacts: [contact(romeo, {name: 'Romeo Montague'})],
				buffers: [roomBuffer(capulets)],
				rooms: [{room: room(capulets, {features: {nonAnonymous: false}}), occupants: people}],
				active: inCapulets,
			},
			{columns, rows},
		);
		backend.rooms.affiliated.push(...persons);
		await type(`${command}\r`);
		const text = (popup() ?? '')
			.split('\n')
			.map(each => each.trimEnd())
			.join('\n');
		const {rectangle} = layout() ?? {rectangle: undefined};
		t.true(rectangle !== undefined && rectangle.x + rectangle.width <= columns);
		t.is(text, golden(`${name}-${columns}x${rows}`, text));
	}
}

const people = [
	occupant('juliet'),
	occupant('Lord Capulet', {role: 'moderator', affiliation: 'owner', hats: ['host', 'father']}),
	occupant('romeo', {
		jid: 'romeo@example.net/orchard' as FullJid,
		affiliation: 'member',
		availability: 'away',
		statusText: 'under the balcony',
		occupantId: 'd3c5f1f2b8e94e0d8c15a4aa3f1c7b21',
	}),
	occupant('rоmeo', {role: 'visitor'}),
];

const persons: ListedPerson[] = [
	{jid: 'capulet@example.org' as BareJid, affiliation: 'owner', nick: 'Lord Capulet', role: 'moderator'},
	{jid: romeo, affiliation: 'member'},
	{jid: 'nurse@example.org' as BareJid, affiliation: 'member', nick: 'nurse'},
	{jid: 'paris@example.org' as BareJid, affiliation: 'outcast', reason: 'Wherefore art thou here?\u001b[2J'},
];

test('/whois tells who somebody in a room is, and who looks like them', t => pictured('whois', '/whois romeo', t));

test('/whois of whom the room hides says so', t => pictured('whois-hidden', '/whois "Lord Capulet"', t));

test('/names tells who is there, by what they may do', t => pictured('names', '/names', t));

test('/affiliations tells who is what in the room, why, and who is there', t =>
	pictured('affiliations', '/affiliations', t));

test('in the line mode the same is told in lines', async t => {
	const {backend, type, settle, text, end} = lineMode(
		{
			buffers: [roomBuffer(capulets)],
			rooms: [{room: room(capulets), occupants: people}],
		},
		true,
	);
	backend.rooms.affiliated.push(...persons);
	await settle();
	await type('/buffer capulets@rooms.example.org');
	await type('/whois romeo');
	t.regex(text(), /Address: romeo@example.net\/orchard/);
	t.regex(text(), /Looks like rоmeo: another person/u);
	await type('/affiliations outcast');
	t.regex(text(), /Banned \(1\)\n.*paris@example.org +because: Wherefore/);
	await type('/names');
	t.regex(text(), /Visitors, who may only read \(1\)\n.*≈rоmeo/u);
	await end();
});

const closed = () => refusal('room-password', `${capulets} can only be entered with a password.`);
const unknown = {buffers: [], rooms: []};

test('a room that wants a password is asked for it unseen, and again where it is wrong', async t => {
	const {type, popup, input, backend, app} = await createTypist(unknown);
	backend.refuse('joinRoom', closed());
	await type(`/join ${capulets}\r`);
	t.regex(popup() ?? '', /can only be entered with a password.*Password of capulets@rooms.example.org/s);
	backend.refuse('joinRoom', refusal('room-password', 'It does not take that password.'));
	await type('mask\r');
	t.regex(popup() ?? '', /It does not take that password\./);
	await type('swordfish');
	t.notRegex(popup() ?? '', /swordfish/);
	await type('\r');
	t.is(popup(), undefined);
	t.is(input(), '');
	t.deepEqual(backend.asked('joinRoom').slice(1), [
		{account: me, room: capulets, password: 'mask'},
		{account: me, room: capulets, password: 'swordfish'},
	]);
	t.false(JSON.stringify(app.view().history).includes('swordfish'));
});

test('who has begun to write when a room wants a password is told so, and not asked', async t => {
	const {type, popup, screen, backend, settle} = await createTypist({
		buffers: [roomBuffer(capulets)],
		rooms: [{room: room(capulets, {status: 'parted'}), occupants: []}],
		active: inCapulets,
	});
	const answer = backend.delay('joinRoom');
	backend.refuse('joinRoom', closed());
	await type(`/join ${capulets}\r`);
	await type('Good morrow');
	answer();
	await settle();
	t.is(popup(), undefined);
	t.regex(screen(), /can only be entered with a/);
});

test('in the line mode the password of a room is asked unseen', async t => {
	const {type, settle, text, backend, stdin, end} = lineMode(unknown, true);
	await settle();
	backend.refuse('joinRoom', closed());
	await type(`/join ${capulets}`);
	t.regex(text(), /can only be entered with a password\..*Password of capulets@rooms.example.org: $/s);
	t.true(stdin.raw);
	stdin.write('swordfish\r');
	await settle();
	t.deepEqual(backend.asked('joinRoom').at(-1), {account: me, room: capulets, password: 'swordfish'});
	await end();
});
