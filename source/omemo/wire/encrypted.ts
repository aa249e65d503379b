/**
 * What is encrypted, in a message (XEP-0384 0.9.1 §5.5.3, and 0.3.0 for the legacy version).
 * https://xmpp.org/extensions/xep-0384.html
 */
import type {OmemoVersion} from '../../model/device.js';
import type {BareJid} from '../../shared/jid.js';
import {type Codec, codec} from '../../xmpp/codec.js';
import {append, attributeOf, child, childrenNamed, createElement, type Element, textOf} from '../../xmpp/element.js';
import {bareJid, boolean, type Scalar} from '../../xmpp/scalars.js';
import {defaultLimits} from '../../xmpp/stanza-tree.js';
import {omemoNamespaces} from './namespaces.js';
import {bytes, deviceId} from './scalars.js';

/** What the payload is encrypted with, encrypted for one device. */
export type EncryptedKey = {
	/** Whose device it is. The legacy version does not say: there two people's devices may have the same id. */
	readonly owner?: BareJid;
	readonly device: number;
	/** It begins a session (`prekey`, `kex`). */
	readonly isKeyExchange: boolean;
	/** What the ratchet made. */
	readonly data: Uint8Array;
};

type Header =
	| {
			readonly version: 'legacy';
			readonly keys: readonly EncryptedKey[];
			/** 12 bytes, 16 from some; always there with a payload. */
			readonly iv?: Uint8Array;
	  }
	| {
			readonly version: 'omemo2';
			readonly keys: readonly (EncryptedKey & {readonly owner: BareJid})[];
			readonly iv?: never;
	  };

export type Encrypted<H extends Header = Header> = H & {
	/** The device it says it is from; whose device that is, the stanza says. */
	readonly sender: number;
	/** Absent: an empty message, which only moves the ratchets on. */
	readonly payload?: Uint8Array;
};

/**
 * The `<key/>` elements of one message. Rooms of a few hundred people with some devices each stay below; each costs the
 * parsing of an address.
 */
const mostKeys = 1000;
/** Bytes. The longest that honest clients make is a key exchange of about 220. */
const longestKey = 1024;
/** Bytes of all keys of a message: 1000 key exchanges fit. */
const longestHeader = 256 * 1024;
/** For one device: more than ever collide by chance, and few enough that trying each is no work to speak of. */
const mostCandidates = 8;

const keyData = bytes(1, longestKey);
/** The text is within the limits of the stream, and base64 only gets shorter. */
const payloadData = bytes(0, defaultLimits.text);
const initialisationVector: Scalar<Uint8Array> = {
	parse(text) {
		const found = bytes(12, 16).parse(text);
		return found?.length === 12 || found?.length === 16 ? found : undefined;
	},
	format: payloadData.format,
};

type HeaderShape<H extends Header> = {
	/** `undefined` for one beyond the limits. */
	read(header: Element): H | undefined;
	write(value: H, header: Element): void;
};
type LegacyHeader = Extract<Header, {version: 'legacy'}>;
type GroupedHeader = Extract<Header, {version: 'omemo2'}>;

const legacyHeader: HeaderShape<LegacyHeader> = {
	read(header) {
		const namespace = omemoNamespaces.legacy;
		const [iv, ...otherIvs] = childrenNamed(header, 'iv', namespace);
		const elements = childrenNamed(header, 'key', namespace);
		const keys = elements.length > mostKeys ? undefined : withinHeader(keysIn(elements, 'prekey'));
		const vector = iv === undefined || otherIvs.length > 0 ? undefined : initialisationVector.parse(textOf(iv));
		return keys && {version: 'legacy', keys, ...(vector === undefined ? {} : {iv: vector})};
	},
	write({keys, iv}, header) {
		const namespace = omemoNamespaces.legacy;
		append(
			header,
			keys.map(key => keyElement(key, namespace, 'prekey')),
		);
		append(header, [iv && createElement('iv', {xmlns: namespace}, initialisationVector.format(iv))]);
	},
};

const groupedHeader: HeaderShape<GroupedHeader> = {
	read(header) {
		const namespace = omemoNamespaces.omemo2;
		const groups = childrenNamed(header, 'keys', namespace).map(
			group => [attributeOf(group, 'jid') ?? '', childrenNamed(group, 'key', namespace)] as const,
		);
		const count = groups.reduce((sum, [, elements]) => sum + elements.length, 0);
		if (groups.length > mostKeys || count > mostKeys) {
			return undefined;
		}

		const keys = withinHeader(
			groups.flatMap(([jid, elements]) => {
				const owner = bareJid.parse(jid);
				return owner === undefined ? [] : keysIn(elements, 'kex').map(key => ({owner, ...key}));
			}),
		);
		return keys && {version: 'omemo2', keys};
	},
	write({keys}, header) {
		const namespace = omemoNamespaces.omemo2;
		for (const jid of new Set(keys.map(({owner}) => owner))) {
			const owned = keys.filter(({owner}) => owner === jid).map(key => keyElement(key, namespace, 'kex'));
			append(header, [createElement('keys', {xmlns: namespace, jid}, ...owned)]);
		}
	},
};

/** The element of each version, for who reads it on its own. */
export const encryptedCodecs = {
	legacy: encryptedOf('legacy', legacyHeader),
	omemo2: encryptedOf('omemo2', groupedHeader),
};

/**
 * What a message has of each version, legacy first. Of two of one version neither counts, since clients would differ in
 * which one they read. One that is malformed or beyond the limits is absent.
 */
export function encryptedIn(message: Element): readonly Encrypted[] {
	const only = <Value>(codec: Codec<Value>): readonly Value[] => {
		const elements = childrenNamed(message, codec.name, codec.namespace);
		return elements.length === 1 ? codec.findAll(message) : [];
	};
	return [...only(encryptedCodecs.legacy), ...only(encryptedCodecs.omemo2)];
}

/** Whether a message has something encrypted of one of the versions, whatever it is worth. */
export function isEncrypted(message: Element): boolean {
	return Object.values(encryptedCodecs).some(({name, namespace}) => child(message, name, namespace) !== undefined);
}

/** The element for a message, with the keys for one person together. A new `iv` for each payload is the caller's. */
export function encryptedElement(encrypted: Encrypted): Element {
	return encrypted.version === 'legacy'
		? encryptedCodecs.legacy.encode(encrypted)
		: encryptedCodecs.omemo2.encode(encrypted);
}

/** The keys to try for a device, in order: one at most, but several in the legacy version, where ids of people collide. */
export function keysFor({version, keys}: Encrypted, owner: BareJid, device: number): readonly EncryptedKey[] {
	const found = keys.filter(key => key.device === device && (version === 'legacy' || key.owner === owner));
	return found.slice(0, version === 'legacy' ? mostCandidates : 1);
}

function encryptedOf<H extends Header>(version: OmemoVersion, shape: HeaderShape<H>): Codec<Encrypted<H>> {
	const namespace = omemoNamespaces[version];
	return codec(namespace, 'encrypted', {
		decode(source) {
			const [header, ...otherHeaders] = childrenNamed(source, 'header', namespace);
			const [payload, ...otherPayloads] = childrenNamed(source, 'payload', namespace);
			const sender = header === undefined ? undefined : deviceId.parse(attributeOf(header, 'sid') ?? '');
			if (header === undefined || sender === undefined || otherHeaders.length > 0 || otherPayloads.length > 0) {
				return undefined;
			}

			const read = shape.read(header);
			const data = payload === undefined ? undefined : payloadData.parse(textOf(payload));
			// One that cannot be read is not none: the message would count as an empty one.
			const lacksIv = version === 'legacy' && read?.iv === undefined;
			return read === undefined || (payload !== undefined && (data === undefined || lacksIv))
				? undefined
				: {...read, sender, ...(data === undefined ? {} : {payload: data})};
		},
		encode(value, target) {
			const header = createElement('header', {xmlns: namespace, sid: deviceId.format(value.sender)});
			shape.write(value, header);
			const {payload} = value;
			append(target, [header, payload && createElement('payload', {xmlns: namespace}, payloadData.format(payload))]);
		},
	});
}

type Flag = 'prekey' | 'kex';

function keyElement({device, isKeyExchange, data}: EncryptedKey, namespace: string, flag: Flag): Element {
	const attributes = {xmlns: namespace, rid: deviceId.format(device), ...(isKeyExchange ? {[flag]: 'true'} : {})};
	return createElement('key', attributes, keyData.format(data));
}

/** A key that cannot be read is somebody else's trouble, unless it was ours: then there is none for us. */
function keysIn(elements: readonly Element[], flag: Flag): ReadonlyArray<Omit<EncryptedKey, 'owner'>> {
	return elements.flatMap(element => {
		const device = deviceId.parse(attributeOf(element, 'rid') ?? '');
		const isKeyExchange = boolean.parse(attributeOf(element, flag) ?? 'false');
		const data = keyData.parse(textOf(element));
		return device === undefined || isKeyExchange === undefined || data === undefined
			? []
			: [{device, isKeyExchange, data}];
	});
}

function withinHeader<Key extends EncryptedKey>(keys: readonly Key[]): readonly Key[] | undefined {
	return keys.reduce((sum, {data}) => sum + data.length, 0) > longestHeader ? undefined : keys;
}
