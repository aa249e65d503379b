/** A form asked question by question, for the line mode (XEP-0004). */
import type {FormField} from '../../model/form.js';
import {problemsIn} from '../../model/form-check.js';
import {XmppcError} from '../../shared/errors.js';
import {
	attempt,
	createSteps,
	type Dialog,
	type Option,
	type Question,
	type Steps,
	type Trouble,
	troubleFrom,
} from '../assistant/dialog.js';
import {withText} from '../input/editor.js';
import {
	answerable,
	answersOf,
	beginForm,
	changedCount,
	checked,
	choose,
	editorFor,
	type FormState,
	inputOf,
	isChangedAt,
	isYes,
	typedInto,
	valuesAt,
} from './form-state.js';
import type {FormTask} from './form-task.js';
import {answerWords, spokenLabel} from './form-words.js';

/** What empties an answer, where an empty line keeps it. */
const emptying = '-';
/** Fields of which the menu names the answers at once. */
const fewFields = 40;

/** Asks for one field after the other, or for those that the person names; then sends it. */
export function createFormDialog(task: FormTask): Dialog {
	let giveUp = () => {};
	const steps = createSteps(() => giveUp());
	const begin = (given: FormTask, trouble?: Trouble) => {
		const asking = askForm(given, steps, {begin, ...(trouble === undefined ? {} : {trouble})});
		giveUp = () => void asking.giveUp();
	};
	begin(task);
	return steps.dialog;
}

type Asking = {
	/** Another form has taken the place of this one. */
	begin(task: FormTask, trouble: Trouble): void;
	/** Why the one before was refused. */
	readonly trouble?: Trouble;
};

/** Asks one form; what gives it up is answered. */
function askForm(task: FormTask, steps: Steps, {begin, trouble: refusal}: Asking): {giveUp(): Promise<void>} {
	const {form, verb, title} = task;
	const stops = answerable(form);
	let state: FormState = beginForm(task);
	let isSending = false;
	let isUnwanted = false;

	const giveUp = async () => {
		if (task.cancel === undefined) {
			steps.end(['Nothing was changed.']);
			return;
		}

		// Until it is over nothing is asked: what the person types next is meant for what comes then.
		steps.wait({type: 'busy', title, label: 'Giving up…', explanation: []});
		const left = await attempt(async () => (await task.cancel?.()) ?? []);
		steps.end(left.ok ? (left.value.length > 0 ? left.value : ['Nothing was changed.']) : [left.problem.message]);
	};

	const text = (label: string, explanation: readonly string[], more: Partial<Extract<Question, {type: 'text'}>> = {}) =>
		({type: 'text', title, label, explanation, initial: '', secret: false, ...more}) as const;

	const menu = (explanation: readonly string[], problem?: Trouble) => {
		const changes = changedCount(state);
		const options: readonly Option[] = [
			...(changes > 0 ? [{value: 'send', label: verb, explanation: `${changes} changed`}] : []),
			{value: 'all', label: 'Go through all questions', explanation: 'Enter keeps what stands there'},
			{value: 'one', label: 'Change one answer', explanation: 'By the number of its question'},
			...(changes > 0 ? [] : [{value: 'send', label: verb, explanation: 'As it is'}]),
			...(task.more ?? []).map(({label}, place) => ({value: `${place}`, label, explanation: ''})),
			{value: 'leave', label: 'Give up', explanation: task.abandoning ?? 'Nothing is changed then'},
		];
		steps.ask(
			{type: 'choice', title, label: 'What now?', explanation, options, ...(problem === undefined ? {} : {problem})},
			value => {
				switch (value) {
					case 'send':
						void send();
						break;
					case 'all':
						askFrom(0);
						break;
					case 'one':
						askWhich();
						break;
					case 'leave':
						void giveUp();
						break;
					default:
						void doMore(task.more?.[Number(value)]);
				}
			},
		);
	};

	const askWhich = (problem?: Trouble) => {
		const lines = stops.slice(0, fewFields).map((index, place) => `${place + 1}. ${questionWords(state, index)}`);
		const question = text('Number of the question', lines, problem === undefined ? {} : {problem});
		steps.ask(question, answer => {
			const index = stops[Number(answer.trim()) - 1];
			if (index === undefined) {
				askWhich({message: `There are the questions 1 to ${stops.length}.`});
			} else {
				askField(index, () => menu([questionWords(state, index)]));
			}
		});
	};

	const askFrom = (place: number) => {
		const index = stops[place];
		if (index === undefined) {
			menu(stops.filter(each => isChangedAt(state, each)).map(each => `Changed: ${questionWords(state, each)}`));
		} else {
			askField(index, () => askFrom(place + 1));
		}
	};

	const askField = (index: number, then: () => void, problem?: Trouble) => {
		const field = form.fields[index];
		if (field === undefined) {
			then();
			return;
		}

		const trouble = problem === undefined ? {} : {problem};
		/** Takes the answer, and asks again where it cannot be one. */
		const take = (next: FormState) => {
			const wrong = problemsIn(form, answersOf(next)).find(each => each.field === field.name);
			if (wrong === undefined) {
				state = next;
				then();
			} else {
				askField(index, then, {message: `${spokenLabel(field)}: ${wrong.message}.`});
			}
		};

		switch (inputOf(field)) {
			case 'toggle':
			case 'one':
				steps.ask({...choiceFor(state, field, index, title), ...trouble}, value =>
					take(choose(state, index, value === none ? [] : [value])),
				);
				break;
			case 'many':
				askMany(field, index, take, trouble);
				break;
			case 'lines':
				askLines(field, index, [], take, trouble);
				break;
			default: {
				const isSecret = field.kind === 'text-private';
				const initial = isSecret ? '' : (valuesAt(state, index)[0] ?? '');
				const about = [...aboutField(field), ...(initial === '' ? [] : [`A single ${emptying} empties it.`])];
				steps.ask(text(spokenLabel(field), about, {initial, secret: isSecret, ...trouble}), answer => {
					if (answer === '' && isSecret) {
						then();
					} else {
						const editor = withText(editorFor(state, index), answer === emptying ? '' : answer);
						take(typedInto(state, index, editor));
					}
				});
			}
		}
	};

	type Take = (next: FormState) => void;
	type Asked = {readonly problem?: Trouble};

	const askMany = (field: FormField, index: number, take: Take, trouble: Asked) => {
		const values = valuesAt(state, index);
		const lines = field.options.map(({value, label}, place) => {
			const sign = values.includes(value) ? ' (chosen)' : '';
			return `${place + 1}. ${label ?? value}${sign}`;
		});
		const question = text(`${spokenLabel(field)}: numbers, ${emptying} for none`, [...aboutField(field), ...lines], {
			initial: field.options.flatMap(({value}, place) => (values.includes(value) ? [place + 1] : [])).join(' '),
			...trouble,
		});
		steps.ask(question, answer => {
			const numbers = answer === emptying ? [] : answer.split(/[\s,]+/u).filter(word => word !== '');
			const wrong = numbers.find(word => field.options[Number(word) - 1] === undefined);
			if (wrong === undefined) {
				const chosen = new Set(numbers.map(Number));
				take(
					choose(
						state,
						index,
						field.options.filter((_, place) => chosen.has(place + 1)).map(({value}) => value),
					),
				);
			} else {
				askMany(field, index, take, {problem: {message: `There are the choices 1 to ${field.options.length}.`}});
			}
		});
	};

	/** One line after the other; an empty one ends it, and at once keeps what stands there. */
	const askLines = (field: FormField, index: number, lines: readonly string[], take: Take, trouble: Asked) => {
		const now = valuesAt(state, index);
		const isFirst = lines.length === 0;
		const about = [...aboutField(field), ...now.map(line => `  ${line}`)];
		const kept = now.length === 0 ? 'Enter for none' : `Enter keeps them, ${emptying} empties it`;
		const label = isFirst ? `${spokenLabel(field)}, line 1 (${kept})` : `Line ${lines.length + 1} (Enter ends)`;
		steps.ask(text(label, isFirst ? about : [], trouble), answer => {
			if (answer !== '' && !(isFirst && answer === emptying)) {
				askLines(field, index, [...lines, answer], take, {});
			} else if (isFirst && answer === '') {
				take(state);
			} else {
				take(typedInto(state, index, withText(editorFor(state, index), lines.join('\n'))));
			}
		});
	};

	const doMore = async (chosen: NonNullable<FormTask['more']>[number] | undefined) => {
		steps.wait({type: 'busy', title, label: 'One moment…', explanation: []});
		const done = await attempt(async () => (await chosen?.does()) ?? []);
		if (!steps.isOver()) {
			menu(done.ok ? done.value : [], done.ok ? undefined : troubleFrom(done.problem));
		}
	};

	const send = async () => {
		const read = checked(state);
		if (!read.ok) {
			const [problem] = read.state.problems;
			const index = stops.find(each => form.fields[each]?.name === problem?.field) ?? stops[0] ?? 0;
			askField(index, () => menu([]), {message: problem?.message ?? ''});
			return;
		}

		steps.wait({type: 'busy', title, label: 'Sending…', explanation: []});
		isSending = true;
		const sent = await attempt(() => task.submit(answersOf(state)));
		const next = sent.ok ? undefined : await task.again?.(new XmppcError(sent.problem)).catch(() => undefined);
		isSending = false;
		if (steps.isOver()) {
			return;
		}

		if (sent.ok) {
			steps.end(sent.value);
		} else if (next !== undefined) {
			begin(next, {message: sent.problem.message});
		} else if (isUnwanted) {
			steps.end([sent.problem.message, ...(sent.problem.hint === undefined ? [] : [sent.problem.hint])]);
		} else {
			menu([], troubleFrom(sent.problem));
		}
	};

	const count = stops.length === 1 ? 'One question.' : `${stops.length} questions.`;
	menu([title, ...(form.title === undefined ? [] : [form.title]), ...form.instructions, count], refusal);
	void task.over?.then(lines => {
		isUnwanted = true;
		if (!steps.isOver() && !isSending) {
			steps.end(lines);
		}
	});
	return {giveUp};
}

/** Stands for no answer among the choices. */
const none = '';

function choiceFor(
	state: FormState,
	field: FormField,
	index: number,
	title: string,
): Extract<Question, {type: 'choice'}> {
	const values = valuesAt(state, index);
	const about = {type: 'choice', title, label: spokenLabel(field), explanation: aboutField(field)} as const;
	if (inputOf(field) === 'toggle') {
		return {
			...about,
			options: [
				{value: '1', label: 'Yes', explanation: ''},
				{value: '0', label: 'No', explanation: ''},
			],
			initial: isYes(values) ? '1' : '0',
		};
	}

	const [value] = values;
	return {
		...about,
		options: [
			...field.options.map(each => ({value: each.value, label: each.label ?? each.value, explanation: ''})),
			...(field.required ? [] : [{value: none, label: 'No answer', explanation: ''}]),
		],
		...(value === undefined ? (field.required ? {} : {initial: none}) : {initial: value}),
	};
}

function aboutField({description, media, required}: FormField): readonly string[] {
	return [
		...(description === undefined ? [] : [description]),
		...media.map(({type, uri}) => `${type}: ${uri}`),
		...(required ? ['It needs an answer.'] : []),
	];
}

function questionWords(state: FormState, index: number): string {
	const field = state.form.fields[index];
	return field === undefined ? '' : `${spokenLabel(field)}: ${answerWords(field, valuesAt(state, index))}`;
}
