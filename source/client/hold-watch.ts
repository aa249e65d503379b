import type {BufferId} from '../model/buffer.js';
import type {EventSource} from '../model/events.js';
import type {Dispose} from '../shared/clock.js';
import type {Problem} from '../shared/errors.js';

/** Remembers in which conversations what is to be encrypted waits for something that does not come by itself. */
export type HoldWatch = {
	/** Why something waits there, as far as that was told since it was forgotten last. */
	reasonIn(buffer: BufferId): Problem | undefined;
	/** Aborted when that is told. */
	heldIn(buffer: BufferId): AbortSignal;
	/** What was told was about other messages. */
	forget(buffer: BufferId): void;
	readonly dispose: Dispose;
};

/** Watches `outbox.held`; to be made before the first message is sent. */
export function watchHolds(events: EventSource): HoldWatch {
	const reasons = new Map<BufferId, Problem>();
	const watched = new Map<BufferId, AbortController>();
	const controllerOf = (buffer: BufferId) => {
		const found = watched.get(buffer) ?? new AbortController();
		watched.set(buffer, found);
		return found;
	};

	return {
		reasonIn: buffer => reasons.get(buffer),
		heldIn: buffer => controllerOf(buffer).signal,
		forget(buffer) {
			reasons.delete(buffer);
			// Whoever waits for the first telling still does.
			if (watched.get(buffer)?.signal.aborted === true) {
				watched.delete(buffer);
			}
		},
		dispose: events(event => {
			if (event.type === 'outbox.held') {
				reasons.set(event.buffer, event.problem);
				controllerOf(event.buffer).abort();
			}
		}),
	};
}
