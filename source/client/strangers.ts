import type {BufferId} from '../model/buffer.js';
import type {Clock} from '../shared/clock.js';
import type {BareJid} from '../shared/jid.js';
import {createRateLimit} from '../shared/rate-limit.js';
import {printable} from '../shared/text.js';
import type {Storage} from '../storage/ports.js';
import type {Journal} from './journal.js';

/** Buffers that strangers open within a window, at most. */
const mostPerWindow = 20;
const window = 60_000;
/** Buffers that strangers have open at a time, at most; the person makes room by closing some. */
const mostOpen = 100;

export type StrangerPorts = {
	readonly account: BareJid;
	readonly storage: Pick<Storage, 'buffers'>;
	readonly journal: Journal;
	readonly clock: Clock;
};

/** Whether somebody who is no contact may open this buffer, which is not open, by writing. */
export type AdmitStranger = (buffer: BufferId, stranger: BareJid) => boolean;

/**
 * Keeps a flood of addresses that nobody knows (they cost nothing) from filling the list of buffers. What they write is
 * recorded all the same: it is there when the person opens the buffer, or when its author writes again in quieter times.
 */
export function createStrangerGate({account, storage, journal, clock}: StrangerPorts): AdmitStranger {
	const isWithinRate = createRateLimit(clock, {most: mostPerWindow, window});
	const isNews = createRateLimit(clock, {most: 1, window});
	const admitted = new Set<BufferId>();

	const hasRoom = () => {
		if (admitted.size >= mostOpen) {
			for (const buffer of admitted) {
				if (storage.buffers.get(buffer) === undefined) {
					admitted.delete(buffer);
				}
			}
		}

		return admitted.size < mostOpen;
	};

	return (buffer, stranger) => {
		if (isWithinRate() === 'allowed' && hasRoom()) {
			admitted.add(buffer);
			return true;
		}

		if (isNews() === 'allowed') {
			const name = printable(stranger, 'identifier');
			journal.emit({
				type: 'notice',
				level: 'warning',
				text: `Many strangers write to ${account}. What ${name} and others wrote is kept, but opens no buffer.`,
				hint: `/query ${name} shows it.`,
				account,
				at: clock.now(),
			});
		}

		return false;
	};
}
