import type {Clock} from './clock.js';

/** `refused-first`: the first one too many of its window, worth telling of; the others are `refused`. */
export type RateVerdict = 'allowed' | 'refused-first' | 'refused';

/** Lets `most` things happen in each `window` of milliseconds; a window begins with the first thing after the last one. */
export function createRateLimit(
	clock: Pick<Clock, 'monotonic'>,
	{most, window}: {readonly most: number; readonly window: number},
): () => RateVerdict {
	let begin = Number.NEGATIVE_INFINITY;
	let count = 0;
	return () => {
		if (clock.monotonic() - begin >= window) {
			begin = clock.monotonic();
			count = 0;
		}

		count++;
		return count <= most ? 'allowed' : count === most + 1 ? 'refused-first' : 'refused';
	};
}
