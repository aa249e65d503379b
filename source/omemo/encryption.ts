/**
 * Encrypts a message for devices that there are sessions with. Synchronous, and to be run in the transaction in which the
 * stanza is stored that comes of it: a ratchet that has moved on and a stanza that is lost would be two truths (invariant 12).
 */
import {type OmemoVersion, omemoVersions} from '../model/device.js';
import type {BareJid} from '../shared/jid.js';
import {append, createElement, type Element} from '../xmpp/element.js';
import {wipe} from './ratchet/bytes.js';
import {encrypt} from './ratchet/encrypt.js';
import {emptyKeyMaterial, encryptPayload, legacyVectorLength} from './ratchet/payload.js';
import type {Random} from './ratchet/random.js';
import type {Sessions} from './sessions.js';
import {type EncryptedKey, encryptedElement} from './wire/encrypted.js';
import {encodeEnvelope} from './wire/envelope.js';
import {outsideElements} from './wire/outside.js';
import {legacyText, partsOf, type Shown} from './wire/parts.js';

/** A device and the version it is spoken to in; each device once. */
export type Addressee = {readonly owner: BareJid; readonly device: number; readonly version: OmemoVersion};

type OwnedKey = EncryptedKey & {readonly owner: BareJid};

export type EncryptionPorts = {
	readonly account: BareJid;
	readonly ownDevice: () => number | undefined;
	readonly sessions: Sessions;
	readonly random: Random;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
};

export type Outgoing = {
	/** In clear, as it was written. */
	readonly stanza: Element;
	/** Whom it is for: the room, or the bare JID of a person. */
	readonly to: BareJid;
	readonly addressees: readonly Addressee[];
	/** Nobody is to be told of it, nor that something cannot be read. */
	readonly isSilent?: boolean;
	/** What of it servers may see, where the legacy version cannot hide it. */
	readonly shown?: Shown;
};

export type MessageEncryption = {
	/** The stanza that goes out; `undefined` where there is no session with one of the addressees. */
	encrypt(outgoing: Outgoing): Element | undefined;
	/** An empty message for one device: it turns the ratchet and shows nothing. */
	empty(to: Addressee, id: string): Element | undefined;
};

export function createEncryption({account, ownDevice, sessions, random, now}: EncryptionPorts): MessageEncryption {
	const keysFor = (addressees: readonly Addressee[], keyMaterial: Uint8Array): readonly OwnedKey[] | undefined => {
		const keys: OwnedKey[] = [];
		for (const {owner, device, version} of addressees) {
			const place = {account, owner, device, version};
			const session = sessions.load(place);
			if (session === undefined) {
				return undefined;
			}

			const {session: next, message, isKeyExchange} = encrypt(session, keyMaterial, random);
			sessions.save(place, next);
			keys.push({owner, device, isKeyExchange, data: message});
		}

		return keys;
	};

	/** What a version encrypts of a message. */
	const plaintextOf = (stanza: Element, version: OmemoVersion, to: BareJid): Uint8Array => {
		const {inside} = partsOf(stanza, version);
		return version === 'legacy'
			? Uint8Array.from(Buffer.from(legacyText(stanza, inside), 'utf8'))
			: encodeEnvelope({content: inside, from: account, to, time: now()}, random);
	};

	const wrapped = (stanza: Element, version: OmemoVersion, {to, addressees}: Outgoing): Element | undefined => {
		const sender = ownDevice();
		const {payload, iv, keyMaterial} = encryptPayload(version, plaintextOf(stanza, version, to), random);
		const keys = keysFor(addressees, keyMaterial);
		wipe(keyMaterial);
		return sender === undefined || keys === undefined
			? undefined
			: elementOf(version, {sender, keys, payload, ...(iv === undefined ? {} : {iv})});
	};

	return {
		encrypt(outgoing) {
			const {stanza, addressees, isSilent = false, shown} = outgoing;
			const versions = omemoVersions.filter(version => addressees.some(each => each.version === version));
			const elements = versions.map(version =>
				wrapped(stanza, version, {...outgoing, addressees: addressees.filter(each => each.version === version)}),
			);
			const [first = 'legacy'] = versions;
			const done = elements.filter(element => element !== undefined);
			return versions.length === 0 || done.length < versions.length
				? undefined
				: createElement(
						'message',
						{...stanza.attrs},
						...partsOf(stanza, first, shown).outside,
						...done,
						...outsideElements(versions, {isEmpty: isSilent}),
					);
		},
		empty({owner, device, version}, id) {
			const sender = ownDevice();
			const keys = keysFor([{owner, device, version}], emptyKeyMaterial(version, random));
			if (sender === undefined || keys === undefined) {
				return undefined;
			}

			const stanza = createElement('message', {xmlns: 'jabber:client', to: owner, type: 'chat', id});
			// It is for nothing, but readers that go by the schema of 0.3.0 refuse a header without it.
			const iv = version === 'legacy' ? random(legacyVectorLength) : undefined;
			const element = elementOf(version, {sender, keys, ...(iv === undefined ? {} : {iv})});
			append(stanza, [element, ...outsideElements([version], {isEmpty: true})]);
			return stanza;
		},
	};
}

function elementOf(
	version: OmemoVersion,
	{
		iv,
		...encrypted
	}: {
		readonly sender: number;
		readonly keys: readonly OwnedKey[];
		readonly payload?: Uint8Array;
		readonly iv?: Uint8Array;
	},
): Element {
	return version === 'legacy'
		? encryptedElement({version, ...encrypted, ...(iv === undefined ? {} : {iv})})
		: encryptedElement({version, ...encrypted});
}
