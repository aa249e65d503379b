import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setImmediate as turn} from 'node:timers/promises';
import {createClient} from '../source/client/actions.js';
import {bufferId} from '../source/model/buffer.js';
import {systemClock} from '../source/shared/clock.js';
import {silentLog} from '../source/shared/log.js';
import {profileDirectories} from '../source/storage/directories.js';
import {openStorage} from '../source/storage/open.js';
import {openSettings} from '../source/storage/settings.js';
import {createParty} from '../test/client/encryption/party.js';
import {createPep, publishOptions} from '../test/client/encryption/pep.js';
import {createFakeServer} from '../test/client/fake-server.js';
import {memorySecrets} from '../test/client/profile.js';
import {juliet, romeo} from '../test/client/scene.js';
import {noResolver} from '../test/support/scripted-session.js';
import {type Figure, percentile} from './figures.js';

const recipients = 30;
const rounds = 60;
const messages = 4000;
const chats = 2000;

/** What encryption costs with all that belongs to it: the database, the outbox and the pipeline, behind a server in this process. */
export async function omemoStore(): Promise<readonly Figure[]> {
	const cleanups: Array<() => unknown> = [];
	try {
		return await figuresOf(cleanups);
	} finally {
		for (const clean of cleanups.reverse()) {
			await clean();
		}
	}
}

async function figuresOf(cleanups: Array<() => unknown>): Promise<readonly Figure[]> {
	const home = mkdtempSync(join(tmpdir(), 'xmppc-bench-'));
	cleanups.push(() => rmSync(home, {recursive: true, force: true}));
	const directories = profileDirectories({HOME: home}, 'default');
	const settings = openSettings(directories);
	await settings.update(current => ({
		...current,
		'omemo.default': 'on',
		accounts: [{jid: juliet, enabled: true, secrets: 'key-file'}],
	}));
	const storage = await openStorage(directories, {clock: systemClock});
	cleanups.push(() => storage.close());
	const server = createFakeServer();
	server.roster = `<item jid='${romeo}' subscription='both'/>`;
	server.accountFeatures = [...server.accountFeatures, publishOptions];
	const pep = createPep(server);
	const client = createClient({
		storage,
		settings,
		secrets: memorySecrets({[juliet]: 'pencil'}),
		clock: systemClock,
		log: silentLog,
		resolver: noResolver,
		openSession: server.openSession,
	});
	cleanups.push(() => client.stop());
	const {actions} = client;
	const devices = await Promise.all(
		Array.from({length: recipients}, (_, index) =>
			createParty({teardown: clean => cleanups.push(clean)}, pep, romeo, index + 1),
		),
	);
	for (const device of devices) {
		device.publish('legacy');
	}

	await actions.connect({account: juliet});
	await until(() => pep.list(juliet, 'legacy').length > 0);
	const sent = () => server.written.filter(text => text.includes('<payload')).length;
	const say = async () => {
		const before = sent();
		await actions.sendMessage({
			account: juliet,
			to: romeo,
			body: 'But, soft! what light through yonder window breaks?',
		});
		await until(() => sent() > before);
	};

	const first = await watched(say);
	const sealing: number[] = [];
	for (let round = 0; round < rounds; round++) {
		const {took} = await watched(say);
		sealing.push(took);
		server.acknowledge();
	}

	const [his] = devices;
	if (his === undefined) {
		throw new Error('there is no device');
	}

	for (const text of server.written.filter(each => each.includes('<payload')).slice(0, 1)) {
		his.read(text);
	}

	await actions.disconnect({account: juliet});
	const now = Date.now();
	for (let index = 0; index < messages; index++) {
		const message = his.write(`line ${index}`, {id: `m${index}`});
		server.archive.add({at: now - (messages - index) * 1000, peer: romeo, message});
	}

	let read = 0;
	client.events(event => {
		read += event.type === 'message.recorded' && event.message.encryption === 'omemo' ? 1 : 0;
	});
	const caughtUp = await watched(async () => {
		await actions.connect({account: juliet});
		await until(() => read === messages);
	});

	for (let index = 0; index < chats; index++) {
		const jid = `p${index}@example.net` as typeof romeo;
		storage.buffers.open({id: bufferId(juliet, 'chat', jid), kind: 'chat', account: juliet, jid});
	}

	const {took: snapshot} = await watched(() => actions.snapshot({}));
	return [
		{name: 'omemo: message to 30 devices, with the store, p95', unit: 'ms', target: 15, xmppc: percentile(sealing, 95)},
		{name: 'omemo: first message to 30 new devices, with the store', unit: 'ms', target: 250, xmppc: first.took},
		{name: 'omemo: longest stall meanwhile', unit: 'ms', target: 20, xmppc: first.stall},
		{name: 'omemo: catch-up, with the store', unit: 'msg/s', least: 2000, xmppc: (messages / caughtUp.took) * 1000},
		{name: 'omemo: snapshot of 2,000 chats', unit: 'ms', target: 100, xmppc: snapshot},
	];
}

/** How long something takes, and the longest time in which nothing else could run. Milliseconds. */
async function watched(work: () => Promise<unknown>): Promise<{readonly took: number; readonly stall: number}> {
	const began = performance.now();
	let stall = 0;
	let last = began;
	let isOver = false;
	const watch = (async () => {
		while (!isOver) {
			await turn();
			const now = performance.now();
			stall = Math.max(stall, now - last);
			last = now;
		}
	})();
	await work();
	const took = performance.now() - began;
	isOver = true;
	await watch;
	return {took, stall};
}

async function until(isSo: () => boolean): Promise<void> {
	while (!isSo()) {
		await turn();
	}
}
