import {messageOf} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';
import type {Notice} from '../directories.js';
import type {SecretStore} from '../ports.js';

/** Where the identity of an account may lie whose own store of secrets can only be read. */
export type IdentityPlaces = {
	readonly keychain: SecretStore;
	/** Throws why the keychain does not work here and now. */
	readonly checkKeychain: () => Promise<void>;
	readonly keyFile: SecretStore;
	/** Whether it was put there, also where it cannot be read now. */
	readonly isInKeychain: (account: BareJid) => boolean;
	readonly isInKeyFile: (account: BareJid) => boolean;
	/** For the notice. */
	readonly keyPath: string;
	readonly notice: Notice;
};

/**
 * A store for the identity of one account. Once it lies somewhere it stays there, and what cannot be reached is not
 * "nothing": another place is chosen for the first one only.
 */
export function createIdentityPlace(account: BareJid, places: IdentityPlaces): SecretStore {
	const {keychain, checkKeychain, keyFile, isInKeychain, isInKeyFile, keyPath, notice} = places;
	const known = (): SecretStore | undefined =>
		isInKeychain(account) ? keychain : isInKeyFile(account) ? keyFile : undefined;

	const because = `The program that knows the password of ${account} can store nothing, so its encryption identity`;
	const choose = async (): Promise<{readonly store: SecretStore; readonly told: string}> => {
		try {
			await checkKeychain();
			return {store: keychain, told: `${because} is in the keychain.`};
		} catch (error) {
			return {
				store: keyFile,
				told:
					`${because} is in a file that the key in ${keyPath} opens: who can read both can read it. ` +
					`The keychain cannot be used: ${messageOf(error)}`,
			};
		}
	};

	return {
		get backend() {
			return known()?.backend ?? 'command';
		},
		get: async (_, name) => known()?.get(account, name),
		async set(_, name, value) {
			const before = known();
			if (before !== undefined) {
				await before.set(account, name, value);
				return;
			}

			const {store, told} = await choose();
			await store.set(account, name, value);
			notice(told);
		},
		delete: async (_, name) => known()?.delete(account, name),
		status: async () => known()?.status() ?? 'ready',
	};
}
