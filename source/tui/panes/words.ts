import type {Availability} from '../../model/account.js';
import type {Buffer} from '../../model/buffer.js';
import type {Contact, ResourcePresence} from '../../model/contact.js';
import {confusableKeys} from '../../shared/confusable.js';
import {
	type BareJid,
	bareOf,
	domainpartOf,
	type Jid,
	localpartOf,
	parseBareJid,
	resourcepartOf,
} from '../../shared/jid.js';
import {printable, truncateToWidth} from '../../shared/text.js';
import {valuesOf} from '../../store/by-key.js';
import {privatePartner} from '../../store/room-selectors.js';
import {contactOf, nickOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import type {Role} from '../../themes/theme.js';
import {rememberLast} from './remember.js';

/** A mark for how reachable somebody is: its shape says it as well as its colour. */
export function presenceMark(availability: Availability | undefined): {readonly glyph: string; readonly role: Role} {
	switch (availability) {
		case 'available':
		case 'chat':
			return {glyph: '●', role: 'present'};
		case 'away':
			return {glyph: '◐', role: 'away'};
		case 'xa':
			return {glyph: '◔', role: 'away'};
		case 'dnd':
			return {glyph: '⊖', role: 'busy'};
		default:
			return {glyph: '○', role: 'absent'};
	}
}

/** Instead of that beside somebody who is blocked. */
export const blockedMark: ReturnType<typeof presenceMark> = {glyph: '✗', role: 'absent'};

const availabilityWords: Readonly<Record<Availability, string>> = {
	chat: 'free to chat',
	available: 'online',
	away: 'away',
	xa: 'away for long',
	dnd: 'do not disturb',
	unavailable: 'offline',
};

export function availabilityText(availability: Availability | undefined): string {
	return availabilityWords[availability ?? 'unavailable'];
}

/** Whether whom one talks with in private is in the room, and how available. */
export function privateStanding(state: State, buffer: Parameters<typeof privatePartner>[1]): string {
	const partner = privatePartner(state, buffer);
	return partner === undefined ? 'not in the room' : availabilityText(partner.availability);
}

/** Columns of a status text where it stands among other words: who wrote it may have had no end. */
const longestSaid = 80;

/** What somebody says beside their presence, in one line of at most 80 columns; empty where they say nothing. */
export function saidText(presence: ResourcePresence | undefined): string {
	return presence === undefined ? '' : truncateToWidth(printable(presence.statusText, 'line').trim(), longestSaid);
}

/** What people recognise an address by when there is no name: the part before the @. */
export function shortJid(jid: Jid): string {
	return printable(localpartOf(jid) ?? domainpartOf(jid), 'identifier');
}

/** The roster name of a contact, else the short JID. Harmless for the screen. */
export function contactName(contact: Contact | undefined, jid: Jid): string {
	const name = contact?.name?.trim();
	return name === undefined || name === '' ? shortJid(jid) : printable(name, 'identifier');
}

/** What a buffer is called in lists. Harmless for the screen. */
export function bufferName(
	state: State,
	{account, jid, kind = 'console'}: Pick<Buffer, 'account' | 'jid'> & Partial<Pick<Buffer, 'kind'>>,
): string {
	if (jid === undefined) {
		return kind;
	}

	const nick = resourcepartOf(jid);
	if (kind === 'private' && nick !== undefined) {
		return `${printable(nick, 'identifier')} in ${roomName(state, bareOf(jid))}`;
	}

	return kind === 'room' ? roomName(state, jid) : listedName(state, contactOf(state, account, jid), jid);
}

/** What a room is called where it stands beside others: by its address, which nobody can choose to look like another's. */
function roomName(state: State, jid: Jid): string {
	const brief = shortJid(jid);
	return sharedRoomNames(state.order).has(brief) ? printable(jid, 'identifier') : brief;
}

/** Parts before the @ that several open rooms have. An id ends with the address (`model/buffer.ts`). */
const sharedRoomNames = rememberLast((order: State['order']): ReadonlySet<string> => {
	const rooms = order.flatMap(id => {
		const [, kind, jid] = id.split(' ');
		const room = kind === 'room' && jid !== undefined ? parseBareJid(jid) : undefined;
		return room === undefined ? [] : [room];
	});
	const seen = new Set<string>();
	const shared = new Set<string>();
	for (const brief of [...new Set(rooms)].map(shortJid)) {
		(seen.has(brief) ? shared : seen).add(brief);
	}

	return shared;
});

/**
 * The name of somebody where they stand beside others. Who is no contact, or is called like another one, goes by their
 * JID: nobody can be taken for somebody else.
 */
export function listedName(state: State, contact: Contact | undefined, jid: Jid): string {
	const name = contactName(contact, jid);
	const address = printable(jid, 'identifier');
	const chosen = chosenName(state, contact);
	if (chosen !== undefined) {
		return `${chosen} (${address})`;
	}

	return contact === undefined || sharedNames(state.contacts).has(name.toLowerCase()) ? address : name;
}

/**
 * What a contact without a name from the person calls themselves. Nobody vouches for it, so it always stands beside their
 * address, and what another one is called is not for them. Harmless for the screen.
 */
export function chosenName(state: State, contact: Contact | undefined): string | undefined {
	const isNamed = contact === undefined || (contact.name?.trim() ?? '') !== '';
	const given = isNamed ? '' : (nickOf(state, contact.account, contact.jid) ?? '');
	const nick = printable(given, 'identifier').trim();
	const owners = nick === '' ? undefined : ownersOfNames(state.contacts);
	const isAnothers = keysOfName(given).some(key => (owners?.get(key) ?? contact?.jid) !== contact?.jid);
	return nick === '' || isAnothers ? undefined : nick;
}

/** Somebody's name where it is clear who is meant: beside their messages. */
export function nameOf(state: State, account: BareJid | undefined, jid: Jid): string {
	const contact = contactOf(state, account, jid);
	// Whose conversation it is, stands above it.
	return chosenName(state, contact) ?? contactName(contact, jid);
}

/** Made once for each of thousands of contacts. */
function lowerNameOf(contact: Contact): string {
	const known = lowerNames.get(contact) ?? contactName(contact, contact.jid).toLowerCase();
	lowerNames.set(contact, known);
	return known;
}

const lowerNames = new WeakMap<Contact, string>();

/** What a name is known by to whoever looks at it: what may be taken for it has one of these too. */
function keysOfName(name: string): readonly string[] {
	const [shape, letters] = confusableKeys(name.toLowerCase());
	return [`shape ${shape}`, `letters ${letters}`];
}

/** Whose the names of contacts are, by what they are known by: of several the first one's. */
const ownersOfNames = rememberLast((contacts: State['contacts']): ReadonlyMap<string, BareJid> => {
	const owners = new Map<string, BareJid>();
	for (const contact of Object.values(contacts).flatMap(valuesOf)) {
		for (const key of keysOfName(lowerNameOf(contact))) {
			owners.set(key, owners.get(key) ?? contact.jid);
		}
	}

	return owners;
});

/** Names that several contacts have, in lower case. */
const sharedNames = rememberLast((contacts: State['contacts']): ReadonlySet<string> => {
	const owners = new Map<string, BareJid>();
	const shared = new Set<string>();
	for (const contact of Object.values(contacts).flatMap(valuesOf)) {
		const name = lowerNameOf(contact);
		const owner = owners.get(name) ?? contact.jid;
		owners.set(name, owner);
		if (owner !== contact.jid) {
			shared.add(name);
		}
	}

	return shared;
});
