import {createConversationStore} from './omemo-conversations.js';
import {createDeviceStore} from './omemo-devices.js';
import {createStoreKeys} from './omemo-keys.js';
import type {OmemoStore} from './omemo-ports.js';
import {createRecordStore} from './omemo-records.js';
import type {Database} from './sqlite.js';

/** The tables with what OMEMO keeps; each row is of one account. */
export const omemoTables = [
	'omemo_own',
	'omemo_sessions',
	'omemo_facts',
	'omemo_devices',
	'omemo_lists',
	'omemo_trust',
	'omemo_conversations',
] as const;

/** What OMEMO keeps, in the tables beside the history. */
export function createOmemoStore(database: Database): OmemoStore {
	const keys = createStoreKeys(database);
	const {status, unlock, ownDeviceId} = keys;
	return {
		status,
		unlock,
		ownDeviceId,
		...createRecordStore(database, keys),
		...createDeviceStore(database),
		...createConversationStore(database),
		forget: account =>
			database.transaction(() => {
				for (const table of omemoTables) {
					database.run(`DELETE FROM ${table} WHERE account = ?`, account);
				}

				keys.drop(account);
			}),
	};
}
