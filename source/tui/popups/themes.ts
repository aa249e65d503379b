import {displayWidth, printable} from '../../shared/text.js';
import type {ThemesPopup} from './popup.js';
import {cutSpans, frameColumns, frameRows, type PopupLayout, type PopupRow, padded} from './spans.js';

/** The themes at the left above the input, so that the messages beside and above them show the one that is chosen. */
export function themesLayout({themes, selected, set}: ThemesPopup, columns: number, floor: number): PopupLayout {
	const names = themes.map(({name}) => printable(name, 'identifier'));
	const width = Math.max(...names.map(displayWidth));
	const inner = Math.min(columns - frameColumns, Math.max(width + 2, 60));
	const room = Math.max(1, Math.min(themes.length, floor - frameRows - 3));
	const top = Math.max(0, Math.min(selected - Math.floor(room / 2), themes.length - room));
	const rows = themes.slice(top, top + room).map((theme, index): PopupRow => {
		const place = top + index;
		return cutSpans(
			[
				{text: theme.name === set ? '✓ ' : '  ', role: 'confirmed'},
				{text: padded(names[place] ?? '', width), role: place === selected ? 'selected' : 'text'},
				{text: `  ${printable(theme.about, 'line')}`, role: theme.complaint === undefined ? 'faint' : 'warning'},
			],
			inner,
		);
	});
	const all: readonly PopupRow[] = [
		cutSpans(
			[
				{text: 'Colours', role: 'prompt'},
				{text: '  Enter keeps them, Esc does not', role: 'faint'},
			],
			inner,
		),
		...rows,
		cutSpans(
			[
				{text: 'unread ', role: 'unread'},
				{text: 'highlight ', role: 'highlight'},
				{text: 'code', role: 'code'},
				{text: ' ', role: 'text'},
				{text: 'link', role: 'link'},
				{text: ' ● ', role: 'present'},
				{text: '◐ ', role: 'away'},
				{text: '⊖ ', role: 'busy'},
				{text: 'warning ', role: 'warning'},
				{text: 'error', role: 'error'},
			],
			inner,
		),
	];
	const height = all.length + frameRows;
	return {rectangle: {x: 0, y: Math.max(0, floor - height), width: inner + frameColumns, height}, rows: all};
}
