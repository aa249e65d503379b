import {type Buffer, bufferId} from '../../../source/model/buffer.js';
import type {Event} from '../../../source/model/events.js';
import type {Message} from '../../../source/model/message.js';
import type {Occupant, OccupantActivity, Role, Room} from '../../../source/model/room.js';
import type {BareJid, FullJid} from '../../../source/shared/jid.js';
import type {StoreEvent} from '../../../source/store/state.js';
import {
	account,
	buffer,
	contact,
	evening,
	me,
	message,
	minutes,
	nurse,
	recorded,
	romeo,
	withNurse,
	withRomeo,
} from '../support.js';

/** What a client with rooms tells, as lists of Events. */

export const capulets = 'capulets@rooms.example.org' as BareJid;
export const balcony = 'balcony@rooms.example.org' as BareJid;
export const inCapulets = bufferId(me, 'room', capulets);
export const inBalcony = bufferId(me, 'room', balcony);

export const roomBuffer = (jid: BareJid, more: Partial<Buffer> = {}): Buffer =>
	buffer(jid, {id: bufferId(me, 'room', jid), kind: 'room', ...more});

export const room = (jid: BareJid, more: Partial<Room> = {}): Room => ({
	account: me,
	jid,
	buffer: bufferId(me, 'room', jid),
	status: 'joined',
	nick: 'juliet',
	features: {},
	...more,
});

export const occupant = (nick: string, more: Partial<Occupant> = {}): Occupant => ({
	nick,
	role: 'participant',
	affiliation: 'none',
	availability: 'available',
	statusText: '',
	...more,
});

/** Somebody says something in a room. */
export const said = (jid: BareJid, nick: string, at: number, body: string, more: Partial<Message> = {}): Event => ({
	type: 'message.recorded',
	message: message(at, body, {
		buffer: bufferId(me, 'room', jid),
		kind: 'groupchat',
		author: `${jid}/${nick}` as FullJid,
		...more,
	}),
});

export const came = (nick: string, at: number, what: OccupantActivity['what'] = 'joined'): StoreEvent => ({
	type: 'occupant.changed',
	buffer: inCapulets,
	occupant: occupant(nick),
	activity: {what, nick, at},
});

/** Chats and two rooms of one account: pinned, muted, with drafts and somebody typing. */
export const household: readonly StoreEvent[] = [
	{type: 'account.changed', account: account()},
	{
		type: 'roster.loaded',
		account: me,
		contacts: [
			contact(romeo, {name: 'Romeo Montague'}),
			contact(nurse),
			contact('mercutio@example.net' as BareJid, {name: 'Mercutio'}),
			contact('tybalt@example.org' as BareJid),
		],
	},
	{
		type: 'presence.changed',
		account: me,
		jid: romeo,
		resources: [{resource: 'orchard', availability: 'away', statusText: 'under the balcony', priority: 5, since: 0}],
	},
	{
		type: 'presence.changed',
		account: me,
		jid: nurse,
		resources: [{resource: 'hall', availability: 'available', statusText: '', priority: 0, since: 0}],
	},
	{type: 'buffer.opened', buffer: buffer(romeo, {draft: 'O Romeo'})},
	{type: 'buffer.opened', buffer: buffer(nurse, {unread: 2, highlights: 2, lastActivity: evening})},
	{type: 'buffer.opened', buffer: roomBuffer(capulets, {unread: 3, lastActivity: evening})},
	{type: 'buffer.opened', buffer: roomBuffer(balcony, {unread: 17, highlights: 1, encryption: 'omemo'})},
	{type: 'buffer.changed', buffer: withNurse, arrangement: {pinned: true}},
	{type: 'buffer.changed', buffer: inCapulets, arrangement: {muted: true}},
	{
		type: 'room.changed',
		room: room(capulets, {
			name: 'House of Capulet',
			subject: 'The ball is tonight, masks are welcome',
			features: {membersOnly: false, nonAnonymous: false, archived: true},
		}),
	},
	{
		type: 'room.changed',
		room: room(balcony, {
			subject: 'Parting is such sweet sorrow',
			features: {membersOnly: true, nonAnonymous: true, persistent: true, archived: true},
		}),
	},
	{
		type: 'occupants.loaded',
		buffer: inCapulets,
		occupants: [
			occupant('Lord Capulet', {role: 'moderator', affiliation: 'owner', hats: ['host']}),
			occupant('Lady Capulet', {role: 'moderator', affiliation: 'admin', availability: 'away'}),
			occupant('juliet', {affiliation: 'member'}),
			occupant('tybalt', {affiliation: 'member', availability: 'dnd'}),
			occupant('nurse'),
			occupant('Peter', {availability: 'xa'}),
			occupant('a guest with a mask and a very long name', {role: 'visitor'}),
		],
	},
	{
		type: 'occupants.loaded',
		buffer: inBalcony,
		occupants: [
			occupant('juliet', {role: 'moderator', affiliation: 'owner'}),
			occupant('romeo', {affiliation: 'member', jid: romeo}),
		],
	},
	{type: 'typing.changed', buffer: inBalcony, names: ['romeo']},
	{type: 'typing.changed', buffer: withRomeo, names: ['Romeo Montague']},
];

/** An evening in the public room. */
export const ball: readonly StoreEvent[] = [
	{type: 'history.loaded', buffer: inCapulets, messages: [], complete: true},
	said(
		capulets,
		'Lord Capulet',
		evening,
		'Welcome, gentlemen! Ladies that have their toes unplagued with corns will walk about with you.',
	),
	said(capulets, 'tybalt', evening + minutes, 'This, by his voice, should be a Montague.'),
	came('Peter', evening + 2 * minutes),
	said(capulets, 'nurse', evening + 3 * minutes, 'juliet: madam, your mother craves a word with you.', {
		highlight: true,
	}),
	said(capulets, 'juliet', evening + 4 * minutes, 'What is yond gentleman?', {
		direction: 'outgoing',
		state: 'acked',
		author: me,
	}),
	{type: 'reader.moved', buffer: inCapulets, reader: 'nurse', upTo: (evening + 5 * minutes) * 1024},
	{type: 'typing.changed', buffer: inCapulets, names: ['nurse', 'tybalt']},
];

/** A talk between two, in a room for members that is encrypted, and in a chat. */
export const secrets: readonly StoreEvent[] = [
	{type: 'history.loaded', buffer: inBalcony, messages: [], complete: true},
	said(balcony, 'romeo', evening, 'But soft, what light through yonder window breaks?', {encryption: 'omemo'}),
	said(balcony, 'juliet', evening + minutes, 'Ay me!', {
		direction: 'outgoing',
		state: 'acked',
		author: me,
		encryption: 'omemo',
	}),
	{type: 'history.loaded', buffer: withRomeo, messages: [], complete: true},
	recorded(evening, 'Good morrow, cousin.'),
	recorded(evening + minutes, 'Is the day so young?', {direction: 'outgoing', state: 'delivered'}),
];

/** So many who are in the public room. */
export function crowd(count: number, role: Role = 'participant'): StoreEvent {
	return {
		type: 'occupants.loaded',
		buffer: inCapulets,
		occupants: [
			occupant('Lord Capulet', {role: 'moderator', affiliation: 'owner'}),
			...Array.from({length: count - 1}, (_, index) => occupant(`guest ${String(index + 1).padStart(4, '0')}`, {role})),
		],
	};
}
