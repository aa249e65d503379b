import {matchesIn, type Phrase} from '../../shared/search-text.js';
import type {StyledLine} from '../screen/line.js';
import type {StyleId} from '../screen/style.js';

/** What was looked for in a buffer, and the message that was gone to. */
export type FoundIn = {readonly key: number; readonly phrases: readonly Phrase[]};

const made = new WeakMap<readonly StyledLine[], {readonly of: FoundIn; readonly lines: readonly StyledLine[]}>();

/**
 * The lines of a message with what matches in another style, also across the end of a line; a message that was gone to
 * without words is marked at its name. `from`: the column where its text begins. The same lines give the same lines.
 */
export function withFound(
	lines: readonly StyledLine[],
	found: FoundIn,
	{key, from, style}: {readonly key: number; readonly from: number; readonly style: StyleId},
): readonly StyledLine[] {
	if (found.phrases.length === 0 && found.key !== key) {
		return lines;
	}

	const known = made.get(lines);
	if (known?.of === found) {
		return known.lines;
	}

	const places = found.phrases.length === 0 ? [] : placesOf(lines, found.phrases, from);
	const marked =
		places.length > 0
			? styled(lines, places, style)
			: found.key === key
				? lines.map((line, index) => (index === 0 ? inStyle(line, 0, from, style) : line))
				: lines;
	made.set(lines, {of: found, lines: marked});
	return marked;
}

type Place = {readonly line: number; readonly column: number};

function placesOf(lines: readonly StyledLine[], phrases: readonly Phrase[], from: number): readonly Place[] {
	let text = '';
	/** For each UTF-16 unit of the text: its cell. */
	const cells: Place[] = [];
	for (const [line, {cells: row}] of lines.entries()) {
		for (let column = from; column < row.length; column++) {
			const cell = row[column] ?? '';
			text += cell;
			for (let unit = 0; unit < cell.length; unit++) {
				cells.push({line, column});
			}
		}

		// Where a line was broken there was a space.
		text += ' ';
		cells.push({line, column: row.length});
	}

	return matchesIn(text, phrases).flatMap(({from: start, to}) => cells.slice(start, to));
}

function styled(lines: readonly StyledLine[], places: readonly Place[], style: StyleId): readonly StyledLine[] {
	const changed = new Map<number, Uint16Array>();
	for (const {line, column} of places) {
		const styles = changed.get(line) ?? Uint16Array.from(lines[line]?.styles ?? []);
		changed.set(line, styles);
		const {cells = []} = lines[line] ?? {};
		// The second half of a wide letter goes with the first.
		for (let at = column; at < cells.length && (at === column || cells[at] === ''); at++) {
			styles[at] = style;
		}
	}

	return lines.map((line, index) => {
		const styles = changed.get(index);
		return styles === undefined ? line : {...line, styles};
	});
}

function inStyle(line: StyledLine, from: number, to: number, style: StyleId): StyledLine {
	const styles = Uint16Array.from(line.styles);
	for (let at = from; at < Math.min(to, line.cells.length); at++) {
		if ((line.cells[at] ?? '').trim() !== '') {
			styles[at] = style;
		}
	}

	return {...line, styles};
}
