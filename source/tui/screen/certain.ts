/**
 * Which graphemes all terminals give the same width. The others (emoji, sequences, newer scripts) are drawn with the
 * cursor addressed anew behind them, so that a terminal that disagrees shifts nothing.
 */

/** Ranges of single UTF-16 units that have been two columns wide everywhere since long ago: CJK, Hangul, full width. */
const certainWide: ReadonlyArray<readonly [number, number]> = [
	[0x2e80, 0x303e],
	[0x3041, 0x33ff],
	[0x3400, 0x4dbf],
	[0x4e00, 0xa4cf],
	[0xac00, 0xd7a3],
	[0xf900, 0xfaff],
	[0xff01, 0xff60],
	[0xffe0, 0xffe6],
];

const combining = /^\p{M}|\p{Cf}|\p{DI}/u;
const oneColumn = new Map<number, boolean>();

function isCertainNarrow(code: number): boolean {
	let certain = oneColumn.get(code);
	if (certain === undefined) {
		certain = (code < 0xd800 || code > 0xf8ff) && !combining.test(String.fromCharCode(code));
		oneColumn.set(code, certain);
	}

	return certain;
}

/** Whether every terminal moves on by exactly `width` columns after the grapheme. */
export function isCertain(grapheme: string, width: number): boolean {
	const code = grapheme.charCodeAt(0);
	if (grapheme.length === 1) {
		if (code < 0x300) {
			return width === 1;
		}

		return width === 1
			? isCertainNarrow(code)
			: width === 2 && certainWide.some(([from, to]) => code >= from && code <= to);
	}

	// A Latin, Greek or Cyrillic letter with the combining marks that have always existed.
	return width === 1 && code < 0x530 && /^.[\u{300}-\u{36F}]+$/u.test(grapheme);
}

/** The most columns any terminal may take for the grapheme: two for each part that is not a joiner or selector. */
export function widestGuess(grapheme: string, width: number): number {
	let parts = 0;
	for (const character of grapheme) {
		if (character !== '\u{200D}' && character !== '\u{FE0F}' && character !== '\u{FE0E}') {
			parts++;
		}
	}

	return Math.max(width, parts * 2);
}
