import type {Clock, Dispose} from '../../shared/clock.js';
import {createEmitter, type Subscribe} from '../../shared/emitter.js';
import {createInkPainter} from './ansi.js';
import type {ColorDepth} from './color.js';
import {createDiffer} from './differ.js';
import type {Glyphs} from './glyphs.js';
import {createInkStdout} from './ink-stdout.js';
import {createLayers, type Rectangle, type Region} from './layers.js';
import type {Size} from './size.js';

/** What the screen needs of the terminal's output; `terminal/` adapts the real stdout to it, tests a string. */
export type ScreenOutput = {
	size(): Size;
	/** Hands text to the terminal. Never blocks. */
	write(text: string): void;
	/** Whether earlier output still waits for the terminal to read it: no frame is made until `drained`. */
	congested(): boolean;
	readonly drained: Subscribe<void>;
	readonly resized: Subscribe<void>;
};

export type ScreenOptions = {
	readonly output: ScreenOutput;
	readonly clock: Clock;
	readonly colorDepth: ColorDepth;
	/** Default `unicode`. */
	readonly glyphs?: Glyphs;
	/** Whether the terminal may be given hyperlinks. Default yes. */
	readonly links?: boolean;
	/** Off for terminals that cannot scroll a part of the screen (`TERM=linux`). Default on. */
	readonly scrolling?: boolean;
};

export type Screen = {
	readonly columns: number;
	readonly rows: number;
	readonly colorDepth: ColorDepth;
	/** Paints everything again with so many colours. */
	setColorDepth(depth: ColorDepth): void;
	/** Give this to Ink as `stdout`. Its frame must be at most `rows - 1` high. */
	readonly stdout: NodeJS.WriteStream;
	/**
	 * Paints lines into a rectangle, above Ink and above regions set earlier. Lines that are the same objects as before
	 * cost nothing. Nothing reaches the terminal before the current microtask ends (or `flush`): a key may set several
	 * regions; model changes are to be coalesced by the caller (33 ms).
	 */
	setRegion(id: string, region: Region): void;
	removeRegion(id: string): void;
	/** Declares where Ink has drawn a popup: there Ink covers the regions. */
	setOverlay(id: string, rectangle: Rectangle): void;
	removeOverlay(id: string): void;
	/** Where the terminal's cursor stands after each frame (the composer's place; pre-edit of input methods follows it). */
	setCursor(x: number, y: number): void;
	hideCursor(): void;
	/** Emits what differs, now. */
	flush(): void;
	/** Forgets what the terminal shows and paints everything again (Ctrl+L, return from suspension). */
	repaint(): void;
	/** Told after a resize has settled (30 ms) and the grids have their new size; regions should be set anew. */
	readonly resized: Subscribe<Size>;
	/** Stops painting for good. */
	close(): void;
};

/** In a storm of resizes only the last one is painted, after this many milliseconds of quiet. */
const resizeQuiet = 30;

/** Makes the screen. Loads neither React nor Ink: the first frame is painted before they are there. */
export function createScreen(options: ScreenOptions): Screen {
	const {output, clock, glyphs = 'unicode', links = true, scrolling = true} = options;
	let {colorDepth} = options;
	const initial = output.size();
	const layers = createLayers(initial.columns, initial.rows);
	const differ = createDiffer({columns: initial.columns, rows: initial.rows, colorDepth, glyphs, links, scrolling});
	const resized = createEmitter<Size>();
	let cursor: {x: number; y: number} | undefined;
	let scheduled = false;
	let waiting = false;
	let closed = false;
	let pendingResize: Dispose | undefined;

	const flush = () => {
		if (closed || pendingResize !== undefined) {
			return;
		}

		if (output.congested()) {
			waiting = true;
			return;
		}

		waiting = false;
		layers.compose();
		const bytes = differ.frame(layers.wanted, layers.areas(), cursor);
		if (bytes !== '') {
			output.write(bytes);
		}
	};

	const schedule = () => {
		if (scheduled || closed) {
			return;
		}

		scheduled = true;
		queueMicrotask(() => {
			scheduled = false;
			flush();
		});
	};

	const ink = createInkPainter(() => layers.ink);
	const stdout = createInkStdout({
		size: () => ({columns: layers.columns, rows: layers.rows}),
		write(text) {
			ink.write(text);
			schedule();
		},
	});

	const applyResize = () => {
		pendingResize = undefined;
		const {columns, rows} = output.size();
		layers.resize(columns, rows);
		differ.resize(columns, rows);
		ink.clampCursor();
		resized.emit({columns, rows});
		stdout.emitResize();
		flush();
	};

	const disposals = [
		output.drained(() => {
			if (waiting) {
				flush();
			}
		}),
		output.resized(() => {
			pendingResize?.();
			pendingResize = clock.after(resizeQuiet, applyResize);
		}),
	];

	return {
		get columns() {
			return layers.columns;
		},
		get rows() {
			return layers.rows;
		},
		get colorDepth() {
			return colorDepth;
		},
		setColorDepth(depth) {
			if (depth !== colorDepth) {
				colorDepth = depth;
				differ.setColorDepth(depth);
				layers.touchAll();
				schedule();
			}
		},
		stdout: stdout.stream,
		setRegion(id, region) {
			layers.setRegion(id, region);
			schedule();
		},
		removeRegion(id) {
			layers.removeRegion(id);
			schedule();
		},
		setOverlay(id, rectangle) {
			layers.setOverlay(id, rectangle);
			schedule();
		},
		removeOverlay(id) {
			layers.removeOverlay(id);
			schedule();
		},
		setCursor(x, y) {
			cursor = {x, y};
			schedule();
		},
		hideCursor() {
			cursor = undefined;
			schedule();
		},
		flush,
		repaint() {
			differ.invalidate();
			layers.touchAll();
			schedule();
		},
		resized: resized.subscribe,
		close() {
			closed = true;
			pendingResize?.();
			for (const dispose of disposals) {
				dispose();
			}
		},
	};
}
