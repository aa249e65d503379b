/** Hyperlinks (OSC 8): which targets the terminal may be given, and where a text names one. */

/** Longer targets are no links; terminals cut them, or drop the sequence. */
const longestTarget = 2000;
const allowed = /^(?:https?|xmpp|mailto|geo):[\x21-\x7e]+$/iu;

/**
 * The target if it can stand inside an OSC 8 sequence, else the empty string: only printable ASCII of a sane length with
 * a scheme that does no harm when it is clicked (http, https, xmpp, mailto, geo).
 */
export function safeLink(target: string | undefined): string {
	return target !== undefined && target.length <= longestTarget && allowed.test(target) ? target : '';
}

/** A part of a text, in UTF-16 units, that names a place. */
export type FoundLink = {readonly from: number; readonly to: number; readonly target: string};

const candidate = /(?<![\p{L}\p{N}_])(?:https?:\/\/|xmpp:|mailto:|geo:)[^\s<>"\p{C}]+/giu;
/** What stands behind an address rather than in it: punctuation, quotation marks, marks of Message Styling. */
const trailing = /[.,;:!?'"`*…。、，）」』”’»]$/u;
const brackets: Readonly<Record<string, string>> = {')': '(', ']': '[', '}': '{'};

/** Takes off what ends the sentence, and closing brackets that the address does not open. */
function trimEnd(text: string): string {
	let end = text.length;
	const open = new Map<string, number>();
	for (const character of text) {
		const opening = brackets[character] ?? character;
		open.set(opening, (open.get(opening) ?? 0) + (opening === character ? 1 : -1));
	}

	for (; end > 0; end--) {
		const last = text.charAt(end - 1);
		const opening = brackets[last];
		if (opening !== undefined) {
			const balance = open.get(opening) ?? 0;
			if (balance >= 0) {
				break;
			}

			open.set(opening, balance + 1);
		} else if (!trailing.test(last)) {
			break;
		}
	}

	return text.slice(0, end);
}

/**
 * What clicking opens, or the empty string. The text itself shows where it leads, so what misleads the eye is no link:
 * a name before the host (`https://bank.example@other.example`), a host that is not written in ASCII.
 */
function targetOf(text: string): string {
	if (text.length > longestTarget || !URL.canParse(text)) {
		return '';
	}

	const url = new URL(text);
	if (/^https?:$/u.test(url.protocol)) {
		const authority = /^https?:\/\/([^/?#]*)/iu.exec(text)?.[1] ?? '';
		return /^[\x21-\x7e]+$/u.test(authority) && !authority.includes('@') ? safeLink(url.href) : '';
	}

	const isPlace =
		(url.protocol === 'geo:' && /^geo:-?\d/iu.test(text)) ||
		(url.protocol === 'mailto:' && text.includes('@')) ||
		url.protocol === 'xmpp:';
	return isPlace ? safeLink(url.href) : '';
}

/** The links in a text, first to last. They never overlap and never end with the punctuation of the sentence. */
export function findLinks(text: string): readonly FoundLink[] {
	if (!text.includes(':')) {
		return [];
	}

	const found: FoundLink[] = [];
	for (const match of text.matchAll(candidate)) {
		const shown = trimEnd(match[0]);
		const target = targetOf(shown);
		if (target !== '') {
			found.push({from: match.index, to: match.index + shown.length, target});
		}
	}

	return found;
}

const numbers = new Map<string, number>();
/** The identifiers only have to differ while two links are on one screen. */
const mostNumbers = 5000;

/**
 * The sequence that makes what follows a link to `target`; the empty string ends it. The `id` tells the terminal that
 * pieces on several rows are one link.
 */
export function linkSequence(target: string): string {
	if (target === '') {
		return '\u{1B}]8;;\u{1B}\\';
	}

	let number = numbers.get(target);
	if (number === undefined) {
		if (numbers.size >= mostNumbers) {
			numbers.clear();
		}

		number = numbers.size;
		numbers.set(target, number);
	}

	return `\u{1B}]8;id=${number.toString(36)};${target}\u{1B}\\`;
}
