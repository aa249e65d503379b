import {randomBytes, scrypt} from 'node:crypto';
import {XmppcError} from '../../shared/errors.js';
import {sealingKeyLength} from './seal.js';

/** Cost and salt of the function that makes a key of a passphrase; kept beside what it seals. */
export type ScryptCost = {
	readonly name: 'scrypt';
	readonly N: number;
	readonly r: number;
	readonly p: number;
	/** Base64. */
	readonly salt: string;
};

/** What a new file is sealed with: half a second and 128 MB for each try. */
export function newCost(): ScryptCost {
	return {name: 'scrypt', N: 2 ** 17, r: 8, p: 1, salt: randomBytes(16).toString('base64')};
}

/** Bounds, since a changed file must not make us take all memory (128 · N · r bytes). */
export function isScryptCost(value: unknown): value is ScryptCost {
	if (typeof value !== 'object' || value === null) {
		return false;
	}

	const {name, N, r, p, salt} = value as Readonly<Record<string, unknown>>;
	return (
		name === 'scrypt' &&
		typeof N === 'number' &&
		N >= 2 ** 14 &&
		N <= 2 ** 20 &&
		Number.isInteger(Math.log2(N)) &&
		r === 8 &&
		p === 1 &&
		typeof salt === 'string'
	);
}

/** @throws XmppcError `empty-passphrase` */
export function checkPassphrase(passphrase: string): void {
	if (passphrase === '') {
		throw new XmppcError({
			code: 'empty-passphrase',
			kind: 'badData',
			message: 'An empty passphrase protects nothing.',
			hint: 'Choose one that is hard to guess: several words are easier to remember than symbols.',
		});
	}
}

/** The sealing key that a passphrase stands for, made off the main thread. */
export function deriveKey(passphrase: string, {N, r, p, salt}: ScryptCost): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		// NFC, since two keyboards may spell the same character differently.
		const secret = passphrase.normalize('NFC');
		scrypt(secret, Buffer.from(salt, 'base64'), sealingKeyLength, {N, r, p, maxmem: 256 * N * r}, (error, key) => {
			if (error === null) {
				resolve(key);
			} else {
				reject(error);
			}
		});
	});
}
