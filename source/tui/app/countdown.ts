import type {Clock, Dispose} from '../../shared/clock.js';
import type {State} from '../../store/state.js';
import {secondsToRetry} from '../panes/account-words.js';
import type {ViewState} from './view-state.js';

/** Keeps the seconds until the next attempt to connect right on the screen. Without one it does nothing at all. */
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
			if (secondsLeft(state, now).length > 0) {
				return before !== undefined && isEqual(secondsLeft(state, before), secondsLeft(state, now))
					? view
					: {...view, now};
			}

			return before === undefined ? view : rest;
		},
		painted(state, {now}) {
			stop();
			const rests = now === undefined ? [] : restsOfSeconds(state, clock.now());
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

/** Milliseconds for which the seconds that are painted stay right. */
function restsOfSeconds({accounts}: State, now: number): readonly number[] {
	return accounts.flatMap(account =>
		account.retryAt === undefined || secondsToRetry(account, now) === undefined
			? []
			: [((account.retryAt - now - 1) % 1000) + 1],
	);
}

function secondsLeft({accounts}: State, now: number): readonly number[] {
	return accounts.flatMap(account => secondsToRetry(account, now) ?? []);
}

function isEqual(one: readonly number[], other: readonly number[]): boolean {
	return one.length === other.length && one.every((value, index) => value === other[index]);
}
