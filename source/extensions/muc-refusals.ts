/**
 * XEP-0045 §7.2: why a room did not let somebody in, for a person, with the next step. https://xmpp.org/extensions/xep-0045.html
 */
import {type Problem, XmppcError} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import {isStanzaError, StanzaError, type StanzaErrorContent} from '../xmpp/stanza-error.js';

/** A room that is asked for entry, and the nick that was asked for. */
export type Entry = {
	readonly room: BareJid;
	readonly nick: string;
	readonly hasPassword: boolean;
	/** It has asked something (XEP-0158), and not taken an answer. */
	readonly isChallenged?: boolean;
};

/** A nick as one word of a command. */
function quoted(nick: string): string {
	return /\s/u.test(nick) ? `"${nick}"` : nick;
}

type Refusal = Omit<Problem, 'kind'> & {readonly kind?: Problem['kind']};

/** The refusals that mean something else in a room than elsewhere. */
function refusalOf({condition, newAddress}: StanzaErrorContent, {room, nick, hasPassword}: Entry): Refusal | undefined {
	switch (condition) {
		case 'not-authorized':
			return {
				code: 'room-password',
				message: hasPassword ? `${room} does not take that password.` : `${room} can only be entered with a password.`,
				hint: `/join ${room} ${quoted(nick)} PASSWORD enters it; whoever runs the room knows the password.`,
			};
		case 'forbidden':
			return {
				code: 'room-banned',
				message: `${room} does not let you in: you are banned there.`,
				hint: 'Only an administrator of the room can change that.',
			};
		case 'registration-required':
			return {
				code: 'room-members-only',
				message: `${room} is for members only, and you are none.`,
				hint: `Ask somebody in the room to invite you, or ask for membership: /register ${room}.`,
			};
		case 'conflict':
			return {
				code: 'nick-taken',
				message: `In ${room} somebody else is called ${nick}.`,
				hint: `Take another name: /join ${room} ${quoted(`${nick}_`)}`,
			};
		case 'not-acceptable':
			return {
				code: 'nick-reserved',
				message: `${room} does not let you in as ${nick}: a name is reserved for you there, or it allows no such name.`,
				hint: `/join ${room} NICK with the name that is reserved for you.`,
			};
		case 'service-unavailable':
			return {
				code: 'room-full',
				kind: 'temporary',
				message: `${room} does not let you in: it is full, or its service cannot be reached.`,
				hint: 'Try again later.',
			};
		case 'remote-server-not-found':
		case 'remote-server-timeout':
			return {
				code: 'room-unreachable',
				kind: 'temporary',
				message: `The server of ${room} cannot be reached.`,
				hint: 'Check the address, or try again later.',
			};
		case 'item-not-found':
			return {
				code: 'room-locked',
				message: `${room} is not open yet, or does not exist.`,
				hint: 'Whoever made it has to set it up first.',
			};
		case 'not-allowed':
			return {
				code: 'room-creation',
				message: `${room} does not exist, and you may not make rooms there.`,
				hint: 'Check the address, or make a room on another service.',
			};
		case 'gone':
		case 'redirect':
			return {
				code: 'room-gone',
				message: `${room} is ${condition === 'gone' ? 'closed for good' : 'somewhere else for now'}${
					newAddress === undefined ? '.' : `: it goes on in ${newAddress}.`
				}`,
				hint:
					newAddress === undefined ? 'If it moved, its people know where to.' : `/join ${newAddress} enters it there.`,
			};
		case 'jid-malformed':
			return {
				code: 'nick-missing',
				message: `${room} wants a name for you.`,
				hint: `/join ${room} NICK`,
			};
		default:
			return undefined;
	}
}

/** What rooms refuse with whoever did not answer, or wrongly: ejabberd takes the first, which elsewhere asks for a password. */
const challengeConditions: readonly StanzaErrorContent['condition'][] = [
	'not-authorized',
	'not-acceptable',
	'not-allowed',
	'service-unavailable',
];

/** What to tell a person whose entry was refused; the code is one of rooms where the condition means one there. */
export function entryRefused(content: StanzaErrorContent, entry: Entry): XmppcError {
	const general = new StanzaError(content, `${entry.room} does not let you in`);
	const isUnanswered = entry.isChallenged === true && challengeConditions.includes(content.condition);
	const special = isUnanswered ? challengeFailed(entry.room) : refusalOf(content, entry);
	if (special === undefined) {
		return general;
	}

	const {code, kind = general.kind, message, hint} = special;
	const said = content.text === undefined ? '' : ` It says: “${content.text}”.`;
	return new XmppcError({code, kind, message: `${message}${said}`, ...(hint === undefined ? {} : {hint})});
}

/** What a room asked was answered wrongly, or not in time (XEP-0158 §3.4). */
export function challengeFailed(room: BareJid): XmppcError {
	return new XmppcError({
		code: 'captcha-failed',
		kind: 'notPermitted',
		message: `${room} does not let you in: what it asks was not answered rightly, or too late.`,
		hint: `/join ${room} asks again.`,
	});
}

/** The same for a change of nick (§7.6), and for what else a room refuses to somebody who is in it. */
export function nickRefused(content: StanzaErrorContent, entry: Entry): XmppcError {
	const {condition} = content;
	const {code, kind, message} = entryRefused(content, entry);
	return condition === 'conflict'
		? new XmppcError({code, kind, message, hint: `Take another name: /nick ${entry.nick}_`})
		: condition === 'not-acceptable'
			? new XmppcError({
					code,
					kind,
					message: `${entry.room} does not let you be ${entry.nick}: a name is reserved for you there, or it allows no such name.`,
					hint: 'Keep the name that you have, or take another one: /nick NAME',
				})
			: new StanzaError(content, `${entry.room} does not let you be ${entry.nick}`);
}

/** Whether a self-ping says that we are still in the room (XEP-0410 §3): anything but an answer about somebody who is not there. */
export function isStillIn(error: unknown): 'in' | 'out' | 'unknown' {
	if (!isStanzaError(error)) {
		return 'unknown';
	}

	switch (error.condition) {
		case 'service-unavailable':
		case 'feature-not-implemented':
		case 'item-not-found':
			return 'in';
		case 'remote-server-not-found':
		case 'remote-server-timeout':
			return 'unknown';
		default:
			return 'out';
	}
}
