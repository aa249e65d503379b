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

/** What a challenge says about the offer and the connection, and what we saw of both. */
export type Seen = {
	readonly offer?: SaslOffer;
	/** The offer is only to be believed with the server's signature on it. */
	readonly mustBeSigned?: boolean;
	/** As Node names it, e.g. `TLSv1.3`. */
	readonly tlsVersion?: string;
};

/** Version numbers of TLS (RFC 8446 §4.2.1) by the names that Node has for them. */
const versions: Readonly<Record<string, string>> = {'TLSv1.2': '0303', 'TLSv1.3': '0304'};

/**
 * What is wrong with a challenge whose `h` and `t` are these (XEP-0474, XEP-0515); `undefined`: nothing that shows.
 * Absent attributes: the server knows nothing of them.
 */
export function downgradeIn(
	hash: ScramHash,
	{h, t}: {readonly h?: string | undefined; readonly t?: string | undefined},
	{offer, mustBeSigned = false, tlsVersion}: Seen,
): string | undefined {
	if (h === undefined && mustBeSigned) {
		return 'it named no type of channel binding that every server has, and does not say that it made this offer';
	}

	if (h !== undefined && offer && h !== offerHash(hash, offer)) {
		return 'it offered other ways to log in than those that arrived here';
	}

	const version = versions[tlsVersion ?? ''];
	return t !== undefined && version !== undefined && t !== version
		? 'its connection has another version of TLS than ours'
		: undefined;
}
