/** Undoes what returned it. Calling it twice is harmless. */
export type Dispose = () => void;

/** Time as a port, so that tests own it. All times are milliseconds. */
export type Clock = {
	/** Wall-clock time, milliseconds since the Unix epoch. */
	now(): number;
	/** Monotonic milliseconds, for durations. */
	monotonic(): number;
	/** Runs `task` once after `delay` milliseconds. */
	after(delay: number, task: () => void): Dispose;
};

/** The clock of the machine. */
export const systemClock: Clock = {
	now: () => Date.now(),
	// Not `performance.now()`: the first use of that one loads a module, for a millisecond.
	monotonic: () => Number(process.hrtime.bigint()) / 1e6,
	after(delay, task) {
		const timer = setTimeout(task, delay);
		return () => clearTimeout(timer);
	},
};
