/** A source of numbers that says the same for the same seed. */
export type Random = {
	/** An integer in [0, limit). */
	below(limit: number): number;
	/** An integer in [from, to]. */
	between(from: number, to: number): number;
	/** Whether something happens that does so with this probability. */
	chance(probability: number): boolean;
	pick<Item>(items: readonly [Item, ...Item[]]): Item;
	/** A number in [0, 1). */
	fraction(): number;
};

/** Mulberry32, started from a seed that was stirred so that neighbours have nothing in common. */
export function createRandom(seed: number): Random {
	let state = Math.imul(seed ^ 0x9e_37_79_b9, 0x85_eb_ca_6b) | 0;
	const fraction = () => {
		state = (state + 0x6d_2b_79_f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
	const below = (limit: number) => Math.floor(fraction() * limit);

	return {
		below,
		between: (from, to) => from + below(to - from + 1),
		chance: probability => fraction() < probability,
		pick: items => items[below(items.length)] ?? items[0],
		fraction,
	};
}
