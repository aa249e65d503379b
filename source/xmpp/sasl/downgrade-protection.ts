import {createHash} from 'node:crypto';
import type {ScramHash} from './scram-hash.js';

/** What the server offered to log in with, as we saw it. */
export type SaslOffer = {
	readonly mechanisms: readonly string[];
	/** Types of channel binding (XEP-0440); empty: the server named none. */
	readonly channelBindings: readonly string[];
};

/**
 * The value of SCRAM's `h` attribute (XEP-0474) for this offer. The server signs what it offered; where we saw something
 * else, somebody in between took the stronger mechanisms away.
 */
export function offerHash(hash: ScramHash, {mechanisms, channelBindings}: SaslOffer): string {
	const lists = [mechanisms, ...(channelBindings.length > 0 ? [channelBindings] : [])];
	const text = lists.map(names => [...names].sort().join('\u001e')).join('\u001f');
	return createHash(hash).update(text).digest('base64');
}
