import {type Aliases, aliasIn, cycleOf, isAliasName, placeholderFor} from './aliases.js';
import type {Candidate} from './command.js';
import type {Completion} from './completion.js';
import {splitWords} from './words.js';

/** The names of commands with those of the person's own, which go before built-in ones. */
export function withAliases(heads: readonly Candidate[], aliases: Aliases): readonly Candidate[] {
	const own = Object.entries(aliases)
		.filter(([name]) => isAliasName(name))
		.map(([name, expansion]): Candidate => ({insert: name, label: name, note: `your own: ${expansion}`}));
	return own.length === 0
		? heads
		: [...own, ...heads.filter(({label}) => !own.some(each => each.label === label))].sort((one, other) =>
				one.label < other.label ? -1 : 1,
			);
}

/**
 * Completes what follows an alias as it is completed where its place in the expansion is. `undefined` where the line begins
 * with none.
 * @param inside completes at the end of a line that the alias stands for.
 */
export function completeAlias(
	text: string,
	cursor: number,
	aliases: Aliases,
	inside: (line: string) => Completion | undefined,
): Completion | undefined {
	const before = text.slice(0, cursor);
	const name = aliasIn(before, aliases);
	if (name === undefined || !/\s/u.test(before)) {
		return undefined;
	}

	const {[name]: expansion = ''} = aliases;
	const nothing = {from: cursor, to: cursor, candidates: []};
	// One that leads back to itself is refused when it is used.
	if (cycleOf(name, expansion, aliases) !== undefined) {
		return nothing;
	}

	const words = splitWords(before, name.length + 1);
	const last = words.at(-1);
	const current = last?.to === cursor && !/\s$/u.test(before) ? last : {from: cursor, to: cursor};
	const done = words.filter(({to}) => to <= current.from).map(({from, to}) => before.slice(from, to));
	const line = placeholderFor(expansion, done);
	const found = line === undefined ? undefined : inside(line + before.slice(current.from));
	const back = line === undefined || found === undefined ? 0 : line.length - found.from;
	return found === undefined || back > 0 ? nothing : {...found, from: current.from - back, to: cursor};
}
