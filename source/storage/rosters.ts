import type {Contact, Subscription} from '../model/contact.js';
import type {BareJid} from '../shared/jid.js';
import type {RosterStore} from './ports.js';
import type {Database, Row} from './sqlite.js';

/** The roster of each account as last seen, with its version. */
export function createRosterStore(database: Database): RosterStore {
	const saveVersion = (account: BareJid, version: string | null): void => {
		database.run(
			'INSERT INTO rosters (account, version) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET version = excluded.version',
			account,
			version,
		);
	};

	const saveContact = (contact: Contact): void => {
		database.run(
			`INSERT OR REPLACE INTO contacts (account, jid, name, subscription, asking, approved, contact_groups)
			VALUES (:account, :jid, :name, :subscription, :asking, :approved, :groups)`,
			{
				account: contact.account,
				jid: contact.jid,
				name: contact.name ?? null,
				subscription: contact.subscription,
				asking: contact.asking ? 1 : 0,
				approved: contact.approved ? 1 : 0,
				groups: JSON.stringify(contact.groups),
			},
		);
	};

	return {
		load(account) {
			const version = database.get('SELECT version FROM rosters WHERE account = ?', account)?.version;
			return {
				version: typeof version === 'string' ? version : undefined,
				contacts: database
					.all('SELECT * FROM contacts WHERE account = ? ORDER BY jid', account)
					.map(row => toContact(row)),
			};
		},

		replace: (account, version, contacts) =>
			database.transaction(() => {
				database.run('DELETE FROM contacts WHERE account = ?', account);
				for (const contact of contacts) {
					saveContact(contact);
				}

				saveVersion(account, version ?? null);
			}),

		// A push without a version (RFC 6121 §2.6) leaves the old one: asking with it brings the change again, harmlessly.
		put: (contact, version) =>
			database.transaction(() => {
				saveContact(contact);
				if (version !== undefined) {
					saveVersion(contact.account, version);
				}
			}),

		remove: (account, jid, version) =>
			database.transaction(() => {
				database.run('DELETE FROM contacts WHERE account = ? AND jid = ?', account, jid);
				if (version !== undefined) {
					saveVersion(account, version);
				}
			}),
	};
}

function toContact(row: Row): Contact {
	return {
		account: row.account as BareJid,
		jid: row.jid as BareJid,
		...(typeof row.name === 'string' ? {name: row.name} : {}),
		subscription: row.subscription as Subscription,
		asking: row.asking === 1,
		approved: row.approved === 1,
		groups: JSON.parse(row.contact_groups as string) as string[],
	};
}
