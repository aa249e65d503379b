/** Dino 0.4: its own database, filled before it logs in, and keys that are pressed for it. */
import {databaseOf, type GuiAccount, type GuiClient, type GuiClientKind, startPatience} from './client.js';
import {type Desktop, until} from './desktop.js';

export const dino: GuiClientKind = {
	name: 'Dino',
	packageName: 'dino-im',
	needs: [
		['dino-im', 'dino-im'],
		['xdotool', 'xdotool'],
	],
	start,
};

/** As of `libdino/src/entity/`. */
const [incoming, outgoing] = [0, 1];
const omemo = 2;

async function start(desktop: Desktop, account: GuiAccount): Promise<GuiClient> {
	const launch = () => desktop.start('dino', ['dino-im']);
	let running = launch();
	const database = databaseOf(desktop, 'data/dino/dino.db');
	const patience = () => ({timeout: startPatience, unless: () => running.problem()});
	// It makes its tables when it is started first; this is the last thing of them.
	await until(
		'Dino has a database',
		() =>
			database
				.rows("SELECT 1 FROM sqlite_schema WHERE name = 'settings_conversationid_key'")
				.then(rows => rows.length > 0)
				.catch(() => false),
		patience(),
	);
	await running.end();
	await database.run(rowsOf(account));
	running = launch();

	const isStored = async (jid: string, body: string, direction: number) => {
		const rows = await database.rows(
			`SELECT encryption FROM message JOIN jid ON jid.id = counterpart_id
			WHERE bare_jid = ? AND body = ? AND direction = ?`,
			...[jid, body, direction],
		);
		const encryption = rows[0]?.encryption;
		if (encryption !== undefined && encryption !== omemo) {
			throw new Error('it came or went in clear');
		}

		return encryption !== undefined;
	};

	return {
		reads: (from, body) =>
			until(`Dino shows "${body}"`, () => isStored(from, body, incoming), patience()).then(() => {}),
		async writes(to, body) {
			const window = await until('Dino has a window', () => windowOf(desktop), patience());
			await must(desktop, ['dino-im', `xmpp:${to}?message`]);
			await must(desktop, ['xdotool', 'windowfocus', '--sync', window]);
			// What is typed goes to the conversation that was asked for; nothing tells when it is open.
			await must(desktop, ['xdotool', 'sleep', '2', 'type', '--delay', '30', body]);
			await must(desktop, ['xdotool', 'key', 'Return']);
			await until(`Dino writes "${body}"`, () => isStored(to, body, outgoing), patience());
		},
		async misses(meanwhile) {
			await running.end();
			await meanwhile();
			running = launch();
		},
	};
}

/** An account that logs in, and conversations that are encrypted. */
function rowsOf({server, localpart, password, contacts}: GuiAccount) {
	return [
		[
			'INSERT INTO account (id, bare_jid, resourcepart, password, alias, enabled) VALUES (1, ?, ?, ?, ?, 1)',
			...[`${localpart}@${server.domain}`, 'dino', password, ''],
		],
		...contacts.flatMap((jid, index) => [
			['INSERT INTO jid (id, bare_jid) VALUES (?, ?)', index + 1, jid] as const,
			[
				`INSERT INTO conversation (account_id, jid_id, active, last_active, type, encryption, notification,
				send_typing, send_marker) VALUES (1, ?, 1, unixepoch(), 0, ?, 0, 0, 0)`,
				...[index + 1, omemo],
			] as const,
		]),
	] as const satisfies ReadonlyArray<readonly [string, ...ReadonlyArray<string | number>]>;
}

async function windowOf(desktop: Desktop): Promise<string | undefined> {
	const {output} = await desktop.run(['xdotool', 'search', '--onlyvisible', '--name', '^Dino']);
	return /^\d+/.exec(output)?.[0];
}

async function must(desktop: Desktop, command: readonly string[]): Promise<void> {
	const {status, errors} = await desktop.run(command);
	if (status !== 0) {
		throw new Error(`${command[0]} ended with ${status}: ${errors.trim()}`);
	}
}
