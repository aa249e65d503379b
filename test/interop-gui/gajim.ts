/** Gajim 1.7 with its OMEMO plugin: set up by a database that is written before, asked through its D-Bus remote control. */
import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {databaseOf, type GuiAccount, type GuiClient, type GuiClientKind, startPatience} from './client.js';
import {type Desktop, until} from './desktop.js';

export const gajim: GuiClientKind = {
	name: 'Gajim',
	packageName: 'gajim',
	needs: [
		['gajim', 'gajim'],
		['/usr/share/gajim/plugins/omemo/plugin.py', 'gajim-omemo'],
		['gdbus', 'libglib2.0-bin'],
	],
	start,
};

/** How it calls the account. */
const accountName = 'account';
/** As of `gajim/common/storage/archive.py`. */
const [incoming, outgoing] = [4, 6];

async function start(desktop: Desktop, account: GuiAccount): Promise<GuiClient> {
	await writeSettings(desktop, account);
	const launch = () => desktop.start('gajim', ['gajim', '--verbose']);
	let running = launch();
	const logs = databaseOf(desktop, 'data/gajim/logs.db');

	const isLogged = async (jid: string, body: string, kind: number) => {
		const rows = await logs
			.rows(
				'SELECT additional_data FROM logs NATURAL JOIN jids WHERE jid = ? AND message = ? AND kind = ?',
				...[jid, body, kind],
			)
			// Before it has made them.
			.catch(() => []);
		const data = rows[0]?.additional_data;
		if (data !== undefined && !/"name": ?"OMEMO"/.test(String(data))) {
			throw new Error('it came or went in clear');
		}

		return data !== undefined;
	};
	const patience = (timeout: number) => ({timeout, unless: () => running.problem()});

	return {
		reads: (from, body) =>
			until(`Gajim shows "${body}"`, () => isLogged(from, body, incoming), patience(startPatience)).then(() => {}),
		async writes(to, body) {
			// It answers that all is well, whether it has the keys already or not: it is asked until it has written.
			await until(
				`Gajim writes "${body}"`,
				async () => {
					const {status} = await ask(desktop, 'send_chat_message', to, body, accountName);
					await sleep(status === 0 ? 1500 : 500);
					return isLogged(to, body, outgoing);
				},
				patience(startPatience),
			);
		},
		async misses(meanwhile) {
			await running.end();
			await meanwhile();
			running = launch();
		},
	};
}

function ask(desktop: Desktop, method: string, ...values: readonly string[]) {
	return desktop.run([
		...['gdbus', 'call', '--session', '--timeout', '10', '--dest', 'org.gajim.Gajim'],
		...['--object-path', '/org/gajim/dbus/RemoteObject', '--method', `org.gajim.dbus.RemoteInterface.${method}`],
		...values,
	]);
}

/** Its settings as of version 5 of their schema: an account that logs in, the plugin, and what is encrypted. */
async function writeSettings(desktop: Desktop, {server, localpart, password, contacts}: GuiAccount): Promise<void> {
	mkdirSync(path.join(desktop.directory, 'config/gajim'));
	const application = {
		use_keyring: false,
		check_for_update: false,
		plugins_update_check: false,
		show_trayicon: false,
		remote_control: true,
	};
	const account = {
		...{name: localpart, hostname: server.domain, password, resource: 'gajim', account_label: localpart},
		...{active: true, autoconnect: true, savepass: true, sync_with_global_status: true},
	};
	const encrypted = Object.fromEntries(contacts.map(jid => [jid, {encryption: 'OMEMO'}]));
	const workspace = {name: 'Verona', color: '#000000', avatar_sha: '', chats: []};
	const settings = {
		app: application,
		soundevents: {},
		status_presets: {},
		proxies: {},
		plugins: {omemo: {active: true}},
		workspaces: {verona: workspace},
	};
	await databaseOf(desktop, 'config/gajim/settings.sqlite').run([
		['CREATE TABLE settings (name TEXT UNIQUE, settings TEXT)'],
		['CREATE TABLE account_settings (account TEXT UNIQUE, settings TEXT)'],
		...Object.entries(settings).map(
			([name, value]) => ['INSERT INTO settings VALUES (?, ?)', name, JSON.stringify(value)] as const,
		),
		[
			'INSERT INTO account_settings VALUES (?, ?)',
			accountName,
			JSON.stringify({account, contact: encrypted, group_chat: {}}),
		],
		['PRAGMA user_version = 5'],
	]);
}
