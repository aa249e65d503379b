import {join} from 'node:path';
import type {Clock} from '../../shared/clock.js';
import type {Notice, ProfileDirectories} from '../directories.js';
import type {SecretStores} from '../ports.js';
import {createCommandStore} from './command.js';
import {createIdentityPlace, type IdentityPlaces} from './identity-place.js';
import {createKeyFileStore} from './key-file.js';
import {createKeychainStore} from './keychain.js';
import {type AskPassphrase, createPassphraseStore} from './passphrase.js';
import {hasRecord, readSealedFile} from './sealed-file.js';
import {openStoredNames} from './stored-names.js';

export type SecretStoreOptions = {
	readonly directories: ProfileDirectories;
	readonly clock: Clock;
	/** Asks for the passphrase, at most once in the life of the process. Without it `unlock` has to be called. */
	readonly askPassphrase?: AskPassphrase;
	/** Where the key of `key-file` lies, if not in the profile's settings directory. */
	readonly keyFile?: string;
	/** What the keychain's process gets to see; by default all of ours. */
	readonly environment?: Readonly<Record<string, string | undefined>>;
	readonly notice?: Notice;
};

/** The places where a profile's secrets may lie. Nothing is opened, asked or created before it is needed. */
export function createSecretStores({
	directories,
	clock,
	askPassphrase,
	keyFile,
	environment = process.env,
	notice = () => {},
}: SecretStoreOptions): SecretStores {
	const files = secretFiles(directories, keyFile);
	const storedNames = openStoredNames(files.keychainNames, notice);
	const keychain = createKeychainStore({profile: directories.profile, clock, storedNames, environment});
	const passphrase = createPassphraseStore(files.passphrase, askPassphrase, notice);
	const keyFileStore = createKeyFileStore(files.sealedWithKey, files.key, notice);

	const forAccount: SecretStores['forAccount'] = ({secrets, passwordCommand}) => {
		switch (secrets) {
			case 'keychain':
				return keychain.store;
			case 'passphrase':
				return passphrase.store;
			case 'key-file':
				return keyFileStore;
			case 'command':
				return createCommandStore(passwordCommand, clock);
		}
	};

	const places: IdentityPlaces = {
		keychain: keychain.store,
		checkKeychain: keychain.check,
		keyFile: keyFileStore,
		isInKeychain: account => storedNames.has(account, 'identity'),
		isInKeyFile(account) {
			const file = readSealedFile(files.sealedWithKey);
			return file !== undefined && hasRecord(file, account, 'identity');
		},
		keyPath: files.key,
		notice,
	};

	return {
		forAccount,
		forIdentity: account =>
			account.secrets === 'command' ? createIdentityPlace(account.jid, places) : forAccount(account),
		async preferred() {
			await keychain.check();
			return 'keychain';
		},
		unlock: passphrase.unlock,
	};
}

function secretFiles({data, config}: ProfileDirectories, keyFile: string | undefined) {
	return {
		keychainNames: join(data, 'keychain-names.json'),
		passphrase: join(data, 'secrets-passphrase.json'),
		sealedWithKey: join(data, 'secrets-key-file.json'),
		key: keyFile ?? join(config, 'secret.key'),
	};
}
