import {closeSync, fsyncSync, openSync, rmSync, writeSync} from 'node:fs';
import {dirname} from 'node:path';
import {errorNumberName, fileError, fileExists} from './file-errors.js';
import {syncDirectory} from './private-file.js';

/** A file that is written piece by piece. One of the last two has to be called. */
export type NewFile = {
	write(text: string): void;
	/** All of it is there; waits until it is on the disk. */
	finish(): void;
	/** It did not come to its end: there is to be no part of it. */
	discard(): void;
};

/**
 * Creates a file that only we may read (0600) and that is not there yet, nor a link of that name.
 * @param what what it holds, for errors: `the export`.
 * @throws XmppcError `file-exists`, or of kind `storage`; so do `write` and `finish`, and then nothing of it is left.
 */
export function createNewFile(path: string, what: string): NewFile {
	let descriptor: number | undefined;
	try {
		descriptor = openSync(path, 'wx', 0o600);
	} catch (error) {
		const name = errorNumberName(error);
		// What does not exist is where it was to be.
		throw name === 'EEXIST'
			? fileExists(path, error)
			: fileError(error, `write ${what}`, name === 'ENOENT' ? dirname(path) : path);
	}

	const discard = () => {
		if (descriptor !== undefined) {
			closeSync(descriptor);
			descriptor = undefined;
			rmSync(path, {force: true});
		}
	};
	const attempt = (work: (open: number) => void) => {
		try {
			if (descriptor !== undefined) {
				work(descriptor);
			}
		} catch (error) {
			discard();
			throw fileError(error, `write ${what}`, path);
		}
	};
	return {
		write: text =>
			attempt(open => {
				const bytes = Buffer.from(text);
				for (let at = 0; at < bytes.length; ) {
					at += writeSync(open, bytes, at);
				}
			}),
		finish: () =>
			attempt(open => {
				fsyncSync(open);
				closeSync(open);
				descriptor = undefined;
				syncDirectory(dirname(path));
			}),
		discard,
	};
}
