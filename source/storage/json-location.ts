/** Where in a JSON text something is wrong; both count from 1. */
export type TextPlace = {readonly line: number; readonly column: number};

const token =
	/[{}[\],:]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const blank = /[ \t\r\n]*/y;

type Expectation = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end';

/**
 * The first place where a text stops being JSON; undefined if it is JSON. Node 20 does not say where
 * (`Unexpected token 'x', ..."` without a position), and a person needs the line.
 */
export function findSyntaxError(text: string): TextPlace | undefined {
	const open: Array<'{' | '['> = [];
	let expected: Expectation = 'value';
	let at = skipBlank(text, 0);
	while (at < text.length) {
		token.lastIndex = at;
		const found = token.exec(text)?.[0];
		const next: Expectation | undefined = found === undefined ? undefined : accept(found, expected, open);
		if (found === undefined || next === undefined) {
			return placeAt(text, at);
		}

		expected = next;
		at = skipBlank(text, at + found.length);
	}

	return expected === ', or end' && open.length === 0 ? undefined : placeAt(text, at);
}

/**
 * Where a member of a JSON text stands, named like `accounts[1].port`; undefined where it is not there. Names with a dot
 * are found too.
 */
export function findKey(text: string, wanted: string): TextPlace | undefined {
	const open: Array<{readonly path: string; readonly isList: boolean; index: number}> = [];
	let name = '';
	let at = skipBlank(text, 0);
	let found: number | undefined;
	while (at < text.length && found === undefined) {
		token.lastIndex = at;
		const next = token.exec(text)?.[0] ?? text[at] ?? '';
		const inside = open.at(-1);
		const after = skipBlank(text, at + next.length);
		const path = inside === undefined ? '' : inside.isList ? `${inside.path}[${inside.index}]` : name;
		if (next === '{' || next === '[') {
			found = inside?.isList === true && path === wanted ? at : undefined;
			open.push({path, isList: next === '[', index: 0});
		} else if (next === '}' || next === ']') {
			open.pop();
		} else if (next === ',' && inside?.isList === true) {
			inside.index++;
		} else if (text[after] === ':' && next.startsWith('"')) {
			name = `${inside === undefined || inside.path === '' ? '' : `${inside.path}.`}${String(JSON.parse(next))}`;
			found = name === wanted ? at : undefined;
		}

		at = after;
	}

	return found === undefined ? undefined : placeAt(text, found);
}

/** Steps over one token, keeping `open` in step; answers what may follow, undefined when it should not be here. */
function accept(found: string, expected: Expectation, open: Array<'{' | '['>): Expectation | undefined {
	const inside = open.at(-1);
	switch (found) {
		case '{':
		case '[':
			if (expected !== 'value' && expected !== 'value or ]') {
				return undefined;
			}

			open.push(found);
			return found === '{' ? 'key or }' : 'value or ]';
		case '}':
			return inside === '{' && (expected === 'key or }' || expected === ', or end') ? close(open) : undefined;
		case ']':
			return inside === '[' && (expected === 'value or ]' || expected === ', or end') ? close(open) : undefined;
		case ',':
			return inside === undefined || expected !== ', or end' ? undefined : inside === '{' ? 'key' : 'value';
		case ':':
			return expected === ':' ? 'value' : undefined;
		default:
			if (expected === 'key' || expected === 'key or }') {
				return found.startsWith('"') ? ':' : undefined;
			}

			return expected === 'value' || expected === 'value or ]' ? ', or end' : undefined;
	}
}

function close(open: Array<'{' | '['>): Expectation {
	open.pop();
	return ', or end';
}

function skipBlank(text: string, at: number): number {
	blank.lastIndex = at;
	blank.exec(text);
	return blank.lastIndex;
}

function placeAt(text: string, at: number): TextPlace {
	const before = text.slice(0, at).split('\n');
	return {line: before.length, column: (before.at(-1) ?? '').length + 1};
}
