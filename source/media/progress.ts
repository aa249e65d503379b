/** How fast a file moves and how long it will take, told as often as a person can read it. */
import type {Clock} from '../shared/clock.js';

export type Progress = {
	/** Bytes. */
	readonly done: number;
	readonly total?: number;
	/** Bytes a second over the last seconds; absent until there is something to tell it from. */
	readonly rate?: number;
	/** Milliseconds, at this rate. */
	readonly timeLeft?: number;
};

export type ProgressMeter = {
	/** Bytes that are there now. Answers what to tell, at most five times a second and at once when all is there. */
	reached(done: number, total?: number): Progress | undefined;
	/** How it stands now. When nothing moves the rate falls, until it is nothing. */
	current(): Progress;
};

/** Milliseconds the rate is taken over. */
const window = 5000;
const between = 200;
/** From less than this no rate is told. */
const leastSpan = 400;

type Sample = {readonly at: number; readonly done: number};

/** Measures one transfer. `from`: bytes that were there before it began, which it did not move. */
export function createProgressMeter(clock: Pick<Clock, 'monotonic'>, from = 0): ProgressMeter {
	const began = clock.monotonic();
	let samples: readonly Sample[] = [{at: began, done: from}];
	let done = from;
	let total: number | undefined;
	let toldAt = Number.NEGATIVE_INFINITY;

	const current = (): Progress => {
		const now = clock.monotonic();
		// The last one before the window belongs to it: what was moved since then was moved inside.
		const before = samples.findLast(({at}) => at <= now - window);
		const first = before ?? samples[0] ?? {at: began, done: from};
		const span = now - first.at;
		const isMeasured = span >= leastSpan;
		const rate = ((done - first.done) / span) * 1000;
		return {
			done,
			...(total === undefined ? {} : {total}),
			...(isMeasured ? {rate} : {}),
			...(isMeasured && rate > 0 && total !== undefined ? {timeLeft: (Math.max(0, total - done) / rate) * 1000} : {}),
		};
	};

	return {
		current,
		reached(reachedNow, totalNow) {
			const now = clock.monotonic();
			const isComplete = totalNow !== undefined && reachedNow >= totalNow && (done < totalNow || total === undefined);
			done = reachedNow;
			total = totalNow ?? total;
			if (now - toldAt < between && !isComplete) {
				return undefined;
			}

			toldAt = now;
			const told = current();
			const start = samples.findLastIndex(({at}) => at <= now - window);
			samples = [...samples.slice(Math.max(0, start)), {at: now, done}];
			return told;
		},
	};
}
