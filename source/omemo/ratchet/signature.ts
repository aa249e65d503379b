/**
 * Signatures of the identity key, which is an X25519 key: XEdDSA (https://signal.org/docs/specifications/xeddsa/) makes
 * Ed25519 signatures (RFC 8032) with it. Its Edwards form has the sign 0 always, so what we sign verifies for peers that
 * look for the sign in the signature as well as for those that do not.
 */
import {createHash, createPublicKey, verify as verifyNatively} from 'node:crypto';
import {ed25519} from '@noble/curves/ed25519.js';
import {bytesToNumberLE, numberToBytesLE} from '@noble/curves/utils.js';
import {concat, wipe} from './bytes.js';
import {type KeyPair, keyLength} from './keys.js';
import {toEdwards} from './points.js';
import type {Random} from './random.js';

const {Point} = ed25519;
const {Fn} = Point;

export const signatureLength = 64;

/** XEdDSA §3.5, "sign": hash_1 begins with the little-endian bytes of 2^256 - 2. */
const noncePrefix = new Uint8Array(keyLength).fill(0xff);
noncePrefix[0] = 0xfe;

/** Signs with XEdDSA: 64 bytes that verify under the Ed25519 form with sign 0 of the public key. */
export function sign(pair: KeyPair, message: Uint8Array, random: Random): Uint8Array {
	const scalar = Fn.create(bytesToNumberLE(pair.secret));
	const point = Point.BASE.multiply(scalar).toBytes();
	const isNegative = (point[31] ?? 0) >= 128;
	const signing = isNegative ? Fn.neg(scalar) : scalar;
	point[31] = (point[31] ?? 0) & 127;

	const secret = numberToBytesLE(signing, keyLength);
	const blinding = random(signatureLength);
	const nonce = hashToScalar(noncePrefix, secret, message, blinding);
	wipe(secret, blinding);
	const commitment = Point.BASE.multiply(nonce).toBytes();
	const challenge = hashToScalar(commitment, point, message);
	const response = Fn.create(nonce + challenge * signing);
	return concat(commitment, numberToBytesLE(response, keyLength));
}

/** Whether an Ed25519 signature (RFC 8032 §5.1.7) is that of `edwards`, a key that {@link toMontgomery} takes. */
export function verifyEdwards(edwards: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
	if (edwards.length !== keyLength || signature.length !== signatureLength) {
		return false;
	}

	const x = Buffer.from(edwards).toString('base64url');
	const key = createPublicKey({key: {kty: 'OKP', crv: 'Ed25519', x}, format: 'jwk'});
	return verifyNatively(null, message, key, signature);
}

/**
 * Whether a legacy signature is that of a u-coordinate. Bit 7 of its last byte, which a number below the group's order
 * leaves free, holds the sign of the signer's Edwards key.
 */
export function verifyMontgomery(u: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
	if (signature.length !== signatureLength) {
		return false;
	}

	const masked = Uint8Array.from(signature);
	const last = masked[63] ?? 0;
	masked[63] = last & 127;
	const edwards = toEdwards(u, last >= 128 ? 1 : 0);
	return edwards !== undefined && verifyEdwards(edwards, message, masked);
}

function hashToScalar(...parts: readonly Uint8Array[]): bigint {
	const material = concat(...parts);
	const digest = Uint8Array.from(createHash('sha512').update(material).digest());
	const scalar = Fn.create(bytesToNumberLE(digest));
	wipe(material, digest);
	return scalar;
}
