import type {Dispose} from './clock.js';

/** Registers a listener and returns what removes it. */
export type Subscribe<Value> = (listener: (value: Value) => void) => Dispose;

export type Emitter<Value> = {
	readonly subscribe: Subscribe<Value>;
	/** Tells every listener, in the order they subscribed. A listener added meanwhile is told from the next value on. */
	emit(value: Value): void;
};

/** One kind of value, many listeners. A listener's exception reaches the caller of `emit`: nothing is swallowed. */
export function createEmitter<Value>(): Emitter<Value> {
	let listeners: ReadonlyArray<(value: Value) => void> = [];
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
			for (const listener of listeners) {
				listener(value);
			}
		},
	};
}
