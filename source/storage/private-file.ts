import {randomBytes} from 'node:crypto';
import {closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {errorNumberName, fileError} from './file-errors.js';

/** The text of a file, undefined without one. */
export function readPrivateFile(path: string): string | undefined {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		if (errorNumberName(error) === 'ENOENT') {
			return undefined;
		}

		throw fileError(error, 'read the file', path);
	}
}

/**
 * Replaces a file that only we may read (0600), or creates it: a crash or a full disk leaves the old one or the new
 * one, never a part.
 */
export function writePrivateFile(path: string, text: string): void {
	const temporary = `${path}.${randomBytes(6).toString('hex')}.new`;
	try {
		createPrivateFile(temporary, text);
		renameSync(temporary, path);
		syncDirectory(dirname(path));
	} catch (error) {
		rmSync(temporary, {force: true});
		throw fileError(error, 'write the file', path);
	}
}

/** Creates a file (0600) that must not exist yet, and waits until it is on the disk. Throws what the system says. */
export function createPrivateFile(path: string, content: string | Uint8Array): void {
	const descriptor = openSync(path, 'wx', 0o600);
	try {
		writeFileSync(descriptor, content);
		fsyncSync(descriptor);
	} finally {
		closeSync(descriptor);
	}
}

/** A new name in a directory is only safe from a power cut once the directory is on the disk too. */
export function syncDirectory(path: string): void {
	// Windows cannot open a directory, and does not need it.
	if (process.platform === 'win32') {
		return;
	}

	const descriptor = openSync(path, 'r');
	try {
		fsyncSync(descriptor);
	} finally {
		closeSync(descriptor);
	}
}
