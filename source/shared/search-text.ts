/**
 * How text is cut into the words that a search finds it by. What is indexed, what is looked for and what is marked on the
 * screen all go through here, so that they cannot disagree.
 */

/** A word as it is indexed, and where it stands in the text (UTF-16 offsets, the end exclusive). */
export type Token = {readonly text: string; readonly from: number; readonly to: number};

/**
 * Letters of scripts that put no space between words: each is a word of its own, and what was typed without spaces is
 * looked for as a phrase, so that any part of a sentence is found.
 */
const unspaced =
	'(?=\\p{L})[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Hang}\\p{scx=Bopo}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}\\p{scx=Tibt}]';
/** Pictures are words too. Those for private use are not: the index marks messages with them. */
const segment = new RegExp(
	`${unspaced}\\p{M}*|(?:(?!${unspaced})[\\p{L}\\p{N}\\p{M}])+|\\p{Extended_Pictographic}|\\p{RI}`,
	'gu',
);
const unspacedOnly = new RegExp(`^${unspaced}\\p{M}*$`, 'u');
/** Accents and vowel points that people leave out when they search; the marks of other scripts tell words apart. */
const leftOut = /[\u0300-\u036F\u0483-\u0487\u0591-\u05C7\u0610-\u061A\u064B-\u065F]|\u0670|[\uFE00-\uFE0F]/gu;
const ascii = /^[\0-\x7F]*$/;
const asciiWord = /[A-Za-z0-9]+/g;
const parts = /[\p{L}\p{N}\p{M}\p{Extended_Pictographic}\p{RI}]+/gu;

/** Whether the search index takes the text as it is: its tokenizer cuts ASCII the way `tokensOf` does. */
export function isPlainText(text: string): boolean {
	return ascii.test(text);
}

/** The words of a text in order: lower case, without accents, compatibility forms replaced (`ﬁ`, `Ａ`). */
export function tokensOf(text: string): readonly Token[] {
	const tokens: Token[] = [];
	if (isPlainText(text)) {
		for (const match of text.matchAll(asciiWord)) {
			tokens.push({text: match[0].toLowerCase(), from: match.index, to: match.index + match[0].length});
		}

		return tokens;
	}

	for (const match of text.matchAll(segment)) {
		const to = match.index + match[0].length;
		for (const part of folded(match[0]).match(parts) ?? []) {
			tokens.push({text: part, from: match.index, to});
		}
	}

	return tokens;
}

function folded(word: string): string {
	return isPlainText(word)
		? word.toLowerCase()
		: word.toLowerCase().normalize('NFKD').replace(leftOut, '').normalize('NFC').replaceAll('ς', 'σ').toLowerCase();
}

/** What a message must hold: these words, one directly after the other. */
export type Phrase = {
	readonly tokens: readonly string[];
	/** The last word may be the beginning of a longer one. */
	readonly open: boolean;
};

/** What to look for where this was typed. `open`: its last word may go on. `undefined`: there is no word in it. */
export function phraseOf(text: string, open: boolean): Phrase | undefined {
	const tokens = tokensOf(text.normalize('NFC')).map(token => token.text);
	const last = tokens.at(-1);
	if (last === undefined) {
		return undefined;
	}

	// One letter begins nearly everything.
	return {tokens, open: open && last.length > 1 && !unspacedOnly.test(last)};
}

/** Stretches of a text that match one of the phrases, in order and apart from each other. */
export function matchesIn(text: string, phrases: readonly Phrase[]): ReadonlyArray<{from: number; to: number}> {
	const tokens = tokensOf(text);
	const found: Array<{from: number; to: number}> = [];
	for (let index = 0; index < tokens.length; index++) {
		let length = 0;
		for (const phrase of phrases) {
			if (phrase.tokens.length > length && standsAt(tokens, index, phrase)) {
				length = phrase.tokens.length;
			}
		}

		const first = tokens[index];
		const last = tokens[index + length - 1];
		if (length > 0 && first !== undefined && last !== undefined) {
			found.push({from: first.from, to: last.to});
			index += length - 1;
		}
	}

	return found;
}

function standsAt(tokens: readonly Token[], index: number, {tokens: wanted, open}: Phrase): boolean {
	return wanted.every((text, offset) => {
		const token = tokens[index + offset]?.text;
		return open && offset === wanted.length - 1 ? token?.startsWith(text) === true : token === text;
	});
}
