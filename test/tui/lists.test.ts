import test from 'ava';
import {type BufferId, bufferId, consoleBuffer} from '../../source/model/buffer.js';
import {defaultPreferences} from '../../source/model/settings.js';
import type {BareJid} from '../../source/shared/jid.js';
import {reduce} from '../../source/store/reduce.js';
import type {State, StoreEvent} from '../../source/store/state.js';
import {dark} from '../../source/themes/dark.js';
import {createPainter} from '../../source/tui/app/paint.js';
import {initialView, type ViewState, withActive} from '../../source/tui/app/view-state.js';
import {bufferListRows} from '../../source/tui/panes/buffer-list.js';
import {listedBuffers} from '../../source/tui/panes/buffer-order.js';
import {createPalette} from '../../source/tui/panes/palette.js';
import {
	type Participants,
	participantRows,
	scrolledParticipants,
	shiftedParticipants,
} from '../../source/tui/panes/participants.js';
import {roomKindWords, typingWords} from '../../source/tui/panes/room-words.js';
import {type StatusBar, statusLine} from '../../source/tui/panes/status-bar.js';
import {titleLine} from '../../source/tui/panes/title.js';
import {bufferName} from '../../source/tui/panes/words.js';
import {lineText} from '../../source/tui/screen/line.js';
import {createScreen} from '../../source/tui/screen/screen.js';
import {createManualClock} from '../support/manual-clock.js';
import {
	balcony,
	ball,
	capulets,
	crowd,
	household,
	inBalcony,
	inCapulets,
	occupant,
	room,
	roomBuffer,
	said,
} from './support/rooms.js';
import {
	account,
	buffer,
	contact,
	evening,
	me,
	minutes,
	nurse,
	paint,
	recorded,
	romeo,
	stateAfter,
	utc,
	withNurse,
	withRomeo,
} from './support.js';
import {createTypist, press} from './typist.js';

const palette = createPalette(dark);
const list = (state: State, more: Partial<Parameters<typeof bufferListRows>[1]> = {}) =>
	bufferListRows(
		state,
		{active: consoleBuffer, drafts: new Set<BufferId>(), width: 24, height: 20, now: 0, ...more},
		palette,
	);
const rows = (state: State, more = {}) => list(state, more).map(row => lineText(row.line).slice(0, -1).trimEnd());
const rowOf = (state: State, name: string) => rows(state).find(row => row.includes(name)) ?? '';
const home = stateAfter(...household);
const preferring = (state: State, more: Partial<typeof defaultPreferences>): State =>
	reduce(state, {type: 'preferences.changed', preferences: {...defaultPreferences, ...more}});

test('pinned buffers stand above the others of their section', t => {
	t.deepEqual(listedBuffers(home), [consoleBuffer, withNurse, withRomeo, inCapulets, inBalcony]);
	const unpinned = reduce(home, {type: 'buffer.changed', buffer: withNurse, arrangement: {}});
	t.deepEqual(listedBuffers(unpinned), [consoleBuffer, withRomeo, withNurse, inCapulets, inBalcony]);
});

test('the list can be ordered by what happened last, the pinned ones first still', t => {
	const active = preferring(home, {'list.order': 'activity'});
	const heard = [
		recorded(evening + 1000, 'news', {buffer: withRomeo}),
		recorded(evening + 2000, 'news', {buffer: inBalcony, author: balcony, kind: 'groupchat'}),
	].reduce(reduce, active);
	t.deepEqual(listedBuffers(heard), [consoleBuffer, withNurse, withRomeo, inBalcony, inCapulets]);
});

test('the keys for the next buffer follow the list', async t => {
	const typist = await createTypist({
		accounts: [account()],
		buffers: [roomBuffer(capulets), buffer(romeo), buffer(nurse, {pinned: true})],
	});
	const visited: BufferId[] = [];
	for (let step = 0; step < 4; step++) {
		await typist.type(press.control('n'));
		visited.push(typist.app.view().active);
	}

	t.deepEqual(visited, [withNurse, withRomeo, inCapulets, consoleBuffer]);
});

test('a muted buffer has its count in its own row, and nowhere else', t => {
	t.regex(rowOf(home, 'capulets'), /⊘ 3$/);
	const bar = statusLine(home, {...status, active: withRomeo, visible: [withRomeo]}, palette);
	t.notRegex(lineText(bar), /4:3/);
	t.regex(lineText(bar), /\[new: 3:!2 5:!17\]/);
	const unmuted = reduce(home, {type: 'buffer.changed', buffer: inCapulets, arrangement: {}});
	t.regex(lineText(statusLine(unmuted, {...status, active: withRomeo, visible: [withRomeo]}, palette)), /4:3\]/);
});

test('what calls the person has a sign besides its colour', t => {
	t.regex(rowOf(home, 'balcony'), /!17$/);
	t.regex(rowOf(home, 'nurse'), /!2$/);
});

test('a draft and somebody typing have signs', t => {
	t.notRegex(rowOf(home, 'Romeo'), /✎/);
	t.regex(rows(home, {drafts: new Set([withRomeo])}).find(row => row.includes('Romeo')) ?? '', /✎…$/);
	t.regex(rowOf(home, 'balcony'), /… !17$/);
	const quiet = reduce(home, {type: 'typing.changed', buffer: inBalcony, names: []});
	t.notRegex(rowOf(quiet, 'balcony'), /…/);
	t.notRegex(rows(home, {active: inBalcony}).find(row => row.includes('balcony')) ?? '', /…/, 'the bar says it');
});

test('with several accounts each has a section, without one the contacts and rooms have', t => {
	t.deepEqual(
		rows(home).filter(row => /^[A-Z]/u.test(row)),
		['Contacts', 'Rooms', 'Other contacts'],
	);
	const second = stateAfter(...household, {type: 'account.changed', account: account({jid: nurse})});
	t.deepEqual(
		rows(second).filter(row => /^[A-Z]/u.test(row)),
		[],
	);
	t.is(rows(second).filter(row => /^● (juliet|nurse)/u.test(row)).length, 2);
});

test('a list that does not fit shows the active buffer, and says what is above and below', t => {
	const many = Array.from(
		{length: 30},
		(_, index): StoreEvent => ({
			type: 'buffer.opened',
			buffer: roomBuffer(`room${index}@rooms.example.org` as BareJid, {unread: index === 29 ? 4 : 0}),
		}),
	);
	const state = stateAfter({type: 'account.changed', account: account()}, ...many);
	const active = bufferId(me, 'room', 'room15@rooms.example.org' as BareJid);
	const shown = rows(state, {active, height: 9});
	t.regex(shown[0] ?? '', /^↑ 14 more$/);
	t.true(shown.some(row => row.includes('room15')));
	t.regex(shown[8] ?? '', /^↓ 11 more {3,}4$/);
	t.is(rows(state, {active, height: 3}).filter(row => /more/u.test(row)).length, 0);
	t.regex(rows(state, {height: 9})[0] ?? '', /console/);
});

test('a row leads to its buffer, one of a contact to the chat that it would open', t => {
	const tybalt = bufferId(me, 'chat', 'tybalt@example.org' as BareJid);
	const targets = list(home).map(({buffer: id}) => id);
	t.true(targets.includes(inBalcony));
	t.true(targets.includes(tybalt));
});

test('only the row that changed is another line', t => {
	const before = list(home);
	const after = list(reduce(home, {type: 'buffer.unread', buffer: withRomeo, unread: 1, highlights: 1, readUpTo: 0}));
	t.is(after.filter((row, index) => row.line !== before[index]?.line).length, 1);
});

test('rooms of the same name go by their addresses, and somebody in a room by nick and room', t => {
	const info = {kind: 'room', account: me} as const;
	t.is(bufferName(home, {...info, jid: capulets}), 'capulets');
	const other = 'capulets@chat.example.net' as BareJid;
	const both = reduce(home, {type: 'buffer.opened', buffer: roomBuffer(other)});
	t.is(bufferName(both, {...info, jid: capulets}), capulets);
	const tybalt = `${balcony}/Tybalt` as BareJid;
	t.is(bufferName(home, {kind: 'private', account: me, jid: tybalt}), 'Tybalt in balcony');
});

const pane: Participants = {buffer: inCapulets, width: 20, height: 20, top: 0};
const people = (state: State, more: Partial<Participants> = {}) =>
	participantRows(state, {...pane, ...more}, palette).map(row => lineText(row.line).slice(1).trimEnd());

test('who is in a room stands by role and name, with presence and affiliation as signs', t => {
	t.deepEqual(people(home).slice(0, 10), [
		'Moderators 2',
		'◐ &Lady Capulet',
		'● ~Lord Capulet',
		'Participants 4',
		'● +juliet',
		'●  nurse',
		'◔  Peter',
		'⊖ +tybalt',
		'Visitors 1',
		'●  a guest with a …',
	]);
});

test('titles given by the room are shown where they have room', t => {
	t.true(people(home, {width: 30}).includes('● ~Lord Capulet [host]'));
});

test('of five thousand only those in view are made, and all can be reached', t => {
	const state = reduce(home, crowd(5000));
	t.is(people(state).length, 20);
	t.is(people(state).at(-1), ' ↓ 4983 more');
	let top = 0;
	let pages = 0;
	do {
		top = scrolledParticipants(state, {...pane, top}, 'down');
		pages++;
	} while (top !== 0);
	t.is(pages, Math.ceil(4982 / 18) + 1);
	const last = scrolledParticipants(state, {...pane, top: 0}, 'up');
	t.is(people(state, {top: last}).at(-1), '●  guest 4999');
});

test('the wheel moves participants by rows, and ends where they end', t => {
	const state = reduce(home, crowd(100));
	t.is(shiftedParticipants(state, pane, 3), 3);
	t.is(shiftedParticipants(state, pane, -3), 0);
	t.is(shiftedParticipants(state, {...pane, top: 81}, 3), 82);
});

test('one who comes into a room of thousands changes one row, not the others', t => {
	const state = reduce(home, crowd(5000));
	const before = participantRows(state, pane, palette);
	const after = participantRows(
		reduce(state, {
			type: 'occupant.changed',
			buffer: inCapulets,
			occupant: occupant('guest 0003', {availability: 'away'}),
		}),
		pane,
		palette,
	);
	t.is(after.filter((row, index) => row.line !== before[index]?.line).length, 1);
});

test('a room that is not joined says why nobody is listed', t => {
	const left = reduce(home, {type: 'room.changed', room: room(capulets, {status: 'parted'})});
	t.deepEqual(people(left)[0], ' not in the room');
});

test('F8 and /participants show and hide who is in the room', async t => {
	const typist = await createTypist({
		accounts: [account()],
		buffers: [roomBuffer(capulets)],
		rooms: [{room: room(capulets), occupants: [occupant('juliet'), occupant('Peter')]}],
		active: inCapulets,
	});
	t.notRegex(typist.screen(), /Peter/);
	await typist.type('\u001b[19~');
	t.regex(typist.screen(), /Participants 2[\s\S]*Peter/);
	await typist.type(`/participants${press.enter}`);
	t.notRegex(typist.screen(), /Peter/);
	await typist.type(press.alt('N'));
	t.regex(typist.screen(), /Peter/);
});

test('F9 goes through who is in the room', async t => {
	const nicks = Array.from({length: 60}, (_, index) => occupant(`nick${String(index).padStart(2, '0')}`));
	const typist = await createTypist({
		accounts: [account()],
		buffers: [roomBuffer(capulets)],
		rooms: [{room: room(capulets), occupants: nicks}],
		active: inCapulets,
	});
	await typist.type('\u001b[20~');
	t.regex(typist.screen(), /nick00/);
	await typist.type('\u001b[20~');
	t.notRegex(typist.screen(), /nick00/);
	t.regex(typist.screen(), /nick25/);
	await typist.type('\u001b[20;2~');
	t.regex(typist.screen(), /nick00/);
});

test('a storm of presences is painted a few times, not once for each', async t => {
	const typist = await createTypist({
		accounts: [account()],
		buffers: [roomBuffer(capulets)],
		rooms: [{room: room(capulets), occupants: [occupant('juliet')]}],
		active: inCapulets,
	});
	await typist.type('\u001b[19~');
	typist.painted();
	for (let index = 0; index < 2000; index++) {
		typist.backend.emit({type: 'occupant.changed', buffer: inCapulets, occupant: occupant(`guest ${index}`)});
	}

	await typist.settle();
	t.regex(typist.screen(), /2001 people/);
	t.true(typist.painted().filter(id => id === 'participants').length <= 2);
});

test('where there are no participants the keys for them say so', async t => {
	const typist = await createTypist({accounts: [account()], buffers: [buffer(romeo)], active: withRomeo});
	await typist.type('\u001b[19~');
	t.regex(typist.screen(), /This is no room/);
});

test('a setting that is changed counts more than what a key said before', async t => {
	const typist = await createTypist({accounts: [account()], buffers: [buffer(romeo)], active: withRomeo});
	await typist.type(press.f7);
	t.regex(typist.screen(), /console +│/);
	typist.backend.emit({type: 'preferences.changed', preferences: {...defaultPreferences, 'list.show': 'off'}});
	await typist.settle();
	t.notRegex(typist.screen(), /console +│/);
});

test('buffers are pinned, muted and given a rule by commands', async t => {
	const typist = await createTypist({
		accounts: [account()],
		buffers: [buffer(romeo), buffer(nurse)],
		active: withRomeo,
	});
	for (const line of ['/pin', '/mute nurse', '/notify mentions', '/unpin 2', '/unmute nurse', '/notify none 3']) {
		await typist.type(`${line}${press.enter}`);
	}

	t.deepEqual(typist.backend.asked('arrangeBuffer'), [
		{buffer: withRomeo, pinned: true},
		{buffer: withNurse, muted: true},
		{buffer: withRomeo, notify: 'mentions'},
		{buffer: withRomeo, pinned: false},
		{buffer: withNurse, muted: false},
		{buffer: withNurse, notify: 'none'},
	]);
	t.regex(typist.screen(), /nurse@example\.org: calls for nothing\./);
	await typist.type(`/buffer${press.enter}`);
	t.regex(typist.popup() ?? '', /romeo@example\.net {2}calls when you are named|nurse.* {2}calls for nothing/);
	await typist.type(press.escape);
	await typist.type(`/pin 1${press.enter}`);
	t.regex(typist.screen(), /The console stays as it is/);
});

const status: StatusBar = {
	active: inBalcony,
	visible: [inBalcony],
	below: 0,
	unseen: 0,
	width: 100,
	now: 0,
};
const bar = (state: State, more: Partial<StatusBar> = {}) =>
	lineText(statusLine(state, {...status, ...more}, palette)).trimEnd();

test('the bar gives way step by step as it gets narrower, and what is new goes last', t => {
	t.deepEqual(
		[110, 70, 60, 48, 32, 22].map(width => bar(home, {width})),
		[
			' juliet@example.org ● online  [5: balcony, 2 people, you are juliet] [new: 3:!2] romeo typing…',
			' juliet@example.org ● online  [5: balcony] [new: 3:!2] romeo typing…',
			' juliet ● online  [5: balcony] [new: 3:!2] romeo typing…',
			' juliet ● online  [5] [new: 3:!2] typing…',
			' ●  [5] [new: 3:!2] typing…',
			' ●  [5] [new: 3:!2]',
		],
	);
});

test('how many have read what one said last in a room stands in the bar, until somebody speaks', t => {
	const asked = ball.reduce(reduce, home);
	const atBall = {active: inCapulets, visible: [inCapulets], width: 200};
	t.regex(bar(asked, atBall), /typing… \[read by 1 of 6\]$/);
	const all = ['Lord Capulet', 'Lady Capulet', 'tybalt', 'Peter', 'a guest with a mask and a very long name']
		.map(
			(reader): StoreEvent => ({
				type: 'reader.moved',
				buffer: inCapulets,
				reader,
				upTo: (evening + 60 * minutes) * 1024,
			}),
		)
		.reduce(reduce, asked);
	t.regex(bar(all, atBall), /\[read by all 6\]$/);
	t.notRegex(bar(reduce(all, said(capulets, 'tybalt', evening + 9 * minutes, 'Hark')), atBall), /read by/);
	t.notRegex(bar(asked, {...atBall, width: 70}), /read by/);
});

test('what is in sight in the other half of a split view is not told as new', t => {
	t.notRegex(bar(home, {visible: [inBalcony, withNurse]}), /new/);
});

test('who is typing is named, counted where they are many, and at last only said', t => {
	t.deepEqual(typingWords(['alice']), ['alice typing…', 'typing…']);
	t.deepEqual(typingWords(['alice', 'bob']), ['alice, bob typing…', '2 people typing…', 'typing…']);
	t.deepEqual(typingWords(['a', 'b', 'c', 'd']), ['4 people typing…', 'typing…']);
	t.deepEqual(typingWords([]), []);
});

test('names of those who type cannot paint the bar', t => {
	const hostile = reduce(home, {type: 'typing.changed', buffer: inBalcony, names: ['\u001b[31mred\u202e']});
	t.notRegex(bar(hostile), /\u001b|\u202e/u);
});

test('the kind of a room is said in words, as far as it is known', t => {
	t.deepEqual(roomKindWords({}), []);
	t.deepEqual(roomKindWords({membersOnly: true, nonAnonymous: true, archived: true}), [
		'members only',
		'non-anonymous',
		'archived',
	]);
	t.deepEqual(roomKindWords({membersOnly: false, nonAnonymous: false, logged: true, moderated: true}), [
		'public',
		'semi-anonymous',
		'logged in public',
		'moderated',
	]);
});

const title = (state: State, id: BufferId, width = 120) =>
	lineText(titleLine(state, state.buffers[id], {width}, palette));

test('the title says how what is sent is protected', t => {
	t.regex(title(home, inBalcony), / OMEMO $/);
	t.regex(title(home, inCapulets), / not end-to-end encrypted $/);
	const broken = reduce(home, {type: 'encryption.changed', buffer: inBalcony, encryption: 'unavailable'});
	t.regex(title(broken, inBalcony), / cannot encrypt: nothing is sent $/);
	t.regex(title(broken, inBalcony, 40), / cannot encrypt $/);
});

test('a room goes by its address in the title: its name is what its owner likes', t => {
	const posing = reduce(home, {
		type: 'room.changed',
		room: room(capulets, {name: 'Romeo Montague\u001b]2;x\u0007', subject: 'one\ntwo'}),
	});
	t.regex(title(posing, inCapulets), /^ # capulets {2}Romeo Montague/);
	t.notRegex(title(posing, inCapulets), /\u001b|\n/u);
});

test('what is typed in another buffer is marked in the list', async t => {
	const typist = await createTypist(
		{accounts: [account()], contacts: [contact(romeo)], buffers: [buffer(romeo), buffer(nurse)], active: withRomeo},
		{columns: 120, rows: 24},
	);
	await typist.type('But soft');
	t.notRegex(typist.screen(), /✎/);
	await typist.type(press.alt('3'));
	t.regex(typist.screen(), /romeo +✎│/);
});

test('names that are too long are cut on every screen, and nothing is wider than it', t => {
	const long = `${'montague'.repeat(7)}@rooms.example.org` as BareJid;
	const state = stateAfter(
		...household,
		{type: 'buffer.opened', buffer: roomBuffer(long, {unread: 1000, highlights: 1})},
		{
			type: 'room.changed',
			room: room(long, {name: '名前'.repeat(80), subject: 'x'.repeat(900), nick: 'j'.repeat(200)}),
		},
		{
			type: 'occupants.loaded',
			buffer: bufferId(me, 'room', long),
			occupants: [occupant('日本'.repeat(60), {hats: ['h'.repeat(90)]})],
		},
		{type: 'typing.changed', buffer: bufferId(me, 'room', long), names: ['日本'.repeat(60)]},
	);
	for (const [columns, height] of [
		[40, 10],
		[80, 24],
		[119, 30],
		[300, 100],
	] as const) {
		const view = {...withActive(initialView, bufferId(me, 'room', long), undefined), list: true, participants: true};
		const {text} = paint(state, view, columns, height);
		t.is(text.split('\n').length, height);
	}
});

/** Bytes for the terminal after each event, at 200x50. */
function costs(from: State, view: ViewState, events: readonly StoreEvent[]): readonly number[] {
	let written = '';
	const screen = createScreen({
		output: {
			size: () => ({columns: 200, rows: 50}),
			write(text) {
				written += text;
			},
			congested: () => false,
			drained: () => () => {},
			resized: () => () => {},
		},
		clock: createManualClock(evening),
		colorDepth: 'truecolor',
	});
	const painter = createPainter(screen, () => palette, utc);
	let state = from;
	const paintNow = () => {
		written = '';
		painter.paint(state, view);
		screen.flush();
		return Buffer.byteLength(written);
	};

	paintNow();
	return events.map(event => {
		state = reduce(state, event);
		return paintNow();
	});
}

test('who begins and ends to type costs at most forty bytes, in the bar besides the words', t => {
	const typing = (buffer: BufferId, ...names: string[]): StoreEvent => ({type: 'typing.changed', buffer, names});
	const view = withActive(initialView, inCapulets, undefined);
	const elsewhere = costs(home, view, [typing(withNurse, 'nurse'), typing(withNurse)]);
	const here = costs(home, view, [typing(inCapulets, 'nurse'), typing(inCapulets)]);
	const words = Buffer.byteLength('nurse typing…');
	t.true(Math.max(...elsewhere, ...here.slice(1), (here[0] ?? 0) - words) <= 40, `${[...elsewhere, ...here]}`);
});

test('an occupant out of sight costs nothing on the wire', t => {
	const view = withActive(initialView, inCapulets, undefined);
	const [away = -1] = costs(reduce(home, crowd(5000)), view, [
		{type: 'occupant.changed', buffer: inCapulets, occupant: occupant('guest 4000', {availability: 'away'})},
	]);
	t.is(away, 0);
});

test('what is unread elsewhere costs at most forty bytes beside a list with rooms', t => {
	const view = withActive(initialView, inCapulets, undefined);
	const counts = Array.from(
		{length: 6},
		(_, index): StoreEvent => ({
			type: 'buffer.unread',
			buffer: inBalcony,
			unread: 20 + index,
			highlights: 1,
			readUpTo: 0,
		}),
	);
	const [, ...further] = costs(home, view, counts);
	t.true(Math.max(...further) <= 40, `${further}`);
});

test('what strangers call themselves and their rooms paints nothing but its place', t => {
	const evil = '\u001b]2;owned\u0007\u001b[2J\u202egnirts\u009b31m\n\r\t';
	const hostile = bufferId(me, 'room', 'evil@rooms.example.org' as BareJid);
	const state = stateAfter(
		...household,
		{type: 'buffer.opened', buffer: roomBuffer('evil@rooms.example.org' as BareJid, {unread: 1})},
		{
			type: 'room.changed',
			room: room('evil@rooms.example.org' as BareJid, {name: evil, subject: evil, nick: evil, reason: evil}),
		},
		{type: 'occupants.loaded', buffer: hostile, occupants: [occupant(evil, {hats: [evil], statusText: evil})]},
		{type: 'typing.changed', buffer: hostile, names: [evil]},
		{type: 'reader.moved', buffer: hostile, reader: evil, upTo: 5},
		{
			type: 'occupant.left',
			buffer: hostile,
			nick: evil,
			activity: {what: 'renamed', nick: evil, newNick: evil, text: evil, at: evening},
		},
	);
	const view = {...withActive(initialView, hostile, undefined), list: true, participants: true};
	for (const columns of [60, 200]) {
		const {text} = paint(state, view, columns, 24);
		t.notRegex(text.replaceAll('\n', ''), /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
		t.is(text.split('\n').length, 24);
	}
});
