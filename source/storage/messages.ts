import {type BufferId, bufferId} from '../model/buffer.js';
import type {Message} from '../model/message.js';
import type {BareJid} from '../shared/jid.js';
import {keyFor} from './message-keys.js';
import {toMessage, toRow} from './message-rows.js';
import type {Filed, MessageStore} from './ports.js';
import {forgetRequests} from './requests.js';
import type {Database, Row} from './sqlite.js';

const columns = Object.keys(
	toRow({
		key: 0,
		account: '' as BareJid,
		buffer: '' as BufferId,
		kind: 'chat',
		direction: 'incoming',
		author: '' as BareJid,
		body: '',
		receivedAt: 0,
		via: 'live',
	}),
);
const insertion = `INSERT INTO messages (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;

/** The history; a message's key is its place in it. */
export function createMessageStore(database: Database): MessageStore {
	return {
		insert: (message, between = {}) =>
			database.transaction(() => {
				const recorded: Message = {...message, key: keyFor(database, message.receivedAt, between)};
				// By place: looking each column up by its name costs as much as writing it.
				database.run(insertion, ...Object.values(toRow(recorded)));
				return recorded;
			}),

		// A message that is no longer `failed` has no reason for it either.
		change: ({key, state, failure, archiveId, encryption}) =>
			database.run(
				`UPDATE messages SET
					state = coalesce(:state, state),
					failure = CASE WHEN :failure IS NOT NULL THEN :failure
						WHEN :state IS NOT NULL AND :state <> 'failed' THEN NULL
						ELSE failure END,
					archive_id = coalesce(:archiveId, archive_id),
					encryption = coalesce(:encryption, encryption)
				WHERE key = :key`,
				{
					key,
					state: state ?? null,
					failure: failure ?? null,
					archiveId: archiveId ?? null,
					encryption: encryption ?? null,
				},
			) > 0,

		get: key => toMessage(database.get('SELECT * FROM messages WHERE key = ?', key)),

		byArchiveId: (account, archive, archiveId) =>
			toMessage(
				database.get(
					'SELECT * FROM messages WHERE account = ? AND archive = ? AND archive_id = ?',
					account,
					archive,
					archiveId,
				),
			),

		// Two queries, since each has its own index; the newest wins where a sender reused an id.
		outgoingById: (buffer, id) =>
			toMessage(
				database.get(
					`SELECT * FROM messages WHERE buffer = ? AND origin_id = ? AND direction = 'outgoing' ORDER BY key DESC LIMIT 1`,
					buffer,
					id,
				) ??
					database.get(
						`SELECT * FROM messages WHERE buffer = ? AND id = ? AND direction = 'outgoing' ORDER BY key DESC LIMIT 1`,
						buffer,
						id,
					),
			),

		incomingTwin: ({buffer, author, id, body, subject, since, unfiled = false}) =>
			toMessage(
				database.get(
					`SELECT * FROM messages
					WHERE buffer = :buffer AND id = :id AND direction = 'incoming' AND body = :body AND subject IS :subject
						AND received_at >= :since
						AND (author = :author OR substr(author, 1, instr(author || '/', '/') - 1) = :author)
						AND (:unfiled = 0 OR archive_id IS NULL)
					ORDER BY key DESC LIMIT 1`,
					{buffer, author, id, body, subject: subject ?? null, since, unfiled: unfiled ? 1 : 0},
				),
			),

		encryptedTwin: ({buffer, author, id, device, since, unfiled, unread = false}) =>
			toMessage(
				database.get(
					`SELECT * FROM messages
					WHERE buffer = :buffer AND id = :id AND direction = 'incoming' AND encryption = 'omemo'
						AND (:device IS NULL OR device = :device) AND (:unread = 0 OR device_trust IS NULL) AND received_at >= :since
						AND (author = :author OR substr(author, 1, instr(author || '/', '/') - 1) = :author)
						AND (:unfiled = 0 OR archive_id IS NULL)
					ORDER BY CASE WHEN :unfiled = 1 THEN key ELSE -key END LIMIT 1`,
					{buffer, author, id, device: device ?? null, since, unfiled: unfiled ? 1 : 0, unread: unread ? 1 : 0},
				),
			),

		unreadByPeer: (buffer, upTo, limit) =>
			database
				.all(
					`SELECT * FROM messages
					WHERE buffer = :buffer AND key <= :upTo AND direction = 'outgoing' AND state IN ('acked', 'delivered')
						AND key > coalesce((SELECT key FROM messages
							WHERE buffer = :buffer AND key <= :upTo AND direction = 'outgoing' AND state = 'displayed'
							ORDER BY key DESC LIMIT 1), 0)
					ORDER BY key DESC LIMIT :limit`,
					{buffer, upTo, limit},
				)
				.map(row => toMessage(row))
				.filter(message => message !== undefined),

		hasWritten: buffer =>
			database.get(`SELECT 1 FROM messages WHERE buffer = ? AND direction = 'outgoing' LIMIT 1`, buffer) !== undefined,

		newest: buffer => {
			const key = database.get('SELECT max(key) AS key FROM messages WHERE buffer = ?', buffer)?.key;
			return typeof key === 'number' ? key : undefined;
		},

		newestWritten: (buffer, {after, upTo}) => {
			const row = database.get(
				`SELECT max(key) AS key FROM messages WHERE buffer = ? AND key > ? AND key <= ? AND via = 'local' AND state NOT IN ('queued', 'sealed')`,
				buffer,
				after,
				upTo,
			);
			return typeof row?.key === 'number' ? row.key : undefined;
		},

		newestUnlisted: (buffer, {after, before, receivedBy}) => {
			const row = database.get(
				`SELECT key FROM messages
				WHERE buffer = ? AND key > ? AND key < ? AND archive_id IS NULL AND via = 'live' AND received_at <= ?
				ORDER BY key DESC LIMIT 1`,
				buffer,
				after,
				Math.min(before, Number.MAX_SAFE_INTEGER),
				receivedBy,
			);
			return typeof row?.key === 'number' ? row.key : undefined;
		},

		newestThere: (account, archive, below) => {
			const there = `key < ? AND coalesce(state, '') NOT IN ('queued', 'sealed', 'written') ORDER BY key DESC LIMIT 1`;
			const row =
				archive === account
					? database.get(
							`SELECT key FROM messages WHERE account = ? AND kind <> 'groupchat' AND ${there}`,
							account,
							below,
						)
					: database.get(
							`SELECT key FROM messages WHERE buffer = ? AND ${there}`,
							bufferId(account, 'room', archive),
							below,
						);
			return typeof row?.key === 'number' ? row.key : undefined;
		},

		filedUpTo: (buffer, key) =>
			toFiled(
				database.get(
					`SELECT key, archive_id, received_at FROM messages
					WHERE buffer = ? AND key <= ? AND archive_id IS NOT NULL ORDER BY key DESC LIMIT 1`,
					buffer,
					key,
				),
			),

		filedAbove: (buffer, key) =>
			toFiled(
				database.get(
					`SELECT key, archive_id, received_at FROM messages
					WHERE buffer = ? AND key > ? AND archive_id IS NOT NULL ORDER BY key LIMIT 1`,
					buffer,
					key,
				),
			),

		page(buffer, {before, limit}) {
			const rows = database.all(
				'SELECT * FROM messages WHERE buffer = ? AND key < ? AND hidden IS NULL ORDER BY key DESC LIMIT ?',
				buffer,
				before ?? Number.MAX_SAFE_INTEGER,
				limit,
			);
			return rows
				.map(row => toMessage(row))
				.filter(message => message !== undefined)
				.reverse();
		},

		pageAfter: (buffer, {after, limit}) =>
			database
				.all(
					'SELECT * FROM messages WHERE buffer = ? AND key > ? AND hidden IS NULL ORDER BY key LIMIT ?',
					buffer,
					after,
					limit,
				)
				.map(row => toMessage(row))
				.filter(message => message !== undefined),

		forget: account =>
			database.transaction(() => {
				// The outbox goes with the messages it belongs to.
				for (const table of [
					'messages',
					'archives',
					'archive_gaps',
					'buffers',
					'contacts',
					'rosters',
					'servers',
					'ignored',
					'readers',
					'displayed_sync',
				]) {
					database.run(`DELETE FROM ${table} WHERE account = ?`, account);
				}

				forgetRequests(database, account);
			}),
	};
}

function toFiled(row: Row | undefined): Filed | undefined {
	return row === undefined
		? undefined
		: {key: row.key as number, archiveId: row.archive_id as string, receivedAt: row.received_at as number};
}
