import {displayWidth} from '../../shared/text.js';
import type {Editor} from '../input/editor.js';
import {cutSpans, frameColumns, frameRows, inputRow, middle, type PopupLayout, type PopupRow} from './spans.js';

type Found = {readonly label: string; readonly note: string};

const mostRows = 10;

/** A search in the middle: what is looked for, and below it what was found. `none`: what stands there instead. */
export function searchLayout(
	popup: {
		readonly editor: Editor;
		readonly matches: readonly Found[];
		readonly selected: number;
	},
	texts: {readonly prompt: string; readonly none: string},
	columns: number,
	floor: number,
): PopupLayout {
	const width = Math.min(60, columns - frameColumns - 2);
	const room = Math.max(1, Math.min(mostRows, floor - frameRows - 2));
	const top = Math.max(0, Math.min(popup.selected - Math.floor(room / 2), popup.matches.length - room));
	const rectangle = middle(width + frameColumns, room + 1 + frameRows, columns, floor);
	const input = inputRow(popup.editor, texts.prompt, width, false);
	const matches = popup.matches.slice(top, top + room).map(
		(match, index): PopupRow =>
			cutSpans(
				[
					{text: match.label, role: top + index === popup.selected ? 'selected' : 'text'},
					{text: match.note === '' ? '' : `  ${match.note}`, role: 'faint'},
				],
				width,
			),
	);
	const none: readonly PopupRow[] = [cutSpans([{text: texts.none, role: 'faint'}], width)];
	return {
		rectangle,
		choices: {row: 1, first: top, count: matches.length},
		rows: [input.spans, ...(matches.length === 0 ? none : matches)],
		cursor: {x: rectangle.x + displayWidth('│ ') + input.column, y: rectangle.y + 1},
	};
}
