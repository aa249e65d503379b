import {graphemes} from '../../shared/text.js';

/** Longest stretch looked at for one grapheme, in UTF-16 units: families and zalgo fit, a megabyte does not. */
const longestLook = 256;

function isLowSurrogate(text: string, at: number): boolean {
	const code = text.charCodeAt(at);
	return code >= 0xdc00 && code <= 0xdfff;
}

/** Offset of the grapheme boundary before `at`. Offsets are UTF-16 units. */
export function previousGrapheme(text: string, at: number): number {
	if (at <= 0) {
		return 0;
	}

	for (let look = 32; ; look *= 2) {
		let from = Math.max(0, at - look);
		if (from > 0 && isLowSurrogate(text, from)) {
			from--;
		}

		let start = from;
		let last = from;
		for (const grapheme of graphemes(text.slice(from, at))) {
			last = start;
			start += grapheme.length;
		}

		// The first grapheme of the stretch may be the tail of a longer one.
		if (last > from || from === 0 || look >= longestLook) {
			return last;
		}
	}
}

/** Offset of the grapheme boundary after `at`. */
export function nextGrapheme(text: string, at: number): number {
	if (at >= text.length) {
		return text.length;
	}

	for (let look = 32; ; look *= 2) {
		const stretch = text.slice(at, at + look);
		const [first = ''] = graphemes(stretch);
		if (first.length < stretch.length || at + look >= text.length || look >= longestLook) {
			return at + first.length;
		}
	}
}

/** Where looking for boundaries may begin: a character that never continues what stands before it. */
const beginsGrapheme = /[\n !-~]/;

/**
 * The grapheme boundary at `at` or, inside a grapheme, the one behind it: what is put before a combining mark joins it.
 */
export function graphemeBoundary(text: string, at: number): number {
	if (at <= 0 || at >= text.length) {
		return Math.min(Math.max(0, at), text.length);
	}

	// Nothing is joined to a character of ASCII but by what follows it.
	if (beginsGrapheme.test(text.charAt(at))) {
		return at;
	}

	let start = at - 1;
	while (start > 0 && at - start < longestLook && !beginsGrapheme.test(text.charAt(start))) {
		start--;
	}

	while (start < at) {
		start = nextGrapheme(text, start);
	}

	return start;
}

const wordCharacter = /[\p{L}\p{N}\p{M}_]/u;
const space = /\s/;

/** What a word is made of: `word` letters and digits, `space` everything up to white space. */
export type WordKind = 'word' | 'space';

function isPart(text: string, at: number, kind: WordKind): boolean {
	const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
	return kind === 'word' ? wordCharacter.test(character) : !space.test(character);
}

function characterBefore(text: string, at: number): number {
	return at > 1 && isLowSurrogate(text, at - 1) ? at - 2 : at - 1;
}

function characterAfter(text: string, at: number): number {
	return (text.codePointAt(at) ?? 0) > 0xffff ? at + 2 : at + 1;
}

/** Start of the word before `at`. */
export function previousWord(text: string, at: number, kind: WordKind): number {
	let position = at;
	while (position > 0 && !isPart(text, characterBefore(text, position), kind)) {
		position = characterBefore(text, position);
	}

	while (position > 0 && isPart(text, characterBefore(text, position), kind)) {
		position = characterBefore(text, position);
	}

	return graphemeBoundary(text, position);
}

/** End of the word after `at`. */
export function nextWord(text: string, at: number, kind: WordKind): number {
	let position = at;
	while (position < text.length && !isPart(text, position, kind)) {
		position = characterAfter(text, position);
	}

	while (position < text.length && isPart(text, position, kind)) {
		position = characterAfter(text, position);
	}

	return graphemeBoundary(text, position);
}

/** Start of the word that `at` is in, or of the next one; the end of the text where there is none. */
export function wordStart(text: string, at: number): number {
	let position = at;
	while (position < text.length && !isPart(text, position, 'word')) {
		position = characterAfter(text, position);
	}

	return graphemeBoundary(text, position);
}

/** Start of the line (after a `\n`) that `at` is on. */
export function lineStart(text: string, at: number): number {
	return at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

/** End of the line that `at` is on: the offset of its `\n`, or of the end of the text. */
export function lineEnd(text: string, at: number): number {
	const end = text.indexOf('\n', at);
	return end === -1 ? text.length : end;
}
