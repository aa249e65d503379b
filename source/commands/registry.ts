import {editDistance} from '../shared/nearest.js';
import type {Command} from './command.js';

/** A name under which a command is found: one or two words. */
type Name = {readonly head: string; readonly tail?: string; readonly command: Command; readonly alias: boolean};

export type Registry = {
	readonly commands: readonly Command[];
	readonly names: readonly Name[];
};

/** What the first word or two of a line stand for. */
export type Lookup =
	/** `words`: how many were used up. */
	| {readonly type: 'command'; readonly command: Command; readonly words: 1 | 2}
	/** The first word is a family: the second is missing. */
	| {readonly type: 'incomplete'; readonly tails: readonly string[]}
	/** `word` 0 or 1 is wrong; `nearest` are what may have been meant, `tails` all that can follow the first word. */
	| {
			readonly type: 'unknown';
			readonly word: 0 | 1;
			readonly nearest: readonly string[];
			readonly tails: readonly string[];
	  }
	| {readonly type: 'ambiguous'; readonly word: 0 | 1; readonly meanings: readonly string[]};

export function createRegistry(commands: readonly Command[]): Registry {
	const names = commands.flatMap(command =>
		[command.name, ...command.aliases].map((name, index): Name => {
			const [head = '', tail] = name.split(' ');
			return {head, command, alias: index > 0, ...(tail === undefined ? {} : {tail})};
		}),
	);
	return {commands, names};
}

/** Finds the command by its first words: exact names before unambiguous beginnings, two words before one. */
export function lookUp(registry: Registry, first: string, second: string | undefined): Lookup {
	const heads = [...new Set(registry.names.map(name => name.head))];
	const head = match(heads, first.toLowerCase(), name => meaning(registry, name));
	if (head.type !== 'found') {
		return head.type === 'unknown'
			? {type: 'unknown', word: 0, nearest: nearest(heads, first, registry), tails: []}
			: {type: 'ambiguous', word: 0, meanings: head.meanings};
	}

	const family = registry.names.filter(name => name.head === head.name);
	const alone = family.find(name => name.tail === undefined)?.command;
	const tails = family.flatMap(name => name.tail ?? []);
	if (tails.length === 0 || second === undefined) {
		return alone === undefined ? {type: 'incomplete', tails} : {type: 'command', command: alone, words: 1};
	}

	const tail = match(
		tails,
		second.toLowerCase(),
		name => family.find(each => each.tail === name)?.command.name ?? name,
	);
	const command = tail.type === 'found' ? family.find(name => name.tail === tail.name)?.command : undefined;
	if (command !== undefined) {
		return {type: 'command', command, words: 2};
	}

	// A family whose own row takes no words has no use for an unknown second word.
	if (alone !== undefined && Object.keys(alone.parameters).length > 0) {
		return {type: 'command', command: alone, words: 1};
	}

	return tail.type === 'ambiguous'
		? {type: 'ambiguous', word: 1, meanings: tail.meanings}
		: {type: 'unknown', word: 1, nearest: nearest(tails, second), tails};
}

/** The command with exactly this name or alias. */
export function commandNamed(registry: Registry, name: string): Command | undefined {
	const [head, tail] = name.toLowerCase().split(' ');
	return registry.names.find(each => each.head === head && each.tail === tail)?.command;
}

type Match =
	| {readonly type: 'found'; readonly name: string}
	| {readonly type: 'unknown'}
	| {readonly type: 'ambiguous'; readonly meanings: readonly string[]};

function match(names: readonly string[], given: string, meaningOf: (name: string) => string): Match {
	if (names.includes(given)) {
		return {type: 'found', name: given};
	}

	const beginning = names.filter(name => name.startsWith(given));
	const meanings = [...new Set(beginning.map(meaningOf))];
	const [name] = beginning;
	if (name === undefined) {
		return {type: 'unknown'};
	}

	return meanings.length === 1 ? {type: 'found', name} : {type: 'ambiguous', meanings: beginning};
}

/** Two names of one command are one meaning; a family is a meaning of its own. */
function meaning(registry: Registry, head: string): string {
	const family = registry.names.filter(name => name.head === head);
	const [only] = family;
	return family.length === 1 && only?.tail === undefined ? (only?.command.name ?? head) : head;
}

/** What may have been meant, the likeliest first. Of several names of one command only the nearest. */
function nearest(names: readonly string[], given: string, registry?: Registry): readonly string[] {
	const lower = given.toLowerCase();
	const close = names
		.map(name => ({name, distance: editDistance(name, lower)}))
		.filter(({distance}) => distance <= Math.max(1, Math.floor(lower.length / 3)))
		.sort((one, other) => one.distance - other.distance)
		.map(({name}) => name);
	const firsts = new Map<unknown, string>();
	for (const name of close) {
		const command = registry?.names.find(each => each.head === name && each.tail === undefined)?.command ?? name;
		if (!firsts.has(command)) {
			firsts.set(command, name);
		}
	}

	return [...firsts.values()].slice(0, 3);
}
