/** What a key does to a form (XEP-0004) while it is filled in. Pure: what has to be done with the form is only said. */
import {edited} from '../app/popup-editing.js';
import {moveDown, moveUp} from '../composer/vertical.js';
import {insertText} from '../input/editor.js';
import type {KeyMeaning} from '../input/keymap.js';
import {
	answerable,
	at,
	choose,
	editorFor,
	type FormState,
	inputOf,
	isOnSubmit,
	isTyped,
	selectedField,
	selectedMore,
	stepped,
	toggle,
	typedInto,
	valuesAt,
} from './form-state.js';

/** The form after a key, or what is to be done with it: `leave` asks first where something would be lost, `more` is what is selected. */
export type FormOutcome = FormState | 'submit' | 'leave' | 'giveUp' | 'close' | 'more';

/** How the form lies on the screen. */
export type FormMeasures = {
	/** Columns in which the answer of a field is typed. */
	answerWidth(index: number): number;
	/** Rows that are in view, and those above them; `last`: the most that can be above. */
	extent(): {readonly shown: number; readonly top: number; readonly last: number};
};

/** The form after a key. */
export function keyed(state: FormState, meaning: KeyMeaning, measures: FormMeasures): FormOutcome {
	const action = actionOf(meaning);
	if (state.phase === 'sending') {
		return action === 'cancel' ? 'close' : state;
	}

	if (state.phase === 'leaving') {
		const typed = meaning.type === 'text' ? meaning.text.toLowerCase() : undefined;
		return typed === 'y' ? 'giveUp' : typed === 'n' || meaning.type === 'action' ? {...state, phase: 'filling'} : state;
	}

	if (action === 'searchBuffer') {
		return 'submit';
	}

	return state.option === undefined ? fillingKey(state, meaning, measures) : choiceKey(state, state.option, meaning);
}

function actionOf(meaning: KeyMeaning): string | undefined {
	return meaning.type === 'action' ? meaning.action : undefined;
}

function fillingKey(state: FormState, meaning: KeyMeaning, measures: FormMeasures): FormOutcome {
	switch (actionOf(meaning)) {
		case 'cancel':
			return 'leave';
		case 'complete':
			return stepped(state, 1);
		case 'completeBackward':
			return stepped(state, -1);
		case 'scrollPageUp':
			return shifted(state, measures, 1 - Math.max(2, measures.extent().shown));
		case 'scrollPageDown':
			return shifted(state, measures, Math.max(2, measures.extent().shown) - 1);
		case 'scrollLineUp':
			return shifted(state, measures, -1);
		case 'scrollLineDown':
			return shifted(state, measures, 1);
		case 'scrollTop':
		case 'moveTextStart':
			return at(state, 0);
		case 'scrollBottom':
		case 'moveTextEnd':
			return at(state, answerable(state.form).length);
		default:
			return answeringKey(state, meaning, measures);
	}
}

/** Moves the view by so many rows and not the selection. */
function shifted(state: FormState, measures: FormMeasures, rows: number): FormState {
	const {top, last} = measures.extent();
	return {...state, shift: state.shift + Math.max(0, Math.min(last, top + rows)) - top};
}

function answeringKey(state: FormState, meaning: KeyMeaning, measures: FormMeasures): FormOutcome {
	const index = selectedField(state);
	const field = index === undefined ? undefined : state.form.fields[index];
	if (index === undefined || field === undefined) {
		return buttonKey(state, meaning);
	}

	return isTyped(inputOf(field)) ? typingKey(state, index, meaning, measures) : choosingKey(state, index, meaning);
}

function buttonKey(state: FormState, meaning: KeyMeaning): FormOutcome {
	switch (actionOf(meaning)) {
		case 'up':
			return stepped(state, -1);
		case 'down':
			return stepped(state, 1);
		case 'send':
			return isOnSubmit(state) ? 'submit' : selectedMore(state) === undefined ? 'leave' : 'more';
		default:
			return state;
	}
}

function typingKey(state: FormState, index: number, meaning: KeyMeaning, measures: FormMeasures): FormState {
	const field = state.form.fields[index];
	const isLong = field !== undefined && inputOf(field) === 'lines';
	const editor = editorFor(state, index);
	const action = actionOf(meaning);
	if (action === 'up' || action === 'down') {
		const width = measures.answerWidth(index) - 1;
		const moved = isLong ? (action === 'up' ? moveUp(editor, width) : moveDown(editor, width)) : undefined;
		return moved === undefined ? stepped(state, action === 'up' ? -1 : 1) : typedInto(state, index, moved);
	}

	if (action === 'send' || action === 'newline') {
		return isLong ? typedInto(state, index, insertText(editor, '\n')) : stepped(state, 1);
	}

	const next = edited(editor, meaning);
	return next === undefined ? state : typedInto(state, index, next);
}

/** A question whose answer is not typed. */
function choosingKey(state: FormState, index: number, meaning: KeyMeaning): FormState {
	const field = state.form.fields[index];
	const action = actionOf(meaning);
	const isChoosing = action === 'send' || (meaning.type === 'text' && meaning.text === ' ');
	if (action === 'up' || action === 'down') {
		return stepped(state, action === 'up' ? -1 : 1);
	}

	if (isChoosing && field?.kind === 'boolean') {
		return toggle(state, index);
	}

	if (isChoosing) {
		const [value] = valuesAt(state, index);
		const option = field?.options.findIndex(each => each.value === value) ?? 0;
		return {...state, option: Math.max(0, option), shift: 0};
	}

	const isEmptying = action === 'deleteBackward' || action === 'deleteForward';
	return isEmptying && field?.required === false && field.kind !== 'boolean' ? choose(state, index, []) : state;
}

/** While the choices of a field are shown. */
function choiceKey(state: FormState, option: number, meaning: KeyMeaning): FormState {
	const index = selectedField(state) ?? 0;
	const field = state.form.fields[index];
	const options = field?.options ?? [];
	const isMany = field?.kind === 'list-multi';
	const {option: _, ...closed} = state;
	const to = (next: number) => ({...state, option: (next + options.length) % options.length});
	const take = () => {
		const value = options[option]?.value ?? '';
		return isMany
			? choose(state, index, flipped(field, valuesAt(state, index), value))
			: choose(closed, index, [value]);
	};
	if (meaning.type === 'text') {
		return meaning.text === ' ' ? take() : to(beginningWith(field, option, meaning.text) ?? option);
	}

	switch (actionOf(meaning)) {
		case 'up':
		case 'completeBackward':
			return to(option - 1);
		case 'down':
		case 'complete':
			return to(option + 1);
		case 'send':
			return isMany ? closed : take();
		case 'cancel':
			return closed;
		default:
			return state;
	}
}

type Choosable = FormState['form']['fields'][number] | undefined;

/** With the value taken or not any more; in the order of the form. */
function flipped(field: Choosable, values: readonly string[], value: string): readonly string[] {
	const next = values.includes(value) ? values.filter(each => each !== value) : [...values, value];
	const order = (field?.options ?? []).map(each => each.value);
	return next.toSorted((one, other) => order.indexOf(one) - order.indexOf(other));
}

/** The next choice that begins with a letter. */
function beginningWith(field: Choosable, option: number, letter: string): number | undefined {
	const options = field?.options ?? [];
	const wanted = letter.toLowerCase();
	for (let step = 1; step <= options.length; step++) {
		const index = (option + step) % options.length;
		const {label, value} = options[index] ?? {value: ''};
		if ((label ?? value).toLowerCase().startsWith(wanted)) {
			return index;
		}
	}

	return undefined;
}
