import type {ColorDepth} from './color.js';
import {asciiSign, type Glyphs} from './glyphs.js';
import {linkSequence} from './link.js';
import {createStyleEmitter} from './sgr.js';
import {blankStyle, plain, type StyleId} from './style.js';

/** A state of the pen. */
export type PenMark = {
	readonly x: number | undefined;
	readonly y: number | undefined;
	readonly style: StyleId | undefined;
	readonly bytes: string;
};

/** What the terminal's cursor and style are, and the shortest bytes that make them something else. */
export type Pen = {
	/** Column of the terminal's cursor, `undefined` when terminals may disagree about it. */
	readonly x: number | undefined;
	readonly y: number | undefined;
	readonly style: StyleId;
	moveTo(x: number, y: number): void;
	/** Switches to a style. */
	setStyle(style: StyleId): void;
	/** Switches to whatever of the current style shows like `style` on a blank. */
	setBlankStyle(style: StyleId): void;
	/** Writes one grapheme of the given width at the cursor. */
	put(grapheme: string, width: number): void;
	/** Writes a sequence that leaves cursor and style alone. */
	raw(sequence: string): void;
	/** The cursor has gone where nobody knows. */
	lose(): void;
	/** Only the column is not known. */
	loseColumn(): void;
	/** Nothing is known any more, the style neither. */
	forget(): void;
	/** The bytes since the last `take`. */
	take(): string;
	/** Where pen and bytes are now, so that `undo` can bring them back there: for trying which way is shorter. */
	mark(): PenMark;
	undo(to: PenMark): void;
	resize(columns: number): void;
	setColorDepth(depth: ColorDepth): void;
};

const csi = '\u{1B}[';

function counted(count: number, final: string): string {
	return count === 1 ? `${csi}${final}` : `${csi}${count}${final}`;
}

function shortest(candidates: readonly string[]): string {
	return candidates.reduce((best, candidate) => (candidate.length < best.length ? candidate : best));
}

/** What the terminal can show. */
export type PenOptions = {
	readonly colorDepth: ColorDepth;
	readonly glyphs: Glyphs;
	/** Whether it may be given hyperlinks. */
	readonly links: boolean;
};

export function createPen(initialColumns: number, {colorDepth, glyphs, links}: PenOptions): Pen {
	let transition = createStyleEmitter(colorDepth, links);
	let columns = initialColumns;
	let x: number | undefined;
	let y: number | undefined;
	let style: StyleId | undefined;
	let bytes = '';

	const absolute = (toX: number, toY: number) => {
		const row = toY === 0 ? '' : String(toY + 1);
		return toX === 0 ? `${csi}${row}H` : `${csi}${row};${toX + 1}H`;
	};

	const inRow = (toX: number): string => {
		const candidates = [toX === 0 ? '\r' : counted(toX + 1, 'G')];
		if (x !== undefined) {
			const distance = toX - x;
			candidates.push(
				distance === 0
					? ''
					: distance > 0
						? counted(distance, 'C')
						: -distance <= 4
							? '\b'.repeat(-distance)
							: counted(-distance, 'D'),
			);
		}

		return shortest(candidates);
	};

	const toRow = (toX: number, toY: number, from: number): string => {
		const candidates = [absolute(toX, toY)];
		const down = toY - from;
		if (down > 0 && down <= 4) {
			candidates.push(`\r${'\n'.repeat(down)}${toX === 0 ? '' : counted(toX, 'C')}`);
		}

		if (x === toX) {
			candidates.push(down > 0 ? counted(down, 'B') : counted(-down, 'A'));
		}

		return shortest(candidates);
	};

	return {
		get x() {
			return x;
		},
		get y() {
			return y;
		},
		get style() {
			return style ?? plain;
		},
		moveTo(toX, toY) {
			if (y === undefined) {
				bytes += absolute(toX, toY);
			} else if (y === toY) {
				bytes += inRow(toX);
			} else {
				bytes += toRow(toX, toY, y);
			}

			x = toX;
			y = toY;
		},
		setStyle(wanted) {
			if (style === undefined) {
				bytes += links ? `${csi}m${linkSequence('')}` : `${csi}m`;
				style = plain;
			}

			bytes += transition(style, wanted);
			style = wanted;
		},
		setBlankStyle(wanted) {
			if (style === undefined || blankStyle(style) !== wanted) {
				this.setStyle(wanted);
			}
		},
		put(grapheme, width) {
			bytes += glyphs === 'ascii' ? asciiSign(grapheme) : grapheme;
			// Behind the last column a terminal waits to wrap, or does not: not a place to count from.
			x = x === undefined || x + width >= columns ? undefined : x + width;
		},
		raw(sequence) {
			bytes += sequence;
		},
		lose() {
			x = undefined;
			y = undefined;
		},
		loseColumn() {
			x = undefined;
		},
		forget() {
			x = undefined;
			y = undefined;
			style = undefined;
		},
		take() {
			const taken = bytes;
			bytes = '';
			return taken;
		},
		mark: () => ({x, y, style, bytes}),
		undo(to) {
			({x, y, style, bytes} = to);
		},
		resize(newColumns) {
			columns = newColumns;
		},
		setColorDepth(depth) {
			transition = createStyleEmitter(depth, links);
		},
	};
}
