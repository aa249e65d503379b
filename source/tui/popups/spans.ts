import {displayWidth, printable, truncateToWidth} from '../../shared/text.js';
import type {Look, Role} from '../../themes/theme.js';
import type {Editor} from '../input/editor.js';
import type {Rectangle} from '../screen/layers.js';
import {lineText, wrap} from '../screen/line.js';

export type Span = {
	readonly text: string;
	readonly role: Role;
	/** It has the colour of this text, where there are colours (XEP-0392). */
	readonly hue?: string;
	/** Instead of what the role looks like: where the colours mean something to a machine. */
	readonly look?: Look;
};

export type PopupRow = readonly Span[];

/** A popup as it will be drawn: a frame with rows in it, each no wider than the frame allows. */
export type PopupLayout = {
	/** The frame included. */
	readonly rectangle: Rectangle;
	readonly rows: readonly PopupRow[];
	/** Without a frame, and without the blank at each side. */
	readonly bare?: true;
	/**
	 * Which rows stand for what can be chosen, for the mouse: from row `row` on, `count` of them from the choice `first` on,
	 * each `rowsEach` rows high (1 unless given).
	 */
	readonly choices?: {
		readonly row: number;
		readonly first: number;
		readonly count: number;
		readonly rowsEach?: number;
	};
	/** Where the terminal's cursor stands on the screen, if the popup takes text. */
	readonly cursor?: {readonly x: number; readonly y: number};
};

/** Columns taken by the frame and one blank at each side. */
export const frameColumns = 4;
export const frameRows = 2;

/** A frame of this size in the middle of the rows above `floor`. */
export function middle(width: number, height: number, columns: number, floor: number): Rectangle {
	return {
		x: Math.max(0, Math.floor((columns - width) / 2)),
		y: Math.max(0, Math.floor((floor - height) / 2)),
		width,
		height: Math.min(height, floor),
	};
}

export function wrapText(text: string, width: number): readonly string[] {
	return wrap(text, {width: Math.max(1, width)}).map(lineText);
}

/**
 * Wraps one row of a list: what does not fit goes on below `hang`, the column in which its text begins. Where the pane
 * is too narrow for that, the text stands on the lines below what it explains.
 */
export function wrapHanging(text: string, width: number, hang: number): readonly string[] {
	if (displayWidth(text) <= width) {
		return [text];
	}

	const lead = /^\s*/u.exec(text)?.[0].length ?? 0;
	if (hang <= lead) {
		return indented(wrapText(text.trimStart(), width - lead), lead);
	}

	const term = text.slice(0, hang);
	const rest = text.slice(hang);
	// Less than this is a column of single words.
	if (width - hang >= Math.max(16, width / 3)) {
		const [first = '', ...others] = wrapText(rest, width - hang);
		return [term + first, ...indented(others, hang)];
	}

	return [
		...indented(wrapText(term.trim(), width - lead), lead),
		...indented(wrapText(rest, width - lead - 2), lead + 2),
	];
}

function indented(lines: readonly string[], columns: number): readonly string[] {
	return lines.map(each => ' '.repeat(columns) + each);
}

/** As much of a row as fits; the span that is cut ends in an ellipsis. */
export function cutSpans(spans: PopupRow, width: number): PopupRow {
	const kept: Span[] = [];
	let room = width;
	for (const span of spans) {
		if (room <= 0) {
			break;
		}

		const text = truncateToWidth(span.text, room);
		kept.push({...span, text});
		room -= displayWidth(text);
	}

	return kept;
}

export function padded(text: string, width: number): string {
	return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** One line of input, of which the part around the cursor is shown; a secret as one dot a character. */
export function inputRow(
	editor: Editor,
	prompt: string,
	width: number,
	secret: boolean,
): {readonly spans: PopupRow; readonly column: number} {
	const shown = (text: string) => (secret ? '•'.repeat([...text].length) : printable(text, 'line'));
	const room = Math.max(1, width - prompt.length - 1);
	let before = shown(editor.text.slice(0, editor.cursor));
	while (displayWidth(before) > room) {
		before = [...before].slice(1).join('');
	}

	const after = truncateToWidth(shown(editor.text.slice(editor.cursor)), room - displayWidth(before), '');
	return {
		spans: [
			{text: prompt, role: 'prompt'},
			{text: before + after, role: 'text'},
		],
		column: prompt.length + displayWidth(before),
	};
}
