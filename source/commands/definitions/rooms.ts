import {bufferId} from '../../model/buffer.js';
import {type BareJid, bareOf} from '../../shared/jid.js';
import {contact} from '../addresses.js';
import {bad, type Command, defineCommand, good, type Outcome, type Parameter} from '../command.js';
import type {CommandContext, Peer} from '../context.js';
import {client, view} from '../intent.js';
import {flag, label, optional, text, word} from '../parameters.js';
import {forRoom, inRoom, invitedRooms, type RoomAddress, room, roomAddress} from '../room-address.js';
import {option} from '../room-parameters.js';

/** Enters a room, or goes there where the person is in it already. */
function join(
	target: RoomAddress,
	{
		nick,
		password,
		reserved,
	}: {readonly nick: string | undefined; readonly password: string | undefined; readonly reserved: boolean},
	context: CommandContext,
): Outcome {
	return forRoom(target.room, context, ({account, room: jid}): Outcome => {
		const {source} = context;
		const known = source.rooms().find(each => each.jid === jid && each.account === account);
		const wanted = nick ?? target.nick;
		if (known?.status === 'joined' && (wanted === undefined || wanted === known.nick)) {
			return view({type: 'showBuffer', buffer: bufferId(account, 'room', jid)});
		}

		const remembered = source.bookmarks().find(each => each.room === jid && each.account === account);
		const invited = source.invitations().find(each => each.room === jid && each.account === account);
		const secret = password ?? target.password ?? invited?.password ?? remembered?.password;
		return client('joinRoom', {
			account,
			room: jid,
			...(wanted === undefined ? {} : {nick: wanted}),
			...(secret === undefined ? {} : {password: secret}),
			...(reserved ? {reserved} : {}),
		});
	});
}

/** A room; left out that of the buffer or, where that is over and said so, the one in which it goes on. */
function roomOrItsSuccessor(): Parameter<RoomAddress> {
	const inner = roomAddress('buffer');
	return {
		...inner,
		absent(context) {
			const read = inner.absent(context);
			const here = read.ok ? read.value.room : undefined;
			const known = context.source.rooms().find(each => each.jid === here && each.account === context.account);
			return known?.alternative === undefined ? read : good({room: known.alternative});
		},
	};
}

/** A contact or anybody else; in a chat whom one talks to there. */
function invited(): Parameter<Peer> {
	return {
		...contact(),
		optional: true,
		what: 'a contact: JID or name',
		absent: ({account, jid, kind}) =>
			kind === 'chat' && account !== undefined && jid !== undefined
				? good({account, jid: bareOf(jid)})
				: bad('missing-word', 'Whom?'),
	};
}

/** Being in rooms. */
export const rooms: readonly Command[] = [
	defineCommand({
		name: 'join',
		aliases: ['j', 'room join'],
		summary: 'Enter a room, or make one',
		details: [
			'You enter it again at every start, on all your devices, until you leave it.',
			'A room that is not there is made; /config says what it is to be.',
			'Without a room: that of the buffer, where you left it; where it was closed, the one in which it goes on.',
		],
		examples: [
			{input: '/join garden@rooms.example.org', does: 'enters a room'},
			{input: '/join garden@rooms.example.org "Lady Juliet"', does: 'enters it under that nick'},
			{input: '/join garden@rooms.example.org juliet secret', does: 'enters one that wants a password'},
			{input: '/join --reserved attic@rooms.example.org', does: 'makes a room, and configures it before others enter'},
			{input: '/join xmpp:garden@rooms.example.org?join', does: 'takes an address as it stands on a web page'},
		],
		related: ['leave', 'rooms', 'bookmark list'],
		parameters: {
			reserved: flag('a room that is made opens for others only when you have configured it'),
			room: roomOrItsSuccessor(),
			nick: optional(word('your nick there, in quotes where it has spaces')),
			password: optional(word('the password of the room')),
		},
		run: ({room: target, ...how}, context) => join(target, how, context),
	}),
	defineCommand({
		name: 'leave',
		aliases: ['part', 'room leave'],
		summary: 'Leave a room, on all devices',
		details: [
			'The buffer stays, so that it can be read; /close closes it. What you write is told to those who are there.',
		],
		examples: [
			{input: '/leave', does: 'leaves the room of this buffer'},
			{input: '/leave good night', does: 'leaves it with a word'},
			{input: '/leave --room garden@rooms.example.org', does: 'leaves another one'},
		],
		related: ['close', 'join'],
		parameters: {room: option(room()), text: optional(label())},
		run({room: other, text: said}, context) {
			if (other === undefined && context.kind === 'private') {
				return {
					complaint: {
						code: 'not-in-room',
						message: 'This is a private talk, and no room.',
						hint: '/close closes it; --room names the room to leave.',
					},
				};
			}

			const leave = (place: {readonly account: BareJid; readonly room: BareJid}) =>
				client('leaveRoom', {...place, ...(said === undefined ? {} : {text: said})});
			return other === undefined ? inRoom(context, leave) : forRoom(other, context, leave);
		},
	}),
	defineCommand({
		name: 'rejoin',
		aliases: ['cycle'],
		summary: 'Leave a room and enter it again',
		details: ['Your other devices stay in it.'],
		examples: [{input: '/rejoin', does: 'does so with the room of this buffer'}],
		parameters: {room: room('buffer')},
		run: ({room: jid}, context) =>
			forRoom(jid, context, place => {
				const nick = context.source.rooms().find(each => each.jid === jid && each.account === place.account)?.nick;
				return client('joinRoom', {...place, again: true, ...(nick === undefined ? {} : {nick})});
			}),
	}),
	defineCommand({
		name: 'nick',
		summary: 'Take another name in the room',
		examples: [
			{input: '/nick juliet', does: 'is called juliet from now on'},
			{input: '/nick Lady Juliet', does: 'takes a name with a space'},
		],
		parameters: {name: label()},
		run: ({name}, context) =>
			inRoom(context, place => {
				const known = context.source.rooms().find(each => each.jid === place.room && each.account === place.account);
				// Whoever was not let in under one name tries another.
				return known?.status === 'refused' || known?.status === 'parted'
					? client('joinRoom', {...place, nick: name})
					: client('changeNick', {...place, nick: name});
			}),
	}),
	defineCommand({
		name: 'topic',
		aliases: ['subject'],
		summary: 'Say what the room is about, or change it',
		examples: [
			{input: '/topic', does: 'says it'},
			{input: '/topic The ball is tonight', does: 'changes it for everybody'},
			{input: '/topic --clear', does: 'removes it'},
		],
		parameters: {clear: flag('removes it'), text: optional(text())},
		run: ({clear, text: subject}, context) =>
			inRoom(context, place => {
				if (clear) {
					return client('setSubject', {...place, subject: ''});
				}

				return subject === undefined
					? view({type: 'sayTopic', buffer: bufferId(place.account, 'room', place.room)})
					: client('setSubject', {...place, subject});
			}),
	}),
	defineCommand({
		name: 'invite',
		aliases: ['room invite'],
		summary: 'Ask somebody into a room',
		examples: [
			{input: '/invite romeo@example.org', does: 'asks Romeo into this room'},
			{input: '/invite romeo@example.org we need you', does: 'says why'},
			{input: '/invite --room garden@rooms.example.org romeo@example.org', does: 'asks him into another one'},
			{input: '/invite --room garden@rooms.example.org', does: 'asks whom you chat with'},
		],
		related: ['decline'],
		parameters: {room: option(room()), who: invited(), reason: optional(label())},
		run({room: other, who, reason}, context) {
			const invite = (place: {readonly account: BareJid; readonly room: BareJid}) =>
				client('inviteToRoom', {...place, jid: who.jid, ...(reason === undefined ? {} : {reason})});
			return other === undefined ? inRoom(context, invite) : forRoom(other, context, invite);
		},
	}),
	defineCommand({
		name: 'decline',
		aliases: ['room decline'],
		summary: 'Refuse an invitation into a room',
		details: ['Whoever invited you through the room is told; whoever did so directly is not, there is no way to.'],
		examples: [
			{input: '/decline balcony@rooms.example.org', does: 'refuses it'},
			{input: '/decline balcony@rooms.example.org not tonight', does: 'says why'},
		],
		related: ['invite', 'join'],
		parameters: {room: room('none', invitedRooms), reason: optional(label())},
		run({room: jid, reason}, context) {
			const invitation = context.source.invitations().find(each => each.room === jid);
			if (invitation === undefined) {
				const waiting = context.source.invitations().map(each => each.room);
				return {
					about: 'room',
					complaint: {
						code: 'no-invitation',
						message: `Nobody has invited you to ${jid}.`,
						hint: waiting.length === 0 ? 'No invitation waits.' : `Invitations wait to ${waiting.join(', ')}.`,
					},
				};
			}

			const {account, from, direct} = invitation;
			return client('declineInvitation', {
				account,
				room: jid,
				...(direct || from === undefined ? {} : {to: from}),
				...(reason === undefined ? {} : {reason}),
			});
		},
	}),
];
