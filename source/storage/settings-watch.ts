import {type FSWatcher, realpathSync, watch} from 'node:fs';
import {basename, dirname} from 'node:path';
import type {Clock, Dispose} from '../shared/clock.js';
import {messageOf} from '../shared/errors.js';
import {errorNumberName} from './file-errors.js';

/** Milliseconds without another change after which a file is believed to be written: editors take several steps. */
const quiet = 100;

/**
 * Calls `changed` after each change of a file, whether it is written in place or replaced. Its directory is watched and
 * not the file, which many editors put another one in the place of; for a link, the directory of what it leads to as well.
 * @param failed told why the system does not tell of changes.
 */
export function watchFile(
	path: string,
	clock: Pick<Clock, 'after'>,
	changed: () => void,
	failed: (reason: string) => void,
): Dispose {
	let stopWaiting: Dispose = () => {};
	const watchers: FSWatcher[] = [];
	const close = () => {
		stopWaiting();
		for (const watcher of watchers.splice(0)) {
			watcher.close();
		}
	};

	const fail = (error: unknown) => {
		close();
		failed(messageOf(error));
	};

	const noticed = () => {
		stopWaiting();
		stopWaiting = clock.after(quiet, changed);
	};

	try {
		for (const each of new Set([path, targetOf(path)])) {
			const name = basename(each);
			const watcher = watch(dirname(each), (_, file) => {
				// Some systems do not say which file it was.
				if (file === name || file === null) {
					noticed();
				}
			});
			watcher.on('error', fail);
			watchers.push(watcher);
		}
	} catch (error) {
		fail(error);
	}

	return close;
}

function targetOf(path: string): string {
	try {
		return realpathSync(path);
	} catch (error) {
		if (errorNumberName(error) === 'ENOENT') {
			return path;
		}

		throw error;
	}
}
