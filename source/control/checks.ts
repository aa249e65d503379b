/** Small checks of parsed JSON that compose: each answers the value with its type, or `undefined` where it is none. */
import type {BufferId} from '../model/buffer.js';
import {type BareJid, type Jid, parseBareJid, parseJid} from '../shared/jid.js';
import {isFrame} from './frames.js';

/** The same members, none of them optional in its type: a check that forgets one does not fit. */
export type AllMembers<Value> = {readonly [Name in keyof Value]-?: Value[Name] | undefined};

export type Check<Value> = (value: unknown) => Value | undefined;

type Shape = Readonly<Record<string, Check<unknown>>>;
type Checked<Members extends Shape> = {
	readonly [Name in keyof Members]: Members[Name] extends Check<infer Value> ? Value : never;
};

export const text: Check<string> = value => (typeof value === 'string' ? value : undefined);
export const flag: Check<boolean> = value => (typeof value === 'boolean' ? value : undefined);
/** Addresses are normalised on the way in, so that equal ones are equal strings here too. */
export const jid: Check<Jid> = value => (typeof value === 'string' ? parseJid(value) : undefined);
export const bareJid: Check<BareJid> = value => (typeof value === 'string' ? parseBareJid(value) : undefined);
export const buffer: Check<BufferId> = value => (typeof value === 'string' ? (value as BufferId) : undefined);

/** A whole number from `least` to `most`. */
export function integer(least: number, most: number): Check<number> {
	return value =>
		typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most ? value : undefined;
}

export function oneOf<Value extends string>(values: readonly Value[]): Check<Value> {
	return value => values.find(each => each === value);
}

export function list<Value>(check: Check<Value>): Check<readonly Value[]> {
	return value => {
		if (!Array.isArray(value)) {
			return undefined;
		}

		const checked = value.map(check).filter(each => each !== undefined);
		return checked.length === value.length ? checked : undefined;
	};
}

/** An object whose member names are data; all values pass the same check. */
export function table<Value>(check: Check<Value>): Check<Readonly<Record<string, Value>>> {
	return value => {
		if (!isFrame(value)) {
			return undefined;
		}

		const entries = Object.entries(value).flatMap(([name, each]) => {
			const checked = check(each);
			return checked === undefined ? [] : [[name, checked] as const];
		});
		return entries.length === Object.keys(value).length ? Object.fromEntries(entries) : undefined;
	};
}

/**
 * An object with these members; others are left out. An optional member is absent or passes its check; that it may be
 * absent is left out of the type, see {@link AllMembers}.
 */
export function members<Required extends Shape, Optional extends Shape>(
	required: Required,
	optional: Optional,
): Check<Checked<Required> & AllMembers<Checked<Optional>>> {
	return value => {
		if (!isFrame(value)) {
			return undefined;
		}

		const result: Record<string, unknown> = {};
		for (const [name, check] of Object.entries({...optional, ...required})) {
			const given = Object.hasOwn(value, name) ? value[name] : undefined;
			if (given === undefined && !Object.hasOwn(required, name)) {
				continue;
			}

			const checked = check(given);
			if (checked === undefined) {
				return undefined;
			}

			result[name] = checked;
		}

		return result as Checked<Required> & AllMembers<Checked<Optional>>;
	};
}

/** An object with these members, none of which may be missing. */
export function all<Required extends Shape>(required: Required): Check<Checked<Required>> {
	return members(required, {});
}

/** An object whose members do not matter. */
export const nothing: Check<Record<string, never>> = value => (isFrame(value) ? {} : undefined);

/** The first of two that fits. */
export function either<One, Other>(one: Check<One>, other: Check<Other>): Check<One | Other> {
	return value => one(value) ?? other(value);
}
