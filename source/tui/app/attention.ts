import type {Dispose} from '../../shared/clock.js';
import {type Core, sayProblem} from './core.js';

/** Knows whether the person looks at the screen, and reports it: servers may hold back what can wait meanwhile. */
export type Attention = {
	/** A key was pressed, or something pasted: whatever the terminal says about its focus, the person is there. */
	touched(): void;
	focus(focused: boolean): void;
	close: Dispose;
};

/** Milliseconds without a key after which nobody is believed to look. */
const idleAfter = 5 * 60_000;

/** Begins with a person who has just started the program. */
export function attentionOf(core: Core): Attention {
	const {clock, actions} = core;
	let isActive = true;
	let touchedAt = clock.monotonic();
	let stopWaiting: Dispose | undefined;

	const report = (active: boolean) => {
		if (active !== isActive) {
			isActive = active;
			actions.setAttention({active}).catch((error: unknown) => sayProblem(core, error, core.view().active));
		}
	};

	/** One timer at a time, which looks when it rings how long ago the last key was. */
	const wait = (delay: number) => {
		stopWaiting ??= clock.after(delay, () => {
			stopWaiting = undefined;
			const left = touchedAt + idleAfter - clock.monotonic();
			if (left > 0) {
				wait(left);
			} else {
				report(false);
			}
		});
	};

	const touched = () => {
		touchedAt = clock.monotonic();
		report(true);
		wait(idleAfter);
	};

	wait(idleAfter);
	return {
		touched,
		focus(focused) {
			if (focused) {
				touched();
			} else {
				report(false);
			}
		},
		close() {
			stopWaiting?.();
		},
	};
}
