import {displayWidth, printable, truncateToWidth} from '../../shared/text.js';
import type {CompletionPopup} from './popup.js';
import {cutSpans, frameColumns, frameRows, type PopupLayout, type PopupRow, padded, type Span} from './spans.js';

const mostCandidates = 8;

/** What Tab found, at the left above the input. */
export function completionLayout(popup: CompletionPopup, columns: number, floor: number): PopupLayout {
	const inner = Math.min(columns, 76) - frameColumns;
	const {candidates, selected, help} = popup;
	const room = Math.max(1, Math.min(mostCandidates, floor - frameRows - 1));
	const top = Math.max(0, Math.min(selected - Math.floor(room / 2), candidates.length - room));
	const shown = candidates.slice(top, top + room);
	const labels = shown.map(each => printable(each.label, 'identifier'));
	const width = Math.min(Math.floor(inner / 2), Math.max(...labels.map(displayWidth)));
	const rows = shown.map((each, index): PopupRow => {
		const label = truncateToWidth(labels[index] ?? '', width);
		const note = truncateToWidth(printable(each.note, 'line'), inner - width - 2);
		const chosen = top + index === selected;
		return [
			{text: padded(label, width), role: chosen ? 'selected' : 'text'},
			{text: `  ${note}`, role: 'faint'},
		];
	});
	const more = candidates.length > room ? ` (${Math.max(0, selected) + 1}/${candidates.length})` : '';
	const all = help === undefined ? rows : [helpRow(help, more, inner), ...rows];
	const height = all.length + frameRows;
	return {
		rectangle: {x: 0, y: Math.max(0, floor - height), width: inner + frameColumns, height},
		rows: all,
		choices: {row: all.length - rows.length, first: top, count: rows.length},
	};
}

/** `/msg <who> [message]  Send a message`, with the parameter at the cursor marked. */
function helpRow(help: NonNullable<CompletionPopup['help']>, more: string, width: number): PopupRow {
	const spans = help.usage.map(
		(part): Span => ({
			text: part.text,
			role: part.parameter !== undefined && part.parameter === help.active ? 'highlight' : 'heading',
		}),
	);
	return cutSpans([...spans, {text: `  ${help.summary}${more}`, role: 'faint'}], width);
}
