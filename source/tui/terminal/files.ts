import {type Dirent, readdirSync, statSync} from 'node:fs';
import {homedir} from 'node:os';
import path from 'node:path';
import type {CompletionSource} from '../../commands/context.js';
import {messageOf} from '../../shared/errors.js';
import type {Log} from '../../shared/log.js';
import {printable} from '../../shared/text.js';

/** In a directory with more than this nobody chooses by Tab. */
const mostFiles = 5000;

/** What a path stands for that a person wrote: `~` is the home directory. */
export function expandHome(written: string, home: string = homedir()): string {
	return written === '~' || written.startsWith('~/') ? path.join(home, written.slice(1)) : written;
}

/** Lists directories for the completion. What cannot be read has nothing to offer; the log says why. */
export function createFileLister(log: Log, home?: string): CompletionSource['files'] {
	return directory => {
		const folder = expandHome(directory, home);
		try {
			return readdirSync(folder, {withFileTypes: true})
				.slice(0, mostFiles)
				.map(entry => ({name: entry.name, isDirectory: isDirectory(entry, folder, log)}));
		} catch (error) {
			note(log, error);
			return [];
		}
	};
}

function isDirectory(entry: Dirent, folder: string, log: Log): boolean {
	if (!entry.isSymbolicLink()) {
		return entry.isDirectory();
	}

	try {
		return statSync(path.join(folder, entry.name)).isDirectory();
	} catch (error) {
		note(log, error);
		return false;
	}
}

function note(log: Log, error: unknown): void {
	log.note('tui', `completion of files: ${printable(messageOf(error), 'line')}`);
}
