import {join} from 'node:path';
import {isXmppcError, XmppcError} from '../shared/errors.js';
import {ensurePrivateDirectory, type Notice, type ProfileDirectories} from './directories.js';
import type {ProfileLock} from './ports.js';
import {type Database, loadSqlite, openDatabase} from './sqlite.js';

/** Keeps the connections alive: a collected one closes itself, and the lock of a caller that drops it would be gone. */
const held = new Set<Database>();

/**
 * Takes the right to write a profile: an exclusive transaction held for life on a database of its own. The kernel ends
 * it with the process, however that ends, so there is no stale lock to clean up. It lies beside the history that it
 * protects: processes that see the same history see the same lock, whatever else their environments say.
 * @throws XmppcError `profile-in-use` (temporary) when another process has it, else of kind `storage`.
 */
export async function takeProfileLock(
	directories: ProfileDirectories,
	{notice = () => {}}: {readonly notice?: Notice} = {},
): Promise<ProfileLock> {
	const library = await loadSqlite();
	ensurePrivateDirectory(directories.data, notice);
	const database = openDatabase(library, join(directories.data, 'lock.sqlite'), {timeout: 0});
	try {
		database.execute('BEGIN EXCLUSIVE');
	} catch (error) {
		database.close();
		throw lockRefused(error, directories.profile, database.path);
	}

	held.add(database);
	return {
		release() {
			held.delete(database);
			database.close();
		},
	};
}

function lockRefused(error: unknown, profile: string, path: string): unknown {
	if (!isXmppcError(error)) {
		return error;
	}

	switch (error.code) {
		case 'database-busy':
			return profileInUse(profile, error);
		case 'database-corrupt':
			return new XmppcError(
				{
					code: 'lock-corrupt',
					kind: 'storage',
					message: `The lock file ${path} is damaged.`,
					hint: 'There is nothing in it that could be lost: remove it and try again.',
				},
				{cause: error},
			);
		default:
			return error;
	}
}

function profileInUse(profile: string, cause: unknown): XmppcError {
	return new XmppcError(
		{
			code: 'profile-in-use',
			kind: 'temporary',
			message: `Another xmppc is running with the profile "${profile}".`,
			hint: 'Close it and try again, or use another profile with --profile.',
		},
		{cause},
	);
}
