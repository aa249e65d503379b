import unicode11 from '@xterm/addon-unicode11';
import xterm, {type IBufferCell} from '@xterm/headless';
import {isCertain} from '../../../source/tui/screen/certain.js';
import {defaultColor, isRgb, type PackedColor} from '../../../source/tui/screen/color.js';
import {blank, type Grid} from '../../../source/tui/screen/grid.js';
import {attributes, blankStyle, lookOf, plain, type StyleId} from '../../../source/tui/screen/style.js';

/** A terminal that our bytes are written to, and what it then shows. */
export type XtermScreen = {
	write(bytes: string): Promise<void>;
	resize(columns: number, rows: number): void;
	cursor(): {x: number; y: number};
	isCursorVisible(): boolean;
	rowText(y: number): string;
	/** Width xterm gives the cell: 0 behind a wide one. */
	cellText(x: number, y: number): string;
	/**
	 * Descriptions of the cells that look different from the grid's; empty when all are equal. Of a grapheme whose width
	 * terminals disagree on only the first cell has to be there: what is behind it is compared.
	 */
	differences(grid: Grid): string[];
};

function describeColor(color: PackedColor): string {
	return color === defaultColor ? '-' : isRgb(color) ? `#${(color & 0xffffff).toString(16)}` : String(color - 1);
}

function describe(text: string, style: StyleId): string {
	const shown = text === blank ? blankStyle(style) : style;
	const {foreground, background, flags, link} = lookOf(shown);
	// Xterm underlines links.
	const drawn = link === '' ? flags : flags | attributes.underline;
	return `${JSON.stringify(text)} ${describeColor(foreground)}/${describeColor(background)} ${drawn} ${link}`;
}

/** A member of something that xterm keeps to itself. */
function member(of: unknown, name: string): unknown {
	return typeof of === 'object' && of !== null && name in of ? Reflect.get(of, name) : undefined;
}

/** The target of the link that the cell belongs to, the empty string without one. */
function linkOf(terminal: xterm.Terminal, cell: IBufferCell): string {
	const service = member(member(terminal, '_core'), '_oscLinkService');
	const data = member(service, 'getLinkData');
	const id = member(member(cell, 'extended'), 'urlId');
	const found: unknown = typeof data === 'function' && id !== 0 ? Reflect.apply(data, service, [id]) : undefined;
	return String(member(found, 'uri') ?? '');
}

function cellColor(cell: IBufferCell, which: 'Fg' | 'Bg'): string {
	if (cell[`is${which}Default`]()) {
		return '-';
	}

	const color = cell[`get${which}Color`]();
	return cell[`is${which}RGB`]() ? `#${color.toString(16)}` : String(color);
}

/** Xterm's cell in the words of `describe`; blanks lose what cannot be seen on a blank. */
function describeCell(cell: IBufferCell, link: string): string {
	const text = cell.getWidth() === 0 ? '' : cell.getChars() || blank;
	let flags = 0;
	flags |= cell.isBold() ? attributes.bold : 0;
	flags |= cell.isDim() ? attributes.dim : 0;
	flags |= cell.isItalic() ? attributes.italic : 0;
	flags |= cell.isUnderline() ? attributes.underline : 0;
	flags |= cell.isInverse() ? attributes.inverse : 0;
	flags |= cell.isStrikethrough() ? attributes.strikethrough : 0;
	const seen = flags & (attributes.inverse | attributes.underline | attributes.strikethrough);
	if (text === blank && seen === 0) {
		return `${JSON.stringify(text)} -/${cellColor(cell, 'Bg')} 0 ${link}`;
	}

	const kept = text === blank ? seen | (flags & (attributes.bold | attributes.dim)) : flags;
	return `${JSON.stringify(text)} ${cellColor(cell, 'Fg')}/${cellColor(cell, 'Bg')} ${kept} ${link}`;
}

/** Columns of the grapheme that begins there. */
function widthAt(grid: Grid, at: number, end: number): number {
	let width = 1;
	while (at + width < end && grid.cells[at + width] === '') {
		width++;
	}

	return width;
}

export function createXtermScreen(columns: number, rows: number): XtermScreen {
	const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 0});
	terminal.loadAddon(new unicode11.Unicode11Addon());
	terminal.unicode.activeVersion = '11';
	let cursorVisible = true;
	const write = (bytes: string) => new Promise<void>(resolve => terminal.write(bytes, resolve));
	terminal.parser.registerCsiHandler({prefix: '?', final: 'h'}, parameters => {
		cursorVisible ||= parameters[0] === 25;
		return false;
	});
	terminal.parser.registerCsiHandler({prefix: '?', final: 'l'}, parameters => {
		cursorVisible &&= parameters[0] !== 25;
		return false;
	});
	// As terminal/modes.ts leaves it: alternate screen, no wrapping; output processing turns LF into CR LF.
	terminal.write('\u{1B}[?1049h\u{1B}[?7l');
	const cellAt = (x: number, y: number) => terminal.buffer.active.getLine(y)?.getCell(x);

	return {
		write,
		resize: (newColumns, newRows) => terminal.resize(newColumns, newRows),
		cursor: () => ({x: terminal.buffer.active.cursorX, y: terminal.buffer.active.cursorY}),
		isCursorVisible: () => cursorVisible,
		rowText: y => terminal.buffer.active.getLine(y)?.translateToString(true) ?? '',
		cellText: (x, y) => cellAt(x, y)?.getChars() ?? '',
		differences(grid) {
			const found: string[] = [];
			for (let y = 0; y < grid.rows; y++) {
				for (let x = 0; x < grid.columns; x++) {
					const at = y * grid.columns + x;
					const width = widthAt(grid, at, (y + 1) * grid.columns);
					if (!isCertain(grid.cells[at] ?? blank, width) && grid.cells[at] !== '') {
						const glyph = grid.cells[at] ?? '';
						const first = String.fromCodePoint(glyph.codePointAt(0) ?? 0);
						// In the last columns a terminal that takes it for wider draws its parts over each other.
						if (x + width < grid.columns && cellAt(x, y)?.getChars().startsWith(first) !== true) {
							found.push(`${x},${y}: wanted ${glyph}, shown ${cellAt(x, y)?.getChars()}`);
						}

						x += width - 1;
						continue;
					}

					const cell = cellAt(x, y);
					const text = grid.cells[at] ?? blank;
					const wanted = describe(text, text === '' ? plain : (grid.styles[at] ?? plain));
					const shown = cell === undefined ? 'nothing' : describeCell(cell, linkOf(terminal, cell));
					// The second half of a wide cell has no look of its own.
					if (text === '' ? cell?.getWidth() !== 0 : wanted !== shown) {
						found.push(`${x},${y}: wanted ${wanted}, shown ${shown}`);
					}
				}
			}

			return found;
		},
	};
}
