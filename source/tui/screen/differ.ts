import type {ColorDepth} from './color.js';
import type {Grid} from './grid.js';
import {createGrid} from './grid.js';
import type {Rectangle} from './layers.js';
import {createStyleEmitter} from './sgr.js';
import {plain} from './style.js';

export type Differ = {
	/** The bytes that turn what the terminal shows into `wanted`, and put the cursor where it belongs (or hide it). */
	frame(wanted: Grid, areas: readonly Rectangle[], cursor: {x: number; y: number} | undefined): string;
	/** Forgets what the terminal shows: the next frame paints everything. */
	invalidate(): void;
	resize(columns: number, rows: number): void;
};

export type DifferOptions = {columns: number; rows: number; colorDepth: ColorDepth; scrolling: boolean};

export function createDiffer(options: DifferOptions): Differ {
	let shown = createGrid(options.columns, options.rows);
	let valid = false;
	let lastCursor = '';
	const emit = createStyleEmitter(options.colorDepth);
	return {
		frame(wanted, _areas, cursor) {
			let bytes = '';
			for (let y = 0; y < wanted.rows; y++) {
				if (wanted.dirty[y] === 0 && valid) {
					continue;
				}

				wanted.dirty[y] = 0;
				const from = y * wanted.columns;
				let same = valid;
				for (let at = from; same && at < from + wanted.columns; at++) {
					same = wanted.cells[at] === shown.cells[at] && wanted.styles[at] === shown.styles[at];
				}

				if (same) {
					continue;
				}

				bytes += `\u{1B}[${y + 1};1H`;
				let style = plain;
				for (let at = from; at < from + wanted.columns; at++) {
					const next = wanted.styles[at] ?? plain;
					bytes += emit(style, next) + (wanted.cells[at] ?? ' ');
					style = next;
					shown.cells[at] = wanted.cells[at] ?? ' ';
					shown.styles[at] = next;
				}

				bytes += emit(style, plain);
			}

			valid = true;
			const place = cursor === undefined ? '\u{1B}[?25l' : `\u{1B}[${cursor.y + 1};${cursor.x + 1}H\u{1B}[?25h`;
			if (bytes === '' && place === lastCursor) {
				return '';
			}

			lastCursor = place;
			return bytes + place;
		},
		invalidate() {
			valid = false;
		},
		resize(columns, rows) {
			shown = createGrid(columns, rows);
			valid = false;
		},
	};
}
