import {EventEmitter} from 'node:events';
import type {KeyEvent} from './key.js';

export type InkStdin = {
	/** Give this to Ink as `stdin`. */
	readonly stream: NodeJS.ReadStream;
	/** Hands Ink one key, as the bytes that Ink's own parser expects, one key a read. */
	press(event: KeyEvent): void;
	/** Hands Ink text that was pasted. */
	type(text: string): void;
};

/** Bytes for named keys, of those that Ink 6.8 knows (`parse-keypress.js`). */
const keyBytes: Readonly<Record<string, string>> = {
	enter: '\r',
	tab: '\t',
	backspace: '\u{7F}',
	escape: '\u{1B}',
	space: ' ',
	up: '\u{1B}[A',
	down: '\u{1B}[B',
	right: '\u{1B}[C',
	left: '\u{1B}[D',
	home: '\u{1B}[H',
	end: '\u{1B}[F',
	insert: '\u{1B}[2~',
	delete: '\u{1B}[3~',
	pageup: '\u{1B}[5~',
	pagedown: '\u{1B}[6~',
};

function bytesOf(event: KeyEvent): string {
	if (event.key === 'tab' && event.shift) {
		return '\u{1B}[Z';
	}

	const plainBytes = event.text ?? keyBytes[event.key] ?? event.key;
	const bytes =
		event.ctrl && /^[a-z]$/.test(event.key) ? String.fromCharCode(event.key.charCodeAt(0) - 0x60) : plainBytes;
	return event.alt ? `\u{1B}${bytes}` : bytes;
}

/** The part of a terminal's read stream that Ink 6.8 touches. Raw mode is the terminal layer's business, not Ink's. */
class InkInput extends EventEmitter {
	readonly isTTY = true;
	isRaw = true;
	readonly #queue: string[] = [];

	constructor() {
		super();
		this.setMaxListeners(0);
	}

	read(): string | null {
		return this.#queue.shift() ?? null;
	}

	feed(text: string): void {
		this.#queue.push(text);
		this.emit('readable');
	}

	unshift(chunk: Uint8Array | string): void {
		this.#queue.unshift(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
	}

	setRawMode(): this {
		return this;
	}

	setEncoding(): this {
		return this;
	}

	ref(): this {
		return this;
	}

	unref(): this {
		return this;
	}
}

/** A private terminal input for Ink: popups get the keys that the program gives them, and nothing else. */
export function createInkStdin(): InkStdin {
	const input = new InkInput();
	return {
		stream: input as EventEmitter as NodeJS.ReadStream,
		press(event) {
			const bytes = bytesOf(event);
			if (bytes !== '') {
				input.feed(bytes);
			}
		},
		type(text) {
			if (text !== '') {
				input.feed(text);
			}
		},
	};
}
