/**
 * Takes what OMEMO keeps along into a new database. Records stay sealed: that they open only in their own place holds there
 * too, and no key is needed.
 */
import {isXmppcError} from '../shared/errors.js';
import type {Notice} from './directories.js';
import {epochName} from './epoch.js';
import {omemoTables} from './omemo.js';
import type {Database, Row, SqlValue} from './sqlite.js';

type Table = (typeof omemoTables)[number];

/** Encryption that was taken along. */
export type TakenEncryption = {
	/** Accounts whose own device was. */
	readonly accounts: number;
	/** Sessions with devices. */
	readonly sessions: number;
	/** Whether all that was kept of encryption could be read. */
	readonly complete: boolean;
};

export type RescuedEncryption = {
	readonly rows: ReadonlyArray<readonly [Table, Row]>;
	/** The epoch's mark in the damaged database, so that one which was put back is found out here too. */
	readonly epoch?: SqlValue;
	/** Whether all could be read. */
	readonly complete: boolean;
};

/** Reads, and remembers what could not be read. */
export type Reader = {
	read<Result>(work: () => readonly Result[]): readonly Result[];
	isComplete(): boolean;
};

/** Of a file that is no database at all nobody knows what it held. */
export const nothingReadable: RescuedEncryption = {rows: [], complete: false};

/** Fixed, since what a damaged file says of its columns is not to become a part of a statement. */
const columns: Readonly<Record<Table, readonly string[]>> = {
	omemo_own: ['account', 'id', 'key_check', 'record'],
	omemo_sessions: ['account', 'owner', 'device', 'version', 'record'],
	omemo_facts: ['account', 'name', 'record'],
	omemo_devices: ['account', 'owner', 'id', 'fingerprint', 'versions', 'label', 'first_seen', 'last_seen'],
	omemo_lists: ['account', 'owner', 'version', 'read_at'],
	omemo_trust: ['account', 'owner', 'fingerprint', 'trust'],
	omemo_conversations: ['buffer', 'account', 'choice', 'encrypted'],
};

/** What can be read of a damaged database, row by row. */
export function rescueEncryption(database: Database, {read, isComplete}: Reader): RescuedEncryption {
	const tables = read(() => database.all("SELECT name FROM sqlite_schema WHERE type = 'table'")).map(({name}) => name);
	const rows = omemoTables
		// An older schema has none of them.
		.filter(table => tables.includes(table))
		.flatMap(table =>
			rowNumbers(database, table, read).flatMap(number =>
				read(() => database.all(`SELECT ${columns[table].join(', ')} FROM ${table} WHERE rowid = ?`, number)).map(
					row => [table, row] as const,
				),
			),
		);
	const [epoch] = read(() => database.all('SELECT value FROM meta WHERE name = ?', epochName));
	return {rows, ...(epoch?.value === undefined ? {} : {epoch: epoch.value}), complete: isComplete()};
}

/** The rows of a table, from both ends to where the damage is. An index is not asked: it may be damaged by itself. */
function rowNumbers(database: Database, table: Table, read: Reader['read']): readonly number[] {
	const next = (sql: string, from: number): number | undefined => {
		const [row] = read(() =>
			database.all(`SELECT rowid AS number FROM ${table} NOT INDEXED WHERE ${sql} LIMIT 1`, from),
		);
		return row?.number as number | undefined;
	};

	const first: number[] = [];
	for (let at = next('rowid > ? ORDER BY rowid', 0); at !== undefined; at = next('rowid > ? ORDER BY rowid', at)) {
		first.push(at);
	}

	const end = first.at(-1) ?? 0;
	const last: number[] = [];
	let at = next('rowid < ? ORDER BY rowid DESC', Number.MAX_SAFE_INTEGER);
	while (at !== undefined && at > end) {
		last.unshift(at);
		at = next('rowid < ? ORDER BY rowid DESC', at);
	}

	return [...first, ...last];
}

/** The name of a row in `meta`: the next start is to say that something is missing. */
const lostName = 'encryption lost';

/** Writes it all into a new database. What belongs to a device that could not be read is of no use. */
export function takeEncryptionAlong({rows, epoch, complete}: RescuedEncryption, database: Database): TakenEncryption {
	const write = (table: Table, row: Row): boolean => {
		try {
			const names = columns[table];
			database.run(
				`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
				...names.map(name => row[name] ?? null),
			);
			return true;
		} catch (error) {
			// What does not fit the table is damaged; a disk that is full is another matter.
			if (!isXmppcError(error) || error.code !== 'database-failed') {
				throw error;
			}

			return false;
		}
	};

	/** Those of some tables that could be written. */
	const written = (fits: (row: Row) => boolean, ...tables: readonly Table[]): readonly Row[] =>
		rows.filter(([table, row]) => tables.includes(table) && fits(row) && write(table, row)).map(([, row]) => row);

	const own = written(() => true, 'omemo_own');
	const hasDevice = (row: Row) => own.some(({account}) => account === row.account);
	const sessions = written(hasDevice, 'omemo_sessions');
	const facts = written(hasDevice, 'omemo_facts');
	const clear = written(() => true, 'omemo_devices', 'omemo_lists', 'omemo_trust', 'omemo_conversations');
	const isWhole = complete && own.length + sessions.length + facts.length + clear.length === rows.length;
	if (epoch !== undefined) {
		database.run('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)', epochName, epoch);
	}

	if (!isWhole) {
		database.run('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)', lostName, 'yes');
	}

	return {accounts: own.length, sessions: sessions.length, complete: isWhole};
}

/** Says once, at the first start after a rebuild, that sessions are missing. */
export function tellOfLostEncryption(database: Database, notice: Notice): void {
	// Not deleted unseen: nothing is to be written where there is nothing to say.
	if (database.get('SELECT 1 FROM meta WHERE name = ?', lostName) !== undefined) {
		database.run('DELETE FROM meta WHERE name = ?', lostName);
		notice(
			'When the history was begun anew, not all that was kept of encryption could be read. Messages may come that this ' +
				'device cannot read, until new sessions are made.',
		);
	}
}
