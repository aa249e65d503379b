import {isUtf8} from 'node:buffer';

/**
 * JSON lines on a byte stream: one JSON object a line, UTF-8, ended by a line feed. What cannot be one is told, never
 * thrown.
 */

/** One JSON object as it came off the wire; nothing about its members is known. */
export type Frame = Readonly<Record<string, unknown>>;

/** A frame as bytes, line feed included. Throws for what JSON cannot say (a BigInt, a circle): a defect of ours. */
export function encodeFrame(frame: object): Buffer {
	return Buffer.from(`${JSON.stringify(frame)}\n`);
}

/** Takes bytes in any portions. After the first fault it hears nothing more. */
export type FrameReader = {
	push(chunk: Buffer): void;
};

export type FrameReaderOptions = {
	/** Octets a line may have, without its end. */
	readonly longest: number;
	onFrame(frame: Frame): void;
	/** Why what came is no frame: a part of a sentence, without anything of its content. */
	onFault(reason: string): void;
};

const lineFeed = 0x0a;

/** Cuts a stream into frames. Holds at most one unfinished line, of at most `longest` octets. */
export function createFrameReader({longest, onFrame, onFault}: FrameReaderOptions): FrameReader {
	let held: Buffer[] = [];
	let heldLength = 0;
	let isDeaf = false;

	const fail = (reason: string) => {
		isDeaf = true;
		held = [];
		onFault(reason);
	};

	const hold = (part: Buffer) => {
		heldLength += part.length;
		if (heldLength > longest) {
			fail(`a line is longer than ${longest} octets`);
		} else {
			held.push(part);
		}
	};

	const finishLine = () => {
		const line = held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held);
		held = [];
		heldLength = 0;
		const frame = readFrame(line);
		if (frame === undefined) {
			fail('a line is not a JSON object');
		} else {
			onFrame(frame);
		}
	};

	return {
		push(chunk) {
			let start = 0;
			while (!isDeaf) {
				const end = chunk.indexOf(lineFeed, start);
				hold(end < 0 ? chunk.subarray(start) : chunk.subarray(start, end));
				if (end < 0 || isDeaf) {
					return;
				}

				finishLine();
				start = end + 1;
			}
		},
	};
}

/** Whether a parsed value is an object and no list. */
export function isFrame(value: unknown): value is Frame {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readFrame(line: Buffer): Frame | undefined {
	if (!isUtf8(line)) {
		return undefined;
	}

	try {
		const value: unknown = JSON.parse(line.toString());
		return isFrame(value) ? value : undefined;
	} catch {
		// Not JSON: the caller says so to whoever sent it.
		return undefined;
	}
}
