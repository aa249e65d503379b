import {isIPv6} from 'node:net';
import {InvalidArgumentError} from 'commander';
import {readWebSocketUrl} from '../shared/websocket-url.js';

/** `host`, `host:port`, `[v6]:port` or a bare IPv6 address. */
export function readHost(text: string): {readonly host: string; readonly port?: number} {
	const [, bracketed, name, digits] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
	const host = bracketed ?? name ?? (isIPv6(text) ? text : undefined);
	const port = digits === undefined ? undefined : Number(digits);
	if (host === undefined || host === '' || (port !== undefined && (port < 1 || port > 65535))) {
		throw new InvalidArgumentError('It is HOST or HOST:PORT.');
	}

	return port === undefined ? {host} : {host, port};
}

/** A `wss:` URL, as it is written to the settings. */
export function readWebSocket(text: string): string {
	const url = readWebSocketUrl(text);
	if (url === undefined) {
		throw new InvalidArgumentError('It looks like wss://example.org/xmpp-websocket; nothing but wss: is taken.');
	}

	return url.href;
}

/** SHA-256 as tools print it, with or without colons, to lowercase hex. */
export function readFingerprint(text: string): string {
	const hex = text.replaceAll(':', '').toLowerCase();
	if (!/^[\da-f]{64}$/.test(hex)) {
		throw new InvalidArgumentError('It is the SHA-256 of the certificate: 64 hexadecimal digits.');
	}

	return hex;
}

/** A number of seconds above 0, fractions allowed; answers milliseconds. */
export function readSeconds(text: string): number {
	const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
	if (seconds <= 0 || seconds > 86_400) {
		throw new InvalidArgumentError('It is a number of seconds, at most a day.');
	}

	return seconds * 1000;
}

/** A file descriptor that whoever started us has opened; 1 and 2 are for our own output. */
export function readDescriptor(text: string): number {
	const descriptor = /^\d{1,4}$/.test(text) ? Number(text) : -1;
	if (descriptor < 0 || descriptor === 1 || descriptor === 2) {
		throw new InvalidArgumentError('It is the number of an open file descriptor, e.g. 3.');
	}

	return descriptor;
}

/** A whole number of megabytes above 0; answers bytes. */
export function readMegabytes(text: string): number {
	const megabytes = /^\d{1,7}$/.test(text) ? Number(text) : 0;
	if (megabytes === 0) {
		throw new InvalidArgumentError('It is a whole number of megabytes.');
	}

	return megabytes * 1_000_000;
}
