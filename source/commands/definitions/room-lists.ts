import {bufferId} from '../../model/buffer.js';
import {contact} from '../addresses.js';
import {type Command, defineCommand, good, type Parameter} from '../command.js';
import {view} from '../intent.js';
import {optional} from '../parameters.js';
import {inRoom, noAccount, roomHere, serviceNames} from '../room-address.js';
import {type Person, person} from '../room-parameters.js';

/** Whom a command is about who need not be in a room: a nick there, or an address; left out: whom the buffer is about. */
function somebody(): Parameter<Person | undefined> {
	const inner = person();
	const anybody = contact();
	return {
		...inner,
		optional: true,
		what: 'a nick in the room, a contact or a JID',
		read(given, context) {
			const read = inner.read(given, context);
			if (read.ok || read.complaint.code !== 'no-such-occupant') {
				return read;
			}

			const other = anybody.read(given, context);
			return other.ok ? good({jid: other.value.jid}) : roomHere(context) === undefined ? other : read;
		},
		absent: () => good(undefined),
	};
}

/** Looking around: who is where, and what rooms there are. */
export const roomLists: readonly Command[] = [
	defineCommand({
		name: 'names',
		aliases: ['users'],
		summary: 'List who is in the room, and what they may do',
		details: ['F8 keeps them on the screen.'],
		examples: [{input: '/names', does: 'lists those who are in this room'}],
		related: ['participants', 'whois'],
		parameters: {},
		run: (_, context) =>
			inRoom(context, place => view({type: 'listOccupants', buffer: bufferId(place.account, 'room', place.room)})),
	}),
	defineCommand({
		name: 'whois',
		aliases: ['info'],
		summary: 'Say what is known about somebody',
		details: ['Nobody is asked for it. /version asks somebody what software they run.'],
		examples: [
			{input: '/whois Tybalt', does: 'says who is called so in this room'},
			{input: '/whois romeo@example.org', does: 'says in which of your rooms that contact is'},
		],
		parameters: {who: somebody()},
		run({who}, context) {
			const {account, jid, kind} = context;
			if (account === undefined) {
				return {complaint: noAccount};
			}

			const here = roomHere(context);
			const where = {account, ...(here === undefined ? {} : {room: here})};
			const nick = kind === 'private' && jid !== undefined ? jid.slice(jid.indexOf('/') + 1) : undefined;
			const meant = who ?? (nick === undefined ? (kind === 'chat' && jid !== undefined ? {jid} : undefined) : {nick});
			return meant === undefined
				? {complaint: {code: 'missing-word', message: 'Whom? This buffer is about nobody in particular.'}}
				: view({type: 'whois', ...where, ...(meant as Person)});
		},
	}),
	defineCommand({
		name: 'rooms',
		aliases: ['list', 'room list'],
		summary: 'List the rooms of a service, to enter one',
		examples: [
			{input: '/rooms', does: 'lists those of your own server'},
			{input: '/rooms conference.example.org', does: 'asks another service'},
		],
		parameters: {service: optional(serviceNames())},
		run: ({service}, {account}) =>
			account === undefined
				? {complaint: noAccount}
				: view({type: 'listRooms', account, ...(service === undefined ? {} : {service})}),
	}),
];
