/** A form as it is filled in: all its fields below each other, as many as fit around the selected one. */
import type {FormField} from '../../model/form.js';
import {displayWidth, printable, truncateToWidth} from '../../shared/text.js';
import type {Role} from '../../themes/theme.js';
import {rowsAround, topRow} from '../composer/rows.js';
import {
	answerable,
	changedCount,
	editorFor,
	type FormState,
	inputOf,
	isYes,
	selectedField,
	valuesAt,
} from '../forms/form-state.js';
import {labelOf, shownValue} from '../forms/form-words.js';
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

export type FormPopup = {readonly type: 'form'; readonly state: FormState};

const widest = 110;
/** From so many columns on an answer stands beside its question. */
const roomy = 56;
/** Rows of a text of several lines, and of choices, that are shown at once. */
const mostLines = 6;
const mostChoices = 8;
/** Rows of the frame, the title and the two below the fields. */
const surroundings = frameRows + 3;

/** One row of the form; `stop`: what a click on it selects. */
type FormRow = {readonly spans: PopupRow; readonly stop?: number; readonly option?: number};

type Laid = {
	readonly rows: readonly FormRow[];
	/** Rows that belong to what is selected, with the texts that stand over it. */
	readonly from: number;
	readonly to: number;
	readonly cursor?: {readonly row: number; readonly column: number};
};

/** How the rows of a form lie on a screen of this size. */
export type FormExtent = {
	readonly shown: number;
	readonly top: number;
	readonly last: number;
	/** For each row in view what a click on it means. */
	readonly rows: readonly FormRow[];
};

export function formExtent({state}: FormPopup, columns: number, floor: number): FormExtent {
	const laid = layRows(state, widthFor(columns));
	return extentOf(laid, state, floor);
}

function extentOf(laid: Laid, {shift}: FormState, floor: number): FormExtent {
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
	const laid = layRows(state, width);
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
	const field = state.form.fields[index];
	const width = widthFor(columns);
	return field === undefined ? width : Math.max(4, width - indentOf(field, labelWidth(state, width)));
}

function isBeside(field: FormField, labels: number): boolean {
	return labels > 0 && displayWidth(labelOf(field)) <= labels;
}

function indentOf(field: FormField, labels: number): number {
	return isBeside(field, labels) ? labels + 4 : 4;
}

function layRows(state: FormState, width: number): Laid {
	const rows: FormRow[] = [];
	const {form} = state;
	const text = (value: string, role: Role) => {
		for (const part of wrapText(printable(value, 'body'), width)) {
			rows.push({spans: [{text: part, role}]});
		}
	};

	if (form.title !== undefined && printable(form.title, 'line') !== printable(state.title, 'line')) {
		text(form.title, 'heading');
	}

	for (const instruction of form.instructions) {
		text(instruction, 'faint');
	}

	const labels = labelWidth(state, width);
	const stops = answerable(form);
	/** First row of the texts over the next field. */
	let over = 0;
	let from = 0;
	let to = 1;
	let cursor: Laid['cursor'];
	form.fields.forEach((field, index) => {
		if (field.kind === 'fixed') {
			over = Math.min(over, rows.length);
			for (const value of field.values.length === 0 ? [field.label ?? ''] : field.values) {
				text(value, 'heading');
			}

			return;
		}

		const stop = stops.indexOf(index);
		if (stop < 0) {
			return;
		}

		const laid = fieldRows(state, field, index, {width, labels});
		if (stop === state.selected) {
			from = over;
			to = rows.length + laid.rows.length;
			cursor = laid.cursor === undefined ? undefined : {...laid.cursor, row: rows.length + laid.cursor.row};
		}

		rows.push(...laid.rows.map(row => ({...row, stop})));
		over = rows.length;
	});

	[state.verb, 'Give up'].forEach((label, place) => {
		const stop = stops.length + place;
		const isHere = state.selected === stop;
		if (isHere) {
			from = place === 0 ? over : rows.length;
			to = rows.length + 1;
		}

		rows.push({
			stop,
			spans: [
				{text: isHere ? '> ' : '  ', role: 'prompt'},
				{text: `[ ${label} ]`, role: isHere ? 'selected' : 'text'},
			],
		});
	});
	return {rows, from, to, ...(cursor === undefined ? {} : {cursor})};
}

/** Columns for the questions where the answers stand beside them. */
function labelWidth({form}: FormState, width: number): number {
	if (width < roomy) {
		return 0;
	}

	const most = Math.floor(width * 0.45);
	const widths = answerable(form)
		.map(index => form.fields[index])
		.filter(field => field !== undefined && inputOf(field) !== 'toggle')
		.map(field => (field === undefined ? 0 : displayWidth(labelOf(field))))
		.filter(each => each <= most);
	return Math.max(12, ...widths);
}

type Measures = {readonly width: number; readonly labels: number};
type FieldLaid = {readonly rows: readonly FormRow[]; readonly cursor?: {readonly row: number; readonly column: number}};

function fieldRows(state: FormState, field: FormField, index: number, {width, labels}: Measures): FieldLaid {
	const isHere = selectedField(state) === index;
	const mark = {text: isHere ? '> ' : '  ', role: 'prompt'} as const;
	const role: Role = isHere ? 'selected' : 'text';
	const label = labelOf(field);
	const notes = noteRows(state, field, isHere, width);
	const values = valuesAt(state, index);
	if (inputOf(field) === 'toggle') {
		const [first = '', ...more] = wrapText(label, width - 6);
		return {
			rows: [
				{spans: [mark, {text: isYes(values) ? '[x] ' : '[ ] ', role: 'text'}, {text: first, role}]},
				...more.map((part): FormRow => ({spans: [{text: `      ${part}`, role}]})),
				...notes,
			],
		};
	}

	const beside = isBeside(field, labels);
	const indent = indentOf(field, labels);
	const answer = answerRows(state, field, index, {isHere, width: Math.max(4, width - indent)});
	const above: readonly FormRow[] = beside
		? []
		: wrapText(label, width - 2).map(
				(part, place): FormRow => ({spans: [place === 0 ? mark : {text: '  ', role: 'text'}, {text: part, role}]}),
			);
	const rows = answer.rows.map(
		(row, place): FormRow => ({
			...row,
			spans:
				place === 0 && beside
					? [mark, {text: padded(label, labels), role}, {text: '  ', role: 'text'}, ...row.spans]
					: [{text: ' '.repeat(indent), role: 'text'}, ...row.spans],
		}),
	);
	const {cursor} = answer;
	return {
		rows: [...above, ...rows, ...notes],
		...(cursor === undefined ? {} : {cursor: {row: above.length + cursor.row, column: indent + cursor.column}}),
	};
}

type Answer = {readonly isHere: boolean; readonly width: number};

function answerRows(state: FormState, field: FormField, index: number, {isHere, width}: Answer): FieldLaid {
	const input = inputOf(field);
	const values = valuesAt(state, index);
	if (isHere && state.option !== undefined) {
		return {rows: choiceRows(field, values, state.option)};
	}

	if (isHere && (input === 'line' || input === 'secret')) {
		const {spans, column} = inputRow(editorFor(state, index), '', width, input === 'secret');
		return {rows: [{spans}], cursor: {row: 0, column}};
	}

	if (isHere && input === 'lines') {
		return typedLines(state, index, width);
	}

	const shown = values.filter(value => value !== '').map(value => shownValue(field, value));
	if (input !== 'lines' && input !== 'many') {
		return {rows: [{spans: [{text: shown[0] ?? '–', role: shown.length === 0 ? 'faint' : 'text'}]}]};
	}

	const rest = shown.length - mostLines;
	return {
		rows: [
			...(shown.length === 0 ? [{spans: [{text: '–', role: 'faint'} as const]}] : []),
			...shown
				.slice(0, mostLines)
				.map((value): FormRow => ({spans: [{text: truncateToWidth(value, width), role: 'text'}]})),
			...(rest > 0 ? [{spans: [{text: `… ${rest} more`, role: 'faint'} as const]}] : []),
		],
	};
}

function typedLines(state: FormState, index: number, width: number): FieldLaid {
	const {text, cursor} = editorFor(state, index);
	const laid = rowsAround({text, cursor, width: width - 1, above: mostLines});
	const top = topRow(laid, mostLines);
	const rows = laid.rows.slice(top, top + mostLines).map(
		(row): FormRow => ({
			spans: [
				{text: '│', role: 'faint'},
				{text: row.cells.join(''), role: 'text'},
			],
		}),
	);
	return {rows, cursor: {row: laid.at - top, column: 1 + laid.column}};
}

function choiceRows(field: FormField, values: readonly string[], option: number): readonly FormRow[] {
	const isMany = inputOf(field) === 'many';
	const top = Math.max(0, Math.min(option - Math.floor(mostChoices / 2), field.options.length - mostChoices));
	return field.options.slice(top, top + mostChoices).map(({value}, place): FormRow => {
		const isChosen = values.includes(value);
		const sign = isMany ? (isChosen ? '[x] ' : '[ ] ') : isChosen ? '(x) ' : '( ) ';
		const isHere = top + place === option;
		return {
			option: top + place,
			spans: [
				{text: isHere ? '> ' : '  ', role: 'prompt'},
				{text: sign, role: 'text'},
				{text: shownValue(field, value), role: isHere ? 'selected' : 'text'},
			],
		};
	});
}

/** What is wrong with an answer always; the rest where one is. */
function noteRows({problems}: FormState, field: FormField, isHere: boolean, width: number): readonly FormRow[] {
	const problem = problems.find(each => each.field === field.name);
	const row =
		(role: Role) =>
		(part: string): FormRow => ({spans: [{text: `    ${part}`, role}]});
	const about = isHere ? printable(field.description ?? '', 'body').trim() : '';
	return [
		...(problem === undefined ? [] : wrapText(`! ${problem.message}`, width - 4).map(row('error'))),
		...(about === '' ? [] : wrapText(about, width - 4).map(row('faint'))),
		...field.media.flatMap(({type, uri}) =>
			wrapText(`${printable(type, 'identifier')}: ${printable(uri, 'identifier')}`, width - 4).map(row('link')),
		),
	];
}

/** The two rows below the fields: how it stands, and what keys do here. */
function footer(state: FormState, width: number): readonly [PopupRow, PopupRow] {
	const row = (text: string, role: Role): PopupRow => cutSpans([{text, role}], width);
	const fitting = (...texts: readonly string[]) =>
		texts.find(text => displayWidth(text) <= width) ?? texts.at(-1) ?? '';
	const changes = changedCount(state);
	const {trouble, problems, phase, abandoning} = state;
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
