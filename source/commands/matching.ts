import type {Candidate} from './command.js';

/**
 * The candidates for what is typed, the likeliest first: those that begin like it, then those known by another name that
 * does, and only if there are none at all those that have its letters in this order. Upper and lower case are one.
 */
export function matching(candidates: readonly Candidate[], typed: string): readonly Candidate[] {
	const lower = typed.replace(/^"/u, '').toLowerCase();
	const beginning = candidates.filter(
		each => starts(each.label, lower) || starts(each.insert.replace(/^"/u, ''), lower),
	);
	const named = candidates.filter(each => !beginning.includes(each) && lower !== '' && starts(each.alias ?? '', lower));
	const found = [...beginning, ...named];
	return found.length > 0 || lower.length < 2 ? found : similar(candidates, lower);
}

export function starts(text: string, lower: string): boolean {
	return text.toLowerCase().startsWith(lower);
}

function similar(candidates: readonly Candidate[], lower: string): readonly Candidate[] {
	return candidates
		.flatMap(candidate => {
			const scores = [candidate.label, candidate.alias ?? ''].flatMap(text => likeness(text, lower) ?? []);
			return scores.length === 0 ? [] : [{candidate, score: Math.min(...scores)}];
		})
		.sort((one, other) => one.score - other.score)
		.map(({candidate}) => candidate);
}

/**
 * How far a text is from what was typed: 0 where a word of it begins so, 1 where it holds it, more the wider the letters
 * lie apart. `undefined`: they are not all there in this order, or stand too far apart to be meant.
 */
export function likeness(text: string, lower: string): number | undefined {
	const inside = text.toLowerCase();
	const at = inside.indexOf(lower);
	if (at >= 0) {
		return at === 0 || /[^\p{L}\p{N}]/u.test(inside.charAt(at - 1)) ? 0 : 1;
	}

	let position = -1;
	let gaps = 0;
	for (const character of lower) {
		const next = inside.indexOf(character, position + 1);
		if (next < 0) {
			return undefined;
		}

		gaps += position < 0 ? 0 : next - position - 1;
		position = next;
	}

	return gaps > lower.length * 3 ? undefined : 2 + gaps;
}
