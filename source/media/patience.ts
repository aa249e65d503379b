/** When a transfer that hardly moves is given up. */
import type {Clock, Dispose} from '../shared/clock.js';

/** All times in milliseconds. */
export type Patience = {
	/** Without a single byte. */
	readonly idle: number;
	/** For everything. */
	readonly total: number;
	/** At least so many bytes in each such span: whoever sends one a second keeps us busy for ever otherwise. */
	readonly pace?: {readonly bytes: number; readonly within: number};
};

export type Watch = {
	/** Some bytes moved. */
	moved(bytes: number): void;
	/** Nothing is measured any more. */
	stop: Dispose;
};

/** Calls `giveUp` once, when one of the limits is reached. */
export function watchTransfer(clock: Clock, {idle, total, pace}: Patience, giveUp: () => void): Watch {
	let movedAt = clock.monotonic();
	let bytes = 0;
	const timers = new Map<string, Dispose>();

	const stop = () => {
		for (const cancel of timers.values()) {
			cancel();
		}

		timers.clear();
	};

	const end = () => {
		stop();
		giveUp();
	};

	// A timer that is set anew for every chunk would cost more than the chunk.
	const whenIdle = (after: number) => {
		timers.set(
			'idle',
			clock.after(after, () => {
				const left = movedAt + idle - clock.monotonic();
				if (left <= 0) {
					end();
				} else {
					whenIdle(left);
				}
			}),
		);
	};

	const whenSlow = (most: NonNullable<Patience['pace']>, before: number) => {
		timers.set(
			'pace',
			clock.after(most.within, () => {
				if (bytes - before < most.bytes) {
					end();
				} else {
					whenSlow(most, bytes);
				}
			}),
		);
	};

	whenIdle(idle);
	timers.set('total', clock.after(total, end));
	if (pace) {
		whenSlow(pace, 0);
	}

	return {
		moved(more) {
			bytes += more;
			movedAt = clock.monotonic();
		},
		stop,
	};
}
