/**
 * The fingerprints of somebody's devices as a link or QR code, in the form that Conversations began:
 * `xmpp:juliet@example.org?omemo-sid-123=<64 hexadecimal digits>;omemo-sid-456=…` (RFC 5122, XEP-0147).
 *
 * Whoever made the link chose what is in it: the keys are verified once the person said that it came from its owner.
 */
import {type Fingerprint, parseFingerprint} from '../../model/device.js';
import {type BareJid, parseBareJid} from '../../shared/jid.js';
import {deviceId} from './scalars.js';

export type FingerprintUri = {
	readonly jid: BareJid;
	/** At least one, no id twice, in the order of the link. */
	readonly devices: readonly {readonly id: number; readonly fingerprint: Fingerprint}[];
};

const scheme = /^xmpp:/i;
const key = 'omemo-sid-';
const hexadecimal = /^[0-9a-f]{64}$/i;

/** 100 devices take half of it. */
const longestUri = 20_000;
const mostDevices = 100;

/** The link for some devices of somebody. */
export function formatFingerprintUri({jid, devices}: FingerprintUri): string {
	const path = jid.split('@').map(encodeURIComponent).join('@');
	return `xmpp:${path}?${devices.map(({id, fingerprint}) => `${key}${deviceId.format(id)}=${fingerprint}`).join(';')}`;
}

/**
 * Reads such a link; an action (`?message;`, `?join;`) and whatever else is asked for in it is ignored. Answers `undefined`
 * for a text that is none, or that has no fingerprint in it. An id with two different fingerprints has none.
 */
export function parseFingerprintUri(text: string): FingerprintUri | undefined {
	if (text.length > longestUri || !scheme.test(text)) {
		return undefined;
	}

	const [reference = ''] = text.replace(scheme, '').split('#', 1);
	const queryAt = reference.indexOf('?');
	const jid = queryAt < 0 ? undefined : addressIn(reference.slice(0, queryAt));
	if (jid === undefined) {
		return undefined;
	}

	const found = new Map<number, Set<Fingerprint>>();
	for (const part of reference.slice(queryAt + 1).split(/[;&]/)) {
		const [name = '', value = ''] = part.split('=', 2);
		const id = name.startsWith(key) ? deviceId.parse(name.slice(key.length)) : undefined;
		const fingerprint = hexadecimal.test(value) ? parseFingerprint(value) : undefined;
		if (id !== undefined && fingerprint !== undefined) {
			found.set(id, (found.get(id) ?? new Set()).add(fingerprint));
		}
	}

	const devices = [...found].flatMap(([id, fingerprints]) => {
		const [fingerprint, ...others] = fingerprints;
		return fingerprint === undefined || others.length > 0 ? [] : [{id, fingerprint}];
	});
	return devices.length === 0 ? undefined : {jid, devices: devices.slice(0, mostDevices)};
}

function addressIn(path: string): BareJid | undefined {
	try {
		return parseBareJid(decodeURIComponent(path));
	} catch {
		// A percent sign that encodes nothing: not a link that anybody would have made for this address.
		return undefined;
	}
}
