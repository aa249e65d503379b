import type {Popup} from './popup.js';
import {cutSpans, frameColumns, frameRows, inputRow, middle, type PopupLayout, type PopupRow} from './spans.js';

/** The search for a buffer, in the middle. */
export function switcherLayout(popup: Extract<Popup, {type: 'switcher'}>, columns: number, floor: number): PopupLayout {
	const width = Math.min(60, columns - frameColumns - 2);
	const room = Math.max(1, Math.min(10, floor - frameRows - 2));
	const top = Math.max(0, Math.min(popup.selected - Math.floor(room / 2), popup.matches.length - room));
	const rectangle = middle(width + frameColumns, room + 1 + frameRows, columns, floor);
	const input = inputRow(popup.editor, 'Go to: ', width, false);
	const matches = popup.matches.slice(top, top + room).map(
		(match, index): PopupRow =>
			cutSpans(
				[
					{text: match.label, role: top + index === popup.selected ? 'selected' : 'text'},
					{text: `  ${match.note}`, role: 'faint'},
				],
				width,
			),
	);
	const none: readonly PopupRow[] = [[{text: 'nothing by that name', role: 'faint'}]];
	return {
		rectangle,
		rows: [input.spans, ...(matches.length === 0 ? none : matches)],
		cursor: {x: rectangle.x + 2 + input.column, y: rectangle.y + 1},
	};
}
