import type {Attention} from '../extensions/ports.js';
import {createEmitter} from '../shared/emitter.js';

/** Attention that can be set. Somebody looks until a front end says otherwise. */
export function createAttention(): Attention & {set(active: boolean): void} {
	const changed = createEmitter<boolean>();
	let isActive = true;
	return {
		isActive: () => isActive,
		onChange: listener => changed.subscribe(() => listener()),
		set(active) {
			if (active !== isActive) {
				isActive = active;
				changed.emit(active);
			}
		},
	};
}
