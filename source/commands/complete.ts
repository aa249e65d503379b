import type {Candidate, Command, Parameter} from './command.js';
import type {CommandContext} from './context.js';
import {isCommand} from './parse.js';
import {lookUp, type Registry} from './registry.js';
import {type UsagePart, usageParts} from './usage.js';
import {splitWords} from './words.js';

/** What can stand at the cursor. */
export type Completion = {
	/** Range that a candidate replaces, in UTF-16 code units. */
	readonly from: number;
	readonly to: number;
	readonly candidates: readonly Candidate[];
	/** The command under the cursor, once it is known. */
	readonly help?: {
		readonly usage: readonly UsagePart[];
		/** Name of the parameter the cursor is in. */
		readonly active?: string;
		readonly summary: string;
	};
};

/**
 * Completes the word that ends at `cursor`. `undefined` where there is nothing to say: in a message, which is not a
 * command.
 */
export function complete(
	text: string,
	cursor: number,
	context: CommandContext,
	registry: Registry,
): Completion | undefined {
	const before = text.slice(0, cursor);
	if (!isCommand(before)) {
		return undefined;
	}

	const words = splitWords(before, 1);
	const last = words.at(-1);
	const inside = last !== undefined && last.to === cursor && !/\s$/u.test(before);
	const current = inside ? last : {from: cursor, to: cursor, value: ''};
	const done = inside ? words.slice(0, -1) : words;
	const to = wordEnd(text, cursor);
	const answer = (candidates: readonly Candidate[], help?: Completion['help']): Completion => ({
		from: current.from,
		to,
		candidates: matching(candidates, current.value),
		...(help === undefined ? {} : {help}),
	});

	const [first, second] = done;
	if (first === undefined) {
		return answer(heads(registry, current.value));
	}

	const tails = done.length === 1 ? tailsOf(registry, first.value) : [];
	const found = lookUp(registry, first.value, second?.value);
	if (found.type !== 'command') {
		return answer(tails);
	}

	const {command} = found;
	const given = done.slice(found.words).map(word => word.value);
	const at = position(command, given);
	if (current.value.startsWith('--')) {
		return answer(flags(command), {usage: usageParts(command), summary: command.summary});
	}

	if (at === undefined || (tails.length > 0 && Object.keys(command.parameters).length === 0)) {
		return answer(tails, {usage: usageParts(command), summary: command.summary});
	}

	const [name, parameter] = at;
	return answer([...tails, ...parameter.candidates(context)], {
		usage: usageParts(command),
		active: name,
		summary: command.summary,
	});
}

/** The longest beginning that all candidates share, for a Tab that can go only so far. */
export function sharedBeginning(candidates: readonly Candidate[]): string {
	const [first = '', ...others] = candidates.map(candidate => candidate.insert);
	let length = first.length;
	for (const other of others) {
		let same = 0;
		while (same < length && first[same] === other[same]) {
			same++;
		}

		length = same;
	}

	return first.slice(0, length);
}

function matching(candidates: readonly Candidate[], typed: string): readonly Candidate[] {
	const lower = typed.replace(/^"/u, '').toLowerCase();
	const beginning = candidates.filter(each => starts(each.label, lower) || starts(each.insert, lower));
	const named = candidates.filter(each => !beginning.includes(each) && lower !== '' && starts(each.alias ?? '', lower));
	return [...beginning, ...named];
}

function starts(text: string, lower: string): boolean {
	return text.toLowerCase().startsWith(lower);
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
	return names.flatMap(name =>
		name.tail === undefined ? [] : [{insert: name.tail, label: name.tail, note: name.command.summary}],
	);
}

/** The positional parameter that the next word belongs to. */
function position(command: Command, given: readonly string[]): readonly [string, Parameter<unknown>] | undefined {
	const rows = Object.entries(command.parameters);
	const names = new Set(rows.flatMap(([name, {takes}]) => (takes === 'flag' ? [`--${name}`] : [])));
	const positional = rows.filter(([, {takes}]) => takes !== 'flag');
	const used = given.filter(word => !names.has(word)).length;
	const last = positional.at(-1);
	return positional[used] ?? (last !== undefined && ['words', 'rest'].includes(last[1].takes) ? last : undefined);
}

function flags(command: Command): readonly Candidate[] {
	return Object.entries(command.parameters).flatMap(([name, parameter]) =>
		parameter.takes === 'flag' ? [{insert: `--${name}`, label: `--${name}`, note: parameter.what}] : [],
	);
}

/** The rest of the word that the cursor stands in is replaced as well. */
function wordEnd(text: string, cursor: number): number {
	const rest = /^\S*/u.exec(text.slice(cursor));
	return cursor + (rest?.[0].length ?? 0);
}
