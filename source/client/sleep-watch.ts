import type {Clock, Dispose} from '../shared/clock.js';

const pause = 5_000;
/** Clocks are set right by less than this as a rule; a lid is closed for longer. */
const leap = 10_000;

/**
 * Runs `onWake` when the machine has slept, five seconds later at most: the clock on the wall went on while the monotonic one,
 * and with it every timer, stood still. A clock that is set forward looks the same, which does no harm.
 */
export function watchForSleep(clock: Clock, onWake: () => void): Dispose {
	let cancel: Dispose = () => {};
	const look = () => {
		const [wall, own] = [clock.now(), clock.monotonic()];
		cancel = clock.after(pause, () => {
			const hasSlept = clock.now() - wall - (clock.monotonic() - own) > leap;
			look();
			if (hasSlept) {
				onWake();
			}
		});
	};

	look();
	return () => cancel();
}
