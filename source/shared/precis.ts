/**
 * PRECIS: which characters an address may have, and in which one form they are compared (RFC 8264, RFC 8265). The
 * tables of the RFC are not copied: they are derived from the Unicode properties that the language knows, as RFC 8264
 * §8 defines them.
 */
import {satisfiesBidiRule} from './bidi-rule.js';
import {contextAllows, isContextual} from './contextual-rules.js';

/** Exceptions (RFC 5892 §2.6, RFC 8264 §9.6), before any property is looked at. */
export const exceptionallyValid = /[\u00DF\u03C2\u06FD\u06FE\u0F0B\u3007]/u;
export const exceptionallyDisallowed = /[\u0640\u07FA\u302E\u302F\u3031-\u3035\u303B]/u;
export const oldHangulJamo = /[\u1100-\u11FF\uA960-\uA97C\uD7B0-\uD7C6\uD7CB-\uD7FB]/u;
export const ignorable = /[\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/u;
/** Not made before it is asked: reading the properties takes half a millisecond, and ASCII needs none of them. */
export const isLetterDigit = (character: string) => /[\p{Ll}\p{Lu}\p{Lo}\p{Nd}\p{Lm}\p{Mn}\p{Mc}]/u.test(character);
const isFreeform = (character: string) => /[\p{Lt}\p{Nl}\p{No}\p{Me}\p{Zs}\p{S}\p{P}]/u.test(character);
const unassigned = /\p{Cn}/u;
const control = /\p{Cc}/u;
const printableAscii = /^[!-~]*$/;

type StringClass = 'identifier' | 'freeform';

function isValid(character: string, index: number, characters: readonly string[], stringClass: StringClass): boolean {
	if (character >= '!' && character <= '~') {
		return true;
	}

	if (exceptionallyValid.test(character)) {
		return true;
	}

	if (isContextual(character)) {
		return contextAllows(characters, index);
	}

	if (
		exceptionallyDisallowed.test(character) ||
		unassigned.test(character) ||
		oldHangulJamo.test(character) ||
		ignorable.test(character) ||
		control.test(character)
	) {
		return false;
	}

	// A compatibility equivalent, such as U+2163 for IV, is only good where text is free.
	if (character.normalize('NFKC') !== character) {
		return stringClass === 'freeform';
	}

	return isLetterDigit(character) || (stringClass === 'freeform' && isFreeform(character));
}

function isInClass(text: string, stringClass: StringClass): boolean {
	const characters = [...text];
	return characters.every((character, index) => isValid(character, index, characters, stringClass));
}

const wideOrNarrow = /[\u3000\uFF01-\uFFEF]/g;

/** Full-width and half-width forms become the ordinary characters they stand for (RFC 8264 §5.2.1). */
export function mapWidth(text: string): string {
	return text.replace(wideOrNarrow, character => character.normalize('NFKC'));
}

/**
 * The UsernameCaseMapped profile (RFC 8265 §3.3): a name with one spelling whatever case or width it was typed in.
 * Empty or disallowed text answers `undefined`.
 */
export function usernameCaseMapped(text: string): string | undefined {
	if (printableAscii.test(text)) {
		return text === '' ? undefined : text.toLowerCase();
	}

	return stable(text, current => {
		const narrow = mapWidth(current);
		if (!isInClass(narrow, 'identifier')) {
			return undefined;
		}

		const mapped = narrow.toLowerCase().normalize('NFC');
		return isInClass(mapped, 'identifier') && satisfiesBidiRule(mapped) ? mapped : undefined;
	});
}

/**
 * The OpaqueString profile (RFC 8265 §4.2), for resources, nicks and passwords: case and width are kept, spaces
 * become the ASCII one. Empty or disallowed text answers `undefined`.
 */
export function opaqueString(text: string): string | undefined {
	if (printableAscii.test(text)) {
		return text === '' ? undefined : text;
	}

	return stable(text, current => {
		const mapped = current.replace(/\p{Zs}/gu, ' ').normalize('NFC');
		return isInClass(mapped, 'freeform') ? mapped : undefined;
	});
}

/** Applies the rules until they change nothing (RFC 8264 §7 asks for up to three more rounds, else rejection). */
function stable(text: string, enforce: (text: string) => string | undefined): string | undefined {
	let current: string | undefined = text;
	for (let round = 0; round < 4; round++) {
		const next: string | undefined = enforce(current);
		if (next === undefined || next === '') {
			return undefined;
		}

		if (next === current) {
			return next;
		}

		current = next;
	}

	return undefined;
}
