export {type PrintableRule, printable} from './printable.js';
export {displayWidth, graphemes, truncateToWidth} from './width.js';

/** How many code points a text has: what XEP-0426 counts, where `length` counts UTF-16 units. */
export function codePointLength(text: string): number {
	let length = 0;
	for (let index = 0; index < text.length; index++) {
		const unit = text.charCodeAt(index);
		if (unit >= 0xd800 && unit <= 0xdbff) {
			const next = text.charCodeAt(index + 1);
			if (next >= 0xdc00 && next <= 0xdfff) {
				index++;
			}
		}

		length++;
	}

	return length;
}

/** At most `most` code points of a text, the last of them an ellipsis where something was cut. */
export function shortened(text: string, most: number): string {
	// A code point has at most two units: no more of a huge text is looked at.
	const characters = Array.from(text.slice(0, 2 * (most + 1)));
	return characters.length > most ? `${characters.slice(0, most - 1).join('')}\u2026` : text;
}

const sendable = /^[\t\n -~]*$/;
const removed = /[\0-\u0008\u000B\u000C\u000E-\u001F]/g;
const replaced = /[\p{Cs}\uFFFE\uFFFF]/gu;

/**
 * Makes typed or pasted text fit for XML 1.0, which cannot carry most control characters in any spelling: they are
 * removed; lone surrogates, U+FFFE and U+FFFF become U+FFFD. Line ends become a newline. Apply it before a message is
 * committed, or the poisoned one would end the stream again after every reconnection.
 */
export function sanitizeOutgoing(text: string): string {
	if (sendable.test(text)) {
		return text;
	}

	return text.replace(/\r\n?/g, '\n').replace(removed, '').replace(replaced, '\uFFFD');
}

const unsafeInJson = /[\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g;

/**
 * One line of JSON without the newline at its end, safe to print on a terminal: what JSON itself leaves as it is
 * (C1 controls, bidi controls) is escaped too, so that the value is unchanged for whoever parses it.
 */
export function jsonLine(value: unknown): string {
	const line = JSON.stringify(value) ?? 'null';
	return line.replace(unsafeInJson, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
