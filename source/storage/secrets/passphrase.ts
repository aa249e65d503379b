import {XmppcError} from '../../shared/errors.js';
import type {Notice} from '../directories.js';
import type {SecretStore} from '../ports.js';
import {checkPassphrase, deriveKey, newCost, type ScryptCost} from './passphrase-key.js';
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
import {secretsCorrupt, secretsLocked} from './secret-errors.js';

/**
 * Asks a person, or reads a descriptor. `create`: it is a new passphrase, so a terminal asks for it twice. Answers
 * undefined where nobody can be asked.
 */
export type AskPassphrase = (purpose: 'open' | 'create') => Promise<string | undefined>;

/** A key made of a passphrase, with what it takes to make it again. */
type Opened = {readonly key: Buffer; readonly kdf: ScryptCost};

export type PassphraseStore = {
	readonly store: SecretStore;
	/** Opens it for this process. @throws XmppcError `wrong-passphrase`, `empty-passphrase` */
	unlock(passphrase: string): Promise<void>;
};

/** Secrets in a file, sealed with a key made of a passphrase by scrypt; half a second and 128 MB, off the main thread. */
export function createPassphraseStore(path: string, ask: AskPassphrase | undefined, notice: Notice): PassphraseStore {
	let opened: Opened | undefined;
	let opening: Promise<Opened> | undefined;

	const unlock = async (passphrase: string): Promise<Opened> => {
		checkPassphrase(passphrase);
		const file = readSealedFile(path);
		const kdf = file === undefined ? newCost() : file.kdf;
		if (kdf === undefined) {
			throw secretsCorrupt(path, 'it was not sealed with a passphrase');
		}

		const key = await deriveKey(passphrase, kdf);
		if (file !== undefined && !fitsKey(file, key)) {
			throw new XmppcError({
				code: 'wrong-passphrase',
				kind: 'notPermitted',
				message: `The passphrase does not open the secrets in ${path}.`,
				hint: 'Try again. It cannot be recovered; if it is lost, move the file away and set the passwords again.',
			});
		}

		opened = {key, kdf};
		return opened;
	};

	const askAndUnlock = async (): Promise<Opened> => {
		const passphrase = await ask?.(readSealedFile(path) === undefined ? 'create' : 'open');
		if (passphrase === undefined) {
			throw secretsLocked(
				`The secrets in ${path} are locked: they need your passphrase.`,
				'Start xmppc on a terminal, or give the passphrase with --passphrase-fd.',
			);
		}

		return unlock(passphrase);
	};

	// One question a process, however many accounts wait for the answer and whatever the answer was; after a wrong
	// answer only `unlock` helps.
	const open = async (): Promise<Opened> => {
		if (opened === undefined) {
			opening ??= askAndUnlock();
			return opening;
		}

		return opened;
	};

	/** The file, which must still be the one that the key opens. */
	const current = (key: Uint8Array): SealedFile | undefined => {
		const file = readSealedFile(path);
		if (file !== undefined && !fitsKey(file, key)) {
			throw secretsCorrupt(path, 'it was replaced while xmppc was running');
		}

		return file;
	};

	return {
		unlock: async passphrase => {
			await unlock(passphrase);
		},
		store: {
			backend: 'passphrase',
			async get(account, name) {
				// Without a file there is certainly nothing, and nothing to ask for.
				if (readSealedFile(path) === undefined) {
					return undefined;
				}

				const {key} = await open();
				const file = current(key);
				return file === undefined ? undefined : openRecord(file, key, account, name, path);
			},
			async set(account, name, value) {
				const {key, kdf} = await open();
				const file = current(key) ?? emptySealedFile(key, kdf);
				writeSealedFile(path, withRecord(file, key, account, name, value), notice);
			},
			// Takes no key: an account can be removed although its passphrase is lost.
			async delete(account, name) {
				const file = readSealedFile(path);
				if (file !== undefined) {
					writeSealedFile(path, withoutRecord(file, account, name), notice);
				}
			},
			status: async () => (opened === undefined ? 'locked' : 'ready'),
		},
	};
}
