import type {ActionInput} from '../../model/actions.js';
import type {Clock, Dispose} from '../../shared/clock.js';

export type IdleWatch = {touched(): void; close: Dispose};

/** Calls `onIdle` after so many milliseconds without a touch. One timer at a time: keys are many, and cost it nothing. */
export function watchIdle(clock: Pick<Clock, 'monotonic' | 'after'>, patience: number, onIdle: () => void): IdleWatch {
	let touchedAt = clock.monotonic();
	let stop: Dispose | undefined;

	const wait = (delay: number) => {
		stop ??= clock.after(delay, () => {
			stop = undefined;
			const left = touchedAt + patience - clock.monotonic();
			if (left > 0) {
				wait(left);
			} else {
				onIdle();
			}
		});
	};

	wait(patience);
	return {
		touched() {
			touchedAt = clock.monotonic();
			wait(patience);
		},
		close() {
			stop?.();
			stop = undefined;
		},
	};
}

/** Milliseconds without a key after which that is reported: less than anybody can wish to be away after. */
const reportAfter = 60_000;

/** Reports when no key has been touched for a minute, and the first one after that; in between nothing. */
export function reportIdleness(clock: Clock, report: (input: ActionInput<'setIdle'>) => void): IdleWatch {
	let isIdle = false;
	const watch = watchIdle(clock, reportAfter, () => {
		isIdle = true;
		report({since: clock.now() - reportAfter});
	});
	return {
		touched() {
			watch.touched();
			if (isIdle) {
				isIdle = false;
				report({});
			}
		},
		close: watch.close,
	};
}
