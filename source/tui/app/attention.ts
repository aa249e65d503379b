import type {Dispose} from '../../shared/clock.js';
import {type Core, sayProblem} from './core.js';
import {reportIdleness, watchIdle} from './idle-watch.js';

/** Knows whether the person looks at the screen, and reports it: servers may hold back what can wait meanwhile. */
export type Attention = {
	/** A key was pressed, or something pasted: whatever the terminal says about its focus, the person is there. */
	touched(): void;
	/** The terminal says whether it has the keyboard. */
	focus(focused: boolean): void;
	close: Dispose;
};

/** Milliseconds without a key after which nobody is believed to be there at all. */
const idleAfter = 5 * 60_000;
/** Milliseconds without a key after which nobody is believed to look, where the terminal does not report its focus. */
const unseenAfter = 60_000;

/**
 * Begins with a person who has just started the program.
 * @param looks is told whether what comes on the screen from now on is seen.
 */
export function attentionOf(core: Core, looks: (looking: boolean) => void): Attention {
	const {clock, actions} = core;
	let isActive = true;
	let isLooking = true;
	let reportsFocus = false;

	const report = (active: boolean) => {
		if (active !== isActive) {
			isActive = active;
			actions.setAttention({active}).catch((error: unknown) => sayProblem(core, error, core.view().active));
		}
	};
	const look = (looking: boolean) => {
		if (looking !== isLooking) {
			isLooking = looking;
			looks(looking);
		}
	};

	const keys = reportIdleness(clock, input => {
		actions.setIdle(input).catch((error: unknown) => sayProblem(core, error, core.view().active));
	});
	const idle = watchIdle(clock, idleAfter, () => report(false));
	const unseen = watchIdle(clock, unseenAfter, () => {
		if (!reportsFocus) {
			look(false);
		}
	});

	const touched = () => {
		keys.touched();
		idle.touched();
		if (!reportsFocus) {
			unseen.touched();
		}

		look(true);
		report(true);
	};

	return {
		touched,
		focus(focused) {
			reportsFocus = true;
			unseen.close();
			look(focused);
			if (focused) {
				touched();
			} else {
				report(false);
			}
		},
		close() {
			keys.close();
			idle.close();
			unseen.close();
		},
	};
}
