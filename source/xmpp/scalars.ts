import {type BareJid, type Jid, parseBareJid, parseJid} from '../shared/jid.js';

/**
 * How a piece of XML text stands for a value. `parse` answers `undefined` for everything that is not exactly such a
 * value: a size of `1e999` or a date of `yesterday` is absent, never a guess.
 */
export type Scalar<Value> = {
	parse(text: string): Value | undefined;
	format(value: Value): string;
};

/** Any text, the empty one too. */
export const string: Scalar<string> = {
	parse: text => text,
	format: value => value,
};

/** Text with at least one character. */
export const nonEmpty: Scalar<string> = {
	parse: text => (text === '' ? undefined : text),
	format: value => value,
};

/** Longer addresses of things on the web are none, in UTF-16 units. */
const longestAddress = 2000;

/** A URI as far as can be told without its scheme: one word, with a scheme, of a sane length. */
export const address: Scalar<string> = {
	parse(text) {
		const trimmed = text.length > 2 * longestAddress ? '' : text.trim();
		return trimmed.length <= longestAddress && /^[a-z][a-z\d+.-]*:[^\s<>"\p{C}]+$/iu.test(trimmed)
			? trimmed
			: undefined;
	},
	format: value => value,
};

/** One of a fixed set of words. */
export function choice<const Word extends string>(...words: readonly Word[]): Scalar<Word> {
	return {
		parse: text => words.find(word => word === text),
		format: value => value,
	};
}

/** A decimal whole number from `least` to `most`, both included. Without bounds: 0 to 2^53 - 1. */
export function integer(least = 0, most: number = Number.MAX_SAFE_INTEGER): Scalar<number> {
	return {
		parse(text) {
			if (!/^-?\d{1,16}$/.test(text)) {
				return undefined;
			}

			// `-0` would not equal what it came from.
			const value = Number(text) || 0;
			return value >= least && value <= most ? value : undefined;
		},
		format: String,
	};
}

/** A decimal number from `least` to `most`, both included (XML Schema: without an exponent, infinities or `NaN`). */
export function decimal(least: number, most: number): Scalar<number> {
	return {
		parse(text) {
			const digits = text.length > longestDecimal ? '' : text.trim();
			if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(digits)) {
				return undefined;
			}

			// `-0` would not equal what it came from.
			const value = Number(digits) || 0;
			return value >= least && value <= most ? value : undefined;
		},
		format: String,
	};
}

/** Characters that say a number; more of them say nothing more. */
const longestDecimal = 64;

/** `true`, `false`, `1` or `0` (XML Schema). */
export const boolean: Scalar<boolean> = {
	parse(text) {
		switch (text) {
			case 'true':
			case '1':
				return true;
			case 'false':
			case '0':
				return false;
			default:
				return undefined;
		}
	},
	format: String,
};

const dateTimePattern = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** A moment as XEP-0082 writes it, in milliseconds since the epoch; written in UTC. */
export const dateTime: Scalar<number> = {
	parse(text) {
		const match = dateTimePattern.exec(text);
		if (match === null) {
			return undefined;
		}

		const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
		const zoneHours = Number(match[9] ?? 0);
		const zoneMinutes = Number(match[10] ?? 0);
		// 60 is a leap second, which our clock shows as the next one.
		if (hour > 23 || minute > 59 || second > 60 || zoneHours > 14 || zoneMinutes > 59) {
			return undefined;
		}

		const date = new Date(0);
		date.setUTCFullYear(year, month - 1, day);
		if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
			return undefined;
		}

		date.setUTCHours(hour, minute, second, Number((match[7] ?? '0').padEnd(3, '0').slice(0, 3)));
		const zone = (zoneHours * 60 + zoneMinutes) * 60_000;
		return date.getTime() - (match[8] === '-' ? -zone : zone);
	},
	format: value => new Date(value).toISOString().replace('.000Z', 'Z'),
};

/** A normalised address (RFC 7622). */
export const jid: Scalar<Jid> = {parse: parseJid, format: value => value};

/** A normalised address without resource. */
export const bareJid: Scalar<BareJid> = {parse: parseBareJid, format: value => value};

/** Bytes in base64 (RFC 4648 §4), as `<ciphertext/>`-like elements carry them; white space between is allowed. */
export const base64: Scalar<Uint8Array> = {
	parse(text) {
		const compact = text.replace(/[ \t\r\n]+/g, '');
		if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) {
			return undefined;
		}

		return new Uint8Array(Buffer.from(compact, 'base64'));
	},
	format: value => Buffer.from(value).toString('base64'),
};
