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
	const code = character.charCodeAt(0);
	return code < 128
		? (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
		: code >= 0xd800 || /[\p{L}\p{N}]/u.test(character);
}

function isUpper(character: string): boolean {
	const code = character.charCodeAt(0);
	return code < 128 ? code >= 65 && code <= 90 : character !== character.toLowerCase();
}

const none = Number.NEGATIVE_INFINITY;
/** The scores of the letters so far that end at each index, and of those with one letter more: made once, used for every name. */
let best = new Float64Array(longest);
let next = new Float64Array(longest);

/**
 * How well the letters of `query` stand in the target, in this order; `undefined`: they do not. Letters that follow each
 * other, begin a word or have the case that was typed count more, gaps and long names less.
 */
export function scoreOf(query: string, target: Target): number | undefined {
	const letters = lettersOf(query);
	if (letters === '') {
		return 0;
	}

	if (!isSubsequence(letters, target.lower)) {
		return undefined;
	}

	for (let letter = 0; letter < letters.length; letter++) {
		step(query, letters, letter, target);
	}

	return (best[endIn(target)] ?? 0) - target.lower.length / longest;
}

/** The same with the letters that fit. */
export function fitting(query: string, target: Target): Fit | undefined {
	const score = scoreOf(query, target);
	const letters = lettersOf(query);
	if (score === undefined || letters === '') {
		return score === undefined ? undefined : {score, at: []};
	}

	const cameFrom: Int16Array[] = [];
	for (let letter = 0; letter < letters.length; letter++) {
		const from = new Int16Array(target.lower.length).fill(-1);
		step(query, letters, letter, target, from);
		cameFrom.push(from);
	}

	const at: number[] = [];
	for (let letter = letters.length - 1, index = endIn(target); letter >= 0; letter--) {
		at.unshift(index);
		index = cameFrom[letter]?.[index] ?? -1;
	}

	return {score, at};
}

/** In small letters, unless those are more than what was typed. */
function lettersOf(query: string): string {
	const lower = query.toLowerCase();
	return lower.length === query.length ? lower : query;
}

/** From the scores of the letters before to those with this one. */
function step(query: string, letters: string, letter: number, {text, lower, worth}: Target, from?: Int16Array): void {
	const wanted = letters.charCodeAt(letter);
	const asTyped = query.charCodeAt(letter);
	let before = none;
	let beforeAt = -1;
	for (let index = 0; index < lower.length; index++) {
		// The best end of the letters before that is not directly before this index.
		const apart = index >= 2 && letter > 0 ? (best[index - 2] ?? none) - gapCost : none;
		if (apart > before) {
			before = apart;
			beforeAt = index - 2;
		}

		if (lower.charCodeAt(index) !== wanted) {
			next[index] = none;
			continue;
		}

		const own = (worth[index] ?? inside) + (text.charCodeAt(index) === asTyped ? sameCase : 0);
		if (letter === 0) {
			next[index] = own - Math.min(longestLead, index);
			continue;
		}

		const adjacent = index === 0 ? none : (best[index - 1] ?? none) + consecutive;
		next[index] = own + Math.max(adjacent, before);
		if (from !== undefined) {
			from[index] = adjacent >= before ? index - 1 : beforeAt;
		}
	}

	[best, next] = [next, best];
}

/** Where the last letter stands best. */
function endIn({lower}: Target): number {
	let end = 0;
	for (let index = 1; index < lower.length; index++) {
		if ((best[index] ?? none) > (best[end] ?? none)) {
			end = index;
		}
	}

	return end;
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
