import {bufferId} from '../../model/buffer.js';
import type {BareJid} from '../../shared/jid.js';
import {type Command, defineCommand} from '../command.js';
import type {CommandContext} from '../context.js';
import {view} from '../intent.js';
import {optional, text} from '../parameters.js';
import {directoryOption, forRoom, inRoom, noAccount, roomHere, serviceNames} from '../room-address.js';
import type {Person} from '../room-parameters.js';
import {isKnownRoom, somebody} from '../somebody.js';

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
		summary: 'Say what is known about somebody, or what a room is',
		details: [
			'Nobody is asked about people: /version asks what software somebody runs, /vcard for their card.',
			'Of a room the same is told as with /roominfo, which asks the room.',
		],
		examples: [
			{input: '/whois Tybalt', does: 'says who is called so in this room'},
			{input: '/whois romeo@example.org', does: 'says in which of your rooms that contact is'},
			{input: '/whois', does: 'says what the room of this buffer is'},
		],
		related: ['vcard', 'roominfo'],
		parameters: {who: somebody()},
		run({who}, context) {
			const {account, jid, kind} = context;
			if (account === undefined) {
				return {complaint: noAccount};
			}

			const room = meantRoom(who, context);
			if (room !== undefined) {
				return forRoom(room, context, place => view({type: 'roomInfo', ...place}));
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
		details: ['/rooms search finds public rooms anywhere, by words.'],
		examples: [
			{input: '/rooms', does: 'lists those of your own server'},
			{input: '/rooms conference.example.org', does: 'asks another service'},
			{input: '/rooms search gardening', does: 'finds public rooms about it'},
		],
		related: ['rooms search', 'join', 'bookmark list'],
		parameters: {service: optional(serviceNames())},
		run: ({service}, {account}) =>
			account === undefined
				? {complaint: noAccount}
				: view({type: 'listRooms', account, ...(service === undefined ? {} : {service})}),
	}),
	defineCommand({
		name: 'rooms search',
		aliases: ['rooms find', 'room search', 'room find'],
		summary: 'Find public rooms by words, to enter one',
		details: [
			'Asked is the directory of your own server, where it has one, else the one that /set rooms.directory names: it is told the words, and your address. Without words all of its rooms are listed, those with most people first.',
			'Not all rooms are in a directory, and what it tells of one may be old.',
		],
		examples: [
			{input: '/rooms search gardening', does: 'finds rooms with that word in their name, description or address'},
			{input: '/rooms search', does: 'lists the rooms with most people'},
			{input: '/rooms search --service search.example.org tea', does: 'asks another directory'},
		],
		related: ['rooms', 'join', 'search'],
		parameters: {
			service: directoryOption(),
			words: optional({...text(), what: 'words in the name, description or address of a room'}),
		},
		run: ({service, words = ''}, {account}) =>
			account === undefined
				? {complaint: noAccount}
				: view({type: 'listRooms', account, ...(service === undefined ? {} : {service}), find: words}),
	}),
];

/** The room that is meant, where it is one and not somebody in it. */
function meantRoom(who: Person | undefined, context: CommandContext): BareJid | undefined {
	if (who === undefined) {
		return context.kind === 'room' ? roomHere(context) : undefined;
	}

	return 'jid' in who && isKnownRoom(who.jid, context) ? who.jid : undefined;
}
