import type {BareJid} from '../../shared/jid.js';
import {bad, type Command, defineCommand, type Parameter} from '../command.js';
import {client, view} from '../intent.js';
import {label, optional} from '../parameters.js';
import {forRoom, noAccount, room} from '../room-address.js';
import {somebodyAddressed} from '../somebody.js';

/** A room that need not be entered. */
function roomAsked(): Parameter<BareJid> {
	const inner = room('buffer');
	return {
		...inner,
		absent(context) {
			const read = inner.absent(context);
			return read.ok
				? read
				: bad(read.complaint.code, read.complaint.message, '/roominfo ROOM tells about another one.');
		},
	};
}

/** What rooms and people tell about themselves to whoever asks. */
export const profiles: readonly Command[] = [
	defineCommand({
		name: 'roominfo',
		aliases: ['room info'],
		summary: 'Say what a room is, whether you are in it or not',
		details: [
			'The room is asked: for its description, who may enter, who sees addresses, how many are there, and its card.',
			'Of a picture is said what kind it is, how large, and whether it is the one that the room announces.',
		],
		examples: [
			{input: '/roominfo', does: 'tells about the room of this buffer'},
			{input: '/roominfo garden@rooms.example.org', does: 'tells about another one, before you enter it'},
		],
		related: ['names', 'topic', 'affiliations', 'vcard'],
		parameters: {room: roomAsked()},
		run: ({room: jid}, context) => forRoom(jid, context, place => view({type: 'roomInfo', ...place})),
	}),
	defineCommand({
		name: 'vcard',
		aliases: ['card'],
		summary: 'Show the card of somebody: full name, address, web page and the like',
		details: [
			'People write their cards themselves: nobody checks that they are who their card says.',
			'Without anybody: the card of whom the buffer is about, in the console your own.',
		],
		examples: [
			{input: '/vcard Tybalt', does: 'asks for the card of who is called so in this room'},
			{input: '/vcard romeo@example.org', does: 'asks for that of a contact, or of anybody else'},
			{input: '/vcard', does: 'in the console shows your own'},
		],
		related: ['vcard edit', 'whois', 'roominfo'],
		parameters: {who: somebodyAddressed()},
		run: ({who}, {account}) =>
			account === undefined
				? {complaint: noAccount}
				: view({type: 'vcard', account, ...(who === undefined ? {} : {jid: who})}),
	}),
	defineCommand({
		name: 'vcard edit',
		aliases: ['card edit'],
		summary: 'Change your own card',
		details: [
			'Everybody can read it, strangers too. What the form does not ask for, a picture for instance, stays as it is.',
		],
		examples: [{input: '/vcard edit', does: 'asks for what your card is to say'}],
		related: ['vcard', 'vcard nick'],
		parameters: {},
		run: (_, {account}) => (account === undefined ? {complaint: noAccount} : view({type: 'editVcard', account})),
	}),
	defineCommand({
		name: 'vcard nick',
		aliases: ['card nick'],
		summary: 'Tell your contacts what to call you',
		details: [
			'They see it where they gave you no name of their own. In a room /nick changes what you are called there.',
			'Without a name nothing is told any more.',
		],
		examples: [
			{input: '/vcard nick Juliet', does: 'tells them to call you Juliet'},
			{input: '/vcard nick', does: 'takes it back'},
		],
		related: ['vcard edit', 'nick'],
		parameters: {name: optional(label())},
		run: ({name = ''}, {account}) =>
			account === undefined ? {complaint: noAccount} : client('publishNick', {account, nick: name}),
	}),
];
