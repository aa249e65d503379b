import type {Message} from '../../model/message.js';
import {matchesIn, type Phrase} from '../../shared/search-text.js';
import {displayWidth, printable, truncateToWidth} from '../../shared/text.js';
import type {Editor} from '../input/editor.js';
import {briefWords} from '../panes/message-words.js';
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

/** A message that was found. */
export type ResultRow = {
	readonly message: Message;
	readonly where: string;
	readonly who: string;
	readonly when: string;
};

/** What a search through everything found. */
export type ResultsPopup = {
	readonly type: 'results';
	readonly editor: Editor;
	/** The newest first. */
	readonly hits: readonly ResultRow[];
	readonly selected: number;
	/** There are no more of them. */
	readonly complete: boolean;
	/** Per cent of the history that is indexed; absent: all. */
	readonly indexing?: number;
	/** Why there is nothing. */
	readonly none?: string;
	/** What is wrong with the query. */
	readonly problem?: string;
	/** The text that is being looked for just now. */
	readonly searching?: string;
	/** Enter was pressed before the hits were there. */
	readonly entered?: true;
	readonly phrases: readonly Phrase[];
};

const widest = 100;
const rowsOfHit = 2;

export function resultsLayout(popup: ResultsPopup, columns: number, floor: number): PopupLayout {
	const width = Math.min(widest, columns - frameColumns - 2);
	const shown = Math.max(1, Math.floor((floor - frameRows - 3) / rowsOfHit));
	const height = 2 + shown * rowsOfHit;
	const top = Math.max(0, Math.min(popup.selected - Math.floor(shown / 2), popup.hits.length - shown));
	const rectangle = middle(width + frameColumns, height + frameRows, columns, floor);
	const input = inputRow(popup.editor, 'Search: ', width, false);
	const hits = popup.hits
		.slice(top, top + shown)
		.flatMap((row, index) => hitRows(row, popup.phrases, top + index === popup.selected, width));
	const blank: readonly PopupRow[] = Array.from({length: shown * rowsOfHit - hits.length}, () => []);
	return {
		rectangle,
		choices: {row: 1, first: top, count: hits.length / rowsOfHit, rowsEach: rowsOfHit},
		rows: [input.spans, ...hits, ...blank, cutSpans([{text: footer(popup), role: problemRole(popup)}], width)],
		cursor: {x: rectangle.x + displayWidth('│ ') + input.column, y: rectangle.y + 1},
	};
}

function problemRole({problem}: ResultsPopup): Span['role'] {
	return problem === undefined ? 'faint' : 'error';
}

function footer({editor, hits, selected, complete, indexing, none, problem, searching}: ResultsPopup): string {
	if (problem !== undefined) {
		return problem;
	}

	const late = indexing === undefined ? '' : `; still indexing, ${indexing} %`;
	if (hits.length === 0) {
		return searching !== undefined
			? 'Searching…'
			: editor.text.trim() === ''
				? 'Words, "exact words", -without, from: in: before: after: on: has:'
				: `${none ?? 'Nothing was found'}${late}.`;
	}

	return `${selected + 1} of ${hits.length}${complete ? '' : ' or more'}${late}  Enter goes there, Esc closes`;
}

function hitRows(
	{message, where, who, when}: ResultRow,
	phrases: readonly Phrase[],
	selected: boolean,
	width: number,
): readonly PopupRow[] {
	return [
		cutSpans(
			[
				{text: selected ? '> ' : '  ', role: 'prompt'},
				{text: where, role: selected ? 'selected' : 'heading'},
				{text: who === where ? '' : `  ${who}`, role: 'text'},
				{text: `  ${when}`, role: 'faint'},
			],
			width,
		),
		cutSpans([{text: '    ', role: 'text'}, ...snippet(message, phrases, width - 4)], width),
	];
}

/** The part of a message around its first match, the matches marked. */
export function snippet(message: Message, phrases: readonly Phrase[], width: number): readonly Span[] {
	const {body, subject, retracted, spoiler} = message;
	if (retracted !== undefined || spoiler !== undefined) {
		return [{text: briefWords(message, Math.max(8, width)), role: 'faint'}];
	}

	const whole = printable(subject === undefined ? body : `${subject}: ${body}`, 'line')
		.replace(/\s+/gu, ' ')
		.trim();
	const [first] = matchesIn(whole.slice(0, 20_000), phrases);
	const room = Math.max(8, width);
	const start =
		first === undefined || displayWidth(whole) <= room ? 0 : startOf(whole, first.from, Math.floor(room / 3));
	const text = truncateToWidth(`${start > 0 ? '…' : ''}${whole.slice(start)}`, room);
	const spans: Span[] = [];
	let at = 0;
	for (const {from, to} of matchesIn(text, phrases)) {
		spans.push({text: text.slice(at, from), role: 'text'}, {text: text.slice(from, to), role: 'match'});
		at = to;
	}

	return [...spans, {text: text.slice(at), role: 'text'}];
}

/** So many columns before a place, at the beginning of a word where one is near. */
function startOf(text: string, place: number, columns: number): number {
	let start = place;
	let room = columns;
	for (const character of [...text.slice(Math.max(0, place - 4 * columns), place)].reverse()) {
		room -= displayWidth(character);
		if (room < 0) {
			break;
		}

		start -= character.length;
	}

	const space = text.indexOf(' ', start);
	return start > 0 && space >= 0 && space < place ? space + 1 : start;
}
