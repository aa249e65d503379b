import {fingerprintGroups} from '../../model/device.js';
import {printable} from '../../shared/text.js';
import type {Question} from '../assistant/dialog.js';
import type {Wording} from './wording.js';

/** A question as lines of text, and the prompt for its answer. */
export function questionText(
	question: Question,
	{remark, more, problem: refusal}: Wording,
): {readonly lines: readonly string[]; readonly prompt: string} {
	if (question.type === 'end') {
		return {lines: question.lines.map(text => remark(printable(text, 'line'))), prompt: ''};
	}

	const problem = 'problem' in question ? question.problem : undefined;
	const lines = [
		...(problem === undefined ? [] : [refusal(printable(problem.message, 'line'))]),
		...(problem?.hint === undefined ? [] : [more(printable(problem.hint, 'line'))]),
		...question.explanation.map(text => remark(printable(text, 'line'))),
		...('fingerprint' in question && question.fingerprint !== undefined
			? [more(fingerprintGroups(question.fingerprint).join(' '))]
			: []),
	];
	const label = printable(question.label, 'line');
	switch (question.type) {
		case 'busy':
			return {lines: [remark(label), ...lines], prompt: ''};
		case 'text':
			return {
				lines,
				prompt: `${label}${offered(question) === '' ? '' : ` (Enter for ${printable(offered(question), 'line')})`}: `,
			};
		default: {
			const {options, initial} = question;
			const chosen = options.findIndex(({value}) => value === initial);
			return {
				lines: [
					...lines,
					remark(label),
					...options.map((option, index) => {
						const words = [option.label, option.explanation].filter(text => text !== '').join(': ');
						return more(`${index + 1}. ${printable(words, 'line')}`);
					}),
				],
				prompt: `Number, 1 to ${options.length}${chosen < 0 ? '' : ` (Enter for ${chosen + 1})`}: `,
			};
		}
	}
}

/** What was just refused stands on the line above, to be typed anew; a line cannot be edited here. */
function offered(question: Extract<Question, {type: 'text'}>): string {
	return question.problem === undefined ? question.initial : '';
}

/** What a typed line answers: an empty one takes what is offered; `undefined` is no answer. */
export function answerFrom(question: Question, typed: string): string | undefined {
	switch (question.type) {
		case 'text':
			return typed === '' && !question.secret ? offered(question) : typed;
		case 'choice':
			return typed.trim() === '' ? question.initial : question.options[Number(typed.trim()) - 1]?.value;
		default:
			return undefined;
	}
}
