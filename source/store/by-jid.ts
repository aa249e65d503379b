import type {BareJid} from '../shared/jid.js';

/**
 * Values by bare JID, made to change one at a time: at a login thousands of presences come one by one, and copying all
 * of them for each would take seconds. A change copies one of the shards. Made only by the functions here.
 */
export type ByJid<Value> = {
	readonly size: number;
	/** As many as {@link shardCount}, or none while nothing was ever put in. */
	readonly shards: ReadonlyArray<Readonly<Record<string, Value>>>;
};

const shardCount = 64;

/** Nobody. One object, so that it can be compared by identity. */
export const nobodyByJid: ByJid<never> = {size: 0, shards: []};

export function byJid<Value>(rows: Iterable<readonly [BareJid, Value]>): ByJid<Value> {
	const shards = Array.from({length: shardCount}, (): Record<string, Value> => ({}));
	for (const [jid, value] of rows) {
		const shard = shards[shardOf(jid)];
		if (shard !== undefined) {
			shard[jid] = value;
		}
	}

	return {size: shards.reduce((sum, shard) => sum + Object.keys(shard).length, 0), shards};
}

/** Own properties only: `constructor` is a valid domain, and so a JID that a roster may hold. */
export function valueFor<Value>(all: ByJid<Value>, jid: BareJid): Value | undefined {
	const shard = all.shards[shardOf(jid)];
	return shard !== undefined && Object.hasOwn(shard, jid) ? shard[jid] : undefined;
}

export function withValue<Value>(all: ByJid<Value>, jid: BareJid, value: Value): ByJid<Value> {
	const shards = all.shards.length === 0 ? byJid<Value>([]).shards : all.shards;
	const shard = shards[shardOf(jid)] ?? {};
	return {
		size: Object.hasOwn(shard, jid) ? all.size : all.size + 1,
		shards: shards.with(shardOf(jid), {...shard, [jid]: value}),
	};
}

/** The same object where there is nothing to take out. */
export function withoutValue<Value>(all: ByJid<Value>, jid: BareJid): ByJid<Value> {
	const shard = all.shards[shardOf(jid)];
	if (shard === undefined || !Object.hasOwn(shard, jid)) {
		return all;
	}

	const {[jid]: _, ...rest} = shard;
	return {size: all.size - 1, shards: all.shards.with(shardOf(jid), rest)};
}

/** In no particular order. */
export function valuesOf<Value>(all: ByJid<Value>): readonly Value[] {
	return all.shards.flatMap(shard => Object.values(shard));
}

function shardOf(jid: string): number {
	let hash = 0;
	for (let index = 0; index < jid.length; index++) {
		hash = (hash * 31 + jid.charCodeAt(index)) | 0;
	}

	return (hash >>> 0) % shardCount;
}
