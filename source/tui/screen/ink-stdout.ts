import {EventEmitter} from 'node:events';
import type {Size} from './size.js';

export type InkStdout = {
	/** What Ink takes for a terminal. */
	readonly stream: NodeJS.WriteStream;
	/** Tells Ink that `columns` and `rows` have changed. */
	emitResize(): void;
};

export type InkStdoutOptions = {
	size(): Size;
	/** Receives what Ink writes. */
	write(text: string): void;
};

type Written = (error?: Error | null) => void;

/** The part of a terminal stream that Ink 6.8 touches (`ink.js`, `log-update.js`, `cli-cursor`, `signal-exit`). */
class InkStream extends EventEmitter {
	readonly isTTY = true;
	readonly writable = true;
	readonly writableEnded = false;
	readonly writableNeedDrain = false;
	readonly writableLength = 0;
	readonly destroyed = false;
	readonly #options: InkStdoutOptions;

	constructor(options: InkStdoutOptions) {
		super();
		this.#options = options;
		this.setMaxListeners(0);
	}

	get columns(): number {
		return this.#options.size().columns;
	}

	get rows(): number {
		return this.#options.size().rows;
	}

	write(data: Uint8Array | string, encoding?: BufferEncoding | Written, written?: Written): boolean {
		const text = typeof data === 'string' ? data : Buffer.from(data).toString('utf8');
		if (text !== '') {
			this.#options.write(text);
		}

		const callback = typeof encoding === 'function' ? encoding : written;
		if (callback !== undefined) {
			queueMicrotask(callback);
		}

		return true;
	}

	end(): this {
		return this;
	}
}

/** Makes a stream that Ink accepts as its terminal and that hands every write to the screen. */
export function createInkStdout(options: InkStdoutOptions): InkStdout {
	const stream = new InkStream(options);
	return {
		stream: stream as EventEmitter as NodeJS.WriteStream,
		emitResize() {
			stream.emit('resize');
		},
	};
}
