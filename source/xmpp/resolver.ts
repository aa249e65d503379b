import type {LookupFunction} from 'node:net';
import {domainToASCII} from 'node:url';
import type {Clock} from '../shared/clock.js';

/** One place a domain may be reached at, in the order to try (RFC 2782, XEP-0368). */
export type Endpoint = {
	readonly host: string;
	readonly port: number;
	/** TLS from the first byte, instead of STARTTLS. */
	readonly directTls: boolean;
};

/** What somebody who asks for places of XMPP over WebSocket has to say. */
export type WebSocketQuery = {
	/** PEM text of the authorities that are trusted instead of Node's. */
	readonly ca?: string | undefined;
	/** SHA-256 of the only certificate accepted, lowercase hex. */
	readonly pin?: string | undefined;
	readonly clock: Clock;
	readonly signal?: AbortSignal | undefined;
	readonly lookup?: LookupFunction | undefined;
};

/** DNS as a port: a test gives it a DNS server, or answers of its own. */
export type Resolver = {
	/**
	 * Endpoints of `_xmpps-client._tcp` and `_xmpp-client._tcp` merged and sorted; `domain:5222` only where no SRV record exists.
	 *
	 * @throws {XmppcError} `not-offered` where the domain says that it has no XMPP service.
	 */
	resolve(domain: string): Promise<readonly Endpoint[]>;
	/** How the addresses of an endpoint are found; absent: the way of the system. */
	readonly lookup?: LookupFunction;
	/**
	 * URLs of XMPP over WebSocket that the domain's web server names (XEP-0156), `wss:` all of them; none where it names none
	 * or cannot be asked. The last resort. Absent: there is none.
	 */
	readonly webSockets?: (domain: string, query: WebSocketQuery) => Promise<readonly string[]>;
};

/** The domain of an address as DNS, TLS and sockets write it: in ASCII, an IPv6 address without its brackets. */
export function hostOf(domain: string): string {
	return domain.startsWith('[') ? domain.slice(1, -1) : domainToASCII(domain) || domain;
}

/** RFC 6120 §14.7 and XEP-0368. */
export const defaultPort = 5222;
export const defaultDirectTlsPort = 5223;
