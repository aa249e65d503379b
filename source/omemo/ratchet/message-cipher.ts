/** Encrypts one message of the ratchet under one message key (XEP-0384 §Double Ratchet, ENCRYPT). */
import {createCipheriv, createDecipheriv} from 'node:crypto';
import {isSame, wipe} from './bytes.js';
import {hkdf, hmac} from './derivation.js';
import type {MessageHeader, ReadMessage} from './message-format.js';
import type {Profile} from './profile.js';

/** AES-256-CBC with HMAC-SHA-256 over the associated data and the ciphertext; gives the message as it is on the wire. */
export function sealMessage(
	profile: Profile,
	messageKey: Uint8Array,
	header: MessageHeader,
	plaintext: Uint8Array,
	associatedData: Uint8Array,
): Uint8Array {
	const keys = messageKeys(profile, messageKey);
	const ciphertext = encryptCbc(keys, plaintext);
	const body = profile.format.writeBody(header, ciphertext);
	const mac = hmac(keys.authentication, associatedData, body).subarray(0, profile.macLength);
	wipe(keys.all);
	return profile.format.writeMessage(body, mac);
}

/** The plaintext. `undefined`: the code of authenticity is not the right one. */
export function openMessage(
	profile: Profile,
	messageKey: Uint8Array,
	message: ReadMessage,
	associatedData: Uint8Array,
): Uint8Array | undefined {
	const keys = messageKeys(profile, messageKey);
	const mac = hmac(keys.authentication, associatedData, message.body).subarray(0, profile.macLength);
	const plaintext = isSame(mac, message.mac) ? decryptCbc(keys, message.ciphertext) : undefined;
	wipe(keys.all);
	return plaintext;
}

export type CbcKeys = {
	readonly encryption: Uint8Array;
	readonly authentication: Uint8Array;
	readonly iv: Uint8Array;
	/** All of them in one piece, for wiping. */
	readonly all: Uint8Array;
};

/** 32 bytes for AES, 32 for HMAC and 16 of IV, from HKDF. */
export function cbcKeys(material: Uint8Array, info: string): CbcKeys {
	const all = hkdf(material, info, 80);
	return {encryption: all.subarray(0, 32), authentication: all.subarray(32, 64), iv: all.subarray(64), all};
}

function messageKeys(profile: Profile, messageKey: Uint8Array): CbcKeys {
	return cbcKeys(messageKey, profile.info.message);
}

export function encryptCbc({encryption, iv}: CbcKeys, plaintext: Uint8Array): Uint8Array {
	const cipher = createCipheriv('aes-256-cbc', encryption, iv);
	return Buffer.concat([cipher.update(plaintext), cipher.final()]);
}

/** Only for what was found authentic: an answer about the padding alone would give the plaintext away. */
export function decryptCbc({encryption, iv}: CbcKeys, ciphertext: Uint8Array): Uint8Array | undefined {
	const decipher = createDecipheriv('aes-256-cbc', encryption, iv);
	try {
		return Uint8Array.from(Buffer.concat([decipher.update(ciphertext), decipher.final()]));
	} catch {
		// The sender, who has the key, padded it wrongly.
		return undefined;
	}
}
