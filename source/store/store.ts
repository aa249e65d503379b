import type {Dispose} from '../shared/clock.js';

/** Asks for one later call of `flush`; the store never asks again before that call came. */
export type Schedule = (flush: () => void) => void;

export type Store<State, Event> = {
	/** The state after every event dispatched so far. */
	get(): State;
	/** Reduces at once; listeners hear of it with the next flush. */
	dispatch(event: Event): void;
	/** Called without arguments: what changed is found by comparing references. */
	subscribe(listener: () => void): Dispose;
};

/**
 * Holds one State. However many events come between two flushes, each listener is told at most once, and not at all
 * when the reducers returned the state they were given.
 */
export function createStore<State, Event>(
	reduce: (state: State, event: Event) => State,
	initial: State,
	schedule: Schedule,
): Store<State, Event> {
	let state = initial;
	let told = initial;
	let scheduled = false;
	let listeners: ReadonlyArray<() => void> = [];

	const flush = () => {
		scheduled = false;
		if (state === told) {
			return;
		}

		told = state;
		for (const listener of listeners) {
			listener();
		}
	};

	return {
		get: () => state,
		dispatch(event) {
			state = reduce(state, event);
			if (state !== told && !scheduled) {
				scheduled = true;
				schedule(flush);
			}
		},
		subscribe(listener) {
			const entry = () => listener();
			listeners = [...listeners, entry];
			return () => {
				listeners = listeners.filter(other => other !== entry);
			};
		},
	};
}
