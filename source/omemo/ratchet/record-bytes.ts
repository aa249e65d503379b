/** Reads and writes the bytes of a record, one value after the other. */
import {createHash} from 'node:crypto';
import {concat, isSame} from './bytes.js';

/** Enough to find out a broken record; whether somebody changed it on purpose the store has to know. */
const checksumLength = 8;

export type RecordWriter = {
	readonly byte: (value: number) => void;
	readonly uint32: (value: number) => void;
	/** Bytes whose number the reader knows. */
	readonly fixed: (bytes: Uint8Array) => void;
	readonly list: <T>(values: readonly T[], write: (value: T) => void) => void;
	/** Absent values take one byte. */
	readonly optional: <T>(value: T | undefined, write: (value: T) => void) => void;
	/** Everything written, with a checksum behind it. */
	readonly end: () => Uint8Array;
};

export function recordWriter(): RecordWriter {
	const parts: Uint8Array[] = [];
	const writer: RecordWriter = {
		byte: value => void parts.push(Uint8Array.of(value)),
		uint32(value) {
			const bytes = new Uint8Array(4);
			new DataView(bytes.buffer).setUint32(0, value);
			parts.push(bytes);
		},
		fixed: bytes => void parts.push(bytes),
		list(values, write) {
			writer.uint32(values.length);
			for (const value of values) {
				write(value);
			}
		},
		optional(value, write) {
			writer.byte(value === undefined ? 0 : 1);
			if (value !== undefined) {
				write(value);
			}
		},
		end() {
			const written = concat(...parts);
			return concat(written, checksumOf(written));
		},
	};
	return writer;
}

/** What a reader throws, and {@link readRecord} catches: nothing else sees it. */
class BrokenRecord extends Error {}

export type RecordReader = {
	/** A byte that is below `limit`. */
	readonly byte: (limit: number) => number;
	readonly uint32: () => number;
	readonly fixed: (length: number) => Uint8Array;
	readonly list: <T>(most: number, read: () => T) => readonly T[];
	readonly optional: <T>(read: () => T) => T | undefined;
};

/** What `read` makes of a record. `undefined`: cut off, too long, changed, or not what it should be anywhere in it. */
export function readRecord<T>(record: Uint8Array, read: (reader: RecordReader) => T): T | undefined {
	const content = record.subarray(0, Math.max(0, record.length - checksumLength));
	if (!isSame(checksumOf(content), record.subarray(content.length))) {
		return undefined;
	}

	let at = 0;
	const reader: RecordReader = {
		byte(limit) {
			const [value = 0] = reader.fixed(1);
			return value < limit ? value : broken();
		},
		uint32() {
			const bytes = reader.fixed(4);
			return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
		},
		fixed(length) {
			at += length;
			return at <= content.length ? content.slice(at - length, at) : broken();
		},
		list(most, read) {
			const count = reader.uint32();
			return count <= most ? Array.from({length: count}, read) : broken();
		},
		optional: read => (reader.byte(2) === 1 ? read() : undefined),
	};
	try {
		const value = read(reader);
		return at === content.length ? value : undefined;
	} catch (error) {
		if (error instanceof BrokenRecord) {
			return undefined;
		}

		throw error;
	}
}

function broken(): never {
	throw new BrokenRecord('this record is broken');
}

function checksumOf(bytes: Uint8Array): Uint8Array {
	return createHash('sha256').update(bytes).digest().subarray(0, checksumLength);
}
