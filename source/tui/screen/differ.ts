import {isCertain, widestGuess} from './certain.js';
import type {ColorDepth} from './color.js';
import type {Glyphs} from './glyphs.js';
import {blank, continuation, createGrid, type Grid} from './grid.js';
import type {Rectangle} from './layers.js';
import {createPen} from './pen.js';
import {applyScroll, findScroll, type Scroll} from './scroll.js';
import {blankStyle, plain} from './style.js';

export type CursorPlace = {readonly x: number; readonly y: number};

export type Differ = {
	/**
	 * The bytes that turn what the terminal shows into `wanted` and put the cursor where it belongs (`undefined`: hide it);
	 * nothing when nothing differs. Only rows marked dirty are looked at, and are marked clean. `areas` are the
	 * rectangles that may have scrolled.
	 */
	frame(wanted: Grid, areas: readonly Rectangle[], cursor: CursorPlace | undefined): string;
	/** Forgets what the terminal shows: every row that is dirty in the next frame is painted as a whole. */
	invalidate(): void;
	/** A terminal of another size, of which nothing is known. */
	resize(columns: number, rows: number): void;
	/** Other colours from now on; nothing is known of what the terminal shows. */
	setColorDepth(depth: ColorDepth): void;
};

export type DifferOptions = {
	readonly columns: number;
	readonly rows: number;
	readonly colorDepth: ColorDepth;
	/** Default `unicode`. */
	readonly glyphs?: Glyphs;
	/** Whether the terminal may be given hyperlinks. Default yes. */
	readonly links?: boolean;
	/** Whether the terminal has scroll regions. */
	readonly scrolling: boolean;
};

/** Equal to no cell. */
const unknown = '\u{0}';
/** Unchanged cells between two changed ones are written again rather than jumped over, up to this many. */
const longestGap = 4;
/** Blank tails are erased rather than overwritten when more than this many cells of it differ. */
const shortestErasure = 4;
/** Longer frames are marked as one update (DEC 2026), so that no half of one is seen. */
const longestBareFrame = 200;

const csi = '\u{1B}[';

/** Compares the wanted screen with the shown one: see {@link Differ}. */
export function createDiffer(options: DifferOptions): Differ {
	const {columns: initialColumns, colorDepth, glyphs = 'unicode', links = true} = options;
	const pen = createPen(initialColumns, {colorDepth, glyphs, links});
	let shown = createGrid(options.columns, options.rows);
	let cursorVisible: boolean | undefined;
	shown.cells.fill(unknown);

	const differs = (wanted: Grid, at: number) =>
		wanted.cells[at] !== shown.cells[at] || wanted.styles[at] !== shown.styles[at];

	const rowDiffers = (wanted: Grid, y: number): boolean => {
		const end = (y + 1) * wanted.columns;
		for (let at = y * wanted.columns; at < end; at++) {
			if (differs(wanted, at)) {
				return true;
			}
		}

		return false;
	};

	/** Whether the unchanged cells between the pen and `x` are better written again than jumped over. */
	const canBridge = (wanted: Grid, y: number, x: number): boolean => {
		if (pen.y !== y || pen.x === undefined || x <= pen.x || x - pen.x > longestGap) {
			return false;
		}

		for (let at = y * wanted.columns + pen.x; at < y * wanted.columns + x; at++) {
			const cell = wanted.cells[at] ?? blank;
			const drawn = cell === blank ? blankStyle(pen.style) : pen.style;
			if (wanted.styles[at] !== drawn || cell.length !== 1 || cell.charCodeAt(0) > 0x7e) {
				return false;
			}
		}

		return true;
	};

	const goTo = (wanted: Grid, y: number, x: number) => {
		if (canBridge(wanted, y, x)) {
			for (let at = y * wanted.columns + (pen.x ?? x); at < y * wanted.columns + x; at++) {
				pen.put(wanted.cells[at] ?? blank, 1);
			}
		} else {
			pen.moveTo(x, y);
		}
	};

	/**
	 * Writes the grapheme at `x`. Gives the column up to which the terminal may have drawn over its neighbours, which then
	 * have to be written again.
	 */
	const writeCell = (wanted: Grid, y: number, x: number, width: number): number => {
		const at = y * wanted.columns + x;
		const cell = wanted.cells[at] ?? blank;
		const style = wanted.styles[at] ?? plain;
		goTo(wanted, y, x);
		if (cell === blank) {
			pen.setBlankStyle(style);
			pen.put(blank, 1);
			return x + 1;
		}

		pen.setStyle(style);
		if (isCertain(cell, width)) {
			pen.put(cell, width);
			return x + width;
		}

		// Blanks first, so that neither a gap nor stale cells remain where the terminal takes the glyph for narrower.
		for (let column = 0; column < width; column++) {
			pen.put(blank, 1);
		}

		pen.moveTo(x, y);
		pen.put(cell, width);
		pen.loseColumn();
		return x + widestGuess(cell, width);
	};

	/** Column from which the wanted row is blank, if erasing from there is worth it; else the width. */
	const erasureStart = (wanted: Grid, y: number): number => {
		const row = y * wanted.columns;
		let start = wanted.columns;
		while (start > 0 && wanted.cells[row + start - 1] === blank && wanted.styles[row + start - 1] === plain) {
			start--;
		}

		let changed = 0;
		for (let at = row + start; at < row + wanted.columns; at++) {
			changed += differs(wanted, at) ? 1 : 0;
		}

		return changed > shortestErasure ? start : wanted.columns;
	};

	const paintRow = (wanted: Grid, y: number) => {
		const {columns} = wanted;
		const row = y * columns;
		const erasure = erasureStart(wanted, y);
		let forced = 0;
		let x = 0;
		while (x < erasure) {
			let width = 1;
			while (x + width < columns && wanted.cells[row + x + width] === continuation) {
				width++;
			}

			let changed = x < forced;
			for (let at = row + x; !changed && at < row + x + width; at++) {
				changed = differs(wanted, at);
			}

			if (changed) {
				forced = Math.max(forced, writeCell(wanted, y, x, width));
			}

			x += width;
		}

		if (erasure < columns) {
			goTo(wanted, y, erasure);
			pen.setBlankStyle(plain);
			pen.raw(`${csi}K`);
		}

		for (let at = row; at < row + columns; at++) {
			shown.cells[at] = wanted.cells[at] ?? blank;
			shown.styles[at] = wanted.styles[at] ?? plain;
		}
	};

	const scroll = (found: Scroll) => {
		pen.setBlankStyle(plain);
		const count = Math.abs(found.by) === 1 ? '' : Math.abs(found.by);
		pen.raw(`${csi}${found.top + 1};${found.bottom + 1}r${csi}${count}${found.by > 0 ? 'S' : 'T'}${csi}r`);
		// Setting the region moves the cursor.
		pen.lose();
		applyScroll(shown, found);
	};

	const placeCursor = (wanted: Grid, cursor: CursorPlace | undefined) => {
		if (cursor === undefined) {
			if (cursorVisible !== false) {
				pen.raw(`${csi}?25l`);
			}

			cursorVisible = false;
			return;
		}

		const x = Math.min(Math.max(0, cursor.x), Math.max(0, wanted.columns - 1));
		const y = Math.min(Math.max(0, cursor.y), Math.max(0, wanted.rows - 1));
		goTo(wanted, y, x);
		if (cursorVisible !== true) {
			pen.raw(`${csi}?25h`);
		}

		cursorVisible = true;
	};

	const invalidate = () => {
		shown.cells.fill(unknown);
		cursorVisible = undefined;
		pen.forget();
	};

	return {
		frame(wanted, areas, cursor) {
			const changed = new Uint8Array(wanted.rows);
			let changedRows = 0;
			for (let y = 0; y < wanted.rows; y++) {
				if (wanted.dirty[y] === 1) {
					wanted.dirty[y] = 0;
					if (rowDiffers(wanted, y)) {
						changed[y] = 1;
						changedRows++;
					}
				}
			}

			const found = options.scrolling && changedRows > 2 ? findScroll(wanted, shown, changed, areas) : undefined;
			if (found !== undefined) {
				scroll(found);
				changed.fill(1, found.top, found.bottom + 1);
			}

			for (let y = 0; y < wanted.rows; y++) {
				if (changed[y] === 1 && (found === undefined || rowDiffers(wanted, y))) {
					paintRow(wanted, y);
				}
			}

			placeCursor(wanted, cursor);
			const bytes = pen.take();
			return bytes.length > longestBareFrame ? `${csi}?2026h${bytes}${csi}?2026l` : bytes;
		},
		invalidate,
		resize(columns, rows) {
			shown = createGrid(columns, rows);
			pen.resize(columns);
			invalidate();
		},
		setColorDepth(depth) {
			pen.setColorDepth(depth);
			invalidate();
		},
	};
}
