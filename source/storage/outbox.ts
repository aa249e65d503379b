import type {SealRule} from '../model/device.js';
import type {BareJid, Jid} from '../shared/jid.js';
import type {OutboxStore} from './ports.js';
import type {Database} from './sqlite.js';

/** What was committed to be sent and is not acknowledged. */
export function createOutboxStore(database: Database): OutboxStore {
	return {
		put: ({key, account, to, stanza, seal}) => {
			// Not REPLACE: it would also overwrite the recipient of a message that is under way.
			database.run(
				`INSERT INTO outbox (key, account, recipient, stanza, seal) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (key) DO UPDATE SET stanza = excluded.stanza, seal = excluded.seal`,
				key,
				account,
				to,
				stanza,
				seal ?? null,
			);
		},
		waiting: account =>
			database.all('SELECT * FROM outbox WHERE account = ? ORDER BY key', account).map(row => ({
				key: row.key as number,
				account: row.account as BareJid,
				to: row.recipient as Jid,
				stanza: row.stanza as string,
				...(row.seal === null ? {} : {seal: row.seal as SealRule}),
				suspicion: row.suspicion as number,
			})),
		suspect: (key, suspicion) => {
			database.run('UPDATE outbox SET suspicion = suspicion + ? WHERE key = ?', suspicion, key);
		},
		remove: key => {
			database.run('DELETE FROM outbox WHERE key = ?', key);
		},
	};
}
