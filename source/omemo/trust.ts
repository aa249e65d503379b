import type {Fingerprint, Trust} from '../model/device.js';

/** How keys come to be used: those that were there first without a word, or only those the person decided about. */
export type TrustMode = 'blind-before-verification' | 'manual';

/**
 * What is thought of a key that is seen for the first time, given what is thought of the others of its owner: as long as none
 * of them was verified the person trusts blindly; whoever verified one wants to be asked about the next.
 */
export function firstTrust(known: ReadonlyMap<Fingerprint, Trust>, mode: TrustMode): Trust {
	const asks = mode === 'manual' || [...known.values()].includes('verified');
	return asks ? 'undecided' : 'blind';
}
