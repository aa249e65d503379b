import {type ByKey, valuesOf} from './by-key.js';

/** What values are sorted by: the rank, then the name, then what no two of them have in common. */
export type SortKey = {readonly rank: number; readonly name: string; readonly unique: string};

type Row<Value> = SortKey & {readonly value: Value};

type Kept<Value> = {
	readonly from: ByKey<Value>;
	readonly rows: ReadonlyArray<Row<Value>>;
	readonly values: readonly Value[];
};

/** Orders that are kept of each kind: those on the screen, and the one that is completed from. */
const mostKept = 4;
/** From so many changes on sorting everybody is cheaper than putting each in their place. */
const manyChanges = 64;

/**
 * Values in order, the same array until one of them changes. Among thousands a change costs the search for its place,
 * not a new order of all. `id` says whose values they are: the order is kept for those asked for last.
 */
export function keepOrder<Value>(
	keyOf: (value: Value) => SortKey,
): (id: string, from: ByKey<Value>) => readonly Value[] {
	const kept = new Map<string, Kept<Value>>();
	const rowOf = (value: Value): Row<Value> => ({...keyOf(value), value});

	return (id, from) => {
		const known = kept.get(id);
		if (known?.from === from) {
			return known.values;
		}

		const rows = known === undefined ? sorted(from, rowOf) : updated(known, from, rowOf);
		const values = rows.map(({value}) => value);
		kept.delete(id);
		kept.set(id, {from, rows, values});
		for (const eldest of [...kept.keys()].slice(0, -mostKept)) {
			kept.delete(eldest);
		}

		return values;
	};
}

type RowOf<Value> = (value: Value) => Row<Value>;

function sorted<Value>(from: ByKey<Value>, rowOf: RowOf<Value>): ReadonlyArray<Row<Value>> {
	return valuesOf(from).map(rowOf).sort(compare);
}

/** What is the same shard has not changed. */
function updated<Value>(known: Kept<Value>, from: ByKey<Value>, rowOf: RowOf<Value>): ReadonlyArray<Row<Value>> {
	const gone: Value[] = [];
	const come: Value[] = [];
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
		return sorted(from, rowOf);
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
function placeOf(rows: readonly SortKey[], row: SortKey): number {
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

function compare(one: SortKey, other: SortKey): number {
	return one.rank - other.rank || byText(one.name, other.name) || byText(one.unique, other.unique);
}

function byText(one: string, other: string): number {
	return one < other ? -1 : one > other ? 1 : 0;
}
