/** The rows of a form while it is filled in: its texts, its questions with their answers, and the rows that end it. */
import type {FormField} from '../../model/form.js';
import {displayWidth, printable, truncateToWidth} from '../../shared/text.js';
import type {Role} from '../../themes/theme.js';
import {rowsAround, topRow} from '../composer/rows.js';
import {answerable, editorFor, type FormState, inputOf, isYes, selectedField, valuesAt} from '../forms/form-state.js';
import {labelOf, shownValue} from '../forms/form-words.js';
import {inputRow, type PopupRow, padded, wrapText} from './spans.js';

/** From so many columns on an answer stands beside its question. */
export const roomy = 56;
/** Rows of a text of several lines, and of choices, that are shown at once. */
const mostLines = 6;
const mostChoices = 8;

/** One row of the form; `stop`: what a click on it selects. */
export type FormRow = {readonly spans: PopupRow; readonly stop?: number; readonly option?: number};

export type FormRows = {
	readonly rows: readonly FormRow[];
	/** Rows that belong to what is selected, with the texts that stand over it. */
	readonly from: number;
	readonly to: number;
	readonly cursor?: {readonly row: number; readonly column: number};
};

/** Columns in which the answer of a field is typed, in a form of that width. */
export function answerColumns(state: FormState, index: number, width: number): number {
	const field = state.form.fields[index];
	return field === undefined ? width : Math.max(4, width - indentOf(field, labelWidth(state, width)));
}

function isBeside(field: FormField, labels: number): boolean {
	return labels > 0 && displayWidth(labelOf(field)) <= labels;
}

function indentOf(field: FormField, labels: number): number {
	return isBeside(field, labels) ? labels + 4 : 4;
}

/** All rows of a form of that width. */
export function formRows(state: FormState, width: number): FormRows {
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
	let cursor: FormRows['cursor'];
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

	[state.verb, 'Give up', ...state.more].forEach((label, place) => {
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
