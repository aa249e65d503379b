import {type ColorDepth, defaultColor, isRgb, type PackedColor, packPalette, packRgb, reduceColor} from './color.js';
import {linkSequence} from './link.js';
import {attributes, internLook, type Look, lookOf, plain, type StyleId} from './style.js';

const {bold, dim, italic, underline, inverse, strikethrough} = attributes;

/** SGR codes that switch attributes: bit, on, off. Bold and dim share their off. */
const switches = [
	[bold, 1, 22],
	[dim, 2, 22],
	[italic, 3, 23],
	[underline, 4, 24],
	[inverse, 7, 27],
	[strikethrough, 9, 29],
] as const;

/** Reads the colour after 38 or 48; gives it and how many parameters it took. */
function extendedColor(parameters: readonly number[], at: number): {color: PackedColor; taken: number} | undefined {
	if (parameters[at] === 5 && parameters[at + 1] !== undefined) {
		return {color: packPalette(parameters[at + 1] ?? 0), taken: 2};
	}

	if (parameters[at] === 2 && parameters[at + 3] !== undefined) {
		return {
			color: packRgb(parameters[at + 1] ?? 0, parameters[at + 2] ?? 0, parameters[at + 3] ?? 0),
			taken: 4,
		};
	}

	return undefined;
}

/** The style after `CSI parameters m`; what is not known is ignored. An empty list means 0. */
export function applySgr(current: StyleId, parameters: readonly number[]): StyleId {
	let {foreground, background, flags} = lookOf(current);
	const {link} = lookOf(current);
	const list = parameters.length === 0 ? [0] : parameters;
	for (let at = 0; at < list.length; at++) {
		const code = list[at] ?? 0;
		if (code === 0) {
			foreground = defaultColor;
			background = defaultColor;
			flags = 0;
		} else if (code === 38 || code === 48) {
			const extended = extendedColor(list, at + 1);
			if (extended === undefined) {
				break;
			}

			at += extended.taken;
			if (code === 38) {
				foreground = extended.color;
			} else {
				background = extended.color;
			}
		} else if (code === 39) {
			foreground = defaultColor;
		} else if (code === 49) {
			background = defaultColor;
		} else if (code >= 30 && code <= 37) {
			foreground = packPalette(code - 30);
		} else if (code >= 40 && code <= 47) {
			background = packPalette(code - 40);
		} else if (code >= 90 && code <= 97) {
			foreground = packPalette(code - 90 + 8);
		} else if (code >= 100 && code <= 107) {
			background = packPalette(code - 100 + 8);
		} else {
			for (const [bit, on, off] of switches) {
				if (code === on) {
					flags |= bit;
				} else if (code === off) {
					flags &= ~bit;
				}
			}
		}
	}

	return internLook({foreground, background, flags, link});
}

function colorCodes(color: PackedColor, base: 30 | 40): string {
	if (color === defaultColor) {
		return String(base + 9);
	}

	if (isRgb(color)) {
		return `${base + 8};2;${(color >> 16) & 0xff};${(color >> 8) & 0xff};${color & 0xff}`;
	}

	const index = color - 1;
	if (index < 8) {
		return String(base + index);
	}

	return index < 16 ? String(base + 60 + index - 8) : `${base + 8};5;${index}`;
}

function changes(from: Look, to: Look): string[] {
	const codes: string[] = [];
	let {flags} = from;
	for (const [bit, , off] of switches) {
		if ((flags & bit) !== 0 && (to.flags & bit) === 0) {
			codes.push(String(off));
			flags &= off === 22 ? ~(bold | dim) : ~bit;
		}
	}

	for (const [bit, on] of switches) {
		if ((to.flags & bit) !== 0 && (flags & bit) === 0) {
			codes.push(String(on));
		}
	}

	if (from.foreground !== to.foreground) {
		codes.push(colorCodes(to.foreground, 30));
	}

	if (from.background !== to.background) {
		codes.push(colorCodes(to.background, 40));
	}

	return codes;
}

const plainLook: Look = lookOf(plain);

function transition(from: Look, to: Look): string {
	let sgr = '';
	const direct = changes(from, to).join(';');
	if (direct !== '') {
		const fresh = ['', ...changes(plainLook, to)].join(';');
		// `CSI m` and `CSI ;1m` begin with an empty parameter, which is 0: reset first.
		sgr = fresh.length <= direct.length ? `\u{1B}[${fresh}m` : `\u{1B}[${direct}m`;
	}

	return from.link === to.link ? sgr : `${sgr}${linkSequence(to.link)}`;
}

/** Gives the bytes that take the terminal from one style to another. */
export type StyleEmitter = (from: StyleId, to: StyleId) => string;

/**
 * Shortest transitions for one colour depth; every pair is worked out once. `links`: whether the terminal knows OSC 8,
 * or at least skips it.
 */
export function createStyleEmitter(depth: ColorDepth, links = true): StyleEmitter {
	const reduced = new Map<StyleId, Look>();
	const pairs = new Map<number, string>();
	const reduce = (id: StyleId): Look => {
		let look = reduced.get(id);
		if (look === undefined) {
			const full = lookOf(id);
			look = {
				...full,
				foreground: reduceColor(full.foreground, depth),
				background: reduceColor(full.background, depth),
				link: links ? full.link : '',
			};
			reduced.set(id, look);
		}

		return look;
	};

	// Pairs grow with the square of the styles in use; links make styles of their own, so the table is kept small.
	const maximumPairs = 10_000;
	return (from, to) => {
		if (from === to) {
			return '';
		}

		const pair = from * 0x10000 + to;
		let bytes = pairs.get(pair);
		if (bytes === undefined) {
			bytes = transition(reduce(from), reduce(to));
			if (pairs.size >= maximumPairs) {
				pairs.clear();
			}

			pairs.set(pair, bytes);
		}

		return bytes;
	};
}
