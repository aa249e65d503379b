import {problemOf} from '../../shared/errors.js';
import {moveDown, moveUp} from '../composer/vertical.js';
import {
	answerable,
	answersOf,
	at,
	beginForm,
	changedCount,
	checked,
	choose,
	editorFor,
	type FormState,
	inputOf,
	isOnSubmit,
	isTyped,
	selectedField,
	stepped,
	toggle,
	typedInto,
	valuesAt,
} from '../forms/form-state.js';
import type {FormTask} from '../forms/form-task.js';
import {insertPaste, insertText} from '../input/editor.js';
import type {KeyMeaning} from '../input/keymap.js';
import {answerWidth, type FormExtent, type FormPopup, formExtent} from '../popups/form.js';
import {type Core, closePopup, openPopup} from './core.js';
import {edited} from './popup-editing.js';

/** The form that is on the screen, for each app. */
const running = new WeakMap<Core, FormTask>();

/** Puts a form on the screen; what becomes of it is said in the active buffer. */
export function openForm(core: Core, task: FormTask): void {
	running.set(core, task);
	show(core, beginForm(task));
}

function show(core: Core, state: FormState): void {
	openPopup(core, {type: 'form', state});
}

/** Gives a key to the form. `false`: it means what it always does. */
export function formKey(core: Core, popup: FormPopup, meaning: KeyMeaning): boolean {
	const action = meaning.type === 'action' ? meaning.action : undefined;
	if (action === 'redraw' || action === 'suspend') {
		return false;
	}

	const {state} = popup;
	if (state.phase === 'sending') {
		if (action === 'cancel') {
			closePopup(core);
		}
	} else if (state.phase === 'leaving') {
		leavingKey(core, state, meaning);
	} else if (action === 'searchBuffer') {
		void submit(core, state);
	} else if (state.option === undefined) {
		fillingKey(core, popup, meaning);
	} else {
		choiceKey(core, state, state.option, meaning);
	}

	return true;
}

function leavingKey(core: Core, state: FormState, meaning: KeyMeaning): void {
	const typed = meaning.type === 'text' ? meaning.text.toLowerCase() : undefined;
	if (typed === 'y') {
		void giveUp(core);
	} else if (typed === 'n' || meaning.type === 'action') {
		show(core, {...state, phase: 'filling'});
	}
}

function leave(core: Core, state: FormState): void {
	if (state.abandoning === undefined && changedCount(state) === 0) {
		void giveUp(core);
	} else {
		show(core, {...state, phase: 'leaving'});
	}
}

function fillingKey(core: Core, popup: FormPopup, meaning: KeyMeaning): void {
	const {state} = popup;
	const index = selectedField(state);
	const field = index === undefined ? undefined : state.form.fields[index];
	const input = field === undefined ? undefined : inputOf(field);
	const action = meaning.type === 'action' ? meaning.action : undefined;
	switch (action) {
		case 'cancel':
			leave(core, state);
			return;
		case 'complete':
			show(core, stepped(state, 1));
			return;
		case 'completeBackward':
			show(core, stepped(state, -1));
			return;
		case 'scrollPageUp':
			turn(core, popup, -1);
			return;
		case 'scrollPageDown':
			turn(core, popup, 1);
			return;
		case 'scrollLineUp':
		case 'scrollLineDown':
			shift(core, popup, action === 'scrollLineUp' ? -1 : 1);
			return;
		case 'scrollTop':
		case 'moveTextStart':
			show(core, at(state, 0));
			return;
		case 'scrollBottom':
		case 'moveTextEnd':
			show(core, at(state, answerable(state.form).length));
			return;
	}

	if (index === undefined) {
		buttonKey(core, state, meaning);
	} else if (isTyped(input)) {
		typingKey(core, state, index, meaning);
	} else {
		choosingKey(core, state, index, meaning);
	}
}

function buttonKey(core: Core, state: FormState, meaning: KeyMeaning): void {
	const action = meaning.type === 'action' ? meaning.action : undefined;
	if (action === 'up' || action === 'down') {
		show(core, stepped(state, action === 'up' ? -1 : 1));
	} else if (action === 'send' && isOnSubmit(state)) {
		void submit(core, state);
	} else if (action === 'send') {
		leave(core, state);
	}
}

function typingKey(core: Core, state: FormState, index: number, meaning: KeyMeaning): void {
	const field = state.form.fields[index];
	const isLong = field !== undefined && inputOf(field) === 'lines';
	const editor = editorFor(state, index);
	const action = meaning.type === 'action' ? meaning.action : undefined;
	if (action === 'up' || action === 'down') {
		const width = answerWidth(state, index, core.painted().layout?.title.width ?? 80) - 1;
		const moved = isLong ? (action === 'up' ? moveUp(editor, width) : moveDown(editor, width)) : undefined;
		show(core, moved === undefined ? stepped(state, action === 'up' ? -1 : 1) : typedInto(state, index, moved));
	} else if (action === 'send' || action === 'newline') {
		show(core, isLong ? typedInto(state, index, insertText(editor, '\n')) : stepped(state, 1));
	} else {
		const next = edited(editor, meaning);
		if (next !== undefined) {
			show(core, typedInto(state, index, next));
		}
	}
}

/** A question whose answer is not typed. */
function choosingKey(core: Core, state: FormState, index: number, meaning: KeyMeaning): void {
	const field = state.form.fields[index];
	const action = meaning.type === 'action' ? meaning.action : undefined;
	const isSpace = meaning.type === 'text' && meaning.text === ' ';
	if (action === 'up' || action === 'down') {
		show(core, stepped(state, action === 'up' ? -1 : 1));
	} else if (field?.kind === 'boolean') {
		if (isSpace || action === 'send') {
			show(core, toggle(state, index));
		}
	} else if (isSpace || action === 'send') {
		const [value] = valuesAt(state, index);
		const option = field?.options.findIndex(each => each.value === value) ?? 0;
		show(core, {...state, option: Math.max(0, option), shift: 0});
	} else if ((action === 'deleteBackward' || action === 'deleteForward') && field?.required === false) {
		show(core, choose(state, index, []));
	}
}

/** While the choices of a field are shown. */
function choiceKey(core: Core, state: FormState, option: number, meaning: KeyMeaning): void {
	const index = selectedField(state) ?? 0;
	const field = state.form.fields[index];
	const options = field?.options ?? [];
	const isMany = field?.kind === 'list-multi';
	const {option: _, ...closed} = state;
	const to = (next: number) => show(core, {...state, option: (next + options.length) % options.length});
	const take = () => {
		const value = options[option]?.value ?? '';
		return isMany
			? choose(state, index, flipped(field, valuesAt(state, index), value))
			: choose(closed, index, [value]);
	};
	if (meaning.type === 'text') {
		if (meaning.text === ' ') {
			show(core, take());
		} else {
			const next = beginningWith(field, option, meaning.text);
			to(next ?? option);
		}

		return;
	}

	switch (meaning.type === 'action' ? meaning.action : undefined) {
		case 'up':
		case 'completeBackward':
			to(option - 1);
			break;
		case 'down':
		case 'complete':
			to(option + 1);
			break;
		case 'send':
			show(core, isMany ? closed : take());
			break;
		case 'cancel':
			show(core, closed);
			break;
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

function extentIn(core: Core, popup: FormPopup): FormExtent {
	const {layout} = core.painted();
	return formExtent(popup, layout?.title.width ?? 80, layout?.status.y ?? 22);
}

function turn(core: Core, popup: FormPopup, direction: 1 | -1): void {
	shift(core, popup, direction * Math.max(1, extentIn(core, popup).shown - 1));
}

/** Moves the view by so many rows and not the selection. */
function shift(core: Core, popup: FormPopup, rows: number): void {
	const {state} = popup;
	const {top, last} = extentIn(core, popup);
	show(core, {...state, shift: state.shift + Math.max(0, Math.min(last, top + rows)) - top});
}

/** A click selects a row; what can be done there with Enter is done. */
export function formClick(core: Core, popup: FormPopup, row: number): void {
	const {state} = popup;
	const {rows} = extentIn(core, popup);
	const hit = rows[row - 1];
	if (state.phase !== 'filling' || hit?.stop === undefined) {
		return;
	}

	const isHere = hit.stop === state.selected;
	const chosen: FormState =
		isHere && hit.option !== undefined ? {...state, option: hit.option} : isHere ? state : at(state, hit.stop);
	const index = selectedField(chosen);
	const field = index === undefined ? undefined : chosen.form.fields[index];
	show(core, chosen);
	if (field?.kind === 'list-multi' && chosen.option !== undefined) {
		formKey(core, {type: 'form', state: chosen}, {type: 'text', text: ' '});
	} else if (field === undefined || !isTyped(inputOf(field))) {
		formKey(core, {type: 'form', state: chosen}, {type: 'action', action: 'send'});
	}
}

/** Pasted text goes into the selected field; where one line is asked, as one line. */
export function formPaste(core: Core, popup: FormPopup, text: string): void {
	const {state} = popup;
	const index = selectedField(state);
	const field = index === undefined ? undefined : state.form.fields[index];
	const input = field === undefined ? undefined : inputOf(field);
	if (index !== undefined && isTyped(input) && state.phase === 'filling') {
		const pasted = input === 'lines' ? text : text.replace(/\n+$/u, '').replaceAll('\n', ' ');
		show(core, typedInto(state, index, insertPaste(editorFor(state, index), pasted)));
	}
}

async function submit(core: Core, filled: FormState): Promise<void> {
	const task = running.get(core);
	const {state, ok} = checked(filled);
	if (!ok || task === undefined) {
		show(core, state);
		return;
	}

	const {active} = core.view();
	show(core, {...state, phase: 'sending'});
	try {
		const lines = await task.submit(answersOf(state));
		end(core, task);
		for (const text of lines) {
			core.say('info', text, undefined, active);
		}
	} catch (error) {
		const {message, hint} = problemOf(error);
		if (isShown(core, task)) {
			show(core, {...state, phase: 'filling', trouble: {message, ...(hint === undefined ? {} : {hint})}});
		} else {
			core.say('error', message, hint, active);
		}
	}
}

async function giveUp(core: Core): Promise<void> {
	const task = running.get(core);
	const {active} = core.view();
	running.delete(core);
	closePopup(core);
	try {
		for (const text of (await task?.cancel?.()) ?? []) {
			core.say('info', text, undefined, active);
		}
	} catch (error) {
		const {message, hint} = problemOf(error);
		core.say('error', message, hint, active);
	}
}

function isShown(core: Core, task: FormTask): boolean {
	return running.get(core) === task && core.view().popup?.type === 'form';
}

function end(core: Core, task: FormTask): void {
	if (isShown(core, task)) {
		running.delete(core);
		closePopup(core);
	}
}
