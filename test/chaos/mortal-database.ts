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
	/** Whether writes fail for lack of room. */
	isDiskFull: boolean;
};

type MortalLife = Life & {
	/** Before a write: throws where there is none. */
	write(): void;
	/** Throws where the process is gone. */
	check(): void;
};

/** `died`: it ended at a write. */
export function createLife(died: () => void): MortalLife {
	let isAlive = true;
	let writesLeft = Number.POSITIVE_INFINITY;
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
		check,
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

/** `inserted`: a message was written, though perhaps not for good. */
export function mortal(database: Database, life: MortalLife, inserted: (body: string, key: number) => void): Database {
	let depth = 0;
	return {
		path: database.path,
		execute(sql) {
			life.write();
			database.execute(sql);
		},
		run(sql: string, ...values: readonly SqlValue[] | readonly [SqlValues]) {
			life.write();
			const [first] = values;
			if (sql.startsWith('INSERT INTO messages') && isNamed(first)) {
				inserted(String(first.body), Number(first.key));
			}

			return database.run(sql, ...values);
		},
		// What still runs of a process that is gone reaches nobody: it need not fall over.
		get: (sql, ...values) => (life.isAlive ? database.get(sql, ...values) : undefined),
		all: (sql, ...values) => (life.isAlive ? database.all(sql, ...values) : []),
		transaction(work) {
			life.check();
			depth++;
			try {
				const result = database.transaction(() => {
					const made = work();
					// Whoever went on although the process is gone has committed nothing.
					if (depth === 1) {
						life.write();
					} else {
						life.check();
					}

					return made;
				});
				if (depth === 1) {
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

function isNamed(value: SqlValue | SqlValues | undefined): value is SqlValues {
	return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}
