/** A history that cannot be written, or is damaged, beside a real server: named, survived, and nothing lost. */
import {spawnSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {loadSqlite, openDatabase} from '../../source/storage/sqlite.js';
import {choose, wordsOn} from '../support/bad-input.js';
import {type ChatPeer, startChatPeer} from '../support/peers/chat-peer.js';
import {type Staying, startStaying} from '../support/peers/staying.js';
import {makeXmppcAccount, type Xmppc} from '../support/peers/xmppc.js';
import {type Prosody, startProsody} from '../support/prosody.js';
import {keys} from '../support/terminal.js';

type Scene = {readonly server: Prosody; readonly romeo: ChatPeer};

const test = anyTest as TestFn<Scene>;
const password = 'wherefore art thou';
const romeo = 'romeo@example.test';

test.beforeEach(async t => {
	const server = await startProsody({
		accounts: {juliet: password, romeo: 'orchard'},
		rosters: {
			juliet: [{jid: romeo, subscription: 'both'}],
			romeo: [{jid: 'juliet@example.test', subscription: 'both'}],
		},
		scram: 'SHA-256',
	});
	t.context = {server, romeo: await startChatPeer(server, 'romeo', 'orchard')};
});

test.afterEach.always(async t => {
	const {server, romeo} = t.context as Partial<Scene>;
	await romeo?.close();
	await server?.stop();
});

async function julietsProfile(t: ExecutionContext<Scene>): Promise<Xmppc> {
	const xmppc = await makeXmppcAccount(t.context.server, 'juliet', password);
	t.teardown(xmppc.remove);
	return xmppc;
}

async function daemonOf(t: ExecutionContext<Scene>, xmppc: Xmppc): Promise<Staying> {
	const daemon = startStaying(xmppc, ['daemon']);
	t.teardown(() => daemon.end('SIGKILL'));
	await daemon.says(/is connected/);
	return daemon;
}

const dataOf = ({home}: Xmppc) => path.join(home.directory, 'data', 'xmppc', 'default');
const historyOf = (xmppc: Xmppc) => path.join(dataOf(xmppc), 'history.sqlite');

async function withHistory<Result>(xmppc: Xmppc, look: (rows: (sql: string) => readonly string[]) => Result) {
	const database = openDatabase(await loadSqlite(), historyOf(xmppc), {timeout: 5000});
	try {
		return look(sql => database.all(sql).map(row => String(Object.values(row)[0])));
	} finally {
		database.close();
	}
}

/** Texts of all messages on record, oldest first. */
const bodiesOf = (xmppc: Xmppc) => withHistory(xmppc, rows => rows('SELECT body FROM messages ORDER BY key'));

/** Resolves when the history holds so many messages; another process may be writing it. */
async function holds(xmppc: Xmppc, count: number): Promise<readonly string[]> {
	for (let patience = 300; ; patience--) {
		const bodies = await bodiesOf(xmppc);
		if (bodies.length >= count || patience === 0) {
			return bodies;
		}

		await new Promise(resolve => setTimeout(resolve, 100));
	}
}

/** No file of the process can grow, as if the disk were full; or all can again. */
function limitFiles({pid}: Staying, limit: '1' | 'unlimited'): void {
	const {status, stderr} = spawnSync('prlimit', ['--pid', `${pid}`, `--fsize=${limit}:unlimited`], {encoding: 'utf8'});
	if (status !== 0) {
		throw new Error(`prlimit: ${stderr}`);
	}
}

test.serial('a disk that is full for a while loses nothing of what comes and doubles nothing', async t => {
	const xmppc = await julietsProfile(t);
	const daemon = await daemonOf(t, xmppc);
	t.context.romeo.send('juliet@example.test', 'before');
	await holds(xmppc, 1);

	limitFiles(daemon, '1');
	t.context.romeo.send('juliet@example.test', 'while it is full');
	await daemon.says(/Reading or writing the database \S+history\.sqlite failed/);
	const refused = await xmppc.run(['send', '--wait', 'queued', romeo, 'mine']);
	t.is(refused.status, 74);
	t.regex(refused.errors, /^xmppc: Reading or writing the database/);
	limitFiles(daemon, 'unlimited');
	await daemon.says(/is connected[\s\S]*is connected/);
	t.deepEqual(await holds(xmppc, 2), ['before', 'while it is full']);
	t.like(await xmppc.run(['send', romeo, 'mine']), {status: 0});
	t.is(await daemon.end('SIGTERM'), 0);
	t.is(daemon.text().match(/Reading or writing the database/g)?.length, 1, daemon.text());
	t.deepEqual(await bodiesOf(xmppc), ['before', 'while it is full', 'mine']);
	t.deepEqual(await withHistory(xmppc, rows => rows('PRAGMA integrity_check')), ['ok']);
});

const many = Array.from({length: 150}, (_, index) => `line ${index} ${'of a long letter '.repeat(20)}`);

/** A profile whose history has {@link many} messages of Romeo's and one of Juliet's that is not sent yet. */
async function withLetters(t: ExecutionContext<Scene>): Promise<Xmppc> {
	const xmppc = await julietsProfile(t);
	const daemon = await daemonOf(t, xmppc);
	for (const line of many) {
		t.context.romeo.send('juliet@example.test', line);
	}

	t.is((await holds(xmppc, many.length)).length, many.length);
	await daemon.end('SIGTERM');
	t.like(await xmppc.run(['send', '--wait', 'queued', romeo, 'not sent yet']), {status: 0});
	await withHistory(xmppc, rows => rows('PRAGMA wal_checkpoint(TRUNCATE)'));
	return xmppc;
}

/** Overwrites each page of a history that holds what came, and none with what waits to be sent. */
function fillLetterPages(history: Buffer): void {
	const pageSize = history.readUInt16BE(16);
	let filled = 0;
	for (let from = 0; from < history.length; from += pageSize) {
		const page = history.subarray(from, from + pageSize);
		if (page.includes('of a long letter') && !page.includes('not sent yet')) {
			page.fill(0xee);
			filled++;
		}
	}

	if (filled < 10) {
		throw new Error(`only ${filled} pages hold letters`);
	}
}

test.serial('a history that is damaged is rebuilt from the archive, with consent, and the old one is kept', async t => {
	const xmppc = await withLetters(t);
	const damaged = readFileSync(historyOf(xmppc));
	fillLetterPages(damaged);
	writeFileSync(historyOf(xmppc), damaged);

	const check = await xmppc.run(['history', 'check']);
	t.is(check.status, 74);
	t.regex(check.errors, /history\.sqlite is damaged: .*run `xmppc history rebuild`/);
	const asked = await xmppc.run(['history', 'rebuild']);
	t.is(asked.status, 64);
	t.regex(asked.errors, /nothing was changed \(with --yes it is done/);
	t.deepEqual(readFileSync(historyOf(xmppc)), damaged);

	const rebuilt = await xmppc.run(['history', 'rebuild', '--yes']);
	t.is(rebuilt.status, 0, rebuilt.errors);
	const aside = /is now (\S+)\.\n/.exec(rebuilt.output)?.[1] ?? '';
	t.deepEqual(readFileSync(aside), damaged);
	t.like(await xmppc.run(['history', 'check']), {status: 0, output: 'The history is sound.\n'});
	t.regex(rebuilt.output, /Taken along: 1 unsent message and the encryption of 1 account \(no sessions\)\./);

	const arrival = t.context.romeo.hears(({body}) => body === 'not sent yet');
	const daemon = await daemonOf(t, xmppc);
	await arrival;
	t.is((await holds(xmppc, many.length + 1)).length, many.length + 1);
	await daemon.end('SIGTERM');
	const rebuiltBodies = await bodiesOf(xmppc);
	t.true(rebuiltBodies.includes('not sent yet'));
	t.deepEqual(
		rebuiltBodies.filter(body => body !== 'not sent yet'),
		many,
	);
});

test.serial('damage that only reading the chats meets is asked about at the start too', async t => {
	const xmppc = await withLetters(t);
	const damaged = readFileSync(historyOf(xmppc));
	// The header and the table of contents stay as they are.
	damaged.fill(0xee, 8 * 4096);
	writeFileSync(historyOf(xmppc), damaged);
	const daemon = await xmppc.run(['daemon']);
	t.is(daemon.status, 74);
	t.regex(daemon.errors, /history\.sqlite is damaged: .*run `xmppc history rebuild`/);
	const terminal = xmppc.open({columns: 100});
	t.teardown(terminal.stop);
	await terminal.shows(screen => /history\.sqlite is damaged/.test(wordsOn(screen)));
	await choose(terminal, 'Put it aside');
	await terminal.shows(/online/);
	t.is((await holds(xmppc, many.length)).length, many.length);
	terminal.type(`/quit${keys.enter}`);
	t.deepEqual(await terminal.ended, {code: 0, signal: 0});
});

test.serial(
	'the screen asks about a damaged history, leaves it alone, or begins a new one that fills again',
	async t => {
		const xmppc = await withLetters(t);
		writeFileSync(historyOf(xmppc), 'no database at all. '.repeat(5000));
		const left = xmppc.open({columns: 100});
		t.teardown(left.stop);
		await left.shows(screen => /history\.sqlite is damaged/.test(wordsOn(screen)));
		left.type(keys.enter);
		t.deepEqual(await left.ended, {code: 74, signal: 0});
		t.regex(left.text().replaceAll(/\s+/g, ' '), /is damaged.*xmppc history rebuild/);
		t.is(readdirSync(dataOf(xmppc)).filter(name => name.includes('damaged')).length, 0);

		const terminal = xmppc.open({columns: 100});
		t.teardown(terminal.stop);
		await terminal.shows(screen => /history\.sqlite is damaged/.test(wordsOn(screen)));
		await choose(terminal, 'Put it aside');
		await terminal.shows(/online/);
		t.is((await holds(xmppc, many.length)).length, many.length);
		t.true(readdirSync(dataOf(xmppc)).some(name => /^history\.sqlite\.damaged-\d{4}-\d\d-\d\dT\d{6}Z$/.test(name)));
		terminal.type(`/query ${romeo}${keys.enter}`);
		await terminal.shows(/line 149/);
		terminal.type(`/quit${keys.enter}`);
		t.deepEqual(await terminal.ended, {code: 0, signal: 0});
		t.true(existsSync(historyOf(xmppc)));
	},
);
