import type {Clock} from '../shared/clock.js';
import type {Problem} from '../shared/errors.js';
import {connectionLost, type Whereabouts} from './connection-problems.js';
import {type StreamCondition, streamErrorText} from './stream-error.js';
import type {StreamSocket} from './transport.js';

export type StreamClosingParts = {
	readonly clock: Pick<Clock, 'after'>;
	/** What ends our side of the stream. */
	readonly closingTag: string;
	readonly where: () => Whereabouts;
	/** That of @xmpp/connection. */
	readonly status: () => string;
	readonly socket: () => Pick<StreamSocket, 'destroy' | 'end' | 'finish' | 'once' | 'resume'> | undefined;
	/** Writes elements, each given as text; empty texts are none. */
	readonly transmit: (elements: readonly string[]) => void;
	/** Whether a step of the login still waits for what the server says. */
	readonly isNegotiating: () => boolean;
	/** Runs once, when the stream fails or the server ends it; not after {@link StreamClosing.close}. */
	readonly onFailure: (problem: Problem) => void;
};

/** How a stream ends (RFC 6120 §4.4, §4.9), whichever side begins with it. Only the first end counts. */
export type StreamClosing = {
	/** Nothing more is written, and nothing that still comes is taken. */
	readonly isOver: boolean;
	/** It is over, and not even the closing tag of the server is waited for. */
	readonly isDeaf: boolean;
	/** With a condition, the server is told; `application` is the specific condition as XML. */
	fail(problem: Problem, condition?: StreamCondition, application?: string): void;
	/** Drops the connection without a word. */
	breakOff(problem: Problem): void;
	/**
	 * Writes `lastWords` and our closing tag. Resolves when the server has closed the stream too, or, where that `isEnough`,
	 * as soon as our last bytes are with the system; after `patience` milliseconds in any case, two seconds where absent.
	 */
	close(lastWords: string, isEnough: boolean, patience?: number): Promise<void>;
	/** The server wrote its closing tag. RFC 6120 §4.4: it gets ours, and then the connection goes. */
	serverClosed(): void;
	/** The connection is gone. */
	disconnected(): void;
};

const closePatience = 2000;

/** Statuses of @xmpp/connection in which our stream header is out and the connection stands. */
const headerIsOut: ReadonlySet<string> = new Set(['opening', 'open', 'online', 'close']);

/** For a stream that has not ended yet. */
export function createStreamClosing(parts: StreamClosingParts): StreamClosing {
	let isOver = false;
	let onClosed: (() => void) | undefined;

	/** Half-closes the connection, and cuts it where the server does not do the same in time. */
	const hangUp = (patience: number, flushed?: () => void) => {
		const socket = parts.socket();
		if (!socket) {
			onClosed?.();
			return;
		}

		const stopWaiting = parts.clock.after(patience, () => {
			socket.destroy();
			onClosed?.();
		});
		socket.once('close', stopWaiting);
		// What is still unread would keep the end of the connection from being seen.
		socket.resume();
		socket.end(flushed);
	};

	const fail = (problem: Problem, condition?: StreamCondition, application = '') => {
		if (isOver) {
			return;
		}

		if (headerIsOut.has(parts.status())) {
			parts.transmit([condition ? streamErrorText(condition, application) : '', parts.closingTag]);
			isOver = true;
			hangUp(closePatience);
		} else {
			isOver = true;
			parts.socket()?.destroy();
		}

		parts.onFailure(problem);
	};

	/** What came in the same read, such as `<failure/>`, says more than the end of the connection behind it. */
	const afterLastStep = (run: () => void) => {
		if (parts.isNegotiating()) {
			setImmediate(run);
		} else {
			run();
		}
	};

	return {
		get isOver() {
			return isOver;
		},
		get isDeaf() {
			return isOver && !onClosed;
		},
		fail,
		breakOff(problem) {
			if (!isOver) {
				isOver = true;
				parts.socket()?.destroy();
				parts.onFailure(problem);
			}
		},
		close(lastWords, isEnough, patience = closePatience) {
			if (isOver) {
				return Promise.resolve();
			}

			parts.transmit([lastWords, parts.closingTag]);
			isOver = true;
			return new Promise(resolve => {
				onClosed = resolve;
				hangUp(patience, isEnough ? resolve : undefined);
			});
		},
		serverClosed() {
			if (onClosed) {
				onClosed();
				parts.socket()?.finish();
			} else {
				afterLastStep(() => fail(connectionLost(parts.where(), 'the server closed the stream')));
			}
		},
		disconnected() {
			onClosed?.();
			afterLastStep(() => fail(connectionLost(parts.where())));
		},
	};
}
