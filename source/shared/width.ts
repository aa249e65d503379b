import stringWidth from 'string-width';

const printableAscii = /^[ -~]*$/;
const segmenter = new Intl.Segmenter();

/** Words and graphemes come again and again; measuring one beyond ASCII takes microseconds. */
const cache = new Map<string, number>();
const cacheSize = 4096;
const longestCached = 64;

/** How many columns of a terminal a text takes; expects what `printable` made of it, in one line. */
export function displayWidth(text: string): number {
	if (printableAscii.test(text)) {
		return text.length;
	}

	if (text.length > longestCached) {
		return measure(text);
	}

	let width = cache.get(text);
	if (width === undefined) {
		width = measure(text);
		if (cache.size >= cacheSize) {
			cache.clear();
		}

		cache.set(text, width);
	}

	return width;
}

function measure(text: string): number {
	let width = 0;
	for (const {text: piece} of pieces(text)) {
		// Escape sequences are no concern here: `printable` left none, and skipping the search for them is faster.
		width += stringWidth(piece, {countAnsiEscapeCodes: true});
	}

	return width;
}

type Piece = {readonly text: string; readonly index: number};

/** UTF-16 units; a grapheme longer than this is an attack and gets cut. */
const pieceLength = 256;

/**
 * Cuts a long text between graphemes. Going through one with `Intl.Segmenter` in one go takes time in the square of its
 * length, minutes for a megabyte.
 */
function* pieces(text: string): Generator<Piece, void, undefined> {
	let index = 0;
	while (text.length - index > pieceLength) {
		const piece = wholeCharacters(text.slice(index, index + pieceLength));
		// The last grapheme of a piece may go on behind it, so it is left to the next one.
		const boundary = segmenter.segment(piece).containing(piece.length - 1)?.index;
		const length = boundary === undefined || boundary === 0 ? piece.length : boundary;
		yield {text: piece.slice(0, length), index};
		index += length;
	}

	yield {text: text.slice(index), index};
}

/** A piece without half a surrogate pair at its end. */
function wholeCharacters(piece: string): string {
	return /[\uD800-\uDBFF]$/.test(piece) ? piece.slice(0, -1) : piece;
}

function* segments(text: string): Generator<Piece, void, undefined> {
	for (const piece of pieces(text)) {
		for (const {segment, index} of segmenter.segment(piece.text)) {
			yield {text: segment, index: piece.index + index};
		}
	}
}

/** What a person calls characters: the units a cursor moves by and a cell holds. */
export function graphemes(text: string): readonly string[] {
	return printableAscii.test(text) ? text.split('') : Array.from(segments(text), segment => segment.text);
}

/**
 * Cuts a text to at most `columns`, between graphemes, and ends it with `marker` if anything was cut. Looks only at as
 * much of the text as fits.
 */
export function truncateToWidth(text: string, columns: number, marker = '\u2026'): string {
	if (columns <= 0) {
		return '';
	}

	if (text.length <= columns && printableAscii.test(text)) {
		return text;
	}

	const room = columns - displayWidth(marker);
	let width = 0;
	let end = 0;
	for (const {text: segment, index} of segments(text)) {
		width += displayWidth(segment);
		if (width > columns) {
			return room < 0 ? text.slice(0, end) : text.slice(0, end) + marker;
		}

		if (width <= (room < 0 ? columns : room)) {
			end = index + segment.length;
		}
	}

	return text;
}
