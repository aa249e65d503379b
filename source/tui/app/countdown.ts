import type {Clock, Dispose} from '../../shared/clock.js';
import type {State} from '../../store/state.js';
import {secondsToRetry} from '../panes/account-words.js';
import {slowWait, waitText, waitTextLasts} from '../panes/slow-mode-words.js';
import type {ViewState} from './view-state.js';

/**
 * Keeps right on the screen how long it is until the next attempt to connect, and until something may be written in the room
 * that is active. Without either it does nothing at all.
 */
export type Countdown = {
	/** The view with the time that has to be painted; the same one while no second has passed. */
	timed(state: State, view: ViewState): ViewState;
	/** That was painted: `tick` is called when it is no longer right. */
	painted(state: State, view: ViewState): void;
	close: Dispose;
};

export function createCountdown(clock: Clock, tick: () => void): Countdown {
	let next: Dispose | undefined;
	const stop = () => {
		next?.();
		next = undefined;
	};

	return {
		timed(state, view) {
			const now = clock.now();
			const {now: before, ...rest} = view;
			const shown = timesShown(state, view, now);
			if (shown.length > 0) {
				return before !== undefined && isEqual(timesShown(state, view, before), shown) ? view : {...view, now};
			}

			return before === undefined ? view : rest;
		},
		painted(state, view) {
			stop();
			const rests = view.now === undefined ? [] : restsOf(state, view, clock.now());
			if (rests.length > 0) {
				next = clock.after(Math.min(...rests), () => {
					next = undefined;
					tick();
				});
			}
		},
		close: stop,
	};
}

/** Milliseconds for which the times that are painted stay right. */
function restsOf(state: State, {active}: ViewState, now: number): readonly number[] {
	const wait = slowWait(state, active, now);
	const rests = state.accounts.flatMap(account =>
		account.retryAt === undefined || secondsToRetry(account, now) === undefined
			? []
			: [((account.retryAt - now - 1) % 1000) + 1],
	);
	return wait === 0 ? rests : [...rests, waitTextLasts(wait)];
}

function timesShown(state: State, {active}: ViewState, now: number): readonly string[] {
	const wait = slowWait(state, active, now);
	const seconds = state.accounts.flatMap(account => secondsToRetry(account, now) ?? []);
	return [...seconds.map(String), ...(wait === 0 ? [] : [waitText(wait)])];
}

function isEqual(one: readonly string[], other: readonly string[]): boolean {
	return one.length === other.length && one.every((value, index) => value === other[index]);
}
