/** A database that cannot be written, and a clock that is set back: named, shown, survived, and nothing lost. */
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {problemOf, XmppcError} from '../../source/shared/errors.js';
import {corruptDatabase} from '../../source/storage/database-errors.js';
import {ensurePrivateDirectory} from '../../source/storage/directories.js';
import {storageOn} from '../../source/storage/open.js';
import type {Storage} from '../../source/storage/ports.js';
import {type Database, loadSqlite, openDatabase} from '../../source/storage/sqlite.js';
import {memoryEpochKeeper, stoppedClock, temporaryProfile} from '../storage/temporary-profile.js';
import {after, connect, deliver, idle, keep, leave, lines, stored} from './archive-scene.js';
import {type Profile, profileWith} from './profile.js';
import {juliet, offlineScene, romeo, type Scene, settled, withRomeo} from './scene.js';

const day = 86_400_000;
const send = (it: Scene, body: string) => it.actions.sendMessage({account: juliet, to: romeo, body});
const notices = (it: Scene) => it.saw.all('notice').map(({level, text}) => `${level}: ${text}`);
const account = async (it: Scene) => (await it.actions.listAccounts({}))[0];
const bodies = (it: Scene) => it.server.written.flatMap(text => /<body>(.*)<\/body>/.exec(text)?.[1] ?? []);

const diskFull = new XmppcError({
	code: 'disk-full',
	kind: 'storage',
	message: 'No space is left for the database.',
	hint: 'Free some space there.',
});

type Disk = {full: boolean};

const reading = new Set([
	'get',
	'list',
	'load',
	'page',
	'pageAfter',
	'newest',
	'waiting',
	'active',
	'maxBytes',
	'told',
]);

/** A profile whose database has no room while `disk` is full: all that writes runs up to the commit, which fails. */
async function onSmallDisk(t: ExecutionContext): Promise<{readonly profile: Profile; readonly disk: Disk}> {
	const profile = await profileWith(t, [{jid: juliet}]);
	const disk: Disk = {full: false};
	let depth = 0;
	let writes = 0;
	const transaction: Storage['transaction'] = work =>
		profile.storage.transaction(() => {
			const before = writes;
			depth++;
			try {
				const result = work();
				if (depth === 1 && writes > before && disk.full) {
					throw diskFull;
				}

				return result;
			} finally {
				depth--;
			}
		});
	const watched = <Store extends object>(store: Store): Store =>
		new Proxy(store, {
			get(target, name) {
				writes += reading.has(String(name)) || String(name).includes('By') || String(name).startsWith('filed') ? 0 : 1;
				return Reflect.get(target, name);
			},
		});
	const {storage} = profile;
	const small: Storage = {
		...storage,
		transaction,
		check: () =>
			transaction(() => {
				writes++;
			}),
		messages: watched(storage.messages),
		archives: watched(storage.archives),
		outbox: watched(storage.outbox),
		buffers: watched(storage.buffers),
		rosters: watched(storage.rosters),
		servers: watched(storage.servers),
	};
	return {profile: {...profile, storage: small}, disk};
}

/** What the session does where a batch cannot be taken: it ends, and the server has no acknowledgement. */
async function fails(t: ExecutionContext, it: Scene, coming: Promise<void>): Promise<void> {
	const problem = problemOf(await t.throwsAsync(coming));
	it.server.drop({problem, recoverable: false});
}

test('a message that cannot be stored is not taken, is told of once, and is there when there is room again', async t => {
	const {profile, disk} = await onSmallDisk(t);
	const it = await after(t, lines(1), profile);
	await connect(it);
	const [id] = keep(it, {n: 'precious'});
	disk.full = true;
	await fails(t, it, deliver(it, {n: 'precious'}, id));
	t.deepEqual(stored(it), ['1']);
	t.like(await account(it), {status: 'interrupted', problem: {code: 'disk-full'}});
	t.is(it.saw.all('message.recorded').filter(({message}) => message.body === 'precious').length, 0);

	// While the disk is full nothing is fetched that could not be kept.
	const {logins} = it.server;
	for (let minutes = 0; minutes < 10; minutes++) {
		it.clock.advance(60_000);
		await settled();
	}

	t.is(it.server.logins, logins);
	t.deepEqual(
		notices(it).filter(text => text.includes('No space')),
		['warning: No space is left for the database.'],
	);
	t.like(it.saw.all('notice').at(-1), {hint: 'Free some space there. Trying again by itself.'});

	disk.full = false;
	it.clock.advance(300_000);
	await it.saw.until('account.changed', ({account}) => account.status === 'online' && it.server.logins > logins);
	await idle(it);
	t.deepEqual(stored(it), ['1', 'precious']);
	t.true(notices(it).at(-1)?.endsWith('is connected (TLSv1.3, SCRAM-SHA-256).'));
});

test('a message that cannot be stored is refused with the reason, and not written', async t => {
	const {profile, disk} = await onSmallDisk(t);
	const it = await after(t, lines(1), profile);
	await connect(it);
	disk.full = true;
	t.like(await t.throwsAsync(send(it, 'Hi')), {code: 'disk-full', hint: 'Free some space there.'});
	t.deepEqual(bodies(it), []);
	t.deepEqual(stored(it), ['1']);
	disk.full = false;
	t.is((await send(it, 'Hi')).state, 'written');
});

test('what waits in the outbox stays there while the disk is full, and goes out once when it is not', async t => {
	const {profile, disk} = await onSmallDisk(t);
	const it = await after(t, lines(1), profile);
	const {key} = await send(it, 'patient');
	disk.full = true;
	await t.throwsAsync(it.actions.connect({account: juliet}), {code: 'disk-full'});
	await settled();
	t.is(it.storage.messages.get(key)?.state, 'queued');
	t.like(await account(it), {status: 'interrupted', problem: {code: 'disk-full'}});
	disk.full = false;
	it.clock.advance(300_000);
	await it.saw.until('message.changed', ({change}) => change.key === key && change.state === 'written');
	t.deepEqual(bodies(it), ['patient']);
});

test('an archive that finds no room is read to its end once there is room, however long that takes', async t => {
	const {profile, disk} = await onSmallDisk(t);
	const it = await after(t, lines(1), profile);
	keep(it, ...lines(50, {from: 2}));
	let asked = 0;
	it.server.archive.onPage = () => {
		asked++;
		disk.full = asked < 12;
	};
	const connecting = it.actions.connect({account: juliet}).catch(() => {});
	for (let step = 0; step < 2000 && stored(it).length < 51; step++) {
		await settled();
		it.clock.advance(20_000);
	}

	await connecting;
	await idle(it);
	t.is(stored(it).length, 51);
	t.is(notices(it).filter(text => text.includes('No space')).length, 1);
	t.true(it.saw.all('notice').some(({hint}) => hint?.startsWith('Free some space there. Messages may be missing.')));
});

test('an acknowledgement that cannot be stored leaves a doubt that the archive settles, and no second copy', async t => {
	const {profile, disk} = await onSmallDisk(t);
	const it = await after(t, lines(1), profile);
	await connect(it);
	const {key} = await send(it, 'Hi');
	const message = (it.server.written.at(-1) ?? '').replace(
		'<message',
		`<message xmlns='jabber:client' from='${juliet}/r1'`,
	);
	it.server.archive.add({at: it.clock.now(), peer: romeo, message});
	disk.full = true;
	it.server.acknowledge();
	await settled();
	t.is(it.storage.messages.get(key)?.state, 'written');
	disk.full = false;
	it.server.drop();
	await connect(it);
	t.is(it.storage.messages.get(key)?.state, 'acked');
	t.deepEqual(bodies(it), []);
});

// --- with SQLite itself

async function realDatabase(t: ExecutionContext): Promise<{readonly database: Database; readonly profile: Profile}> {
	const directories = temporaryProfile(t);
	ensurePrivateDirectory(directories.data, () => {});
	const database = openDatabase(await loadSqlite(), join(directories.data, 'history.sqlite'), {timeout: 50});
	t.teardown(() => database.close());
	const profile = await profileWith(t, [{jid: juliet}]);
	return {database, profile: {...profile, storage: storageOn(database, stoppedClock, memoryEpochKeeper())}};
}

test("SQLite's own full disk loses nothing of what came, and doubles nothing", async t => {
	const {database, profile} = await realDatabase(t);
	const it = await after(t, lines(1), profile);
	await connect(it);
	const pages = Number(database.get('PRAGMA page_count')?.page_count);
	database.get(`PRAGMA max_page_count = ${pages + 10}`);
	const large = 'x'.repeat(4000);
	let taken = 0;
	for (;;) {
		const line = {n: `${taken}${large}`, id: `m${taken}`};
		const [id] = keep(it, line);
		try {
			await deliver(it, line, id);
			taken++;
		} catch (error) {
			t.like(problemOf(error), {code: 'disk-full', kind: 'storage'});
			it.server.drop({problem: problemOf(error), recoverable: false});
			break;
		}
	}

	t.is(stored(it).length, 1 + taken);
	t.like(await account(it), {status: 'interrupted', problem: {code: 'disk-full'}});
	await t.throwsAsync(send(it, large), {code: 'disk-full'});
	t.is(stored(it).length, 1 + taken);
	it.clock.advance(60_000);
	await settled();
	t.like(await account(it), {status: 'interrupted', problem: {code: 'disk-full'}});

	database.get('PRAGMA max_page_count = 100000');
	await connect(it);
	t.deepEqual(
		stored(it).map(body => body.replace(large, '')),
		['1', ...Array.from({length: taken + 1}, (_, index) => `${index}`)],
	);
	t.is(database.get('PRAGMA integrity_check')?.integrity_check, 'ok');
});

test('a database that another program holds is called that, is waited for once, and goes on when it is free', async t => {
	const {database, profile} = await realDatabase(t);
	const other = openDatabase(await loadSqlite(), database.path, {timeout: 0});
	t.teardown(() => other.close());
	const it = await after(t, lines(1), profile);
	await connect(it);
	other.execute('BEGIN IMMEDIATE');
	t.like(await t.throwsAsync(send(it, 'Hi')), {code: 'database-busy', kind: 'temporary'});
	t.is(database.get('PRAGMA busy_timeout')?.timeout, 0);
	const [id] = keep(it, {n: 'meanwhile'});
	await fails(t, it, deliver(it, {n: 'meanwhile'}, id));
	t.like(await account(it), {status: 'interrupted', problem: {code: 'database-busy'}});
	it.clock.advance(60_000);
	await settled();
	t.like(await account(it), {status: 'interrupted', problem: {code: 'database-busy'}});

	other.execute('COMMIT');
	await connect(it);
	t.is((await send(it, 'Hi')).state, 'written');
	t.is(database.get('PRAGMA busy_timeout')?.timeout, 50);
	t.deepEqual(stored(it), ['1', 'meanwhile', 'Hi']);
});

test('a history that another program holds at the start keeps nothing from starting, and nothing written is forgotten', async t => {
	const {database, profile} = await realDatabase(t);
	const killed = await after(t, lines(1), profile);
	await connect(killed);
	const {key} = await send(killed, 'in doubt');

	const other = openDatabase(await loadSqlite(), database.path, {timeout: 0});
	t.teardown(() => other.close());
	other.execute('BEGIN IMMEDIATE');
	const it = await offlineScene(t, profile);
	it.server.archive.items.push(...killed.server.archive.items);
	await it.start();
	await it.saw.until('account.changed', ({account}) => account.problem?.code === 'database-busy');
	t.true(notices(it).some(text => /^error: What became of the last messages could not be recorded/.test(text)));
	t.is(it.storage.messages.get(key)?.state, 'written');

	other.execute('COMMIT');
	await settled();
	it.clock.advance(60_000);
	await it.saw.until('message.changed', ({change}) => change.key === key && change.state === 'written');
	t.deepEqual(bodies(it), ['in doubt']);
	t.deepEqual(
		it.saw.all('message.changed').flatMap(({change}) => (change.key === key ? [change.state] : [])),
		['uncertain', 'written'],
	);
});

test('a history that became read-only is called that, and is used again when the person connects anew', async t => {
	const {database, profile} = await realDatabase(t);
	const it = await after(t, lines(1), profile);
	await connect(it);
	database.execute('PRAGMA query_only = ON');
	t.like(await t.throwsAsync(send(it, 'Hi')), {code: 'no-permission', kind: 'storage'});
	const [id] = keep(it, {n: 'meanwhile'});
	await fails(t, it, deliver(it, {n: 'meanwhile'}, id));
	t.like(await account(it), {status: 'failed', problem: {code: 'no-permission'}});
	t.true(notices(it).some(text => /^error: The database \S+ cannot be written/.test(text)));

	database.execute('PRAGMA query_only = OFF');
	await connect(it);
	t.deepEqual(stored(it), ['1', 'meanwhile']);
});

test('a history that turns out to be damaged while it is used is named with the command that helps', async t => {
	const {profile} = await realDatabase(t);
	const it = await after(t, lines(1), profile);
	await connect(it);
	const {message, hint, code, kind} = corruptDatabase('/home/j/default/history.sqlite', 'malformed');
	it.server.drop({problem: {code, kind, message, ...(hint === undefined ? {} : {hint})}, recoverable: false});
	t.like(await account(it), {status: 'failed', problem: {code: 'database-corrupt'}});
	t.regex(it.saw.all('notice').at(-1)?.hint ?? '', /run `xmppc history rebuild`/);
	it.clock.advance(600_000);
	await settled();
	t.like(await account(it), {status: 'failed'});
});

// --- a clock that is set back by a day

for (const [where, features] of Object.entries({
	'with an archive': ['urn:xmpp:mam:2', 'urn:xmpp:sid:0'],
	'without one': [],
})) {
	test(`what is sent and what comes after the clock was set back is behind what was there, ${where}`, async t => {
		const it = await offlineScene(t);
		it.server.accountFeatures = features;
		await connect(it);
		const archived = (n: string) => (features.length === 0 ? undefined : keep(it, {n})[0]);
		await deliver(it, {n: 'a'}, archived('a'));
		await send(it, 'b');
		await it.actions.markRead({buffer: withRomeo, upTo: Number.MAX_SAFE_INTEGER});
		it.clock.sleep(-day);
		await send(it, 'c');
		await deliver(it, {n: 'd'}, archived('d'));
		await send(it, 'e');
		await deliver(it, {n: 'f'}, archived('f'));
		t.deepEqual(stored(it), ['a', 'b', 'c', 'd', 'e', 'f']);
		t.deepEqual(bodies(it), ['b', 'c', 'e']);
		// It comes after all that was read.
		t.is(it.storage.buffers.get(withRomeo)?.unread, 1);
	});
}

test('what was composed before the clock was set back and what was composed afterwards go out in that order', async t => {
	const it = await after(t, lines(1));
	await send(it, 'first');
	it.clock.sleep(-day);
	await send(it, 'second');
	await connect(it);
	t.deepEqual(bodies(it), ['first', 'second']);
	t.deepEqual(stored(it), ['1', 'first', 'second']);
});

test('a clock that is set back starts no attempts and hurries none', async t => {
	const it = await after(t, lines(1));
	await connect(it);
	it.server.refuse({code: 'connection-refused', kind: 'unavailable', message: 'Nothing answers.'});
	it.server.drop();
	it.clock.advance(30_000);
	await settled();
	const {logins} = it.server;
	const attempts = () => it.saw.all('account.changed').filter(({account}) => account.status === 'connecting').length;
	const before = attempts();
	it.clock.sleep(-day);
	for (let second = 0; second < 5; second++) {
		it.clock.advance(1000);
		await settled();
	}

	t.true(attempts() - before <= 1, `${attempts() - before}`);
	t.is(it.server.logins, logins);
	it.server.refuse(undefined);
	it.clock.advance(600_000);
	await it.saw.until('account.changed', ({account}) => account.status === 'online' && it.server.logins > logins);
	t.is(it.server.logins, logins + 1);
	await leave(it);
});
