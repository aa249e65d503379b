import {displayWidth} from '../../shared/text.js';
import type {Popup} from './popup.js';
import {
	cutSpans,
	frameColumns,
	frameRows,
	middle,
	type PopupLayout,
	type PopupRow,
	type Span,
	wrapHanging,
} from './spans.js';

type Help = Extract<Popup, {type: 'help'}>;

/** Rows around the lines of help: title and footer, and one row of the buffer that stays in view. */
const surroundings = frameRows + 3;

function helpWidth(popup: Help, columns: number): number {
	const widest = Math.max(popup.title.length, ...popup.lines.map(line => displayWidth(line.text)));
	return Math.max(10, Math.min(widest, columns - frameColumns - 2));
}

function helpLines(popup: Help, width: number): readonly Span[] {
	return popup.lines.flatMap(({text, heading, hang}) =>
		wrapHanging(text, width, hang ?? 0).map(
			(part): Span => ({text: part, role: heading === true ? 'heading' : 'text'}),
		),
	);
}

/** How many lines of the help are shown at once, and the largest number of lines that can be above them. */
export function helpExtent(
	popup: Help,
	columns: number,
	floor: number,
): {readonly shown: number; readonly last: number} {
	const lines = helpLines(popup, helpWidth(popup, columns)).length;
	const shown = Math.max(1, Math.min(lines, floor - surroundings));
	return {shown, last: Math.max(0, lines - shown)};
}

/** Lines to read, in the middle; as many as fit. */
export function helpLayout(popup: Help, columns: number, floor: number): PopupLayout {
	const width = helpWidth(popup, columns);
	const lines = helpLines(popup, width);
	const {shown, last} = helpExtent(popup, columns, floor);
	const top = Math.min(popup.top, last);
	const where = `${top + 1}–${top + shown} of ${lines.length}`;
	const footers =
		last === 0
			? ['Esc closes']
			: [
					`${where}, PageDown and PageUp turn the page, Esc closes`,
					`${where}, PageDown goes on, Esc closes`,
					`${where} (PageDown, Esc closes)`,
				];
	const footer = footers.find(text => displayWidth(text) <= width) ?? where;
	const rows: readonly PopupRow[] = [
		[{text: popup.title, role: 'prompt'}],
		...lines.slice(top, top + shown).map(span => [span]),
		cutSpans([{text: footer, role: 'faint'}], width),
	];
	return {rectangle: middle(width + frameColumns, rows.length + frameRows, columns, floor), rows};
}
