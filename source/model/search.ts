import {type Phrase, phraseOf} from '../shared/search-text.js';
import {type Here, readWhen, whenForms} from '../shared/when.js';
import type {BufferId} from './buffer.js';
import type {Message} from './message.js';

/** What a message may hold besides text. `highlight`: it names the person. */
export const searchableKinds = ['link', 'file', 'image', 'highlight'] as const;

export type SearchableKind = (typeof searchableKinds)[number];

/** A word, or several that stand together. */
export type SearchTerm = Phrase & {readonly excluded?: true};

/** Whose, or where. `value` is a name or a JID as it was typed; `me` as an author is the person. */
export type SearchFilter = {
	readonly by: 'from' | 'in' | 'account' | 'has';
	readonly value: string;
	readonly excluded?: true;
};

/** What is searched for, read from what a person typed; plain data. All of it must hold. */
export type SearchQuery = {
	readonly terms: readonly SearchTerm[];
	readonly filters: readonly SearchFilter[];
	/** Milliseconds since the epoch: not older than that. */
	readonly since?: number;
	/** Milliseconds since the epoch: older than that. */
	readonly before?: number;
};

export type SearchResult = {
	/** Newest first. */
	readonly hits: readonly Message[];
	/** There are no older ones among what is indexed. */
	readonly complete: boolean;
	/** Per cent of the history that can be found so far; absent: all of it. */
	readonly indexing?: number;
	/** Nobody, or no place, that is called so is in what is indexed: therefore there are no hits. */
	readonly unknown?: SearchFilter;
};

/** Where a search goes on, and how far. */
export type SearchRange = {
	/** Only in this buffer. */
	readonly buffer?: BufferId;
	/** Only messages with a lower key. */
	readonly before?: number;
	/** Only messages with a higher key. */
	readonly after?: number;
	readonly limit: number;
};

/** What is wrong with a query, and where (UTF-16 offsets, the end exclusive). */
export type QueryProblem = {
	readonly code: 'search-empty' | 'search-value' | 'search-date';
	readonly message: string;
	readonly hint?: string;
	readonly from: number;
	readonly to: number;
};

export type ReadQuery =
	| {readonly ok: true; readonly query: SearchQuery}
	| {readonly ok: false; readonly problem: QueryProblem};

/** The filters, and what the completion says of them. */
export const searchFilters = {
	from: 'who wrote it: a name, a JID, or me',
	in: 'the chat or room',
	before: `older than a day: ${whenForms}`,
	after: `newer than a day: ${whenForms}`,
	on: `of a day: ${whenForms}`,
	has: 'link, file, image or highlight',
	account: 'one of your accounts',
} as const;

type FilterName = keyof typeof searchFilters;

const piece = /(-?)(?:([a-z]+):)?(?:"([^"]*)("?)|(\S*))\s*/iuy;

/**
 * Reads a query: words, `"exact phrase"`, `-word`, and filters such as `from:romeo`. The last word may be the beginning of
 * a longer one unless a space or a quote follows it. Never throws.
 */
export function readQuery(text: string, here: Here): ReadQuery {
	const terms: SearchTerm[] = [];
	const filters: SearchFilter[] = [];
	let since: number | undefined;
	let before: number | undefined;
	piece.lastIndex = text.length - text.trimStart().length;
	while (piece.lastIndex < text.length) {
		const start = piece.lastIndex;
		const found = piece.exec(text);
		if (found === null) {
			break;
		}

		const [whole, minus = '', prefix = '', quoted, closing, bare = ''] = found;
		const name = prefix.toLowerCase();
		const at = {from: start, to: start + whole.trimEnd().length};
		const excluded = minus === '' ? {} : ({excluded: true} as const);
		if (!isFilter(name) || bare.startsWith('//')) {
			const content = quoted === undefined ? `${prefix === '' ? '' : `${prefix}:`}${bare}` : `${prefix} ${quoted}`;
			const isLast = at.to === text.length && closing !== '"';
			const phrase = phraseOf(content, isLast);
			if (phrase !== undefined) {
				terms.push({...phrase, ...excluded});
			}

			continue;
		}

		const value = quoted ?? bare;
		const problem = problemWith(name, value, here);
		if (problem !== undefined) {
			return {ok: false, problem: {...problem, ...at}};
		}

		if (name === 'before' || name === 'after' || name === 'on') {
			const {from, to} = readWhen(value, here) ?? {from: 0, to: 0};
			if (name !== 'before') {
				since = Math.max(since ?? 0, name === 'on' ? from : to);
			}

			if (name !== 'after') {
				before = Math.min(before ?? Number.MAX_SAFE_INTEGER, name === 'on' ? to : from);
			}
		} else {
			filters.push({by: name, value: name === 'has' ? (kindOf(value) ?? value) : value, ...excluded});
		}
	}

	if (terms.length === 0 && filters.length === 0 && since === undefined && before === undefined) {
		return {
			ok: false,
			problem: {
				code: 'search-empty',
				message: 'There is no word to search for.',
				hint: 'Type a word, or a filter such as from:me or has:link.',
				from: 0,
				to: text.length,
			},
		};
	}

	const times = {...(since === undefined ? {} : {since}), ...(before === undefined ? {} : {before})};
	return {ok: true, query: {terms, filters, ...times}};
}

function isFilter(name: string): name is FilterName {
	return Object.hasOwn(searchFilters, name);
}

function kindOf(value: string): SearchableKind | undefined {
	const lower = value.toLowerCase().replace(/s$/u, '');
	return searchableKinds.find(kind => kind === lower);
}

function problemWith(
	name: FilterName,
	value: string,
	here: Here,
): Pick<QueryProblem, 'code' | 'message' | 'hint'> | undefined {
	if (value.trim() === '') {
		return {code: 'search-value', message: `${name}: needs a value.`, hint: `It says ${searchFilters[name]}.`};
	}

	if (name === 'has' && kindOf(value) === undefined) {
		const hint = `It can be ${searchableKinds.join(', ')}.`;
		return {code: 'search-value', message: `“${value}” is nothing that can be searched for.`, hint};
	}

	const isDate = name === 'before' || name === 'after' || name === 'on';
	return isDate && readWhen(value, here) === undefined
		? {code: 'search-date', message: `“${value}” is not a date.`, hint: `Dates are ${whenForms}.`}
		: undefined;
}
