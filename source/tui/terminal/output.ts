import fs from 'node:fs';
import {createEmitter} from '../../shared/emitter.js';
import {messageOf} from '../../shared/errors.js';
import type {Log} from '../../shared/log.js';
import type {ScreenOutput} from '../screen/screen.js';
import type {Size} from '../screen/size.js';

export type TerminalOutput = ScreenOutput & {
	/**
	 * Writes at once, without the event loop: for restoring on the way out. Gives up on a terminal that does not read;
	 * answers whether all of it was written.
	 */
	writeSync(text: string): boolean;
	/**
	 * The window was resized, perhaps to the size that it had before: of a storm that ends there Node tells nothing, and the
	 * terminal has moved what it shows all the same.
	 */
	windowChanged(): void;
};

/** Node's handle under a terminal stream; private, so every part of it may be missing. */
type WithHandle = {readonly _handle?: {readonly setBlocking?: (blocking: boolean) => void}};

const fallbackSize: Size = {columns: 80, rows: 24};
/** A grid of a million cells is no screen: sizes are believed up to this. */
const largestSize: Size = {columns: 1000, rows: 500};
const syncAttempts = 20;
const syncPause = 10;

function sizeOf(stdout: NodeJS.WriteStream): Size {
	const {columns, rows} = stdout;
	return {
		columns: Math.min(columns > 0 ? columns : fallbackSize.columns, largestSize.columns),
		rows: Math.min(rows > 0 ? rows : fallbackSize.rows, largestSize.rows),
	};
}

/**
 * An own descriptor of the same terminal that does not block: a frozen terminal must not hold up the way out. Opening
 * `/dev/fd/N` makes a new description on Linux; elsewhere the stream's own descriptor has to do.
 */
function openNonBlocking(fd: number, log: Log): number {
	try {
		const {O_WRONLY, O_NONBLOCK, O_NOCTTY} = fs.constants;
		return fs.openSync(`/dev/fd/${fd}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
	} catch (error) {
		log.note('terminal', `no second descriptor for the terminal: ${messageOf(error)}`);
		return fd;
	}
}

/**
 * The real stdout as the screen wants it. Node writes to a terminal blocking, so that a reader that has stopped (a frozen
 * SSH connection) would stop the whole program; here writes never block and `congested` tells while any is waiting.
 */
export function createTerminalOutput(stdout: NodeJS.WriteStream & {fd?: number}, log: Log): TerminalOutput {
	const drained = createEmitter<void>();
	const resized = createEmitter<void>();
	const fd = stdout.fd ?? 1;
	let syncFd: number | undefined;
	const {_handle: handle} = stdout as NodeJS.WriteStream & WithHandle;
	handle?.setBlocking?.(false);

	const written = () => {
		if (stdout.writableLength === 0) {
			drained.emit();
		}
	};

	/** One attempt; gives what is left to write. */
	const attempt = (text: Buffer): Buffer => {
		try {
			syncFd ??= openNonBlocking(fd, log);
			return text.subarray(fs.writeSync(syncFd, text));
		} catch (error) {
			if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') {
				Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, syncPause);
				return text;
			}

			// The terminal is gone: there is nothing to restore.
			log.note('terminal', `the terminal cannot be written to: ${messageOf(error)}`);
			return text.subarray(text.length);
		}
	};

	return {
		size: () => sizeOf(stdout),
		write(text) {
			if (stdout.writable) {
				stdout.write(text, written);
			}
		},
		congested: () => stdout.writableLength > 0,
		windowChanged: () => resized.emit(),
		drained: drained.subscribe,
		resized: resized.subscribe,
		writeSync(text) {
			let rest: Buffer = Buffer.from(text);
			for (let attempts = 0; attempts < syncAttempts && rest.length > 0; attempts++) {
				rest = attempt(rest);
			}

			return rest.length === 0;
		},
	};
}
