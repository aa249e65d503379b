/** A host's name is resolved once, and what was checked is what is connected to: asked again, DNS may answer otherwise. */
import {lookup} from 'node:dns/promises';
import {isIP, type LookupFunction} from 'node:net';
import {XmppcError} from '../shared/errors.js';
import {type AddressRule, isPublicAddress, isPublicName} from './address-check.js';

export type ResolvedAddress = {readonly address: string; readonly family: 4 | 6};

/** Looks a name up. Rejects with the system's error where it cannot. */
export type ResolveAddresses = (host: string) => Promise<readonly ResolvedAddress[]>;

/** Nobody makes us knock at more doors than this for one name. */
const mostAddresses = 8;

/** The way of the system. */
export const systemAddresses: ResolveAddresses = async host => {
	const found = await lookup(host, {all: true});
	return found.map(({address, family}) => ({address, family: family === 6 ? 6 : 4}));
};

/** The host of an address as `node:net` wants it: IPv6 without brackets. */
export function hostOf(url: URL): string {
	return url.hostname.replace(/^\[|\]$/g, '');
}

/**
 * Where a host may be connected to under a rule. Addresses that are refused are left out, so that those that remain can be
 * connected to. Throws `unsafe-address` where none remains, and whatever the resolver throws.
 */
export async function checkedAddresses(
	host: string,
	rule: AddressRule,
	resolve: ResolveAddresses,
): Promise<readonly ResolvedAddress[]> {
	const family = isIP(host);
	const isRefused = rule === 'public-only' && family === 0 && !isPublicName(host);
	const found = isRefused
		? []
		: family === 0
			? await resolve(host)
			: [{address: host, family: family === 6 ? 6 : 4} as const];
	const allowed = rule === 'any' ? found : found.filter(({address}) => isPublicAddress(address));
	if (allowed.length === 0) {
		throw new XmppcError({
			code: 'unsafe-address',
			kind: 'notPermitted',
			message: `The file lies at ${host}, which is not on the public Internet; it was not fetched by itself.`,
			hint: 'Fetch it yourself if you trust who sent it.',
		});
	}

	return allowed.slice(0, mostAddresses);
}

/** What `node:net` asks in place of DNS: answers what was checked, whatever it is asked. */
export function pinnedLookup(addresses: readonly ResolvedAddress[]): LookupFunction {
	return (_host, options, answer) => {
		const [first] = addresses;
		if (first === undefined) {
			answer(Object.assign(new Error('no address'), {code: 'ENOTFOUND'}), '', 0);
		} else if (options.all === true) {
			answer(null, [...addresses]);
		} else {
			answer(null, first.address, first.family);
		}
	};
}
