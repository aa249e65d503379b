import type {BufferId} from '../model/buffer.js';
import type {BareJid, Jid} from '../shared/jid.js';
import type {OwnReadStore, Told} from './ports.js';
import type {Database, Row} from './sqlite.js';

/** What was read here and is to be told, and what the own devices told. */
export function createOwnReadStore(database: Database): OwnReadStore {
	return {
		ask: (buffer, key) => {
			database.run('INSERT INTO asked_markers (key, buffer) VALUES (?, ?) ON CONFLICT DO NOTHING', key, buffer);
		},
		newestAsked: (buffer, {after, upTo}) =>
			keyIn(
				database.get(
					'SELECT max(key) AS key FROM asked_markers WHERE buffer = ? AND key > ? AND key <= ?',
					buffer,
					after,
					upTo,
				),
			),
		answered: (buffer, upTo) => {
			database.run('DELETE FROM asked_markers WHERE buffer = ? AND key <= ?', buffer, upTo);
		},
		newestFiled: (buffer, {after, upTo}) =>
			keyIn(
				database.get(
					`SELECT key FROM messages WHERE buffer = ? AND key > ? AND key <= ? AND direction = 'incoming'
						AND archive_id IS NOT NULL AND hidden IS NULL ORDER BY key DESC LIMIT 1`,
					buffer,
					after,
					upTo,
				),
			),
		newestNamed: (buffer, id) =>
			keyIn(
				database.get(
					`SELECT key FROM messages WHERE buffer = ? AND id = ? AND direction = 'incoming' ORDER BY key DESC LIMIT 1`,
					buffer,
					id,
				),
			),
		owe: ({account, buffer, told, key}) => {
			database.run(
				`INSERT INTO owed_reads (account, buffer, told, key) VALUES (?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET key = excluded.key`,
				account,
				buffer,
				told,
				key,
			);
		},
		owed: account =>
			database.all('SELECT * FROM owed_reads WHERE account = ? ORDER BY key', account).map(row => ({
				account: row.account as BareJid,
				buffer: row.buffer as BufferId,
				told: row.told as Told,
				key: row.key as number,
			})),
		paid: (buffer, told, upTo) => {
			database.run('DELETE FROM owed_reads WHERE buffer = ? AND told = ? AND key <= ?', buffer, told, upTo);
		},
		displayed: account =>
			database.all('SELECT * FROM displayed_sync WHERE account = ?', account).map(row => ({
				chat: row.chat as Jid,
				archiveId: row.archive_id as string,
				isApplied: row.is_applied === 1,
			})),
		toldIn: (account, chat, archive) =>
			keyIn(
				database.get(
					`SELECT messages.key AS key FROM displayed_sync JOIN messages
						ON messages.account = displayed_sync.account AND messages.archive_id = displayed_sync.archive_id
					WHERE displayed_sync.account = ? AND chat = ? AND is_applied = 1 AND archive = ?`,
					account,
					chat,
					archive,
				),
			),
		saveDisplayed: (account, {chat, archiveId, isApplied}) => {
			database.run(
				`INSERT INTO displayed_sync (account, chat, archive_id, is_applied) VALUES (?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET archive_id = excluded.archive_id, is_applied = excluded.is_applied`,
				account,
				chat,
				archiveId,
				isApplied ? 1 : 0,
			);
		},
		forget: account =>
			database.transaction(() => {
				for (const table of ['owed_reads', 'displayed_sync']) {
					database.run(`DELETE FROM ${table} WHERE account = ?`, account);
				}
			}),
	};
}

function keyIn(row: Row | undefined): number | undefined {
	return typeof row?.key === 'number' ? row.key : undefined;
}
