/** For whom a conversation is encrypted: the contact; or everybody who may read a private room, there or not (`protocol.md` §2.11). */
import {roomUser} from '../../extensions/muc-elements.js';
import {type JoinedRoom, multiUserChat} from '../../extensions/multi-user-chat.js';
import {roomAdministration} from '../../extensions/room-administration.js';
import type {Affiliation, Occupant, Room} from '../../model/room.js';
import {type Problem, problemOf} from '../../shared/errors.js';
import {type BareJid, bareOf, isFullJid, type Jid, parseJid, resourcepartOf} from '../../shared/jid.js';
import {attributeOf, type Element} from '../../xmpp/element.js';
import type {EncryptionConnection} from './connection.js';

/** What a message goes to. `chat`: a person; `room`: a room; `private`: somebody in one, by their address there. */
export type Destination =
	| {readonly kind: 'chat'; readonly jid: BareJid}
	| {readonly kind: 'room'; readonly jid: BareJid}
	| {readonly kind: 'private'; readonly jid: Jid};

/** `open`: more people may read it than can be known, so that it cannot be encrypted; `why` as a sentence. */
export type Recipients =
	| {readonly kind: 'people'; readonly people: readonly BareJid[]}
	| {readonly kind: 'open'; readonly why: string}
	| {readonly kind: 'unknown'; readonly problem: Problem};

export type RecipientLists = {
	/** Asks the room who its members are, where that is not known. Never rejects. */
	of(destination: Destination): Promise<Recipients>;
	/** The same as far as it is known without asking. */
	known(destination: Destination): Recipients | undefined;
	/** Rooms whose readers are known, by address, apart from the account itself. */
	rooms(): ReadonlyArray<{readonly room: BareJid; readonly people: readonly BareJid[]}>;
	/** Somebody may read a room who could not, or the reverse. */
	stale(room: BareJid): void;
	/** Looks for what a room says of somebody's affiliation who is not there (XEP-0045 §9.4 ff.). Answers the room. */
	noticed(stanza: Element): BareJid | undefined;
	forget(): void;
};

/** Everybody with one of these may enter a room for members only, and reads its archive. */
const readers: readonly Affiliation[] = ['owner', 'admin', 'member'];
/** Times that a room is asked in a row whose members change meanwhile. */
const mostTries = 3;

export function createRecipientLists(account: BareJid, live: () => EncryptionConnection | undefined): RecipientLists {
	const members = new Map<BareJid, readonly BareJid[]>();
	/** Counts what rooms said of their lists. */
	const changes = new Map<BareJid, number>();
	const forgetMembers = (room: BareJid) => {
		changes.set(room, (changes.get(room) ?? 0) + 1);
		members.delete(room);
	};

	const joined = (room: BareJid) => live()?.use(multiUserChat).get(room);

	const people = (jids: readonly BareJid[]): Recipients => ({
		kind: 'people',
		people: [...new Set(jids)].filter(jid => jid !== account),
	});

	const known = ({kind, jid}: Destination): Recipients | undefined => {
		if (kind === 'chat') {
			return people([jid]);
		}

		const membership = joined(bareOf(jid));
		if (membership === undefined || membership.room.status !== 'joined') {
			return {kind: 'unknown', problem: kind === 'private' ? notMet(jid) : notIn(bareOf(jid))};
		}

		const real = kind === 'private' ? occupantAt(jid, membership)?.jid : undefined;
		if (real !== undefined) {
			return people([bareOf(real)]);
		}

		// Each room that was asked what it is says whether it has an archive.
		if (membership.room.features.archived === undefined) {
			return {kind: 'unknown', problem: notDescribed(bareOf(jid))};
		}

		if (kind === 'private') {
			// Where everybody else can be known, this one can be too once they are back: nothing is said to a nick meanwhile.
			return showsAddresses(membership)
				? {kind: 'unknown', problem: notThereNow(jid)}
				: {kind: 'open', why: 'The room hides who that is, so nothing can be encrypted for them.'};
		}

		const why = openness(membership.room);
		if (why !== undefined) {
			return {kind: 'open', why};
		}

		const listed = members.get(jid);
		return listed === undefined
			? undefined
			: people([...listed, ...[...membership.occupants.values()].flatMap(readerIn)]);
	};

	const ask = async (room: BareJid, tries = mostTries): Promise<Recipients> => {
		const administration = live()?.use(roomAdministration);
		if (administration === undefined) {
			return {kind: 'unknown', problem: notIn(room)};
		}

		try {
			const before = changes.get(room);
			const lists = await Promise.all(readers.map(affiliation => administration.affiliated(room, affiliation)));
			if (before !== changes.get(room)) {
				// Somebody came or went while the room was answering.
				return tries > 1 ? await ask(room, tries - 1) : {kind: 'unknown', problem: neverStill(room)};
			}

			members.set(
				room,
				lists.flat().map(({jid}) => jid),
			);
		} catch (error) {
			return {kind: 'unknown', problem: membersRefused(room, error)};
		}

		return known({kind: 'room', jid: room}) ?? {kind: 'unknown', problem: notIn(room)};
	};

	return {
		known,
		of: async destination => known(destination) ?? ask(bareOf(destination.jid)),
		rooms: () =>
			[...members.keys()].flatMap(room => {
				const readersThere = known({kind: 'room', jid: room});
				return readersThere?.kind === 'people' ? [{room, people: readersThere.people}] : [];
			}),
		stale: forgetMembers,
		noticed(stanza) {
			const from = parseJid(attributeOf(stanza, 'from') ?? '');
			const told = from === undefined || isFullJid(from) ? undefined : roomUser.find(stanza);
			const isNews = told?.items.some(({affiliation, jid}) => affiliation !== undefined && jid !== undefined) === true;
			if (from === undefined || !isNews || joined(bareOf(from)) === undefined) {
				return undefined;
			}

			forgetMembers(bareOf(from));
			return bareOf(from);
		},
		forget: () => members.clear(),
	};
}

/** Whoever has no affiliation with a room for members only, or is banned, is on the way out. */
function readerIn({jid, affiliation}: Occupant): readonly BareJid[] {
	return jid !== undefined && readers.includes(affiliation) ? [bareOf(jid)] : [];
}

function occupantAt(jid: Jid, {occupants}: Pick<JoinedRoom, 'occupants'>): Occupant | undefined {
	return isFullJid(jid) ? occupants.get(resourcepartOf(jid) ?? '') : undefined;
}

/** Whether a room tells us who its occupants are: all of them, or its moderators (XEP-0045 §4.2). */
function showsAddresses({room, occupants}: Pick<JoinedRoom, 'room' | 'occupants'>): boolean {
	return room.features.nonAnonymous === true || occupants.get(room.nick)?.role === 'moderator';
}

/** Why it cannot be known who reads a room; undefined: it can. */
function openness({features}: Room): string | undefined {
	const {membersOnly, nonAnonymous} = features;
	return membersOnly !== true
		? 'Anybody may enter this room, so what is said in it cannot be kept between its members.'
		: nonAnonymous !== true
			? 'This room hides the addresses of its people, so nothing can be encrypted for them.'
			: undefined;
}

function membersRefused(room: BareJid, error: unknown): Problem {
	const {kind, message} = problemOf(error);
	return {
		code: 'members-unknown',
		kind: kind === 'temporary' ? 'temporary' : 'notPermitted',
		message: `${room} does not say who its members are, so nothing can be encrypted for them: ${message}`,
		hint: 'Ask an admin of the room to let its members see the list; /omemo off sends in clear.',
	};
}

function neverStill(room: BareJid): Problem {
	return {
		code: 'members-unknown',
		kind: 'temporary',
		message: `The members of ${room} change all the time, so nothing can be encrypted for them now.`,
		hint: 'It is tried again in a minute; /omemo off sends in clear.',
	};
}

function notDescribed(room: BareJid): Problem {
	return {
		code: 'room-unknown',
		kind: 'temporary',
		message: `${room} does not say what kind of room it is, so it is not known who reads it.`,
		hint: '/omemo off sends in clear there.',
	};
}

function notThereNow(jid: Jid): Problem {
	return {
		code: 'occupant-unknown',
		kind: 'unavailable',
		message: `The room does not say who ${resourcepartOf(jid) ?? jid} is now, so nothing can be encrypted for them.`,
		hint: 'It is tried again in a minute, for when they are back; /omemo off sends in clear.',
	};
}

function notMet(jid: Jid): Problem {
	const room = bareOf(jid);
	return {
		code: 'occupant-unknown',
		kind: 'unavailable',
		message: `You are not in ${room}, so it is not known who ${resourcepartOf(jid) ?? jid} is there.`,
		hint: `/join ${room} enters it.`,
	};
}

function notIn(room: BareJid): Problem {
	return {
		code: 'room-not-joined',
		kind: 'unavailable',
		message: `You are not in ${room}, so it is not known who reads it.`,
		hint: `/join ${room} enters it.`,
	};
}
