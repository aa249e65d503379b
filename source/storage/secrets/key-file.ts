import {randomBytes} from 'node:crypto';
import {closeSync, existsSync, fstatSync, openSync, readFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {XmppcError} from '../../shared/errors.js';
import {ensurePrivateDirectory, type Notice} from '../directories.js';
import {errorNumberName, fileError} from '../file-errors.js';
import type {SecretStore} from '../ports.js';
import {createPrivateFile} from '../private-file.js';
import {sealingKeyLength} from './seal.js';
import {
	emptySealedFile,
	fitsKey,
	openRecord,
	readSealedFile,
	type SealedFile,
	withoutRecord,
	withRecord,
	writeSealedFile,
} from './sealed-file.js';
import {secretsCorrupt, secretsUnavailable} from './secret-errors.js';

/**
 * Secrets in a file at `path`, sealed with the key in a second file: for machines that must start without a person.
 * Whoever can read both files can read the secrets; the key lies apart so that a backup of the data does not hold it.
 */
export function createKeyFileStore(path: string, keyPath: string, notice: Notice): SecretStore {
	/** The sealed file with its key, undefined while nothing was ever stored. */
	const open = (): {file: SealedFile; key: Buffer} | undefined => {
		const file = readSealedFile(path);
		if (file === undefined) {
			return undefined;
		}

		const key = readKey(keyPath);
		if (key === undefined) {
			throw secretsUnavailable(
				`The key file ${keyPath} is missing, and the secrets in ${path} cannot be read without it.`,
				`Put it back; or, if it is lost, move ${path} away and set the passwords again with: xmppc account add`,
			);
		}

		if (!fitsKey(file, key)) {
			throw secretsCorrupt(path, `the key in ${keyPath} is not the one they were sealed with`);
		}

		return {file, key};
	};

	return {
		backend: 'key-file',
		async get(account, name) {
			const opened = open();
			return opened === undefined ? undefined : openRecord(opened.file, opened.key, account, name, path);
		},
		async set(account, name, value) {
			const opened = open();
			const key = opened?.key ?? readKey(keyPath) ?? createKey(keyPath, notice);
			writeSealedFile(path, withRecord(opened?.file ?? emptySealedFile(key), key, account, name, value), notice);
		},
		// Takes no key: an account can be removed although the key is lost.
		async delete(account, name) {
			const file = readSealedFile(path);
			if (file !== undefined) {
				writeSealedFile(path, withoutRecord(file, account, name), notice);
			}
		},
		status: async () => (existsSync(path) && !existsSync(keyPath) ? 'unavailable' : 'ready'),
	};
}

/** The key; undefined without a file. A file that others may read is refused: it may have been read. */
function readKey(path: string): Buffer | undefined {
	let descriptor: number;
	try {
		descriptor = openSync(path, 'r');
	} catch (error) {
		if (errorNumberName(error) === 'ENOENT') {
			return undefined;
		}

		throw fileError(error, 'read the key file', path);
	}

	try {
		const found = fstatSync(descriptor);
		const user = process.geteuid?.();
		if (user !== undefined && (found.uid !== user || (found.mode & 0o077) !== 0)) {
			throw new XmppcError({
				code: 'key-file-exposed',
				kind: 'configuration',
				message: `The key file ${path} can be read or changed by other users of this machine.`,
				hint: `Make it yours alone: chown ${user} ${path} && chmod 600 ${path}`,
			});
		}

		const key = found.isFile() && found.size === sealingKeyLength ? readFileSync(descriptor) : undefined;
		if (key?.length !== sealingKeyLength) {
			throw new XmppcError({
				code: 'key-file-invalid',
				kind: 'configuration',
				message: `The key file ${path} does not hold a key: it must be a file of ${sealingKeyLength} random bytes.`,
				hint: 'Restore it from a backup. If it was never used, remove it and xmppc makes a new one.',
			});
		}

		return key;
	} finally {
		closeSync(descriptor);
	}
}

function createKey(path: string, notice: Notice): Buffer {
	ensurePrivateDirectory(dirname(path), notice);
	const key = randomBytes(sealingKeyLength);
	try {
		createPrivateFile(path, key);
	} catch (error) {
		throw fileError(error, 'create the key file', path);
	}

	return key;
}
