import type {ServerStore} from './ports.js';
import type {Database} from './sqlite.js';

/** What is remembered of servers, so that it is known before the next login too. */
export function createServerStore(database: Database): ServerStore {
	const rowOf = (account: string) =>
		database.get('SELECT max_bytes, told, login FROM servers WHERE account = ?', account);
	return {
		maxBytes: account => (rowOf(account)?.max_bytes as number | null | undefined) ?? undefined,
		rememberMaxBytes: (account, bytes) => {
			database.run(
				`INSERT INTO servers (account, max_bytes) VALUES (?, ?)
				ON CONFLICT (account) DO UPDATE SET max_bytes = excluded.max_bytes`,
				account,
				bytes ?? null,
			);
		},
		told: account =>
			String(rowOf(account)?.told ?? '')
				.split(' ')
				.filter(topic => topic !== ''),
		rememberTold: (account, topics) => {
			database.run(
				`INSERT INTO servers (account, told) VALUES (?, ?)
				ON CONFLICT (account) DO UPDATE SET told = excluded.told`,
				account,
				topics.join(' '),
			);
		},
		loginFacts: account => parsed(rowOf(account)?.login),
		rememberLoginFacts: (account, facts) => {
			database.run(
				`INSERT INTO servers (account, login) VALUES (?, ?)
				ON CONFLICT (account) DO UPDATE SET login = excluded.login`,
				account,
				JSON.stringify(facts),
			);
		},
		forget: account => {
			database.run('DELETE FROM servers WHERE account = ?', account);
		},
	};
}

function parsed(text: unknown): unknown {
	try {
		return typeof text === 'string' ? JSON.parse(text) : undefined;
	} catch {
		// What cannot be read is found out again.
		return undefined;
	}
}
