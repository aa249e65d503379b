import type net from 'node:net';
import type {WebSocket} from 'ws';
import {messageOf, XmppcError} from '../shared/errors.js';
import {connectionLost, type Whereabouts, webSocketRefused} from './connection-problems.js';
import {type Endpoint, hostOf} from './resolver.js';
import {defaultLimits} from './stanza-tree.js';
import {malformedStream} from './stream-error.js';
import {beginTls} from './tls-connection.js';
import {type SocketClass, StreamSocket, type TransportPolicy} from './transport.js';

const subprotocol = 'xmpp';
/** No character of a stanza takes more bytes than three for each of its UTF-16 units. */
const longestMessage = 3 * defaultLimits.stanza;
/** RFC 6455 §7.4.1. */
const normalClosure = 1000;
const unsupportedData = 1003;
/** The connection ended without a word, or with one that names no reason. */
const unexplained: ReadonlySet<number> = new Set([normalClosure, 1001, 1005, 1006]);

/** What a stream that goes to `url` is made over. */
export function webSocketClass(url: URL): SocketClass {
	return class extends WebSocketTransport {
		constructor(policy: TransportPolicy) {
			super(policy, url);
		}
	};
}

/**
 * XMPP over WebSocket (RFC 7395): TLS with a certificate for the host of the URL, the upgrade, then one text message for
 * each `write`; each message that comes is one `data`. No proxy is asked, no redirection followed, nothing compressed.
 */
class WebSocketTransport extends StreamSocket {
	readonly #policy: TransportPolicy;
	readonly #url: URL;
	#where: Whereabouts;
	#raw: net.Socket | undefined;
	#webSocket: WebSocket | undefined;
	#isClosed = false;
	#unwritten = 0;
	#onFlushed: (() => void) | undefined;

	constructor(policy: TransportPolicy, url: URL) {
		super(policy);
		this.#policy = policy;
		this.#url = url;
		this.#where = {domain: policy.certificate.domain, host: hostOf(url.hostname), port: 0};
	}

	override connect(endpoint: Endpoint): void {
		this.#where = {...this.#where, port: endpoint.port};
		this.#open().catch((error: unknown) => this.#fail(error));
	}

	/** There is no TLS but the one that is there from the first byte on (RFC 7395 §3.7). */
	override async startTls(): Promise<void> {
		throw new XmppcError(connectionLost(this.#where));
	}

	override write(message: string, done?: (error?: Error | null) => void): void {
		if (!this.#webSocket || this.#isClosed) {
			done?.(new XmppcError(connectionLost(this.#where)));
			return;
		}

		this.#unwritten++;
		this.#webSocket.send(message, error => {
			this.#unwritten--;
			done?.(error);
			this.#tellFlushed();
		});
	}

	override pause(): void {
		this.#webSocket?.pause();
	}

	override resume(): void {
		this.#webSocket?.resume();
	}

	/** The stream is closed from our side. Its connection has to stay until the server has read that (RFC 7395 §3.6). */
	override end(flushed?: () => void): void {
		this.#onFlushed = flushed;
		this.#tellFlushed();
	}

	override finish(): void {
		this.#webSocket?.close(normalClosure);
	}

	override destroy(): void {
		if (this.#webSocket) {
			this.#webSocket.terminate();
		} else {
			this.#raw?.destroy();
			this.#close(false);
		}
	}

	async #open(): Promise<void> {
		const {certificate, ca, clock, dial} = this.#policy;
		const raw = await dial();
		this.#raw = raw;
		if (this.#isClosed) {
			raw.destroy();
			return;
		}

		raw.setNoDelay(true);
		const {socket, handshake} = beginTls(raw, {
			certificate: {...certificate, domain: this.#where.host},
			ca,
			clock,
			protocols: ['http/1.1'],
			where: this.#where,
		});
		const {security, bindingData} = await handshake;
		const {WebSocket} = await import('ws');
		const webSocket = await this.#upgrade(socket, WebSocket);
		this.#webSocket = webSocket;
		this.secure = true;
		this.security = {...security, protocol: `${security.protocol}, WebSocket`};
		this.bindingData = bindingData;
		this.emit('connect');
	}

	#upgrade(socket: net.Socket, WebSocketClient: typeof WebSocket): Promise<WebSocket> {
		return new Promise((resolve, reject) => {
			const webSocket = new WebSocketClient(this.#url, [subprotocol], {
				createConnection: () => socket,
				perMessageDeflate: false,
				followRedirects: false,
				autoPong: false,
				maxPayload: longestMessage,
			});
			const refuse = (reason: string, cause?: unknown) => {
				socket.destroy();
				reject(new XmppcError(webSocketRefused(this.#where, reason), {cause}));
			};
			const onError = (error: Error) => refuse(error.message, error);
			webSocket.once('error', onError);
			webSocket.once('unexpected-response', (_request, {statusCode}) => refuse(`HTTP status ${statusCode}`));
			webSocket.once('open', () => {
				webSocket.off('error', onError);
				this.#listen(webSocket);
				resolve(webSocket);
			});
		});
	}

	#listen(webSocket: WebSocket): void {
		answerPings(webSocket);
		webSocket.on('message', (message, isBinary) => {
			if (isBinary || !Buffer.isBuffer(message)) {
				webSocket.close(unsupportedData);
				this.#fail(malformedStream('bad-format', this.#where.domain, 'a WebSocket message that is no text'));
			} else {
				this.emit('data', message);
			}
		});
		webSocket.on('error', error => {
			const isOurs = 'code' in error && String(error.code).startsWith('WS_ERR_');
			this.#fail(isOurs ? malformedStream('bad-format', this.#where.domain, error.message) : error);
		});
		webSocket.on('close', code => {
			if (!unexplained.has(code)) {
				this.#tell(new XmppcError(connectionLost(this.#where, `WebSocket closed with ${code}`)));
			}

			this.#close(code !== normalClosure);
		});
	}

	#fail(error: unknown): void {
		this.#tell(error);
		this.#close(true);
		this.#webSocket?.terminate();
		this.#raw?.destroy();
	}

	#tell(error: unknown): void {
		if (!this.#isClosed && this.listenerCount('error') > 0) {
			this.emit('error', error instanceof Error ? error : new Error(messageOf(error)));
		}
	}

	#tellFlushed(): void {
		if (this.#unwritten === 0 || this.#isClosed) {
			this.#onFlushed?.();
			this.#onFlushed = undefined;
		}
	}

	#close(hadError: boolean): void {
		if (!this.#isClosed) {
			this.#isClosed = true;
			this.#tellFlushed();
			this.emit('close', hadError);
		}
	}
}

/** Where pings come faster than pongs can be written, only the last one is answered (RFC 6455 §5.5.3 allows it). */
function answerPings(webSocket: WebSocket): void {
	let isWriting = false;
	let newest: Buffer | undefined;
	const answer = (data: Buffer) => {
		isWriting = true;
		webSocket.pong(data, true, () => {
			isWriting = false;
			const next = newest;
			newest = undefined;
			if (next && webSocket.readyState === webSocket.OPEN) {
				answer(next);
			}
		});
	};
	webSocket.on('ping', data => {
		if (isWriting) {
			newest = data;
		} else if (webSocket.readyState === webSocket.OPEN) {
			answer(data);
		}
	});
}
