import {accessSync, chmodSync, closeSync, constants, openSync, statSync} from 'node:fs';
import {XmppcError} from '../shared/errors.js';
import {databaseError} from './database-errors.js';
import {errorNumberName, fileError} from './file-errors.js';

/** What a column holds. `NULL` is `null`; integers are safe ones. */
export type SqlValue = string | number | null | Uint8Array;
export type Row = Readonly<Record<string, SqlValue>>;
/** By name (`:name` in the statement). */
export type SqlValues = Readonly<Record<string, SqlValue>>;

/** The part of the `node:sqlite` interface we rest on, which both libraries have. */
type Connection = {
	exec(sql: string): void;
	prepare(sql: string): Statement;
	close(): void;
	readonly isTransaction: boolean;
};
type Statement = {
	run(...values: ReadonlyArray<SqlValues | SqlValue>): {changes: number | bigint};
	get(...values: ReadonlyArray<SqlValues | SqlValue>): unknown;
	all(...values: ReadonlyArray<SqlValues | SqlValue>): unknown[];
};
type OpenOptions = {
	/** Milliseconds, blocking. */
	readonly timeout: number;
	/** An existing file that is to stay as it is. */
	readonly readOnly?: boolean;
};
export type Library = {DatabaseSync: new (path: string, options: OpenOptions) => Connection};

export type Database = {
	readonly path: string;
	/** Several statements without values. */
	execute(sql: string): void;
	/** Answers how many rows changed. */
	run(sql: string, ...values: readonly SqlValue[] | readonly [SqlValues]): number;
	get(sql: string, ...values: readonly SqlValue[] | readonly [SqlValues]): Row | undefined;
	all(sql: string, ...values: readonly SqlValue[] | readonly [SqlValues]): readonly Row[];
	/** All of `work` or nothing of it. May nest: an inner one that throws undoes only itself. */
	transaction<Result>(work: () => Result): Result;
	/** How many were undone, inner ones too: what was known of the rows before may be otherwise now. */
	undone(): number;
	/** Harmless when closed already. */
	close(): void;
};

/**
 * Loads SQLite: Node's own where it is no longer experimental (Node 24), else the package with the same interface.
 * The import is a dynamic one so that Node 24 does not load a native addon it has no use for.
 */
export async function loadSqlite(): Promise<Library> {
	const major = Number(process.versions.node.split('.', 1)[0]);
	const builtin = major >= 24 ? process.getBuiltinModule('node:sqlite') : undefined;
	if (isLibrary(builtin)) {
		return builtin;
	}

	try {
		const loaded: unknown = await import('@photostructure/sqlite');
		if (isLibrary(loaded)) {
			return loaded;
		}
	} catch (error) {
		throw noLibrary(error);
	}

	throw noLibrary(undefined);
}

function isLibrary(value: unknown): value is Library {
	return typeof value === 'object' && value !== null && 'DatabaseSync' in value;
}

function noLibrary(cause: unknown): XmppcError {
	return new XmppcError(
		{
			code: 'no-database-library',
			kind: 'unavailable',
			message: 'The SQLite library cannot be loaded on this system.',
			hint: 'Install xmppc again with npm, or use Node.js 24 or newer, which brings its own.',
		},
		{cause},
	);
}

/**
 * Opens (and creates) a database file that only we may read. Waits up to `timeout` milliseconds, blocking, for
 * another process to finish a transaction; after one wait in vain not again until it is found free, or every key press
 * that is to be stored would stall.
 * @throws XmppcError of kind `storage`
 */
export function openDatabase(library: Library, path: string, {timeout, readOnly = false}: OpenOptions): Database {
	if (!readOnly) {
		createPrivateFile(path);
	}

	const connection = attempt(
		() => new library.DatabaseSync(path, {timeout, readOnly}),
		error => {
			throw databaseError(error, path);
		},
	);
	const statements = new Map<string, Statement>();
	const prepare = (sql: string): Statement => {
		const known = statements.get(sql);
		if (known !== undefined) {
			return known;
		}

		const statement = connection.prepare(sql);
		statements.set(sql, statement);
		return statement;
	};

	let depth = 0;
	let undone = 0;
	let open = true;
	let isPatient = true;
	const setPatience = (patient: boolean) => {
		if (isPatient !== patient) {
			isPatient = patient;
			connection.exec(`PRAGMA busy_timeout = ${patient ? timeout : 0}`);
		}
	};

	const fail = (error: unknown): never => {
		const problem = databaseError(error, path);
		if (problem.code === 'database-busy') {
			setPatience(false);
		}

		throw problem;
	};

	const begin = () => {
		attempt(() => connection.exec('BEGIN IMMEDIATE'), fail);
		setPatience(true);
	};

	return {
		path,
		execute: sql => attempt(() => connection.exec(sql), fail),
		run: (sql, ...values) => attempt(() => Number(prepare(sql).run(...values).changes), fail),
		get: (sql, ...values) => attempt(() => prepare(sql).get(...values) as Row | undefined, fail),
		all: (sql, ...values) => attempt(() => prepare(sql).all(...values) as Row[], fail),
		transaction(work) {
			const level = depth;
			if (level === 0) {
				begin();
			} else {
				attempt(() => connection.exec(`SAVEPOINT level${level}`), fail);
			}

			depth += 1;
			try {
				const result = work();
				if (result instanceof Promise) {
					throw new TypeError('A transaction must not be asynchronous.');
				}

				attempt(() => connection.exec(level === 0 ? 'COMMIT' : `RELEASE level${level}`), fail);
				return result;
			} catch (error) {
				undone++;
				// A full disk or an I/O error may have ended the transaction already.
				if (connection.isTransaction) {
					connection.exec(level === 0 ? 'ROLLBACK' : `ROLLBACK TO level${level}; RELEASE level${level}`);
				}

				throw error;
			} finally {
				depth -= 1;
			}
		},
		undone: () => undone,
		close() {
			if (open) {
				open = false;
				statements.clear();
				connection.close();
			}
		},
	};
}

function attempt<Result>(work: () => Result, fail: (error: unknown) => never): Result {
	try {
		return work();
	} catch (error) {
		return fail(error);
	}
}

/**
 * SQLite would create the file as the umask says. An existing file is never opened here, not even to look: closing
 * any descriptor of a file drops all locks this process holds on it (POSIX fcntl), SQLite's included.
 */
function createPrivateFile(path: string): void {
	try {
		closeSync(openSync(path, 'wx', 0o600));
	} catch (error) {
		if (errorNumberName(error) !== 'EEXIST') {
			throw fileError(error, 'create the database', path);
		}

		checkExistingFile(path);
	}
}

/** SQLite opens a file that it may not write as a read-only one and grants "exclusive" locks on it without taking them. */
function checkExistingFile(path: string): void {
	try {
		accessSync(path, constants.R_OK | constants.W_OK);
		const found = statSync(path);
		if (process.geteuid !== undefined && (found.mode & 0o077) !== 0) {
			chmodSync(path, 0o600);
		}
	} catch (error) {
		throw fileError(error, 'use the database', path);
	}
}
