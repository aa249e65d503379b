/** A web server on a free loopback port that follows a script: pages, and XMPP over WebSocket (RFC 7395). */
import {once} from 'node:events';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {createServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import type {Duplex} from 'node:stream';
import {type WebSocket, WebSocketServer} from 'ws';
import type {Certificate} from './certificates.js';
import {answersBind, answersScram, type ScramServer} from './scripted-login.js';
import type {ScriptedConnection} from './scripted-server.js';

/** One client's WebSocket; `expects` and `replies` as over TCP, a message for each reply. */
export type ScriptedWebSocket = Pick<ScriptedConnection, 'expects' | 'replies' | 'received' | 'ended'> & {
	/** Each message the client sent. */
	readonly messages: readonly string[];
	readonly webSocket: WebSocket;
	/** Resolves with the code that the connection was closed with. */
	readonly closed: Promise<number>;
};

export type WebServerOptions = {
	readonly certificate: Certificate;
	/** What is answered to GET, by path; anything else is not found. */
	readonly pages?: Readonly<Record<string, string | ((response: ServerResponse) => void)>>;
	readonly script?: (connection: ScriptedWebSocket) => Promise<void>;
	/** In place of the upgrade: what is written to whoever asks for it. */
	readonly refusal?: string;
	/** False: the sub-protocol of the client is not taken up. */
	readonly subprotocol?: false;
};

export type WebServer = {
	readonly port: number;
	/** Paths that were asked for, upgrades included. */
	readonly requests: readonly string[];
	readonly connections: readonly ScriptedWebSocket[];
	/** What the first script that failed failed at. */
	readonly failure: unknown;
	close(): Promise<void>;
};

export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
	const {certificate, pages = {}, script} = options;
	const requests: string[] = [];
	const connections: ScriptedWebSocket[] = [];
	const sockets = new Set<Duplex>();
	let failure: unknown;
	const upgrader = new WebSocketServer({
		noServer: true,
		handleProtocols: protocols => options.subprotocol !== false && protocols.has('xmpp') && 'xmpp',
	});
	const server = createServer({key: certificate.key, cert: certificate.certificate});
	server.on('connection', socket => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	server.on('tlsClientError', () => undefined);
	server.on('request', (request: IncomingMessage, response: ServerResponse) => {
		requests.push(request.url ?? '');
		const page = pages[request.url ?? ''];
		if (typeof page === 'function') {
			page(response);
		} else {
			response.writeHead(page === undefined ? 404 : 200).end(page);
		}
	});
	server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
		requests.push(request.url ?? '');
		// Whoever refuses us closes the connection in its own way.
		socket.on('error', () => undefined);
		if (options.refusal !== undefined) {
			socket.end(options.refusal);
			return;
		}

		upgrader.handleUpgrade(request, socket, head, webSocket => {
			const connection = scriptedWebSocket(webSocket);
			connections.push(connection);
			script?.(connection).catch((error: unknown) => {
				failure ??= error;
			});
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		requests,
		connections,
		get failure() {
			return failure;
		},
		async close() {
			for (const socket of sockets) {
				socket.destroy();
			}

			await new Promise(resolve => server.close(resolve));
		},
	};
}

function scriptedWebSocket(webSocket: WebSocket): ScriptedWebSocket {
	const messages: string[] = [];
	let consumed = 0;
	let isEnded = false;
	const waiting = new Set<() => void>();
	const wake = () => {
		for (const look of [...waiting]) {
			look();
		}
	};
	webSocket.on('message', data => {
		messages.push(String(data));
		wake();
	});
	// A client that refuses us breaks off; `closed` tells the script.
	webSocket.on('error', () => undefined);
	const closed = new Promise<number>(resolve => {
		webSocket.once('close', code => {
			isEnded = true;
			wake();
			resolve(code);
		});
	});
	return {
		messages,
		webSocket,
		closed,
		ended: closed.then(() => undefined),
		get received() {
			return messages.join('');
		},
		expects(pattern) {
			return new Promise((resolve, reject) => {
				const look = () => {
					const rest = messages.slice(consumed);
					const index = rest.findIndex(text =>
						typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text),
					);
					const found = rest[index];
					if (found !== undefined) {
						waiting.delete(look);
						consumed += index + 1;
						resolve(found);
					} else if (isEnded) {
						waiting.delete(look);
						reject(new Error(`the client closed before it sent ${pattern}; it sent: ${rest.join('\n')}`));
					}
				};

				waiting.add(look);
				look();
			});
		},
		replies: xml => webSocket.send(String(xml)),
	};
}

const framing = 'urn:ietf:params:xml:ns:xmpp-framing';

/** Waits for `<open/>` and answers it with one of its own and these features. */
export async function answersOpen(connection: ScriptedWebSocket, ...features: readonly string[]): Promise<string> {
	const open = await connection.expects(/^<open [^>]*\/>$/);
	connection.replies(`<open xmlns='${framing}' from='localhost' id='s1' version='1.0' xml:lang='en'/>`);
	connection.replies(
		`<stream:features xmlns:stream='http://etherx.jabber.org/streams'>${features.join('')}</stream:features>`,
	);
	return open;
}

/** Plays a whole login, from the first `<open/>` to the bound resource. */
export async function answersWebLogin(
	connection: ScriptedWebSocket,
	scram: ScramServer,
	features: readonly string[] = [],
	jid?: string,
): Promise<void> {
	await answersOpen(
		connection,
		`<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-${scram.hash}</mechanism></mechanisms>`,
	);
	await answersScram(connection, scram);
	await answersOpen(connection, "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>", ...features);
	await answersBind(connection, jid);
}
