import type {Clock} from '../shared/clock.js';

export type LivenessOptions = {
	readonly clock: Clock;
	/** Nothing was heard for a while: ask the server something. */
	readonly onSilent: () => void;
	/** The server was asked and said nothing at all in time. */
	readonly onDead: () => void;
};

/** Finds out that a connection is dead although nobody closed it. */
export type Liveness = {
	heard(): void;
	asked(): void;
	/** Asks now, unless an answer is awaited already. */
	probe(): void;
	stop(): void;
};

const silence = 20_000;
const patience = 10_000;
/**
 * The end of the patience is a timer of its own: where the process itself stood still, an answer that lies in the socket
 * is read before the connection is given up.
 */
const lastCall = 500;

/** Watches from now on; asks after 20 s of silence, gives up 10 s later. */
export function createLiveness({clock, onSilent, onDead}: LivenessOptions): Liveness {
	let lastHeard = clock.monotonic();
	let isWaiting = false;
	let isStopped = false;
	let cancel = clock.after(silence, check);

	function check() {
		const quiet = clock.monotonic() - lastHeard;
		if (quiet >= silence) {
			onSilent();
		} else {
			cancel = clock.after(silence - quiet, check);
		}
	}

	return {
		heard() {
			lastHeard = clock.monotonic();
			if (isWaiting) {
				isWaiting = false;
				cancel();
				cancel = clock.after(silence, check);
			}
		},
		asked() {
			if (!isWaiting && !isStopped) {
				isWaiting = true;
				cancel();
				cancel = clock.after(patience - lastCall, () => {
					cancel = clock.after(lastCall, onDead);
				});
			}
		},
		probe() {
			if (!isWaiting && !isStopped) {
				onSilent();
			}
		},
		stop() {
			isStopped = true;
			cancel();
		},
	};
}
