import type {BufferId} from '../model/buffer.js';
import type {BareJid} from '../shared/jid.js';
import type {MessageStore, RequestStore} from './ports.js';
import type {Database} from './sqlite.js';

/** Begins the notes of conversations in which a stranger waits; the rest is the buffer's id, the value the first key. */
const request = 'request ';

const waiting = `SELECT substr(name, length(:prefix) + 1) AS rest, value FROM meta
	WHERE substr(name, 1, length(:prefix)) = :prefix`;

/** In which conversations strangers wait for an answer, and since which message. */
export function createRequestStore(database: Database, messages: Pick<MessageStore, 'get'>): RequestStore {
	return {
		list: () =>
			database.all(`${waiting} ORDER BY CAST(value AS INTEGER)`, {prefix: request}).flatMap(({rest, value}) => {
				const buffer = rest as BufferId;
				const first = messages.get(Number(value));
				if (first === undefined) {
					return [];
				}

				const row = database.get(
					`SELECT count(*) AS count, max(received_at) AS at FROM messages
						WHERE buffer = ? AND key >= ? AND direction = 'incoming' AND hidden IS NULL`,
					buffer,
					first.key,
				);
				return [{buffer, first, count: Number(row?.count ?? 0), at: Number(row?.at ?? first.receivedAt)}];
			}),

		has: buffer => database.get('SELECT 1 FROM meta WHERE name = ?', `${request}${buffer}`) !== undefined,

		count: account => database.all(waiting, {prefix: prefixOf(account)}).length,

		add: (buffer, first) => {
			database.run(
				'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING',
				`${request}${buffer}`,
				String(first),
			);
		},

		remove: buffer => {
			database.run('DELETE FROM meta WHERE name = ?', `${request}${buffer}`);
		},
	};
}

/** Forgets those of an account. */
export function forgetRequests(database: Database, account: BareJid): void {
	database.run('DELETE FROM meta WHERE substr(name, 1, length(:prefix)) = :prefix', {prefix: prefixOf(account)});
}

/** A JID holds no space: no account's notes begin like another's. */
function prefixOf(account: BareJid): string {
	return `${request}${account} `;
}
