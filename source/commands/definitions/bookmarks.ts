import {type Command, defineCommand} from '../command.js';
import {client, view} from '../intent.js';
import {choice, label, optional, word} from '../parameters.js';
import {forRoom, noAccount, rememberedRooms, room} from '../room-address.js';

/** The rooms that are remembered on the server, for all devices. */
export const bookmarks: readonly Command[] = [
	defineCommand({
		name: 'bookmark list',
		aliases: ['bookmark', 'bookmarks', 'invitations'],
		summary: 'List the rooms that are remembered, and those you are invited to',
		examples: [{input: '/bookmark list', does: 'lists them'}],
		parameters: {},
		run: (_, {account}) => (account === undefined ? {complaint: noAccount} : view({type: 'listBookmarks', account})),
	}),
	defineCommand({
		name: 'bookmark add',
		summary: 'Remember a room, for all your devices',
		details: ['It is not entered by that: /join enters it, and has it entered at every start.'],
		examples: [
			{input: '/bookmark add garden@rooms.example.org', does: 'remembers a room'},
			{input: '/bookmark add garden@rooms.example.org juliet', does: 'with the nick to enter it under'},
		],
		parameters: {room: room('buffer'), nick: optional(word('your nick there, in quotes where it has spaces'))},
		run: ({room: jid, nick}, context) =>
			forRoom(jid, context, place => client('setBookmark', {...place, ...(nick === undefined ? {} : {nick})})),
	}),
	defineCommand({
		name: 'bookmark remove',
		aliases: ['bookmark delete'],
		summary: 'Forget a room',
		details: ['Your other devices leave it where they had entered it by themselves.'],
		examples: [{input: '/bookmark remove garden@rooms.example.org', does: 'forgets it'}],
		parameters: {room: room('buffer', rememberedRooms)},
		run: ({room: jid}, context) => forRoom(jid, context, place => client('removeBookmark', place)),
	}),
	defineCommand({
		name: 'bookmark autojoin',
		summary: 'Choose whether your devices enter a room by themselves',
		examples: [
			{
				input: '/bookmark autojoin on garden@rooms.example.org',
				does: 'all your devices enter it now, and at every start',
			},
			{input: '/bookmark autojoin off garden@rooms.example.org', does: 'they leave it, and stay out'},
		],
		parameters: {
			what: choice({on: 'all devices enter it', off: 'all devices leave it'}),
			room: room('buffer', rememberedRooms),
		},
		run: ({what, room: jid}, context) =>
			forRoom(jid, context, place => client('setBookmark', {...place, autojoin: what === 'on'})),
	}),
	defineCommand({
		name: 'bookmark name',
		summary: 'Give a remembered room a name of yours',
		examples: [{input: '/bookmark name garden@rooms.example.org The garden', does: 'calls it so on all your devices'}],
		parameters: {room: room('none', rememberedRooms), name: optional({...label(), what: 'the name'})},
		run: ({room: jid, name}, context) =>
			forRoom(jid, context, place => client('setBookmark', {...place, name: name ?? ''})),
	}),
];
