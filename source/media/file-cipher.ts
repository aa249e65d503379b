/** AES-256-GCM as files are encrypted with (XEP-0454, XEP-0448): the tag stands behind the data. */
import {type CipherGCM, createCipheriv, createDecipheriv, type DecipherGCM, randomBytes} from 'node:crypto';
import type {FileKey} from '../model/attachment.js';

/** Bytes of the tag: what an encrypted file is longer than the one in clear. */
export const tagBytes = 16;
const keyBytes = 32;
const ivBytes = 12;
/** What others make; ours have 12. */
const readableIvs: ReadonlySet<number> = new Set([12, 16]);

/** A key for one file. It must never be used for another one, nor for the same one after it changed. */
export function newFileKey(): FileKey {
	return {key: randomBytes(keyBytes).toString('base64'), iv: randomBytes(ivBytes).toString('base64')};
}

type Raw = {readonly key: Buffer; readonly iv: Buffer};

function rawKey({key, iv}: FileKey): Raw | undefined {
	const raw = {key: Buffer.from(key, 'base64'), iv: Buffer.from(iv, 'base64')};
	return raw.key.length === keyBytes && readableIvs.has(raw.iv.length) ? raw : undefined;
}

/** Encrypts one file. Throws where the key is none. */
export function fileCipher(key: FileKey): CipherGCM {
	const raw = rawKey(key);
	if (raw === undefined) {
		throw new Error('the key of a file has 32 bytes, its IV 12 or 16');
	}

	return createCipheriv('aes-256-gcm', raw.key, raw.iv, {authTagLength: tagBytes});
}

/** Decrypts one file; `undefined` where the key is none, as others may write it. */
export function fileDecipher(key: FileKey): DecipherGCM | undefined {
	const raw = rawKey(key);
	return raw === undefined ? undefined : createDecipheriv('aes-256-gcm', raw.key, raw.iv, {authTagLength: tagBytes});
}
