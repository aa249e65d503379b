import type {Clock, Dispose} from '../shared/clock.js';

/** Uniform in [0, 1). A port, so that tests own it. */
export type Random = () => number;

const firstDelay = 1_000;
const longestDelay = 5 * 60_000;
/** A connection that lived this long was a good one: the next interruption starts from the shortest delay again. */
const stableAfter = 20_000;

/**
 * How long to wait before attempt `attempt` (0 is the first retry), milliseconds: 1 s doubling to 5 min, of which the
 * upper half is random, so that a server that restarts is not met by all its clients in the same second.
 */
export function reconnectDelay(attempt: number, random: Random): number {
	const ceiling = Math.min(longestDelay, firstDelay * 2 ** Math.min(attempt, 30));
	return Math.round(ceiling / 2 + (ceiling / 2) * random());
}

export type Reconnection = {
	/**
	 * Plans the next attempt; answers in how many milliseconds. A plan made before is dropped. `atOnce`: without a pause, where
	 * that was not tried already.
	 */
	schedule(attempt: () => void, atOnce?: boolean): number;
	/** Something has changed: makes the planned attempt now, if there is one. The pauses begin small again. */
	hurry(): void;
	/** The account is online now. */
	succeeded(): void;
	/** No attempt is wanted any more. Forgets how often it failed. */
	cancel(): void;
};

/** Counts failures in a row and plans attempts. Being online for 20 s ends the row; a shorter time does not. */
export function createReconnection(clock: Clock, random: Random): Reconnection {
	let failures = 0;
	let onlineSince: number | undefined;
	let mayBeAtOnce = true;
	let planned: {readonly cancel: Dispose; readonly run: () => void} | undefined;

	const forget = () => {
		failures = 0;
		mayBeAtOnce = true;
	};

	const nextDelay = (atOnce: boolean): number => {
		if (atOnce && mayBeAtOnce) {
			mayBeAtOnce = false;
			return 0;
		}

		return reconnectDelay(failures++, random);
	};

	return {
		schedule(attempt, atOnce = false) {
			if (onlineSince !== undefined && clock.monotonic() - onlineSince >= stableAfter) {
				forget();
			}

			onlineSince = undefined;
			planned?.cancel();
			const delay = nextDelay(atOnce);
			const run = () => {
				planned = undefined;
				attempt();
			};
			planned = {cancel: clock.after(delay, run), run};
			return delay;
		},
		hurry() {
			forget();
			planned?.cancel();
			planned?.run();
		},
		succeeded() {
			onlineSince = clock.monotonic();
		},
		cancel() {
			forget();
			onlineSince = undefined;
			planned?.cancel();
			planned = undefined;
		},
	};
}
