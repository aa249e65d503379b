/**
 * XEP-0380: Explicit Message Encryption, version 0.4.0. https://xmpp.org/extensions/xep-0380.html
 *
 * Recognises messages that cannot be read here, so that a person is told instead of shown ciphertext or a sentence
 * written for somebody else's client.
 */
import {printable, shortened} from '../shared/text.js';
import {attribute, element, optionalAttribute} from '../xmpp/codec.js';
import {child, type Element} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {nonEmpty} from '../xmpp/scalars.js';

const namespace = 'urn:xmpp:eme:0';

const encryption = element(namespace, 'encryption', {
	namespace: attribute('namespace', nonEmpty),
	name: optionalAttribute('name'),
});

export const explicitEncryption = defineExtension<void>({
	name: 'explicit message encryption',
	xep: '0380',
	version: '0.4.0',
	since: '0.1.0',
	status: 'partial',
	features: [namespace],
	codecs: [encryption],
	requires: [],
	attach() {},
});

/** What people call each scheme. The `name` in the message counts only for those not in here (§3). */
const names: ReadonlyMap<string, string> = new Map([
	['eu.siacs.conversations.axolotl', 'OMEMO'],
	['urn:xmpp:omemo:1', 'OMEMO'],
	['urn:xmpp:omemo:2', 'OMEMO'],
	['urn:xmpp:otr:0', 'OTR'],
	['jabber:x:encrypted', 'OpenPGP'],
	['urn:xmpp:openpgp:0', 'OpenPGP'],
]);

/** Elements that hold a ciphertext, for senders that do not mark it. */
const payloads: ReadonlyArray<readonly [namespace: string, name: string]> = [
	['eu.siacs.conversations.axolotl', 'encrypted'],
	['urn:xmpp:omemo:1', 'encrypted'],
	['urn:xmpp:omemo:2', 'encrypted'],
	['jabber:x:encrypted', 'x'],
	['urn:xmpp:openpgp:0', 'openpgp'],
];

/** OTR has no element: its ciphertext is the body. */
const otrBody = /^\?OTR[:,?v]/;

const longestName = 40;

/** What a message is encrypted with, as a person would say it, or undefined for one that is not. */
export function encryptedWith(message: Element, body: string | undefined): string | undefined {
	const marked = encryption.find(message);
	if (marked !== undefined) {
		const known = names.get(marked.namespace);
		return known ?? shortened(printable(marked.name || marked.namespace, 'line'), longestName);
	}

	const payload = payloads.find(([namespace, name]) => child(message, name, namespace) !== undefined);
	if (payload !== undefined) {
		return names.get(payload[0]);
	}

	return body !== undefined && otrBody.test(body) ? 'OTR' : undefined;
}

/** Whether a message says that it is encrypted with OMEMO, and has nothing encrypted in it. */
export function isTakenOff(message: Element, cipher: string): boolean {
	return cipher === 'OMEMO' && payloads.every(([namespace, name]) => child(message, name, namespace) === undefined);
}

/** OMEMO messages without payload only carry keys between devices (XEP-0384): nothing was written to anybody. */
export function isKeyTransport(message: Element): boolean {
	return payloads.slice(0, 3).some(([namespace, name]) => {
		const encrypted = child(message, name, namespace);
		return encrypted !== undefined && child(encrypted, 'payload', namespace) === undefined;
	});
}
