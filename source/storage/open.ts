import {join} from 'node:path';
import type {Clock} from '../shared/clock.js';
import {createArchiveStore} from './archives.js';
import {createBufferStore} from './buffers.js';
import {createCapabilityStore} from './capabilities.js';
import {ensurePrivateDirectory, type Notice, type ProfileDirectories} from './directories.js';
import {createEpoch, type EpochKeeper, fileEpochKeeper} from './epoch.js';
import {createIgnoredStore} from './ignored.js';
import {createMessageStore} from './messages.js';
import {migrate} from './migrations.js';
import {createOmemoStore} from './omemo.js';
import {tellOfLostEncryption} from './omemo-rescue.js';
import {createOutboxStore} from './outbox.js';
import {createOwnReadStore} from './own-reads.js';
import type {Storage} from './ports.js';
import {createReaderStore} from './readers.js';
import {createRelationStore} from './relations.js';
import {createRequestStore} from './requests.js';
import {createRosterStore} from './rosters.js';
import {createSearchStore} from './search.js';
import {createServerStore} from './servers.js';
import {type Database, loadSqlite, openDatabase} from './sqlite.js';

/** Where the history of a profile lies. */
export function historyPath({data}: Pick<ProfileDirectories, 'data'>): string {
	return join(data, 'history.sqlite');
}

/** Milliseconds to wait for a backup program or a second process that reads. */
const busyTimeout = 2000;

/**
 * Opens the database of a profile, creating or migrating it. The caller holds the profile lock.
 * @throws XmppcError of kind `storage`; a damaged or newer file is left as it is.
 */
export async function openStorage(
	directories: ProfileDirectories,
	{clock, notice}: {readonly clock: Clock; readonly notice?: Notice},
): Promise<Storage> {
	const tell = notice ?? (() => {});
	const database = await openHistory(directories, tell);
	try {
		const storage = storageOn(database, clock, fileEpochKeeper(directories, tell));
		if (notice !== undefined) {
			tellOfLostEncryption(database, notice);
		}

		return storage;
	} catch (error) {
		database.close();
		throw error;
	}
}

/** The database of a profile, as it is. @throws XmppcError of kind `storage` */
export async function openHistory(directories: ProfileDirectories, notice: Notice): Promise<Database> {
	const library = await loadSqlite();
	ensurePrivateDirectory(directories.data, notice);
	return openDatabase(library, historyPath(directories), {timeout: busyTimeout});
}

/**
 * The stores of an open database, which is created or migrated.
 * @throws XmppcError of kind `storage`; a damaged or newer file is left as it is.
 */
export function storageOn(database: Database, clock: Clock, epochKeeper: EpochKeeper): Storage {
	prepare(database);
	const omemo = createOmemoStore(database);
	const messages = createMessageStore(database);
	const search = createSearchStore(database, clock);
	const readers = createReaderStore(database);
	const ownReads = createOwnReadStore(database);
	return {
		transaction: database.transaction,
		check: () => writeAndRemove(database),
		messages: {
			...messages,
			forget: account =>
				database.transaction(() => {
					messages.forget(account);
					omemo.forget(account);
					readers.forget(account);
					ownReads.forget(account);
					// Its words are not to be found in the file either.
					search.startAnew();
				}),
		},
		search,
		relations: createRelationStore(database, search),
		archives: createArchiveStore(database),
		outbox: createOutboxStore(database),
		buffers: createBufferStore(database),
		ignored: createIgnoredStore(database),
		requests: createRequestStore(database, messages),
		readers,
		ownReads,
		rosters: createRosterStore(database),
		capabilities: createCapabilityStore(database, clock),
		servers: createServerStore(database),
		omemo,
		epoch: createEpoch(database, epochKeeper),
		close: database.close,
	};
}

/** Bytes: about what a batch of messages takes. */
const batchSize = 256 * 1024;

function writeAndRemove(database: Database): void {
	database.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('check', ?)", 'x'.repeat(batchSize));
	database.run("DELETE FROM meta WHERE name = 'check'");
}

/** Reads before it writes: setting the journal mode would write to a file that turns out to be damaged or newer. */
function prepare(database: Database): void {
	database.get('SELECT count(*) FROM sqlite_schema');
	database.execute('PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA synchronous = FULL');
	migrate(database);
	// A checkpoint after every 16 MB instead of 4: catching up changes the same index pages again and again.
	database.execute('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 4000');
}
