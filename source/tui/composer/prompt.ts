import type {Encryption} from '../../model/buffer.js';
import type {Preferences} from '../../model/settings.js';
import type {Vi} from './vi/state.js';

export function isVi(preferences: Preferences): boolean {
	return preferences['keys.mode'] === 'vi';
}

/** What is written is encrypted, or cannot be sent now. */
const encryptionSigns: Readonly<Record<Encryption, string>> = {none: '', omemo: '◆', unavailable: '✗'};

/** What stands before the input: how what is typed is protected, and in vi mode the mode. */
export function promptFor(preferences: Preferences, vi: Vi, encryption: Encryption = 'none'): string {
	const sign = encryptionSigns[encryption];
	if (!isVi(preferences)) {
		return `${sign}> `;
	}

	return `${sign}${{insert: '[I] ', normal: '[N] ', visual: '[V] '}[vi.mode]}`;
}
