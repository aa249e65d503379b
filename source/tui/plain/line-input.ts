import {StringDecoder} from 'node:string_decoder';
import type {Dispose} from '../../shared/clock.js';

/** The part of stdin that the line mode uses. */
export type LineStream = NodeJS.ReadableStream & {
	readonly isTTY?: boolean;
	setRawMode?(raw: boolean): unknown;
};

export type LineInput = {
	/** Reads the next lines unseen, until it is called with `false`. Only on a terminal is there anything to hide. */
	hide(hidden: boolean): void;
	close(): void;
};

/** Longest line kept; what is beyond is dropped, so that a pipe without line breaks cannot fill the memory. */
const longestLine = 2_000_000;

const enter = new Set(['\r', '\n']);
const erase = new Set(['\u007f', '\b']);
const interrupt = '\u0003';
const endOfInput = '\u0004';

/**
 * Cuts stdin into lines. On a terminal its own line editing stays in force: the line mode sends no control sequence.
 * `onInterrupt`: Ctrl+C during a hidden line.
 */
export function readLines(
	stdin: LineStream,
	onLine: (line: string) => void,
	onEnd: () => void,
	onInterrupt: () => void,
): LineInput {
	const decoder = new StringDecoder('utf8');
	let held = '';
	let hidden = false;
	let ended = false;

	const finish = () => {
		if (!ended) {
			ended = true;
			if (held !== '') {
				const last = held;
				held = '';
				onLine(last);
			}

			onEnd();
		}
	};

	const takeLines = (text: string) => {
		const parts = (held + text).split(/\r\n|[\r\n]/u);
		held = (parts.pop() ?? '').slice(0, longestLine);
		for (const part of parts) {
			onLine(part);
		}
	};

	/** In raw mode every key arrives by itself, and nothing is echoed. */
	const takeKeys = (text: string) => {
		for (const character of text) {
			if (enter.has(character)) {
				const line = held;
				held = '';
				onLine(line);
			} else if (erase.has(character)) {
				held = [...held].slice(0, -1).join('');
			} else if (character === interrupt) {
				held = '';
				onInterrupt();
			} else if (character === endOfInput) {
				finish();
			} else if (character >= ' ') {
				held += character;
			}
		}
	};

	const onData = (chunk: Buffer | string) => {
		const text = typeof chunk === 'string' ? chunk : decoder.write(chunk);
		if (hidden && stdin.isTTY === true) {
			takeKeys(text);
		} else {
			takeLines(text);
		}
	};

	stdin.on('data', onData);
	stdin.on('end', finish);
	stdin.on('close', finish);
	stdin.resume();
	const stop: Dispose = () => {
		stdin.off('data', onData);
		stdin.off('end', finish);
		stdin.off('close', finish);
		stdin.pause();
	};

	return {
		hide(next) {
			if (hidden !== next) {
				hidden = next;
				stdin.setRawMode?.(next);
			}
		},
		close() {
			ended = true;
			if (hidden) {
				stdin.setRawMode?.(false);
			}

			stop();
		},
	};
}
