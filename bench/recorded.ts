import {readdirSync} from 'node:fs';
import path from 'node:path';
import {loadSqlite, openDatabase} from '../source/storage/sqlite.js';
import type {Home} from '../test/support/peers/home.js';

/** Looks into the history of a profile that another process writes. */
export type Recorded = {
	/** Incoming messages that are committed. */
	count(): number;
	close(): void;
};

/** Opens the one history below a home directory; the program must have run in it. */
export async function openRecorded(home: Home): Promise<Recorded> {
	const [file] = readdirSync(home.directory, {recursive: true, encoding: 'utf8'}).filter(
		name => path.basename(name) === 'history.sqlite',
	);
	if (file === undefined) {
		throw new Error('there is no history yet');
	}

	const database = openDatabase(await loadSqlite(), path.join(home.directory, file), {timeout: 1000, readOnly: true});
	return {
		count: () => Number(database.get('SELECT count(*) AS count FROM messages')?.count ?? 0),
		close: database.close,
	};
}
