import type {BufferId} from '../model/buffer.js';
import type {BareJid} from '../shared/jid.js';
import type {Reader, ReaderStore} from './ports.js';
import type {Database, Row} from './sqlite.js';

/** How far others have read. */
export function createReaderStore(database: Database): ReaderStore {
	return {
		list: account => database.all('SELECT * FROM readers WHERE account = ?', account).map(toReader),
		of: buffer => database.all('SELECT * FROM readers WHERE buffer = ?', buffer).map(toReader),
		get(buffer, speaker) {
			const row = database.get('SELECT * FROM readers WHERE buffer = ? AND speaker = ?', buffer, speaker);
			return row === undefined ? undefined : toReader(row);
		},
		put: ({account, buffer, speaker, name, upTo, awaits}) => {
			database.run(
				`INSERT INTO readers (account, buffer, speaker, name, up_to, awaits) VALUES (?, ?, ?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET name = excluded.name, up_to = excluded.up_to, awaits = excluded.awaits`,
				account,
				buffer,
				speaker,
				name,
				upTo,
				awaits ?? null,
			);
		},
		forget: account => {
			database.run('DELETE FROM readers WHERE account = ?', account);
		},
	};
}

function toReader(row: Row): Reader {
	return {
		account: row.account as BareJid,
		buffer: row.buffer as BufferId,
		speaker: row.speaker as string,
		name: row.name as string,
		upTo: row.up_to as number,
		...(row.awaits === null ? {} : {awaits: row.awaits as string}),
	};
}
