import type {Fingerprint} from '../../model/device.js';
import {printable} from '../../shared/text.js';
import type {Role} from '../../themes/theme.js';
import type {Editor} from '../input/editor.js';
import {keyRows} from './key-rows.js';
import type {Popup} from './popup.js';
import {
	cutSpans,
	frameColumns,
	frameRows,
	inputRow,
	middle,
	type PopupLayout,
	type PopupRow,
	wrapText,
} from './spans.js';

type Asking = Extract<Popup, {type: 'dialog'}>;

/** One question of a dialog, in the middle. */
export function dialogLayout({question, editor, selected}: Asking, columns: number, floor: number): PopupLayout {
	const width = Math.min(70, columns - frameColumns - 2);
	if (question.type === 'end') {
		return {rectangle: middle(width + frameColumns, frameRows, columns, floor), rows: []};
	}

	const paragraph = (text: string, role: Role) => wrapText(text, width).map((part): PopupRow => [{text: part, role}]);
	const problem = 'problem' in question ? question.problem : undefined;
	const isTall = floor >= roomForLarge;
	const key =
		'fingerprint' in question && question.fingerprint !== undefined
			? largeKey(question.fingerprint, width, isTall)
			: [];
	const above = [
		// Whatever has to give way, what is compared stays to be seen.
		...(isTall ? [] : key),
		...paragraph(question.title, 'prompt'),
		...(problem === undefined
			? []
			: [
					...paragraph(printable(problem.message, 'body'), 'error'),
					...(problem.hint === undefined ? [] : paragraph(printable(problem.hint, 'body'), 'warning')),
				]),
		...question.explanation.flatMap(text => paragraph(printable(text, 'line'), 'text')),
		...(isTall ? key : []),
	];
	const below = dialogInput(question, editor, selected, width);
	const room = Math.max(0, floor - frameRows - below.rows.length);
	const rows = [...above.slice(0, room), ...below.rows].slice(-Math.max(1, floor - frameRows));
	const rectangle = middle(width + frameColumns, rows.length + frameRows, columns, floor);
	const options = question.type === 'choice' ? question.options.length : 0;
	return {
		rectangle,
		rows,
		...(options === 0 ? {} : {choices: {row: rows.length - 1 - options, first: 0, count: options}}),
		...(below.column === undefined ? {} : {cursor: {x: rectangle.x + 2 + below.column, y: rectangle.y + rows.length}}),
	};
}

/** To be compared digit by digit: few groups in a row and a row between, where there is room for that. */
function largeKey(fingerprint: Fingerprint, width: number, isTall: boolean): readonly PopupRow[] {
	const indented = (row: PopupRow): PopupRow => [{text: '   ', role: 'text'}, ...row];
	return isTall
		? [[], ...keyRows(fingerprint, Math.min(width - 3, groupsOfFour)).map(indented), []]
		: keyRows(fingerprint, width);
}

const groupsOfFour = 4 * 9 - 1;

/** Rows of the screen from which on nothing else has to give way. */
const roomForLarge = 18;

function dialogInput(
	question: Exclude<Asking['question'], {type: 'end'}>,
	editor: Editor,
	selected: number,
	width: number,
): {readonly rows: readonly PopupRow[]; readonly column?: number} {
	const label: PopupRow = cutSpans([{text: printable(question.label, 'line'), role: 'heading'}], width);
	const hint = (text: string): PopupRow => cutSpans([{text, role: 'faint'}], width);
	switch (question.type) {
		case 'busy':
			return {rows: [label, hint('Esc gives up')]};
		case 'text': {
			const {spans, column} = inputRow(editor, '> ', width, question.secret);
			return {rows: [label, hint('Enter goes on, Esc gives up'), spans], column};
		}

		default: {
			const options = question.options.map(
				(option, index): PopupRow => [
					{text: index === selected ? '> ' : '  ', role: 'prompt'},
					...cutSpans(
						[
							{text: option.label, role: index === selected ? 'selected' : 'text'},
							{text: `  ${option.explanation}`, role: 'faint'},
						],
						width - 2,
					),
				],
			);
			return {rows: [label, ...options, hint('Up and Down choose, Enter goes on, Esc gives up')]};
		}
	}
}
