import {displayWidth} from '../../shared/text.js';
import type {HelpPopup} from './popup.js';
import {
	cutSpans,
	frameColumns,
	frameRows,
	inputRow,
	middle,
	type PopupLayout,
	type PopupRow,
	type Span,
	wrapHanging,
} from './spans.js';

/** Rows around the lines of help: title and footer, and one row of the buffer that stays in view. */
const surroundings = frameRows + 3;
/** Columns that a search has at least. */
const roomToSearch = 36;

/** The frame stays as wide as the page is while one searches in it. */
function helpWidth(popup: HelpPopup, columns: number): number {
	const widest = Math.max(...[popup.page, popup.lines].flat().map(line => displayWidth(line.text)));
	return Math.max(10, Math.min(Math.max(widest, popup.title.length, roomToSearch), columns - frameColumns - 2));
}

type HelpRow = Span & {
	/** Index of the line that it is a part of. */
	readonly of: number;
};

function helpRows(popup: HelpPopup, width: number): readonly HelpRow[] {
	return popup.lines.flatMap(({text, heading, hang}, of) =>
		wrapHanging(text, width, hang ?? 0).map(
			(part): HelpRow => ({
				text: part,
				role: of === popup.selected ? 'selected' : heading === true ? 'heading' : 'text',
				of,
			}),
		),
	);
}

/** How the lines of help lie on a screen of this size. */
export type HelpExtent = {
	/** Rows shown at once. */
	readonly shown: number;
	/** The largest number of rows that can be above them. */
	readonly last: number;
	/** For each row the index of its line. */
	readonly lineOfRow: readonly number[];
};

export function helpExtent(popup: HelpPopup, columns: number, floor: number): HelpExtent {
	const lineOfRow = helpRows(popup, helpWidth(popup, columns)).map(row => row.of);
	const shown = Math.max(1, Math.min(lineOfRow.length, floor - surroundings));
	return {shown, last: Math.max(0, lineOfRow.length - shown), lineOfRow};
}

/** Lines to read, in the middle; as many as fit. */
export function helpLayout(popup: HelpPopup, columns: number, floor: number): PopupLayout {
	const width = helpWidth(popup, columns);
	const all = helpRows(popup, width);
	const {shown, last} = helpExtent(popup, columns, floor);
	const top = Math.min(popup.top, last);
	const isSearching = popup.query.text !== '';
	const input = inputRow(popup.query, `${popup.title}: `, width, false);
	const rows: readonly PopupRow[] = [
		isSearching ? input.spans : [{text: popup.title, role: 'prompt'}],
		...all.slice(top, top + shown).map(({text, role}): PopupRow => [{text, role}]),
		footer(popup, {first: top + 1, last: top + shown, all: all.length}, width),
	];
	const rectangle = middle(width + frameColumns, rows.length + frameRows, columns, floor);
	return {
		rectangle,
		rows,
		...(isSearching ? {cursor: {x: rectangle.x + 2 + input.column, y: rectangle.y + 1}} : {}),
	};
}

type Stretch = {readonly first: number; readonly last: number; readonly all: number};

/** What can be done here, in as many words as there is room for. */
function footer({selected, query, back}: HelpPopup, {first, last, all}: Stretch, width: number): PopupRow {
	const where = `${first}–${last} of ${all}`;
	const leave = query.text !== '' ? 'Esc ends the search' : back === undefined ? 'Esc closes' : 'Esc goes back';
	const turns = last - first + 1 < all;
	const offer = selected >= 0 ? 'Enter opens' : 'type to search';
	const texts = [
		[turns ? `${where}, PageDown and PageUp turn the page` : '', offer, leave],
		[turns ? `${where}, PageDown goes on` : '', offer, leave],
		[turns ? `${where}, PageDown goes on` : '', leave],
		[turns ? `${where} (PageDown` : '', `${leave}${turns ? ')' : ''}`],
		[turns ? `${where} (PageDown)` : leave],
	].map(parts => parts.filter(part => part !== '').join(', '));
	return cutSpans([{text: texts.find(text => displayWidth(text) <= width) ?? where, role: 'faint'}], width);
}
