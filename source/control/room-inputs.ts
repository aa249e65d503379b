/** What the verbs of rooms take, checked before it reaches the client. */
import type {ActionInput} from '../model/actions.js';
import {notifyRules} from '../model/buffer.js';
import type {Affiliation, Role} from '../model/room.js';
import type {RoomActions} from '../model/room-actions.js';
import {
	type AllMembers,
	all,
	bareJid,
	type Check,
	flag,
	integer,
	jid,
	list,
	members,
	oneOf,
	table,
	text,
} from './checks.js';

const roles: readonly Role[] = ['moderator', 'participant', 'visitor', 'none'];
const affiliations: readonly Affiliation[] = ['owner', 'admin', 'member', 'outcast', 'none'];

const inRoom = {account: bareJid, room: bareJid};
export const answers = table(list(text));

export const roomInputs: {readonly [Name in keyof RoomActions]: Check<AllMembers<ActionInput<Name>>>} = {
	joinRoom: members(inRoom, {nick: text, password: text, reserved: flag, remember: flag, again: flag}),
	roomChallenge: all(inRoom),
	answerRoomChallenge: all({...inRoom, answers}),
	declineRoomChallenge: all(inRoom),
	saveChallengePicture: all({...inRoom, picture: integer(0, Number.MAX_SAFE_INTEGER)}),
	leaveRoom: members(inRoom, {text}),
	changeNick: all({...inRoom, nick: text}),
	setSubject: all({...inRoom, subject: text}),
	inviteToRoom: members({...inRoom, jid: bareJid}, {reason: text}),
	declineInvitation: members(inRoom, {to: jid, reason: text}),
	setRole: members({...inRoom, nick: text, role: oneOf(roles)}, {reason: text}),
	setAffiliation: members(
		{...inRoom, affiliation: oneOf(affiliations)},
		{jid: bareJid, nick: text, reason: text, from: oneOf(affiliations)},
	),
	listAffiliated: all({...inRoom, affiliation: oneOf(affiliations)}),
	roomConfiguration: all(inRoom),
	configureRoom: all({...inRoom, answers}),
	destroyRoom: members(inRoom, {alternative: bareJid, reason: text}),
	roomRegistration: all(inRoom),
	registerInRoom: all({...inRoom, answers}),
	reservedNick: all(inRoom),
	ignoreOccupant: all({...inRoom, nick: text}),
	unignoreOccupant: all({...inRoom, nick: text}),
	listIgnored: members({account: bareJid}, {room: bareJid}),
	requestVoice: all(inRoom),
	setBookmark: members(inRoom, {
		name: text,
		autojoin: flag,
		nick: text,
		password: text,
		pinned: flag,
		notify: oneOf(notifyRules),
	}),
	removeBookmark: all(inRoom),
	listRooms: members({account: bareJid}, {service: bareJid}),
	findRooms: members({account: bareJid}, {service: bareJid, words: text}),
};
