/** How public keys are written on the wire. Inside the ratchet they are u-coordinates, 32 bytes. */
import {concat} from './bytes.js';
import {isPublicKey, keyLength} from './keys.js';
import {toEdwards, toMontgomery} from './points.js';

export type KeyEncoding = {
	readonly length: number;
	/** Throws for what is not a public key. */
	readonly encode: (u: Uint8Array) => Uint8Array;
	/** `undefined`: not a key, not written as the profile has it, or one of low order. */
	readonly decode: (bytes: Uint8Array) => Uint8Array | undefined;
};

const prefix = Uint8Array.of(5);

/** 0x05 and the u-coordinate: all keys of the legacy profile. */
export const prefixedEncoding: KeyEncoding = {
	length: keyLength + 1,
	encode: u => concat(prefix, u),
	decode: bytes => (bytes[0] === 5 && isPublicKey(bytes.subarray(1)) ? bytes.slice(1) : undefined),
};

/** The u-coordinate alone: all keys of omemo:2 but the identity key. */
export const plainEncoding: KeyEncoding = {
	length: keyLength,
	encode: u => Uint8Array.from(u),
	decode: bytes => (isPublicKey(bytes) ? Uint8Array.from(bytes) : undefined),
};

/** The Ed25519 form: the identity key of omemo:2. Ours has the sign 0, as XEdDSA wants it; a peer's may have either. */
export const edwardsEncoding: KeyEncoding = {
	length: keyLength,
	encode(u) {
		const edwards = toEdwards(u, 0);
		if (edwards === undefined) {
			throw new RangeError('this is not a public key');
		}

		return edwards;
	},
	decode: toMontgomery,
};
