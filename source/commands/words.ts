/** A word of a command line with its place, in UTF-16 code units. */
export type Word = {
	readonly from: number;
	readonly to: number;
	/** Without quotes. */
	readonly value: string;
};

/**
 * Splits at white space. A word that begins with `"` runs to the next `"`, so that names with spaces can be given;
 * an unclosed quote runs to the end.
 */
export function splitWords(text: string, start = 0): readonly Word[] {
	const words: Word[] = [];
	const pattern = /"([^"]*)"?|(\S+)/gu;
	pattern.lastIndex = start;
	for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
		const value = match[1] ?? match[2] ?? '';
		words.push({from: match.index, to: pattern.lastIndex, value});
	}

	return words;
}

/** The form in which {@link splitWords} gives `value` back as one word. A name with a quote in it has none. */
export function quoted(value: string): string {
	return /\s/u.test(value) ? `"${value}"` : value;
}
