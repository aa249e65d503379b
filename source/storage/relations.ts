import type {BufferId} from '../model/buffer.js';
import type {Message} from '../model/message.js';
import {afterwardsText, toMessage} from './message-rows.js';
import type {RelationStore, SearchStore} from './ports.js';
import type {Database, Row} from './sqlite.js';

/** More that go by one id are not looked at: whoever reuses ids gains nothing by it. */
const mostNamesakes = 20;
/** More that waits for one message is not looked at. */
const mostAwaiting = 2000;

const aboutIt = `target = ? AND relation <> 'reply' AND coalesce(state, '') <> 'failed'`;
/** What is not there for others yet comes behind all that is. */
const place = `CASE WHEN state IN ('queued', 'sealed', 'uncertain') OR (state IN ('written', 'acked') AND kind = 'groupchat')
	THEN ${Number.MAX_SAFE_INTEGER} ELSE coalesce(rank, key) END`;

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

		about: key => messagesIn(database.all(`SELECT * FROM messages WHERE ${aboutIt} ORDER BY ${place}, key`, key)),

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
				`SELECT key FROM messages WHERE ${aboutIt} ORDER BY ${place} DESC, key DESC LIMIT 1`,
				key,
			)?.key;
			return typeof newest === 'number' ? newest : undefined;
		},

		rank(key, rank) {
			database.run('UPDATE messages SET rank = ? WHERE key = ?', rank, key);
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

		become(before, {body, ...afterwards}) {
			const {key} = before;
			const isOther = body !== before.body;
			const isGone = afterwards.retracted !== undefined && before.retracted === undefined;
			if (isOther || isGone) {
				search.remove(key);
			}

			database.run(
				`UPDATE messages SET afterwards = :afterwards, body = :body,
					first_body = CASE WHEN :body = body THEN first_body ELSE coalesce(first_body, body) END
				WHERE key = :key`,
				{key, body, afterwards: afterwardsText(afterwards)},
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
			database.run("UPDATE messages SET body = '', first_body = NULL, subject = NULL WHERE key = ?", key);
			database.run("UPDATE messages SET body = '' WHERE target = ? AND relation = 'correction'", key);
		},
	};
}
