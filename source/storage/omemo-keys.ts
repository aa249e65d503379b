import {XmppcError} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import type {OmemoStore} from './omemo-ports.js';
import {fitsCheck, type SealedPlace, sealCheck, sealingKeyLength, unseal} from './secrets/seal.js';
import type {Database} from './sqlite.js';

/** The store keys of accounts, as far as they were given to this process, and what they open. */
export type StoreKeys = Pick<OmemoStore, 'status' | 'unlock' | 'ownDeviceId'> & {
	/** @throws XmppcError `encryption-locked` */
	keyOf(account: BareJid): Uint8Array;
	drop(account: BareJid): void;
};

/** Where a record of the own device belongs. */
export function ownPlace(account: BareJid, id: number): SealedPlace {
	return {table: 'omemo_own', id: `${account}/${id}`, version: 1};
}

/** Where a session belongs. A bare JID holds no `/`. */
export function sessionPlace(place: {account: string; owner: string; device: number; version: string}): SealedPlace {
	const {account, owner, device, version} = place;
	return {table: 'omemo_sessions', id: `${account}/${owner}/${device}/${version}`, version: 1};
}

/** Where a fact belongs. */
export function factPlace(account: BareJid, name: string): SealedPlace {
	return {table: 'omemo_facts', id: `${account}/${name}`, version: 1};
}

/** So many records of each table are tried before a key is called wrong: not all of them can be damaged. */
const tries = 20;

export function createStoreKeys(database: Database): StoreKeys {
	const keys = new Map<BareJid, Uint8Array>();
	/** Those that were found to fit, as of so many undone transactions: each record that is read or written asks. */
	const fitting = new Map<BareJid, number>();

	const own = (account: BareJid) => database.get('SELECT id, key_check FROM omemo_own WHERE account = ?', account);

	/** The records of an account with their places, some of each kind. */
	const someRecords = (account: BareJid) => [
		...database
			.all('SELECT id, record FROM omemo_own WHERE account = ?', account)
			.map(({id, record}) => ({record, place: ownPlace(account, id as number)})),
		...database
			.all('SELECT owner, device, version, record FROM omemo_sessions WHERE account = ? LIMIT ?', account, tries)
			.map(({owner, device, version, record}) => ({
				record,
				place: sessionPlace({account, owner: String(owner), device: Number(device), version: String(version)}),
			})),
		...database
			.all('SELECT name, record FROM omemo_facts WHERE account = ? LIMIT ?', account, tries)
			.map(({name, record}) => ({record, place: factPlace(account, String(name))})),
	];

	const opensSomething = (account: BareJid, key: Uint8Array): boolean => {
		const records = someRecords(account);
		return (
			records.length === 0 || records.some(({record, place}) => unseal(key, record as Uint8Array, place) !== undefined)
		);
	};

	/** The key that was given, unless what is there was sealed with another one since: the giving may have been undone. */
	const given = (account: BareJid): Uint8Array | undefined => {
		const key = keys.get(account);
		if (key === undefined || fitting.get(account) === database.undone()) {
			return key;
		}

		const check = own(account)?.key_check as Uint8Array | undefined;
		if (check === undefined) {
			return key;
		}

		if (!fitsCheck(key, check, account)) {
			return undefined;
		}

		fitting.set(account, database.undone());
		return key;
	};

	return {
		status: account => (own(account) === undefined ? 'none' : given(account) === undefined ? 'locked' : 'open'),
		ownDeviceId: account => own(account)?.id as number | undefined,
		keyOf(account) {
			const key = given(account);
			if (key === undefined) {
				throw encryptionLocked(account);
			}

			return key;
		},
		unlock(account, key) {
			if (key.length !== sealingKeyLength) {
				throw storeKeyWrong(account);
			}

			const check = own(account)?.key_check;
			const fits = check !== undefined && fitsCheck(key, check as Uint8Array, account);
			if (!fits && !opensSomething(account, key)) {
				throw storeKeyWrong(account);
			}

			if (check !== undefined && !fits) {
				// It opens the records: only the constant is damaged.
				database.run('UPDATE omemo_own SET key_check = ? WHERE account = ?', sealCheck(key, account), account);
			}

			fitting.delete(account);
			keys.set(account, Uint8Array.from(key));
		},
		drop: account => {
			fitting.delete(account);
			keys.delete(account);
		},
	};
}

/** Exit status 78: whoever sends from a script is told that nothing goes out. */
function encryptionLocked(account: BareJid): XmppcError {
	return new XmppcError({
		code: 'encryption-locked',
		kind: 'configuration',
		message: `The encryption of ${account} is locked: the key to it was not given.`,
		hint: 'Unlock the place where its secrets lie, then connect again.',
	});
}

function storeKeyWrong(account: BareJid): XmppcError {
	return new XmppcError({
		code: 'store-key-wrong',
		kind: 'configuration',
		message: `The key that is stored for ${account} does not open what is kept of its encryption.`,
		hint: 'Secrets and history are not of the same time: restore both from one backup, or make a new device.',
	});
}
