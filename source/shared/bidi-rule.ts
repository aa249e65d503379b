/** The Bidi Rule (RFC 5893 §2), which keeps a name from reading differently than its characters are ordered. */

/** Bidirectional classes, as far as the rule tells them apart; R and AL count as one. */
type BidiClass = 'L' | 'R' | 'AN' | 'EN' | 'NSM' | 'other';

const nonSpacingMark = /[\p{Mn}\p{Me}]/u;
const arabicNumber =
	/[\u0600-\u0605\u0660-\u0669\u066B\u066C\u06DD\u0890\u0891\u08E2\u{10D30}-\u{10D39}\u{10E60}-\u{10E7E}]/u;
const europeanNumber = /[0-9\u06F0-\u06F9]/;
/** The blocks whose unassigned code points default to right-to-left hold all such letters. */
const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const plain = /^[ -~]*$/;
/** Not made before it is asked: ASCII needs none of it. */
const isLetter = (character: string) => /[\p{L}\p{Mc}\p{Nd}\p{Nl}]/u.test(character);
const neutral = /[\p{P}\p{S}]/u;

function bidiClassOf(character: string): BidiClass {
	if (nonSpacingMark.test(character)) {
		return 'NSM';
	}

	if (europeanNumber.test(character)) {
		return 'EN';
	}

	if (arabicNumber.test(character)) {
		return 'AN';
	}

	if (rightToLeft.test(character) && !neutral.test(character)) {
		return 'R';
	}

	return isLetter(character) ? 'L' : 'other';
}

/** Whether a text has any right-to-left character or Arabic number. */
export function hasRightToLeft(text: string): boolean {
	if (plain.test(text)) {
		return false;
	}

	for (const character of text) {
		const bidiClass = bidiClassOf(character);
		if (bidiClass === 'R' || bidiClass === 'AN') {
			return true;
		}
	}

	return false;
}

/**
 * Whether one label or name keeps to the rule. A text without right-to-left characters does, unless `always` says that
 * it stands beside one that has some (labels of one domain).
 */
export function satisfiesBidiRule(text: string, always = false): boolean {
	if (!always && !hasRightToLeft(text)) {
		return true;
	}

	const classes = [...text].map(character => bidiClassOf(character));
	const last = classes.findLast(bidiClass => bidiClass !== 'NSM');
	const has = (bidiClass: BidiClass) => classes.includes(bidiClass);
	switch (classes[0]) {
		case 'R':
			return !has('L') && (last === 'R' || last === 'EN' || last === 'AN') && !(has('EN') && has('AN'));
		case 'L':
			return !has('R') && !has('AN') && (last === 'L' || last === 'EN');
		default:
			return false;
	}
}
