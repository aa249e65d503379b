import {isCertain, widestGuess} from './certain.js';
import type {ColorDepth} from './color.js';
import type {Glyphs} from './glyphs.js';
import {blank, continuation, copyGrid, createGrid, type Grid} from './grid.js';
import type {Rectangle} from './layers.js';
import {createPen} from './pen.js';
import {byStyle, type ChangedRun, changedRuns} from './runs.js';
import {applyScroll, findScrolls, type Scroll} from './scroll.js';
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
/** So many rows in a row are also tried style by style. */
const fewestRowsByStyle = 3;
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

		erase(wanted, y, erasure);
	};

	const erase = (wanted: Grid, y: number, from: number) => {
		if (from < wanted.columns) {
			goTo(wanted, y, from);
			pen.setBlankStyle(plain);
			pen.raw(`${csi}K`);
		}
	};

	/** Paints rows one style after the other, over all of them. False: they have to be painted one by one. */
	const paintByStyle = (wanted: Grid, rows: readonly number[]): boolean => {
		const all: ChangedRun[] = [];
		const erasures: Array<readonly [number, number]> = [];
		for (const y of rows) {
			const erasure = erasureStart(wanted, y);
			const runs = changedRuns(wanted, y, erasure, at => differs(wanted, at));
			if (runs === undefined) {
				return false;
			}

			all.push(...runs);
			erasures.push([y, erasure]);
		}

		for (const {y, from, to} of byStyle(all, pen.style)) {
			for (let x = from; x < to; ) {
				let width = 1;
				while (x + width < to && wanted.cells[y * wanted.columns + x + width] === continuation) {
					width++;
				}

				x = writeCell(wanted, y, x, width);
			}
		}

		for (const [y, from] of erasures) {
			erase(wanted, y, from);
		}

		return true;
	};

	/**
	 * Paints rows that follow each other, the shorter way: one by one, or one style after the other. The latter pays where a
	 * column of short texts is repaired after a scroll.
	 */
	const paintRows = (wanted: Grid, rows: readonly number[]) => {
		const before = pen.mark();
		const byRow = () => {
			for (const y of rows) {
				paintRow(wanted, y);
			}
		};

		byRow();
		if (rows.length >= fewestRowsByStyle) {
			const first = pen.mark();
			pen.undo(before);
			if (!paintByStyle(wanted, rows) || pen.mark().bytes.length >= first.bytes.length) {
				pen.undo(first);
			}
		}

		for (const y of rows) {
			for (let at = y * wanted.columns; at < (y + 1) * wanted.columns; at++) {
				shown.cells[at] = wanted.cells[at] ?? blank;
				shown.styles[at] = wanted.styles[at] ?? plain;
			}
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

	/** Paints all changed rows, after one scroll if there is any. */
	const paintChanged = (wanted: Grid, changed: Uint8Array, found: Scroll | undefined) => {
		if (found !== undefined) {
			scroll(found);
		}

		let block: number[] = [];
		for (let y = 0; y <= wanted.rows; y++) {
			const isMoved = found !== undefined && y >= found.top && y <= found.bottom;
			if (y < wanted.rows && (isMoved || changed[y] === 1) && (found === undefined || rowDiffers(wanted, y))) {
				block.push(y);
			} else if (block.length > 0) {
				paintRows(wanted, block);
				block = [];
			}
		}
	};

	/** The same with whichever of the scrolls takes fewer bytes. */
	const paintShortest = (wanted: Grid, changed: Uint8Array, [found, other]: readonly Scroll[]) => {
		if (other === undefined) {
			paintChanged(wanted, changed, found);
			return;
		}

		const before = pen.mark();
		const shownBefore = copyGrid(shown);
		paintChanged(wanted, changed, found);
		const after = pen.mark();
		const shownAfter = shown;
		pen.undo(before);
		shown = shownBefore;
		paintChanged(wanted, changed, other);
		if (pen.mark().bytes.length > after.bytes.length) {
			pen.undo(after);
			shown = shownAfter;
		}
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

			const scrolls = options.scrolling && changedRows > 2 ? findScrolls(wanted, shown, changed, areas) : [];
			paintShortest(wanted, changed, scrolls);

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
