import type {BufferId} from '../../model/buffer.js';
import {problemOf} from '../../shared/errors.js';
import {type Trouble, troubleFrom} from '../assistant/dialog.js';
import {keyed} from '../forms/form-keys.js';
import {
	answersOf,
	at,
	beginForm,
	changedCount,
	checked,
	editorFor,
	type FormState,
	inputOf,
	isTyped,
	selectedField,
	selectedMore,
	typedInto,
} from '../forms/form-state.js';
import type {FormTask} from '../forms/form-task.js';
import {insertPaste} from '../input/editor.js';
import type {KeyMeaning} from '../input/keymap.js';
import {answerWidth, type FormExtent, type FormPopup, formExtent} from '../popups/form.js';
import {type Core, closePopup, openPopup, sayProblem} from './core.js';

/** The form that is on the screen, for each app. */
const running = new WeakMap<Core, FormTask>();
/** Forms that nobody waits for any more. */
const unwanted = new WeakSet<FormTask>();

/** Puts a form on the screen; what becomes of it is said in the active buffer. `trouble`: why the one before was refused. */
export function openForm(core: Core, task: FormTask, trouble?: Trouble): void {
	running.set(core, task);
	show(core, {...beginForm(task), ...(trouble === undefined ? {} : {trouble})});
	task.over
		?.then(lines => {
			unwanted.add(task);
			// What becomes of the answer is said by whoever sent it.
			const {popup} = core.view();
			if (isShown(core, task) && popup?.type === 'form' && popup.state.phase !== 'sending') {
				const {active} = core.view();
				end(core, task);
				say(core, lines, active);
			}
		})
		.catch((error: unknown) => sayProblem(core, error, core.view().active));
}

function say(core: Core, lines: readonly string[], buffer: BufferId): void {
	for (const text of lines) {
		core.say('info', text, undefined, buffer);
	}
}

function show(core: Core, state: FormState): void {
	openPopup(core, {type: 'form', state});
}

/** Gives a key to the form. `false`: it means what it always does. */
export function formKey(core: Core, {state}: FormPopup, meaning: KeyMeaning): boolean {
	if (meaning.type === 'action' && (meaning.action === 'redraw' || meaning.action === 'suspend')) {
		return false;
	}

	const outcome = keyed(state, meaning, {
		answerWidth: index => answerWidth(state, index, core.painted().layout?.title.width ?? 80),
		extent: () => extentIn(core, {type: 'form', state}),
	});
	switch (outcome) {
		case 'submit':
			void submit(core, state);
			break;
		case 'leave':
			leave(core, state);
			break;
		case 'giveUp':
			void giveUp(core);
			break;
		case 'more':
			void doMore(core, state);
			break;
		case 'close':
			closePopup(core);
			break;
		default:
			show(core, outcome);
	}

	return true;
}

function leave(core: Core, state: FormState): void {
	if (state.abandoning === undefined && changedCount(state) === 0) {
		void giveUp(core);
	} else {
		show(core, {...state, phase: 'leaving'});
	}
}

function extentIn(core: Core, popup: FormPopup): FormExtent {
	const {layout} = core.painted();
	return formExtent(popup, layout?.title.width ?? 80, layout?.status.y ?? 22);
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
		say(core, lines, active);
	} catch (error) {
		await refused(core, task, {state, active, error});
	}
}

/** The form with why it was refused, or the one that has taken its place. */
async function refused(
	core: Core,
	task: FormTask,
	{state, active, error}: {readonly state: FormState; readonly active: BufferId; readonly error: unknown},
): Promise<void> {
	const {message, hint} = problemOf(error);
	const next = await task.again?.(error).catch(() => undefined);
	if (!isShown(core, task)) {
		core.say('error', message, hint, active);
	} else if (next !== undefined) {
		openForm(core, next, {message});
	} else if (unwanted.has(task)) {
		end(core, task);
		core.say('error', message, hint, active);
	} else {
		show(core, {...state, phase: 'filling', trouble: {message, ...(hint === undefined ? {} : {hint})}});
	}
}

/** Does what is selected besides sending and giving up; what came of it stands below the form and in the buffer. */
async function doMore(core: Core, state: FormState): Promise<void> {
	const task = running.get(core);
	const {active} = core.view();
	const chosen = task?.more?.[selectedMore(state) ?? -1];
	if (task === undefined || chosen === undefined) {
		return;
	}

	const tell = (change: Pick<FormState, 'told' | 'trouble'>) => {
		const {popup} = core.view();
		if (isShown(core, task) && popup?.type === 'form') {
			const {told: _, trouble: __, ...now} = popup.state;
			show(core, {...now, ...change});
		}
	};
	try {
		const lines = await chosen.does();
		say(core, lines, active);
		tell({told: lines.join(' ')});
	} catch (error) {
		tell({trouble: troubleFrom(problemOf(error))});
	}
}

async function giveUp(core: Core): Promise<void> {
	const task = running.get(core);
	const {active} = core.view();
	running.delete(core);
	closePopup(core);
	try {
		say(core, (await task?.cancel?.()) ?? [], active);
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
