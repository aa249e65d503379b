import {type Find, motions} from './motions.js';
import type {Operator} from './operators.js';

/** One command of normal mode, as it was typed. */
export type Command = {
	readonly count?: number;
	readonly operator?: Operator;
	/** A motion (`w`, `gg`), an object (`iw`, `aw`), a search, or a command of its own (`x`, `p`). */
	readonly key: string;
	/** What `f`, `t` and `r` were given. */
	readonly character?: string;
};

/** What the keys typed so far are: a command, the beginning of one, or nothing. */
export type Reading =
	| {readonly type: 'command'; readonly command: Command}
	| {readonly type: 'more'}
	| {readonly type: 'none'};

const operators: readonly string[] = ['d', 'c', 'y'] satisfies readonly Operator[];
const searches: readonly string[] = ['f', 'F', 't', 'T'] satisfies ReadonlyArray<Find['kind']>;
const objects: readonly string[] = ['iw', 'iW', 'aw', 'aW'];
const own: readonly string[] = [...'xXsSrpPuiaIAoOJ~.DCYvV', 'ctrl+r'];
/** `10G` is much; more than this is a slip. */
const mostCount = 9999;

function isOperator(key: string): key is Operator {
	return operators.includes(key);
}

/** Reads the keys of normal mode. */
export function readKeys(keys: readonly string[]): Reading {
	let at = 0;
	const number = (): number | undefined => {
		let digits = '';
		// A zero of its own goes to the start of the line.
		while (/^\d$/u.test(keys[at] ?? '') && (digits !== '' || keys[at] !== '0')) {
			digits += keys[at++];
		}

		return digits === '' ? undefined : Math.min(mostCount, Number(digits));
	};

	const first = number();
	const head = keys[at];
	const operator = head !== undefined && isOperator(head) ? head : undefined;
	if (operator !== undefined) {
		at++;
	}

	const second = operator === undefined ? undefined : number();
	const count = first === undefined && second === undefined ? undefined : (first ?? 1) * (second ?? 1);
	const [key, next, ...others] = keys.slice(at);
	const command = (name: string, character?: string): Reading =>
		others.length > 0
			? {type: 'none'}
			: {
					type: 'command',
					command: {
						key: name,
						...(count === undefined ? {} : {count}),
						...(operator === undefined ? {} : {operator}),
						...(character === undefined ? {} : {character}),
					},
				};
	if (key === undefined) {
		return {type: 'more'};
	}

	if (searches.includes(key) || (key === 'r' && operator === undefined)) {
		return next === undefined ? {type: 'more'} : command(key, next);
	}

	if (key === 'g' || (operator !== undefined && (key === 'i' || key === 'a'))) {
		const pair = key + (next ?? '');
		if (next === undefined) {
			return {type: 'more'};
		}

		return pair === 'gg' || objects.includes(pair) ? command(pair) : {type: 'none'};
	}

	const isKnown =
		Object.hasOwn(motions, key) ||
		key === ';' ||
		key === ',' ||
		(operator === undefined ? own.includes(key) : key === operator);
	return isKnown && next === undefined ? command(key) : {type: 'none'};
}
