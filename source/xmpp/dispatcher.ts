import type {Dispose} from '../shared/clock.js';
import {messageOf} from '../shared/errors.js';
import {bareOf, type FullJid, parseJid} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import {attributeOf, clientNamespace, type Element, isElement} from './element.js';
import type {Iq} from './iq.js';

/** Takes messages that came in a row, before anything later is looked at. */
export type MessageListener = (messages: readonly Element[]) => void;
export type PresenceListener = (presence: Element) => void;

/** Brings each stanza to those who take its kind, in stream order. */
export type Dispatcher = {
	/**
	 * Takes one parsed read, synchronously, so that all of it can be one transaction. Throws what a message listener threw,
	 * because then a message may not have been recorded and must not be acknowledged.
	 */
	dispatch(stanzas: readonly Element[]): void;
	/** Listeners are called one after the other, in the order they came. */
	onMessage(listener: MessageListener): Dispose;
	/** A listener that throws is noted in the log; the others are called all the same. */
	onPresence(listener: PresenceListener): Dispose;
};

/**
 * Makes a dispatcher for the session of `own`. What is not for us, or from an address that is none, goes no further
 * (`protocol.md` rows 35 and 70). From here on, `from` and `to` are normalised: equal addresses are equal strings.
 */
export function createDispatcher({
	own,
	iq,
	log,
}: {
	readonly own: FullJid;
	readonly iq: Pick<Iq, 'receive'>;
	readonly log: Log;
}): Dispatcher {
	const messageListeners = new Set<{readonly listener: MessageListener}>();
	const presenceListeners = new Set<{readonly listener: PresenceListener}>();
	const account = bareOf(own);

	function tellMessages(messages: readonly Element[]): void {
		for (const {listener} of [...messageListeners]) {
			listener(messages);
		}
	}

	function tellPresence(presence: Element): void {
		for (const {listener} of [...presenceListeners]) {
			try {
				listener(presence);
			} catch (error) {
				log.note('dispatcher', `a presence listener failed: ${messageOf(error)}`);
			}
		}
	}

	/** Whether the addresses are acceptable; brings them to their one form. */
	function normaliseAddresses(stanza: Element): boolean {
		for (const name of ['from', 'to']) {
			const text = attributeOf(stanza, name);
			if (text !== undefined) {
				const jid = parseJid(text);
				if (jid === undefined) {
					log.note('dispatcher', `dropped a stanza with an invalid ${name} address`);
					return false;
				}

				stanza.attrs[name] = jid;
			}
		}

		if (!isForUs(stanza)) {
			log.note('dispatcher', 'dropped a stanza addressed to somebody else');
			return false;
		}

		return true;
	}

	/**
	 * What servers kept for a resource that is gone they bring to the next one, and not all of them change the address. A
	 * question or a presence for another resource is nobody's business here.
	 */
	function isForUs(stanza: Element): boolean {
		const to = attributeOf(stanza, 'to');
		const isOwn = to === undefined || to === own || to === account;
		return isOwn || (isElement(stanza, 'message', clientNamespace) && to.split('/', 1)[0] === account);
	}

	return {
		dispatch(stanzas) {
			let messages: Element[] = [];
			const flush = () => {
				if (messages.length > 0) {
					const run = messages;
					messages = [];
					tellMessages(run);
				}
			};

			for (const stanza of stanzas) {
				if (!normaliseAddresses(stanza)) {
					continue;
				}

				if (isElement(stanza, 'message', clientNamespace)) {
					messages.push(stanza);
				} else if (isElement(stanza, 'presence', clientNamespace)) {
					// The answer that ends an archive page, or a presence, must not overtake the messages before it.
					flush();
					tellPresence(stanza);
				} else if (isElement(stanza, 'iq', clientNamespace)) {
					flush();
					iq.receive(stanza);
				} else {
					log.note('dispatcher', 'dropped an element that is no stanza');
				}
			}

			flush();
		},
		onMessage: listener => addTo(messageListeners, {listener}),
		onPresence: listener => addTo(presenceListeners, {listener}),
	};
}

function addTo<Entry>(entries: Set<Entry>, entry: Entry): Dispose {
	entries.add(entry);
	return () => {
		entries.delete(entry);
	};
}
