import type {Actions} from '../../model/actions.js';
import type {Clock} from '../../shared/clock.js';
import {type IdleWatch, watchIdle} from '../app/idle-watch.js';

/** Milliseconds without a line after which nobody is believed to be there. */
const idleAfter = 5 * 60_000;

/** Reports whether somebody is there: servers may hold back what can wait meanwhile (XEP-0352). Begins with who has just come. */
export function createLineAttention(
	clock: Clock,
	actions: Pick<Actions, 'setAttention'>,
	refuse: (error: unknown) => void,
): IdleWatch {
	let isActive = true;
	const report = (active: boolean) => {
		if (active !== isActive) {
			isActive = active;
			actions.setAttention({active}).catch(refuse);
		}
	};

	const idle = watchIdle(clock, idleAfter, () => report(false));
	return {
		touched() {
			idle.touched();
			report(true);
		},
		close: idle.close,
	};
}
