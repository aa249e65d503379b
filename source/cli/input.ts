import {readFileSync} from 'node:fs';
import type {ReadStream} from 'node:tty';
import {messageOf, XmppcError} from '../shared/errors.js';

/** Standard input as the process has it: a terminal, a pipe, a file. */
export type Input = NodeJS.ReadStream | (NodeJS.ReadableStream & {readonly isTTY?: boolean});

/** More than any server takes in one stanza, and little enough to hold. */
const longestInput = 4 * 1024 * 1024;

/**
 * All of standard input as text, without the newline that `echo` puts at its end.
 * @throws XmppcError of kind `badData` for bytes that are no UTF-8 and for more than 4 MiB.
 */
export async function readText(input: Input): Promise<string> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of input) {
		const bytes = Buffer.from(chunk);
		length += bytes.length;
		if (length > longestInput) {
			throw new XmppcError({
				code: 'text-too-long',
				kind: 'badData',
				message: 'The text on standard input is longer than 4 MiB.',
				hint: 'Send it in parts.',
			});
		}

		chunks.push(bytes);
	}

	return decode(Buffer.concat(chunks)).replace(/\r?\n$/, '');
}

/** The first line of standard input: a password from a pipe. */
export async function readSecretLine(input: Input): Promise<string> {
	return firstLine(await readText(input), 'standard input');
}

/** The first line of what a file descriptor holds: a passphrase from whoever started us. */
export function readSecretDescriptor(descriptor: number): string {
	try {
		return firstLine(decode(readFileSync(descriptor)), `file descriptor ${descriptor}`);
	} catch (error) {
		if (error instanceof XmppcError) {
			throw error;
		}

		throw new XmppcError(
			{
				code: 'unreadable-passphrase',
				kind: 'unreadableInput',
				message: `The passphrase cannot be read from file descriptor ${descriptor}: ${messageOf(error)}.`,
				hint: `Open it in the shell, e.g. with ${descriptor}< FILE.`,
			},
			{cause: error},
		);
	}
}

/**
 * Asks on the terminal, without showing what is typed. Ctrl+C answers `undefined`, Enter ends, Backspace takes back.
 * @param write puts the question on the terminal.
 */
export function askSecret(
	terminal: ReadStream,
	write: (text: string) => void,
	question: string,
): Promise<string | undefined> {
	return new Promise(resolve => {
		let typed = '';
		const finish = (answer: string | undefined) => {
			terminal.removeListener('data', read);
			terminal.setRawMode(false);
			terminal.pause();
			write('\n');
			resolve(answer);
		};
		const read = (chunk: Buffer | string) => {
			for (const character of String(chunk)) {
				if (character === '\r' || character === '\n') {
					finish(typed);
					return;
				}

				if (character === '\u0003' || character === '\u0004') {
					finish(undefined);
					return;
				}

				if (character === '\u007F' || character === '\b') {
					typed = [...typed].slice(0, -1).join('');
				} else if (character === '\u0015') {
					typed = '';
				} else if (character >= ' ') {
					typed += character;
				}
			}
		};
		// Before the question: whoever answers at once is not shown either.
		terminal.setRawMode(true);
		write(question);
		terminal.setEncoding('utf8');
		terminal.on('data', read);
		terminal.resume();
	});
}

function firstLine(text: string, place: string): string {
	const [line = ''] = text.split(/\r?\n/, 1);
	if (line === '') {
		throw new XmppcError({
			code: 'empty-secret',
			kind: 'badData',
			message: `There is nothing on the first line of ${place}.`,
			hint: 'Write the secret there, followed by a newline.',
		});
	}

	return line;
}

function decode(bytes: Buffer): string {
	try {
		return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
	} catch (error) {
		throw new XmppcError(
			{
				code: 'not-utf8',
				kind: 'badData',
				message: 'The input is not text in UTF-8.',
				hint: 'Convert it first, e.g. with iconv -t UTF-8.',
			},
			{cause: error},
		);
	}
}
