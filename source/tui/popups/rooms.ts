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

/** A room that is listed, as a person reads of it. All but `jid` is printable. */
export type ListedRoomText = {
	readonly jid: BareJid;
	readonly address: string;
	/** Empty where it has none but its address. */
	readonly name: string;
	/** What it is about; may be empty, and long. */
	readonly about: string;
	/** How many people are in it, in words; may be empty. */
	readonly people: string;
	/** What kind of room it is. */
	readonly words: readonly string[];
	/** Not everybody may enter. */
	readonly isClosed: boolean;
	/** The person's place in it, in words. */
	readonly note: string;
};

/** The same, made ready to be looked for. */
export type RoomRow = ListedRoomText & {
	/** What is looked in. */
	readonly lower: string;
};

/** The rooms of a service or a directory, to enter one. */
export type RoomsPopup = {
	readonly type: 'rooms';
	readonly account: BareJid;
	/** Printable: `Rooms of conference.example.org`. */
	readonly title: string;
	/** What is said where there are none. Printable. */
	readonly empty: string;
	readonly rooms: readonly RoomRow[];
	/** Those with all the words that were typed. */
	readonly shown: readonly RoomRow[];
	readonly editor: Editor;
	readonly selected: number;
	/** What is said as long as there is no answer. */
	readonly asking?: string;
	/** What is said where there are more than are listed. */
	readonly cut?: string;
	/** Why there is no list. May quote the network. */
	readonly trouble?: Trouble;
};

const widest = 110;
/** Rows of the frame, and of title, input and footer. */
const surroundings = frameRows + 3;
/** From so many columns on the names stand in a column of their own. */
const roomy = 50;
/** Rows for what is told of the room that is chosen, and how many the list needs for itself. */
const mostDetails = 3;
const fewestRows = 4;

export function roomsLayout(popup: RoomsPopup, columns: number, floor: number): PopupLayout {
	const {shown: all, selected, title, editor, cut} = popup;
	const width = Math.max(10, Math.min(widest, columns - frameColumns - 2));
	const inside = Math.max(1, floor - surroundings - (floor > 30 ? 4 : 0));
	const isDescribed = popup.rooms.some(({about, words}) => about !== '' || words.length > 0);
	const details = isDescribed ? Math.max(0, Math.min(mostDetails, inside - fewestRows)) : 0;
	const height = Math.max(1, inside - details - (cut === undefined ? 0 : 1));
	const top = Math.max(0, Math.min(selected - Math.floor(height / 2), all.length - height));
	const view = all.slice(top, top + height);
	const names = Math.max(0, ...view.map(({name, address}) => displayWidth(name || address)));
	const column = width < roomy ? 0 : Math.min(names, Math.floor(width * 0.45));
	const people = Math.max(0, ...view.map(each => displayWidth(each.people)));
	const rows = view.map((room, index) => roomRow(room, top + index === selected, column, people, width));
	const none = rows.length > 0 ? [] : emptyRows(popup, width);
	const blank: readonly PopupRow[] = Array.from({length: Math.max(0, height - rows.length - none.length)}, () => []);
	const rectangle = middle(width + frameColumns, inside + surroundings, columns, floor);
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
			...detailRows(all[selected], details, width),
			...(cut === undefined ? [] : [cutSpans([{text: cut, role: 'warning'}], width)]),
			cutSpans([{text: footer(popup, width), role: 'faint'}], width),
		],
		cursor: {x: rectangle.x + 2 + input.column, y: rectangle.y + 2},
	};
}

/** What is told of a room, in so many rows; the last one is cut. */
function detailRows(room: RoomRow | undefined, count: number, width: number): readonly PopupRow[] {
	if (count === 0) {
		return [];
	}

	const told = room === undefined ? [] : [room.address, room.words.join(', '), room.about].filter(part => part !== '');
	const lines = wrapText(told.join(' – '), width);
	const shown = lines.slice(0, count - 1);
	const rest = lines.slice(count - 1).join(' ');
	return Array.from({length: count}, (_, index) => [
		{text: shown[index] ?? (index === shown.length ? truncateToWidth(rest, width) : ''), role: 'text'},
	]);
}

function roomRow(
	{name, address, note, people, isClosed}: RoomRow,
	isHere: boolean,
	column: number,
	peopleColumn: number,
	width: number,
): PopupRow {
	const first = name || address;
	// On a narrow screen nothing stands in columns.
	const count = column === 0 ? people : ' '.repeat(peopleColumn - displayWidth(people)) + people;
	return cutSpans(
		[
			{text: isHere ? '> ' : '  ', role: 'prompt'},
			{
				text: column === 0 ? first : padded(truncateToWidth(first, column), column),
				role: isHere ? 'selected' : 'text',
			},
			{text: count === '' ? '' : `  ${count}`, role: 'text'},
			{text: isClosed ? '  closed' : '', role: 'warning'},
			{text: note === '' ? '' : `  ${note}`, role: 'confirmed'},
			{text: name === '' ? '' : `  ${address}`, role: 'faint'},
		],
		width,
	);
}

function emptyRows({rooms, asking, empty, trouble}: RoomsPopup, width: number): readonly PopupRow[] {
	const rowsOf = (text: string, role: 'faint' | 'error' | 'warning'): readonly PopupRow[] =>
		wrapText(text, width).map(line => [{text: line, role}]);
	if (trouble !== undefined) {
		const {message, hint} = trouble;
		return [
			...rowsOf(printable(message, 'line'), 'error'),
			...(hint === undefined ? [] : rowsOf(printable(hint, 'line'), 'warning')),
		];
	}

	return rowsOf(asking ?? (rooms.length === 0 ? empty : 'No room has all these words.'), 'faint');
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
