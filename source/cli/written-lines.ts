import {XmppcError} from '../shared/errors.js';
import {outputFailed} from './output.js';

/** What becomes of the lines that the line mode writes. */
export type WrittenLines = {
	/** Aborted when they cannot be written any more. */
	readonly over: AbortSignal;
	/** @throws XmppcError `output-failed` (storage) unless whoever read them has simply gone. */
	check(): void;
};

/** Watches standard output: a program for people ends when nobody is there to read it (`xmppc --plain | head -1`). */
export function watchLines(stdout: NodeJS.WritableStream): WrittenLines {
	const over = new AbortController();
	let failure: NodeJS.ErrnoException | undefined;
	stdout.on('error', (error: NodeJS.ErrnoException) => {
		failure ??= error;
		over.abort();
	});
	return {
		over: over.signal,
		check() {
			if (failure !== undefined && failure.code !== 'EPIPE') {
				throw new XmppcError(outputFailed(failure), {cause: failure});
			}
		},
	};
}
