import type {Preferences} from '../../model/settings.js';
import type {Vi} from './vi/state.js';

export function isVi(preferences: Preferences): boolean {
	return preferences['keys.mode'] === 'vi';
}

/** What stands before the input: in vi mode the mode. */
export function promptFor(preferences: Preferences, vi: Vi): string {
	if (!isVi(preferences)) {
		return '> ';
	}

	return {insert: '[I] ', normal: '[N] ', visual: '[V] '}[vi.mode];
}
