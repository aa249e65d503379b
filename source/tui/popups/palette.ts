import type {Phrase} from '../../shared/search-text.js';
import {displayWidth} from '../../shared/text.js';
import type {Role} from '../../themes/theme.js';
import type {PaletteItem, PaletteKind} from '../finding/palette-items.js';
import type {Editor} from '../input/editor.js';
import {type ResultRow, snippet} from './results.js';
import {
	cutSpans,
	frameColumns,
	frameRows,
	inputRow,
	middle,
	type PopupLayout,
	type PopupRow,
	type Span,
} from './spans.js';

/** An item with the letters that fit marked (UTF-16 indexes). */
export type PaletteMatch = {
	readonly item: PaletteItem;
	readonly label: readonly number[];
	readonly note: readonly number[];
};

export type PalettePopup = {
	readonly type: 'palette';
	/** All there is, as it was when the palette opened. */
	readonly items: readonly PaletteItem[];
	readonly editor: Editor;
	readonly matches: readonly PaletteMatch[];
	/** Messages with what is typed; chosen after the matches. */
	readonly messages: ReadonlyArray<ResultRow & {readonly phrases: readonly Phrase[]}>;
	readonly selected: number;
	/** Somebody is chosen to send something to: only people and rooms are offered. */
	readonly recipients?: true;
};

const widest = 70;
const mostRows = 14;

const kindNames: Readonly<Record<PaletteKind, string>> = {
	console: 'program',
	chat: 'chat',
	room: 'room',
	contact: 'contact',
	account: 'account',
	command: 'command',
	setting: 'setting',
};

export function paletteLayout(popup: PalettePopup, columns: number, floor: number): PopupLayout {
	const width = Math.min(widest, columns - frameColumns - 2);
	const room = Math.max(1, Math.min(mostRows, floor - frameRows - 3));
	const rectangle = middle(width + frameColumns, room + 2 + frameRows, columns, floor);
	const input = inputRow(popup.editor, popup.recipients === true ? 'Send it to: ' : 'Go to: ', width, false);
	const count = popup.matches.length + popup.messages.length;
	const top = Math.max(0, Math.min(popup.selected - Math.floor(room / 2), count - room));
	const all = [
		...popup.matches.map((match, index) => () => matchRow(match, index === popup.selected, width)),
		...popup.messages.map(
			(row, index) => () => messageRow(row, popup.matches.length + index === popup.selected, width),
		),
	];
	const rows = all.slice(top, top + room).map(row => row());
	const none: readonly PopupRow[] = count > 0 ? [] : [cutSpans([{text: 'nothing by that name', role: 'faint'}], width)];
	const blank: readonly PopupRow[] = Array.from({length: room - rows.length - none.length}, () => []);
	const footer =
		popup.recipients === true
			? '@ people  # rooms  Enter sends, Esc does not'
			: '@ people  # rooms  / commands  > commands and settings  ? messages';
	return {
		rectangle,
		choices: {row: 1, first: top, count: rows.length},
		rows: [input.spans, ...rows, ...none, ...blank, cutSpans([{text: footer, role: 'faint'}], width)],
		cursor: {x: rectangle.x + displayWidth('│ ') + input.column, y: rectangle.y + 1},
	};
}

function matchRow({item, label, note}: PaletteMatch, selected: boolean, width: number): PopupRow {
	const kind = kindNames[item.kind];
	const unread: readonly Span[] = item.unread === 0 ? [] : [{text: ` (${item.unread} new)`, role: 'unread'}];
	const text: readonly Span[] = [
		...marked(item.label, label, selected ? 'selected' : 'text'),
		...unread,
		{text: item.note === '' ? '' : '  ', role: 'faint'},
		...marked(item.note, note, 'faint'),
	];
	const cut = cutSpans(text, Math.max(1, width - kind.length - 2));
	const used = cut.reduce((sum, span) => sum + displayWidth(span.text), 0);
	const gap = ' '.repeat(Math.max(1, width - used - kind.length));
	return width < 30 ? cutSpans(text, width) : [...cut, {text: gap + kind, role: 'faint'}];
}

function messageRow(
	row: ResultRow & {readonly phrases: readonly Phrase[]},
	selected: boolean,
	width: number,
): PopupRow {
	const head: Span = {text: `${row.where}: `, role: selected ? 'selected' : 'heading'};
	return cutSpans([head, ...snippet(row.message, row.phrases, width - displayWidth(head.text))], width);
}

/** The text with the letters at these indexes marked. */
function marked(text: string, at: readonly number[], role: Role): readonly Span[] {
	const spans: Span[] = [];
	let done = 0;
	for (let index = 0; index < at.length; ) {
		const from = at[index] ?? 0;
		let to = from + 1;
		index++;
		while (at[index] === to) {
			to++;
			index++;
		}

		spans.push(
			{text: text.slice(done, from), role},
			{text: text.slice(from, to), role: role === 'selected' ? role : 'match'},
		);
		done = to;
	}

	return [...spans, {text: text.slice(done), role}].filter(span => span.text !== '');
}
