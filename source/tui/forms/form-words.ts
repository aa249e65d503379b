import type {FormField} from '../../model/form.js';
import {printable} from '../../shared/text.js';
import {inputOf, isYes} from './form-state.js';

/** The question, with a star where it has to be answered. */
export function labelOf({label, name, required}: FormField): string {
	const words = printable(label ?? '', 'line').trim() || printable(name ?? '', 'identifier');
	return required ? `${words} *` : words;
}

/** The question where a colon follows it. */
export function spokenLabel(field: FormField): string {
	return labelOf(field).replace(/\s*:+(?=( \*)?$)/u, '');
}

/** What an answer is shown as: the words of what was chosen, a secret as dots. */
export function shownValue({options, kind}: FormField, value: string): string {
	if (kind === 'text-private') {
		// How long it is, is a part of it.
		return value === '' ? '' : '••••••••';
	}

	const option = options.find(each => each.value === value);
	return printable(option?.label ?? value, 'line') || printable(value, 'line');
}

/** An answer in one line. */
export function answerWords(field: FormField, values: readonly string[]): string {
	if (inputOf(field) === 'toggle') {
		return isYes(values) ? 'yes' : 'no';
	}

	return (
		values.map(value => (field.kind === 'text-private' ? 'kept secret' : shownValue(field, value))).join(', ') || 'none'
	);
}
