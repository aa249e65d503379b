/** What makes keys of keys: HKDF with SHA-256 (RFC 5869) and the steps of a chain (Double Ratchet §5.2). */
import {createHmac, hkdfSync} from 'node:crypto';

const zeroSalt = new Uint8Array(32);

/** `length` bytes of HKDF-SHA-256. Without a salt it is 32 zero bytes. */
export function hkdf(material: Uint8Array, info: string, length: number, salt: Uint8Array = zeroSalt): Uint8Array {
	return new Uint8Array(hkdfSync('sha256', material, salt, info, length));
}

export function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
	const mac = createHmac('sha256', key);
	for (const part of parts) {
		mac.update(part);
	}

	return mac.digest();
}

const messageStep = Uint8Array.of(1);
const chainStep = Uint8Array.of(2);

/** The key of the message that stands where the chain is. */
export function messageKeyOf(chainKey: Uint8Array): Uint8Array {
	return hmac(chainKey, messageStep);
}

/** The chain one message on. */
export function nextChainKey(chainKey: Uint8Array): Uint8Array {
	return hmac(chainKey, chainStep);
}
