/** Characters that are valid only in certain neighbourhoods (RFC 5892 appendix A). */

const contextual = /[\u00B7\u0375\u05F3\u05F4\u200C-\u200D\u30FB\u0660-\u0669\u06F0-\u06F9]/;

/** Canonical combining class 9, which property escapes do not offer. */
const virama =
	/[\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D3B\u0D3C\u0D4D\u0DCA\u0E3A\u0EBA\u0F84\u1039\u103A\u1714\u1715\u1734\u17D2\u1A60\u1B44\u1BAA\u1BAB\u1BF2\u1BF3\u2D7F\uA806\uA82C\uA8C4\uA953\uA9C0\uAAF6\uABED\u{10A3F}\u{11046}\u{11070}\u{1107F}\u{110B9}\u{11133}\u{11134}\u{111C0}\u{11235}\u{112EA}\u{1134D}\u{11442}\u{114C2}\u{115BF}\u{1163F}\u{116B6}\u{1172B}\u{11839}\u{1193D}\u{1193E}\u{119E0}\u{11A34}\u{11A47}\u{11A99}\u{11C3F}\u{11D44}\u{11D45}\u{11D97}]/u;

/** Letters that join to what stands before them but not to what follows (Joining_Type=R), Arabic block. */
const joinsOnlyBackward =
	/[\u0622-\u0625\u0627\u0629\u062F-\u0632\u0648\u0671-\u0673\u0675-\u0677\u0688-\u0699\u06C0\u06C3-\u06CB\u06CD\u06CF\u06D2\u06D3\u06D5\u06EE\u06EF\u0759-\u075B\u076B\u076C\u0771\u0773\u0774\u0778\u0779\u0870-\u0882\u088E\u08AA-\u08AC\u08AE\u08B1\u08B2\u08B9]/;
const joinsNothing = /[\u0621\u0674]/;
const arabicLetter = /(?=\p{Script=Arabic})\p{L}/u;
const mark = /[\p{Mn}\p{Me}]/u;

/** Whether a character is valid only in context: then {@link contextAllows} decides. */
export function isContextual(character: string): boolean {
	return contextual.test(character);
}

/** Decides over the contextual character at `index` of a name or label given as code points. */
export function contextAllows(characters: readonly string[], index: number): boolean {
	const character = characters[index] ?? '';
	const before = characters[index - 1] ?? '';
	const after = characters[index + 1] ?? '';
	// A rule about the whole text is settled where the character comes first, as the callers stop at the first refusal; to
	// ask it again at every place takes time in the square of the length.
	const isDecided = characters.indexOf(character) < index;
	switch (character) {
		case '\u200C':
			return virama.test(before) || joinsAround(characters, index);
		case '\u200D':
			return virama.test(before);
		case '\u00B7':
			return before === 'l' && after === 'l';
		case '\u0375':
			return /\p{Script=Greek}/u.test(after);
		case '\u05F3':
		case '\u05F4':
			return /\p{Script=Hebrew}/u.test(before);
		case '\u30FB':
			return (
				isDecided || characters.some(other => /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(other))
			);
		default:
			return isDecided || oneSetOfDigits(characters, character);
	}
}

/** Arabic-Indic and extended Arabic-Indic digits look alike and may not be mixed. */
function oneSetOfDigits(characters: readonly string[], digit: string): boolean {
	const others = digit < '\u06F0' ? /[\u06F0-\u06F9]/ : /[\u0660-\u0669]/;
	return !characters.some(other => others.test(other));
}

/**
 * A non-joiner between letters that would join without it. Only Arabic letters are known here; the few other joining
 * scripts are refused the character, which is the safe side.
 */
function joinsAround(characters: readonly string[], index: number): boolean {
	let left = index - 1;
	while (mark.test(characters[left] ?? '')) {
		left--;
	}

	let right = index + 1;
	while (mark.test(characters[right] ?? '')) {
		right++;
	}

	const before = characters[left] ?? '';
	const after = characters[right] ?? '';
	return (
		arabicLetter.test(before) &&
		!joinsOnlyBackward.test(before) &&
		!joinsNothing.test(before) &&
		arabicLetter.test(after) &&
		!joinsNothing.test(after)
	);
}
