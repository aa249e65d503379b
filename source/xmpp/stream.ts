import {Client} from '@xmpp/client-core';
import {type Problem, problemOf} from '../shared/errors.js';
import {type BareJid, domainpartOf, type FullJid, parseFullJid} from '../shared/jid.js';
import {transportWith} from './client-transport.js';
import {connectionProblem, notXmpp, type Whereabouts} from './connection-problems.js';
import {type Element, isElement} from './element.js';
import {createNegotiationQueue} from './negotiation-queue.js';
import {logElement, logName, type Witnesses} from './redaction.js';
import {redirectionIn} from './redirection.js';
import type {Endpoint} from './resolver.js';
import {serialize} from './serialize.js';
import {createStreamClosing, type StreamClosing} from './stream-closing.js';
import {malformedStream, readStreamError, type StreamCondition, streamNamespace} from './stream-error.js';
import {isStreamReader, rootedLayout, type StreamLayout, type StreamReader} from './stream-layout.js';
import {StreamSocket, type TransportPolicy} from './transport.js';
import {XmlFault} from './xml-fault.js';

/** Takes the elements of one read, in stream order, once the stream is online. */
export type ElementSink = (elements: readonly Element[]) => void;

export type StreamOptions = Witnesses & {
	readonly jid: BareJid;
	readonly policy: TransportPolicy;
	/** Runs once, when the stream fails or the server ends it; not after {@link Stream.close}. */
	readonly onFailure: (problem: Problem) => void;
	/** Where a session that began on it may be gone on with, as the server itself would name the place. */
	readonly url?: string | undefined;
	/** Absent: one document, as over TCP. */
	readonly layout?: StreamLayout | undefined;
};

/**
 * One XMPP stream over one connection: @xmpp/client-core drives socket, header and parser; this class replaces what is
 * unsafe in it. Bytes are decoded strictly, every exception on the way in ends the stream instead of the process,
 * redirections are refused, and after binding no element passes @xmpp/middleware.
 */
export class Stream extends Client<Endpoint> {
	/** Where the connection leads, for error messages. */
	where: Whereabouts;
	boundJid: FullJid | undefined;
	/** Where the server sent us, under the protection of TLS; in the clear anybody could have said so. */
	redirection: string | undefined;
	/** See {@link StreamOptions.url}. */
	readonly url: string | undefined;
	readonly #options: StreamOptions;
	readonly #layout: StreamLayout;
	readonly #closing: StreamClosing;
	readonly #arrived = createNegotiationQueue();
	#sink: ElementSink | undefined;
	#read: Element[] = [];
	/** The server's first header has come: it is one. */
	#hasSpoken = false;
	#pipelined: (() => readonly Element[]) | undefined;

	constructor(options: StreamOptions) {
		const domain = domainpartOf(options.jid);
		super({domain, lang: 'en'});
		this.#options = options;
		this.#layout = options.layout ?? rootedLayout;
		this.url = options.url;
		this.where = {domain, host: domain, port: 0};
		// The time-outs of the Clock port take the place of the package's own.
		this.timeout = 0;
		const Reader = this.#layout.reader(uri => {
			this.redirection = uri;
		});
		this.transports.push(transportWith(options.policy, Reader));
		this.#closing = createStreamClosing({
			clock: options.policy.clock,
			closingTag: this.#layout.closing,
			where: () => this.where,
			status: () => this.status,
			socket: () => this.streamSocket,
			transmit: elements => this.transmit(elements),
			isNegotiating: () => this.#sink === undefined,
			onFailure: options.onFailure,
		});
		this.on('open', () => {
			this.#hasSpoken = true;
		});
		this.on('error', (error: unknown) => this.fail(error));
		this.on('open', (header: Element) => this.#checkVersion(header));
		this.on('close', () => this.#closing.serverClosed());
		this.on('disconnect', () => this.#closing.disconnected());
	}

	/** Whether the server went on talking behind the element that {@link next} gave last. */
	get hasMore(): boolean {
		return this.#arrived.length > 0 || (this.#parser?.pending ?? 0) > 0;
	}

	get #parser(): StreamReader | undefined {
		return isStreamReader(this.parser) ? this.parser : undefined;
	}

	get streamSocket(): StreamSocket | undefined {
		return this.socket instanceof StreamSocket ? this.socket : undefined;
	}

	/** Writes elements in one piece, each given as text; after the end of the stream nothing is written. */
	transmit(elements: readonly string[]): void {
		if (this.#closing.isOver) {
			return;
		}

		for (const text of this.#layout.writes(elements)) {
			this.streamSocket?.write(text);
		}
	}

	/** Writes one element of the negotiation; only its name is logged. */
	override async send(element: Element): Promise<void> {
		await this.sendMany([element]);
	}

	/** Writes elements of the negotiation, of which only the names are logged, and stanzas behind them, in one piece. */
	override async sendMany(elements: readonly Element[], stanzas: readonly Element[] = []): Promise<void> {
		for (const element of elements) {
			logName(this.#options, '>', element);
		}

		for (const stanza of stanzas) {
			logElement(this.#options, '>', stanza);
		}

		this.transmit([...elements, ...stanzas].map(element => serialize(element)));
	}

	/** The next element of the negotiation that is neither features nor a stream error. */
	next(): Promise<Element> {
		return this.#arrived.next();
	}

	/** Features behind the first ones are kept for {@link nextFeatures}: SASL2 brings new ones without a restart (XEP-0388). */
	queueFeatures(): void {
		this.#arrived.queueFeatures();
	}

	/** Writes what `write` gives right behind the first header that TLS protects. */
	pipeline(write: () => readonly Element[]): void {
		this.#pipelined = write;
	}

	/** The features of after the login; what else came before them stays for later. */
	nextFeatures(): Promise<Element> {
		return this.#arrived.nextFeatures();
	}

	/** From now on elements go to `sink`, those first that came right behind the last step of the negotiation. */
	deliverTo(sink: ElementSink): void {
		this.#sink = sink;
		const early = this.#arrived.drain();
		if (early.length > 0) {
			sink(early);
		}
	}

	/**
	 * Ends the stream because of `error`; with a condition, the server is told, and `application` is the specific
	 * condition as XML. Only the first call counts.
	 */
	fail(error: unknown, condition?: StreamCondition, application = ''): void {
		if (error instanceof XmlFault) {
			const {domain} = this.where;
			const message = `The server of ${domain} sent XML that cannot be accepted: ${error.detail}.`;
			this.#closing.fail(this.#hasSpoken ? {...problemOf(error), message} : notXmpp(this.where), error.condition);
		} else {
			this.#closing.fail(connectionProblem(error, this.where), condition, application);
		}
	}

	/** Drops the connection without a word, so that the server keeps the session for a while (XEP-0198 §5). */
	breakOff(problem: Problem): void {
		this.#closing.breakOff(problem);
	}

	/**
	 * Closes the stream from our side. Resolves when the server has closed it too, or, where that `isEnough`, as soon as
	 * our last bytes are with the system; after `patience` milliseconds in any case.
	 */
	close(lastWords: string, isEnough: boolean, patience?: number): Promise<void> {
		return this.#closing.close(lastWords, isEnough, patience);
	}

	override header(element: Element): string {
		// RFC 6120 §4.7.1: who we are is said only under the protection of TLS.
		if (this.isSecure()) {
			element.attrs.from = this.#options.jid;
		}

		return this.#layout.beginning?.(element) ?? super.header(element);
	}

	/**
	 * The header is written when this returns, and what is to be pipelined with it. A server that reads both at once answers
	 * both at once; else its second answer may wait for our system to acknowledge the first one.
	 */
	override open(options: Parameters<Client['open']>[0]): Promise<Element> {
		const behind = this.isSecure() ? this.#pipelined : undefined;
		if (!behind) {
			return super.open(options);
		}

		this.#pipelined = undefined;
		this.streamSocket?.cork();
		const opened = super.open(options);
		void this.sendMany(behind());
		this.streamSocket?.uncork();
		return opened;
	}

	override restart(): Promise<Element> {
		// What the old stream still said does not belong to the new one (RFC 6120 §4.3.3).
		this.#arrived.restart();
		return super.restart();
	}

	override _onData(data: Uint8Array): void {
		if (this.#closing.isDeaf) {
			return;
		}

		this.#read = [];
		try {
			this.#parser?.writeBytes(data);
		} catch (error) {
			this.fail(error, 'bad-format');
		}

		try {
			this.#flushRead();
		} catch (error) {
			this.fail(error, 'internal-server-error');
		}
	}

	override _onElement(element: Element): void {
		if (this.#closing.isOver) {
			return;
		}

		if (isElement(element, 'error', streamNamespace)) {
			this.redirection = this.isSecure() ? redirectionIn(element) : undefined;
			this.#closing.fail(readStreamError(element, this.where.domain));
		} else if (this.#sink) {
			logElement(this.#options, '<', element);
			this.#read.push(element);
		} else {
			this.#negotiate(element);
		}
	}

	#negotiate(element: Element): void {
		const outcome = this.#arrived.take(element, this.isSecure());
		if (outcome === 'too-many') {
			this.fail(malformedStream('policy-violation', this.where.domain, 'too much before the login was done'));
		} else if (outcome === 'waits') {
			logName(this.#options, '<', element);
		} else {
			logElement(this.#options, '<', element);
			if (outcome === 'first-features') {
				this.emit('element', element);
			}
		}
	}

	/** The package's answer to every parser error is `bad-format`; ours follows in {@link fail}. */
	override async _streamError(): Promise<void> {}

	override _jid(text: string): FullJid {
		const jid = parseFullJid(text);
		if (!jid) {
			throw malformedStream('bad-format', this.where.domain, 'it bound an invalid address');
		}

		this.boundJid = jid;
		return jid;
	}

	/** RFC 6120 §4.7.5: without a version there are no features either, and to wait for them would be in vain. */
	#checkVersion(header: Element): void {
		if (!/^[1-9]\d*\.\d+$/.test(header.attrs.version ?? '')) {
			this.fail(
				malformedStream('unsupported-version', this.where.domain, 'it does not speak XMPP 1.0'),
				'unsupported-version',
			);
		}
	}

	#flushRead(): void {
		if (this.#sink && this.#read.length > 0) {
			this.#sink(this.#read);
		}
	}
}
