import {randomBytes, randomUUID} from 'node:crypto';
import type {ExecutionContext} from 'ava';
import type {Fingerprint, OmemoVersion} from '../../../source/model/device.js';
import {createDecryption, type Errand, type Reading} from '../../../source/omemo/decryption.js';
import {createDeviceBook} from '../../../source/omemo/device-book.js';
import {createEncryption} from '../../../source/omemo/encryption.js';
import {fingerprintOf, published, taken} from '../../../source/omemo/keys.js';
import {ownKeysIn} from '../../../source/omemo/own-keys.js';
import {bundleOf, createDevice, type DeviceKeys, refillPreKeys} from '../../../source/omemo/ratchet/device-keys.js';
import {createKeyPair} from '../../../source/omemo/ratchet/keys.js';
import {sign} from '../../../source/omemo/ratchet/signature.js';
import {startSession} from '../../../source/omemo/ratchet/start-session.js';
import {sessionsIn} from '../../../source/omemo/sessions.js';
import {type Bundle, bundleNode} from '../../../source/omemo/wire/bundle.js';
import type {ListedDevice} from '../../../source/omemo/wire/device-list.js';
import {encryptedIn} from '../../../source/omemo/wire/encrypted.js';
import type {BareJid} from '../../../source/shared/jid.js';
import {createElement, type Element, textOf} from '../../../source/xmpp/element.js';
import {parseElement} from '../../../source/xmpp/parser.js';
import {serialize} from '../../../source/xmpp/serialize.js';
import {temporaryStorage} from '../../storage/temporary-profile.js';
import {juliet} from '../scene.js';
import {bundleId, bundleName, type Pep} from './pep.js';

const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length));

export type Written = {
	readonly version?: OmemoVersion;
	readonly id?: string;
	readonly type?: string;
	/** Whom it is written to inside and out; Juliet unless told. */
	readonly to?: string;
	/** What else is in the stanza before it is encrypted, as XML. */
	readonly inside?: string;
	/** What is beside what is encrypted, as XML. */
	readonly more?: string;
	/** The full address; that of the device unless told. */
	readonly from?: string;
	/** Devices of others that it is encrypted for too, or only (`without` Juliet's). */
	readonly others?: readonly Party[];
	readonly without?: boolean;
};

/** A device of somebody else, with the real ratchet. */
export type Party = {
	readonly jid: BareJid;
	readonly id: number;
	readonly fingerprint: Fingerprint;
	readonly errands: readonly Errand[];
	readonly keys: () => DeviceKeys;
	bundle(version: OmemoVersion): Bundle;
	/** Puts its bundle where others look for it, and itself on the list of its owner, with what is there. */
	publish(...versions: readonly OmemoVersion[]): void;
	/** As it stands on a list, signed. */
	labelled(label: string): ListedDevice;
	/** An encrypted message to Juliet's client, as XML; without a body where that is empty. A session begins with what she has published. */
	write(body: string, written?: Written): string;
	/** Only keys. */
	writeEmpty(version?: OmemoVersion): string;
	/** What one of Juliet's stanzas says to this device. */
	read(written: string, version?: {readonly room?: BareJid}): Reading;
	/** The text of it. */
	text(written: string, version?: {readonly room?: BareJid}): string | undefined;
	/** Whether there is a key for it in one of Juliet's stanzas. */
	isAddressed(written: string): boolean;
	/** Begins its session with Juliet's device anew, as if it had lost the one there is. */
	forget(): void;
};

export async function createParty(
	t: Pick<ExecutionContext, 'teardown'>,
	pep: Pep,
	jid: BareJid,
	id: number,
): Promise<Party> {
	const storage = await temporaryStorage(t);
	const {omemo: store, transaction} = storage;
	store.unlock(jid, random(32));
	const keys = createDevice(random, createKeyPair(random));
	const own = ownKeysIn(store, jid);
	own.save({id, keys});
	const sessions = sessionsIn(store);
	const book = createDeviceBook({
		account: jid,
		store,
		now: () => 0,
		mode: () => 'blind-before-verification',
		changed: () => {},
		seen: () => {},
		keyLearned: () => {},
	});
	const errands: Errand[] = [];
	const decryption = createDecryption({
		account: jid,
		own,
		sessions,
		book,
		usedPreKey(version) {
			const self = own.load();
			if (self !== undefined) {
				own.save({...self, keys: refillPreKeys(self.keys, version, random)});
			}
		},
		errand: errand => errands.push(errand),
	});
	const encryption = createEncryption({
		account: jid,
		ownDevice: () => id,
		sessions,
		random,
		now: () => Date.UTC(2026, 0, 1),
	});
	const present = () => own.load()?.keys ?? keys;
	const bundle = (version: OmemoVersion) => published(bundleOf(present(), version));

	/** Where the client of the test is: on her list, and no phone of hers. */
	const herDevice = (version: OmemoVersion) => {
		const found = pep
			.list(juliet, version)
			.find(device =>
				pep
					.items(juliet, bundleName(version, device.id))
					.some(item => item.id === bundleId(version, device.id) && isOurs(item.payload)),
			);
		if (found === undefined) {
			throw new Error('Juliet has published nothing');
		}

		return found.id;
	};
	/** A test's own parties mark what they publish. */
	const isOurs = (payload: string) => !payload.includes('data-party');

	const meet = (owner: BareJid, device: number, version: OmemoVersion, offered: Bundle) => {
		const place = {account: jid, owner, device, version};
		if (sessions.load(place) !== undefined) {
			return;
		}

		const started = startSession({device: present(), profile: version, bundle: taken(offered), random});
		if (!started.ok) {
			throw new Error(started.reason);
		}

		book.keySeen(owner, device, fingerprintOf(started.identity));
		sessions.save(place, started.session);
	};

	const meetHer = (version: OmemoVersion) => {
		const device = herDevice(version);
		const item = pep.items(juliet, bundleName(version, device)).find(each => each.id === bundleId(version, device));
		const element = parseElement(item?.payload ?? '');
		const offered = element && bundleNode(version, device).payload.decode(element);
		if (offered === undefined) {
			throw new Error('her bundle cannot be read');
		}

		meet(juliet, device, version, offered);
		return {owner: juliet, device, version};
	};

	const party: Party = {
		jid,
		id,
		fingerprint: fingerprintOf(keys.identity.public),
		errands,
		keys: present,
		bundle,
		publish(...versions) {
			for (const version of versions) {
				const payload = serialize(bundleNode(version, id).payload.encode(bundle(version)), '').replace(
					/^<(\w+)/,
					'<$1 data-party="yes"',
				);
				pep.put(jid, bundleName(version, id), payload, bundleId(version, id));
				const listed = pep.list(jid, version).filter(device => device.id !== id);
				pep.putList(jid, version, ...listed, {id});
			}
		},
		labelled(label) {
			return {id, label, labelSignature: sign(keys.identity, Uint8Array.from(Buffer.from(label)), random)};
		},
		write(
			body,
			{
				version = 'legacy',
				id: name = randomUUID(),
				type = 'chat',
				to = juliet,
				from,
				inside = '',
				more = '',
				others = [],
				without = false,
			} = {},
		) {
			const addressees = transaction(() => [
				...(without ? [] : [meetHer(version)]),
				...others.map(other => {
					meet(other.jid, other.id, version, other.bundle(version));
					return {owner: other.jid, device: other.id, version};
				}),
			]);
			const stanza = parsed(
				`<message xmlns='jabber:client' to='${to}' type='${type}' id='${name}'>${body === '' ? '' : `<body>${body}</body>`}${inside}</message>`,
			);
			const encrypted = transaction(() => encryption.encrypt({stanza, to: to as BareJid, addressees}));
			return withSender(encrypted, from ?? `${jid}/orchard`, more);
		},
		writeEmpty(version = 'legacy') {
			const encrypted = transaction(() => encryption.empty(meetHer(version), randomUUID()));
			return withSender(encrypted, `${jid}/orchard`, '');
		},
		read(written, {room} = {}) {
			return transaction(() =>
				decryption.read({
					stanza: parsed(written),
					sender: juliet,
					to: room ?? jid,
					isGroup: room !== undefined,
					at: Date.UTC(2026, 0, 1),
					isCatchingUp: false,
				}),
			);
		},
		text(written, place) {
			const reading = party.read(written, place);
			const body = reading.kind === 'message' ? reading.message.children.find(isBody) : undefined;
			return body === undefined ? undefined : textOf(body as Element);
		},
		isAddressed: written =>
			encryptedIn(parsed(written)).some(({version, keys: there}) =>
				there.some(key => key.device === id && (version === 'legacy' || key.owner === jid)),
			),
		forget() {
			for (const place of store.sessions(jid)) {
				store.removeSession(place);
			}
		},
	};
	return party;
}

function isBody(child: Element | string): boolean {
	return typeof child !== 'string' && child.name === 'body';
}

function withSender(stanza: Element | undefined, from: string, more: string): string {
	if (stanza === undefined) {
		throw new Error('there is no session');
	}

	return serialize(
		createElement('message', {xmlns: 'jabber:client', ...stanza.attrs, from}, ...stanza.children),
		'',
	).replace(/<\/message>$/, `${more}</message>`);
}

function parsed(text: string): Element {
	const element = parseElement(text);
	if (element === undefined) {
		throw new Error(`not well-formed: ${text}`);
	}

	return element;
}
