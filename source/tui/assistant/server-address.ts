import {readWebSocketUrl} from '../../shared/websocket-url.js';

/** Where to connect to, in the terms of an account's settings. */
export type ServerAddress = {readonly host: string; readonly port?: number} | {readonly webSocket: string};

/** Reads `host`, `host:port`, `[v6]:port` or a `wss:` URL; `dns` where nothing was typed. */
export function parseServer(text: string): ServerAddress | 'dns' | undefined {
	if (text === '') {
		return 'dns';
	}

	const url = readWebSocketUrl(text);
	if (url !== undefined) {
		return {webSocket: url.href};
	}

	const match = /^(?:\[([\da-f:.]+)\]|([^\s:[\]/@]+))(?::(\d{1,5}))?$/iu.exec(text);
	const host = match?.[1] ?? match?.[2];
	const port = match?.[3] === undefined ? undefined : Number(match[3]);
	if (host === undefined || (port !== undefined && (port < 1 || port > 65_535))) {
		return undefined;
	}

	return {host, ...(port === undefined ? {} : {port})};
}

/** What {@link parseServer} would read back. */
export function serverText(server: ServerAddress | undefined): string {
	if (server === undefined) {
		return '';
	}

	if ('webSocket' in server) {
		return server.webSocket;
	}

	const host = server.host.includes(':') ? `[${server.host}]` : server.host;
	return server.port === undefined ? host : `${host}:${server.port}`;
}
