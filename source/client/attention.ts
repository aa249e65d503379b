import type {Attention} from '../extensions/ports.js';
import type {Clock, Dispose} from '../shared/clock.js';
import {createEmitter} from '../shared/emitter.js';

export type SettableAttention = Attention & {
	/** Whether a person looks, as far as the front end knows. */
	set(active: boolean): void;
	/** The person at another front end looks too, until it is disposed of. */
	watch(): Dispose;
	/** Something was sent, by another program perhaps: somebody waits for what becomes of it, and receipts can be held back. */
	stir(): void;
	/** Stops the timer. */
	close(): void;
};

/** Milliseconds for which whoever sent something is believed to wait. */
const awaited = 60_000;

/** Somebody looks until the front end of this process says otherwise; others come and go. */
export function createAttention(clock: Pick<Clock, 'after'>): SettableAttention {
	const changed = createEmitter<boolean>();
	let isWatched = true;
	const watchers = new Set<object>();
	let stopWaiting: Dispose | undefined;
	const isActive = () => isWatched || watchers.size > 0 || stopWaiting !== undefined;

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
		watch() {
			const watcher = {};
			change(() => watchers.add(watcher));
			return () => change(() => watchers.delete(watcher));
		},
		stir() {
			if (isWatched || watchers.size > 0) {
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
