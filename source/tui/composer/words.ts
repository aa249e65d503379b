import {parseStyling, type StyledTextLine} from '../../shared/styling.js';

/** A word and where it stands, in UTF-16 units. */
export type PlacedWord = {readonly word: string; readonly from: number; readonly to: number};

/** In longer texts no words are looked for: each key has to stay quick. UTF-16 units. */
const longestRead = 10_000;

/** Signs around words: they do not make a word something else. */
const before = /^[("'“‘„«*_~¿¡[{<-]+/u;
const after = /[)"'”’»*_~.,;:!?…\]}>-]+$/u;
/** In an address, a path, a number, a name of something in a program. */
const notProse = /[@/\\:_#\d=<>|{}[\]$%^&*~+`]|\.\p{L}|\p{Ll}\p{Lu}/u;
const word = /\p{L}[\p{L}\p{M}]*(?:['’]\p{L}[\p{L}\p{M}]*)*/gu;
/** Scripts that are written without spaces between words. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

/**
 * The words of a message that a dictionary can know: none of code, quotations, addresses, numbers, abbreviations in
 * capitals.
 */
export function wordsIn(text: string): readonly PlacedWord[] {
	return text.length > longestRead ? [] : parseStyling(text).flatMap(line => wordsOf(text, line));
}

function wordsOf(text: string, line: StyledTextLine): readonly PlacedWord[] {
	if (line.quotes > 0 || line.block !== 'text') {
		return [];
	}

	const code = line.spans.filter(span => span.style === 'code');
	const words: PlacedWord[] = [];
	for (const {0: chunk, index} of text.slice(line.content, line.to).matchAll(/\S+/gu)) {
		const lead = before.exec(chunk)?.[0].length ?? 0;
		const bare = chunk.slice(lead).replace(after, '');
		const from = line.content + index + lead;
		const isCode = code.some(span => span.from < from + bare.length && from < span.to);
		if (isCode || notProse.test(bare) || unspaced.test(bare)) {
			continue;
		}

		for (const {0: found, index: at} of bare.matchAll(word)) {
			if (found.length > 1 && found !== found.toUpperCase()) {
				words.push({word: found, from: from + at, to: from + at + found.length});
			}
		}
	}

	return words;
}

/** What the spell check has found wrong: the word, and what may have been meant. */
export type Misspelt = ReadonlyMap<string, readonly string[]>;

/** The words to be marked; the one that is just being typed is not finished. */
export function misspeltIn(text: string, cursor: number, misspelt: Misspelt): readonly PlacedWord[] {
	return misspelt.size === 0 ? [] : wordsIn(text).filter(each => each.to !== cursor && misspelt.has(each.word));
}

/** The misspelt word at the cursor and what it may be replaced by. */
export function suggestionsAt(
	text: string,
	cursor: number,
	misspelt: Misspelt,
): (PlacedWord & {readonly suggestions: readonly string[]}) | undefined {
	const at = misspelt.size === 0 ? undefined : wordsIn(text).find(each => each.from <= cursor && cursor <= each.to);
	const suggestions = at === undefined ? undefined : misspelt.get(at.word);
	return at === undefined || suggestions === undefined ? undefined : {...at, suggestions};
}
