/**
 * Watches what the server gets to see (invariant I7): no words that were to be encrypted, no place in a chain of a ratchet
 * used for two messages, nothing from a device that may be in use elsewhere.
 */
import {encryptedIn} from '../../source/omemo/wire/encrypted.js';
import {attributeOf, children, type Element, nameOf} from '../../source/xmpp/element.js';
import {serialize} from '../../source/xmpp/serialize.js';
import type {Finding} from './check.js';
import type {Ledger} from './ledger.js';
import {numberOf, textPattern} from './letters.js';
import type {Machine} from './machine.js';
import {placesIn} from './ratchet-places.js';
import type {ServerSession} from './server-session.js';

/** A message that the server took encrypted. */
export type Envelope = {
	readonly machine: string;
	readonly sender: number;
	readonly recipients: ReadonlySet<number>;
	readonly isForRoom: boolean;
};

export type Secrecy = {
	/** It is committed that this message goes out encrypted or not at all. */
	require(number: number): void;
	/** From now on nothing of this device may come in a new session. */
	doubt(device: number): void;
	/** The server took a stanza of a session. */
	seen(session: ServerSession, stanza: Element): void;
	/** How a message was encrypted; undefined: it came in clear, or not at all. */
	envelope(number: number): Envelope | undefined;
	/** Messages that came encrypted. */
	readonly count: number;
	/** Of these, such as are for rooms. */
	readonly countInRooms: number;
};

export type SecrecyParts = {
	readonly now: () => number;
	readonly ledger: Ledger;
	readonly machine: (name: string) => Machine | undefined;
	readonly find: (finding: Finding) => void;
};

export function createSecrecy({now, ledger, machine, find}: SecrecyParts): Secrecy {
	const required = new Set<number>();
	const envelopes = new Map<number, Envelope>();
	/** Devices in doubt, and since when. */
	const doubtful = new Map<number, number>();
	/** What was encrypted with each key of a chain. */
	const used = new Map<string, string>();
	/** When the first message was written, by machine and conversation, that went out encrypted. */
	const encryptedSince = new Map<string, number>();
	const expose = (text: string) => find({kind: 'exposed', text});

	const composedAt = (session: ServerSession, number: number) =>
		machine(session.machine)?.composed.get(number) ?? Number.NEGATIVE_INFINITY;

	const addressee = (stanza: Element) => attributeOf(stanza, 'to')?.split('/', 1)[0];
	const conversation = ({machine: name}: ServerSession, stanza: Element) => `${name} ${addressee(stanza)}`;

	const takeKeys = (session: ServerSession, stanza: Element) => {
		for (const {sender} of encryptedIn(stanza)) {
			if (session.boundAt > (doubtful.get(sender) ?? Number.POSITIVE_INFINITY)) {
				expose(`${session.machine} sends as device ${sender}, which is in doubt`);
			}
		}

		for (const {recipient, place, content} of placesIn(stanza)) {
			if (place === undefined) {
				expose(`${session.machine} sends a key to ${recipient} that nobody can read`);
				continue;
			}

			if ((used.get(place) ?? content) !== content) {
				expose(`${session.machine} uses a message key twice: ${place}`);
			}

			used.set(place, content);
		}
	};

	const takeEnvelope = (session: ServerSession, stanza: Element, number: number) => {
		const found = encryptedIn(stanza);
		const [first] = found;
		if (first !== undefined) {
			const recipients = new Set(found.flatMap(({keys}) => keys.map(({device}) => device)));
			const isForRoom = attributeOf(stanza, 'type') === 'groupchat';
			envelopes.set(number, {machine: session.machine, sender: first.sender, recipients, isForRoom});
			const where = conversation(session, stanza);
			const since = Math.min(encryptedSince.get(where) ?? Number.POSITIVE_INFINITY, composedAt(session, number));
			encryptedSince.set(where, since);
		}
	};

	const takeText = (session: ServerSession, stanza: Element, text: string) => {
		for (const [words] of text.matchAll(textPattern)) {
			const number = numberOf(words);
			const since = encryptedSince.get(conversation(session, stanza)) ?? Number.POSITIVE_INFINITY;
			if (required.has(number)) {
				expose(`${session.machine} sends ${number} to ${addressee(stanza)} in clear, which was to be encrypted`);
			} else if (isSaid(stanza) && composedAt(session, number) > since) {
				expose(
					`${session.machine} sends ${number} to ${addressee(stanza)} in clear, in a conversation that was encrypted`,
				);
			}
		}
	};

	const isSaid = (stanza: Element) => ['chat', 'groupchat'].includes(attributeOf(stanza, 'type') ?? '');

	/** The keys of a device in doubt are not to be offered to anybody either. */
	const takePublication = (session: ServerSession, stanza: Element) => {
		for (const verb of children(stanza).flatMap(children)) {
			const node = attributeOf(verb, 'node') ?? '';
			const ids = children(verb).map(item => attributeOf(item, 'id') ?? '');
			const device = Number(node.startsWith('eu.siacs.conversations.axolotl.bundles:') ? node.split(':')[1] : ids[0]);
			const isBundle = nameOf(verb) === 'publish' && node.includes('bundles');
			if (isBundle && session.boundAt > (doubtful.get(device) ?? Number.POSITIVE_INFINITY)) {
				expose(`${session.machine} publishes keys of device ${device}, which is in doubt`);
			}
		}
	};

	return {
		require: number => void required.add(number),
		doubt: device => void doubtful.set(device, now()),
		seen(session, stanza) {
			if (nameOf(stanza) === 'iq') {
				takePublication(session, stanza);
			} else if (nameOf(stanza) === 'message') {
				const text = serialize(stanza);
				const number = ledger.inStanza(text);
				takeKeys(session, stanza);
				if (number !== undefined) {
					takeEnvelope(session, stanza, number);
				}

				takeText(session, stanza, text);
			}
		},
		envelope: number => envelopes.get(number),
		get count() {
			return envelopes.size;
		},
		get countInRooms() {
			return [...envelopes.values()].filter(({isForRoom}) => isForRoom).length;
		},
	};
}
