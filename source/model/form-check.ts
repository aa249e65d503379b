/** What can be said of the answers to a data form before they are sent (XEP-0004 §3.3). */
import {parseBareJid, parseJid} from '../shared/jid.js';
import type {FieldProblem, Form, FormAnswers, FormField} from './form.js';

/** What is wrong with what a person filled in: a required field without an answer, a value that cannot be one. */
export function problemsIn(form: Form, answers: FormAnswers): readonly FieldProblem[] {
	return form.fields.flatMap(each => {
		const {name, kind} = each;
		if (name === undefined || kind === 'fixed' || kind === 'hidden') {
			return [];
		}

		// What the form came with is the service's own: a value that it does not offer must not keep a person from all others.
		const given = Object.hasOwn(answers, name) ? answers[name] : undefined;
		const isMissing = each.required && given === undefined && each.values.every(value => value === '');
		const message = given === undefined ? (isMissing ? missing : undefined) : problemOf(each, given);
		return message === undefined ? [] : [{field: name, message}];
	});
}

function problemOf({kind, required, options}: FormField, values: readonly string[]): string | undefined {
	const given = values.filter(value => value !== '');
	if (required && given.length === 0) {
		return missing;
	}

	if (!kind.endsWith('multi') && values.length > 1) {
		return 'takes one answer only';
	}

	switch (kind) {
		case 'boolean':
			return given.every(value => booleans.has(value)) ? undefined : 'is yes or no';
		case 'jid-single':
		case 'jid-multi': {
			const wrong = given.find(value => parseJid(value) === undefined);
			const twice = given.find((value, index) => given.findIndex(other => sameJid(other, value)) < index);
			return wrong === undefined
				? twice === undefined
					? undefined
					: `names ${twice} twice`
				: `needs an address such as juliet@example.org, not “${wrong}”`;
		}

		case 'list-single':
		case 'list-multi': {
			const wrong = given.find(value => options.length > 0 && options.every(option => option.value !== value));
			return wrong === undefined ? undefined : `does not offer “${wrong}”`;
		}

		default:
			return undefined;
	}
}

const missing = 'needs an answer';
const booleans: ReadonlySet<string> = new Set(['0', '1', 'true', 'false']);

function sameJid(one: string, other: string): boolean {
	const parsed = parseBareJid(one);
	return parsed !== undefined && parsed === parseBareJid(other);
}
