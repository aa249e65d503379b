import {emojiTable} from './emoji-table.js';
import {graphemes} from './width.js';

/** An emoji and one of its short codes, without colons. */
export type Emoji = {readonly code: string; readonly glyph: string};

type Names = {
	readonly all: readonly Emoji[];
	readonly glyphs: ReadonlyMap<string, string>;
	/** The first code of each glyph. */
	readonly codes: ReadonlyMap<string, string>;
};

let names: Names | undefined;

/** Read when it is first needed: the start does not wait for it. */
function table(): Names {
	names ??= read();
	return names;
}

function read(): Names {
	const all: Emoji[] = [];
	const glyphs = new Map<string, string>();
	const codes = new Map<string, string>();
	for (const row of emojiTable.trim().split('\n')) {
		const [glyph = '', ...own] = row.split(' ');
		codes.set(glyph, own[0] ?? '');
		for (const code of own) {
			glyphs.set(code, glyph);
			all.push({code, glyph});
		}
	}

	return {all, glyphs, codes};
}

/** The emoji of a short code (`smile`), `undefined` for what is none. */
export function emojiNamed(code: string): string | undefined {
	return table().glyphs.get(code.toLowerCase());
}

/** Emoji by what their short codes begin with, the usual ones first; then those with a word in the code that does. */
export function emojiBeginning(beginning: string): readonly Emoji[] {
	const wanted = beginning.toLowerCase();
	const inside = `_${wanted}`;
	return [
		...table().all.filter(({code}) => code.startsWith(wanted)),
		...(wanted === '' ? [] : table().all.filter(({code}) => !code.startsWith(wanted) && code.includes(inside))),
	];
}

const mayHoldEmoji = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u{20E3}/u;
const skinTone = /\p{Emoji_Modifier}/gu;
const variation = '\u{FE0F}';
/** Below are signs that were text before there were emoji; terminals have them. */
const firstPictograph = 0x1_f000;

/**
 * The text with emoji as `:codes:`, for terminals that cannot show them. One without a code becomes the number of its
 * first character: `:u1fae8:`. Skin tones are left out.
 */
export function withShortcodes(text: string): string {
	return mayHoldEmoji.test(text) ? graphemes(text).map(asShortcode).join('') : text;
}

function asShortcode(grapheme: string): string {
	if (!mayHoldEmoji.test(grapheme)) {
		return grapheme;
	}

	const plain = grapheme.replace(skinTone, '') || grapheme;
	const first = plain.codePointAt(0) ?? 0;
	const {codes} = table();
	const code = codes.get(plain) ?? (first >= firstPictograph ? codes.get(plain + variation) : undefined);
	if (code !== undefined) {
		return `:${code}:`;
	}

	return first >= firstPictograph ? `:u${first.toString(16)}:` : grapheme;
}
