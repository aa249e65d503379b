import {type Buffer, type BufferId, bufferId} from '../model/buffer.js';
import type {Occupant, Room} from '../model/room.js';
import {bareOf, resourcepartOf} from '../shared/jid.js';
import {type ByKey, noneByKey, valueFor} from './by-key.js';
import type {State} from './state.js';

/** The room whose buffer it is. */
export function roomOf(state: State, buffer: BufferId): Room | undefined {
	return state.rooms[buffer]?.room;
}

/** Who is in it, by nick; nobody where it is no room. */
export function occupantsOf(state: State, buffer: BufferId): ByKey<Occupant> {
	return state.rooms[buffer]?.occupants ?? noneByKey;
}

/** Whoever has that nick in the room now. */
export function occupantNamed(state: State, buffer: BufferId, nick: string): Occupant | undefined {
	return valueFor(occupantsOf(state, buffer), nick);
}

/** A buffer, as far as it says which room it is about: its own, or that of whom one talks with in private. */
type AboutRoom = Pick<Buffer, 'id' | 'kind' | 'account' | 'jid'>;

function roomAbout({id, kind, account, jid}: AboutRoom): BufferId {
	return kind === 'private' && account !== undefined && jid !== undefined ? bufferId(account, 'room', bareOf(jid)) : id;
}

/** What the person is called in a room, and in private talks with those who are there; `undefined` elsewhere. User text. */
export function ownNickIn(state: State, buffer: AboutRoom): string | undefined {
	return roomOf(state, roomAbout(buffer))?.nick;
}

/** Whom one talks with in private, as they are in the room now; `undefined`: they are not there. */
export function privatePartner(state: State, buffer: AboutRoom): Occupant | undefined {
	const nick = buffer.kind === 'private' && buffer.jid !== undefined ? resourcepartOf(buffer.jid) : undefined;
	return nick === undefined ? undefined : occupantNamed(state, roomAbout(buffer), nick);
}

/** Who is writing there now, in the order they began: names for a person, user text. */
export function typingIn(state: State, buffer: BufferId): readonly string[] {
	return state.typing[buffer] ?? nobody;
}

const nobody: readonly string[] = [];

/** Who has seen a message, and out of how many who could have. */
export type ReadBy = {readonly readers: readonly string[]; readonly of: number};

/**
 * Who has seen the message with that key, besides the person and its `author` (a bare JID, in rooms a nick): those who
 * have seen the newest first. In a room `of` is how many others are there now.
 */
export function readersOf(state: State, buffer: BufferId, key: number, author?: string): ReadBy {
	const own = ownName(state, buffer);
	const isOther = (name: string) => name !== own && name !== author;
	const readers = positions(state, buffer)
		.slice(0, countFrom(positions(state, buffer), key))
		.map(([name]) => name)
		.filter(isOther);
	const {size} = occupantsOf(state, buffer);
	const away = [own, author].filter(name => name !== undefined && occupantNamed(state, buffer, name) !== undefined);
	const present = size - new Set(away).size;
	// Whoever has read it may have left since.
	return {readers, of: Math.max(state.rooms[buffer] === undefined ? 1 : present, readers.length)};
}

/** Those for whom a message from `key` on, and below `next` where something follows, is the newest they have seen. */
export function readersAt(
	state: State,
	buffer: BufferId,
	key: number,
	next: number = Number.POSITIVE_INFINITY,
): readonly string[] {
	const all = positions(state, buffer);
	const own = ownName(state, buffer);
	return all
		.slice(countFrom(all, next), countFrom(all, key))
		.map(([name]) => name)
		.filter(name => name !== own);
}

type Position = readonly [name: string, upTo: number];

/** How many have read up to the key or beyond: they are the first ones. */
function countFrom(all: readonly Position[], key: number): number {
	let low = 0;
	let high = all.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((all[middle]?.[1] ?? 0) >= key) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}

	return low;
}

/** Readers with how far they are, the furthest first. Sorted anew only when somebody has read on. */
function positions(state: State, buffer: BufferId): readonly Position[] {
	const readers = state.readers[buffer];
	if (readers === undefined) {
		return none;
	}

	const known = sortedReaders.get(readers);
	if (known !== undefined) {
		return known;
	}

	const sorted = readers.shards
		.flatMap(shard => Object.entries(shard))
		.sort(([one, first], [other, second]) => second - first || (one < other ? -1 : 1));
	sortedReaders.set(readers, sorted);
	return sorted;
}

const none: readonly Position[] = [];
const sortedReaders = new WeakMap<ByKey<number>, readonly Position[]>();

/** What the person is called there. */
function ownName(state: State, buffer: BufferId): string | undefined {
	return state.rooms[buffer]?.room.nick ?? state.buffers[buffer]?.info.account;
}
