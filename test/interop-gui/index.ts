/**
 * `npm run interop:gui`: the built program and clients with windows, Gajim and Dino, write to each other with OMEMO (legacy)
 * through a real Prosody, under Xvfb. A line for each pair says whether it was seen; the status is 0 only when all were.
 * `npm run interop:gui -- dino` looks at one of them.
 */
import {execFileSync} from 'node:child_process';
import {cpSync, existsSync, mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {messageOf} from '../../source/shared/errors.js';
import {startProsody} from '../support/prosody.js';
import type {GuiClient, GuiClientKind} from './client.js';
import {type Correspondent, startCorrespondent} from './correspondent.js';
import {type Desktop, openDoor, startDesktop} from './desktop.js';
import {dino} from './dino.js';
import {gajim} from './gajim.js';

/** Programs and files, and the Debian packages they are in. */
const common = [
	['prosody', 'prosody'],
	['Xvfb', 'xvfb'],
	['dbus-daemon', 'dbus-daemon'],
	['unshare', 'util-linux'],
	['/etc/ssl/certs/ca-certificates.crt', 'ca-certificates'],
] as const;

const password = 'pencil';
/** The client with windows is at this account; xmppc at the others. */
const theirs = 'romeo@example.test';
/** To her xmppc writes first, and to the nurse the other client. */
const juliet = 'juliet@example.test';
const nurse = 'nurse@example.test';

type Scene = {
	readonly client: GuiClient;
	readonly asJuliet: Correspondent;
	readonly asNurse: Correspondent;
};

/** What is looked at, in this order. `NAME` is the client. */
const pairs: ReadonlyArray<readonly [title: string, isSeen: (scene: Scene) => Promise<void>]> = [
	[
		'xmppc writes first, NAME reads',
		async ({client, asJuliet}) => {
			await asJuliet.writes(theirs, 'Wherefore art thou? Ça va, 日本');
			await client.reads(juliet, 'Wherefore art thou? Ça va, 日本');
		},
	],
	[
		'NAME answers, xmppc reads',
		async ({client, asJuliet}) => {
			await client.writes(juliet, 'Shall I hear more');
			await asJuliet.reads(theirs, 'Shall I hear more');
		},
	],
	[
		'NAME writes first, xmppc reads',
		async ({client, asNurse}) => {
			await client.writes(nurse, 'Commend me to thy lady');
			await asNurse.reads(theirs, 'Commend me to thy lady');
		},
	],
	[
		'xmppc answers, NAME reads',
		async ({client, asNurse}) => {
			await asNurse.writes(theirs, 'I will tell her, sir');
			await client.reads(nurse, 'I will tell her, sir');
		},
	],
	[
		'xmppc writes while NAME is away, NAME reads when it is back',
		async ({client, asJuliet}) => {
			await client.misses(() => asJuliet.writes(theirs, 'A thousand times good night'));
			await client.reads(juliet, 'A thousand times good night');
		},
	],
	[
		'NAME writes after that, xmppc reads',
		async ({client, asJuliet}) => {
			await client.writes(juliet, 'A thousand times the worse');
			await asJuliet.reads(theirs, 'A thousand times the worse');
		},
	],
];

async function main(names: readonly string[]): Promise<number> {
	const kinds = [gajim, dino];
	const unknown = names.find(name => !kinds.some(kind => kind.name.toLowerCase() === name));
	if (unknown !== undefined) {
		process.stderr.write(`interop:gui: there is no ${unknown}; it knows gajim and dino\n`);
		return 64;
	}

	let status = 0;
	for (const kind of kinds) {
		if ((names.length === 0 || names.includes(kind.name.toLowerCase())) && !(await look(kind))) {
			status = 1;
		}
	}

	return status;
}

/** Prints a line for each pair; answers whether all were seen. */
async function look(kind: GuiClientKind): Promise<boolean> {
	const say = (title: string, what: string) =>
		process.stdout.write(`${title.replaceAll('NAME', nameOf(kind))}: ${what}\n`);
	const missing = [...common, ...kind.needs].filter(([file]) => !isThere(file)).map(([, packageName]) => packageName);
	if (missing.length > 0) {
		for (const [title] of pairs) {
			say(title, `not seen: install the Debian packages ${missing.join(', ')}`);
		}

		return false;
	}

	let isAllSeen = true;
	const told = new Set<string>();
	const remains: Desktop[] = [];
	try {
		await withScene(kind, remains, async scene => {
			for (const [title, isSeen] of pairs) {
				const problem = await isSeen(scene).then(() => undefined, messageOf);
				told.add(title);
				say(title, problem === undefined ? 'seen' : `not seen: ${problem}`);
				isAllSeen &&= problem === undefined;
			}

			if (!isAllSeen) {
				remains.forEach(keep);
			}
		});
	} catch (error) {
		isAllSeen = false;
		for (const [title] of pairs) {
			if (!told.has(title)) {
				say(title, `not seen: ${messageOf(error)}`);
			}
		}
	}

	return isAllSeen;
}

/** Everything that takes part, from its start to its end. */
async function withScene(
	kind: GuiClientKind,
	desktops: Desktop[],
	play: (scene: Scene) => Promise<void>,
): Promise<void> {
	const ends: Array<() => Promise<void>> = [];
	try {
		const contact = (jid: string) => ({jid, name: jid.split('@')[0] ?? jid});
		const server = await startProsody({
			accounts: {romeo: password, juliet: password, nurse: password},
			rosters: {romeo: [contact(juliet), contact(nurse)], juliet: [contact(theirs)], nurse: [contact(theirs)]},
		});
		ends.push(server.stop);
		ends.push(await openDoor(server));
		const asJuliet = await startCorrespondent(server, 'juliet', password);
		ends.push(asJuliet.stop);
		const asNurse = await startCorrespondent(server, 'nurse', password);
		ends.push(asNurse.stop);
		const desktop = await startDesktop(kind.name.toLowerCase(), server);
		desktops.push(desktop);
		ends.push(desktop.stop);
		const client = await kind.start(desktop, {server, localpart: 'romeo', password, contacts: [juliet, nurse]});
		await play({client, asJuliet, asNurse});
	} finally {
		for (const end of ends.reverse()) {
			await end();
		}
	}
}

/** What is left of a client whose messages were not seen: its databases and what it said. */
function keep({directory}: Desktop): void {
	const kept = mkdtempSync(path.join(tmpdir(), 'xmppc-interop-gui-'));
	cpSync(directory, kept, {recursive: true, filter: source => !source.startsWith(path.join(directory, 'run'))});
	process.stdout.write(`  what it left is in ${kept}\n`);
}

function isThere(file: string): boolean {
	const folders = path.isAbsolute(file) ? [''] : (process.env.PATH ?? '').split(':');
	return folders.some(folder => existsSync(path.join(folder, file)));
}

/** With its version, where Debian knows it. */
function nameOf({name, packageName}: GuiClientKind): string {
	try {
		const query = ['--show', packageName];
		const line = execFileSync('dpkg-query', query, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']});
		const [, version = ''] = line.trim().split('\t');
		return `${name} ${version}`;
	} catch {
		return name;
	}
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	// What was started ends with this process, and the files of all of it go when it exits.
	process.once(signal, () => process.exit(130));
}

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	process.stderr.write(`interop:gui: ${messageOf(error)}\n`);
	process.exitCode = 1;
}
