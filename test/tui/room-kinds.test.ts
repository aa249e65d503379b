import test from 'ava';
import type {RoomFeatures} from '../../source/model/room.js';
import {createRoomKindWatch} from '../../source/tui/panes/room-kind-watch.js';
import {roomKindWords} from '../../source/tui/panes/room-words.js';
import {lineMode} from './line-mode.js';
import {balcony, capulets, inCapulets, occupant, room, roomBuffer} from './support/rooms.js';
import {account} from './support.js';
import {createTypist} from './typist.js';

const hidden: RoomFeatures = {nonAnonymous: false, membersOnly: true, archived: false};

const changed = (features: RoomFeatures, more: Parameters<typeof room>[1] = {}) =>
	({type: 'room.changed', room: room(capulets, {features, ...more})}) as const;

function watching() {
	const watch = createRoomKindWatch();
	watch.begin([{room: room(capulets, {features: hidden})}]);
	return (features: RoomFeatures) => watch.hear(changed(features)).map(({level, text}) => `${level}: ${text}`);
}

test('a room that shows real addresses from now on warns of it', t => {
	const hear = watching();
	t.deepEqual(hear({...hidden, nonAnonymous: true}), ['warning: The room shows real addresses to everybody now.']);
	t.deepEqual(hear({...hidden, nonAnonymous: true}), []);
	t.deepEqual(hear(hidden), ['info: The room shows real addresses to moderators only now.']);
});

test('what is kept of what is said, and who may enter, is told when it changes', t => {
	const hear = watching();
	t.deepEqual(hear({...hidden, archived: true, logged: true, membersOnly: false}), [
		'warning: What is said here is logged from now on.',
		'warning: What is said here is archived from now on.',
		'warning: Anybody may enter this room now.',
	]);
	t.deepEqual(hear({...hidden, logged: false}), [
		'info: What is said here is not logged any more.',
		'info: What is said here is not archived any more.',
		'info: Only members may enter this room now.',
	]);
});

test('a room that is heard of for the first time has not changed', t => {
	const watch = createRoomKindWatch();
	t.deepEqual(watch.hear(changed({nonAnonymous: true, archived: true, logged: true})), []);
});

test('an archived room that says so once more has not changed', t => {
	const watch = createRoomKindWatch();
	watch.begin([{room: room(capulets, {features: {archived: true}})}]);
	t.deepEqual(watch.hear(changed({archived: true, logged: true})), []);
});

test('a room that changed while the connection was lost has changed', t => {
	const hear = watching();
	// Whoever enters again knows nothing of it at first.
	t.deepEqual(hear({}), []);
	t.deepEqual(hear({nonAnonymous: true}), ['warning: The room shows real addresses to everybody now.']);
});

const home = {
	buffers: [roomBuffer(capulets), roomBuffer(balcony)],
	rooms: [{room: room(capulets, {features: hidden}), occupants: [occupant('juliet')]}],
	active: inCapulets,
};

test('the room tells it on the screen, and its title what it is now', async t => {
	const {backend, settle, screen, row} = await createTypist(home);
	t.regex(row(0), /members only, semi-anonymous/);
	backend.emit(changed({...hidden, nonAnonymous: true}));
	await settle();
	t.regex(screen(), /The room shows real addresses to everybody now\./);
	t.regex(row(0), /members only, non-anonymous/);
});

test('the line mode names the room', async t => {
	const {backend, settle, text, end} = lineMode(home, true);
	await settle();
	backend.emit(changed({...hidden, nonAnonymous: true}));
	await settle();
	t.regex(text(), /capulets@rooms.example.org: The room shows real addresses to everybody now\./);
	await end();
});

test('read aloud, a reason that is a sentence ends once', async t => {
	const {backend, settle, text, end} = lineMode(home, true, {spoken: true});
	await settle();
	backend.emit(changed(hidden, {status: 'refused', reason: 'The room wants a password.'}));
	await settle();
	t.regex(text(), /did not let you in: The room wants a password\.\n/);
	await end();
});

test('an empty room says what can be done there, and takes nobody for a contact', async t => {
	const empty = {...home, rooms: [{room: room(capulets), occupants: [occupant('juliet', {affiliation: 'owner'})]}]};
	const {backend, settle, screen} = await createTypist(empty);
	t.regex(screen(), /Nothing was said in capulets yet\./);
	t.regex(screen(), /\/invite asks others in, \/config says what the room is to be\./);
	t.notRegex(screen(), /contact/);
	backend.emit(changed({}, {status: 'parted'}));
	await settle();
	t.regex(screen(), /You are not in it: \/join capulets@rooms.example.org enters it\./);
});

test('a room in which one has to wait between two messages says how long', t => {
	t.deepEqual(roomKindWords({membersOnly: false, slowMode: 20}), ['public', 'one message in 20 s']);
});

for (const spoken of [false, true]) {
	test(`in lines, where there is no title, who goes to a room is told of what kind it is${spoken ? ', in whole words too' : ''}`, async t => {
		const features = {nonAnonymous: true, membersOnly: false, archived: true};
		const it = lineMode(
			{
				accounts: [account()],
				buffers: [roomBuffer(capulets)],
				rooms: [{room: room(capulets, {features}), occupants: []}],
			},
			false,
			{spoken},
		);
		await it.settle();
		await it.type('/buffer 2');
		t.regex(it.text(), /[Rr]oom capulets, (?:.*, )?public, non-anonymous, archived, not end-to-end encrypted/);
		await it.end();
	});
}
