/** X25519 key pairs (RFC 7748), as plain bytes: a key object of `node:crypto` cannot be stored. */
import {createPrivateKey, createPublicKey, diffieHellman, type KeyObject} from 'node:crypto';
import {isSame, wipe} from './bytes.js';
import type {Random} from './random.js';

/** Both are 32 bytes: the clamped scalar and the u-coordinate, little-endian. */
export type KeyPair = {readonly secret: Uint8Array; readonly public: Uint8Array};

export const keyLength = 32;

export function createKeyPair(random: Random): KeyPair {
	const drawn = random(keyLength);
	const pair = keyPairOf(drawn);
	wipe(drawn);
	return pair;
}

/** What Node made of a pair, which takes it as long as an agreement; gone with the pair. */
const objects = new WeakMap<KeyPair, KeyObject>();

/** The pair of 32 secret bytes, which are clamped as RFC 7748 §5 wants them. */
export function keyPairOf(scalar: Uint8Array): KeyPair {
	if (scalar.length !== keyLength) {
		throw new RangeError(`a secret key has ${keyLength} bytes, not ${scalar.length}`);
	}

	const secret = Uint8Array.from(scalar);
	secret[0] = (secret[0] ?? 0) & 248;
	secret[31] = ((secret[31] ?? 0) & 127) | 64;
	const object = secretKeyObject(secret);
	const {x = ''} = createPublicKey(object).export({format: 'jwk'});
	const pair = {secret, public: Uint8Array.from(Buffer.from(x, 'base64url'))};
	objects.set(pair, object);
	return pair;
}

/**
 * The shared secret of X25519, 32 bytes. `undefined`: it is all zeros, because the other key is of low order
 * (RFC 7748 §6.1); both sides would have agreed on something that everybody knows.
 */
export function agree(own: KeyPair, theirs: Uint8Array): Uint8Array | undefined {
	if (!isPublicKey(theirs)) {
		return undefined;
	}

	const privateKey = objects.get(own) ?? secretKeyObject(own.secret);
	objects.set(own, privateKey);
	const shared = diffieHellman({privateKey, publicKey: publicKeyObject(theirs)});
	return isSame(shared, nothing) ? undefined : shared;
}

const nothing = new Uint8Array(keyLength);

/** The u-coordinates of points of order 1, 2, 4 and 8 on the curve and its twist, below the prime. */
const lowOrder: ReadonlySet<string> = new Set([
	'0000000000000000000000000000000000000000000000000000000000000000',
	'0100000000000000000000000000000000000000000000000000000000000000',
	'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
	'5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
	'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/**
 * Whether 32 bytes are a public key that may be agreed with: below 2^255 - 19 and not of low order. X25519 itself takes
 * larger ones and reduces them; then one key had two encodings, and a changed bit of a message would go unnoticed.
 */
export function isPublicKey(bytes: Uint8Array): boolean {
	return bytes.length === keyLength && isReduced(bytes) && !lowOrder.has(Buffer.from(bytes).toString('hex'));
}

/** Whether 32 little-endian bytes are a number below 2^255 - 19. */
export function isReduced(bytes: Uint8Array): boolean {
	const last = bytes[31] ?? 0;
	if (last !== 0x7f) {
		return last < 0x7f;
	}

	return (bytes[0] ?? 0) < 0xed || bytes.subarray(1, 31).some(byte => byte !== 0xff);
}

/** A JWK is by far what Node reads quickest. It takes the public half from `d`, whatever `x` says. */
function secretKeyObject(secret: Uint8Array): KeyObject {
	const d = Buffer.from(secret.buffer, secret.byteOffset, secret.length).toString('base64url');
	return createPrivateKey({key: {kty: 'OKP', crv: 'X25519', d, x: d}, format: 'jwk'});
}

function publicKeyObject(bytes: Uint8Array): KeyObject {
	const x = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
	return createPublicKey({key: {kty: 'OKP', crv: 'X25519', x}, format: 'jwk'});
}
