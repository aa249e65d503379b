import {blank, type Grid} from './grid.js';
import type {Rectangle} from './layers.js';
import {plain} from './style.js';

/** Rows `top` to `bottom` (included) moved up by `by` (down when negative) show more of what is wanted. */
export type Scroll = {readonly top: number; readonly bottom: number; readonly by: number};

/** Fewer changed rows than this are repainted faster than looked at. */
const fewestRows = 3;
/** What setting the scroll region, scrolling and setting it back costs, in bytes. */
const overhead = 24;
/** What moving to a run of changed cells costs, in bytes. */
const runCost = 6;

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

/**
 * Looks for an area whose rows have moved up or down as a whole: only the columns of the area are compared, but scrolling
 * moves whole rows of the terminal, so the cost of repairing what stands beside the area is weighed.
 * `changed` has a flag for each row that differs.
 */
export function findScroll(
	wanted: Grid,
	shown: Grid,
	changed: Uint8Array,
	areas: readonly Rectangle[],
): Scroll | undefined {
	let found: Scroll | undefined;
	let mostSaved = 0;
	for (const {x, y, width, height} of areas) {
		let rows = 0;
		for (let row = y; row < y + height; row++) {
			rows += changed[row] ?? 0;
		}

		if (rows < fewestRows || width === 0) {
			continue;
		}

		const hashes = (grid: Grid) => Array.from({length: height}, (_, row) => rowHash(grid, y + row, x, x + width));
		const by = bestShift(hashes(wanted), hashes(shown));
		if (by === 0) {
			continue;
		}

		let saved = -overhead;
		for (let row = 0; row < height; row++) {
			const source = row + by;
			saved += rowCost(wanted, y + row, shown, y + row);
			saved -= rowCost(wanted, y + row, shown, source >= 0 && source < height ? y + source : undefined);
		}

		if (saved > mostSaved) {
			mostSaved = saved;
			found = {top: y, bottom: y + height - 1, by};
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
	if (by > 0) {
		cells.copyWithin(from, from + distance, to);
		styles.copyWithin(from, from + distance, to);
		cells.fill(blank, to - distance, to);
		styles.fill(plain, to - distance, to);
	} else {
		cells.copyWithin(from + distance, from, to - distance);
		styles.copyWithin(from + distance, from, to - distance);
		cells.fill(blank, from, from + distance);
		styles.fill(plain, from, from + distance);
	}
}
