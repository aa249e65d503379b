import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileError} from './file-errors.js';
import {createPrivateFile} from './private-file.js';

/** A file of ours among those that the system forgets by itself. */
export type TemporaryFile = {
	readonly path: string;
	/** Where it is gone already, that is all right. */
	remove(): void;
};

/** Writes a file that only we may read (0600), in a directory of its own (0700). `name` is ours, never one from the network. */
export type WriteTemporaryFile = (name: string, content: Uint8Array) => TemporaryFile;

export const writeTemporaryFile: WriteTemporaryFile = (name, content) => {
	const base = tmpdir();
	try {
		const path = join(mkdtempSync(join(base, 'xmppc-')), name);
		createPrivateFile(path, content);
		return {path, remove: () => rmSync(dirname(path), {recursive: true, force: true})};
	} catch (error) {
		throw fileError(error, 'write the file', join(base, name));
	}
};
