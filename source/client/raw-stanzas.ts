/**
 * The stanzas in which an account's last messages crossed the wire, for whoever wants to see the XML of one. In memory
 * only: nothing of it is written to disk or to the log.
 *
 * A stanza belongs to the key under which its message was recorded, never to an id: ids are chosen by others, and whoever
 * reuses one must not put words into somebody else's message.
 */
import type {Event} from '../model/events.js';
import type {Message} from '../model/message.js';
import {stanzasKept} from '../model/message-actions.js';
import type {BareJid} from '../shared/jid.js';
import {type Element, outermost} from '../xmpp/element.js';
import {parseElement} from '../xmpp/parser.js';
import {readableXml} from '../xmpp/readable-xml.js';
import {serialize} from '../xmpp/serialize.js';

/** What an entry takes besides its text, octets, measured and rounded up. */
const entryOctets = 320;

export type RawStanzas = {
	/** The stanza that a message came in, whatever is around it, or went out in: the last one counts. */
	keep(message: Message, stanza: Element | string): void;
	/** What is kept of a message, as `readableXml`. */
	xmlOf(key: number): string | undefined;
	/** Forgets what is to be forgotten because of an Event. */
	hear(event: Event): void;
};

export type RawStanzasPorts = {
	readonly account: BareJid;
	/** Whether the text of what was taken back is forgotten. */
	readonly forgetsRetracted?: (() => boolean) | undefined;
};

/**
 * Texts rather than elements: an element takes six times the room of its text, and may hold on to all that was read from
 * the socket together with it, so that no bound on its size would be true.
 */
export function createRawStanzas({account, forgetsRetracted}: RawStanzasPorts): RawStanzas {
	/** The oldest first. */
	const kept = new Map<number, Buffer>();
	let octets = 0;

	const forget = (key: number) => {
		octets -= sizeOf(kept.get(key));
		kept.delete(key);
	};

	const isForgotten = ({retracted}: Pick<Message, 'retracted'>) =>
		retracted !== undefined && forgetsRetracted?.() === true;

	return {
		keep(message, stanza) {
			const {key, hidden} = message;
			forget(key);
			// What only changed another one is not looked at by itself.
			if (hidden === true || isForgotten(message)) {
				return;
			}

			const text = typeof stanza === 'string' ? stanza : serialize(outermost(stanza));
			const length = Buffer.byteLength(text);
			if (length > stanzasKept.longest) {
				return;
			}

			// Not out of the pool: a slice of that would keep all of it.
			const bytes = Buffer.allocUnsafeSlow(length);
			bytes.write(text);
			kept.set(key, bytes);
			octets += sizeOf(bytes);
			for (const oldest of kept.keys()) {
				if (kept.size <= stanzasKept.messages && octets <= stanzasKept.octets) {
					break;
				}

				forget(oldest);
			}
		},
		xmlOf(key) {
			const text = kept.get(key)?.toString();
			const stanza = text === undefined ? undefined : parseElement(text);
			return stanza === undefined ? undefined : readableXml(stanza, 'stream');
		},
		hear(event) {
			if (event.type === 'message.changed' && event.change.account === account) {
				const {key, hidden} = event.change;
				if (hidden === true || isForgotten(event.change)) {
					forget(key);
				}
			}
		},
	};
}

function sizeOf(bytes: Buffer | undefined): number {
	return bytes === undefined ? 0 : bytes.length + entryOctets;
}
