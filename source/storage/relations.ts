import type {Message} from '../model/message.js';
import {afterwardsText, toMessage} from './message-rows.js';
import type {RelationStore, SearchStore} from './ports.js';
import type {Database, Row} from './sqlite.js';

/** More that go by one id are not looked at: whoever reuses ids gains nothing by it. */
const mostNamesakes = 20;
/** More that waits for one message is not looked at. */
const mostAwaiting = 2000;

/** What messages say about other messages, and what became of those. */
export function createRelationStore(database: Database, search: Pick<SearchStore, 'remove' | 'again'>): RelationStore {
	const messagesIn = (rows: readonly Row[]): readonly Message[] =>
		rows.map(row => toMessage(row)).filter(message => message !== undefined);

	return {
		// Two queries, since each has its own index.
		byId(buffer, id) {
			const named = (column: 'id' | 'origin_id') =>
				database.all(
					`SELECT * FROM messages WHERE buffer = ? AND ${column} = ? ORDER BY key DESC LIMIT ${mostNamesakes}`,
					buffer,
					id,
				);
			const byKey = new Map([...named('id'), ...named('origin_id')].map(row => [row.key, row]));
			return messagesIn([...byKey.values()]).toSorted((one, other) => other.key - one.key);
		},

		about: key =>
			messagesIn(
				database.all(
					`SELECT * FROM messages WHERE target = ? AND relation <> 'reply' AND coalesce(state, '') <> 'failed' ORDER BY key`,
					key,
				),
			),

		awaiting: (buffer, ids) =>
			messagesIn(
				[...new Set(ids)].flatMap(id =>
					database.all(
						`SELECT * FROM messages WHERE buffer = ? AND target_id = ? AND target IS NULL ORDER BY key LIMIT ${mostAwaiting}`,
						buffer,
						id,
					),
				),
			),

		newestAbout: key => {
			const newest = database.get(
				`SELECT max(key) AS key FROM messages WHERE target = ? AND relation <> 'reply' AND coalesce(state, '') <> 'failed'`,
				key,
			)?.key;
			return typeof newest === 'number' ? newest : undefined;
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

		become(key, {body, ...afterwards}) {
			const before = toMessage(database.get('SELECT * FROM messages WHERE key = ?', key));
			const isOther = body !== undefined && before !== undefined && body !== before.body;
			const isGone = afterwards.retracted !== undefined && before?.retracted === undefined;
			if (isOther || isGone) {
				search.remove(key);
			}

			database.run(
				`UPDATE messages SET afterwards = :afterwards, body = coalesce(:body, body),
					first_body = CASE WHEN :body IS NULL OR :body = body THEN first_body ELSE coalesce(first_body, body) END
				WHERE key = :key`,
				{key, body: body ?? null, afterwards: afterwardsText(afterwards)},
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
