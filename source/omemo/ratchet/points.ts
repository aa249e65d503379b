/** The birational map between Curve25519 and Ed25519 (RFC 7748 §4.1) on encoded public keys. */
import {ed25519} from '@noble/curves/ed25519.js';
import {bytesToNumberLE, numberToBytesLE} from '@noble/curves/utils.js';
import {isPublicKey, isReduced, keyLength} from './keys.js';

const {Point} = ed25519;
const {Fp} = Point;

/**
 * The Ed25519 key with `sign` in bit 255 that belongs to a u-coordinate: y = (u - 1) / (u + 1). A point of the twist has
 * none, and gives bytes under which no signature verifies. `undefined`: not a public key.
 */
export function toEdwards(u: Uint8Array, sign: 0 | 1): Uint8Array | undefined {
	if (!isPublicKey(u)) {
		return undefined;
	}

	const value = bytesToNumberLE(u);
	const y = numberToBytesLE(Fp.div(Fp.sub(value, Fp.ONE), Fp.add(value, Fp.ONE)), keyLength);
	y[31] = (y[31] ?? 0) | (sign << 7);
	return y;
}

/** The u-coordinate of an Ed25519 key: u = (1 + y) / (1 - y). `undefined`: not a point of the curve, or one of low order. */
export function toMontgomery(edwards: Uint8Array): Uint8Array | undefined {
	if (edwards.length !== keyLength) {
		return undefined;
	}

	const encoded = Uint8Array.from(edwards);
	encoded[31] = (encoded[31] ?? 0) & 127;
	if (!isReduced(encoded) || !isOnCurve(edwards)) {
		return undefined;
	}

	const y = bytesToNumberLE(encoded);
	if (y === Fp.ONE) {
		return undefined;
	}

	const u = numberToBytesLE(Fp.div(Fp.add(Fp.ONE, y), Fp.sub(Fp.ONE, y)), keyLength);
	return isPublicKey(u) ? u : undefined;
}

function isOnCurve(edwards: Uint8Array): boolean {
	try {
		Point.fromBytes(Uint8Array.from(edwards), false);
		return true;
	} catch {
		// The library says so by throwing.
		return false;
	}
}
