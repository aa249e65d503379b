import {normaliseDomain} from './idna.js';
import {opaqueString, usernameCaseMapped} from './precis.js';

/** Branded so that nothing but this module makes one. Both are normalised: equal addresses are equal strings. */
export type BareJid = string & {readonly jid: 'bare'};
export type FullJid = string & {readonly jid: 'full'};
export type Jid = BareJid | FullJid;

/** Octets a part may have (RFC 7622 §3.2–3.4). */
const longestPart = 1023;
/** Three parts and two separators; no normalisation makes a longer text shorter than a JID may be by much. */
const longestText = 4 * (3 * longestPart + 2);
/** Characters that a localpart may not have although PRECIS lets them through (RFC 7622 §3.3.1). */
const forbiddenInLocalpart = /["&'/:<>@]/;

/** Every stanza names the same few addresses, and PRECIS is not cheap. Oldest entries leave first. */
const cache = new Map<string, Jid | undefined>();
const cacheSize = 2000;
const longestCached = 256;

/**
 * Reads and normalises an address (RFC 7622): PRECIS for localpart and resourcepart, IDNA2008 for the domain. Answers
 * `undefined` for everything that is not one; never throws.
 */
export function parseJid(text: string): Jid | undefined {
	if (text.length > longestCached) {
		return normalise(text);
	}

	if (cache.has(text)) {
		return cache.get(text);
	}

	const jid = normalise(text);
	if (cache.size >= cacheSize) {
		for (const oldest of cache.keys()) {
			cache.delete(oldest);
			break;
		}
	}

	cache.set(text, jid);
	return jid;
}

/** An address without resource; one with a resource is not accepted. */
export function parseBareJid(text: string): BareJid | undefined {
	const jid = parseJid(text);
	return jid !== undefined && isBareJid(jid) ? jid : undefined;
}

/** An address with a resource; one without is not accepted. */
export function parseFullJid(text: string): FullJid | undefined {
	const jid = parseJid(text);
	return jid !== undefined && isFullJid(jid) ? jid : undefined;
}

/** Whether it names one resource. */
export function isFullJid(jid: Jid): jid is FullJid {
	return jid.includes('/');
}

/** Whether it names an account, room or domain as such. */
function isBareJid(jid: Jid): jid is BareJid {
	return !jid.includes('/');
}

/** The address without its resource. */
export function bareOf(jid: Jid): BareJid {
	const slash = jid.indexOf('/');
	return (slash < 0 ? jid : jid.slice(0, slash)) as BareJid;
}

/** `juliet` of `juliet@example.org/balcony`; absent in the address of a domain. */
export function localpartOf(jid: Jid): string | undefined {
	const bare = bareOf(jid);
	const at = bare.indexOf('@');
	return at < 0 ? undefined : bare.slice(0, at);
}

/** `example.org` of `juliet@example.org/balcony`, in Unicode form. */
export function domainpartOf(jid: Jid): string {
	const bare = bareOf(jid);
	return bare.slice(bare.indexOf('@') + 1);
}

/** The domain's own address. */
export function domainOf(jid: Jid): BareJid {
	return domainpartOf(jid) as BareJid;
}

/** `balcony` of `juliet@example.org/balcony`; in a room, the nick. */
export function resourcepartOf(jid: Jid): string | undefined {
	const slash = jid.indexOf('/');
	return slash < 0 ? undefined : jid.slice(slash + 1);
}

/** Adds a resource, e.g. a nick to a room; `undefined` if that is not a valid one. */
export function withResource(bare: BareJid, resource: string): FullJid | undefined {
	const resourcepart = part(opaqueString(resource));
	return resourcepart === undefined ? undefined : (`${bare}/${resourcepart}` as FullJid);
}

function normalise(text: string): Jid | undefined {
	if (text.length > longestText) {
		return undefined;
	}

	// The first slash ends the bare part whatever follows it, and only then the first at sign counts (§3.1).
	const slash = text.indexOf('/');
	const bareText = slash < 0 ? text : text.slice(0, slash);
	const at = bareText.indexOf('@');
	const domainpart = knownDomain(bareText.slice(at + 1));
	if (domainpart === undefined) {
		return undefined;
	}

	let bare = domainpart;
	if (at >= 0) {
		const localpart = part(usernameCaseMapped(bareText.slice(0, at)));
		if (localpart === undefined || forbiddenInLocalpart.test(localpart)) {
			return undefined;
		}

		bare = `${localpart}@${domainpart}`;
	}

	return slash < 0 ? (bare as BareJid) : withResource(bare as BareJid, text.slice(slash + 1));
}

/** A thousand contacts live on a few servers, and most people's on one. */
const domains = new Map<string, string | undefined>();
const mostDomains = 200;

function knownDomain(text: string): string | undefined {
	const known = domains.get(text);
	if (known !== undefined) {
		return known;
	}

	const domainpart = part(normaliseDomain(text));
	if (text.length <= longestCached) {
		if (domains.size >= mostDomains) {
			domains.clear();
		}

		domains.set(text, domainpart);
	}

	return domainpart;
}

function part(text: string | undefined): string | undefined {
	return text === undefined || text === '' || Buffer.byteLength(text) > longestPart ? undefined : text;
}
