import {EventEmitter} from 'node:events';
import type net from 'node:net';
import type {Clock} from '../shared/clock.js';
import {messageOf, XmppcError} from '../shared/errors.js';
import type {CertificatePolicy} from './certificate.js';
import type {ChannelBindingType} from './channel-binding.js';
import {connectionLost, tlsFailed, type Whereabouts} from './connection-problems.js';
import type {Endpoint} from './resolver.js';
import {beginTls, type TransportSecurity} from './tls-connection.js';

/** How every connection of one account is made, whatever the endpoint. */
export type TransportPolicy = {
	readonly certificate: CertificatePolicy;
	/** PEM text of the authorities that are trusted instead of Node's. */
	readonly ca?: string;
	/** Makes a connection over TCP to the endpoint. */
	readonly dial: () => Promise<net.Socket>;
	readonly clock: Clock;
	readonly socketClass?: SocketClass;
};

/** What one attempt to connect is made over; the socket alone says whether it is secure. */
export type SocketClass = new (policy: TransportPolicy) => StreamSocket;

type SocketEvents = {connect: []; data: [Buffer]; error: [Error]; close: [boolean]};

/**
 * The socket that @xmpp/connection drives: TCP, then TLS either from the first byte or when {@link startTls} is called,
 * with the certificate judged before anything is written over it. Emits at most one `error`, and `close` once.
 */
export class StreamSocket extends EventEmitter<SocketEvents> {
	/** Read by @xmpp/connection: whether TLS protects what is written. */
	secure = false;
	security: TransportSecurity | undefined;
	/** What a login can be tied to this connection with; of no type before TLS. */
	bindingData: (type: ChannelBindingType) => Buffer | undefined = () => undefined;
	readonly #policy: TransportPolicy;
	#where: Whereabouts;
	#socket: net.Socket | undefined;
	#isClosed = false;
	/** Since TLS began. */
	#writes = 0;

	constructor(policy: TransportPolicy) {
		super();
		this.#policy = policy;
		this.#where = {domain: policy.certificate.domain, host: policy.certificate.domain, port: 0};
	}

	connect(endpoint: Endpoint): void {
		this.#where = {domain: this.#policy.certificate.domain, host: endpoint.host, port: endpoint.port};
		this.#policy.dial().then(
			socket => this.#begin(socket, endpoint.directTls),
			(error: unknown) => this.#fail(error),
		);
	}

	/**
	 * Turns the connection into TLS after `<proceed/>`.
	 *
	 * @throws {XmppcError} `tls-failed` or what is wrong with the certificate; the socket is destroyed then.
	 */
	async startTls(): Promise<void> {
		const socket = this.#socket;
		if (!socket || this.secure) {
			throw new XmppcError(connectionLost(this.#where));
		}

		socket.off('data', this.#onData);
		// What lies here already was sent in the clear and must not be taken for something TLS protected.
		if (socket.readableLength > 0) {
			throw new XmppcError(tlsFailed(this.#where, 'unprotected data came where TLS was to begin'));
		}

		await this.#secure(socket);
	}

	write(text: string, done?: (error?: Error | null) => void): void {
		if (!this.#socket || this.#isClosed) {
			done?.(new XmppcError(connectionLost(this.#where)));
			return;
		}

		this.#writes += 1;
		this.#socket.write(text, done);
	}

	/** What is written until {@link uncork} leaves in one piece: in one TLS record, which a server reads at once. */
	cork(): void {
		this.#socket?.cork();
	}

	uncork(): void {
		this.#socket?.uncork();
	}

	/** Stops reading until {@link resume}: the peer is slowed down by TCP. */
	pause(): void {
		this.#socket?.pause();
	}

	resume(): void {
		this.#socket?.resume();
	}

	/** Writes what is pending, then closes our half. `flushed` runs when the system has taken the last byte. */
	end(flushed?: () => void): void {
		if (this.#socket && !this.#isClosed) {
			this.#socket.end(flushed);
		} else {
			flushed?.();
		}
	}

	/** Closes the connection where both sides have closed the stream. */
	finish(): void {
		this.destroy();
	}

	/** Cuts the connection. */
	destroy(): void {
		if (this.#socket) {
			this.#socket.destroy();
		} else {
			this.#close(false);
		}
	}

	#begin(socket: net.Socket, directTls: boolean): void {
		this.#socket = socket;
		if (this.#isClosed) {
			socket.destroy();
			return;
		}

		socket.setNoDelay(true);
		socket.on('error', this.#onError);
		socket.on('close', this.#onClose);
		if (directTls) {
			this.#secure(socket, ['xmpp-client']).then(
				() => this.emit('connect'),
				(error: unknown) => this.#fail(error),
			);
		} else {
			socket.on('data', this.#onData);
			this.emit('connect');
		}
	}

	async #secure(socket: net.Socket, protocols?: readonly string[]): Promise<void> {
		// Errors and the end of the raw socket arrive through the TLS socket from here on.
		socket.off('error', this.#onError);
		socket.off('close', this.#onClose);
		this.#writes = 0;
		const {certificate, ca, clock} = this.#policy;
		const {socket: secured, handshake} = beginTls(socket, {
			certificate,
			ca,
			clock,
			where: this.#where,
			...(protocols ? {protocols} : {}),
			onTicket: () => setImmediate(this.#acknowledgeTickets),
		});
		this.#socket = secured;
		const {security, bindingData} = await handshake;
		secured.on('error', this.#onError);
		secured.on('close', this.#onClose);
		this.secure = true;
		this.security = security;
		this.bindingData = bindingData;
		secured.on('data', this.#onData);
	}

	/**
	 * After the handshake OpenSSL servers write two session tickets, then what answers our stream header. Where Nagle's
	 * algorithm is on (Prosody's default) the answer waits until we acknowledge each ticket, which Linux puts off
	 * for 40 ms unless there is something to write: a space behind the stream header (RFC 6120 §4.6.1 allows it there),
	 * and nowhere else. Not in the event itself: OpenSSL is in the middle of reading then.
	 */
	readonly #acknowledgeTickets = () => {
		if (this.#writes === 1 && !this.#isClosed) {
			this.#socket?.write(' ');
		}
	};

	readonly #onData = (data: Buffer) => {
		this.emit('data', data);
	};

	readonly #onError = (error: Error) => {
		this.#fail(error);
	};

	readonly #onClose = (hadError: boolean) => {
		this.#close(hadError);
	};

	#fail(error: unknown): void {
		if (!this.#isClosed && this.listenerCount('error') > 0) {
			this.emit('error', error instanceof Error ? error : new Error(messageOf(error)));
		}

		this.#close(true);
		this.#socket?.destroy();
	}

	#close(hadError: boolean): void {
		if (!this.#isClosed) {
			this.#isClosed = true;
			this.emit('close', hadError);
		}
	}
}
