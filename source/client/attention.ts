import type {Attention} from '../extensions/ports.js';
import type {Clock, Dispose} from '../shared/clock.js';
import {createEmitter} from '../shared/emitter.js';

export type SettableAttention = Attention & {
	/** Whether a person looks, as far as the front end knows. */
	set(active: boolean): void;
	/** Something was sent, by another program perhaps: somebody waits for what becomes of it, and receipts can be held back. */
	stir(): void;
	/** Stops the timer. */
	close(): void;
};

/** Milliseconds for which whoever sent something is believed to wait. */
const awaited = 60_000;

/** Somebody looks until a front end says otherwise. */
export function createAttention(clock: Pick<Clock, 'after'>): SettableAttention {
	const changed = createEmitter<boolean>();
	let isWatched = true;
	let stopWaiting: Dispose | undefined;
	const isActive = () => isWatched || stopWaiting !== undefined;

	const change = (work: () => void) => {
		const before = isActive();
		work();
		if (isActive() !== before) {
			changed.emit(!before);
		}
	};
	const close = () => {
		stopWaiting?.();
		stopWaiting = undefined;
	};

	return {
		isActive,
		onChange: listener => changed.subscribe(() => listener()),
		set(active) {
			change(() => {
				isWatched = active;
			});
		},
		stir() {
			if (isWatched) {
				return;
			}

			change(() => {
				stopWaiting?.();
				stopWaiting = clock.after(awaited, () =>
					change(() => {
						stopWaiting = undefined;
					}),
				);
			});
		},
		close,
	};
}
