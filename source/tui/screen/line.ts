import {displayWidth} from '../../shared/text.js';
import {type CellSink, cutCells} from './cells.js';
import {blank, continuation} from './grid.js';
import {findLinks} from './link.js';
import {blankStyle, plain, type StyleId, withLink} from './style.js';

/** A stretch of text in one style. Text from the network has been through `printable` before. */
export type Run = {
	readonly text: string;
	readonly style?: StyleId | undefined;
	/** Where clicking the text leads (OSC 8), also when it is wrapped. Ignored unless `safeLink` takes it. */
	readonly link?: string | undefined;
};

/**
 * One screen line, already measured and cut into cells: immutable, made once per (content, width, theme) and painted
 * any number of times. Painting the same object in the same place costs nothing.
 */
export type StyledLine = {
	/** One grapheme a cell; the empty string in the further columns of a wide one. The length is the line's width. */
	readonly cells: readonly string[];
	readonly styles: Uint16Array;
	/** Style of the blanks between the end of the line and the right edge of its region. */
	readonly fill: StyleId;
};

const tabWidth = 8;

class LineBuilder {
	cells: string[] = [];
	styles: number[] = [];

	readonly push: CellSink = (grapheme, width, style) => {
		this.cells.push(grapheme);
		this.styles.push(style);
		for (let column = 1; column < width; column++) {
			this.cells.push(continuation);
			this.styles.push(style);
		}
	};

	finish(fill: StyleId): StyledLine {
		return {cells: this.cells, styles: Uint16Array.from(this.styles), fill: blankStyle(fill)};
	}
}

function styleOf(run: Run): StyleId {
	const style = run.style ?? plain;
	return run.link === undefined ? style : withLink(style, run.link);
}

/** Cuts text into runs of one style, so that the addresses in it can be clicked; see `findLinks`. */
export function linkedRuns(text: string, style: StyleId = plain, linkStyle: StyleId = style): readonly Run[] {
	const runs: Run[] = [];
	let at = 0;
	for (const {from, to, target} of findLinks(text)) {
		if (from > at) {
			runs.push({text: text.slice(at, from), style});
		}

		runs.push({text: text.slice(from, to), style: linkStyle, link: target});
		at = to;
	}

	if (at < text.length || runs.length === 0) {
		runs.push({text: text.slice(at), style});
	}

	return runs;
}

function asRuns(content: string | readonly Run[]): readonly Run[] {
	return typeof content === 'string' ? [{text: content}] : content;
}

/** Builds a line from runs (or plain text). Never wraps; a region cuts what does not fit. */
export function line(content: string | readonly Run[], fill: StyleId = plain): StyledLine {
	const builder = new LineBuilder();
	for (const run of asRuns(content)) {
		cutCells(run.text, styleOf(run), builder.push);
	}

	return builder.finish(fill);
}

/** A line without anything on it. */
export const emptyLine: StyledLine = {cells: [], styles: new Uint16Array(0), fill: plain};

/** Width of a line in columns. */
export function lineWidth(styledLine: StyledLine): number {
	return styledLine.cells.length;
}

/** The text of a line, without styles: for tests and copying. */
export function lineText(styledLine: StyledLine): string {
	return styledLine.cells.join('');
}

/** Puts lines side by side. `fill` defaults to that of the last one. */
export function joinLines(parts: readonly StyledLine[], fill?: StyleId): StyledLine {
	const cells: string[] = [];
	const styles: number[] = [];
	for (const part of parts) {
		for (const cell of part.cells) {
			cells.push(cell);
		}

		for (const styleId of part.styles) {
			styles.push(styleId);
		}
	}

	return {cells, styles: Uint16Array.from(styles), fill: fill ?? parts.at(-1)?.fill ?? plain};
}

/** Columns `from` to `to` of a line; half a wide grapheme at either edge becomes a blank. */
export function sliceLine(styledLine: StyledLine, from: number, to: number): StyledLine {
	const end = Math.min(to, styledLine.cells.length);
	const cells = styledLine.cells.slice(from, end);
	for (let at = 0; at < cells.length && cells[at] === continuation; at++) {
		cells[at] = blank;
	}

	if (styledLine.cells[end] === continuation) {
		let at = cells.length - 1;
		while (at > 0 && cells[at] === continuation) {
			cells[at] = blank;
			at--;
		}

		cells[at] = blank;
	}

	return {cells, styles: styledLine.styles.slice(from, end), fill: styledLine.fill};
}

/** Cuts a line to `width` columns; when something is cut, `ellipsis` stands at the end, in the style of what it replaces. */
export function truncateLine(styledLine: StyledLine, width: number, ellipsis = '…'): StyledLine {
	if (styledLine.cells.length <= width) {
		return styledLine;
	}

	const mark = displayWidth(ellipsis);
	if (width < mark) {
		return sliceLine(styledLine, 0, Math.max(0, width));
	}

	const kept = sliceLine(styledLine, 0, width - mark);
	return joinLines([kept, line([{text: ellipsis, style: styledLine.styles[width - mark] ?? plain}])], styledLine.fill);
}

/** Makes a line exactly `width` columns: cut with an ellipsis, or filled with blanks on the side `align` leaves free. */
export function fitLine(
	styledLine: StyledLine,
	width: number,
	align: 'left' | 'right' = 'left',
	ellipsis = '…',
): StyledLine {
	const cut = truncateLine(styledLine, width, ellipsis);
	const missing = width - cut.cells.length;
	if (missing <= 0) {
		return cut;
	}

	const padding = line([{text: ' '.repeat(missing), style: styledLine.fill}]);
	return joinLines(align === 'left' ? [cut, padding] : [padding, cut], styledLine.fill);
}

export type WrapOptions = {
	/** Columns available, prefixes included. */
	readonly width: number;
	/** Stands before the first line (time and nick, say). */
	readonly first?: StyledLine | undefined;
	/** Stands before every further line. Defaults to nothing. */
	readonly rest?: StyledLine | undefined;
	readonly fill?: StyleId | undefined;
};

/**
 * Wraps text to lines: at spaces where there is one, inside a word that is longer than a line, and at every `\n`.
 * The space at which a line is broken is not shown. Always gives at least one line.
 */
export function wrap(content: string | readonly Run[], options: WrapOptions): StyledLine[] {
	const lines: StyledLine[] = [];
	const fill = options.fill ?? plain;
	let prefix = options.first;
	let builder = new LineBuilder();

	const room = () => Math.max(1, options.width - (prefix?.cells.length ?? 0));
	const finishLine = () => {
		const body = builder.finish(fill);
		lines.push(prefix === undefined ? body : joinLines([prefix, body], body.fill));
		prefix = options.rest;
		builder = new LineBuilder();
	};

	/** Breaks the full line at its last space if it has one, and carries what follows over to the next line. */
	const breakLine = () => {
		const {cells, styles} = builder;
		const text = cells.findIndex(cell => cell !== blank);
		const space = cells.lastIndexOf(blank);
		// Indentation is not a place to break.
		if (space < text) {
			finishLine();
			return;
		}

		const carriedCells = cells.splice(space);
		const carriedStyles = styles.splice(space);
		finishLine();
		builder.cells = carriedCells.slice(1);
		builder.styles = carriedStyles.slice(1);
	};

	const push: CellSink = (grapheme, width, styleId) => {
		while (builder.cells.length > 0 && builder.cells.length + width > room()) {
			if (grapheme === blank) {
				finishLine();
				return;
			}

			breakLine();
		}

		builder.push(grapheme, width, styleId);
	};

	for (const run of asRuns(content)) {
		const styleId = styleOf(run);
		const paragraphs = run.text.split('\n');
		for (const [index, paragraph] of paragraphs.entries()) {
			if (index > 0) {
				finishLine();
			}

			cutCells(paragraph, styleId, push);
		}
	}

	finishLine();
	return lines;
}

/** Expands tabs to the next multiple of eight columns: for bodies, before `line` or `wrap` would make each one blank. */
export function expandTabs(text: string): string {
	if (!text.includes('\t')) {
		return text;
	}

	return text
		.split('\n')
		.map(paragraph => {
			let expanded = '';
			for (const part of paragraph.split(/(\t)/)) {
				expanded += part === '\t' ? ' '.repeat(tabWidth - (displayWidth(expanded) % tabWidth)) : part;
			}

			return expanded;
		})
		.join('\n');
}
