/** A data form while it is filled in (XEP-0004): plain data, changed only by the functions of this file. */
import type {FieldProblem, Form, FormAnswers, FormField} from '../../model/form.js';
import {problemsIn} from '../../model/form-check.js';
import type {Trouble} from '../assistant/dialog.js';
import {type Editor, emptyEditor, withText} from '../input/editor.js';

export type FormState = {
	readonly title: string;
	readonly form: Form;
	/** What is done with it, as one word. */
	readonly verb: string;
	/** What else can be done: rows below the other two. */
	readonly more: readonly string[];
	/** What was chosen, by the index of the field. */
	readonly chosen: Readonly<Record<number, readonly string[]>>;
	/** What was typed, by the index of the field. */
	readonly editors: Readonly<Record<number, Editor>>;
	/** Index among the stops: fields that can be answered, then sending, giving up and what else can be done. */
	readonly selected: number;
	/** The choices of the selected field are shown: index of the one that would be chosen. */
	readonly option?: number;
	/** Rows that the person moved the view by, away from the selected field. */
	readonly shift: number;
	readonly problems: readonly FieldProblem[];
	/** Why it was refused. May quote the network. */
	readonly trouble?: Trouble;
	/** What came of something that was done besides. */
	readonly told?: string;
	/** `leaving`: whether to give up is asked. */
	readonly phase: 'filling' | 'leaving' | 'sending';
	/** What giving up means, as a question. */
	readonly abandoning?: string;
};

/** How a field is answered. A list without options is one that takes any text. */
export type Input = 'toggle' | 'one' | 'many' | 'line' | 'lines' | 'secret';

/** `undefined`: there is nothing to answer. */
export function inputOf({name, kind, options}: FormField): Input | undefined {
	if (name === undefined) {
		return undefined;
	}

	switch (kind) {
		case 'boolean':
			return 'toggle';
		case 'list-single':
			return options.length === 0 ? 'line' : 'one';
		case 'list-multi':
			return options.length === 0 ? 'lines' : 'many';
		case 'text-private':
			return 'secret';
		case 'text-multi':
		case 'jid-multi':
			return 'lines';
		case 'text-single':
		case 'jid-single':
			return 'line';
		default:
			return undefined;
	}
}

export function isTyped(input: Input | undefined): input is 'line' | 'lines' | 'secret' {
	return input === 'line' || input === 'lines' || input === 'secret';
}

export function beginForm({
	title,
	form,
	verb,
	abandoning,
	more = [],
}: Pick<FormState, 'title' | 'form' | 'verb' | 'abandoning'> & {
	readonly more?: ReadonlyArray<{readonly label: string}>;
}): FormState {
	return {
		title,
		form,
		verb,
		more: more.map(({label}) => label),
		chosen: {},
		editors: {},
		selected: 0,
		shift: 0,
		problems: [],
		phase: 'filling',
		...(abandoning === undefined ? {} : {abandoning}),
	};
}

const stopsOf = new WeakMap<Form, readonly number[]>();

/** Indexes of the fields that can be answered. */
export function answerable(form: Form): readonly number[] {
	const known = stopsOf.get(form);
	if (known !== undefined) {
		return known;
	}

	const stops = form.fields.flatMap((field, index) => (inputOf(field) === undefined ? [] : [index]));
	stopsOf.set(form, stops);
	return stops;
}

/** Index of the field that is selected; `undefined`: one of the rows below them is. */
export function selectedField({form, selected}: FormState): number | undefined {
	return answerable(form)[selected];
}

/** How many rows can be selected. */
export function stopCount({form, more}: FormState): number {
	return answerable(form).length + 2 + more.length;
}

/** Which of the other things that can be done is selected. */
export function selectedMore({form, more, selected}: FormState): number | undefined {
	const place = selected - answerable(form).length - 2;
	return place >= 0 && place < more.length ? place : undefined;
}

export function isOnSubmit({form, selected}: FormState): boolean {
	return selected === answerable(form).length;
}

/** Goes to another stop; round at the ends. */
export function stepped(state: FormState, by: number): FormState {
	const count = stopCount(state);
	return at(state, (state.selected + by + count) % count);
}

export function at(state: FormState, selected: number): FormState {
	const {option: _, ...closed} = state;
	return {...closed, selected, shift: 0};
}

const yes: ReadonlySet<string> = new Set(['1', 'true']);

export function isYes(values: readonly string[]): boolean {
	return yes.has(values[0] ?? '');
}

/** The text of a field that is typed, with the cursor behind it. */
export function editorFor({form, editors}: FormState, index: number): Editor {
	const field = form.fields[index];
	return editors[index] ?? withText(emptyEditor, field === undefined ? '' : textOf(field));
}

function textOf(field: FormField): string {
	return inputOf(field) === 'lines' ? field.values.join('\n') : (field.values[0] ?? '');
}

/** The answer as it stands now. */
export function valuesAt(state: FormState, index: number): readonly string[] {
	const field = state.form.fields[index];
	const editor = state.editors[index];
	if (field === undefined || editor === undefined) {
		return state.chosen[index] ?? field?.values ?? [];
	}

	if (inputOf(field) !== 'lines') {
		return editor.text === '' ? [] : [field.kind === 'jid-single' ? editor.text.trim() : editor.text];
	}

	return field.kind === 'text-multi'
		? editor.text === ''
			? []
			: editor.text.split('\n')
		: editor.text
				.split('\n')
				.map(line => line.trim())
				.filter(line => line !== '');
}

export function typedInto(state: FormState, index: number, editor: Editor): FormState {
	const next = {...state, editors: {...state.editors, [index]: editor}, shift: 0};
	return editor.text === editorFor(state, index).text ? next : changed(next, index);
}

export function choose(state: FormState, index: number, values: readonly string[]): FormState {
	return changed({...state, chosen: {...state.chosen, [index]: values}, shift: 0}, index);
}

export function toggle(state: FormState, index: number): FormState {
	return choose(state, index, [isYes(valuesAt(state, index)) ? '0' : '1']);
}

/** What is wrong with an answer is forgotten while it is changed. */
function changed(state: FormState, index: number): FormState {
	const name = state.form.fields[index]?.name;
	return {...state, problems: state.problems.filter(({field}) => field !== name)};
}

/** Whether the answer differs from what the form came with. */
export function isChangedAt(state: FormState, index: number): boolean {
	const field = state.form.fields[index];
	const now = valuesAt(state, index);
	if (field === undefined || (state.chosen[index] === undefined && state.editors[index] === undefined)) {
		return false;
	}

	if (inputOf(field) === 'toggle') {
		return isYes(now) !== isYes(field.values);
	}

	if (state.editors[index] !== undefined && state.editors[index].text === textOf(field)) {
		return false;
	}

	return now.length !== field.values.length || now.some((value, place) => value !== field.values[place]);
}

export function changedCount(state: FormState): number {
	return answerable(state.form).filter(index => isChangedAt(state, index)).length;
}

/** What is to be sent: what was changed. A question of yes or no that has to be answered is answered with no. */
export function answersOf(state: FormState): FormAnswers {
	const rows = answerable(state.form).flatMap((index): ReadonlyArray<readonly [string, readonly string[]]> => {
		const field = state.form.fields[index];
		if (field?.name === undefined) {
			return [];
		}

		if (isChangedAt(state, index)) {
			return [[field.name, valuesAt(state, index)]];
		}

		return field.kind === 'boolean' && field.required && field.values.length === 0 ? [[field.name, ['0']]] : [];
	});
	return Object.fromEntries(rows);
}

/** The form with what is wrong in it, at the first such field; unchanged and `true`: it can be sent. */
export function checked(state: FormState): {readonly state: FormState; readonly ok: boolean} {
	const problems = problemsIn(state.form, answersOf(state));
	const [first] = problems;
	const {trouble: _, told: __, ...calm} = state;
	if (first === undefined) {
		return {state: {...calm, problems}, ok: true};
	}

	const stop = answerable(state.form).findIndex(index => state.form.fields[index]?.name === first.field);
	return {state: {...at(calm, Math.max(0, stop)), problems}, ok: false};
}
