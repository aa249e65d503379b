import type {Event} from '../model/events.js';
import type {Storage} from '../storage/ports.js';

/**
 * Commits first, tells afterwards. Facts and effects (a stanza to write) that come up inside a commit wait until the
 * database has it; those of work that was rolled back are dropped (`ARCHITECTURE.md`, invariant 11).
 */
export type Journal = {
	/** Runs `work` in one transaction, then publishes and runs what it asked for, in that order. May nest. */
	commit<Result>(work: () => Result): Result;
	/** Publishes an Event: after the commit that is running, or at once. */
	emit(event: Event): void;
	/** Runs `effect` after the commit that is running, or at once. */
	afterwards(effect: () => void): void;
};

export function createJournal(storage: Pick<Storage, 'transaction'>, publish: (event: Event) => void): Journal {
	let pending: Array<() => void> | undefined;

	const afterwards = (effect: () => void) => {
		if (pending === undefined) {
			effect();
		} else {
			pending.push(effect);
		}
	};

	return {
		commit(work) {
			if (pending !== undefined) {
				const before = pending.length;
				try {
					return storage.transaction(work);
				} catch (error) {
					pending.length = before;
					throw error;
				}
			}

			const effects: Array<() => void> = [];
			pending = effects;
			let result: ReturnType<typeof work>;
			try {
				result = storage.transaction(work);
			} finally {
				pending = undefined;
			}

			for (const effect of effects) {
				effect();
			}

			return result;
		},
		emit(event) {
			afterwards(() => publish(event));
		},
		afterwards,
	};
}
