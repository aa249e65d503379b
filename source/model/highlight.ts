/** Whether a text calls the person: it has one of their words in it, or one of the names that they go by there. */
export type Highlights = (text: string, names: readonly string[]) => boolean;

/**
 * Finds words and phrases as whole ones, whatever their case; between the words of a phrase any white space may stand.
 * There are no regular expressions of the person's: one can be made to take for ever by whoever writes to them.
 * @param words those that call besides the names; the same value as long as they are the same.
 */
export function createHighlights(words: () => readonly string[]): Highlights {
	let known: readonly string[] | undefined;
	let patterns = new Map<string, RegExp | undefined>();
	return (text, names) => {
		const wanted = words();
		if (wanted !== known) {
			known = wanted;
			patterns = new Map();
		}

		const place = names.join('\n');
		if (!patterns.has(place)) {
			patterns.set(place, patternOf([...names, ...wanted]));
		}

		return patterns.get(place)?.test(text.normalize('NFC')) ?? false;
	};
}

/** Scripts that put no space between words: there a word is found inside others. */
const unspaced =
	'\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}';
const isUnspaced = new RegExp(`[${unspaced}]`, 'u');
const inWord = '[\\p{L}\\p{M}\\p{N}_]';

function patternOf(words: readonly string[]): RegExp | undefined {
	const sources = words
		.map(word => word.normalize('NFC').trim())
		.filter(word => word !== '')
		.map(sourceOf);
	return sources.length === 0 ? undefined : new RegExp(sources.join('|'), 'iu');
}

function sourceOf(word: string): string {
	const letters = [...word];
	const before = isUnspaced.test(letters[0] ?? '') ? '' : `(?<!${inWord})`;
	const after = isUnspaced.test(letters.at(-1) ?? '') ? '' : `(?!${inWord})`;
	const source = word.replace(/[$()*+./?[\\\]^{|}-]/gu, '\\$&').replace(/\s+/gu, '\\s+');
	return `${before}${source}${after}`;
}
