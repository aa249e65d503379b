import type {Candidate, Command, Parameter} from './command.js';
import {completeAlias, withAliases} from './complete-alias.js';
import {completeText} from './complete-text.js';
import type {CommandHelp, Completion} from './completion.js';
import type {CommandContext} from './context.js';
import {matching, starts} from './matching.js';
import {isCommand, isPositional} from './parse.js';
import {lookUp, type Registry} from './registry.js';
import {usageParts} from './usage.js';
import {splitWords, type Word} from './words.js';

/**
 * Completes the word that ends at `cursor`: in a command its name and arguments, in a message names, addresses and short
 * codes of emoji. `undefined` where there is nothing to say.
 */
export function complete(
	text: string,
	cursor: number,
	context: CommandContext,
	registry: Registry,
): Completion | undefined {
	if (!isCommand(text.slice(0, cursor))) {
		return completeText(text, cursor, context);
	}

	const {aliases} = context.source.preferences();
	const meant = completeAlias(text, cursor, aliases, line => complete(line, line.length, context, registry));
	if (meant !== undefined) {
		return meant;
	}

	const spot = locate(text, cursor, registry);
	const {current, tails, command} = spot;
	const answer = (candidates: readonly Candidate[], help?: CommandHelp): Completion => ({
		from: current.from,
		to: spot.to,
		candidates: matching(candidates, current.value),
		...(help === undefined ? {} : {help}),
	});

	if (spot.done.length === 0) {
		return answer(withAliases(heads(registry, current.value), aliases));
	}

	if (command === undefined) {
		return answer(tails);
	}

	const help = helpOf(spot, command);
	if (current.value.startsWith('--')) {
		return answer(flags(command), help);
	}

	if (spot.at === undefined) {
		return answer(tails, help);
	}

	const offered = [spot.at, ...(spot.instead ?? [])].map(([, parameter]) => ({
		isText: parameter.takes === 'rest',
		candidates: parameter.candidates(context, current.value, spot.given),
	}));
	const found = answer([...tails, ...offered.flatMap(({candidates}) => candidates)], help);
	// A text that a command offers something for is no message.
	const isMessage = tails.length === 0 && offered.some(({isText, candidates}) => isText && candidates.length === 0);
	const inText = isMessage && found.candidates.length === 0 ? completeText(text, cursor, context) : undefined;
	return inText === undefined ? found : {...inText, ...(help === undefined ? {} : {help})};
}

/** Usage and the parameter at the cursor, for the line above the input; nothing is looked up for it. */
export function helpAt(text: string, cursor: number, registry: Registry): CommandHelp | undefined {
	if (!isCommand(text.slice(0, cursor))) {
		return undefined;
	}

	const spot = locate(text, cursor, registry);
	if (spot.done.length > 0) {
		return spot.command === undefined ? undefined : helpOf(spot, spot.command);
	}

	const found = lookUp(registry, spot.current.value, undefined);
	return found.type === 'command' ? {usage: usageParts(found.command), summary: found.command.summary} : undefined;
}

/** The names that a half-typed command may become; none where it is one already. */
export function namesAt(text: string, cursor: number, registry: Registry): readonly string[] {
	const {done, current} = locate(text, cursor, registry);
	return done.length > 0 || cursor === 0
		? []
		: matching(heads(registry, current.value), current.value).map(({label}) => label);
}

/** The longest beginning that all candidates share, whatever their case, for a Tab that can go only so far. */
export function sharedBeginning(candidates: readonly Candidate[]): string {
	const [first = '', ...others] = candidates.map(candidate => candidate.insert);
	let length = first.length;
	for (const other of others) {
		let same = 0;
		while (same < length && first[same]?.toLowerCase() === other[same]?.toLowerCase()) {
			same++;
		}

		length = same;
	}

	return first.slice(0, length);
}

type Spot = {
	/** Words before the one at the cursor. */
	readonly done: readonly Word[];
	/** The word at the cursor up to it; empty behind a space. */
	readonly current: Word;
	/** Where the word ends. */
	readonly to: number;
	/** Second words that can follow. */
	readonly tails: readonly Candidate[];
	readonly command?: Command;
	/** The words of the command before the one at the cursor. */
	readonly given?: readonly string[];
	/** The parameter that the word belongs to. */
	readonly at?: Positioned;
	/** The ones that it may belong to where that one is left out. */
	readonly instead?: readonly Positioned[];
};

type Positioned = readonly [name: string, parameter: Parameter<unknown>];

function locate(text: string, cursor: number, registry: Registry): Spot {
	const before = text.slice(0, cursor);
	const words = splitWords(before, 1);
	const last = words.at(-1);
	const inside = last !== undefined && last.to === cursor && !isClosed(before, last);
	const current = inside ? last : {from: cursor, to: cursor, value: ''};
	const done = inside ? words.slice(0, -1) : words;
	const to = wordEnd(text, cursor);
	const [first, second] = done;
	if (first === undefined) {
		return {done, current, to, tails: []};
	}

	const tails = done.length === 1 ? tailsOf(registry, first.value) : [];
	const found = lookUp(registry, first.value, second?.value);
	if (found.type !== 'command') {
		return {done, current, to, tails};
	}

	const {command} = found;
	const behind = done.slice(found.words);
	const given = behind.map(word => word.value);
	const [at, ...instead] = positions(
		command,
		given,
		behind.map(word => text.slice(word.from, word.to)),
	);
	return {done, current, to, tails, command, given, ...(at === undefined ? {} : {at, instead})};
}

/** A space ends a word, but not inside quotes that are still open. */
function isClosed(before: string, {from}: Word): boolean {
	return /\s$/u.test(before) && !/^"[^"]*$/u.test(before.slice(from));
}

function helpOf({at, tails}: Spot, command: Command): CommandHelp {
	// Where a second word may follow, the command itself may be another one yet.
	const [name, parameter] = tails.length > 0 && command.name.includes(' ') ? [] : (at ?? []);
	return {
		usage: usageParts(command),
		summary: command.summary,
		...(name === undefined || parameter === undefined ? {} : {active: name, wanted: parameter.what}),
	};
}

/** Aliases are offered only where no proper name begins like that. */
function heads(registry: Registry, typed: string): readonly Candidate[] {
	const offer = (alias: boolean) => {
		const seen = new Map<string, Candidate>();
		for (const name of registry.names) {
			if (name.alias !== alias || seen.has(name.head)) {
				continue;
			}

			const family = registry.names.filter(each => each.head === name.head && each.tail !== undefined);
			const note = name.tail === undefined ? name.command.summary : family.map(each => each.tail).join(', ');
			seen.set(name.head, {insert: name.head, label: name.head, note});
		}

		return [...seen.values()].sort((one, other) => (one.label < other.label ? -1 : 1));
	};

	const proper = offer(false);
	return proper.some(each => starts(each.label, typed.toLowerCase())) ? proper : [...proper, ...offer(true)];
}

function tailsOf(registry: Registry, head: string): readonly Candidate[] {
	const exact = registry.names.filter(name => name.head === head.toLowerCase());
	const names = exact.length > 0 ? exact : registry.names.filter(name => starts(name.head, head.toLowerCase()));
	// What other programs put behind a command of ours is understood, but not offered.
	const isOurs = names.some(({tail, alias}) => tail === undefined && !alias);
	return names.flatMap(name =>
		name.tail === undefined || (isOurs && name.alias)
			? []
			: [{insert: name.tail, label: name.tail, note: name.command.summary}],
	);
}

/**
 * The positional parameter that the next word belongs to, and those behind it that it belongs to where that one is left
 * out. `typed`: the words before it, with their quotes.
 */
function positions(command: Command, given: readonly string[], typed: readonly string[]): readonly Positioned[] {
	const rows = Object.entries(command.parameters);
	const rowNamed = (word: string | undefined) => rows.find(([name]) => word === `--${name}`);
	const takes = (word: string | undefined) => rowNamed(word)?.[1].takes;
	const option = rowNamed(given.at(-1));
	if (option?.[1].takes === 'option') {
		return [option];
	}

	const positional = rows.filter(([, row]) => isPositional(row));
	const last = positional.length - 1;
	let next = 0;
	for (const [index, word] of typed.entries()) {
		if (['flag', 'option'].includes(takes(given[index]) ?? '') || takes(given[index - 1]) === 'option') {
			continue;
		}

		while (next < last && positional[next]?.[1].fits?.(word) === false) {
			next++;
		}

		next++;
	}

	const behind = positional.slice(next);
	const needed = behind.findIndex(([, {fits}]) => fits === undefined);
	const all = positional.slice(last);
	return next <= last
		? behind.slice(0, needed < 0 ? behind.length : needed + 1)
		: all.filter(([, row]) => row.takes === 'words' || row.takes === 'rest');
}

function flags(command: Command): readonly Candidate[] {
	return Object.entries(command.parameters).flatMap(([name, parameter]) =>
		parameter.takes === 'flag' || parameter.takes === 'option'
			? [{insert: `--${name}`, label: `--${name}`, note: parameter.what}]
			: [],
	);
}

/** The rest of the word that the cursor stands in is replaced as well. */
function wordEnd(text: string, cursor: number): number {
	const rest = /^\S*/u.exec(text.slice(cursor));
	return cursor + (rest?.[0].length ?? 0);
}
