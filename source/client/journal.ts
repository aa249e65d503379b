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
	/** Runs `effect` after the commit that is running, or at once. A second one with the same key is left out. */
	afterwards(effect: () => void, key?: string): void;
};

type Effect = {readonly effect: () => void; readonly key: string | undefined};

/** One that fails must not keep a stanza from being written that is on record as such. The first failure is thrown. */
function runAll(effects: readonly Effect[]): void {
	const failures: unknown[] = [];
	for (const {effect} of effects) {
		try {
			effect();
		} catch (error) {
			failures.push(error);
		}
	}

	if (failures.length > 0) {
		throw failures[0];
	}
}

export function createJournal(storage: Pick<Storage, 'transaction'>, publish: (event: Event) => void): Journal {
	let pending: Effect[] | undefined;

	const afterwards: Journal['afterwards'] = (effect, key) => {
		if (pending === undefined) {
			effect();
		} else if (key === undefined || !pending.some(other => other.key === key)) {
			pending.push({effect, key});
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

			const effects: Effect[] = [];
			pending = effects;
			let result: ReturnType<typeof work>;
			try {
				result = storage.transaction(work);
			} finally {
				pending = undefined;
			}

			runAll(effects);
			return result;
		},
		emit(event) {
			afterwards(() => publish(event));
		},
		afterwards,
	};
}
