import {randomUUID} from 'node:crypto';
import {clientNamespace, createElement, type Element, isElement} from './element.js';
import {type SentStanza, type StreamManagement, streamManagementNamespace} from './stream-management.js';

/** How written stanzas come to be known as received by the server. */
export type Acknowledgement = {
	sent(stanza: SentStanza): void;
	/**
	 * What to write to ask; `undefined` where an answer is on its way already, or nothing waits for one and the question
	 * is not just whether the server is still there.
	 */
	question(isProbe?: boolean): Element | undefined;
	/** Takes an element that belongs to this way of acknowledging; anything else is `not-mine`. */
	take(element: Element): 'taken' | 'not-mine' | 'too-high' | 'malformed';
	/** Stanzas that are not acknowledged, oldest first. */
	readonly unacknowledged: readonly SentStanza[];
};

/** XEP-0198: the server counts. Every question is answered by its own `<a/>`, so asking again is always allowed. */
export function acknowledgementByCount(sm: StreamManagement): Acknowledgement {
	return {
		sent: stanza => sm.sent(stanza),
		question: isProbe =>
			isProbe || sm.unacknowledged.length > 0 ? createElement('r', {xmlns: streamManagementNamespace}) : undefined,
		take(element) {
			if (!isElement(element, 'a', streamManagementNamespace)) {
				return 'not-mine';
			}

			const outcome = sm.acknowledged(element.attrs.h);
			return outcome === 'ok' ? 'taken' : outcome;
		},
		get unacknowledged() {
			return sm.unacknowledged;
		},
	};
}

/** Without XEP-0198: what was written before a ping (XEP-0199) has arrived when the server answers the ping. */
export function acknowledgementByPing(domain: string, before: readonly SentStanza[] = []): Acknowledgement {
	let waiting = [...before];
	let ping: {readonly id: string; readonly covers: number} | undefined;
	return {
		sent(stanza) {
			waiting.push(stanza);
		},
		question(isProbe) {
			if (ping || (waiting.length === 0 && !isProbe)) {
				return undefined;
			}

			ping = {id: randomUUID(), covers: waiting.length};
			return createElement(
				'iq',
				{type: 'get', to: domain, id: ping.id},
				createElement('ping', {xmlns: 'urn:xmpp:ping'}),
			);
		},
		take(element) {
			const {id, type, from} = element.attrs;
			const isAnswer = isElement(element, 'iq', clientNamespace) && (type === 'result' || type === 'error');
			// The id is unguessable, but an answer in the name of somebody else is still not one.
			if (!ping || !isAnswer || id !== ping.id || (from !== undefined && from !== domain)) {
				return 'not-mine';
			}

			const acked = waiting.slice(0, ping.covers);
			waiting = waiting.slice(ping.covers);
			ping = undefined;
			for (const {onAcked} of acked) {
				onAcked();
			}

			return 'taken';
		},
		get unacknowledged() {
			return waiting;
		},
	};
}
