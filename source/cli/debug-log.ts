import {closeSync, fchmodSync, openSync, writeSync} from 'node:fs';
import type {Clock, Dispose} from '../shared/clock.js';
import {messageOf, XmppcError} from '../shared/errors.js';
import type {Log} from '../shared/log.js';
import {printable} from '../shared/printable.js';

/**
 * The file of `--debug`: one line a note or element, appended at once, so that the last line before a crash is there.
 * Closed to other users: addresses and contacts are in it, though neither secrets nor texts.
 * @throws XmppcError `debug-file` of kind `storage` when it cannot be written.
 */
export function openDebugLog(path: string, clock: Clock): {readonly log: Log; readonly close: Dispose} {
	let file: number | undefined;
	try {
		file = openSync(path, 'a', 0o600);
		fchmodSync(file, 0o600);
	} catch (error) {
		throw new XmppcError(
			{
				code: 'debug-file',
				kind: 'storage',
				message: `The file ${path} for --debug cannot be written: ${messageOf(error)}.`,
				hint: 'name one in a folder of yours',
			},
			{cause: error},
		);
	}

	const write = (text: string) => {
		if (file !== undefined) {
			writeSync(file, `${new Date(clock.now()).toISOString()} ${printable(text, 'line')}\n`);
		}
	};
	return {
		log: {
			note: (area, text) => write(`${area}: ${text}`),
			xml: (direction, text) => write(`${direction} ${text}`),
		},
		close() {
			if (file !== undefined) {
				closeSync(file);
				file = undefined;
			}
		},
	};
}
