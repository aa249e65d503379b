import type {BufferId} from '../model/buffer.js';
import type {EncryptionChoice} from '../model/device.js';
import type {OmemoStore} from './omemo-ports.js';
import type {Database, Row} from './sqlite.js';

export type ConversationStore = Pick<
	OmemoStore,
	'choice' | 'choose' | 'wasEncrypted' | 'rememberEncrypted' | 'conversations'
>;

/** What the person chose for conversations, and which were ever encrypted. */
export function createConversationStore(database: Database): ConversationStore {
	const rowOf = (buffer: BufferId) => database.get('SELECT * FROM omemo_conversations WHERE buffer = ?', buffer);
	return {
		choice: buffer => choiceIn(rowOf(buffer)),
		choose: (buffer, choice) => {
			database.run(
				`INSERT INTO omemo_conversations (buffer, account, choice) VALUES (?, ?, ?)
				ON CONFLICT DO UPDATE SET choice = excluded.choice`,
				buffer,
				accountOf(buffer),
				choice ?? null,
			);
		},
		wasEncrypted: buffer => rowOf(buffer)?.encrypted === 1,
		rememberEncrypted: buffer => {
			// Asked with each message, and a write costs.
			if (rowOf(buffer)?.encrypted !== 1) {
				database.run(
					`INSERT INTO omemo_conversations (buffer, account, encrypted) VALUES (?, ?, 1)
					ON CONFLICT DO UPDATE SET encrypted = 1`,
					buffer,
					accountOf(buffer),
				);
			}
		},
		conversations: account =>
			database.all('SELECT * FROM omemo_conversations WHERE account = ? ORDER BY buffer', account).map(row => {
				const choice = choiceIn(row);
				return {
					buffer: row.buffer as BufferId,
					...(choice === undefined ? {} : {choice}),
					wasEncrypted: row.encrypted === 1,
				};
			}),
	};
}

function choiceIn(row: Row | undefined): EncryptionChoice | undefined {
	return (row?.choice as EncryptionChoice | null | undefined) ?? undefined;
}

/** The account is what is before the first space (`bufferId`). */
function accountOf(buffer: BufferId): string {
	return buffer.slice(0, buffer.indexOf(' '));
}
