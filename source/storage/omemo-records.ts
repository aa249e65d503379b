import type {OmemoVersion} from '../model/device.js';
import type {BareJid} from '../shared/jid.js';
import {factPlace, ownPlace, type StoreKeys, sessionPlace} from './omemo-keys.js';
import type {OmemoStore, SessionPlace} from './omemo-ports.js';
import {type SealedPlace, seal, sealCheck, unseal} from './secrets/seal.js';
import type {Database, Row, SqlValue} from './sqlite.js';

export type RecordStore = Pick<
	OmemoStore,
	| 'ownDevice'
	| 'saveOwnDevice'
	| 'forgetOwnDevice'
	| 'session'
	| 'saveSession'
	| 'removeSession'
	| 'sessions'
	| 'fact'
	| 'saveFact'
>;

/** What is sealed: the own device, sessions and facts. A record opens only in its own place. */
export function createRecordStore(database: Database, keys: StoreKeys): RecordStore {
	const {keyOf} = keys;
	const opened = createOpenedRecords();
	/** As they were read, or written, after so many undone transactions: each message that is read asks for thousands of bytes. */
	const ownDevices = new Map<BareJid, {readonly id: number; readonly record: Uint8Array; readonly undone: number}>();
	return {
		ownDevice(account) {
			const key = keyOf(account);
			const known = ownDevices.get(account);
			if (known?.undone === database.undone()) {
				return {id: known.id, record: known.record};
			}

			const row = database.get('SELECT id, record FROM omemo_own WHERE account = ?', account);
			const id = row?.id as number;
			const record = row === undefined ? undefined : opened.open(key, row.record as Uint8Array, ownPlace(account, id));
			if (record === undefined) {
				return undefined;
			}

			ownDevices.set(account, {id, record, undone: database.undone()});
			return {id, record};
		},

		saveOwnDevice(account, {id, record}) {
			const key = keyOf(account);
			ownDevices.delete(account);
			database.run(
				'INSERT OR REPLACE INTO omemo_own (account, id, key_check, record) VALUES (?, ?, ?, ?)',
				account,
				id,
				sealCheck(key, account),
				opened.seal(key, record, ownPlace(account, id)),
			);
		},

		forgetOwnDevice: account =>
			database.transaction(() => {
				for (const table of ['omemo_own', 'omemo_sessions', 'omemo_facts']) {
					database.run(`DELETE FROM ${table} WHERE account = ?`, account);
				}

				keys.drop(account);
				ownDevices.delete(account);
			}),

		session(place) {
			const key = keyOf(place.account);
			const row = database.get(
				'SELECT record FROM omemo_sessions WHERE account = ? AND owner = ? AND device = ? AND version = ?',
				...primaryKey(place),
			);
			return row === undefined ? undefined : opened.open(key, row.record as Uint8Array, sessionPlace(place));
		},

		saveSession(place, record) {
			database.run(
				`INSERT INTO omemo_sessions (account, owner, device, version, record) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET record = excluded.record`,
				...primaryKey(place),
				opened.seal(keyOf(place.account), record, sessionPlace(place)),
			);
		},

		removeSession: place => {
			database.run(
				'DELETE FROM omemo_sessions WHERE account = ? AND owner = ? AND device = ? AND version = ?',
				...primaryKey(place),
			);
		},

		sessions: (account, owner) =>
			database
				.all(
					`SELECT account, owner, device, version FROM omemo_sessions WHERE account = :account
						AND (:owner IS NULL OR owner = :owner) ORDER BY owner, device, version`,
					{account, owner: owner ?? null},
				)
				.map(toPlace),

		fact(account, name) {
			const key = keyOf(account);
			const row = database.get('SELECT record FROM omemo_facts WHERE account = ? AND name = ?', account, name);
			return row === undefined
				? undefined
				: unseal(key, row.record as Uint8Array, factPlace(account, name))?.toString();
		},

		saveFact(account, name, value) {
			if (value === undefined) {
				database.run('DELETE FROM omemo_facts WHERE account = ? AND name = ?', account, name);
				return;
			}

			database.run(
				`INSERT INTO omemo_facts (account, name, record) VALUES (?, ?, ?)
				ON CONFLICT DO UPDATE SET record = excluded.record`,
				account,
				name,
				seal(keyOf(account), Buffer.from(value), factPlace(account, name)),
			);
		},
	};
}

/** Records that are remembered as they were opened. */
const mostOpened = 500;

/**
 * What was opened or sealed last in each place: the row in the database decides, and what it holds is not opened again where it
 * is the same. That it was opened under this key makes it part of the place: another key opens nothing that is remembered.
 */
function createOpenedRecords() {
	const known = new Map<string, {readonly key: Uint8Array; readonly sealed: Uint8Array; readonly record: Uint8Array}>();
	const remember = (name: string, key: Uint8Array, sealed: Uint8Array, record: Uint8Array) => {
		known.delete(name);
		known.set(name, {key, sealed, record});
		if (known.size > mostOpened) {
			const [oldest = ''] = known.keys();
			known.delete(oldest);
		}
	};

	return {
		open(key: Uint8Array, sealed: Uint8Array, place: SealedPlace): Uint8Array | undefined {
			const name = `${place.table} ${place.id}`;
			const found = known.get(name);
			if (found !== undefined && found.key === key && Buffer.compare(found.sealed, sealed) === 0) {
				return found.record;
			}

			const bytes = unseal(key, sealed, place);
			// A part that is taken out of a `Buffer` shares its memory, and keys are wiped when they were used.
			const record = bytes && Uint8Array.from(bytes);
			if (record !== undefined) {
				remember(name, key, sealed, record);
			}

			return record;
		},
		seal(key: Uint8Array, record: Uint8Array, place: SealedPlace): Uint8Array {
			const sealed = seal(key, record, place);
			remember(`${place.table} ${place.id}`, key, sealed, Uint8Array.from(record));
			return sealed;
		},
	};
}

function primaryKey({account, owner, device, version}: SessionPlace): readonly SqlValue[] {
	return [account, owner, device, version];
}

function toPlace(row: Row): SessionPlace {
	return {
		account: row.account as BareJid,
		owner: row.owner as BareJid,
		device: row.device as number,
		version: row.version as OmemoVersion,
	};
}
