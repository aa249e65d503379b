import {bad, type Command, type Parameter, type Read} from './command.js';
import type {Complaint} from './complaint.js';
import type {CommandContext} from './context.js';
import type {Word} from './words.js';

/** What the flags and options of a line mean, or what is wrong with one of them, and where. */
export type Options =
	| {readonly values: Readonly<Record<string, unknown>>}
	| {readonly complaint: Complaint; readonly from: number; readonly to: number};

/** Takes flags, and options with the words behind them, out of `rest`, but not out of a text: there they are part of what is said. */
export function takeOptions(command: Command, rest: Word[], end: number, context: CommandContext): Options {
	const parameters = Object.entries(command.parameters);
	const hasText = parameters.some(([, {takes}]) => takes === 'rest');
	const values: Record<string, unknown> = {};
	for (const [name, parameter] of parameters) {
		if (parameter.takes !== 'flag' && parameter.takes !== 'option') {
			continue;
		}

		const index = rest.findIndex(word => word.value.toLowerCase() === `--${name}`);
		const isGiven = index >= 0 && (!hasText || index < parameters.length - 1);
		const [given, value] = isGiven ? rest.splice(index, parameter.takes === 'flag' ? 1 : 2) : [];
		const read = readOption(name, parameter, given, value, context);
		if (!read.ok) {
			const {from, to} = value ?? {from: end, to: end};
			return {complaint: read.complaint, from, to};
		}

		values[name] = read.value;
	}

	return {values};
}

function readOption(
	name: string,
	parameter: Parameter<unknown>,
	given: Word | undefined,
	value: Word | undefined,
	context: CommandContext,
): Read<unknown> {
	if (given === undefined) {
		return parameter.absent(context);
	}

	if (parameter.takes === 'flag') {
		return parameter.read(given.value, context);
	}

	return value === undefined
		? bad('missing-word', `--${name} needs a word behind it: ${parameter.what}.`)
		: parameter.read(value.value, context);
}
