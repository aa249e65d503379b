import type {ExecutionContext} from 'ava';
import type {AccountSettings} from '../../source/model/account.js';
import type {Settings} from '../../source/model/settings.js';
import type {SecretStore, SecretStores, SettingsStore, Storage} from '../../source/storage/ports.js';
import {openSettings} from '../../source/storage/settings.js';
import {temporaryProfile, temporaryStorage} from '../storage/temporary-profile.js';

/** Secrets in memory: what a backend that always works does. */
export function memorySecrets(passwords: Readonly<Record<string, string>> = {}): SecretStores {
	const values = new Map(Object.entries(passwords).map(([jid, password]) => [`${jid} password`, password]));
	const store: SecretStore = {
		backend: 'key-file',
		get: async (account, name) => values.get(`${account} ${name}`),
		async set(account, name, value) {
			values.set(`${account} ${name}`, value);
		},
		async delete(account, name) {
			values.delete(`${account} ${name}`);
		},
		status: async () => 'ready',
	};
	return {forAccount: () => store, forIdentity: () => store, preferred: async () => 'key-file', async unlock() {}};
}

export type Profile = {
	readonly storage: Storage;
	readonly settings: SettingsStore;
	readonly secrets: SecretStores;
};

/**
 * A profile in a temporary directory with these accounts, all with the password `pencil`. Without encryption unless `preferences`
 * say so: what is not about it need not wait for device lists.
 */
export async function profileWith(
	t: ExecutionContext,
	accounts: ReadonlyArray<Omit<AccountSettings, 'enabled' | 'secrets'> & Partial<AccountSettings>>,
	preferences: Partial<Settings> = {'omemo.default': 'off'},
	directories = temporaryProfile(t),
): Promise<Profile> {
	const settings = openSettings(directories);
	await settings.update(current => ({
		...current,
		...preferences,
		accounts: accounts.map(account => ({enabled: true, secrets: 'key-file', ...account})),
	}));
	return {
		storage: await temporaryStorage(t, directories),
		settings,
		secrets: memorySecrets(Object.fromEntries(accounts.map(({jid}) => [jid, 'pencil']))),
	};
}

/** The same profile, and how many transactions of its storage there were: each costs a write to the disk. */
export function countingCommits(profile: Profile): {readonly profile: Profile; readonly commits: () => number} {
	let depth = 0;
	let commits = 0;
	const transaction: Storage['transaction'] = work => {
		commits += depth === 0 ? 1 : 0;
		depth++;
		try {
			return profile.storage.transaction(work);
		} finally {
			depth--;
		}
	};
	return {profile: {...profile, storage: {...profile.storage, transaction}}, commits: () => commits};
}
