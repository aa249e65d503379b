import {type Fingerprint, omemoVersions, type Trust} from '../model/device.js';
import type {BareJid} from '../shared/jid.js';
import type {KnownDevice, OmemoStore} from './omemo-ports.js';
import type {Database, Row} from './sqlite.js';

export type DeviceStore = Pick<
	OmemoStore,
	| 'devices'
	| 'device'
	| 'saveDevice'
	| 'removeDevice'
	| 'listedAt'
	| 'rememberListed'
	| 'trust'
	| 'keyTrust'
	| 'trustOfAll'
	| 'setTrust'
>;

/** Devices of everybody, when their lists were read, and what is thought of keys. All of it is public, so in clear. */
export function createDeviceStore(database: Database): DeviceStore {
	return {
		devices: (account, owner) =>
			database
				.all(
					`SELECT * FROM omemo_devices WHERE account = :account AND (:owner IS NULL OR owner = :owner)
						ORDER BY owner, id`,
					{account, owner: owner ?? null},
				)
				.map(toDevice),

		device(account, owner, id) {
			const row = database.get(
				'SELECT * FROM omemo_devices WHERE account = ? AND owner = ? AND id = ?',
				account,
				owner,
				id,
			);
			return row === undefined ? undefined : toDevice(row);
		},

		saveDevice: ({account, owner, id, fingerprint, versions, label, firstSeen, lastSeen}) => {
			database.run(
				`INSERT INTO omemo_devices (account, owner, id, fingerprint, versions, label, first_seen, last_seen)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET fingerprint = coalesce(fingerprint, excluded.fingerprint), versions = excluded.versions,
					label = excluded.label, last_seen = excluded.last_seen`,
				account,
				owner,
				id,
				fingerprint ?? null,
				versions.join(' '),
				label ?? null,
				firstSeen,
				lastSeen ?? null,
			);
		},

		removeDevice: (account, owner, id) =>
			database.transaction(() => {
				database.run('DELETE FROM omemo_devices WHERE account = ? AND owner = ? AND id = ?', account, owner, id);
				database.run('DELETE FROM omemo_sessions WHERE account = ? AND owner = ? AND device = ?', account, owner, id);
			}),

		listedAt: (account, owner, version) =>
			database.get(
				'SELECT read_at FROM omemo_lists WHERE account = ? AND owner = ? AND version = ?',
				account,
				owner,
				version,
			)?.read_at as number | undefined,

		rememberListed: (account, owner, version, at) => {
			database.run(
				`INSERT INTO omemo_lists (account, owner, version, read_at) VALUES (?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET read_at = excluded.read_at`,
				account,
				owner,
				version,
				at,
			);
		},

		trust: (account, owner) =>
			new Map(
				database
					.all('SELECT fingerprint, trust FROM omemo_trust WHERE account = ? AND owner = ?', account, owner)
					.map(({fingerprint, trust}) => [fingerprint as Fingerprint, trust as Trust]),
			),

		keyTrust: (account, owner, fingerprint) =>
			database.get(
				'SELECT trust FROM omemo_trust WHERE account = ? AND owner = ? AND fingerprint = ?',
				account,
				owner,
				fingerprint,
			)?.trust as Trust | undefined,

		trustOfAll: account =>
			database
				.all('SELECT owner, fingerprint, trust FROM omemo_trust WHERE account = ? ORDER BY owner, fingerprint', account)
				.map(row => ({
					owner: row.owner as BareJid,
					fingerprint: row.fingerprint as Fingerprint,
					trust: row.trust as Trust,
				})),

		setTrust: (account, owner, fingerprint, trust) => {
			database.run(
				`INSERT INTO omemo_trust (account, owner, fingerprint, trust) VALUES (?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET trust = excluded.trust`,
				account,
				owner,
				fingerprint,
				trust,
			);
		},
	};
}

function toDevice(row: Row): KnownDevice {
	const versions = String(row.versions).split(' ');
	return {
		account: row.account as BareJid,
		owner: row.owner as BareJid,
		id: row.id as number,
		...(row.fingerprint === null ? {} : {fingerprint: row.fingerprint as Fingerprint}),
		versions: omemoVersions.filter(version => versions.includes(version)),
		...(row.label === null ? {} : {label: row.label as string}),
		firstSeen: row.first_seen as number,
		...(row.last_seen === null ? {} : {lastSeen: row.last_seen as number}),
	};
}
