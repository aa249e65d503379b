import {randomUUID} from 'node:crypto';
import type {Clock, Dispose} from '../shared/clock.js';
import {messageOf, XmppcError} from '../shared/errors.js';
import {bareOf, domainOf, type FullJid, type Jid, parseJid} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import {attributeOf, children, createElement, type Element, nameOf, namespaceOf} from './element.js';
import type {Session} from './session.js';
import {createStanzaError, isStanzaError, StanzaError, stanzaErrorOf} from './stanza-error.js';

export type IqType = 'get' | 'set';

/** A request somebody sent us. */
export type IqRequest = {
	/** Absent: our own account asks through the server (RFC 6120 §8.1.2.1). */
	readonly from?: Jid;
	readonly type: IqType;
	readonly payload: Element;
};

/**
 * Answers a request: with a payload, or without one. What it throws becomes the error answer, a `refusal(…)` with its
 * condition and anything else as `internal-server-error`.
 */
export type IqAnswer = (request: IqRequest) => Element | undefined | Promise<Element | undefined>;

/** Requests and answers of one session (RFC 6120 §8.2.3). */
export type Iq = {
	/**
	 * Asks `to`, or without it the own account, and resolves with the payload of the answer, if it has one. Rejects with
	 * a {@link StanzaError}, or with `iq-timeout`, `disconnected` or `iq-overload`. `timeout` is in milliseconds.
	 */
	request(
		to: Jid | undefined,
		type: IqType,
		payload: Element,
		options?: {readonly timeout?: number},
	): Promise<Element | undefined>;
	/** Answers requests with this payload from now on. Each may be registered once. */
	register(namespace: string, name: string, type: IqType, answer: IqAnswer): Dispose;
	/** Takes an iq that arrived; its sender is valid and normalised already. */
	receive(stanza: Element): void;
};

const defaultTimeout = 30_000;
const mostPending = 1000;

type Pending = {
	readonly to: Jid | undefined;
	resolve(payload: Element | undefined): void;
	reject(error: Error): void;
};

/** The iq of a session; all that is pending is rejected when it ends. */
export function createIq({
	session,
	clock,
	log,
}: {
	readonly session: Pick<Session, 'jid' | 'send' | 'onEnd'>;
	readonly clock: Clock;
	readonly log: Log;
}): Iq {
	const pending = new Map<string, Pending>();
	const answers = new Map<string, IqAnswer>();
	let ended = false;
	session.onEnd(() => {
		ended = true;
		for (const [id, request] of [...pending]) {
			pending.delete(id);
			request.reject(disconnected(request.to));
		}
	});

	function receiveAnswer(stanza: Element, from: Jid | undefined): void {
		const request = pending.get(attributeOf(stanza, 'id') ?? '');
		if (request === undefined) {
			return;
		}

		if (!mayAnswer(request.to, from, session.jid)) {
			// Anybody can guess or overhear an id; only the entity asked may use it. Keep waiting for it.
			log.note('iq', 'an answer came from another address than was asked: ignored');
			return;
		}

		if (attributeOf(stanza, 'type') === 'result') {
			request.resolve(children(stanza)[0]);
		} else {
			request.reject(new StanzaError(stanzaErrorOf(stanza), `${request.to ?? 'The server'} refused the request`));
		}
	}

	async function answerRequest(stanza: Element, type: IqType, from: Jid | undefined): Promise<void> {
		const id = attributeOf(stanza, 'id');
		if (id === undefined || id === '') {
			return;
		}

		const {payload, error} = await outcomeOf(stanza, type, from);
		if (ended) {
			return;
		}

		try {
			session.send(createElement('iq', {type: error ? 'error' : 'result', id, to: from}, payload, error));
		} catch (failure) {
			// Most likely a character that XML cannot carry. The other side gets its one answer all the same.
			log.note('iq', `an answer could not be written: ${messageOf(failure)}`);
			session.send(createElement('iq', {type: 'error', id, to: from}, createStanzaError('internal-server-error')));
		}
	}

	async function outcomeOf(
		stanza: Element,
		type: IqType,
		from: Jid | undefined,
	): Promise<{readonly payload?: Element | undefined; readonly error?: Element}> {
		const [payload, second] = children(stanza);
		if (payload === undefined || second !== undefined) {
			return {error: createStanzaError('bad-request')};
		}

		const answer = answers.get(keyOf(namespaceOf(payload), nameOf(payload), type));
		if (answer === undefined) {
			return {error: createStanzaError('service-unavailable')};
		}

		try {
			return {payload: await answer({...(from === undefined ? {} : {from}), type, payload})};
		} catch (error) {
			if (isStanzaError(error)) {
				return {error: createStanzaError(error.condition, error.type)};
			}

			log.note('iq', `answering ${nameOf(payload)} failed: ${messageOf(error)}`);
			return {error: createStanzaError('internal-server-error')};
		}
	}

	return {
		async request(to, type, payload, {timeout = defaultTimeout} = {}) {
			if (ended) {
				throw disconnected(to);
			}

			if (pending.size >= mostPending) {
				throw new XmppcError({
					code: 'iq-overload',
					kind: 'temporary',
					message: `More than ${mostPending} requests wait for an answer, so ${to ?? 'the server'} was not asked.`,
					hint: 'Wait a little and try again.',
				});
			}

			const id = randomUUID();
			const answer = new Promise<Element | undefined>((resolve, reject) => {
				const cancel = clock.after(timeout, () => {
					pending.delete(id);
					reject(timedOut(to, timeout));
				});
				const settle = () => {
					pending.delete(id);
					cancel();
				};
				pending.set(id, {
					to,
					resolve(result) {
						settle();
						resolve(result);
					},
					reject(error) {
						settle();
						reject(error);
					},
				});
			});
			try {
				session.send(createElement('iq', {type, id, to}, payload));
			} catch (error) {
				pending.get(id)?.reject(error instanceof Error ? error : new Error(messageOf(error)));
			}

			return answer;
		},
		register(namespace, name, type, answer) {
			const key = keyOf(namespace, name, type);
			if (answers.has(key)) {
				throw new XmppcError({
					code: 'internal',
					kind: 'bug',
					message: `Two extensions want to answer ${type} requests for ${name} in ${namespace}.`,
				});
			}

			answers.set(key, answer);
			return () => {
				if (answers.get(key) === answer) {
					answers.delete(key);
				}
			};
		},
		receive(stanza) {
			const from = attributeOf(stanza, 'from');
			const sender = from === undefined ? undefined : parseJid(from);
			const type = attributeOf(stanza, 'type');
			if (type === 'result' || type === 'error') {
				receiveAnswer(stanza, sender);
			} else if (type === 'get' || type === 'set') {
				// An iq without a type we know is malformed, and gets no answer.
				answerRequest(stanza, type, sender).catch(error => {
					log.note('iq', `an answer could not be sent: ${messageOf(error)}`);
				});
			}
		},
	};
}

function keyOf(namespace: string, name: string, type: IqType): string {
	return `${type} ${name} ${namespace}`;
}

/**
 * Whether an answer from `from` is one to a request to `to`. Servers differ in how they sign what they answer for an
 * account: not at all (Prosody), with its bare JID (ejabberd), some with the full JID or their own domain. Only the own
 * server can deliver a stanza without sender.
 */
function mayAnswer(to: Jid | undefined, from: Jid | undefined, own: FullJid): boolean {
	const account = bareOf(own);
	const domain = domainOf(own);
	if (to === undefined || to === account) {
		return from === undefined || from === account || from === own || from === domain;
	}

	return from === to || (from === undefined && (to === domain || to === own));
}

function disconnected(to: Jid | undefined): XmppcError {
	return new XmppcError({
		code: 'disconnected',
		kind: 'temporary',
		message: `The connection ended before ${to ?? 'the server'} answered.`,
		hint: 'Try again when the account is online.',
	});
}

function timedOut(to: Jid | undefined, timeout: number): XmppcError {
	return new XmppcError({
		code: 'iq-timeout',
		kind: 'temporary',
		message: `${to ?? 'The server'} did not answer within ${Math.round(timeout / 1000)} seconds.`,
		hint: 'Try again later.',
	});
}
