import type {Dispose} from './clock.js';

/** Registers a listener and returns what removes it. */
export type Subscribe<Value> = (listener: (value: Value) => void) => Dispose;

export type Emitter<Value> = {
	readonly subscribe: Subscribe<Value>;
	/**
	 * Tells every listener, in the order they subscribed. A listener added meanwhile is told from the next value on; what a
	 * listener emits is told when all have heard what it heard.
	 */
	emit(value: Value): void;
};

/** One kind of value, many listeners. A listener's exception reaches the caller of `emit`: nothing is swallowed. */
export function createEmitter<Value>(): Emitter<Value> {
	let listeners: ReadonlyArray<(value: Value) => void> = [];
	/** What is to be told, the value that is being told first. */
	const values: Value[] = [];

	const tell = (value: Value) => {
		for (const listener of listeners) {
			listener(value);
		}
	};

	return {
		subscribe(listener) {
			// A fresh wrapper per call, so that the same function may subscribe twice and leave once.
			const entry = (value: Value) => listener(value);
			listeners = [...listeners, entry];
			return () => {
				listeners = listeners.filter(other => other !== entry);
			};
		},
		emit(value) {
			if (values.push(value) > 1) {
				return;
			}

			const failures: unknown[] = [];
			for (; values.length > 0; values.shift()) {
				try {
					tell(values[0] as Value);
				} catch (error) {
					failures.push(error);
				}
			}

			if (failures.length > 0) {
				throw failures[0];
			}
		},
	};
}
