/** How ids and keys of XEP-0384 are written. */
import type {OmemoVersion} from '../../model/device.js';
import {base64, integer, type Scalar} from '../../xmpp/scalars.js';

const largestId = 2 ** 31 - 1;

/** The id of a device, 1 to 2^31 - 1. Lists in the wild have 0, negative and 32-bit numbers, which no client can address. */
export const deviceId: Scalar<number> = integer(1, largestId);

/** The id of a prekey or signed prekey. Today's text begins at 1; the prekeys of older clients begin at 0. */
export const prekeyId: Scalar<number> = integer(0, largestId);

/** From `least` to `most` bytes in base64, both included; white space between is allowed, nothing else is forgiven. */
export function bytes(least: number, most: number): Scalar<Uint8Array> {
	return {
		parse(text) {
			const found = base64.parse(text);
			return found !== undefined && found.length >= least && found.length <= most ? found : undefined;
		},
		format: base64.format,
	};
}

/** A signature by an identity key, of either version. */
export const signature: Scalar<Uint8Array> = bytes(64, 64);

/** The byte that says "a point of Curve25519" before the keys of the legacy version. */
const curveType = 0x05;

const typedKey: Scalar<Uint8Array> = {
	parse(text) {
		const found = bytes(33, 33).parse(text);
		return found?.[0] === curveType ? found : undefined;
	},
	format: base64.format,
};

/** Public keys as they are on the wire: 33 bytes that begin with 0x05 in the legacy version, else 32. */
export const publicKeys: Readonly<Record<OmemoVersion, Scalar<Uint8Array>>> = {
	legacy: typedKey,
	omemo2: bytes(32, 32),
};
