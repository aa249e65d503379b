import type {Affiliation, Role} from '../model/room.js';
import {type BareJid, bareOf, type Jid, localpartOf, parseBareJid, parseJid, withResource} from '../shared/jid.js';
import {contact, contactCandidates} from './addresses.js';
import {bad, type Candidate, good, type Parameter, type Read} from './command.js';
import type {CommandContext} from './context.js';
import {choice, didYouMean, label, missing} from './parameters.js';
import {notInRoom, roomHere} from './room-address.js';
import {quoted} from './words.js';

/** Makes a parameter one that stands behind its name, as in `--room garden@rooms.example.org`; without it `undefined`. */
export function option<Value>(parameter: Parameter<Value>): Parameter<Value | undefined> {
	return {...parameter, takes: 'option', optional: true, absent: () => good(undefined)};
}

/** Somebody who is in the room now, the person included, by nick. */
export function nickHere(): Parameter<string> {
	return {
		takes: 'word',
		optional: false,
		what: 'a nick of somebody in the room, in quotes where it has spaces',
		read: readNick,
		absent: missing,
		candidates: nickCandidates,
	};
}

/** Somebody who has spoken in the room, whether they are there or not, by nick. */
export function speaker(): Parameter<string> {
	return {
		...nickHere(),
		what: 'a nick of somebody who spoke in the room, in quotes where it has spaces',
		read: given => good(given),
	};
}

/** Somebody in the room, or who was there when the person chose not to hear them. */
export function ignoredNick(): Parameter<string> {
	return {
		...label(),
		what: 'the nick they have, or had when you ignored them',
		candidates: ({source}) => source.ignored().map(nick => ({insert: nick, label: nick, note: 'is ignored'})),
	};
}

/** Somebody in a room or on its lists. */
export type Person = {readonly nick: string} | {readonly jid: BareJid};

/** Somebody by the nick they have in the room now or, whether they are there or not, by their JID; `@domain`: all of a server. */
export function person(): Parameter<Person> {
	return {
		takes: 'word',
		optional: false,
		what: 'a nick in the room, a JID, or @server for everybody there',
		read: readPerson,
		absent: missing,
		candidates: context => [...nickCandidates(context), ...contactCandidates(context)],
	};
}

/** The same, but only those who need not be there. */
export function listed(): Parameter<BareJid> {
	return {
		takes: 'word',
		optional: false,
		what: 'a JID, or @server for everybody there',
		read(given, context) {
			const read = readPerson(given, context);
			if (!read.ok) {
				return read;
			}

			return 'jid' in read.value
				? good(read.value.jid)
				: bad(
						'invalid-jid',
						`“${given}” is a nick.`,
						'On the lists of a room people stand by their JIDs; /affiliations shows them.',
					);
		},
		absent: missing,
		candidates: contactCandidates,
	};
}

/** Where somebody is reached: `private` through a room. */
export type Correspondent = {readonly account: BareJid; readonly kind: 'chat' | 'private'; readonly jid: Jid};

/** Whom a message goes to: in a room first those who are there by nick, else a contact or any JID. */
export function correspondent(): Parameter<Correspondent> {
	const inner = contact();
	return {
		...inner,
		what: 'a contact: JID or name; in a room also a nick there',
		read(given, context) {
			const nick = given.includes('@') ? undefined : nickNamed(given, context);
			const here = roomHere(context);
			const jid = here === undefined || nick === undefined ? undefined : withResource(here, nick);
			if (jid !== undefined && context.account !== undefined) {
				return good({account: context.account, kind: 'private', jid});
			}

			const read = inner.read(given, context);
			return read.ok ? good({...read.value, kind: 'chat'}) : read;
		},
		absent: missing,
		candidates: (context, typed, given) => [
			...(roomHere(context) === undefined ? [] : nickCandidates(context)),
			...inner.candidates(context, typed, given),
		],
	};
}

export const roleWords: Readonly<Record<Role, string>> = {
	moderator: 'may give and take voice, and throw people out',
	participant: 'may speak',
	visitor: 'may only read where the room is moderated',
	none: 'is not in the room',
};

/** XEP-0045 §5.1. */
export function role(): Parameter<Role> {
	return choice(roleWords);
}

export const affiliationWords: Readonly<Record<Affiliation, string>> = {
	owner: 'may configure and destroy the room',
	admin: 'may ban, and make members',
	member: 'may enter a room for members',
	outcast: 'is banned',
	none: 'is nothing in particular',
};

/** XEP-0045 §5.2, also by the words people have for it. */
export function affiliation(): Parameter<Affiliation> {
	const inner = choice(affiliationWords);
	const alsoCalled: Readonly<Record<string, Affiliation>> = {banned: 'outcast', administrator: 'admin'};
	return {...inner, read: (given, context) => inner.read(alsoCalled[given.toLowerCase()] ?? given, context)};
}

function nickCandidates({source}: CommandContext): readonly Candidate[] {
	return source
		.nicks()
		.filter(nick => !nick.includes('"'))
		.map(nick => ({insert: quoted(nick), label: nick, note: 'in this room'}));
}

/** The nick that is meant: exactly this one, or the only one that differs in case. */
function nickNamed(given: string, context: CommandContext): string | undefined {
	const {source} = context;
	const here = roomHere(context);
	const own = source.rooms().find(each => each.jid === here && each.account === context.account)?.nick;
	const nicks = [...(here === undefined ? [] : source.nicks()), ...(own === undefined ? [] : [own])];
	const alike = nicks.filter(nick => nick.toLowerCase() === given.toLowerCase());
	return nicks.find(nick => nick === given) ?? (alike.length === 1 ? alike[0] : undefined);
}

function readNick(given: string, context: CommandContext): Read<string> {
	if (roomHere(context) === undefined) {
		return {ok: false, complaint: notInRoom};
	}

	const nick = nickNamed(given, context);
	return nick === undefined
		? bad(
				'no-such-occupant',
				`Nobody here is called “${given}”.`,
				didYouMean(given, context.source.nicks()) ?? '/names lists who is there.',
			)
		: good(nick);
}

function readPerson(given: string, context: CommandContext): Read<Person> {
	const nick = nickNamed(given, context);
	const domain = given.startsWith('@') ? parseBareJid(given.slice(1)) : undefined;
	const jid = domain ?? (given.includes('@') ? parseJid(given) : undefined);
	const isAddress = jid !== undefined && (domain !== undefined || localpartOf(jid) !== undefined);
	if (nick !== undefined && isAddress) {
		// Whoever takes the address of another as a nick must not have it done to that other.
		return bad(
			'ambiguous-person',
			`“${given}” is a nick here, and may be the address of somebody else.`,
			'/whois shows who has that nick; /kick throws out whoever has it.',
		);
	}

	if (isAddress) {
		return good({jid: bareOf(jid)});
	}

	const read = readNick(given, context);
	return read.ok ? good({nick: read.value}) : read;
}
