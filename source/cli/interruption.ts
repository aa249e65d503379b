/**
 * The result of `work`, or a rejection at the first signal: what is under way is left behind, since whoever presses
 * Ctrl+C does not want to wait for it. Not for work that must be finished once begun.
 */
export function unlessInterrupted<Result>(work: Promise<Result>, interrupted: AbortSignal): Promise<Result> {
	return new Promise((resolve, reject) => {
		interrupted.throwIfAborted();
		interrupted.addEventListener('abort', () => reject(interrupted.reason), {once: true});
		work.then(resolve, reject);
	});
}
