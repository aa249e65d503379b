import {exitCodes} from '../shared/errors.js';
import type {PlainExit} from '../tui/plain.js';

/** The exit status of the line mode: what waits is sent at the next start, what was refused is not. */
export function lineStatus({waiting, unsent}: Pick<PlainExit, 'waiting' | 'unsent'>): number {
	if (unsent > 0) {
		return exitCodes.usage;
	}

	return waiting > 0 ? exitCodes.temporary : 0;
}
