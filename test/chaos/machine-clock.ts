import type {Clock} from '../../source/shared/clock.js';
import type {Timeline} from './timeline.js';

/** The clock of one machine: its owner sets it wrong, and closes the lid. It goes on when the process ends. */
export type MachineClock = {
	/** Until when the machine sleeps, in the timeline's milliseconds. */
	readonly asleepUntil: number;
	sleep(milliseconds: number): void;
	/** Sets the clock on the wall by so much. */
	turn(milliseconds: number): void;
	/** The clock as a process sees it; its timers end with it. */
	forProcess(isAlive: () => boolean): Clock;
};

/** When every run begins. */
export const epoch = Date.UTC(2026, 0, 1);

/** `skew`: how far the clock on the wall is ahead of the server's. */
export function createMachineClock(timeline: Timeline, skew: number): MachineClock {
	let wrong = skew;
	let slept = 0;
	let asleepFrom = 0;
	let asleepUntil = 0;

	/** What a nap that is over, or under way, has taken from the monotonic clock. */
	const asleep = () => slept + Math.max(0, Math.min(timeline.now, asleepUntil) - asleepFrom);
	const monotonic = () => timeline.now - asleep();

	return {
		get asleepUntil() {
			return asleepUntil;
		},
		sleep(milliseconds) {
			if (timeline.now >= asleepUntil) {
				slept = asleep();
				asleepFrom = timeline.now;
				asleepUntil = timeline.now + milliseconds;
			}
		},
		turn(milliseconds) {
			wrong += milliseconds;
		},
		forProcess: isAlive => ({
			now: () => epoch + timeline.now + wrong,
			monotonic,
			after(delay, task) {
				const due = monotonic() + delay;
				let isCancelled = false;
				const plan = () => {
					timeline.after(Math.max(0, asleepUntil - timeline.now) + Math.max(0, due - monotonic()), () => {
						if (isCancelled || !isAlive()) {
							return;
						}

						if (timeline.now < asleepUntil || monotonic() < due) {
							plan();
						} else {
							task();
						}
					});
				};

				plan();
				return () => {
					isCancelled = true;
				};
			},
		}),
	};
}

/** The server's clock, which is right. */
export function wallTime(timeline: Timeline): number {
	return epoch + timeline.now;
}
