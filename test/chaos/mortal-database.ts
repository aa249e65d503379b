/** A database whose process may die before or after any of its writes, and whose disk may be full for a while. */
import {XmppcError} from '../../source/shared/errors.js';
import type {Database, SqlValue, SqlValues} from '../../source/storage/sqlite.js';

/** The life of the process that uses a database. */
export type Life = {
	readonly isAlive: boolean;
	/** Ends it now: nothing more is written, what is not committed is lost. */
	end(): void;
	/** Ends it at the write with this number from now, statements and commits alike. */
	endAtWrite(number: number): void;
	/** Ends it right before the commit with this number from now, or right after it. */
	endAtCommit(number: number, when: 'before' | 'after'): void;
	/** Commits so far. */
	readonly commits: number;
	/** Whether writes fail for lack of room. */
	isDiskFull: boolean;
};

type MortalLife = Life & {
	/** Before a write: throws where there is none. */
	write(): void;
	/** Before and after a commit: throws where it ends there. */
	commit(when: 'before' | 'after'): void;
	/** Throws where the process is gone. */
	check(): void;
};

/** `died`: it ended at a write. */
export function createLife(died: () => void): MortalLife {
	let isAlive = true;
	let writesLeft = Number.POSITIVE_INFINITY;
	let commits = 0;
	let lastCommit: {readonly number: number; readonly when: 'before' | 'after'} | undefined;
	const check = () => {
		if (!isAlive) {
			throw new XmppcError({code: 'process-died', kind: 'storage', message: 'The process is no more.'});
		}
	};

	return {
		get isAlive() {
			return isAlive;
		},
		isDiskFull: false,
		end() {
			isAlive = false;
		},
		endAtWrite(number) {
			writesLeft = number;
		},
		endAtCommit(number, when) {
			lastCommit = {number: commits + number, when};
		},
		get commits() {
			return commits;
		},
		check,
		commit(when) {
			commits += when === 'before' ? 1 : 0;
			if (lastCommit?.number === commits && lastCommit.when === when) {
				isAlive = false;
				died();
			}

			check();
		},
		write() {
			check();
			if (this.isDiskFull) {
				throw new XmppcError({code: 'disk-full', kind: 'storage', message: 'The disk is full.'});
			}

			writesLeft--;
			if (writesLeft <= 0) {
				isAlive = false;
				died();
				check();
			}
		},
	};
}

/** What is heard of the writes to a database, none of which may be for good. */
export type Overhearing = {
	readonly message: (row: SqlValues) => void;
	/** What is to become of a message that waits. */
	readonly waiting: (key: number, seal: SqlValue | undefined) => void;
	/** A device of the account has these keys. */
	readonly device: (id: number) => void;
};

export function mortal(database: Database, life: MortalLife, overhear: Overhearing): Database {
	let depth = 0;

	/** A statement of its own is a transaction too. */
	const inCommit = <Result>(work: () => Result): Result => {
		if (depth > 0) {
			return work();
		}

		life.commit('before');
		const result = work();
		life.commit('after');
		return result;
	};

	return {
		path: database.path,
		execute(sql) {
			life.write();
			inCommit(() => database.execute(sql));
		},
		run(sql: string, ...values: readonly SqlValue[] | readonly [SqlValues]) {
			life.write();
			const [first] = values;
			if (sql.startsWith('INSERT INTO messages')) {
				overhear.message(rowOf(sql, values as readonly SqlValue[]));
			} else if (sql.startsWith('INSERT INTO outbox')) {
				overhear.waiting(Number(first), values[4] as SqlValue | undefined);
			} else if (sql.startsWith('INSERT OR REPLACE INTO omemo_own')) {
				overhear.device(Number(values[1]));
			}

			return inCommit(() => database.run(sql, ...values));
		},
		// What still runs of a process that is gone reaches nobody: it need not fall over.
		get: (sql, ...values) => (life.isAlive ? database.get(sql, ...values) : undefined),
		all: (sql, ...values) => (life.isAlive ? database.all(sql, ...values) : []),
		undone: () => database.undone(),
		transaction(work) {
			life.check();
			depth++;
			try {
				const result = database.transaction(() => {
					const made = work();
					// Whoever went on although the process is gone has committed nothing.
					if (depth === 1) {
						life.write();
						life.commit('before');
					} else {
						life.check();
					}

					return made;
				});
				if (depth === 1) {
					life.commit('after');
					life.write();
				}

				return result;
			} finally {
				depth--;
			}
		},
		close: database.close,
	};
}

/** The columns of an insertion with what goes into them, by the names that the messages' rows have there. */
function rowOf(sql: string, values: readonly SqlValue[]): SqlValues {
	const names = /\(([^)]*)\)/.exec(sql)?.[1]?.split(', ') ?? [];
	const camel = (name: string) => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
	return Object.fromEntries(names.map((name, index) => [camel(name), values[index] ?? null]));
}
