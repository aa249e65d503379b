import {createCellWriter} from './cell-writer.js';
import type {ColorDepth} from './color.js';
import type {Glyphs} from './glyphs.js';
import {copyGrid, createGrid, type Grid} from './grid.js';
import type {Rectangle} from './layers.js';
import {createPen} from './pen.js';
import {cellDiffers, createRowPainter} from './row-painter.js';
import {applyScroll, findScrolls, type Scroll} from './scroll.js';
import {plain} from './style.js';

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
/** Longer frames are marked as one update (DEC 2026), so that no half of one is seen. */
const longestBareFrame = 200;

const csi = '\u{1B}[';

/** Compares the wanted screen with the shown one: see {@link Differ}. */
export function createDiffer(options: DifferOptions): Differ {
	const {columns: initialColumns, colorDepth, glyphs = 'unicode', links = true} = options;
	const pen = createPen(initialColumns, {colorDepth, glyphs, links});
	const {goTo} = createCellWriter(pen);
	const paintRows = createRowPainter(pen);
	let shown = createGrid(options.columns, options.rows);
	let cursorVisible: boolean | undefined;
	shown.cells.fill(unknown);

	const rowDiffers = (wanted: Grid, y: number): boolean => {
		const end = (y + 1) * wanted.columns;
		for (let at = y * wanted.columns; at < end; at++) {
			if (cellDiffers(wanted, shown, at)) {
				return true;
			}
		}

		return false;
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
				paintRows(wanted, shown, block);
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
