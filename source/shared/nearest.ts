/**
 * Number of edits between two short words, for suggestions: a character more, less or another one, or two neighbours that
 * changed places (optimal string alignment).
 */
export function editDistance(one: string, other: string): number {
	let before: readonly number[] = [];
	let row: readonly number[] = Array.from({length: other.length + 1}, (_, index) => index);
	for (let i = 1; i <= one.length; i++) {
		const next = [i];
		for (let j = 1; j <= other.length; j++) {
			const above = row[j] ?? 0;
			const left = next[j - 1] ?? 0;
			const corner = row[j - 1] ?? 0;
			const plain = one[i - 1] === other[j - 1] ? corner : 1 + Math.min(above, left, corner);
			const isSwap = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
			next.push(isSwap ? Math.min(plain, (before[j - 2] ?? 0) + 1) : plain);
		}

		before = row;
		row = next;
	}

	return row[other.length] ?? 0;
}

/** The names that may have been meant, the likeliest first: those a few letters away, then those it is a part of. */
export function nearestNames(given: string, names: readonly string[], most = 3): readonly string[] {
	const lower = given.toLowerCase();
	const scored = names.flatMap(name => {
		const distance = editDistance(name.toLowerCase(), lower);
		if (distance <= Math.max(1, Math.floor(lower.length / 3))) {
			return [{name, distance}];
		}

		return lower.length >= 3 && name.toLowerCase().includes(lower) ? [{name, distance: name.length}] : [];
	});
	return scored
		.sort((one, other) => one.distance - other.distance)
		.map(({name}) => name)
		.slice(0, most);
}
