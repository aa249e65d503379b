/** A form as it is filled in: all its fields below each other, as many as fit around the selected one. */
import {displayWidth, printable, truncateToWidth} from '../../shared/text.js';
import type {Role} from '../../themes/theme.js';
import {changedCount, type FormState, inputOf, selectedField} from '../forms/form-state.js';
import {answerColumns, type FormRow, type FormRows, formRows, roomy} from './form-rows.js';
import {cutSpans, frameColumns, frameRows, middle, type PopupLayout, type PopupRow} from './spans.js';

export type FormPopup = {readonly type: 'form'; readonly state: FormState};

const widest = 110;
/** Rows of the frame, the title and the two below the fields. */
const surroundings = frameRows + 3;

/** How the rows of a form lie on a screen of this size. */
export type FormExtent = {
	readonly shown: number;
	readonly top: number;
	readonly last: number;
	/** For each row in view what a click on it means. */
	readonly rows: readonly FormRow[];
};

export function formExtent({state}: FormPopup, columns: number, floor: number): FormExtent {
	const laid = formRows(state, widthFor(columns));
	return extentOf(laid, state, floor);
}

function extentOf(laid: FormRows, {shift}: FormState, floor: number): FormExtent {
	const shown = Math.max(1, Math.min(laid.rows.length, floor - surroundings));
	const last = Math.max(0, laid.rows.length - shown);
	// As little as brings all of it into view; of what is too high for that, the place where one types.
	const wanted = laid.to <= shown ? 0 : Math.floor((laid.from + laid.to - shown) / 2);
	const fitted = laid.to - laid.from > shown ? laid.from : wanted;
	const row = laid.cursor?.row;
	const typed = row === undefined ? fitted : Math.max(row - shown + 1, Math.min(row, fitted));
	const top = Math.max(0, Math.min(last, typed + shift));
	return {shown, top, last, rows: laid.rows.slice(top, top + shown)};
}

function widthFor(columns: number): number {
	return Math.max(10, Math.min(widest, columns - frameColumns - (columns < roomy ? 0 : 2)));
}

export function formLayout({state}: FormPopup, columns: number, floor: number): PopupLayout {
	const width = widthFor(columns);
	const laid = formRows(state, width);
	const {shown, top, rows} = extentOf(laid, state, floor);
	const rectangle = middle(width + frameColumns, shown + surroundings, columns, floor);
	const where = laid.rows.length > shown ? `  ${top + 1}–${top + shown} of ${laid.rows.length}` : '';
	const title = truncateToWidth(printable(state.title, 'line'), Math.max(8, width - displayWidth(where)));
	const [status, hint] = footer(state, width);
	const cursor = laid.cursor;
	const inView = cursor !== undefined && cursor.row >= top && cursor.row < top + shown && state.phase === 'filling';
	return {
		rectangle,
		rows: [
			cutSpans(
				[
					{text: title, role: 'prompt'},
					{text: where, role: 'faint'},
				],
				width,
			),
			...rows.map(({spans}) => cutSpans(spans, width)),
			status,
			hint,
		],
		...(inView ? {cursor: {x: rectangle.x + 2 + cursor.column, y: rectangle.y + 2 + cursor.row - top}} : {}),
	};
}

/** Columns in which the answer of a field is typed. */
export function answerWidth(state: FormState, index: number, columns: number): number {
	return answerColumns(state, index, widthFor(columns));
}

/** The two rows below the fields: how it stands, and what keys do here. */
function footer(state: FormState, width: number): readonly [PopupRow, PopupRow] {
	const row = (text: string, role: Role): PopupRow => cutSpans([{text, role}], width);
	const fitting = (...texts: readonly string[]) =>
		texts.find(text => displayWidth(text) <= width) ?? texts.at(-1) ?? '';
	const changes = changedCount(state);
	const {trouble, told, problems, phase, abandoning} = state;
	if (phase === 'sending') {
		return [row('Sending…', 'text'), []];
	}

	if (phase === 'leaving') {
		const lost = changes === 1 ? 'one change' : `${changes} changes`;
		return [
			row(abandoning ?? fitting(`Give up ${lost} that nobody has seen yet?`, `Give up ${lost}?`), 'warning'),
			row(fitting('y gives up, n goes on with the form', 'y gives up, n goes on'), 'faint'),
		];
	}

	const wrong = problems.length === 1 ? 'One answer is not right.' : `${problems.length} answers are not right.`;
	const status =
		trouble === undefined
			? problems.length > 0
				? row(wrong, 'error')
				: told !== undefined
					? row(printable(told, 'line'), 'text')
					: row(changes === 0 ? 'Nothing is changed' : `${changes} changed, not sent yet`, 'faint')
			: row(printable([trouble.message, trouble.hint ?? ''].join(' ').trim(), 'line'), 'error');
	const keys = `Ctrl+S ${state.verb.toLowerCase()}s, Esc gives up`;
	const here = hintOf(state);
	return [status, row(fitting(...here.map(hint => `${hint}. ${keys}`), keys, 'Ctrl+S, Esc'), 'faint')];
}

function hintOf(state: FormState): readonly string[] {
	const index = selectedField(state);
	const field = index === undefined ? undefined : state.form.fields[index];
	if (state.option !== undefined) {
		return field?.kind === 'list-multi'
			? ['Space marks, Enter is done', 'Space marks']
			: ['Up and Down choose, Enter takes it', 'Enter takes it'];
	}

	switch (field === undefined ? undefined : inputOf(field)) {
		case 'toggle':
			return ['Space changes it, Up and Down go on', 'Space changes it'];
		case 'one':
		case 'many':
			return ['Enter shows the choices, Up and Down go on', 'Enter: choices'];
		case 'lines':
			return ['Enter begins another line, Tab goes on', 'Tab goes on'];
		case 'line':
		case 'secret':
			return ['Type the answer, Up and Down go on', 'Type here'];
		default:
			return ['Enter does it'];
	}
}
