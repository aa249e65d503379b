import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid} from '../../source/shared/jid.js';
import type {ProfileDirectories} from '../../source/storage/directories.js';
import {historyPath, openStorage} from '../../source/storage/open.js';
import {checkHistory, rebuildHistory} from '../../source/storage/rebuild.js';
import {loadSqlite, openDatabase} from '../../source/storage/sqlite.js';
import {
	incoming,
	juliet,
	now,
	outgoing,
	romeo,
	stoppedClock,
	temporaryProfile,
	withRomeo,
} from './temporary-profile.js';

const files = ({data}: ProfileDirectories) => readdirSync(data).sort();

/** A history with messages, one of which waits to be sent, and a draft; everything is in the main file. */
async function history(
	t: ExecutionContext,
): Promise<{readonly directories: ProfileDirectories; readonly path: string}> {
	const directories = temporaryProfile(t);
	const storage = await openStorage(directories, {clock: stoppedClock});
	storage.transaction(() => {
		storage.buffers.open({id: withRomeo, kind: 'chat', account: juliet, jid: romeo});
		storage.buffers.saveDraft(withRomeo, 'But soft');
		const {key} = storage.messages.insert(outgoing({body: 'waits', receivedAt: now - 1000, originId: 'o1'}));
		storage.outbox.put({key, account: juliet, to: romeo, stanza: '<message/>'});
		for (let n = 0; n < 1000; n += 1) {
			storage.messages.insert(incoming({body: `message ${n}`.repeat(20), receivedAt: now + n}));
		}
	});
	storage.close();
	const path = historyPath(directories);
	const database = openDatabase(await loadSqlite(), path, {timeout: 0});
	database.get('PRAGMA wal_checkpoint(TRUNCATE)');
	database.close();
	return {directories, path};
}

/** Overwrites the last third, where messages are. */
function damage(path: string): Buffer {
	const damaged = readFileSync(path);
	damaged.fill(0xee, Math.floor((damaged.length * 2) / 3));
	writeFileSync(path, damaged);
	return damaged;
}

test('a sound history is found sound, and so is none', async t => {
	const {directories} = await history(t);
	t.is(await checkHistory(directories), undefined);
	t.is(await checkHistory(temporaryProfile(t)), undefined);
});

test('damage that opening does not meet is found, and named with the command that helps', async t => {
	const {directories, path} = await history(t);
	damage(path);
	(await openStorage(directories, {clock: stoppedClock})).close();
	const problem = await checkHistory(directories);
	t.like(problem, {code: 'database-corrupt', kind: 'storage'});
	t.true(problem?.message.includes(path));
	t.true(problem?.hint?.includes('`xmppc history rebuild`'));
});

test("another program's data in the place of the history is no history, and is put aside like a damaged one", async t => {
	const directories = temporaryProfile(t);
	(await openStorage(directories, {clock: stoppedClock})).close();
	const path = historyPath(directories);
	for (const suffix of ['', '-wal', '-shm']) {
		rmSync(path + suffix, {force: true});
	}

	const other = openDatabase(await loadSqlite(), path, {timeout: 0});
	other.execute('CREATE TABLE theirs (a)');
	other.close();
	t.like(await checkHistory(directories), {code: 'database-corrupt'});
	const {aside, complete} = await rebuildHistory(directories, stoppedClock);
	t.true(existsSync(aside ?? ''));
	t.false(complete);
	t.is(await checkHistory(directories), undefined);
});

test('the command that is named is one for the profile', async t => {
	const directories = temporaryProfile(t, 'work');
	(await openStorage(directories, {clock: stoppedClock})).close();
	writeFileSync(historyPath(directories), 'no database'.repeat(1000));
	t.true((await checkHistory(directories))?.hint?.includes('`xmppc history rebuild --profile work`'));
});

test('a rebuild keeps the damaged file as it is under a dated name, and takes along what waits and drafts', async t => {
	const {directories, path} = await history(t);
	const damaged = damage(path);
	const rebuilt = await rebuildHistory(directories, stoppedClock);
	const aside = `${path}.damaged-2026-01-01T000000Z`;
	t.deepEqual(rebuilt, {aside, unsent: 1, drafts: 1, ignored: 0, complete: true});
	t.deepEqual(readFileSync(aside), damaged);
	t.is(statSync(aside).mode & 0o777, 0o600);

	const storage = await openStorage(directories, {clock: stoppedClock});
	t.teardown(() => storage.close());
	t.deepEqual(
		storage.messages.page(withRomeo, {limit: 10}).map(({body, state, originId}) => ({body, state, originId})),
		[{body: 'waits', state: 'queued', originId: 'o1'}],
	);
	t.like(storage.outbox.waiting(juliet)[0], {to: romeo, stanza: '<message/>', suspicion: 0});
	t.like(storage.buffers.get(withRomeo), {draft: 'But soft', unread: 0});
	t.is(storage.archives.load(juliet, juliet), undefined);
	t.is(await checkHistory(directories), undefined);
});

test('what was only in the write-ahead log is taken along too, and stays beside the file put aside', async t => {
	const {directories, path} = await history(t);
	const storage = await openStorage(directories, {clock: stoppedClock});
	const {key} = storage.messages.insert(outgoing({body: 'late', receivedAt: now - 500}));
	storage.outbox.put({key, account: juliet, to: romeo, stanza: '<message id="2"/>'});
	storage.close();
	const log = readFileSync(`${path}-wal`);
	damage(path);
	const {aside = '', unsent} = await rebuildHistory(directories, stoppedClock);
	t.is(unsent, 2);
	t.deepEqual(readFileSync(`${aside}-wal`), log);
});

const den = 'den@rooms.example.org' as BareJid;
const tybalt = {account: juliet, room: den, knownBy: 'occupantId', value: 'o-tybalt', nick: 'Tybalt'} as const;
const gregory = {account: juliet, room: den, knownBy: 'nick', value: 'Gregory', nick: 'Gregory'} as const;

test('whom the person ignores is taken along, and told', async t => {
	const {directories, path} = await history(t);
	const before = await openStorage(directories, {clock: stoppedClock});
	before.ignored.add(tybalt);
	before.ignored.add(gregory);
	before.close();
	const database = openDatabase(await loadSqlite(), path, {timeout: 0});
	database.get('PRAGMA wal_checkpoint(TRUNCATE)');
	database.close();
	damage(path);
	t.like(await rebuildHistory(directories, stoppedClock), {ignored: 2, complete: true});
	const storage = await openStorage(directories, {clock: stoppedClock});
	t.teardown(() => storage.close());
	t.deepEqual(
		[...storage.ignored.list(juliet, den)].sort((one, other) => (one.nick < other.nick ? -1 : 1)),
		[gregory, tybalt],
	);
});

test('a history of before there was such a list misses nothing without it', async t => {
	const {directories, path} = await history(t);
	const database = openDatabase(await loadSqlite(), path, {timeout: 0});
	database.execute('DROP TABLE ignored; PRAGMA user_version = 8');
	database.close();
	t.like(await rebuildHistory(directories, stoppedClock), {unsent: 1, ignored: 0, complete: true});
});

test('a buffer that is there for an attempt only is so afterwards too', async t => {
	const {directories} = await history(t);
	const before = await openStorage(directories, {clock: stoppedClock});
	const inDen = before.buffers.open({id: bufferId(juliet, 'room', den), kind: 'room', account: juliet, jid: den}).id;
	before.buffers.setAttempt(inDen, true);
	before.close();
	await rebuildHistory(directories, stoppedClock);
	const storage = await openStorage(directories, {clock: stoppedClock});
	t.teardown(() => storage.close());
	t.deepEqual(storage.buffers.attempts(), [inDen]);
});

test('a buffer that was closed stays closed and keeps its draft', async t => {
	const {directories} = await history(t);
	const before = await openStorage(directories, {clock: stoppedClock});
	before.buffers.close(withRomeo);
	before.close();
	await rebuildHistory(directories, stoppedClock);
	const storage = await openStorage(directories, {clock: stoppedClock});
	t.teardown(() => storage.close());
	t.deepEqual(
		storage.buffers.list().map(({id}) => id),
		(await openStorage(temporaryProfile(t), {clock: stoppedClock})).buffers.list().map(({id}) => id),
	);
	t.is(storage.buffers.open({id: withRomeo, kind: 'chat', account: juliet, jid: romeo}).draft, 'But soft');
});

test('of what is no database nothing can be taken along, and that is said', async t => {
	const {directories, path} = await history(t);
	writeFileSync(path, 'a letter to the editor\n'.repeat(500));
	const {aside = '', ...rest} = await rebuildHistory(directories, stoppedClock);
	t.deepEqual(rest, {unsent: 0, drafts: 0, ignored: 0, complete: false});
	t.is(readFileSync(aside, 'utf8').length, 23 * 500);
	t.is(await checkHistory(directories), undefined);
});

test('two rebuilds in one second keep both files', async t => {
	const {directories, path} = await history(t);
	const first = await rebuildHistory(directories, stoppedClock);
	const second = await rebuildHistory(directories, stoppedClock);
	t.is(second.aside, `${first.aside}-2`);
	t.true(existsSync(first.aside ?? '') && existsSync(second.aside ?? '') && existsSync(path));
});

test('where no new history can be made, everything is as before', async t => {
	const {directories, path} = await history(t);
	const damaged = damage(path);
	// SQLite keeps what it needs to undo in a file of this name.
	mkdirSync(`${path}-journal`);
	const before = files(directories);
	await t.throwsAsync(rebuildHistory(directories, stoppedClock));
	t.deepEqual(files(directories), before);
	t.deepEqual(readFileSync(path), damaged);
});

test('without a history there is nothing to rebuild', async t => {
	const directories = temporaryProfile(t);
	t.deepEqual(await rebuildHistory(directories, stoppedClock), {unsent: 0, drafts: 0, ignored: 0, complete: true});
	t.false(existsSync(historyPath(directories)));
});
