import {createCipheriv, createDecipheriv, randomBytes} from 'node:crypto';

/** Bytes of a sealing key (AES-256). */
export const sealingKeyLength = 32;
const nonceLength = 12;
const tagLength = 16;

/** Where a sealed record belongs. It is authenticated, so that a record moved to another place does not open there. */
export type SealedPlace = {
	/** Kind of record; no `|` in it. */
	readonly table: string;
	/** Its primary key. */
	readonly id: string;
	/** Version of the record's format. */
	readonly version: number;
};

/** AES-256-GCM: `nonce (12) ‖ ciphertext ‖ tag (16)`. The nonce is random: one key seals far fewer than 2^32 records. */
export function seal(key: Uint8Array, content: Uint8Array, place: SealedPlace): Buffer {
	const nonce = randomBytes(nonceLength);
	const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(placeBytes(place));
	return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/** What was sealed; `undefined` if the key is another one, or the record was changed, cut or put elsewhere. */
export function unseal(key: Uint8Array, sealed: Uint8Array, place: SealedPlace): Buffer | undefined {
	if (sealed.length < nonceLength + tagLength) {
		return undefined;
	}

	const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceLength), {authTagLength: tagLength})
		.setAAD(placeBytes(place))
		.setAuthTag(sealed.subarray(-tagLength));
	const content = decipher.update(sealed.subarray(nonceLength, -tagLength));
	try {
		return Buffer.concat([content, decipher.final()]);
	} catch {
		// The tag does not fit: that is the answer, not a failure.
		return undefined;
	}
}

/** A sealed constant, which tells a wrong key from a damaged record. `id`: what it is the key to. */
export function sealCheck(key: Uint8Array, id = ''): Buffer {
	return seal(key, Buffer.from('xmppc'), checkPlace(id));
}

/** Whether a constant was sealed with this key, for this use of it. */
export function fitsCheck(key: Uint8Array, check: Uint8Array, id = ''): boolean {
	return unseal(key, check, checkPlace(id)) !== undefined;
}

function checkPlace(id: string): SealedPlace {
	return {table: 'check', id, version: 1};
}

/** Unambiguous: neither `table` nor the number holds a `|`. */
function placeBytes({table, id, version}: SealedPlace): Buffer {
	return Buffer.from(`${table}|${id}|${version}`);
}
