/**
 * XEP-0045: what a presence from a room says (§7.1, §7.2, §7.6, §7.14, §8–§10). Pure: the state of the rooms is kept in
 * `multi-user-chat.ts`.
 */
import type {Availability} from '../model/account.js';
import type {Occupant} from '../model/room.js';
import {type BareJid, bareOf, parseJid, resourcepartOf} from '../shared/jid.js';
import {shortened} from '../shared/text.js';
import {attributeOf, child, clientNamespace, type Element, textOf} from '../xmpp/element.js';
import {hatsElement, occupantIdElement, type RoomItem, type RoomUser, roomUser} from './muc-elements.js';

/** Code points that are kept of what an occupant says about themselves. */
const longestStatus = 1024;
/** Code points that are kept of an occupant-id (XEP-0421 §3.1). */
const longestOccupantId = 128;
const mostHats = 10;
/** Code points that are kept of one. */
const longestHat = 100;

export type RoomPresence = {
	readonly room: BareJid;
	/** Absent: it comes from the room itself. */
	readonly nick: string | undefined;
	/** `undefined` for those who left. */
	readonly occupant: Occupant | undefined;
	readonly item: RoomItem | undefined;
	readonly user: RoomUser | undefined;
	readonly statuses: ReadonlySet<number>;
	readonly isError: boolean;
	/** What somebody who left said last. */
	readonly statusText: string;
};

/** Reads a presence that comes from a room or somebody in it; whether there is such a room the caller knows. */
export function readRoomPresence(
	stanza: Element,
	{hasOccupantIds}: {readonly hasOccupantIds: boolean},
): RoomPresence | undefined {
	const from = parseJid(attributeOf(stanza, 'from') ?? '');
	const type = attributeOf(stanza, 'type');
	if (from === undefined || (type !== undefined && type !== 'unavailable' && type !== 'error')) {
		return undefined;
	}

	const nick = resourcepartOf(from);
	const user = roomUser.find(stanza);
	const [item] = user?.items ?? [];
	const status = child(stanza, 'status', clientNamespace);
	const said = status === undefined ? '' : shortened(textOf(status), longestStatus);
	const occupantId = hasOccupantIds ? occupantIdOf(stanza) : undefined;
	const hats =
		hatsElement
			.find(stanza)
			?.hats.slice(0, mostHats)
			.map(({title}) => shortened(title, longestHat)) ?? [];
	return {
		room: bareOf(from),
		nick,
		user,
		item,
		statuses: new Set(user?.statuses.map(({code}) => code) ?? []),
		isError: type === 'error',
		statusText: said,
		occupant:
			nick === undefined || type !== undefined
				? undefined
				: {
						nick,
						...(occupantId === undefined ? {} : {occupantId}),
						...(item?.jid === undefined ? {} : {jid: item.jid}),
						role: item?.role ?? 'none',
						affiliation: item?.affiliation ?? 'none',
						availability: availabilityOf(stanza),
						statusText: said,
						...(hats.length === 0 ? {} : {hats}),
					},
	};
}

/** The occupant-id of a stanza; two of them mean that one is forged (XEP-0421 §5): then there is none. */
export function occupantIdOf(stanza: Element): string | undefined {
	const [first, ...others] = occupantIdElement.findAll(stanza);
	return others.length > 0 || first === undefined || first.id.length > longestOccupantId ? undefined : first.id;
}

function availabilityOf(stanza: Element): Availability {
	const show = child(stanza, 'show', clientNamespace);
	const text = show === undefined ? '' : textOf(show);
	return text === 'away' || text === 'chat' || text === 'dnd' || text === 'xa' ? text : 'available';
}
