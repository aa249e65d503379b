/**
 * As much of Protocol Buffers as the messages of OMEMO are made of: byte strings and 32-bit numbers, each at most once.
 * https://protobuf.dev/programming-guides/encoding/
 */
import {concat} from './bytes.js';

/** Names of fields, with their number and what they hold. */
export type Schema = Readonly<Record<string, readonly [field: number, kind: 'bytes' | 'uint32']>>;

export type Values<S extends Schema> = {
	readonly [Name in keyof S]?: S[Name][1] extends 'bytes' ? Uint8Array : number;
};

/** No message of the ratchet comes near to this; nothing longer is looked at. */
export const mostBytes = 1024;
const most32 = 2 ** 32 - 1;

const varint = 0;
const fixed64 = 1;
const delimited = 2;
const fixed32 = 5;

/** Writes the fields that have a value, in the order of the schema. Throws for a number that does not fit. */
export function writeFields<S extends Schema>(schema: S, values: Values<S>): Uint8Array {
	const parts: Uint8Array[] = [];
	for (const [name, [field]] of Object.entries(schema)) {
		const value: Uint8Array | number | undefined = values[name];
		if (typeof value === 'number') {
			parts.push(writeVarint(field * 8 + varint), writeVarint(value));
		} else if (value !== undefined) {
			parts.push(writeVarint(field * 8 + delimited), writeVarint(value.length), value);
		}
	}

	return concat(...parts);
}

/**
 * Reads the fields of a schema; fields that it does not name are passed over. `undefined`: too long, cut off, a field twice
 * or of another type, a number of more than 32 bits, or one written longer than it has to be.
 */
export function readFields<S extends Schema>(schema: S, bytes: Uint8Array): Values<S> | undefined {
	if (bytes.length > mostBytes) {
		return undefined;
	}

	const byNumber = new Map(Object.entries(schema).map(([name, [field, kind]]) => [field, {name, kind}]));
	const values: Record<string, Uint8Array | number> = {};
	let at = 0;
	while (at < bytes.length) {
		const read = readField(bytes, at);
		if (read === undefined) {
			return undefined;
		}

		at = read.end;
		const wanted = byNumber.get(read.field);
		if (wanted === undefined) {
			continue;
		}

		const {value} = read;
		const isKind = wanted.kind === 'bytes' ? value instanceof Uint8Array : typeof value === 'number' && value <= most32;
		if (value === undefined || !isKind || wanted.name in values) {
			return undefined;
		}

		values[wanted.name] = value;
	}

	return values as Values<S>;
}

/** A field that begins at `at`. Its value is absent for the types that no message of ours has. */
function readField(
	bytes: Uint8Array,
	at: number,
): {readonly field: number; readonly value?: Uint8Array | number; readonly end: number} | undefined {
	const tag = readVarint(bytes, at);
	if (tag === undefined || tag.value > most32 || tag.value < 8) {
		return undefined;
	}

	const field = Math.floor(tag.value / 8);
	const type = tag.value % 8;
	if (type === varint) {
		const number = readVarint(bytes, tag.end);
		return number && {field, ...number};
	}

	const length = type === delimited ? readVarint(bytes, tag.end) : {value: fixedLength(type), end: tag.end};
	if (length?.value === undefined || length.value > bytes.length - length.end) {
		return undefined;
	}

	const end = length.end + length.value;
	return type === delimited ? {field, value: bytes.slice(length.end, end), end} : {field, end};
}

function fixedLength(type: number): number | undefined {
	return type === fixed64 ? 8 : type === fixed32 ? 4 : undefined;
}

/** Numbers of more than 53 bits lose their last ones: all that is asked of them is whether they are too large. */
function readVarint(bytes: Uint8Array, at: number): {readonly value: number; readonly end: number} | undefined {
	let value = 0;
	for (let index = 0; index < 10; index += 1) {
		const byte = bytes[at + index];
		if (byte === undefined) {
			return undefined;
		}

		value += (byte & 127) * 2 ** (7 * index);
		if (byte < 128) {
			return byte === 0 && index > 0 ? undefined : {value, end: at + index + 1};
		}
	}

	return undefined;
}

function writeVarint(value: number): Uint8Array {
	if (!Number.isInteger(value) || value < 0 || value > most32) {
		throw new RangeError(`${value} is not a number of 32 bits`);
	}

	const bytes: number[] = [];
	let rest = value;
	while (rest >= 128) {
		bytes.push((rest % 128) + 128);
		rest = Math.floor(rest / 128);
	}

	return Uint8Array.of(...bytes, rest);
}
