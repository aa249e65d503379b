/**
 * Values by bare JID or by nick, made to change one at a time: at a login thousands of presences come one by one, and
 * copying all of them for each would take seconds. A change copies one of the shards. Made only by the functions here.
 */
export type ByKey<Value> = {
	readonly size: number;
	/** As many as {@link shardCount}, or none while nothing was ever put in. */
	readonly shards: ReadonlyArray<Readonly<Record<string, Value>>>;
};

const shardCount = 64;

/** Nobody. One object, so that it can be compared by identity. */
export const noneByKey: ByKey<never> = {size: 0, shards: []};

export function byKey<Value>(rows: Iterable<readonly [string, Value]>): ByKey<Value> {
	const sorted = Array.from({length: shardCount}, (): Array<readonly [string, Value]> => []);
	for (const row of rows) {
		sorted[shardOf(row[0])]?.push(row);
	}

	// Not by assignment: somebody may be called `__proto__`.
	const shards = sorted.map(each => Object.fromEntries(each));
	return {size: shards.reduce((sum, shard) => sum + Object.keys(shard).length, 0), shards};
}

/** Own properties only: `constructor` is a valid domain, and so a JID that a roster may hold. */
export function valueFor<Value>(all: ByKey<Value>, key: string): Value | undefined {
	const shard = all.shards[shardOf(key)];
	return shard !== undefined && Object.hasOwn(shard, key) ? shard[key] : undefined;
}

export function withValue<Value>(all: ByKey<Value>, key: string, value: Value): ByKey<Value> {
	const shards = all.shards.length === 0 ? byKey<Value>([]).shards : all.shards;
	const shard = shards[shardOf(key)] ?? {};
	return {
		size: Object.hasOwn(shard, key) ? all.size : all.size + 1,
		shards: shards.with(shardOf(key), {...shard, [key]: value}),
	};
}

/** The same object where there is nothing to take out. */
export function withoutValue<Value>(all: ByKey<Value>, key: string): ByKey<Value> {
	const shard = all.shards[shardOf(key)];
	if (shard === undefined || !Object.hasOwn(shard, key)) {
		return all;
	}

	const {[key]: _, ...rest} = shard;
	return {size: all.size - 1, shards: all.shards.with(shardOf(key), rest)};
}

/** In no particular order. */
export function valuesOf<Value>(all: ByKey<Value>): readonly Value[] {
	return all.shards.flatMap(shard => Object.values(shard));
}

function shardOf(key: string): number {
	let hash = 0;
	for (let index = 0; index < key.length; index++) {
		hash = (hash * 31 + key.charCodeAt(index)) | 0;
	}

	return (hash >>> 0) % shardCount;
}
