/**
 * Gajim 1.7 with its OMEMO plugin: set up by a database that is written before, asked through its D-Bus remote control
 * and by keys that are pressed for it.
 */
import {mkdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {
	checkProtection,
	cleared,
	databaseOf,
	type GuiAccount,
	type GuiClient,
	type GuiClientKind,
	must,
	press,
	startPatience,
	typed,
} from './client.js';
import {type Desktop, until} from './desktop.js';

export const gajim: GuiClientKind = {
	name: 'Gajim',
	packageName: 'gajim',
	knows: {reactions: false, answers: false},
	needs: [
		['gajim', 'gajim'],
		['/usr/share/gajim/plugins/omemo/plugin.py', 'gajim-omemo'],
		['gdbus', 'libglib2.0-bin'],
		['xdotool', 'xdotool'],
	],
	start,
};

/** How it calls the account. */
const accountName = 'account';
/** As of `gajim/common/storage/archive.py`. */
const [incoming, outgoing] = [4, 6];
const [received, displayed] = [0, 1];

async function start(desktop: Desktop, account: GuiAccount): Promise<GuiClient> {
	await writeSettings(desktop, account);
	const launch = () => desktop.start('gajim', ['gajim', '--verbose']);
	let running = launch();
	const logs = databaseOf(desktop, 'data/gajim/logs.db');
	const patience = () => ({timeout: startPatience, unless: () => running.problem()});
	const isEncrypted = (jid: string) => account.contacts.find(contact => contact.jid === jid)?.isEncrypted === true;

	const logged = async (jid: string, kind: number): Promise<readonly Line[]> => {
		const rows = await logs
			.rows(
				`SELECT message, additional_data, marker FROM logs NATURAL JOIN jids
				WHERE jid = ? AND kind = ? AND message IS NOT NULL ORDER BY log_line_id`,
				...[jid, kind],
			)
			// Before it has made them.
			.catch(() => []);
		return rows.map(({message, additional_data: data, marker}) => {
			const {encrypted, corrected} = JSON.parse(String(data ?? '{}')) as Additional;
			return {
				body: String(message),
				isEncrypted: encrypted?.name === 'OMEMO',
				first: corrected?.original_text,
				marker: marker === null ? undefined : Number(marker),
			};
		});
	};
	const isLogged = async (jid: string, body: string, kind: number, first?: string) => {
		const line = (await logged(jid, kind)).findLast(one => one.body === body && one.first === first);
		if (line !== undefined) {
			checkProtection(line.isEncrypted, isEncrypted(jid));
		}

		return line !== undefined;
	};
	const opens = async (jid: string) => {
		const window = await until('Gajim has a window', () => windowOf(desktop), patience());
		await must(desktop, ['gajim', `xmpp:${jid}?message`]);
		// Nothing tells when it is in view.
		await press(desktop, 'windowfocus', '--sync', window, 'sleep', '1.5');
	};

	return {
		opens,
		reads: (from, body) =>
			until(`Gajim shows "${body}"`, () => isLogged(from, body, incoming), patience()).then(() => {}),
		async writes(to, body) {
			// It answers that all is well, whether it has the keys already or not: it is asked until it has written.
			await until(
				`Gajim writes "${body}"`,
				async () => {
					const {status} = await ask(desktop, 'send_chat_message', to, body, accountName);
					await sleep(status === 0 ? 1500 : 500);
					return isLogged(to, body, outgoing);
				},
				patience(),
			);
		},
		async misses(meanwhile) {
			await running.end();
			await meanwhile();
			running = launch();
		},
		shown: async from => (await logged(from, incoming)).map(({body}) => body),
		async readsCorrection(from, first, second) {
			await until(`Gajim shows "${second}" for "${first}"`, () => isLogged(from, second, incoming, first), patience());
		},
		async corrects(to, first, meanwhile, second) {
			await opens(to);
			await press(desktop, ...typed(first), 'key', 'Return');
			await until(`Gajim writes "${first}"`, () => isLogged(to, first, outgoing), patience());
			await meanwhile();
			await press(desktop, 'key', 'ctrl+Up', 'sleep', '0.5', ...typed(second), 'key', 'Return');
			await until(`Gajim writes "${second}"`, () => isLogged(to, second, outgoing, first), patience());
		},
		async learns(what, to, body) {
			const wanted = what === 'received' ? received : displayed;
			await until(
				`Gajim has "${body}" as ${what}`,
				async () => ((await logged(to, outgoing)).findLast(one => one.body === body)?.marker ?? -1) >= wanted,
				patience(),
			);
		},
		async learnsTyping(from) {
			const told = new RegExp(`Recv: Chatstate\\.COMPOSING +- ${from}/`);
			const isTold = () => told.test(readFileSync(path.join(desktop.directory, 'gajim.txt'), 'utf8'));
			await until('Gajim shows that somebody writes', isTold, patience());
		},
		async types(to, meanwhile) {
			await opens(to);
			await press(desktop, ...typed('But soft'));
			await meanwhile();
			await press(desktop, ...cleared);
		},
	};
}

/** A message as it keeps it. `first`: the text before it was corrected. */
type Line = {
	readonly body: string;
	readonly isEncrypted: boolean;
	readonly first: string | undefined;
	readonly marker: number | undefined;
};

type Additional = {
	readonly encrypted?: {readonly name?: string};
	readonly corrected?: {readonly original_text?: string};
};

async function windowOf(desktop: Desktop): Promise<string | undefined> {
	const {output} = await desktop.run(['xdotool', 'search', '--onlyvisible', '--name', '^Gajim$']);
	return /^\d+/.exec(output)?.[0];
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
	const chats = Object.fromEntries(
		contacts.map(({jid, isEncrypted}) => [jid, {encryption: isEncrypted ? 'OMEMO' : ''}]),
	);
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
			JSON.stringify({account, contact: chats, group_chat: {}}),
		],
		['PRAGMA user_version = 5'],
	]);
}
