/** From a query to what FTS5 understands (https://www.sqlite.org/fts5.html, 3). */
import type {SearchFilter, SearchQuery, SearchTerm} from '../model/search.js';
import {tokensOf} from '../shared/search-text.js';
import {type Mark, type MarkKind, ownAuthor, type SearchMarks} from './search-marks.js';

/** Other names of a bare JID: what the person calls the contact. */
export type NamesOf = (jid: string) => readonly string[];

const kinds: Readonly<Record<SearchFilter['by'], MarkKind>> = {
	from: 'author',
	in: 'buffer',
	account: 'account',
	has: 'holds',
};

/** Without a text nothing can match; `unknown`: because nobody and nothing is called so. */
export type Expression = {readonly text?: string; readonly unknown?: SearchFilter};

/**
 * The expression. Words have been cut by `tokensOf`, so no quote and no operator
 * is in them; each stands in quotes all the same.
 */
export function expressionOf(
	query: SearchQuery,
	marks: SearchMarks,
	namesOf: NamesOf,
	only: {readonly buffer?: string | undefined; readonly accounts?: readonly string[] | undefined} = {},
): Expression {
	const wanted: string[] = [];
	const unwanted: string[] = [];
	for (const term of query.terms) {
		(term.excluded === true ? unwanted : wanted).push(phrase(term));
	}

	for (const filter of query.filters) {
		const found = matching(filter, marks.all(kinds[filter.by]), namesOf);
		if (filter.excluded === true) {
			unwanted.push(...found.map(quoted));
		} else if (found.length === 0) {
			return filter.by === 'has' ? {} : {unknown: filter};
		} else {
			wanted.push(anyOf(found));
		}
	}

	if (only.buffer !== undefined) {
		const found = marks.all('buffer').filter(({value}) => value === only.buffer);
		if (found.length === 0) {
			return {};
		}

		wanted.push(anyOf(found));
	}

	const accounts = marks.all('account');
	const allowed = accounts.filter(({value}) => only.accounts?.includes(value) ?? true);
	if (allowed.length === 0) {
		return {};
	}

	// Every message has an account: what is there where only the opposite is asked for.
	if (wanted.length === 0 || allowed.length < accounts.length) {
		wanted.push(anyOf(allowed));
	}

	const all = `(${wanted.join(' AND ')})`;
	return {text: unwanted.length === 0 ? all : `${all} NOT (${unwanted.join(' OR ')})`};
}

function phrase({tokens, open}: SearchTerm): string {
	return `"${tokens.join(' ').replaceAll('"', '')}"${open ? ' *' : ''}`;
}

function quoted({word}: Mark): string {
	return `"${word}"`;
}

function anyOf(found: readonly Mark[]): string {
	return `(${found.map(quoted).join(' OR ')})`;
}

/** Those that are called so, else those with that at the beginning of a name, else those with it anywhere. */
function matching({by, value}: SearchFilter, marks: readonly Mark[], namesOf: NamesOf): readonly Mark[] {
	const wanted = value.toLowerCase().replace(by === 'in' ? /^[#@]/u : /^@/u, '');
	if (by === 'from' && wanted === ownAuthor) {
		return marks.filter(mark => mark.value === ownAuthor);
	}

	if (by === 'has') {
		return marks.filter(mark => mark.value === value);
	}

	const named = marks
		.filter(mark => mark.value !== ownAuthor)
		.map(mark => ({mark, names: namesIn(mark.value, by, namesOf)}));
	const exact = named.filter(({mark}) => mark.value.toLowerCase() === wanted);
	if (exact.length > 0) {
		return exact.map(({mark}) => mark);
	}

	const plain = plainName(wanted);
	const tests: ReadonlyArray<(name: string) => boolean> = [
		name => name === wanted || plainName(name) === plain,
		name => plainName(name).startsWith(plain),
		name => plainName(name).includes(plain),
	];
	for (const test of tests) {
		const found = named.filter(({names}) => names.some(test));
		if (found.length > 0) {
			return found.map(({mark}) => mark);
		}
	}

	return [];
}

/** Without case, accents and what stands between words. */
function plainName(name: string): string {
	return tokensOf(name)
		.map(token => token.text)
		.join(' ');
}

/** The JID in a mark, its parts and the names the person gave it. */
function namesIn(value: string, by: SearchFilter['by'], namesOf: NamesOf): readonly string[] {
	const jid = by === 'in' ? value.split(' ').slice(2).join(' ') : value;
	const slash = jid.indexOf('/');
	const bare = slash < 0 ? jid : jid.slice(0, slash);
	const resource = slash < 0 ? [] : [jid.slice(slash + 1)];
	const local = bare.includes('@') ? [bare.slice(0, bare.indexOf('@'))] : [];
	// In a room the nick is the author, not the room.
	const names = by === 'from' && slash >= 0 ? resource : [jid, ...local, ...resource, ...namesOf(bare)];
	return names.map(name => name.toLowerCase());
}
