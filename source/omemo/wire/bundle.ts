/**
 * The public keys that a session with a device begins with (XEP-0384 0.9.1 §5.3.2, and 0.3.0 for the legacy version).
 * https://xmpp.org/extensions/xep-0384.html
 */
import type {PubsubItem, PubsubNode, Wanted} from '../../extensions/pubsub.js';
import type {OmemoVersion} from '../../model/device.js';
import type {BareJid} from '../../shared/jid.js';
import {attribute, type Codec, child, childText, codec, element, text} from '../../xmpp/codec.js';
import {append, childrenNamed} from '../../xmpp/element.js';
import {deviceListItem} from './device-list.js';
import {omemoNamespaces} from './namespaces.js';
import {prekeyId, publicKeys, signature} from './scalars.js';

export type Prekey = {readonly id: number; readonly key: Uint8Array};

/** All keys are bytes exactly as on the wire, whose form depends on the version; nothing is verified yet. */
export type Bundle = {
	readonly identityKey: Uint8Array;
	readonly signedPrekey: Prekey;
	/** 64 bytes by the identity key over the bytes of the signed prekey. */
	readonly signature: Uint8Array;
	/** At least one, no id twice. */
	readonly prekeys: readonly Prekey[];
};

/** Clients keep about 100 of them; of more, these come first. */
const mostPrekeys = 500;

type Names = {
	readonly identityKey: string;
	readonly signature: string;
	readonly signedPrekey: readonly [element: string, id: string];
	readonly prekey: readonly [element: string, id: string];
};

const names: Readonly<Record<OmemoVersion, Names>> = {
	legacy: {
		identityKey: 'identityKey',
		signature: 'signedPreKeySignature',
		signedPrekey: ['signedPreKeyPublic', 'signedPreKeyId'],
		prekey: ['preKeyPublic', 'preKeyId'],
	},
	omemo2: {identityKey: 'ik', signature: 'spks', signedPrekey: ['spk', 'id'], prekey: ['pk', 'id']},
};

const bundles: Readonly<Record<OmemoVersion, Codec<Bundle>>> = {
	legacy: bundleOf('legacy'),
	omemo2: bundleOf('omemo2'),
};

/**
 * The node a device's bundle lies in: one of its own in the legacy version, else one for all devices of the account. A
 * bundle without a usable prekey or signed prekey, or with a key of a wrong length, cannot be read.
 */
export function bundleNode(version: OmemoVersion, device: number): PubsubNode<Bundle> {
	return version === 'legacy'
		? {name: `${omemoNamespaces.legacy}.bundles:${device}`, payload: bundles.legacy, access: 'everybody'}
		: {name: `${omemoNamespaces.omemo2}:bundles`, payload: bundles.omemo2, access: 'everybody', maxItems: 'max'};
}

/** The id to publish a device's bundle under. */
export function bundleItem(version: OmemoVersion, device: number): string {
	return version === 'legacy' ? deviceListItem : String(device);
}

/** What to ask a device's node for. The legacy version leaves the id of the item open: Dino calls it `1`, others anything. */
export function wantedBundle(version: OmemoVersion, owner: BareJid, device: number): Wanted {
	return version === 'legacy' ? {owner, newest: 1} : {owner, ids: [bundleItem(version, device)]};
}

/** The bundle of a device among what was answered: a server may answer more, or something else, than was wanted. */
export function bundleAmong(
	items: readonly PubsubItem<Bundle>[],
	version: OmemoVersion,
	device: number,
): Bundle | undefined {
	const ofDevice = version === 'legacy' ? items : items.filter(({id}) => id === bundleItem(version, device));
	return ofDevice[0]?.value;
}

function bundleOf(version: OmemoVersion): Codec<Bundle> {
	const namespace = omemoNamespaces[version];
	const publicKey = publicKeys[version];
	const named = names[version];
	const keyNamed = ([name, id]: Names['prekey']): Codec<Prekey> =>
		element(namespace, name, {id: attribute(id, prekeyId), key: text(publicKey)});
	return element(namespace, 'bundle', {
		signedPrekey: child(keyNamed(named.signedPrekey)),
		signature: childText(named.signature, signature),
		identityKey: childText(named.identityKey, publicKey),
		prekeys: child(prekeysOf(namespace, keyNamed(named.prekey))),
	});
}

function prekeysOf(namespace: string, prekey: Codec<Prekey>): Codec<readonly Prekey[]> {
	return codec(namespace, 'prekeys', {
		decode(source) {
			const found = new Map<number, Prekey>();
			for (const candidate of childrenNamed(source, prekey.name, namespace).slice(0, mostPrekeys)) {
				const decoded = prekey.decode(candidate);
				if (decoded !== undefined && !found.has(decoded.id)) {
					found.set(decoded.id, decoded);
				}
			}

			return found.size === 0 ? undefined : [...found.values()];
		},
		encode(prekeys, target) {
			append(
				target,
				prekeys.map(value => prekey.encode(value)),
			);
		},
	});
}
