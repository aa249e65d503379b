import {printable} from '../../shared/text.js';
import type {LinksPopup} from './popup.js';
import {cutSpans, frameColumns, frameRows, middle, type PopupLayout, type PopupRow} from './spans.js';

const mostRows = 12;

/** Links to choose from, in the middle. An address may be cut at its end; its host stands at the beginning. */
export function linksLayout({links, selected}: LinksPopup, columns: number, floor: number): PopupLayout {
	const width = Math.min(100, columns - frameColumns - 2);
	const room = Math.max(1, Math.min(mostRows, links.length, floor - frameRows - 2));
	const top = Math.max(0, Math.min(selected - Math.floor(room / 2), links.length - room));
	const shown = links.slice(top, top + room).map((link, index): PopupRow => {
		const isChosen = top + index === selected;
		return cutSpans(
			[
				{text: isChosen ? '> ' : '  ', role: 'prompt'},
				{text: printable(link.target, 'line'), role: isChosen ? 'selected' : 'text'},
				{text: `  ${printable(link.note, 'line')}`, role: 'faint'},
			],
			width,
		);
	});
	const title = links.length > room ? `Links (${selected + 1} of ${links.length})` : 'Links';
	const rows: readonly PopupRow[] = [
		[{text: title, role: 'prompt'}],
		...shown,
		cutSpans([{text: 'Enter opens, c copies, Esc closes', role: 'faint'}], width),
	];
	return {
		rectangle: middle(width + frameColumns, rows.length + frameRows, columns, floor),
		rows,
		choices: {row: 1, first: top, count: shown.length},
	};
}
