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
	stop(): void;
};

const silence = 60_000;
const patience = 30_000;

/** Watches from now on; asks after a minute of silence, gives up half a minute later. */
export function createLiveness({clock, onSilent, onDead}: LivenessOptions): Liveness {
	let lastHeard = clock.monotonic();
	let isWaiting = false;
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
			if (!isWaiting) {
				isWaiting = true;
				cancel();
				cancel = clock.after(patience, onDead);
			}
		},
		stop: () => cancel(),
	};
}
