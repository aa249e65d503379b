/**
 * Reads what others encrypted for this device (`protocol.md` §2.8). Synchronous, and to be run in the transaction in which the
 * message is recorded: what it changes is stored with it or not at all (invariant 12).
 */
import {isUtf8} from 'node:buffer';
import type {Device, Fingerprint, OmemoVersion, Trust} from '../model/device.js';
import type {BareJid} from '../shared/jid.js';
import {children, clientNamespace, createElement, type Element} from '../xmpp/element.js';
import {type DeviceBook, seenStep} from './device-book.js';
import {fingerprintOf, identityOf} from './keys.js';
import type {OwnKeys, OwnKeysStore} from './own-keys.js';
import {type Decrypted as DecryptedKey, decrypt, type Refusal} from './ratchet/decrypt.js';
import {hidePreKey, removePreKey} from './ratchet/device-keys.js';
import {decryptPayload} from './ratchet/payload.js';
import type {Sessions} from './sessions.js';
import {type Encrypted, encryptedIn, isEncrypted, keysFor} from './wire/encrypted.js';
import {decodeEnvelope, type EnvelopeFault} from './wire/envelope.js';
import {rebuilt} from './wire/parts.js';
import {hasTrustMessage, type SaidOfKeys, trustMessageIn} from './wire/trust-message.js';

/** A message to be read. */
export type Incoming = {
	readonly stanza: Element;
	/** Whose device it is from, as far as that is certain; absent: it is of one of those who may have it. */
	readonly sender?: BareJid;
	readonly candidates?: (device: number) => readonly BareJid[];
	/** Whom it was written to: the room, or the bare JID of a person. */
	readonly to: BareJid;
	readonly isGroup: boolean;
	/** Milliseconds since the epoch. */
	readonly at: number;
	/** More is to come out of an archive: used prekeys are kept for it (§2.10). */
	readonly isCatchingUp: boolean;
};

export type UnreadableReason =
	| Refusal
	| EnvelopeFault
	| 'malformed'
	/** No key in it is for this device. */
	| 'not-for-us'
	/** It is from this device, which has the text no more. */
	| 'sent-from-here'
	| 'unknown-sender'
	| 'identity-changed'
	/** The text was not what the keys were made for. */
	| 'bad-payload'
	/** A client of long ago: nobody vouches for its text. */
	| 'without-tag'
	/** From one more device of somebody who has had too many. */
	| 'too-many-devices';

/** Something that is to be done about a device, once the archive is read. */
export type Errand = {
	readonly kind:
		| 'answer'
		/** It used one of our prekeys: it gets an empty message, so that its session is complete. */
		| 'heartbeat'
		/** It sent what we have no session for. */
		| 'heal'
		/** It is not on its owner's list. */
		| 'look';
	readonly owner: BareJid;
	readonly device: number;
	readonly version: OmemoVersion;
};

type FromDevice = {readonly owner: BareJid; readonly device: number; readonly version: OmemoVersion};

export type Reading =
	/** `message`: the stanza as its sender wrote it. */
	| ({readonly kind: 'message'; readonly message: Element; readonly trust: Trust} & FromDevice)
	/** Only keys. Nobody wrote anything. */
	| ({readonly kind: 'empty'} & FromDevice)
	/** About keys, and nothing to show. Without `said` it is none that could count. */
	| ({readonly kind: 'trust-message'; readonly said?: SaidOfKeys} & FromDevice)
	/** It was read before. */
	| ({readonly kind: 'duplicate'} & FromDevice)
	/** Nothing that concerns us: keys for others, or none that can be read. */
	| {readonly kind: 'nothing'}
	| {readonly kind: 'unreadable'; readonly reason: UnreadableReason; readonly device?: number};

type Opened = {readonly message: Element} | {readonly said: SaidOfKeys | undefined};

export type Decryption = {
	/** Whether a stanza has something encrypted with OMEMO, readable or not. */
	isEncrypted(stanza: Element): boolean;
	read(incoming: Incoming): Reading;
};

export type DecryptionPorts = {
	readonly account: BareJid;
	readonly own: OwnKeysStore;
	readonly sessions: Sessions;
	readonly book: DeviceBook;
	/** A prekey of ours was used. */
	readonly usedPreKey: (version: OmemoVersion) => void;
	readonly errand: (errand: Errand) => void;
};

export function createDecryption(ports: DecryptionPorts): Decryption {
	const {account, own, sessions, book} = ports;

	const tried = (
		encrypted: Encrypted,
		owner: BareJid,
		self: OwnKeys,
		fingerprint: Fingerprint | undefined,
	): DecryptedKey => {
		const {version, sender: device} = encrypted;
		const place = {account, owner, device, version};
		const session = sessions.load(place);
		let failed: DecryptedKey = {ok: false, reason: 'bad-format'};
		for (const {data, isKeyExchange} of keysFor(encrypted, account, self.id)) {
			const result = decrypt({
				device: self.keys,
				profile: version,
				message: data,
				isKeyExchange,
				session,
				identity: fingerprint === undefined ? undefined : identityOf(fingerprint),
			});
			if (result.ok) {
				return result;
			}

			// Where the ids of two people collide, the one that says most about ours counts.
			failed = failed.reason === 'duplicate' ? failed : result;
		}

		return failed;
	};

	/** `known`: the device as it was known before. Nothing is written that is there already: an archive has thousands. */
	const keep = (
		result: DecryptedKey & {ok: true},
		from: FromDevice,
		known: Device | undefined,
		self: OwnKeys,
		incoming: Incoming,
	) => {
		const {owner, device, version} = from;
		sessions.save({account, owner, device, version}, result.session);
		if (known?.fingerprint === undefined) {
			book.keySeen(owner, device, fingerprintOf(result.identity));
		}

		if (known?.lastSeen === undefined || incoming.at - known.lastSeen >= seenStep) {
			book.heardFrom(owner, device, incoming.at);
		}
		if (result.usedPreKeyId !== undefined) {
			const spend = incoming.isCatchingUp ? hidePreKey : removePreKey;
			own.save({...self, keys: spend(self.keys, version, result.usedPreKeyId)});
			ports.usedPreKey(version);
			ports.errand({kind: 'answer', ...from});
		} else if (result.needsHeartbeat) {
			ports.errand({kind: 'heartbeat', ...from});
		}

		if (known?.active !== true) {
			ports.errand({kind: 'look', ...from});
		}
	};

	/** The text of what was decrypted, as a message, or what it says of keys. */
	const opened = (
		encrypted: Encrypted & {readonly payload: Uint8Array},
		keyMaterial: Uint8Array,
		owner: BareJid,
		{stanza, to, isGroup, at}: Incoming,
	): Opened | UnreadableReason => {
		const {version, payload, iv} = encrypted;
		const result = decryptPayload(version, {payload, keyMaterial, ...(iv === undefined ? {} : {iv})});
		if (!result.ok) {
			return result.reason === 'without-tag' ? 'without-tag' : 'bad-payload';
		}

		if (version === 'legacy') {
			return isUtf8(result.plaintext)
				? {
						message: rebuilt(
							stanza,
							[createElement('body', {xmlns: clientNamespace}, textOf(result.plaintext))],
							version,
						),
					}
				: 'bad-payload';
		}

		const envelope = decodeEnvelope(result.plaintext, {from: owner, to, isGroup, at});
		if (!envelope.ok) {
			return envelope.reason;
		}

		// What is said in a room is said to people who have not been asked whom they believe.
		return hasTrustMessage(envelope.content)
			? {said: isGroup ? undefined : trustMessageIn(envelope)}
			: {message: rebuilt(stanza, envelope.content, version)};
	};

	/** What is thought of a device, before anything is thought of what it says. One that its owner does not list is in doubt. */
	const trustIn = (before: Device | undefined, {owner, device, version}: FromDevice): Trust => {
		const known = before?.fingerprint === undefined ? book.get(owner, device) : before;
		const isStray = known?.active === false && book.knowsList(owner, version);
		return known === undefined || (isStray && known.trust === 'blind') ? 'undecided' : known.trust;
	};

	/** A session that is broken is begun anew by the rules of the old version only (XEP-0384 0.9.1 §Business Rules); one that was never there, by both. */
	const isToHeal = (version: OmemoVersion, reason: Refusal | 'identity-changed') =>
		reason === 'no-session' || (version === 'legacy' && reason !== 'identity-changed');

	const readFrom = (encrypted: Encrypted, owner: BareJid, self: OwnKeys, incoming: Incoming): Reading => {
		const {version, sender: device, payload} = encrypted;
		const from = {owner, device, version};
		const known = book.get(owner, device);
		if (known === undefined && book.of(owner).length >= mostDevices) {
			return payload === undefined ? {kind: 'nothing'} : {kind: 'unreadable', reason: 'too-many-devices', device};
		}

		const result = tried(encrypted, owner, self, known?.fingerprint);
		if (!result.ok) {
			if (result.reason === 'duplicate') {
				return {kind: 'duplicate', ...from};
			}

			if (isToHeal(version, result.reason)) {
				ports.errand({kind: 'heal', ...from});
			}

			return payload === undefined ? {kind: 'nothing'} : {kind: 'unreadable', reason: result.reason, device};
		}

		keep(result, from, known, self, incoming);
		if (payload === undefined) {
			return {kind: 'empty', ...from};
		}

		const content = opened({...encrypted, payload}, result.plaintext, owner, incoming);
		if (typeof content === 'string') {
			return {kind: 'unreadable', reason: content, device};
		}

		return 'message' in content
			? {kind: 'message', message: content.message, trust: trustIn(known, from), ...from}
			: {kind: 'trust-message', ...(content.said === undefined ? {} : {said: content.said}), ...from};
	};

	return {
		isEncrypted,
		read(incoming) {
			const self = own.load();
			const found = encryptedIn(incoming.stanza);
			const isForUs = (each: Encrypted) => self !== undefined && keysFor(each, account, self.id).length > 0;
			const encrypted = found.find(isForUs) ?? found[0];
			if (encrypted === undefined) {
				return hasPayload(incoming.stanza) ? {kind: 'unreadable', reason: 'malformed'} : {kind: 'nothing'};
			}

			const {sender: device, payload} = encrypted;
			if (incoming.sender === account && device === self?.id) {
				return payload === undefined ? {kind: 'nothing'} : {kind: 'unreadable', reason: 'sent-from-here', device};
			}

			if (self === undefined || !isForUs(encrypted)) {
				return payload === undefined ? {kind: 'nothing'} : {kind: 'unreadable', reason: 'not-for-us', device};
			}

			if (incoming.sender !== undefined) {
				return readFrom(encrypted, incoming.sender, self, incoming);
			}

			// Nobody says who it was: whoever's device can have encrypted it. Its key has to be known, or anybody's would do.
			for (const owner of incoming.candidates?.(device) ?? []) {
				const fingerprint = book.get(owner, device)?.fingerprint;
				const result = fingerprint === undefined ? undefined : tried(encrypted, owner, self, fingerprint);
				if (result?.ok || result?.reason === 'duplicate') {
					return readFrom(encrypted, owner, self, incoming);
				}
			}

			return payload === undefined ? {kind: 'nothing'} : {kind: 'unreadable', reason: 'unknown-sender', device};
		},
	};
}

/** Devices of one person, those that were taken off their list included: whoever makes up more fills the disk. */
const mostDevices = 300;

/** Whether anything was written in what cannot be read: keys alone are of no interest. */
function hasPayload(stanza: Element): boolean {
	return children(stanza).some(
		element => element.name === 'encrypted' && children(element).some(({name}) => name === 'payload'),
	);
}

function textOf(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString('utf8');
}
