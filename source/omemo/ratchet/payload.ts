/**
 * What is encrypted once for all devices, and the key material for it that each of them gets through the ratchet.
 * XEP-0384 0.3.0 §Sending a message, 0.9.0 §Message Encryption.
 */
import {createCipheriv, createDecipheriv} from 'node:crypto';
import {concat, isSame, wipe} from './bytes.js';
import {hmac} from './derivation.js';
import {type CbcKeys, cbcKeys, decryptCbc, encryptCbc} from './message-cipher.js';
import type {ProfileName} from './profile.js';
import type {Random} from './random.js';

export type EncryptedPayload = {
	readonly payload: Uint8Array;
	/** The legacy profile has one in the header of the message. */
	readonly iv?: Uint8Array;
	/** For the ratchet: 32 bytes (key and tag) in the legacy profile, 48 (key and code) in omemo:2. */
	readonly keyMaterial: Uint8Array;
};

export type DecryptedPayload =
	| {readonly ok: true; readonly plaintext: Uint8Array}
	/** `without-tag`: a very old sender, whose payload cannot be told from a forged one. */
	| {readonly ok: false; readonly reason: 'without-tag' | 'bad-length' | 'bad-mac'};

const tagLength = 16;
const legacyKeyLength = 16;
/** Bytes of the vector in the header of the legacy profile, as everybody makes it now. */
export const legacyVectorLength = 12;
const omemo2KeyLength = 32;
const payloadInfo = 'OMEMO Payload';

/** Encrypts a payload under a new key. `plaintext`: the body's text, or the envelope of XEP-0420. */
export function encryptPayload(profile: ProfileName, plaintext: Uint8Array, random: Random): EncryptedPayload {
	if (profile === 'legacy') {
		const key = random(legacyKeyLength);
		const iv = random(legacyVectorLength);
		const cipher = createCipheriv('aes-128-gcm', key, iv);
		const payload = concat(cipher.update(plaintext), cipher.final());
		const keyMaterial = concat(key, cipher.getAuthTag());
		wipe(key);
		return {payload, iv, keyMaterial};
	}

	const key = random(omemo2KeyLength);
	const keys = cbcKeys(key, payloadInfo);
	const payload = Uint8Array.from(encryptCbc(keys, plaintext));
	const keyMaterial = concat(key, codeOf(keys, payload));
	wipe(key, keys.all);
	return {payload, keyMaterial};
}

/** Decrypts a payload with the key material that came through the ratchet; nothing of it is given before it is authentic. */
export function decryptPayload(profile: ProfileName, {payload, iv, keyMaterial}: EncryptedPayload): DecryptedPayload {
	return profile === 'legacy' ? decryptLegacy(payload, iv, keyMaterial) : decryptOmemo2(payload, keyMaterial);
}

function decryptLegacy(payload: Uint8Array, iv: Uint8Array | undefined, keyMaterial: Uint8Array): DecryptedPayload {
	if (keyMaterial.length === legacyKeyLength) {
		return {ok: false, reason: 'without-tag'};
	}

	// 12 bytes are what everybody sends now, 16 what was usual before.
	if (keyMaterial.length < legacyKeyLength + tagLength || (iv?.length !== 12 && iv?.length !== 16)) {
		return {ok: false, reason: 'bad-length'};
	}

	// Whatever is there beside the key comes behind the payload; the last 16 bytes of that are the tag.
	const sealed = concat(payload, keyMaterial.subarray(legacyKeyLength));
	const key = keyMaterial.subarray(0, legacyKeyLength);
	const decipher = createDecipheriv('aes-128-gcm', key, iv, {authTagLength: tagLength});
	decipher.setAuthTag(sealed.subarray(-tagLength));
	const decrypted = decipher.update(sealed.subarray(0, -tagLength));
	try {
		return {ok: true, plaintext: concat(decrypted, decipher.final())};
	} catch {
		// Node tells by an exception that the tag is not the right one.
		wipe(decrypted);
		return {ok: false, reason: 'bad-mac'};
	}
}

function decryptOmemo2(payload: Uint8Array, keyMaterial: Uint8Array): DecryptedPayload {
	if (keyMaterial.length !== omemo2KeyLength + tagLength || payload.length === 0 || payload.length % 16 !== 0) {
		return {ok: false, reason: 'bad-length'};
	}

	const keys = cbcKeys(keyMaterial.subarray(0, omemo2KeyLength), payloadInfo);
	const isAuthentic = isSame(codeOf(keys, payload), keyMaterial.subarray(omemo2KeyLength));
	const plaintext = isAuthentic ? decryptCbc(keys, payload) : undefined;
	wipe(keys.all);
	return plaintext === undefined ? {ok: false, reason: 'bad-mac'} : {ok: true, plaintext};
}

function codeOf({authentication}: CbcKeys, payload: Uint8Array): Uint8Array {
	return hmac(authentication, payload).subarray(0, tagLength);
}

/**
 * The key material of an empty message, which has no payload and only turns the ratchet: a random key in the legacy
 * profile (a key transport without use), 32 zero bytes in omemo:2.
 */
export function emptyKeyMaterial(profile: ProfileName, random: Random): Uint8Array {
	return profile === 'legacy' ? random(legacyKeyLength) : new Uint8Array(omemo2KeyLength);
}

/** Whether what came without a payload is an empty message: in the legacy profile a key, with or without a tag. */
export function isEmptyKeyMaterial(profile: ProfileName, keyMaterial: Uint8Array): boolean {
	return profile === 'legacy'
		? keyMaterial.length >= legacyKeyLength
		: isSame(keyMaterial, new Uint8Array(omemo2KeyLength));
}
