import type {EventSource} from '../model/events.js';
import type {Dispose} from '../shared/clock.js';
import {createTransferBar} from './transfer-bar.js';

/** What has to be heard to tell how far a file is. */
export const transferEvents = ['transfer.changed'] as const;

/** Shows how far files are that are on their way. */
export function watchTransfers(
	events: EventSource,
	overwrite: ((text: string) => void) | undefined,
): {readonly dispose: Dispose; readonly clear: () => void} {
	const bar = createTransferBar(overwrite);
	const stop = events(event => {
		if (event.type === 'transfer.changed' && event.transfer.state === 'running') {
			const {name, done, total, rate} = event.transfer;
			bar.show(name, done, total, rate);
		}
	});
	return {
		clear: bar.clear,
		dispose() {
			stop();
			bar.clear();
		},
	};
}
