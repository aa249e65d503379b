import type {BufferId} from '../model/buffer.js';
import type {Message} from '../model/message.js';
import {afterwardsText, attachmentsText, toMessage} from './message-rows.js';
import type {RelationStore, SearchStore} from './ports.js';
import type {Database, Row} from './sqlite.js';

/** More that go by one id are not looked at: whoever reuses ids gains nothing by it. */
const mostNamesakes = 20;
/** More that waits for one message is not looked at. */
const mostAwaiting = 2000;

const aboutIt = `target = ? AND relation <> 'reply' AND coalesce(state, '') <> 'failed'`;
const isOnItsWay = `(state IN ('queued', 'sealed', 'uncertain') OR (state IN ('written', 'acked') AND kind = 'groupchat'))`;
/**
 * What is not there for others yet comes behind all that is; what got a place behind another message directly after it, and
 * in the order in which it was written.
 */
const order = (direction: 'ASC' | 'DESC') =>
	[
		`CASE WHEN ${isOnItsWay} THEN ${Number.MAX_SAFE_INTEGER} ELSE coalesce(rank, key) END`,
		`CASE WHEN ${isOnItsWay} THEN 1 ELSE rank IS NOT NULL END`,
		'key',
	]
		.map(term => `${term} ${direction}`)
		.join(', ');

/** What messages say about other messages, and what became of those. */
export function createRelationStore(database: Database, search: Pick<SearchStore, 'remove' | 'again'>): RelationStore {
	const messagesIn = (rows: readonly Row[]): readonly Message[] =>
		rows.map(row => toMessage(row)).filter(message => message !== undefined);

	/** By buffer whether something may wait there; looked up once, since it is asked for each message that comes. */
	const awaited = new Map<BufferId, boolean>();
	const mayAwait = (buffer: BufferId): boolean => {
		const known = awaited.get(buffer);
		if (known !== undefined) {
			return known;
		}

		const found =
			database.get(
				'SELECT 1 FROM messages WHERE buffer = ? AND target_id IS NOT NULL AND target IS NULL LIMIT 1',
				buffer,
			) !== undefined;
		awaited.set(buffer, found);
		return found;
	};

	return {
		byId(buffer, id) {
			const named = (column: 'id' | 'origin_id') =>
				database.all(
					`SELECT * FROM messages WHERE buffer = ? AND ${column} = ? ORDER BY key DESC LIMIT ${mostNamesakes}`,
					buffer,
					id,
				);
			const rows = named('id');
			return messagesIn(rows.length > 0 ? rows : named('origin_id'));
		},

		about: key => messagesIn(database.all(`SELECT * FROM messages WHERE ${aboutIt} ORDER BY ${order('ASC')}`, key)),

		awaiting(buffer, ids) {
			if (!mayAwait(buffer)) {
				return [];
			}

			const [one = '', two = one, three = two] = ids;
			return messagesIn(
				// Told to, as SQLite would rather go through all of the buffer in the order of keys.
				database.all(
					`SELECT * FROM messages INDEXED BY messages_awaiting
					WHERE buffer = ? AND target_id IN (?, ?, ?) AND target_id IS NOT NULL AND target IS NULL LIMIT ${mostAwaiting}`,
					buffer,
					one,
					two,
					three,
				),
			).toSorted((first, second) => first.key - second.key);
		},

		noteAwaiting(buffer) {
			awaited.set(buffer, true);
		},

		newestAbout: key => {
			const newest = database.get(
				`SELECT key FROM messages WHERE ${aboutIt} ORDER BY ${order('DESC')} LIMIT 1`,
				key,
			)?.key;
			return typeof newest === 'number' ? newest : undefined;
		},

		rank(key, rank) {
			database.run('UPDATE messages SET rank = ? WHERE key = ?', rank, key);
			database.run(
				`UPDATE messages SET rank = :rank WHERE key > :key AND via = 'local' AND rank < :rank
					AND target = (SELECT target FROM messages WHERE key = :key)`,
				{key, rank},
			);
		},

		awaitingCount(buffer, author) {
			const {own, all} =
				database.get(
					`SELECT count(*) AS "all", count(CASE WHEN author = ? THEN 1 END) AS own FROM messages
					WHERE buffer = ? AND target_id IS NOT NULL AND target IS NULL`,
					author,
					buffer,
				) ?? {};
			return {own: Number(own), all: Number(all)};
		},

		attach(key, target, hides) {
			if (hides) {
				search.remove(key);
			}

			database.run(
				'UPDATE messages SET target = ?, hidden = CASE WHEN ? THEN 1 ELSE hidden END WHERE key = ?',
				target,
				hides ? 1 : 0,
				key,
			);
		},

		become(before, {body, attachments, ...afterwards}) {
			const {key} = before;
			const files = attachmentsText(attachments);
			const isOther = body !== before.body || files !== attachmentsText(before.attachments);
			const isGone = afterwards.retracted !== undefined && before.retracted === undefined;
			if (isOther || isGone) {
				search.remove(key);
			}

			const own =
				files === null ? null : database.get('SELECT attachments FROM messages WHERE key = ?', key)?.attachments;
			database.run(
				`UPDATE messages SET afterwards = :afterwards, body = :body,
					first_body = CASE WHEN :body = body THEN first_body ELSE coalesce(first_body, body) END
				WHERE key = :key`,
				{key, body, afterwards: afterwardsText(afterwards, files === own ? undefined : attachments)},
			);
			if (isOther && afterwards.retracted === undefined) {
				search.again(key);
			}
		},

		firstBody: key => {
			const text = database.get('SELECT first_body FROM messages WHERE key = ?', key)?.first_body;
			return typeof text === 'string' ? text : undefined;
		},

		erase(key) {
			search.remove(key);
			database.run(
				"UPDATE messages SET body = '', first_body = NULL, subject = NULL, attachments = NULL WHERE key = ?",
				key,
			);
			database.run(
				"UPDATE messages SET body = '', attachments = NULL WHERE target = ? AND relation = 'correction'",
				key,
			);
		},
	};
}
