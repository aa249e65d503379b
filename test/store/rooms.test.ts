import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {type Buffer, bufferId} from '../../source/model/buffer.js';
import type {Message} from '../../source/model/message.js';
import type {Occupant, OccupantActivity, Role, Room} from '../../source/model/room.js';
import type {BareJid} from '../../source/shared/jid.js';
import {valuesOf} from '../../source/store/by-key.js';
import {activityLimit} from '../../source/store/entries.js';
import {occupantsInOrder} from '../../source/store/occupant-order.js';
import {reduce} from '../../source/store/reduce.js';
import {occupantNamed, occupantsOf, readersAt, readersOf, roomOf, typingIn} from '../../source/store/room-selectors.js';
import {initialState, type State, type StoreEvent} from '../../source/store/state.js';

const me = 'juliet@example.org' as BareJid;
const jid = 'balcony@rooms.example.org' as BareJid;
const id = bufferId(me, 'room', jid);
const info: Buffer = {
	id,
	kind: 'room',
	account: me,
	jid,
	unread: 0,
	highlights: 0,
	readUpTo: 0,
	draft: '',
	lastActivity: 0,
};
const room: Room = {account: me, jid, buffer: id, status: 'joined', nick: 'juliet', features: {}};
const occupant = (nick: string, more: Partial<Occupant> = {}): Occupant => ({
	nick,
	role: 'participant',
	affiliation: 'none',
	availability: 'available',
	statusText: '',
	...more,
});
const joined = (nick: string, at: number): OccupantActivity => ({what: 'joined', nick, at});
const message = (key: number): StoreEvent => ({
	type: 'message.recorded',
	message: {
		key,
		account: me,
		buffer: id,
		kind: 'groupchat',
		direction: 'incoming',
		author: jid,
		body: 'hello',
		receivedAt: key / 1024,
		via: 'live',
	} satisfies Message,
});
const changed = (one: Occupant, more: {formerNick?: string; activity?: OccupantActivity} = {}): StoreEvent => ({
	type: 'occupant.changed',
	buffer: id,
	occupant: one,
	...more,
});
const after = (...events: StoreEvent[]): State =>
	[
		{type: 'buffer.opened', buffer: info} as const,
		{type: 'room.changed', room} as const,
		{
			type: 'occupants.loaded',
			buffer: id,
			occupants: ['juliet', 'romeo', 'nurse'].map(nick => occupant(nick)),
		} as const,
		...events,
	].reduce<State>(reduce, initialState);
const nicks = (state: State) => occupantsInOrder(state, id).map(({nick}) => nick);

test('a room is known by its buffer, with who is in it', t => {
	const state = after();
	t.is(roomOf(state, id)?.nick, 'juliet');
	t.deepEqual(nicks(state), ['juliet', 'nurse', 'romeo']);
	t.is(occupantNamed(state, id, 'romeo')?.nick, 'romeo');
});

test('whoever comes and goes is in the room as long', t => {
	t.deepEqual(nicks(after(changed(occupant('Paris')))), ['juliet', 'nurse', 'Paris', 'romeo']);
	t.deepEqual(nicks(after({type: 'occupant.left', buffer: id, nick: 'nurse'})), ['juliet', 'romeo']);
});

test('a new nick takes the place of the former one', t => {
	t.deepEqual(nicks(after(changed(occupant('angelica'), {formerNick: 'nurse'}))), ['angelica', 'juliet', 'romeo']);
});

test('moderators come first, visitors last', t => {
	const state = after(changed(occupant('romeo', {role: 'moderator'})), changed(occupant('anna', {role: 'visitor'})));
	t.deepEqual(nicks(state), ['romeo', 'juliet', 'nurse', 'anna']);
});

const step = fc.record({
	nick: fc.constantFrom('a', 'B', 'b', 'c', '__proto__', 'constructor', 'é', '7'),
	role: fc.constantFrom<Role>('moderator', 'participant', 'visitor', 'none'),
	leaves: fc.boolean(),
});

testProp(
	'the order kept from change to change is that of sorting all',
	[fc.array(step, {minLength: 1})],
	(t, steps) => {
		let state = after();
		occupantsInOrder(state, id);
		for (const {nick, role, leaves} of steps) {
			state = reduce(state, leaves ? {type: 'occupant.left', buffer: id, nick} : changed(occupant(nick, {role})));
			const key = (each: Occupant) =>
				`${['moderator', 'participant'].indexOf(each.role) + 1 || 3} ${each.nick.toLowerCase()} ${each.nick}`;
			const expected = valuesOf(occupantsOf(state, id)).toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
			t.deepEqual(occupantsInOrder(state, id), expected);
		}
	},
);

test('one change among five thousand leaves all others the same objects', t => {
	const many = Array.from({length: 5000}, (_, index) => occupant(`nick${index}`));
	const before = after({type: 'occupants.loaded', buffer: id, occupants: many});
	const first = occupantsInOrder(before, id);
	const next = reduce(before, changed(occupant('nick77', {availability: 'away'})));
	const shards = occupantsOf(next, id).shards.filter((each, index) => each !== occupantsOf(before, id).shards[index]);
	t.is(shards.length, 1);
	const second = occupantsInOrder(next, id);
	t.is(second.filter((each, index) => each !== first[index]).length, 1);
	t.is(occupantsInOrder(next, id), second);
});

test('nobody is known in a room that was left', t => {
	t.is(occupantsOf(after({type: 'room.changed', room: {...room, status: 'parted'}}), id).size, 0);
	t.is(occupantsOf(after({type: 'room.changed', room: {...room, subject: 'Night'}}), id).size, 3);
});

test('what is known of a buffer goes when it is closed', t => {
	const state = after(
		{type: 'typing.changed', buffer: id, names: ['romeo']},
		{type: 'reader.moved', buffer: id, reader: 'romeo', upTo: 5},
		{type: 'room.changed', room: {...room, status: 'parted'}},
		{type: 'buffer.closed', buffer: id},
	);
	t.deepEqual([state.rooms, state.typing, state.readers], [{}, {}, {}]);
});

test('whoever closes the buffer of a room stays in it, until they are out', t => {
	const closed = after({type: 'buffer.closed', buffer: id});
	t.is(occupantsOf(closed, id).size, 3);
	t.is(occupantsOf(reduce(closed, changed(occupant('paris'))), id).size, 4);
	t.deepEqual(reduce(closed, {type: 'room.changed', room: {...room, status: 'parted'}}).rooms, {});
	t.deepEqual(reduce(closed, {type: 'account.removed', account: me}).rooms, {});
});

test('an invitation waits until it is answered, and is there once however often it comes', t => {
	const invitation = {account: me, room: room.jid, direct: true};
	const invited = after(
		{type: 'room.invited', invitation},
		{type: 'room.invited', invitation: {...invitation, reason: 'once more'}},
	);
	t.deepEqual(invited.invitations, [{...invitation, reason: 'once more'}]);
	t.deepEqual(reduce(invited, {type: 'invitation.resolved', account: me, room: room.jid}).invitations, []);
	t.deepEqual(reduce(invited, {type: 'account.removed', account: me}).invitations, []);
});

test('a snapshot brings bookmarks by account, and the invitations that wait', t => {
	const other = 'juliet@work.example' as BareJid;
	const bookmarks = [me, other].map(account => ({account, room: room.jid, autojoin: false}));
	const invitations = [{account: me, room: room.jid, direct: true}];
	const snapshot = {accounts: [], contacts: [], presence: [], requests: [], buffers: [], bookmarks, invitations};
	const state = reduce(initialState, {type: 'snapshot.loaded', snapshot});
	t.deepEqual(state.bookmarks, {[me]: [bookmarks[0]], [other]: [bookmarks[1]]});
	t.deepEqual(state.invitations, invitations);
});

test('bookmarks are those that the server has now', t => {
	const bookmark = {account: me, room: room.jid, autojoin: true};
	const known = after({type: 'bookmarks.changed', account: me, bookmarks: [bookmark]});
	t.deepEqual(known.bookmarks, {[me]: [bookmark]});
	t.deepEqual(reduce(known, {type: 'bookmarks.changed', account: me, bookmarks: []}).bookmarks, {[me]: []});
	t.deepEqual(reduce(known, {type: 'account.removed', account: me}).bookmarks, {});
});

test('who is typing is known until they stop, or the session ends', t => {
	const typing = after({type: 'typing.changed', buffer: id, names: ['romeo', 'nurse']});
	t.deepEqual(typingIn(typing, id), ['romeo', 'nurse']);
	t.is(reduce(typing, {type: 'typing.changed', buffer: id, names: ['romeo', 'nurse']}), typing);
	t.deepEqual(typingIn(reduce(typing, {type: 'typing.changed', buffer: id, names: []}), id), []);
	t.deepEqual(typingIn(reduce(typing, {type: 'presence.cleared', account: me}), id), []);
});

test('what occupants do stands in the buffer, below what was said before', t => {
	const state = after(
		message(5 * 1024),
		changed(occupant('paris'), {activity: joined('paris', 3)}),
		message(7 * 1024),
		{type: 'occupant.left', buffer: id, nick: 'paris', activity: {what: 'left', nick: 'paris', at: 9}},
	);
	t.deepEqual(
		state.buffers[id]?.entries.map(({type, key}) => `${type} ${key / 1024}`),
		['message 5', 'activity 5', 'message 7', 'activity 9'],
	);
});

test('those who come and go do not drive out what was said', t => {
	const many = Array.from({length: 3 * activityLimit}, (_, index) =>
		changed(occupant('paris'), {activity: joined('paris', index + 2)}),
	);
	const entries = after(message(1024), ...many).buffers[id]?.entries ?? [];
	t.is(entries[0]?.type, 'message');
	t.true(entries.length < 2 * activityLimit);
	t.is(entries.at(-1)?.key, (3 * activityLimit + 1) * 1024);
});

test('what the person arranged replaces what they had arranged', t => {
	const pinned = after({type: 'buffer.changed', buffer: id, arrangement: {pinned: true, notify: 'all'}});
	const muted = reduce(pinned, {type: 'buffer.changed', buffer: id, arrangement: {muted: true}});
	t.like(pinned.buffers[id]?.info, {pinned: true, notify: 'all'});
	t.deepEqual(muted.buffers[id]?.info, {...info, muted: true});
});

test('how a buffer is protected is part of it', t => {
	const state = after({type: 'encryption.changed', buffer: id, encryption: 'omemo'});
	t.is(state.buffers[id]?.info.encryption, 'omemo');
});

test('who has read a message is counted without the person and its author', t => {
	const state = after(
		{type: 'reader.moved', buffer: id, reader: 'juliet', upTo: 9},
		{type: 'reader.moved', buffer: id, reader: 'romeo', upTo: 7},
		{type: 'reader.moved', buffer: id, reader: 'nurse', upTo: 4},
	);
	t.deepEqual(readersOf(state, id, 4), {readers: ['romeo', 'nurse'], of: 2});
	t.deepEqual(readersOf(state, id, 5), {readers: ['romeo'], of: 2});
	t.deepEqual(readersOf(state, id, 3, 'nurse'), {readers: ['romeo'], of: 1});
	t.deepEqual(readersOf(state, id, 8).readers, []);
});

test('each reader stands at the newest message they have seen', t => {
	const state = after(
		{type: 'reader.moved', buffer: id, reader: 'romeo', upTo: 7},
		{type: 'reader.moved', buffer: id, reader: 'nurse', upTo: 4},
	);
	t.deepEqual(readersAt(state, id, 4, 7), ['nurse']);
	t.deepEqual(readersAt(state, id, 7), ['romeo']);
	t.deepEqual(readersAt(state, id, 1, 4), []);
});

test('a snapshot brings how far others have read, instead of what was known', t => {
	const before = after({type: 'reader.moved', buffer: id, reader: 'nurse', upTo: 9});
	const snapshot = {accounts: [], contacts: [], presence: [], requests: [], buffers: [info]};
	const readers = [
		{buffer: id, reader: 'romeo', upTo: 7},
		{buffer: id, reader: '__proto__', upTo: 4},
	];
	const state = reduce(before, {
		type: 'snapshot.loaded',
		snapshot: {...snapshot, rooms: [{room, occupants: []}], readers},
	});
	t.deepEqual(readersOf(state, id, 4).readers, ['romeo', '__proto__']);
	t.deepEqual(reduce(state, {type: 'snapshot.loaded', snapshot}).readers, {});
});

test('a snapshot brings the rooms', t => {
	const state = reduce(initialState, {
		type: 'snapshot.loaded',
		snapshot: {
			accounts: [],
			contacts: [],
			presence: [],
			requests: [],
			buffers: [info],
			rooms: [{room, occupants: [occupant('romeo')]}],
		},
	});
	t.is(roomOf(state, id), room);
	t.deepEqual(nicks(state), ['romeo']);
});
