import type {BufferId} from '../model/buffer.js';
import type {Occupant, Role} from '../model/room.js';
import {type ByKey, noneByKey, valuesOf} from './by-key.js';
import type {State} from './state.js';

const rank: Readonly<Record<Role, number>> = {moderator: 0, participant: 1, visitor: 2, none: 3};

/** Somebody with what they are sorted by, which is made once. */
type Row = {readonly occupant: Occupant; readonly name: string};

type Ordered = {readonly from: ByKey<Occupant>; readonly rows: readonly Row[]; readonly occupants: readonly Occupant[]};

/** Rooms whose order is kept: those on the screen and the one that names are completed in. */
const mostKept = 4;
/** From so many changes on sorting everybody is cheaper than putting each in their place. */
const manyChanges = 64;

const kept = new Map<BufferId, Ordered>();

/**
 * Everybody in a room: moderators, then participants, then visitors, each by name. The same array until somebody changes.
 * In a room of thousands a change costs the search for its place, not a new order of all.
 */
export function occupantsInOrder(state: State, buffer: BufferId): readonly Occupant[] {
	const from = state.rooms[buffer]?.occupants ?? noneByKey;
	const known = kept.get(buffer);
	if (known?.from === from) {
		return known.occupants;
	}

	const rows = known === undefined ? sorted(from) : updated(known, from);
	const made = {from, rows, occupants: rows.map(({occupant}) => occupant)};
	kept.delete(buffer);
	kept.set(buffer, made);
	for (const eldest of [...kept.keys()].slice(0, -mostKept)) {
		kept.delete(eldest);
	}

	return made.occupants;
}

function sorted(from: ByKey<Occupant>): readonly Row[] {
	return valuesOf(from).map(rowOf).sort(compare);
}

/** What is the same shard has not changed. */
function updated(known: Ordered, from: ByKey<Occupant>): readonly Row[] {
	const gone: Occupant[] = [];
	const come: Occupant[] = [];
	for (let index = 0; index < Math.max(known.from.shards.length, from.shards.length); index++) {
		const before = known.from.shards[index];
		const after = from.shards[index];
		if (before !== after) {
			const had = new Set(Object.values(before ?? {}));
			const has = new Set(Object.values(after ?? {}));
			gone.push(...[...had].filter(each => !has.has(each)));
			come.push(...[...has].filter(each => !had.has(each)));
		}
	}

	if (gone.length + come.length > manyChanges) {
		return sorted(from);
	}

	const rows = [...known.rows];
	for (const each of gone) {
		rows.splice(placeOf(rows, rowOf(each)), 1);
	}

	for (const each of come.map(rowOf)) {
		rows.splice(placeOf(rows, each), 0, each);
	}

	return rows;
}

/** Index of the first row that does not come before this one. */
function placeOf(rows: readonly Row[], row: Row): number {
	let low = 0;
	let high = rows.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		const there = rows[middle];
		if (there !== undefined && compare(there, row) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}

	return low;
}

function rowOf(occupant: Occupant): Row {
	return {occupant, name: occupant.nick.toLowerCase()};
}

/** No two nicks in a room are the same, so no two rows are. */
function compare(one: Row, other: Row): number {
	return (
		rank[one.occupant.role] - rank[other.occupant.role] ||
		byText(one.name, other.name) ||
		byText(one.occupant.nick, other.occupant.nick)
	);
}

function byText(one: string, other: string): number {
	return one < other ? -1 : one > other ? 1 : 0;
}
