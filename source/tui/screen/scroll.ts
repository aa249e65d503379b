import {blank, type Grid} from './grid.js';
import type {Rectangle} from './layers.js';
import {plain, type StyleId} from './style.js';

/** Rows `top` to `bottom` (included) moved up by `by` (down when negative) show more of what is wanted. */
export type Scroll = {readonly top: number; readonly bottom: number; readonly by: number};

/** Fewer changed rows than this are repainted faster than looked at. */
const fewestRows = 3;
/** What setting the scroll region, scrolling and setting it back costs, in bytes. */
const overhead = 24;
/** What moving to a run of changed cells costs, in bytes. */
const runCost = 6;
/** What changing the style costs, in bytes. */
const styleCost = 6;

/** A number for what stands in the columns of an area on one row; 0 for a blank row. */
function rowHash(grid: Grid, y: number, from: number, to: number): number {
	const {cells, styles, columns} = grid;
	let hash = 0;
	for (let at = y * columns + from; at < y * columns + to; at++) {
		const cell = cells[at] ?? blank;
		const style = styles[at] ?? plain;
		if (cell !== blank || style !== plain) {
			hash =
				(Math.imul(hash, 31) + Math.imul(at % columns, 0x9e3779b1) + cell.charCodeAt(0) * 131 + cell.length + style) |
				0;
		}
	}

	return hash;
}

/** About how many bytes it takes to turn row `from` of `shown` (a blank row when it is outside the band) into row `y`. */
function rowCost(wanted: Grid, y: number, shown: Grid, from: number | undefined): number {
	let cost = 0;
	let inRun = false;
	let style: StyleId = plain;
	const {columns} = wanted;
	for (let x = 0; x < columns; x++) {
		const at = y * columns + x;
		const same =
			from === undefined
				? wanted.cells[at] === blank && wanted.styles[at] === plain
				: wanted.cells[at] === shown.cells[from * columns + x] &&
					wanted.styles[at] === shown.styles[from * columns + x];
		if (!same) {
			cost += inRun ? 1 : 1 + runCost;
			const next = wanted.styles[at] ?? plain;
			if (next !== style && wanted.cells[at] !== blank) {
				cost += styleCost;
				style = next;
			}
		}

		inRun = !same;
	}

	return cost;
}

function bestShift(wanted: readonly number[], shown: readonly number[]): number {
	let best = 0;
	let bestMatches = 0;
	for (let shift = 1 - wanted.length; shift < wanted.length; shift++) {
		let matches = 0;
		for (let row = Math.max(0, -shift); row < Math.min(wanted.length, wanted.length - shift); row++) {
			if (wanted[row] !== 0 && wanted[row] === shown[row + shift]) {
				matches++;
			}
		}

		if (matches > bestMatches || (matches === bestMatches && Math.abs(shift) < Math.abs(best))) {
			best = shift;
			bestMatches = matches;
		}
	}

	return best;
}

type Band = {readonly top: number; readonly bottom: number; readonly saved: number};

/**
 * The rows of an area that are best moved by `by`, and all of them, where that saves bytes: rows at the edge may be cheaper
 * to repaint than what stands beside them is to repair.
 */
function bandsOf(wanted: Grid, shown: Grid, {y, height}: Rectangle, by: number): readonly Band[] {
	const distance = Math.abs(by);
	const moved = height - distance;
	// Counted in the direction of the movement: row 0 is where rows are lost, the rows from `moved` on come in blank.
	const rowAt = (index: number) => (by > 0 ? y + index : y + height - 1 - index);
	const gains: number[] = [];
	const blankGains: number[] = [];
	for (let index = 0; index < height; index++) {
		const row = rowAt(index);
		const still = rowCost(wanted, row, shown, row);
		gains.push(index < moved ? still - rowCost(wanted, row, shown, rowAt(index + distance)) : 0);
		blankGains.push(still - rowCost(wanted, row, shown, undefined));
	}

	const band = (first: number, last: number): Band => {
		let saved = -overhead;
		for (let index = first; index <= last + distance; index++) {
			saved += (index <= last ? gains[index] : blankGains[index]) ?? 0;
		}

		const [a, b] = [rowAt(first), rowAt(last + distance)];
		return {top: Math.min(a, b), bottom: Math.max(a, b), saved};
	};

	let best: Band | undefined;
	let start = 0;
	let sum = 0;
	for (let last = 0; last < moved; last++) {
		if (sum <= 0) {
			start = last;
			sum = 0;
		}

		sum += gains[last] ?? 0;
		const candidate = band(start, last);
		best = candidate.saved > (best?.saved ?? 0) ? candidate : best;
	}

	const whole = band(0, moved - 1);
	const isSame = best?.top === whole.top && best.bottom === whole.bottom;
	return [...(best === undefined ? [] : [best]), ...(whole.saved > 0 && !isSame ? [whole] : [])];
}

/**
 * Looks for an area whose rows have moved up or down as a whole: only the columns of the area are compared, but scrolling
 * moves whole rows of the terminal, so the cost of repairing what stands beside the area is weighed. What is weighed is
 * an estimate: where moving all rows and moving only some of them both look good, both are answered.
 * `changed` has a flag for each row that differs.
 */
export function findScrolls(
	wanted: Grid,
	shown: Grid,
	changed: Uint8Array,
	areas: readonly Rectangle[],
): readonly Scroll[] {
	let found: readonly Scroll[] = [];
	let mostSaved = 0;
	for (const area of areas) {
		const {x, y, width, height} = area;
		let rows = 0;
		for (let row = y; row < y + height; row++) {
			rows += changed[row] ?? 0;
		}

		if (rows < fewestRows || width === 0) {
			continue;
		}

		const hashes = (grid: Grid) => Array.from({length: height}, (_, row) => rowHash(grid, y + row, x, x + width));
		const by = bestShift(hashes(wanted), hashes(shown));
		const bands = by === 0 ? [] : bandsOf(wanted, shown, area, by);
		const saved = bands[0]?.saved ?? 0;
		if (saved > mostSaved) {
			mostSaved = saved;
			found = bands.map(({top, bottom}) => ({top, bottom, by}));
		}
	}

	return found;
}

/** Does to a grid what the terminal does when it scrolls. */
export function applyScroll(grid: Grid, {top, bottom, by}: Scroll): void {
	const {columns, cells, styles} = grid;
	const from = top * columns;
	const to = (bottom + 1) * columns;
	const distance = Math.min(Math.abs(by) * columns, to - from);
	// Not `copyWithin`: on an array of texts it takes a hundred times as long.
	if (by > 0) {
		for (let at = from; at < to - distance; at++) {
			cells[at] = cells[at + distance] ?? blank;
			styles[at] = styles[at + distance] ?? plain;
		}

		cells.fill(blank, to - distance, to);
		styles.fill(plain, to - distance, to);
	} else {
		for (let at = to - 1; at >= from + distance; at--) {
			cells[at] = cells[at - distance] ?? blank;
			styles[at] = styles[at - distance] ?? plain;
		}

		cells.fill(blank, from, from + distance);
		styles.fill(plain, from, from + distance);
	}
}
