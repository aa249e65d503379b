import {once} from 'node:events';
import net, {type AddressInfo} from 'node:net';
import tls from 'node:tls';
import type {Certificate} from './certificates.js';

/** One client's connection, seen from a server that follows a script. */
export type ScriptedConnection = {
	/**
	 * Waits until what the client wrote since the last `expects` holds `pattern`, and returns that text up to and with
	 * the match. Fails, quoting what came instead, when the client closes first.
	 */
	expects(pattern: string | RegExp): Promise<string>;
	/** Writes to the client; every call is a write of its own. */
	replies(xml: string | Uint8Array): void;
	/** Turns the connection into TLS, as after `<proceed/>`; resolves when the handshake is done. */
	startTls(certificate: Certificate, options?: tls.SecureContextOptions): Promise<void>;
	/** What the client asked for in the handshake. */
	tls(): {readonly serverName: string | undefined; readonly protocol: string | undefined};
	/** Our end of the connection as it is now. */
	socket(): net.Socket;
	/** Ends our half of the connection. */
	closes(): void;
	/** Cuts the connection without a word. */
	resets(): void;
	/** All text the client wrote, decrypted. */
	readonly received: string;
	/** Resolves when the client has closed its half or is gone. */
	readonly ended: Promise<void>;
};

export type ScriptedServer = {
	readonly port: number;
	/** In order of arrival. */
	readonly connections: readonly ScriptedConnection[];
	/** Resolves when the script of the first connection has run to its end; rejects with what it failed at. */
	readonly finished: Promise<void>;
	close(): Promise<void>;
};

export type ScriptedServerOptions = {
	/** TLS from the first byte (XEP-0368). */
	readonly directTls?: Certificate;
	/** Departures of that TLS from what Node does. */
	readonly tls?: tls.SecureContextOptions;
	/** Every byte is a write of its own. */
	readonly dribbles?: boolean;
	/** Cuts the connection in place of the reply with this number, counted from 0. */
	readonly cutAtReply?: number;
	/** Keeps our half of a connection open when the client has closed its own. */
	readonly lingers?: boolean;
};

/** Nobody listens there. One that was free a moment ago may be another test's server by now. */
export const closedPort = 1;

/** A server on a free loopback port that plays `script` for each client: what no real server can be made to do. */
export async function startScriptedServer(
	script: (connection: ScriptedConnection) => Promise<void>,
	options: ScriptedServerOptions = {},
): Promise<ScriptedServer> {
	const connections: ScriptedConnection[] = [];
	const sockets = new Set<net.Socket>();
	const finish: {resolve?: () => void; reject?: (reason: unknown) => void} = {};
	const finished = new Promise<void>((resolve, reject) => {
		Object.assign(finish, {resolve, reject});
	});
	// Scripts of refused logins end early: only a test that asks for `finished` wants to know.
	finished.catch(() => undefined);

	const server = net.createServer({allowHalfOpen: options.lingers ?? false}, socket => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
		const connection = scriptedConnection(socket, options);
		connections.push(connection);
		script(connection).then(finish.resolve, finish.reject);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		connections,
		finished,
		async close() {
			for (const socket of sockets) {
				socket.destroy();
			}

			await new Promise(resolve => server.close(resolve));
		},
	};
}

function scriptedConnection(raw: net.Socket, options: ScriptedServerOptions): ScriptedConnection {
	let replies = 0;
	let socket: net.Socket = raw;
	let received = '';
	let consumed = 0;
	let isEnded = false;
	const waiting = new Set<() => void>();
	const wake = () => {
		for (const look of [...waiting]) {
			look();
		}
	};

	const ended = new Promise<void>(resolve => {
		const end = () => {
			isEnded = true;
			wake();
			resolve();
		};
		raw.once('end', end);
		raw.once('close', end);
	});

	const attach = (next: net.Socket) => {
		socket = next;
		socket.setNoDelay(true);
		socket.setEncoding('utf8');
		socket.on('data', (text: string) => {
			received += text;
			wake();
		});
		// A client that refuses us resets the connection or sends a TLS alert; `ended` tells the script.
		socket.on('error', () => undefined);
	};

	const secure = (certificate: Certificate, departures: tls.SecureContextOptions = {}) => {
		raw.removeAllListeners('data');
		const secured = new tls.TLSSocket(raw, {
			isServer: true,
			key: certificate.key,
			cert: certificate.certificate,
			ALPNProtocols: ['xmpp-client'],
			...departures,
		});
		attach(secured);
		return secured;
	};

	if (options.directTls) {
		secure(options.directTls, options.tls);
	} else {
		attach(raw);
	}

	return {
		expects(pattern) {
			return new Promise((resolve, reject) => {
				const look = () => {
					const end = endOfMatch(received.slice(consumed), pattern);
					if (end !== undefined) {
						waiting.delete(look);
						const text = received.slice(consumed, consumed + end);
						consumed += end;
						resolve(text);
					} else if (isEnded) {
						waiting.delete(look);
						reject(new Error(`the client closed before it wrote ${pattern}; it wrote: ${received.slice(consumed)}`));
					}
				};

				waiting.add(look);
				look();
			});
		},
		replies(xml) {
			if (replies++ === options.cutAtReply) {
				raw.resetAndDestroy();
				return;
			}

			const bytes = Buffer.from(xml);
			const pieces = options.dribbles ? [...bytes].map(byte => Buffer.of(byte)) : [bytes];
			for (const piece of pieces) {
				socket.write(piece);
			}
		},
		async startTls(certificate, departures) {
			await once(secure(certificate, departures), 'secure');
		},
		tls: () => ({serverName: textOr(socket, 'servername'), protocol: textOr(socket, 'alpnProtocol')}),
		socket: () => socket,
		closes: () => void socket.end(),
		resets: () => void raw.resetAndDestroy(),
		get received() {
			return received;
		},
		ended,
	};
}

/** Where the first match of `pattern` in `text` ends. */
function endOfMatch(text: string, pattern: string | RegExp): number | undefined {
	if (typeof pattern === 'string') {
		const start = text.indexOf(pattern);
		return start === -1 ? undefined : start + pattern.length;
	}

	const match = pattern.exec(text);
	return match ? match.index + match[0].length : undefined;
}

/** A property that only a TLS socket has, and that is false where the client said nothing. */
function textOr(socket: net.Socket, property: 'servername' | 'alpnProtocol'): string | undefined {
	const value: unknown = Reflect.get(socket, property);
	return typeof value === 'string' ? value : undefined;
}
