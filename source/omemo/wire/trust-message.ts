/**
 * XEP-0434: Trust Messages, version 0.6.0, as XEP-0450: Automatic Trust Management, version 0.4.0, uses them.
 * https://xmpp.org/extensions/xep-0450.html
 *
 * One device tells another which keys its person has compared, or no longer trusts. It counts for something only inside an
 * envelope, from a device whose own key was verified.
 */
import type {BareJid} from '../../shared/jid.js';
import {attribute, type Codec, childTexts, codec, element} from '../../xmpp/codec.js';
import {append, attributeOf, childrenNamed, type Element} from '../../xmpp/element.js';
import {bareJid} from '../../xmpp/scalars.js';
import type {Opened} from './envelope.js';
import {omemoNamespaces} from './namespaces.js';
import {bytes} from './scalars.js';

const namespace = 'urn:xmpp:tm:1';
const usage = 'urn:xmpp:atm:1';

export type KeyOwner = {
	readonly jid: BareJid;
	/** Identity keys as they are in bundles of `omemo2`: 32 bytes, the Ed25519 form. */
	readonly trusted: readonly Uint8Array[];
	/** None of them is in `trusted`: where a message says both of a key, it is distrusted. */
	readonly distrusted: readonly Uint8Array[];
};

/** At least one owner, none twice, and of each at least one key. */
export type TrustMessage = readonly KeyOwner[];

const mostOwners = 100;
/** Of each kind, of each owner: twice as many as a list has devices. */
const mostKeys = 100;

const identityKey = bytes(32, 32);
const rawOwner = element(namespace, 'key-owner', {
	jid: attribute('jid', bareJid),
	trusted: childTexts('trust', identityKey),
	distrusted: childTexts('distrust', identityKey),
});

/** Messages about keys of `omemo2`, for automatic trust management. Others are not ours to read. */
export const trustMessage: Codec<TrustMessage> = codec(namespace, 'trust-message', {
	decode(source) {
		if (attributeOf(source, 'usage') !== usage || attributeOf(source, 'encryption') !== omemoNamespaces.omemo2) {
			return undefined;
		}

		const owners = [...keysByOwner(rawOwners(source))]
			.map(([jid, keys]) => boundedOwner({jid, ...keys}))
			.filter(({trusted, distrusted}) => trusted.length + distrusted.length > 0);
		return owners.length === 0 ? undefined : owners;
	},
	encode(owners, target) {
		target.attrs.usage = usage;
		target.attrs.encryption = omemoNamespaces.omemo2;
		append(
			target,
			owners.map(owner => rawOwner.encode(owner)),
		);
	},
});

/** What one said in a trust message, and when, milliseconds since the epoch. */
export type SaidOfKeys = {readonly owners: TrustMessage; readonly at: number};

/** Whether there is a trust message in an envelope, whoever it is for: what has one is nothing to show. */
export function hasTrustMessage(content: readonly Element[]): boolean {
	return content.some(candidate => trustMessage.is(candidate));
}

/**
 * The trust message in an envelope, and when it was made, milliseconds since the epoch: later ones overrule earlier ones
 * (XEP-0434 §"SCE Profile"). None where the envelope does not say when, or a time that is not to be believed: an old message
 * sent again would bring trust back that was taken away.
 */
export function trustMessageIn(opened: Opened): SaidOfKeys | undefined {
	if (!opened.ok || opened.time === undefined || opened.isTimeDoubtful) {
		return undefined;
	}

	const [only, ...others] = opened.content.filter(candidate => trustMessage.is(candidate));
	const owners = only === undefined || others.length > 0 ? undefined : trustMessage.decode(only);
	return owners && {owners, at: opened.time};
}

type Keys = Omit<KeyOwner, 'jid'>;

function rawOwners(source: Element): readonly KeyOwner[] {
	return childrenNamed(source, rawOwner.name, namespace)
		.slice(0, mostOwners)
		.flatMap(candidate => rawOwner.decode(candidate) ?? []);
}

/** One who is there twice is one: else a key could be trusted in one place and distrusted in the other. */
function keysByOwner(owners: readonly KeyOwner[]): ReadonlyMap<BareJid, Keys> {
	const found = new Map<BareJid, Keys>();
	for (const {jid, trusted, distrusted} of owners) {
		const before = found.get(jid);
		found.set(jid, {
			trusted: [...(before?.trusted ?? []), ...trusted],
			distrusted: [...(before?.distrusted ?? []), ...distrusted],
		});
	}

	return found;
}

function boundedOwner({jid, trusted, distrusted}: KeyOwner): KeyOwner {
	const refused = new Set(distrusted.map(identityKey.format));
	return {
		jid,
		trusted: trusted.filter(key => !refused.has(identityKey.format(key))).slice(0, mostKeys),
		distrusted: distrusted.slice(0, mostKeys),
	};
}
