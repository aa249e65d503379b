/** How well a few letters fit a name: the finder's own measure. */

/** The higher, the better. `at`: indexes (UTF-16) of the letters that fit. */
export type Fit = {readonly score: number; readonly at: readonly number[]};

/** A name made ready, once for many queries. */
export type Target = {
	readonly text: string;
	readonly lower: string;
	/** For each index: what a letter that fits there is worth by its place. */
	readonly worth: Uint8Array;
};

const first = 12;
const wordStart = 9;
const hump = 7;
const inside = 1;
const consecutive = 10;
const sameCase = 1;
const gapCost = 3;
const longestLead = 4;
/** Longer texts are matched by their beginning. */
const longest = 200;

export function targetOf(name: string): Target {
	const text = name.slice(0, longest);
	// A letter whose small form is longer would shift all that follows.
	const folded = text.toLowerCase();
	const lower = folded.length === text.length ? folded : text;
	const worth = new Uint8Array(text.length);
	for (let index = 0; index < text.length; index++) {
		worth[index] = index === 0 ? first : placeWorth(text, index);
	}

	return {text, lower, worth};
}

function placeWorth(text: string, index: number): number {
	const before = text[index - 1] ?? '';
	const here = text[index] ?? '';
	if (!isWord(before) && isWord(here)) {
		return wordStart;
	}

	return isUpper(here) && !isUpper(before) ? hump : inside;
}

function isWord(character: string): boolean {
	return /[\p{L}\p{N}]/u.test(character) || character >= '\uD800';
}

function isUpper(character: string): boolean {
	return character !== character.toLowerCase();
}

/**
 * The best way in which the letters of `query` stand in the target, in this order; `undefined`: they do not. Letters that
 * follow each other, begin a word or have the case that was typed count more, gaps and long names less.
 */
export function fitting(query: string, {text, lower, worth}: Target): Fit | undefined {
	if (query === '') {
		return {score: 0, at: []};
	}

	const wanted = query.toLowerCase();
	const letters = wanted.length === query.length ? wanted : query;
	if (!isSubsequence(letters, lower)) {
		return undefined;
	}

	// best[i]: the score of the letters so far with the last of them at i.
	const size = lower.length;
	let best = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
	const cameFrom: Int16Array[] = [];
	for (let letter = 0; letter < letters.length; letter++) {
		const next = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
		const from = new Int16Array(size).fill(-1);
		let before = Number.NEGATIVE_INFINITY;
		let beforeAt = -1;
		for (let index = letter; index < size; index++) {
			// The best end of the letters before that is not directly before this index.
			const candidate = index >= 2 ? (best[index - 2] ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY;
			if (candidate - gapCost > before) {
				before = candidate - gapCost;
				beforeAt = index - 2;
			}

			if (lower[index] !== letters[letter]) {
				continue;
			}

			const own = (worth[index] ?? inside) + (text[index] === query[letter] ? sameCase : 0);
			if (letter === 0) {
				next[index] = own - Math.min(longestLead, index);
				continue;
			}

			const adjacent = (best[index - 1] ?? Number.NEGATIVE_INFINITY) + consecutive;
			next[index] = own + Math.max(adjacent, before);
			from[index] = adjacent >= before ? index - 1 : beforeAt;
		}

		best = next;
		cameFrom.push(from);
	}

	let end = 0;
	for (let index = 1; index < size; index++) {
		if ((best[index] ?? 0) > (best[end] ?? 0)) {
			end = index;
		}
	}

	const at: number[] = [];
	for (let letter = letters.length - 1, index = end; letter >= 0; letter--) {
		at.unshift(index);
		index = cameFrom[letter]?.[index] ?? -1;
	}

	return {score: (best[end] ?? 0) - size / longest, at};
}

function isSubsequence(query: string, text: string): boolean {
	let at = 0;
	for (let index = 0; index < query.length; index++) {
		at = text.indexOf(query[index] ?? '', at) + 1;
		if (at === 0) {
			return false;
		}
	}

	return true;
}
