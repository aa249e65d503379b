/** Domains of addresses: IDNA2008 (RFC 5890–5893) with the mappings of RFC 5895, strict. */
import {isIPv4, isIPv6} from 'node:net';
import {domainToASCII, domainToUnicode} from 'node:url';
import {hasRightToLeft, satisfiesBidiRule} from './bidi-rule.js';
import {contextAllows, isContextual} from './contextual-rules.js';
import {
	exceptionallyDisallowed,
	exceptionallyValid,
	ignorable,
	isLetterDigit,
	mapWidth,
	oldHangulJamo,
} from './precis.js';

const ideographicFullStops = /[\u3002\uFF0E\uFF61]/g;
const asciiLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** Combining diacritical marks for symbols, musical symbols, ancient Greek musical notation (RFC 5892 §2.4). */
const ignorableBlock = /[\u20D0-\u20FF\u{1D100}-\u{1D1FF}\u{1D200}-\u{1D24F}]/u;
const unstable = /\p{Changes_When_NFKC_Casefolded}/u;
/** The longest name DNS can carry, in its ASCII form. */
const longestName = 253;

/**
 * One form of a domain, in which equal domains are equal strings: lower case, U-labels, no trailing dot; IP literals
 * as they are, IPv6 in brackets (RFC 7622 §3.2). Answers `undefined` for what is not a domain.
 */
export function normaliseDomain(text: string): string | undefined {
	if (text.startsWith('[') && text.endsWith(']')) {
		const literal = text.slice(1, -1).toLowerCase();
		return isIPv6(literal) && !literal.includes('%') ? `[${literal}]` : undefined;
	}

	const mapped = mapWidth(text.replace(ideographicFullStops, '.')).toLowerCase().normalize('NFC');
	const name = mapped.endsWith('.') ? mapped.slice(0, -1) : mapped;
	if (isIPv4(name)) {
		return name;
	}

	const labels = name.split('.');
	const normalised: string[] = [];
	let asciiLength = -1;
	for (const label of labels) {
		const found = normaliseLabel(label);
		if (found === undefined) {
			return undefined;
		}

		normalised.push(found.unicode);
		asciiLength += found.ascii.length + 1;
	}

	const domain = normalised.join('.');
	// All digits would read as an address, and no such top-level domain can exist (RFC 3696 §2).
	if (asciiLength > longestName || /(?:^|\.)\d+$/.test(domain)) {
		return undefined;
	}

	if (hasRightToLeft(domain) && !normalised.every(label => satisfiesBidiRule(label, true))) {
		return undefined;
	}

	return domain;
}

function normaliseLabel(label: string): {readonly unicode: string; readonly ascii: string} | undefined {
	if (asciiLabel.test(label)) {
		if (!label.startsWith('xn--')) {
			// Other prefixes in these two places are reserved (RFC 5890 §2.3.1).
			return label.slice(2, 4) === '--' ? undefined : {unicode: label, ascii: label};
		}

		const unicode = domainToUnicode(label);
		return unicode !== label && isUnicodeLabel(unicode) && domainToASCII(unicode) === label
			? {unicode, ascii: label}
			: undefined;
	}

	if (!isUnicodeLabel(label)) {
		return undefined;
	}

	const ascii = domainToASCII(label);
	return ascii !== '' && ascii.length <= 63 && domainToUnicode(ascii) === label ? {unicode: label, ascii} : undefined;
}

/** Whether a label is a U-label: in its final form, and with a character beyond ASCII (RFC 5891 §4.2). */
function isUnicodeLabel(label: string): boolean {
	if (/^[\p{ASCII}]*$/u.test(label) || label.normalize('NFC') !== label) {
		return false;
	}

	if (label.startsWith('-') || label.endsWith('-') || label.slice(2, 4) === '--' || /^\p{M}/u.test(label)) {
		return false;
	}

	const characters = [...label];
	return characters.every((character, index) => isValid(character, index, characters));
}

function isValid(character: string, index: number, characters: readonly string[]): boolean {
	if (/^[a-z0-9-]$/.test(character) || exceptionallyValid.test(character)) {
		return true;
	}

	if (isContextual(character)) {
		return contextAllows(characters, index);
	}

	return (
		isLetterDigit(character) &&
		!exceptionallyDisallowed.test(character) &&
		!unstable.test(character) &&
		!ignorable.test(character) &&
		!ignorableBlock.test(character) &&
		!oldHangulJamo.test(character)
	);
}
