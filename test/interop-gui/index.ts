/**
 * `npm run interop:gui`: the built program and clients with windows, Gajim and Dino, write to each other through a real Prosody,
 * under Xvfb, encrypted and in clear: texts, and what is said of texts (`scenes.ts`). A line for each scene says whether it was
 * seen; the status is 0 only when all were. `npm run interop:gui -- dino` looks at one of them.
 */
import {execFileSync} from 'node:child_process';
import {cpSync, existsSync, mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {messageOf} from '../../source/shared/errors.js';
import {startProsody} from '../support/prosody.js';
import type {GuiClientKind} from './client.js';
import {startCorrespondent} from './correspondent.js';
import {type Desktop, openDoor, startDesktop} from './desktop.js';
import {dino} from './dino.js';
import {gajim} from './gajim.js';
import {type Cast, scenesOf, theirs} from './scenes.js';

/** Programs and files, and the Debian packages they are in. */
const common = [
	['prosody', 'prosody'],
	['Xvfb', 'xvfb'],
	['dbus-daemon', 'dbus-daemon'],
	['unshare', 'util-linux'],
	['/etc/ssl/certs/ca-certificates.crt', 'ca-certificates'],
] as const;

const password = 'pencil';

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

/** Prints a line for each scene, and how many of them were seen; answers whether all were. */
async function look(kind: GuiClientKind): Promise<boolean> {
	const say = (title: string, what: string) =>
		process.stdout.write(`${title.replaceAll('NAME', nameOf(kind))}: ${what}\n`);
	const scenes = scenesOf(kind);
	const missing = [...common, ...kind.needs].filter(([file]) => !isThere(file)).map(([, packageName]) => packageName);
	if (missing.length > 0) {
		for (const [title] of scenes) {
			say(title, `not seen: install the Debian packages ${missing.join(', ')}`);
		}

		return false;
	}

	let seen = 0;
	const told = new Set<string>();
	const remains: Desktop[] = [];
	try {
		await withCast(kind, remains, async cast => {
			for (const [title, isSeen] of scenes) {
				const problem = await isSeen(cast).then(() => undefined, messageOf);
				told.add(title);
				say(title, problem === undefined ? 'seen' : `not seen: ${problem}`);
				seen += problem === undefined ? 1 : 0;
			}

			if (seen < scenes.length) {
				remains.forEach(keep);
			}
		});
	} catch (error) {
		for (const [title] of scenes) {
			if (!told.has(title)) {
				say(title, `not seen: ${messageOf(error)}`);
			}
		}
	}

	process.stdout.write(`${nameOf(kind)}: ${seen} of ${scenes.length} seen\n`);
	return seen === scenes.length;
}

/** Everything that takes part, from its start to its end. */
async function withCast(kind: GuiClientKind, desktops: Desktop[], play: (cast: Cast) => Promise<void>): Promise<void> {
	const ends: Array<() => Promise<void>> = [];
	try {
		const contact = (jid: string) => ({jid, name: jid.split('@')[0] ?? jid});
		const jidOf = (localpart: string) => `${localpart}@example.test`;
		const others = ['juliet', 'nurse', 'tybalt'] as const;
		const server = await startProsody({
			accounts: Object.fromEntries(['romeo', ...others].map(localpart => [localpart, password])),
			rosters: {
				romeo: others.map(localpart => contact(jidOf(localpart))),
				...Object.fromEntries(others.map(localpart => [localpart, [contact(theirs)]])),
			},
		});
		ends.push(server.stop);
		ends.push(await openDoor(server));
		const join = async (localpart: (typeof others)[number], isEncrypted: boolean, settings = {}) => {
			const joined = await startCorrespondent(server, localpart, password, isEncrypted, settings);
			ends.push(joined.stop);
			return joined;
		};
		const xmppc = {
			juliet: await join('juliet', true),
			nurse: await join('nurse', true, {'omemo.show-replies': 'on', 'omemo.show-reactions': 'on'}),
			tybalt: await join('tybalt', false),
		};
		const desktop = await startDesktop(kind.name.toLowerCase(), server);
		desktops.push(desktop);
		ends.push(desktop.stop);
		const contacts = others.map(localpart => ({
			jid: jidOf(localpart),
			isEncrypted: localpart === 'juliet' || localpart === 'nurse',
		}));
		const client = await kind.start(desktop, {server, localpart: 'romeo', password, contacts});
		await play({client, ...xmppc});
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
