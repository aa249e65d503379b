import {type QueryProblem, readQuery, searchableKinds, searchFilters} from '../model/search.js';
import {type Here, readWhen} from '../shared/when.js';
import type {Candidate, Parameter, Refusal} from './command.js';
import type {CommandContext} from './context.js';
import {text} from './parameters.js';
import {quoted} from './words.js';

/** Whether a date can be read does not depend on the day: any will do to find what is wrong. */
const anyDay: Here = {
	now: Date.UTC(2000, 5, 15, 12),
	calendar(milliseconds) {
		const date = new Date(milliseconds);
		return {
			year: date.getUTCFullYear(),
			month: date.getUTCMonth() + 1,
			day: date.getUTCDate(),
			weekday: date.getUTCDay(),
			hour: date.getUTCHours(),
			minute: date.getUTCMinutes(),
		};
	},
};

/** What to search for: words and filters (`model/search.ts`), completed filter by filter. */
export function searchText(): Parameter<string> {
	return {...text(), what: 'words, "exact words", -without, from:who, in:chat, after:day, has:link', candidates};
}

/** What is wrong with it, or nothing. */
export function searchRefusal(query: string, about: string): Refusal | undefined {
	const read = readQuery(query, anyDay);
	return read.ok ? undefined : refusalOf(read.problem, about);
}

function refusalOf({code, message, hint, from, to}: QueryProblem, about: string): Refusal {
	return {complaint: {code, message, ...(hint === undefined ? {} : {hint})}, about, within: {from, to}};
}

/** A point in time, as far as it can be judged without a clock. */
export function isWhen(given: string): boolean {
	return readWhen(given, anyDay) !== undefined;
}

const dates: readonly Candidate[] = ['today', 'yesterday', 'monday', '"2 weeks"', '2026-03-01'].map(insert => ({
	insert,
	label: insert.replaceAll('"', ''),
	note: 'a day',
}));

export function whenCandidates(): readonly Candidate[] {
	return [
		...dates.map(({insert, label, note}) => ({insert: insert.replaceAll('"', ''), label, note})),
		{insert: 'back', label: 'back', note: 'where the last jump began'},
	];
}

function candidates(context: CommandContext, typed: string): readonly Candidate[] {
	const [, minus = '', name = ''] = /^(-?)([a-z]+):/iu.exec(typed) ?? [];
	const prefix = `${minus}${name.toLowerCase()}:`;
	const values = valuesOf(name.toLowerCase(), context);
	if (values === undefined) {
		return Object.entries(searchFilters).map(([filter, note]) => ({
			insert: `${typed.startsWith('-') ? '-' : ''}${filter}:`,
			label: `${filter}:`,
			note,
			goesOn: true,
		}));
	}

	return values.map(each => ({...each, insert: prefix + each.insert}));
}

function valuesOf(name: string, {source}: CommandContext): readonly Candidate[] | undefined {
	switch (name) {
		case 'from':
			return [
				{insert: 'me', label: 'me', note: 'you'},
				...source.contacts().map(({jid, name: called = ''}) => ({insert: jid, label: jid, note: called})),
			];
		case 'in':
			return source
				.buffers()
				.flatMap(({label, jid}) => (jid === undefined ? [] : [{insert: quoted(jid), label, note: jid}]));
		case 'account':
			return source.accounts().map(jid => ({insert: jid, label: jid, note: 'your account'}));
		case 'has':
			return searchableKinds.map(kind => ({insert: kind, label: kind, note: ''}));
		case 'before':
		case 'after':
		case 'on':
			return dates;
		default:
			return undefined;
	}
}
