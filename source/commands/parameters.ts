import {type Availability, availabilities} from '../model/account.js';
import {nearestNames} from '../shared/nearest.js';
import {bad, type Candidate, good, type Parameter, type Read} from './command.js';
import type {CommandContext} from './context.js';

/** What `absent` of a parameter that must be given answers; the parser says what is missing before it asks. */
export const missing = (): Read<never> => bad('missing-word', 'Something is missing here.');
const nothing = (): readonly Candidate[] => [];

/** A hint with what may have been meant; `undefined` where nothing is near. */
export function didYouMean(given: string, names: readonly string[]): string | undefined {
	const near = nearestNames(given, names);
	return near.length === 0 ? undefined : `Did you mean ${near.join(', ')}?`;
}

/** Makes a parameter one that may be left out; it is then `undefined`. */
export function optional<Value>(parameter: Parameter<Value>): Parameter<Value | undefined> {
	return {...parameter, optional: true, absent: () => good(undefined)};
}

/**
 * All the remaining text, as typed: quotes and line breaks mean nothing special in it. Those at its end go: they came
 * with what was pasted.
 */
export function text(): Parameter<string> {
	return {
		takes: 'rest',
		optional: false,
		what: 'text to the end of the line',
		read: given => good(given.replace(/\n+$/u, '')),
		absent: missing,
		candidates: nothing,
	};
}

/**
 * A short text that others see: a name, a status. Like {@link text}, but without white space at either end and without
 * the quotes around all of it, which who is used to a shell types.
 */
export function label(): Parameter<string> {
	return {
		...text(),
		read(given) {
			const trimmed = given.trim();
			return good(/^(["'])(?!.*\1.)(.*)\1$/su.exec(trimmed)?.[2]?.trim() ?? trimmed);
		},
	};
}

/** What help is wanted on: the rest of the line, because names of commands may have two words. */
export function topic(): Parameter<string> {
	return {
		...text(),
		what: 'a command, keys or marks',
		candidates: ({source}) => source.topics().map(({name, summary}) => ({insert: name, label: name, note: summary})),
	};
}

/** One word, or several in double quotes. */
export function word(what: string): Parameter<string> {
	return {takes: 'word', optional: false, what, read: good, absent: missing, candidates: nothing};
}

/** Any number of words, none included. */
export function words(
	what: string,
	candidates: (context: CommandContext) => readonly Candidate[] = nothing,
): Parameter<readonly string[]> {
	return {
		takes: 'words',
		optional: true,
		what,
		read: each => good([each]),
		absent: () => good([]),
		candidates,
	};
}

/** `--name`, anywhere before the text. */
export function flag(what: string): Parameter<boolean> {
	return {takes: 'flag', optional: true, what, read: () => good(true), absent: () => good(false), candidates: nothing};
}

/** One of a few words; an unambiguous beginning will do. `choices` maps each to what it means. */
export function choice<const Name extends string>(choices: Readonly<Record<Name, string>>): Parameter<Name> {
	const names = Object.keys(choices) as Name[];
	const all = names.length === 1 ? `“${names[0]}”` : `one of ${names.join(', ')}`;
	return {
		takes: 'word',
		optional: false,
		what: all,
		read(given) {
			const lower = given.toLowerCase();
			const matches = names.filter(name => name.startsWith(lower));
			const match = names.find(name => name === lower) ?? (matches.length === 1 ? matches[0] : undefined);
			return match === undefined
				? bad('unknown-choice', `“${given}” is not ${all}.`, didYouMean(given, names))
				: good(match);
		},
		absent: missing,
		candidates: () => names.map(name => ({insert: name, label: name, note: choices[name]})),
	};
}

/** How other clients call them. */
const alsoCalled: ReadonlyMap<string, Availability> = new Map([
	['online', 'available'],
	['here', 'available'],
	['free', 'chat'],
	['busy', 'dnd'],
]);

/** What RFC 6121 §4.7.2.1 calls `<show/>`. */
export function availability(): Parameter<Availability> {
	const meaning: Readonly<Record<string, string>> = {
		available: 'here',
		chat: 'here and glad to talk',
		away: 'away for a moment',
		xa: 'away for long',
		dnd: 'do not disturb',
	};
	const names = Object.fromEntries(availabilities.map(name => [name, meaning[name] ?? name]));
	const inner = choice(names);
	return {
		...inner,
		read(given, context) {
			const read = inner.read(alsoCalled.get(given.toLowerCase()) ?? given, context);
			const found = read.ok ? availabilities.find(name => name === read.value) : undefined;
			return read.ok && found !== undefined
				? good(found)
				: bad(
						'unknown-choice',
						`“${given}” is not one of ${availabilities.join(', ')}.`,
						didYouMean(given, availabilities),
					);
		},
		absent: missing,
	};
}
