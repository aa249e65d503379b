/** Which device is meant on the command line. */

import type {Actions} from '../model/actions.js';
import {type Device, type Fingerprint, fingerprintGroups, parseFingerprint} from '../model/device.js';
import {deviceText} from '../model/device-words.js';
import {XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf} from '../shared/jid.js';
import {readRecipient} from './recipients.js';

/** Whose devices are meant, as typed. Throws `invalid-jid`. */
export function readOwner(text: string): BareJid {
	const read = readRecipient(text);
	if (typeof read === 'string') {
		return bareOf(read);
	}

	const {hint: _, ...problem} = read;
	throw new XmppcError({...problem, hint: 'an address looks like name@example.org'});
}

/** A device id as typed. Throws `no-such-device` for what cannot be one. */
export function readDeviceId(text: string): number {
	const id = /^\d{1,10}$/.test(text) ? Number(text) : 0;
	if (id < 1 || id >= 2 ** 31) {
		throw new XmppcError({
			code: 'no-such-device',
			kind: 'usage',
			message: `${JSON.stringify(text)} is not the number of a device.`,
			hint: 'xmppc omemo devices lists yours.',
		});
	}

	return id;
}

export type DeviceMeant = Device & {
	readonly fingerprint: Fingerprint;
	/** The whole fingerprint was given: whoever has it has compared it. */
	readonly byKey: boolean;
};

/**
 * The device of `owner` that was typed: by its whole fingerprint, in groups or not, or by its number. Throws
 * `no-such-device`, `no-keys` or `own-device`.
 */
export async function deviceMeant(
	{listDevices}: Pick<Actions, 'listDevices'>,
	account: BareJid,
	owner: BareJid,
	typed: readonly string[],
): Promise<DeviceMeant> {
	const text = typed.join(' ');
	const wanted = parseFingerprint(text);
	const devices = await listDevices({account, owner});
	const found = devices.find(({id, fingerprint}) =>
		wanted === undefined ? String(id) === text.trim() : fingerprint === wanted,
	);
	if (found === undefined) {
		throw unknownDevice(owner, wanted, text);
	}

	if (found.isThis === true) {
		throw new XmppcError({
			code: 'own-device',
			kind: 'usage',
			message: 'That is the device that this profile uses itself: it needs no trust.',
		});
	}

	const {fingerprint} = found;
	if (fingerprint === undefined) {
		throw new XmppcError({
			code: 'no-keys',
			kind: 'unavailable',
			message: `The keys of ${deviceText(found)} of ${owner} were never seen.`,
			hint: `xmppc omemo doctor ${owner} says why, as far as that can be found out.`,
		});
	}

	return {...found, fingerprint, byKey: wanted !== undefined};
}

function unknownDevice(owner: BareJid, wanted: Fingerprint | undefined, text: string): XmppcError {
	const hint = `xmppc omemo devices ${owner} --refresh asks their server and lists them.`;
	return new XmppcError(
		wanted === undefined
			? {
					code: 'no-such-device',
					kind: 'usage',
					message: `No device of ${owner} is known by ${JSON.stringify(text)}.`,
					hint,
				}
			: {
					code: 'no-such-device',
					kind: 'usage',
					message: `No device of ${owner} was seen with the key ${fingerprintGroups(wanted).slice(0, 2).join(' ')}…; nothing was changed.`,
					hint: `Compare it once more: a key that differs in one digit is another one. ${hint}`,
				},
	);
}
