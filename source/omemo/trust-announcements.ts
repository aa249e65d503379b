/** Who is told of what the person decided about a key (XEP-0450 §"Use Cases"). */
import type {Device, Fingerprint} from '../model/device.js';
import type {BareJid} from '../shared/jid.js';
import type {KeyDecision} from './automatic-trust.js';

/** A device with a key that was seen. */
export type Keyed = Device & {readonly fingerprint: Fingerprint};

export type Announcement = {
	readonly to: BareJid;
	/** Devices of theirs that are told, none else. */
	readonly devices: readonly Keyed[];
	/** At least one, and no more than a reader takes of one message. */
	readonly keys: readonly KeyDecision[];
};

/** Keys in one message. */
const mostKeys = 100;

/**
 * The other own devices are told of a decision about anybody's key, contacts of one about an own key; and a key that was verified is
 * told what they are all told of: about a contact, the own keys, and a new own device, those of everybody.
 *
 * `verified`: all devices whose keys are, this one left out.
 */
export function announcementsOf(
	decision: KeyDecision,
	verified: readonly Keyed[],
	account: BareJid,
): readonly Announcement[] {
	const isMeant = ({owner, fingerprint}: Keyed) => owner === decision.owner && fingerprint === decision.fingerprint;
	const audience = verified.filter(
		device => !isMeant(device) && (decision.owner === account || device.owner === account),
	);
	const told = byOwner(audience).map(([to, devices]) => ({to, devices, keys: [decision]}));
	if (decision.trust === 'distrusted') {
		return told;
	}

	const keys = audience.map(({owner, fingerprint}): KeyDecision => ({owner, fingerprint, trust: 'verified'}));
	const devices = verified.filter(isMeant);
	return [...told, ...inParts(keys).map(part => ({to: decision.owner, devices, keys: part}))];
}

function byOwner(devices: readonly Keyed[]): ReadonlyArray<readonly [BareJid, readonly Keyed[]]> {
	const found = new Map<BareJid, readonly Keyed[]>();
	for (const device of devices) {
		found.set(device.owner, [...(found.get(device.owner) ?? []), device]);
	}

	return [...found];
}

function inParts(keys: readonly KeyDecision[]): ReadonlyArray<readonly KeyDecision[]> {
	return keys.length === 0 ? [] : [keys.slice(0, mostKeys), ...inParts(keys.slice(mostKeys))];
}
