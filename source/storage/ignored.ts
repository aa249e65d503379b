import {bufferId} from '../model/buffer.js';
import type {Ignored} from '../model/room.js';
import type {BareJid} from '../shared/jid.js';
import type {IgnoredStore} from './ports.js';
import type {Database, Row} from './sqlite.js';

/** How what somebody has said is found, in the room itself and among what they said to the person alone. */
const said: {readonly [KnownBy in Ignored['knownBy']]: string} = {
	occupantId: 'occupant_id = :value',
	jid: `substr(real_jid, 1, instr(real_jid || '/', '/') - 1) = :value`,
	nick: `author = :room || '/' || :value`,
};

/** Those whom the person does not want to hear, and what they have said. */
export function createIgnoredStore(database: Database): IgnoredStore {
	return {
		list: (account, room) =>
			database
				.all('SELECT * FROM ignored WHERE account = ? AND (? IS NULL OR room = ?)', account, room ?? null, room ?? null)
				.map(toIgnored),

		add: ({account, room, knownBy, value, nick}) => {
			database.run(
				`INSERT INTO ignored (account, room, known_by, value, nick) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET nick = excluded.nick`,
				account,
				room,
				knownBy,
				value,
				nick,
			);
		},

		remove: ({account, room, knownBy, value}) => {
			database.run(
				'DELETE FROM ignored WHERE account = ? AND room = ? AND known_by = ? AND value = ?',
				account,
				room,
				knownBy,
				value,
			);
		},

		mark: ({account, room, knownBy, value}, hidden) =>
			database.transaction(() => {
				const inRoom = bufferId(account, 'room', room);
				// A space ends what is before it: JIDs hold none.
				const privately = `${bufferId(account, 'private', room)}/`;
				const found = database
					.all(
						`SELECT key FROM messages WHERE (buffer = :inRoom OR (buffer >= :privately AND buffer < :privately || char(1114111)))
							AND direction = 'incoming' AND ${said[knownBy]} AND (ignored IS NULL) = :shown ORDER BY key`,
						{inRoom, privately, value, shown: hidden ? 1 : 0, ...(knownBy === 'nick' ? {room} : {})},
					)
					.map(row => row.key as number);
				for (const key of found) {
					database.run('UPDATE messages SET ignored = ? WHERE key = ?', hidden ? 1 : null, key);
				}

				return found;
			}),
	};
}

/** All of them, of every account. */
export function allIgnored(database: Database): readonly Ignored[] {
	return database.all('SELECT * FROM ignored').map(toIgnored);
}

function toIgnored(row: Row): Ignored {
	return {
		account: row.account as BareJid,
		room: row.room as BareJid,
		knownBy: row.known_by as Ignored['knownBy'],
		value: row.value as string,
		nick: row.nick as string,
	};
}
