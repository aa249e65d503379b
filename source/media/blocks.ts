/** Files in blocks of half a megabyte: two of them for each file, used by turns, so that memory stays the same whatever its size. */
import type {FileHandle} from 'node:fs/promises';

/** Hashing or decrypting one takes about a millisecond: nothing else waits long. */
export const blockBytes = 512 * 1024;

/**
 * Reads a part of a file, one block while the other is worked on. Each block is only good until the next one is asked for. Ends
 * early where the file does.
 */
export async function* readBlocks(file: FileHandle, from: number, to: number): AsyncGenerator<Buffer> {
	const buffers = [Buffer.allocUnsafeSlow(blockBytes), Buffer.allocUnsafeSlow(blockBytes)] as const;
	const readAt = async (at: number, turn: number): Promise<Buffer> => {
		const buffer = buffers[turn % 2 === 0 ? 0 : 1];
		const wanted = Math.min(blockBytes, to - at);
		let length = 0;
		while (length < wanted) {
			const {bytesRead} = await file.read(buffer, length, wanted - length, at + length);
			if (bytesRead === 0) {
				break;
			}

			length += bytesRead;
		}

		return buffer.subarray(0, length);
	};

	let at = from;
	for (let turn = 0, next = readAt(at, turn); at < to; turn++) {
		const block = await next;
		if (block.length === 0) {
			return;
		}

		at += block.length;
		const isLast = at >= to || block.length < blockBytes;
		if (!isLast) {
			next = readAt(at, turn + 1);
			// Whoever stops asking never sees it fail.
			next.catch(() => undefined);
		}

		yield block;
		if (isLast) {
			return;
		}
	}
}

export type BlockWriter = {
	/** Takes a copy. What is answered is to be waited for before the next one: the disk is behind. */
	add(bytes: Uint8Array): Promise<void> | undefined;
	/** All that was added is written. */
	flush(): Promise<void>;
	/** Where the file ends by now, with what is not written yet. */
	readonly end: number;
};

/** Writes a file from `at` on. `onBlock` sees every block before it is written, in order. */
export function createBlockWriter(file: FileHandle, at: number, onBlock?: (block: Buffer) => void): BlockWriter {
	let filling = Buffer.allocUnsafeSlow(blockBytes);
	let spare = Buffer.allocUnsafeSlow(blockBytes);
	let filled = 0;
	let written = at;
	let writing: Promise<void> = Promise.resolve();

	const writeBlock = async (block: Buffer, position: number) => {
		for (let done = 0; done < block.length; ) {
			const {bytesWritten} = await file.write(block, done, block.length - done, position + done);
			done += bytesWritten;
		}
	};

	const startWriting = () => {
		const block = filling.subarray(0, filled);
		onBlock?.(block);
		writing = writeBlock(block, written);
		// Seen by whoever waits for it next.
		writing.catch(() => undefined);
		written += filled;
		[filling, spare] = [spare, filling];
		filled = 0;
	};

	const rest = async (bytes: Uint8Array) => {
		for (let taken = 0; taken < bytes.length; ) {
			const part = bytes.subarray(taken, taken + blockBytes - filled);
			filling.set(part, filled);
			filled += part.length;
			taken += part.length;
			if (filled === blockBytes) {
				await writing;
				startWriting();
			}
		}
	};

	return {
		add(bytes) {
			if (filled + bytes.length < blockBytes) {
				filling.set(bytes, filled);
				filled += bytes.length;
				return undefined;
			}

			return rest(bytes);
		},
		async flush() {
			await writing;
			if (filled > 0) {
				startWriting();
				await writing;
			}
		},
		get end() {
			return written + filled;
		},
	};
}
