import {XmppcError} from '../shared/errors.js';
import {corruptDatabase} from './database-errors.js';
import {searchSchema} from './search-schema.js';
import type {Database} from './sqlite.js';

export type Migration = {
	/** Consecutive from 1; kept in the file as `user_version`. */
	readonly version: number;
	readonly sql: string;
};

/** Marks the file as ours in its header (https://www.sqlite.org/fileformat2.html, offset 68): "xmpc". */
const applicationId = 0x78_6d_70_63;

/** Every change of the schema, in order. A published one is never edited. */
export const migrations: readonly Migration[] = [
	{
		version: 1,
		sql: `
			CREATE TABLE messages (
				key INTEGER PRIMARY KEY,
				account TEXT NOT NULL,
				buffer TEXT NOT NULL,
				kind TEXT NOT NULL,
				direction TEXT NOT NULL,
				author TEXT NOT NULL,
				body TEXT NOT NULL,
				subject TEXT,
				thread TEXT,
				id TEXT,
				origin_id TEXT,
				archive TEXT NOT NULL,
				archive_id TEXT,
				sent_at INTEGER,
				received_at INTEGER NOT NULL,
				via TEXT NOT NULL,
				state TEXT,
				failure TEXT
			) STRICT;
			CREATE INDEX messages_buffer ON messages (buffer, key);
			CREATE INDEX messages_countable ON messages (buffer, key) WHERE direction = 'incoming' AND kind <> 'headline';
			CREATE INDEX messages_id ON messages (buffer, id) WHERE id IS NOT NULL;
			CREATE INDEX messages_origin_id ON messages (buffer, origin_id) WHERE origin_id IS NOT NULL;
			CREATE UNIQUE INDEX messages_archive_id ON messages (account, archive, archive_id) WHERE archive_id IS NOT NULL;

			CREATE TABLE outbox (
				key INTEGER PRIMARY KEY REFERENCES messages (key) ON DELETE CASCADE,
				account TEXT NOT NULL,
				recipient TEXT NOT NULL,
				stanza TEXT NOT NULL
			) STRICT;
			CREATE INDEX outbox_account ON outbox (account, key);

			CREATE TABLE buffers (
				id TEXT PRIMARY KEY,
				kind TEXT NOT NULL,
				account TEXT NOT NULL,
				jid TEXT NOT NULL,
				position INTEGER,
				read_up_to INTEGER NOT NULL DEFAULT 0,
				draft TEXT NOT NULL DEFAULT ''
			) STRICT, WITHOUT ROWID;

			CREATE TABLE rosters (
				account TEXT PRIMARY KEY,
				version TEXT
			) STRICT, WITHOUT ROWID;
			CREATE TABLE contacts (
				account TEXT NOT NULL,
				jid TEXT NOT NULL,
				name TEXT,
				subscription TEXT NOT NULL,
				asking INTEGER NOT NULL,
				approved INTEGER NOT NULL,
				contact_groups TEXT NOT NULL,
				PRIMARY KEY (account, jid)
			) STRICT, WITHOUT ROWID;

			CREATE TABLE capabilities (
				hash TEXT NOT NULL,
				ver TEXT NOT NULL,
				features TEXT NOT NULL,
				used_at INTEGER NOT NULL,
				PRIMARY KEY (hash, ver)
			) STRICT, WITHOUT ROWID;

			CREATE TABLE meta (
				name TEXT PRIMARY KEY,
				value TEXT NOT NULL
			) STRICT, WITHOUT ROWID;
		`,
	},
	{
		version: 2,
		sql: `
			CREATE TABLE archives (
				account TEXT NOT NULL,
				archive TEXT NOT NULL,
				head_id TEXT,
				head_at INTEGER,
				head_key INTEGER,
				PRIMARY KEY (account, archive)
			) STRICT, WITHOUT ROWID;
			CREATE TABLE archive_gaps (
				account TEXT NOT NULL,
				archive TEXT NOT NULL,
				after_id TEXT,
				after_at INTEGER,
				after_key INTEGER,
				before_id TEXT NOT NULL,
				before_at INTEGER NOT NULL,
				before_key INTEGER NOT NULL,
				permanent INTEGER NOT NULL
			) STRICT;
			CREATE INDEX archive_gaps_archive ON archive_gaps (account, archive);
			CREATE INDEX messages_filed ON messages (buffer, key) WHERE archive_id IS NOT NULL;
		`,
	},
	{
		version: 3,
		sql: `
			ALTER TABLE buffers ADD COLUMN scroll_key INTEGER;
			ALTER TABLE buffers ADD COLUMN scroll_rows INTEGER;
		`,
	},
	{
		version: 4,
		sql: `
			ALTER TABLE outbox ADD COLUMN suspicion INTEGER NOT NULL DEFAULT 0;
			CREATE TABLE servers (
				account TEXT PRIMARY KEY,
				max_bytes INTEGER,
				told TEXT NOT NULL DEFAULT ''
			) STRICT, WITHOUT ROWID;
		`,
	},
	{
		version: 5,
		sql: 'ALTER TABLE servers ADD COLUMN login TEXT',
	},
	{
		version: 6,
		sql: `
			ALTER TABLE messages ADD COLUMN highlight INTEGER;
			CREATE INDEX messages_highlights ON messages (buffer, key) WHERE highlight = 1;
		`,
	},
	{
		version: 7,
		sql: `
			ALTER TABLE buffers ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
			ALTER TABLE buffers ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
			ALTER TABLE buffers ADD COLUMN notify TEXT;
		`,
	},
	{
		version: 8,
		sql: `
			ALTER TABLE messages ADD COLUMN occupant_id TEXT;
			ALTER TABLE messages ADD COLUMN encryption TEXT;
			${searchSchema}
		`,
	},
	{
		version: 9,
		sql: `
			ALTER TABLE messages ADD COLUMN real_jid TEXT;
			ALTER TABLE messages ADD COLUMN ignored INTEGER;
			DROP INDEX messages_countable;
			CREATE INDEX messages_countable ON messages (buffer, key)
				WHERE direction = 'incoming' AND kind <> 'headline' AND ignored IS NULL;
			ALTER TABLE buffers ADD COLUMN shared TEXT;
			CREATE TABLE ignored (
				account TEXT NOT NULL,
				room TEXT NOT NULL,
				known_by TEXT NOT NULL,
				value TEXT NOT NULL,
				nick TEXT NOT NULL,
				PRIMARY KEY (account, room, known_by, value)
			) STRICT, WITHOUT ROWID;
		`,
	},
	{
		version: 10,
		// The tables of records are rowid tables: a record can be larger than a page.
		sql: `
			ALTER TABLE messages ADD COLUMN device INTEGER;
			ALTER TABLE messages ADD COLUMN device_trust TEXT;
			ALTER TABLE messages ADD COLUMN unprotected INTEGER;
			ALTER TABLE outbox ADD COLUMN seal TEXT;

			CREATE TABLE omemo_own (
				account TEXT PRIMARY KEY,
				id INTEGER NOT NULL,
				key_check BLOB NOT NULL,
				record BLOB NOT NULL
			) STRICT;
			CREATE TABLE omemo_sessions (
				account TEXT NOT NULL,
				owner TEXT NOT NULL,
				device INTEGER NOT NULL,
				version TEXT NOT NULL,
				record BLOB NOT NULL,
				PRIMARY KEY (account, owner, device, version)
			) STRICT;
			CREATE TABLE omemo_facts (
				account TEXT NOT NULL,
				name TEXT NOT NULL,
				record BLOB NOT NULL,
				PRIMARY KEY (account, name)
			) STRICT;
			CREATE TABLE omemo_devices (
				account TEXT NOT NULL,
				owner TEXT NOT NULL,
				id INTEGER NOT NULL,
				fingerprint TEXT,
				versions TEXT NOT NULL,
				label TEXT,
				first_seen INTEGER NOT NULL,
				last_seen INTEGER,
				PRIMARY KEY (account, owner, id)
			) STRICT;
			CREATE TABLE omemo_lists (
				account TEXT NOT NULL,
				owner TEXT NOT NULL,
				version TEXT NOT NULL,
				read_at INTEGER NOT NULL,
				PRIMARY KEY (account, owner, version)
			) STRICT;
			CREATE TABLE omemo_trust (
				account TEXT NOT NULL,
				owner TEXT NOT NULL,
				fingerprint TEXT NOT NULL,
				trust TEXT NOT NULL,
				PRIMARY KEY (account, owner, fingerprint)
			) STRICT;
			CREATE TABLE omemo_conversations (
				buffer TEXT PRIMARY KEY,
				account TEXT NOT NULL,
				choice TEXT,
				encrypted INTEGER NOT NULL DEFAULT 0
			) STRICT;
		`,
	},
	{
		version: 11,
		// What is about another message is a message too, which is not shown: `hidden`.
		sql: `
			ALTER TABLE messages ADD COLUMN relation TEXT;
			ALTER TABLE messages ADD COLUMN relation_value TEXT;
			ALTER TABLE messages ADD COLUMN target_id TEXT;
			ALTER TABLE messages ADD COLUMN target INTEGER;
			ALTER TABLE messages ADD COLUMN hidden INTEGER;
			ALTER TABLE messages ADD COLUMN rank INTEGER;
			ALTER TABLE messages ADD COLUMN reply TEXT;
			ALTER TABLE messages ADD COLUMN spoiler TEXT;
			ALTER TABLE messages ADD COLUMN unstyled INTEGER;
			ALTER TABLE messages ADD COLUMN first_body TEXT;
			ALTER TABLE messages ADD COLUMN afterwards TEXT;
			CREATE INDEX messages_shown ON messages (buffer, key) WHERE hidden IS NULL;
			CREATE INDEX messages_about ON messages (target, key) WHERE target IS NOT NULL;
			CREATE INDEX messages_awaiting ON messages (buffer, target_id) WHERE target_id IS NOT NULL AND target IS NULL;
			DROP INDEX messages_countable;
			CREATE INDEX messages_countable ON messages (buffer, key)
				WHERE direction = 'incoming' AND kind <> 'headline' AND ignored IS NULL AND hidden IS NULL;

			CREATE TABLE readers (
				account TEXT NOT NULL,
				buffer TEXT NOT NULL,
				speaker TEXT NOT NULL,
				name TEXT NOT NULL,
				up_to INTEGER NOT NULL,
				awaits TEXT,
				PRIMARY KEY (buffer, speaker)
			) STRICT, WITHOUT ROWID;
			CREATE TABLE displayed_sync (
				account TEXT NOT NULL,
				chat TEXT NOT NULL,
				archive_id TEXT NOT NULL,
				is_applied INTEGER NOT NULL,
				PRIMARY KEY (account, chat)
			) STRICT, WITHOUT ROWID;
		`,
	},
	{
		version: 12,
		// What was read here and is still to be told; only of what nobody has read yet it is kept who asked for that.
		sql: `
			ALTER TABLE buffers ADD COLUMN markers TEXT;
			CREATE TABLE asked_markers (
				key INTEGER PRIMARY KEY REFERENCES messages (key) ON DELETE CASCADE,
				buffer TEXT NOT NULL
			) STRICT;
			CREATE INDEX asked_markers_buffer ON asked_markers (buffer, key);
			CREATE TABLE owed_reads (
				account TEXT NOT NULL,
				buffer TEXT NOT NULL,
				told TEXT NOT NULL,
				key INTEGER NOT NULL,
				PRIMARY KEY (buffer, told)
			) STRICT, WITHOUT ROWID;
		`,
	},
	{
		version: 13,
		sql: 'ALTER TABLE messages ADD COLUMN attachments TEXT',
	},
];

/**
 * Brings a database to the newest schema, one transaction a step.
 * @throws XmppcError `database-corrupt` for a file that is not ours, `database-too-new` for one a newer xmppc wrote.
 */
export function migrate(database: Database, steps: readonly Migration[] = migrations): void {
	const found = integer(database, 'user_version');
	const newest = steps.at(-1)?.version ?? 0;
	if (found > newest) {
		throw new XmppcError({
			code: 'database-too-new',
			kind: 'storage',
			message: `The history database ${database.path} was written by a newer xmppc (schema ${found}, this one knows ${newest}).`,
			hint: 'Update xmppc. Nothing was changed.',
		});
	}

	checkOwner(database);
	for (const step of steps.filter(step => step.version > found)) {
		database.transaction(() => {
			database.execute(step.sql);
			database.execute(`PRAGMA user_version = ${step.version}; PRAGMA application_id = ${applicationId}`);
		});
	}
}

/** @throws XmppcError `database-corrupt` for a file that another program has filled. */
export function checkOwner(database: Database): void {
	if (integer(database, 'application_id') !== applicationId && !isEmpty(database)) {
		throw corruptDatabase(database.path, 'it holds the data of another program');
	}
}

function integer(database: Database, pragma: 'user_version' | 'application_id'): number {
	return Number(database.get(`PRAGMA ${pragma}`)?.[pragma]);
}

function isEmpty(database: Database): boolean {
	return database.get('SELECT 1 FROM sqlite_schema LIMIT 1') === undefined;
}
