import type {Clock} from '../../source/shared/clock.js';

/** A clock that stands still until a test moves it. */
export type ManualClock = Clock & {
	/** Moves time on; tasks that fall due run in order, each at its own time. */
	advance(milliseconds: number): void;
	/** The machine sleeps: wall-clock time goes on, everything else stands still. */
	sleep(milliseconds: number): void;
	/** The program alone stands still: no task runs, however late it is, until time is moved on. */
	stall(milliseconds: number): void;
	/** Tasks that wait for their time. */
	readonly pending: number;
};

/** `start`: wall-clock time at the beginning, milliseconds since the Unix epoch. */
export function createManualClock(start = Date.UTC(2026, 0, 1)): ManualClock {
	let elapsed = 0;
	let slept = 0;
	let tasks: ReadonlyArray<{readonly at: number; readonly run: () => void}> = [];
	return {
		now: () => start + elapsed + slept,
		monotonic: () => elapsed,
		after(delay, run) {
			const task = {at: elapsed + delay, run};
			tasks = [...tasks, task];
			return () => {
				tasks = tasks.filter(other => other !== task);
			};
		},
		advance(milliseconds) {
			const end = elapsed + milliseconds;
			for (;;) {
				const due = tasks.filter(task => task.at <= end).sort((a, b) => a.at - b.at)[0];
				if (!due) {
					break;
				}

				tasks = tasks.filter(task => task !== due);
				elapsed = Math.max(elapsed, due.at);
				due.run();
			}

			elapsed = end;
		},
		sleep(milliseconds) {
			slept += milliseconds;
		},
		stall(milliseconds) {
			elapsed += milliseconds;
		},
		get pending() {
			return tasks.length;
		},
	};
}
