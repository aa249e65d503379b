import net from 'node:net';
import {domainToASCII} from 'node:url';
import {child, type Element, textOf} from './element.js';
import {defaultPort, type Endpoint} from './resolver.js';
import {conditionNamespace} from './stream-error.js';

/** Where a `<see-other-host/>` leads (RFC 6120 §4.9.3.19), as the server wrote it. */
export function redirectionIn(streamError: Element): string | undefined {
	const condition = child(streamError, 'see-other-host', conditionNamespace);
	return condition && textOf(condition).trim();
}

/**
 * The endpoint that a server names as `host`, `host:port` or `[address]:port`; `undefined` for anything else. It is no
 * more than a place to connect to: the certificate there must be one for the account's domain as anywhere else.
 * `directTls`: how the server that says so was connected to, which goes for an explicit port only.
 */
export function readEndpoint(text: string, directTls: boolean): Endpoint | undefined {
	if (net.isIPv6(text)) {
		return {host: text, port: defaultPort, directTls: false};
	}

	const match = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([^\s:/?#@[\]\\]{1,253}))(?::(\d{1,5}))?$/u.exec(text);
	if (!match) {
		return undefined;
	}

	const [, address, name = '', digits] = match;
	const host = address === undefined ? domainToASCII(name) : address;
	const port = digits === undefined ? defaultPort : Number(digits);
	if (host === '' || (address !== undefined && !net.isIPv6(address)) || port < 1 || port > 65_535) {
		return undefined;
	}

	return {host, port, directTls: digits !== undefined && directTls};
}
