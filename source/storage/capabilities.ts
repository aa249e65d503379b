import type {Clock} from '../shared/clock.js';
import type {CapabilityStore} from './ports.js';
import type {Database} from './sqlite.js';

/** Answers kept. Strangers choose what they advertise, so there must be an end; real networks show some hundreds. */
export const keptCapabilities = 2000;

/** Verified capabilities (XEP-0115) by hash, the least recently used ones dropped. */
export function createCapabilityStore(database: Database, clock: Clock): CapabilityStore {
	return {
		get(hash, ver) {
			const row = database.get('SELECT features FROM capabilities WHERE hash = ? AND ver = ?', hash, ver);
			return row === undefined ? undefined : (JSON.parse(row.features as string) as string[]);
		},

		put: (hash, ver, features) =>
			database.transaction(() => {
				database.run(
					'INSERT OR REPLACE INTO capabilities (hash, ver, features, used_at) VALUES (?, ?, ?, ?)',
					hash,
					ver,
					JSON.stringify(features),
					clock.now(),
				);
				database.run(
					`DELETE FROM capabilities WHERE (hash, ver) IN
						(SELECT hash, ver FROM capabilities ORDER BY used_at DESC LIMIT -1 OFFSET ?)`,
					keptCapabilities,
				);
			}),
	};
}
