import {lineEnd, lineStart, nextGrapheme, previousGrapheme} from '../../input/boundaries.js';

/** Where a motion leads, and what an operator takes with it. Offsets are UTF-16 units between graphemes. */
export type Target = {
	readonly to: number;
	/** `exclusive`: up to the target; `inclusive`: with the grapheme there; `lines`: whole lines. */
	readonly kind: 'exclusive' | 'inclusive' | 'lines';
};

/** A search for a character in the line: `f`, `F`, `t` or `T`. */
export type Find = {readonly kind: 'f' | 'F' | 't' | 'T'; readonly character: string};

export type Motion = (text: string, cursor: number, count: number | undefined) => Target | undefined;

/** What a grapheme is: `0` blank, the rest by kind. In `big` words there is one kind only. */
function kindAt(text: string, at: number, big: boolean): 0 | 1 | 2 {
	const character = String.fromCodePoint(text.codePointAt(at) ?? 0x20);
	if (/\s/u.test(character)) {
		return 0;
	}

	return big || /[\p{L}\p{N}\p{M}_]/u.test(character) ? 1 : 2;
}

/** An empty line is a word. */
function isEmptyLine(text: string, at: number): boolean {
	return text[at] === '\n' && (at === 0 || text[at - 1] === '\n');
}

/** The start of the next word. */
export function wordForward(text: string, cursor: number, big: boolean): number {
	let at = cursor;
	const kind = kindAt(text, at, big);
	while (kind !== 0 && at < text.length && kindAt(text, at, big) === kind) {
		at = nextGrapheme(text, at);
	}

	while (at < text.length && kindAt(text, at, big) === 0 && (at === cursor || !isEmptyLine(text, at))) {
		at = nextGrapheme(text, at);
	}

	return at;
}

/** The start of the word, or of the one before. */
export function wordBackward(text: string, cursor: number, big: boolean): number {
	let at = previousGrapheme(text, cursor);
	while (at > 0 && kindAt(text, at, big) === 0 && !isEmptyLine(text, at)) {
		at = previousGrapheme(text, at);
	}

	const kind = kindAt(text, at, big);
	while (at > 0 && kind !== 0 && kindAt(text, previousGrapheme(text, at), big) === kind) {
		at = previousGrapheme(text, at);
	}

	return at;
}

/** The last grapheme of the word, or of the next one. */
export function wordEnd(text: string, cursor: number, big: boolean): number {
	let at = nextGrapheme(text, cursor);
	while (at < text.length && kindAt(text, at, big) === 0) {
		at = nextGrapheme(text, at);
	}

	const kind = kindAt(text, at, big);
	for (let next = nextGrapheme(text, at); next < text.length; next = nextGrapheme(text, at)) {
		if (kindAt(text, next, big) !== kind) {
			break;
		}

		at = next;
	}

	return Math.min(at, previousGrapheme(text, text.length));
}

/** The stretch that `iw` and `aw` mean; `around`: with the blanks behind it, else with those before it. */
export function wordAround(
	text: string,
	cursor: number,
	big: boolean,
	around: boolean,
): {readonly from: number; readonly to: number} {
	const start = lineStart(text, cursor);
	const end = lineEnd(text, cursor);
	const kind = kindAt(text, cursor, big);
	const stretch = (at: number, step: 1 | -1, wanted: 0 | 1 | 2): number => {
		for (let next = at; ; ) {
			const beside = step === 1 ? next : previousGrapheme(text, next);
			if ((step === 1 ? next >= end : next <= start) || kindAt(text, beside, big) !== wanted) {
				return next;
			}

			next = step === 1 ? nextGrapheme(text, next) : beside;
		}
	};

	const from = stretch(cursor, -1, kind);
	const to = stretch(cursor, 1, kind);
	if (!around) {
		return {from, to};
	}

	if (kind === 0) {
		return {from, to: to < end ? stretch(to, 1, kindAt(text, to, big)) : to};
	}

	const behind = stretch(to, 1, 0);
	return behind > to ? {from, to: behind} : {from: stretch(from, -1, 0), to};
}

/** The first grapheme of a line that is no blank. */
export function firstNonBlank(text: string, at: number): number {
	const start = lineStart(text, at);
	const end = lineEnd(text, at);
	const blanks = /^[ \t]*/u.exec(text.slice(start, end))?.[0].length ?? 0;
	return start + blanks === end ? lastOnLine(text, start) : start + blanks;
}

/** The last place on a line that the cursor of normal mode can have. */
export function lastOnLine(text: string, at: number): number {
	const end = lineEnd(text, at);
	return end === lineStart(text, at) ? end : previousGrapheme(text, end);
}

/** Looks for a character in the line, `count` times. */
export function find(
	text: string,
	cursor: number,
	{kind, character}: Find,
	count: number,
	again = false,
): Target | undefined {
	const forward = kind === 'f' || kind === 't';
	const start = lineStart(text, cursor);
	const end = lineEnd(text, cursor);
	const step = (at: number) => (forward ? nextGrapheme(text, at) : previousGrapheme(text, at));
	const isInside = (at: number) => (forward ? at < end : at >= start);
	const holds = (at: number) => text.startsWith(character, at) && nextGrapheme(text, at) === at + character.length;
	// `t` repeated would stay before the one it has found.
	let at = again && (kind === 't' || kind === 'T') ? step(cursor) : cursor;
	for (let left = count; left > 0; ) {
		const next = step(at);
		if (next === at || !isInside(next)) {
			return undefined;
		}

		at = next;
		left -= holds(at) ? 1 : 0;
	}

	switch (kind) {
		case 'f':
			return {to: at, kind: 'inclusive'};
		case 't':
			return {to: previousGrapheme(text, at), kind: 'inclusive'};
		case 'F':
			return {to: at, kind: 'exclusive'};
		default:
			return {to: nextGrapheme(text, at), kind: 'exclusive'};
	}
}

function repeated(
	step: (text: string, at: number) => number,
): (text: string, cursor: number, count?: number) => number {
	return (text, cursor, count = 1) => {
		let at = cursor;
		for (let left = count; left > 0; left--) {
			const next = step(text, at);
			if (next === at) {
				break;
			}

			at = next;
		}

		return at;
	};
}

const exclusive =
	(step: (text: string, at: number) => number): Motion =>
	(text, cursor, count) => ({to: repeated(step)(text, cursor, count), kind: 'exclusive'});

/** The column is kept in graphemes of the line; `undefined` where there is no such line. */
const byLines =
	(direction: 1 | -1): Motion =>
	(text, cursor, count = 1) => {
		let at = cursor;
		for (let left = count; left > 0; left--) {
			const beside = direction === 1 ? lineEnd(text, at) + 1 : lineStart(text, at) - 1;
			if (beside < 0 || beside > text.length) {
				return undefined;
			}

			at = lineStart(text, beside);
		}

		let column = 0;
		for (let before = lineStart(text, cursor); before < cursor; before = nextGrapheme(text, before)) {
			column++;
		}

		for (const last = lastOnLine(text, at); column > 0 && at < last; column--) {
			at = nextGrapheme(text, at);
		}

		return {to: at, kind: 'lines'};
	};

function lineNumber(text: string, number: number): number {
	let at = 0;
	for (let line = 1; line < number; line++) {
		const end = lineEnd(text, at);
		if (end === text.length) {
			break;
		}

		at = end + 1;
	}

	return firstNonBlank(text, at);
}

const toLastLine: Motion = (text, _, count) => ({
	to: count === undefined ? firstNonBlank(text, text.length) : lineNumber(text, count),
	kind: 'lines',
});

/** The motions of one key, and `gg`. */
export const motions: Readonly<Record<string, Motion>> = {
	h: exclusive((text, at) => (at > lineStart(text, at) ? previousGrapheme(text, at) : at)),
	l: exclusive((text, at) => (at < lineEnd(text, at) ? nextGrapheme(text, at) : at)),
	j: byLines(1),
	k: byLines(-1),
	w: exclusive((text, at) => wordForward(text, at, false)),
	W: exclusive((text, at) => wordForward(text, at, true)),
	b: exclusive((text, at) => wordBackward(text, at, false)),
	B: exclusive((text, at) => wordBackward(text, at, true)),
	e: (text, cursor, count) => ({
		to: repeated((each, at) => wordEnd(each, at, false))(text, cursor, count),
		kind: 'inclusive',
	}),
	E: (text, cursor, count) => ({
		to: repeated((each, at) => wordEnd(each, at, true))(text, cursor, count),
		kind: 'inclusive',
	}),
	'0': (text, cursor) => ({to: lineStart(text, cursor), kind: 'exclusive'}),
	'^': (text, cursor) => ({to: firstNonBlank(text, cursor), kind: 'exclusive'}),
	$: (text, cursor, count = 1) => {
		let at = cursor;
		for (let left = count; left > 1 && lineEnd(text, at) < text.length; left--) {
			at = lineEnd(text, at) + 1;
		}

		return {to: lastOnLine(text, at), kind: 'inclusive'};
	},
	gg: (text, _, count = 1) => ({to: lineNumber(text, count), kind: 'lines'}),
	G: toLastLine,
};
