import type {BareJid} from '../../shared/jid.js';
import {displayWidth, printable, truncateToWidth} from '../../shared/text.js';
import type {Trouble} from '../assistant/dialog.js';
import type {Editor} from '../input/editor.js';
import {
	cutSpans,
	frameColumns,
	frameRows,
	inputRow,
	middle,
	type PopupLayout,
	type PopupRow,
	padded,
	wrapText,
} from './spans.js';

/** A room that a service shows, made ready to be looked for and shown. */
export type RoomRow = {
	readonly jid: BareJid;
	/** Printable. */
	readonly address: string;
	/** Printable; empty where it has none but its address. */
	readonly name: string;
	/** The person's place in it, in words. */
	readonly note: string;
	/** What is looked in. */
	readonly lower: string;
};

/** The rooms of a service, to enter one. */
export type RoomsPopup = {
	readonly type: 'rooms';
	readonly account: BareJid;
	/** Printable: `Rooms of conference.example.org`. */
	readonly title: string;
	readonly rooms: readonly RoomRow[];
	/** Those with all the words that were typed. */
	readonly shown: readonly RoomRow[];
	readonly editor: Editor;
	readonly selected: number;
	/** The service has not answered yet. */
	readonly asking?: true;
	/** Why there is no list. May quote the network. */
	readonly trouble?: Trouble;
};

const widest = 110;
/** Rows of the frame, and of title, input and footer. */
const surroundings = frameRows + 3;
/** From so many columns on the names stand in a column of their own. */
const roomy = 50;

export function roomsLayout(popup: RoomsPopup, columns: number, floor: number): PopupLayout {
	const {shown: all, selected, title, editor} = popup;
	const width = Math.max(10, Math.min(widest, columns - frameColumns - 2));
	const height = Math.max(1, floor - surroundings - (floor > 30 ? 4 : 0));
	const top = Math.max(0, Math.min(selected - Math.floor(height / 2), all.length - height));
	const view = all.slice(top, top + height);
	const names = Math.max(0, ...view.map(({name, address}) => displayWidth(name || address)));
	const column = width < roomy ? 0 : Math.min(names, Math.floor(width * 0.45));
	const rows = view.map((room, index) => roomRow(room, top + index === selected, column, width));
	const none = rows.length > 0 ? [] : emptyRows(popup, width);
	const blank: readonly PopupRow[] = Array.from({length: Math.max(0, height - rows.length - none.length)}, () => []);
	const rectangle = middle(width + frameColumns, height + surroundings, columns, floor);
	const input = inputRow(editor, 'Find: ', width, false);
	return {
		rectangle,
		choices: {row: 2, first: top, count: rows.length},
		rows: [
			cutSpans([{text: title, role: 'prompt'}], width),
			input.spans,
			...rows,
			...none.slice(0, height),
			...blank,
			cutSpans([{text: footer(popup, width), role: 'faint'}], width),
		],
		cursor: {x: rectangle.x + 2 + input.column, y: rectangle.y + 2},
	};
}

function roomRow({name, address, note}: RoomRow, isHere: boolean, column: number, width: number): PopupRow {
	const first = name || address;
	return cutSpans(
		[
			{text: isHere ? '> ' : '  ', role: 'prompt'},
			{
				text: column === 0 ? first : padded(truncateToWidth(first, column), column),
				role: isHere ? 'selected' : 'text',
			},
			{text: note === '' ? '' : `  ${note}`, role: 'confirmed'},
			{text: name === '' ? '' : `  ${address}`, role: 'faint'},
		],
		width,
	);
}

function emptyRows({rooms, asking, trouble}: RoomsPopup, width: number): readonly PopupRow[] {
	const rowsOf = (text: string, role: 'faint' | 'error' | 'warning'): readonly PopupRow[] =>
		wrapText(text, width).map(line => [{text: line, role}]);
	if (trouble !== undefined) {
		const {message, hint} = trouble;
		return [
			...rowsOf(printable(message, 'line'), 'error'),
			...(hint === undefined ? [] : rowsOf(printable(hint, 'line'), 'warning')),
		];
	}

	return rowsOf(
		asking === true
			? 'Asking for its rooms…'
			: rooms.length === 0
				? 'It shows no rooms. /join makes one.'
				: 'No room has all these words.',
		'faint',
	);
}

function footer({shown, selected, rooms}: RoomsPopup, width: number): string {
	const where = `${selected + 1} of ${shown.length}${shown.length < rooms.length ? ` (${rooms.length} in all)` : ''}`;
	const texts =
		shown.length === 0
			? ['Esc closes']
			: [
					`${where}  Enter joins, Alt+C copies the address, type to filter, Esc closes`,
					`${where}  Enter joins, Alt+C copies, Esc closes`,
					`${where}  Enter joins`,
				];
	return texts.find(text => displayWidth(text) <= width) ?? texts.at(-1) ?? '';
}
