import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setImmediate as turn} from 'node:timers/promises';
import {createClient} from '../source/client/actions.js';
import {systemClock} from '../source/shared/clock.js';
import {silentLog} from '../source/shared/log.js';
import {profileDirectories} from '../source/storage/directories.js';
import {openStorage} from '../source/storage/open.js';
import {openSettings} from '../source/storage/settings.js';
import {createFakeServer} from '../test/client/fake-server.js';
import {memorySecrets} from '../test/client/profile.js';
import {juliet, romeo, withRomeo} from '../test/client/scene.js';
import {noResolver} from '../test/support/scripted-session.js';
import {type Figure, percentile} from './figures.js';

/** Two messages, then something that is about the first of them. */
const messages = 100_000;
const relations = 50_000;
const opened = 20;
const page = 200;
const live = 10_000;
const perSecond = 1000;

const emoji = ['👍', '🎉', '❤️', '😂', '🙏'];

/** What reactions, corrections and answers cost: reading them, opening a chat full of them, and when many come. */
export async function relationFigures(): Promise<readonly Figure[]> {
	const home = mkdtempSync(join(tmpdir(), 'xmppc-bench-'));
	const directories = profileDirectories({HOME: home}, 'default');
	const settings = openSettings(directories);
	await settings.update(current => ({
		...current,
		'omemo.default': 'off',
		accounts: [{jid: juliet, enabled: true, secrets: 'key-file'}],
	}));
	const storage = await openStorage(directories, {clock: systemClock});
	const server = createFakeServer();
	server.roster = `<item jid='${romeo}' subscription='both'/>`;
	const client = createClient({
		storage,
		settings,
		secrets: memorySecrets({[juliet]: 'pencil'}),
		clock: systemClock,
		log: silentLog,
		resolver: noResolver,
		openSession: server.openSession,
	});
	const {actions} = client;
	try {
		await actions.connect({account: juliet});
		await actions.disconnect({account: juliet});
		const now = Date.now();
		const total = messages + relations;
		for (let index = 0, made = 0; made < messages; index++) {
			const isAbout = index % 3 === 2;
			const at = now - (total - index) * 100;
			server.archive.add({at, peer: romeo, message: isAbout ? about(index, `m${index - 2}`) : said(index)});
			made += isAbout ? 0 : 1;
		}

		const began = performance.now();
		await actions.connect({account: juliet});
		await until(() => server.archive.queries.length > 0 && storage.archives.load(juliet, juliet)?.gaps.length === 0);
		const caughtUp = performance.now() - began;

		const openings: number[] = [];
		for (let index = 0; index < opened; index++) {
			const start = performance.now();
			await actions.loadHistory({buffer: withRomeo, limit: page});
			openings.push(performance.now() - start);
		}

		// What was caught up with is indexed by and by: that is not what these cost.
		await until(() => storage.search.progress() === undefined);
		const cpu = process.cpuUsage();
		for (let index = 0; index < live; index += 50) {
			await server.bring(
				...Array.from({length: 50}, (_, part) => about(total + index + part, `m${3 * ((index + part) % 1000)}`)),
			);
			await turn();
		}

		const {user, system} = process.cpuUsage(cpu);
		return [
			{
				name: 'relations: catch-up of 100,000 messages, 50,000 relations',
				unit: '/s',
				least: 4000,
				xmppc: (total / caughtUp) * 1000,
			},
			{
				name: 'relations: opening that chat, p95',
				unit: 'ms',
				target: 50,
				xmppc: percentile(openings, 95),
			},
			{
				name: 'relations: a core for 1,000 a second',
				unit: '%',
				target: 15,
				xmppc: ((user + system) / 1000 / ((live / perSecond) * 1000)) * 100,
			},
		];
	} finally {
		await client.stop();
		storage.close();
		rmSync(home, {recursive: true, force: true});
	}
}

function said(index: number): string {
	return `<message xmlns='jabber:client' from='${romeo}/orchard' to='${juliet}' type='chat' id='m${index}'><body>line ${index}: what light through yonder window breaks?</body></message>`;
}

function about(index: number, target: string): string {
	const content =
		index % 10 === 0
			? `<body>line ${index}, corrected</body><replace xmlns='urn:xmpp:message-correct:0' id='${target}'/>`
			: `<reactions xmlns='urn:xmpp:reactions:0' id='${target}'><reaction>${emoji[index % emoji.length]}</reaction></reactions><store xmlns='urn:xmpp:hints'/>`;
	return `<message xmlns='jabber:client' from='${romeo}/orchard' to='${juliet}' type='chat' id='x${index}'>${content}</message>`;
}

async function until(isSo: () => boolean): Promise<void> {
	while (!isSo()) {
		await turn();
	}
}
