import {displayWidth} from '../../shared/text.js';
import {cutCells} from './cells.js';
import {blank, continuation, fillSpan, type Grid, openSpan} from './grid.js';
import {applySgr} from './sgr.js';
import {plain, type StyleId, withLink} from './style.js';

export type InkPainter = {
	/** Paints what Ink wrote into its grid. */
	write(text: string): void;
	/** Brings the cursor back inside the grid after the grid has shrunk. */
	clampCursor(): void;
};

/** An unfinished sequence longer than this is dropped: nothing that Ink writes is. */
const longestSequence = 4096;

/**
 * One token: CSI with its parts, OSC, another string sequence, any other escape, one control character, or a stretch of
 * text. 8-bit controls are not recognised but dropped one by one.
 */
const token =
	/\u{1B}\[(?<parameters>[\u{30}-\u{3F}]*)(?<intermediates>[\u{20}-\u{2F}]*)(?<final>[\u{40}-\u{7E}])|\u{1B}\](?<osc>[^\u{7}\u{1B}]*)(?:\u{7}|\u{1B}\\)|\u{1B}[PX^_][^\u{1B}]*\u{1B}\\|\u{1B}[\u{20}-\u{2F}]*[\u{30}-\u{7E}]|(?<control>[\u{0}-\u{1F}\u{7F}-\u{9F}])|(?<text>[^\u{0}-\u{1F}\u{7F}-\u{9F}]+)/gu;

/** A sequence that may still be completed by the next write. */
const unfinished = /\u{1B}(?:|\[[\u{20}-\u{3F}]*|\][^\u{7}\u{1B}]*\u{1B}?|[PX^_][^\u{1B}]*\u{1B}?|[\u{20}-\u{2F}]+)$/u;

/**
 * Emulates the part of a terminal that Ink 6.8 uses: text, CR, LF, CSI A B C D E F G H J K m and OSC 8. An allow-list:
 * modes (`?25`, `?1049`, `?2004`, `?2026`) belong to us and everything else is dropped, so that no sequence gets from
 * Ink's output to the terminal. LF is CR LF, as on a terminal in cooked output mode; text never wraps.
 */
export function createInkPainter(gridNow: () => Grid): InkPainter {
	let x = 0;
	let y = 0;
	let styleId: StyleId = plain;
	let pending = '';

	const clampCursor = () => {
		const {columns, rows} = gridNow();
		x = Math.min(Math.max(0, x), Math.max(0, columns - 1));
		y = Math.min(Math.max(0, y), Math.max(0, rows - 1));
	};

	const scrollUp = (grid: Grid) => {
		grid.cells.copyWithin(0, grid.columns);
		grid.styles.copyWithin(0, grid.columns);
		fillSpan(grid, grid.rows - 1, 0, grid.columns, plain);
		grid.dirty.fill(1);
	};

	const put = (grapheme: string, width: number, style: StyleId) => {
		const grid = gridNow();
		if (x + width > grid.columns) {
			return;
		}

		openSpan(grid, y, x, x + width);
		const at = y * grid.columns + x;
		grid.cells[at] = grapheme;
		grid.styles[at] = style;
		for (let column = 1; column < width; column++) {
			grid.cells[at + column] = continuation;
			grid.styles[at + column] = style;
		}

		grid.dirty[y] = 1;
		x += width;
	};

	const lineFeed = () => {
		const grid = gridNow();
		x = 0;
		if (y + 1 < grid.rows) {
			y++;
		} else if (grid.rows > 0) {
			scrollUp(grid);
		}
	};

	const eraseInLine = (grid: Grid, mode: number) => {
		const column = Math.min(x, grid.columns);
		if (mode === 0) {
			fillSpan(grid, y, column, grid.columns, plain);
		} else if (mode === 1) {
			fillSpan(grid, y, 0, Math.min(column + 1, grid.columns), plain);
		} else if (mode === 2) {
			fillSpan(grid, y, 0, grid.columns, plain);
		}
	};

	const eraseInDisplay = (grid: Grid, mode: number) => {
		const from = mode === 0 ? y + 1 : 0;
		const to = mode === 1 ? y : grid.rows;
		if (mode > 2) {
			return;
		}

		if (mode < 2) {
			eraseInLine(grid, mode);
		}

		for (let row = from; row < to; row++) {
			fillSpan(grid, row, 0, grid.columns, plain);
		}
	};

	/** Cursor movements: final byte to what it does with its first parameter (1 if absent). */
	const moves: Readonly<Record<string, (count: number, second: number) => void>> = {
		A: count => {
			y -= count;
		},
		B: count => {
			y += count;
		},
		C: count => {
			x += count;
		},
		D: count => {
			x -= count;
		},
		E: count => {
			y += count;
			x = 0;
		},
		F: count => {
			y -= count;
			x = 0;
		},
		G: count => {
			x = count - 1;
		},
		H: (row, column) => {
			y = row - 1;
			x = column - 1;
		},
	};

	const sequence = (parameters: string, final: string) => {
		if (!/^[\d;]*$/.test(parameters)) {
			return;
		}

		const numbers = parameters === '' ? [] : parameters.split(';').map(Number);
		const grid = gridNow();
		if (final === 'm') {
			styleId = applySgr(styleId, numbers);
		} else if (final === 'J') {
			eraseInDisplay(grid, numbers[0] ?? 0);
		} else if (final === 'K') {
			eraseInLine(grid, numbers[0] ?? 0);
		} else {
			const move = moves[final];
			if (move !== undefined) {
				move(Math.max(1, numbers[0] ?? 1), Math.max(1, numbers[1] ?? 1));
				clampCursor();
			}
		}
	};

	const hyperlink = (osc: string) => {
		const link = /^8;[^;]*;(?<target>.*)$/.exec(osc);
		if (link !== null) {
			styleId = withLink(styleId, link.groups?.target ?? '');
		}
	};

	return {
		clampCursor,
		write(written) {
			let text = pending + written;
			pending = '';
			const tail = unfinished.exec(text);
			if (tail !== null) {
				text = text.slice(0, tail.index);
				pending = tail[0].length > longestSequence ? '' : tail[0];
			}

			for (const {groups} of text.matchAll(token)) {
				if (groups?.text !== undefined) {
					cutCells(groups.text, styleId, put, displayWidth);
				} else if (groups?.final !== undefined) {
					if (groups.intermediates === '') {
						sequence(groups.parameters ?? '', groups.final);
					}
				} else if (groups?.osc !== undefined) {
					hyperlink(groups.osc);
				} else if (groups?.control === '\n') {
					lineFeed();
				} else if (groups?.control === '\r') {
					x = 0;
				} else if (groups?.control === '\t') {
					put(blank, 1, styleId);
				}
			}
		},
	};
}
