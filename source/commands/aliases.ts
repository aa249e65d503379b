import type {Command} from './command.js';
import type {Complaint} from './complaint.js';
import {commandNamed, type Registry} from './registry.js';
import {splitWords, type Word} from './words.js';

export type Aliases = Readonly<Record<string, string>>;

/** Where a stretch of an expansion came from, both in UTF-16 code units; `typed` of the alias itself is its name. */
export type Piece = {
	readonly from: number;
	readonly to: number;
	readonly typed: {readonly from: number; readonly to: number};
};

/** A line of the person's after its aliases were replaced. */
export type Expansion =
	| {readonly ok: true; readonly text: string; readonly pieces: readonly Piece[]; readonly names: readonly string[]}
	| {readonly ok: false; readonly complaint: Complaint; readonly from: number; readonly to: number};

/** The part of an expansion that stands for what follows: `$1` to `$9` and `$*`; and `$$` for a dollar sign. */
const parameter = /\$(?:(\$)|([1-9*]))/gu;

const aliasName = /^[a-z\d][a-z\d_-]*$/u;

/** Whether a command of one's own can have this name: one word of lowercase letters, digits, - and _. */
export function isAliasName(name: string): boolean {
	// `/me` is no command but the beginning of a message.
	return aliasName.test(name) && name.length <= 32 && name !== 'me';
}

/** The built-in command that an alias of this name stands before. */
export function hiddenBy(name: string, registry: Registry): Command | undefined {
	return commandNamed(registry, name) ?? registry.names.find(({head}) => head === name)?.command;
}

/** The alias that a line begins with. A message is none. */
export function aliasIn(text: string, aliases: Aliases): string | undefined {
	const name = /^\/(\S+)/u.exec(text)?.[1]?.toLowerCase();
	return name !== undefined && isAliasName(name) && Object.hasOwn(aliases, name) ? name : undefined;
}

/**
 * Replaces the alias that a line begins with by what it stands for, and an alias that begins that, until there is none.
 * `undefined` where the line begins with none. Numbered parameters are words as they were typed; `$*` is all that follows
 * them. What an alias has no parameter for is appended.
 */
export function expandAlias(text: string, aliases: Aliases): Expansion | undefined {
	const first = aliasIn(text, aliases);
	if (first === undefined) {
		return undefined;
	}

	const head = {from: 0, to: first.length + 1};
	let line = text;
	let pieces: readonly Piece[] = [{from: 0, to: text.length, typed: {from: 0, to: text.length}}];
	const names: string[] = [];
	for (let name: string | undefined = first; name !== undefined; name = aliasIn(line, aliases)) {
		if (names.includes(name)) {
			return {ok: false, complaint: cycle([...names, name]), ...head};
		}

		names.push(name);
		const filled = fill(name, aliases[name] ?? '', line);
		if (!filled.ok) {
			return {...filled, ...originOf(filled, pieces, head)};
		}

		const before = pieces;
		pieces = filled.pieces.map(piece => ({...piece, typed: originOf(piece.typed, before, head)}));
		line = filled.text;
	}

	return {ok: true, text: line, pieces, names};
}

/** The range of what was typed that a range of the expansion came from; that of the alias where none of it was typed. */
export function originOf(
	range: {readonly from: number; readonly to: number},
	pieces: readonly Piece[],
	head: {readonly from: number; readonly to: number},
): {readonly from: number; readonly to: number} {
	const piece = pieces.find(({from, to}) => from <= range.from && range.to <= to);
	if (piece === undefined) {
		return head;
	}

	const shift = piece.typed.from - piece.from;
	return {from: range.from + shift, to: range.to + shift};
}

/**
 * The beginning of an expansion, up to where the next word will stand, when these words were given; `undefined` where
 * there is no place for one more.
 */
export function placeholderFor(expansion: string, given: readonly string[]): string | undefined {
	const all = [...expansion.matchAll(parameter)].filter(match => match[1] === undefined);
	const numbers = all.map(match => Number(match[2])).filter(each => !Number.isNaN(each));
	const numbered = Math.max(0, ...numbers);
	const next = given.length + 1;
	const place = all.find(match => match[2] === (next <= numbered ? String(next) : '*'));
	if (place === undefined && all.length > 0) {
		return undefined;
	}

	const before = expansion
		.slice(0, place?.index)
		.replace(parameter, (_, dollar?: string, which?: string) =>
			dollar === undefined ? (given[Number(which) - 1] ?? '') : '$',
		);
	const rest = given.slice(numbered);
	const ahead = next <= numbered || rest.length === 0 ? '' : `${rest.join(' ')} `;
	return place === undefined ? `${before} ${ahead}` : before + ahead;
}

/** The chain of aliases by which one that is to mean `expansion` would lead back to itself. */
export function cycleOf(name: string, expansion: string, aliases: Aliases): Complaint | undefined {
	const chain = [name];
	const all: Aliases = {...aliases, [name]: expansion};
	for (let next = aliasIn(expansion, all); next !== undefined; next = aliasIn(all[next] ?? '', all)) {
		chain.push(next);
		if (next === name) {
			return cycle(chain);
		}

		if (chain.indexOf(next) < chain.length - 1) {
			return undefined;
		}
	}

	return undefined;
}

function cycle(names: readonly string[]): Complaint {
	return {
		code: 'alias-cycle',
		message: `These aliases lead in a circle: ${names.map(name => `/${name}`).join(' → ')}.`,
		hint: 'An alias may not lead back to itself; /alias lists them, /unalias removes one.',
	};
}

/** One alias with what follows it on the line; pieces tell where in that line the words are. */
function fill(name: string, expansion: string, line: string): Expansion {
	const words = splitWords(line, name.length + 1);
	const used = [...expansion.matchAll(parameter)].map(match => match[2]).filter(each => each !== undefined);
	const numbered = Math.max(0, ...used.filter(each => each !== '*').map(Number));
	const rest = words[numbered];
	const extra = restOf(line, rest);
	if (rest !== undefined && used.length > 0 && !used.includes('*')) {
		const message = `/${name} has no use for “${line.slice(extra.from, extra.to)}”.`;
		return {ok: false, complaint: {code: 'too-many-words', message, hint: `It stands for ${expansion}`}, ...extra};
	}

	let text = '';
	const pieces: Piece[] = [];
	const put = (typed: {readonly from: number; readonly to: number}) => {
		pieces.push({from: text.length, to: text.length + typed.to - typed.from, typed});
		text += line.slice(typed.from, typed.to);
	};
	let at = 0;
	for (const match of expansion.matchAll(parameter)) {
		text += expansion.slice(at, match.index);
		at = match.index + match[0].length;
		const which = match[2];
		const given = which === '*' ? (rest === undefined ? undefined : extra) : words[Number(which) - 1];
		if (match[1] !== undefined) {
			text += '$';
		} else if (given !== undefined) {
			put(given);
		} else if (which !== '*') {
			const message = `/${name} needs ${which === '1' ? 'a word' : `${which} words`}: it stands for ${expansion}`;
			return {ok: false, complaint: {code: 'missing-word', message}, from: line.length, to: line.length};
		}
	}

	text += expansion.slice(at);
	if (used.length === 0 && rest !== undefined) {
		text += ' ';
		put(extra);
	}

	// What stood before a `$*` that is nothing.
	const end = Math.max(text.trimEnd().length, pieces.at(-1)?.to ?? 0);
	return {ok: true, text: text.slice(0, end), pieces, names: [name]};
}

function restOf(line: string, rest: Word | undefined) {
	return rest === undefined ? {from: line.length, to: line.length} : {from: rest.from, to: line.trimEnd().length};
}
