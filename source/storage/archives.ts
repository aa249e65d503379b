import type {ArchiveGap, ArchivePosition, ArchiveStore} from './ports.js';
import type {Database, Row} from './sqlite.js';

export function createArchiveStore(database: Database): ArchiveStore {
	return {
		load(account, archive) {
			const row = database.get('SELECT * FROM archives WHERE account = ? AND archive = ?', account, archive);
			if (row === undefined) {
				return undefined;
			}

			const head = position(row, 'head');
			const gaps = database
				.all('SELECT * FROM archive_gaps WHERE account = ? AND archive = ? ORDER BY before_key DESC', account, archive)
				.map(row => toGap(row))
				.filter(gap => gap !== undefined);
			return {...(head === undefined ? {} : {head}), gaps};
		},

		head: (account, archive) => {
			const row = database.get('SELECT * FROM archives WHERE account = ? AND archive = ?', account, archive);
			return row === undefined ? undefined : position(row, 'head');
		},

		save: (account, archive, {head, gaps}) =>
			database.transaction(() => {
				database.run(
					`INSERT INTO archives (account, archive, head_id, head_at, head_key)
					VALUES (:account, :archive, :id, :at, :key)
					ON CONFLICT (account, archive) DO UPDATE SET head_id = :id, head_at = :at, head_key = :key`,
					{account, archive, ...columns(head)},
				);
				database.run('DELETE FROM archive_gaps WHERE account = ? AND archive = ?', account, archive);
				for (const {after, before, permanent} of gaps) {
					database.run(
						'INSERT INTO archive_gaps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
						...[account, archive, ...Object.values(columns(after)), ...Object.values(columns(before))],
						permanent ? 1 : 0,
					);
				}
			}),
	};
}

/** In the order of the columns of a position. */
function columns(position: ArchivePosition | undefined) {
	return {id: position?.id ?? null, at: position?.at ?? null, key: position?.key ?? null};
}

function toGap(row: Row): ArchiveGap | undefined {
	const after = position(row, 'after');
	const before = position(row, 'before');
	return before === undefined
		? undefined
		: {...(after === undefined ? {} : {after}), before, permanent: row.permanent === 1};
}

// The tables are written by `save` alone, so the columns have the types that went in.
function position(row: Row, name: 'head' | 'after' | 'before'): ArchivePosition | undefined {
	const id = row[`${name}_id`] as string | null;
	return id === null ? undefined : {id, at: row[`${name}_at`] as number, key: row[`${name}_key`] as number};
}
