import type {Affiliation, Role} from '../../model/room.js';
import {type Command, defineCommand, type Outcome} from '../command.js';
import type {CommandContext} from '../context.js';
import {client, view} from '../intent.js';
import {flag, label, optional} from '../parameters.js';
import {forRoom, inRoom, room} from '../room-address.js';
import {configurationField, fieldValues, valuesFor} from '../room-fields.js';
import {affiliation, listed, nickHere, option, type Person, person, role, speaker} from '../room-parameters.js';

function withRole(nick: string, wanted: Role, reason: string | undefined, context: CommandContext): Outcome {
	return inRoom(context, place =>
		client('setRole', {...place, nick, role: wanted, ...(reason === undefined ? {} : {reason})}),
	);
}

function withAffiliation(
	who: Person,
	wanted: Affiliation,
	reason: string | undefined,
	context: CommandContext,
): Outcome {
	return inRoom(context, place =>
		client('setAffiliation', {...place, ...who, affiliation: wanted, ...(reason === undefined ? {} : {reason})}),
	);
}

const optionalReason = () => optional({...label(), what: 'why, for those who are there to read'});

/** Commands that give somebody in the room a role. */
function roleCommand(name: string, wanted: Role, summary: string, does: string): Command {
	return defineCommand({
		name,
		summary,
		examples: [{input: `/${name} Tybalt`, does}],
		related: ['role'],
		parameters: {nick: nickHere(), reason: optionalReason()},
		run: ({nick, reason}, context) => withRole(nick, wanted, reason, context),
	});
}

/** What moderators, administrators and owners of a room do, and what one asks of them. */
export const roomAdministration: readonly Command[] = [
	defineCommand({
		name: 'kick',
		aliases: ['room kick'],
		summary: 'Throw somebody out of the room',
		details: ['They may come back; /ban keeps them out.'],
		examples: [
			{input: '/kick Tybalt', does: 'throws Tybalt out'},
			{input: '/kick Tybalt put up thy sword', does: 'says why'},
		],
		related: ['ban'],
		parameters: {nick: nickHere(), reason: optionalReason()},
		run: ({nick, reason}, context) => withRole(nick, 'none', reason, context),
	}),
	defineCommand({
		name: 'ban',
		aliases: ['room ban'],
		summary: 'Keep somebody out of the room',
		details: [
			'By nick only who is there and whose address the room shows; by JID anybody, by @server all of a server.',
		],
		examples: [
			{input: '/ban Tybalt fighting in the streets', does: 'bans who is called Tybalt here, and says why'},
			{input: '/ban tybalt@example.net', does: 'bans somebody by address'},
		],
		related: ['unban', 'kick', 'affiliations'],
		parameters: {who: person(), reason: optionalReason()},
		run: ({who, reason}, context) => withAffiliation(who, 'outcast', reason, context),
	}),
	defineCommand({
		name: 'clean',
		aliases: ['moderate-all'],
		summary: 'Take back all that somebody said in the room, as a moderator',
		details: [
			'It asks first. Meant is all that is loaded here of whoever has that nick or spoke under it last, known by what the room gives them for good or by their address; where it shows neither, by the nick.',
			'--ban keeps them out as well.',
		],
		examples: [
			{input: '/clean Tybalt', does: 'takes back what Tybalt said'},
			{input: '/clean Tybalt --ban spam', does: 'also bans him, and says why'},
		],
		related: ['ban', 'ignore', 'report'],
		parameters: {ban: flag('keeps them out as well'), nick: speaker(), reason: optionalReason()},
		run: ({ban, nick, reason}, context) =>
			inRoom(context, place => view({type: 'cleanUp', ...place, nick, ban, ...(reason === undefined ? {} : {reason})})),
	}),
	defineCommand({
		name: 'unban',
		summary: 'Let somebody in again',
		examples: [{input: '/unban tybalt@example.net', does: 'ends the ban'}],
		related: ['affiliations'],
		parameters: {who: listed()},
		// Who is a member, and was never banned, stays a member.
		run: ({who}, context) =>
			inRoom(context, place => client('setAffiliation', {...place, jid: who, affiliation: 'none', from: 'outcast'})),
	}),
	roleCommand('voice', 'participant', 'Let somebody speak in a moderated room', 'lets Tybalt speak'),
	roleCommand('devoice', 'visitor', 'Let somebody only read in a moderated room', 'Tybalt can only read now'),
	roleCommand('op', 'moderator', 'Make somebody a moderator until they leave', 'Tybalt may moderate now'),
	roleCommand('deop', 'participant', 'Make a moderator one of many', 'Tybalt may moderate no more'),
	defineCommand({
		name: 'role',
		aliases: ['room role'],
		summary: 'Say what somebody may do until they leave the room',
		examples: [{input: '/role Tybalt visitor', does: 'Tybalt may only read'}],
		related: ['affiliate'],
		parameters: {nick: nickHere(), role: role(), reason: optionalReason()},
		run: ({nick, role: wanted, reason}, context) => withRole(nick, wanted, reason, context),
	}),
	defineCommand({
		name: 'affiliate',
		aliases: ['affiliation', 'room affiliation'],
		summary: 'Say what somebody is in the room from now on',
		details: ['By nick only who is there and whose address the room shows, else by JID.'],
		examples: [
			{input: '/affiliate romeo@example.org member', does: 'makes Romeo a member'},
			{input: '/affiliate Tybalt none', does: 'takes from Tybalt what he is'},
		],
		related: ['affiliations', 'role'],
		parameters: {who: person(), affiliation: affiliation(), reason: optionalReason()},
		run: ({who, affiliation: wanted, reason}, context) => withAffiliation(who, wanted, reason, context),
	}),
	defineCommand({
		name: 'affiliations',
		aliases: ['bans'],
		summary: 'List owners, administrators, members and who is banned',
		examples: [
			{input: '/affiliations', does: 'lists all that the room tells you'},
			{input: '/affiliations outcast', does: 'lists who is banned'},
		],
		related: ['affiliate'],
		parameters: {affiliation: optional(affiliation())},
		run: ({affiliation: only}, context) =>
			inRoom(context, place =>
				view({type: 'listAffiliations', ...place, ...(only === undefined ? {} : {affiliation: only})}),
			),
	}),
	defineCommand({
		name: 'config',
		aliases: ['configure', 'room config'],
		summary: 'Configure the room',
		details: [
			'In the form Up, Down and Tab go on, Space answers yes or no, Enter shows the choices; Ctrl+S saves what was changed.',
			'The usual fields have short names: roomname is muc#roomconfig_roomname. Other fields stay as they are.',
		],
		examples: [
			{input: '/config', does: 'shows all that can be configured, to be changed'},
			{input: '/config membersonly on', does: 'lets only members in'},
			{input: '/config roomname The garden', does: 'names the room'},
		],
		parameters: {field: optional(configurationField()), values: fieldValues()},
		run: ({field, values}, context) =>
			inRoom(context, (place): Outcome => {
				if (field === undefined) {
					return view({type: 'roomConfiguration', ...place});
				}

				return values.length === 0
					? {
							complaint: {
								code: 'missing-word',
								message: 'What is it to be?',
								hint: '/config alone shows how the room is configured; "" removes what stands there.',
							},
						}
					: client('configureRoom', {...place, answers: {[field]: valuesFor(field, values)}});
			}),
	}),
	defineCommand({
		name: 'destroy',
		aliases: ['room destroy'],
		summary: 'Destroy a room for good',
		details: [
			'Everybody is thrown out, and what the room has archived may be lost. Its full address has to be typed: nothing more is asked.',
		],
		examples: [
			{input: '/destroy garden@rooms.example.org', does: 'destroys it'},
			{
				input: '/destroy garden@rooms.example.org --to orchard@rooms.example.org we moved',
				does: 'tells everybody where to go, and why',
			},
		],
		parameters: {
			to: option(room()),
			room: room('none', () => []),
			reason: optionalReason(),
		},
		run: ({to, room: jid, reason}, context) =>
			forRoom(jid, context, place =>
				client('destroyRoom', {
					...place,
					...(to === undefined ? {} : {alternative: to}),
					...(reason === undefined ? {} : {reason}),
				}),
			),
	}),
	defineCommand({
		name: 'register',
		aliases: ['room register'],
		summary: 'Ask to become a member of a room',
		examples: [
			{input: '/register', does: 'asks the room of this buffer'},
			{input: '/register garden@rooms.example.org', does: 'asks another one'},
		],
		parameters: {room: room('buffer')},
		run: ({room: jid}, context) => forRoom(jid, context, place => view({type: 'roomRegistration', ...place})),
	}),
	defineCommand({
		name: 'request-voice',
		summary: 'Ask the moderators to be let speak',
		examples: [{input: '/request-voice', does: 'asks them'}],
		parameters: {},
		run: (_, context) => inRoom(context, place => client('requestVoice', place)),
	}),
];
