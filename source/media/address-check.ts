/** Which addresses may be connected to without a person having asked for it: none that leads into somebody's own network. */
import {BlockList, isIPv4, isIPv6} from 'node:net';

/**
 * `public-only`: for what happens by itself, where whoever wrote the address must not choose a machine behind our router
 * (`any` other than that: the person asked for it).
 */
export type AddressRule = 'public-only' | 'any';

/** What is not to be reached over the Internet, of IPv4 (RFC 6890 and the registry of special-purpose addresses). */
const specialIpv4 = listOf('ipv4', [
	'0.0.0.0/8',
	'10.0.0.0/8',
	'100.64.0.0/10',
	'127.0.0.0/8',
	'169.254.0.0/16',
	'172.16.0.0/12',
	'192.0.0.0/24',
	'192.0.2.0/24',
	'192.31.196.0/24',
	'192.52.193.0/24',
	'192.88.99.0/24',
	'192.168.0.0/16',
	'192.175.48.0/24',
	'198.18.0.0/15',
	'198.51.100.0/24',
	'203.0.113.0/24',
	'224.0.0.0/4',
	'240.0.0.0/4',
]);

/**
 * Only this of IPv6 is given out for use on the Internet. Loopback, link-local, ULA, multicast, what is mapped from IPv4 and
 * NAT64 (64:ff9b::/96 and its local kin, behind which any IPv4 address may be) are not in it.
 */
const globalIpv6 = listOf('ipv6', ['2000::/3']);
/** Of those: protocols of the IETF with Teredo, benchmarking, ORCHID, documentation, 6to4 with any IPv4 address in it. */
const specialIpv6 = listOf('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20']);

/** Names that never stand for a machine on the Internet (RFC 6761, 6762, 7686, 8375, 9476; `internal` is ICANN's). */
const specialNames: ReadonlySet<string> = new Set([
	...['localhost', 'local', 'internal', 'intranet', 'private', 'corp', 'home', 'lan', 'localdomain'],
	...['onion', 'alt', 'test', 'invalid', 'example'],
]);

function listOf(family: 'ipv4' | 'ipv6', subnets: readonly string[]): BlockList {
	const list = new BlockList();
	for (const subnet of subnets) {
		const [net = '', prefix = ''] = subnet.split('/');
		list.addSubnet(net, Number(prefix), family);
	}

	return list;
}

/** Whether an IP address is one of the Internet. What is none, or has a zone, is not. */
export function isPublicAddress(address: string): boolean {
	if (isIPv4(address)) {
		return !specialIpv4.check(address, 'ipv4');
	}

	return (
		isIPv6(address) &&
		!address.includes('%') &&
		globalIpv6.check(address, 'ipv6') &&
		!specialIpv6.check(address, 'ipv6')
	);
}

/** Whether a host's name may be one of the Internet; what it stands for is to be checked then. Not for IP addresses. */
export function isPublicName(name: string): boolean {
	const labels = name.toLowerCase().replace(/\.$/, '').split('.');
	return labels.length > 1 && !specialNames.has(labels.at(-1) ?? '') && !/(^|\.)home\.arpa\.?$/i.test(name);
}
