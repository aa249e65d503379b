import {type BareJid, bareOf, type Jid, parseJid, resourcepartOf, withResource} from '../shared/jid.js';
import {contact} from './addresses.js';
import {bad, good, type Parameter, type Read} from './command.js';
import type {CommandContext} from './context.js';
import {knownRooms, roomHere} from './room-address.js';
import {type Person, person} from './room-parameters.js';

/** Whom a command is about who need not be in a room: a nick there, or an address; left out: whom the buffer is about. */
export function somebody(): Parameter<Person | undefined> {
	const inner = person();
	const anybody = contact();
	return {
		...inner,
		optional: true,
		what: 'a nick in the room, a contact or a JID',
		read(given, context) {
			const read = inner.read(given, context);
			if (read.ok || !['no-such-occupant', 'not-in-room'].includes(read.complaint.code)) {
				return read;
			}

			const other = anybody.read(given, context);
			return other.ok ? good({jid: other.value.jid}) : roomHere(context) === undefined ? other : read;
		},
		absent: () => good(undefined),
	};
}

/**
 * The same as an address: of an occupant the one in the room, of anybody else the bare JID. Left out: the address of the
 * buffer, if it is about anybody.
 */
export function somebodyAddressed(): Parameter<Jid | undefined> {
	const inner = somebody();
	return {
		...inner,
		what: 'a nick in the room, a contact, a JID, or room@service/nick',
		read(given, context) {
			const occupant = readOccupant(given, context);
			if (occupant !== undefined) {
				return occupant;
			}

			// Whoever is at one of their clients has the same card at all of them.
			const jid = parseJid(given);
			const client = jid === undefined || !given.includes('@') ? undefined : resourcepartOf(jid);
			const read = inner.read(client === undefined || jid === undefined ? given : bareOf(jid), context);
			if (!read.ok || read.value === undefined) {
				return read.ok ? good(undefined) : read;
			}

			const here = roomHere(context);
			return good('jid' in read.value ? read.value.jid : here && withResource(here, read.value.nick));
		},
		absent: ({jid}) => good(jid),
		candidates: (context, typed, given) => [
			...inner.candidates(context, typed, given),
			...context.source.accounts().map(each => ({insert: each, label: each, note: 'you'})),
		],
	};
}

/** `room@service/nick`, of a room that is known; `undefined`: it is something else. */
function readOccupant(given: string, context: CommandContext): Read<Jid> | undefined {
	const jid = parseJid(given);
	const room = jid === undefined || resourcepartOf(jid) === undefined ? undefined : bareOf(jid);
	if (jid === undefined || room === undefined || !isKnownRoom(room, context)) {
		return undefined;
	}

	return context.source.rooms().some(each => each.jid === room && each.status === 'joined')
		? good(jid)
		: bad(
				'not-in-room',
				`You are not in ${room}, and only there is known who “${resourcepartOf(jid)}” is.`,
				`/join ${room} enters it.`,
			);
}

/** Whether that is the address of a room which the person has to do with. */
export function isKnownRoom(address: BareJid, context: CommandContext): boolean {
	return knownRooms(context).some(({insert}) => insert === address);
}
