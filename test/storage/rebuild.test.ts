import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {rebuiltLines} from '../../source/cli/history.js';
import {bufferId} from '../../source/model/buffer.js';
import type {Fingerprint} from '../../source/model/device.js';
import type {BareJid} from '../../source/shared/jid.js';
import {ensurePrivateDirectory, type ProfileDirectories} from '../../source/storage/directories.js';
import {migrate, migrations} from '../../source/storage/migrations.js';
import type {SessionPlace} from '../../source/storage/omemo-ports.js';
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

const noEncryption = {accounts: 0, sessions: 0, complete: true};

const files = ({data}: ProfileDirectories) => readdirSync(data).sort();

/** A history with messages, one of which waits to be sent, and a draft; everything is in the main file. */
async function history(
	t: ExecutionContext,
): Promise<{readonly directories: ProfileDirectories; readonly path: string}> {
	const directories = temporaryProfile(t);
	const storage = await openStorage(directories, {clock: stoppedClock});
	storage.transaction(() => {
		storage.buffers.open({id: withRomeo, kind: 'chat', account: juliet, jid: romeo});
		storage.buffers.saveDraft(withRomeo, 'But soft', now);
		const {key} = storage.messages.insert(outgoing({body: 'waits', receivedAt: now - 1000, originId: 'o1'}));
		storage.outbox.put({key, account: juliet, to: romeo, stanza: '<message/>'});
		for (let n = 0; n < 1000; n += 1) {
			storage.messages.insert(incoming({body: `message ${n}`.repeat(20), receivedAt: now + n}));
		}
	});
	storage.close();
	const path = historyPath(directories);
	await checkpoint(path);
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
	t.deepEqual(rebuilt, {aside, unsent: 1, drafts: 1, ignored: 0, complete: true, encryption: noEncryption});
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
	t.deepEqual(rest, {
		unsent: 0,
		drafts: 0,
		ignored: 0,
		complete: false,
		encryption: {...noEncryption, complete: false},
	});
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
	t.deepEqual(await rebuildHistory(directories, stoppedClock), {
		unsent: 0,
		drafts: 0,
		ignored: 0,
		complete: true,
		encryption: noEncryption,
	});
	t.false(existsSync(historyPath(directories)));
});

const key = Buffer.alloc(32, 7);
const record = Uint8Array.from(Buffer.from('a ratchet'));
const fingerprint = 'a'.repeat(64) as Fingerprint;
const session = (device: number, account = juliet): SessionPlace => ({
	account,
	owner: romeo,
	device,
	version: 'legacy',
});

/** A profile with a device, as many sessions and all else that encryption keeps, everything in the main file. */
async function encrypted(t: ExecutionContext, sessions: number): Promise<ProfileDirectories> {
	const directories = temporaryProfile(t);
	const storage = await openStorage(directories, {clock: stoppedClock});
	const {omemo} = storage;
	storage.epoch.begin();
	storage.transaction(() => {
		omemo.unlock(juliet, key);
		omemo.saveOwnDevice(juliet, {id: 7, record});
		omemo.saveFact(juliet, 'heal', 'yesterday');
		omemo.saveDevice({account: juliet, owner: romeo, id: 1, fingerprint, versions: ['legacy'], firstSeen: now});
		omemo.setTrust(juliet, romeo, fingerprint, 'verified');
		omemo.rememberListed(juliet, romeo, 'legacy', now);
		omemo.choose(withRomeo, 'on');
		omemo.rememberEncrypted(withRomeo);
		const {key: waiting} = storage.messages.insert(outgoing({body: 'waits', receivedAt: now - 1000}));
		storage.outbox.put({key: waiting, account: juliet, to: romeo, stanza: '<message/>', seal: 'require'});
		for (let device = 1; device <= sessions; device += 1) {
			omemo.saveSession(session(device), Buffer.concat([record, Buffer.alloc(1500, device)]));
		}
	});
	storage.close();
	await checkpoint(historyPath(directories));
	return directories;
}

async function checkpoint(path: string): Promise<void> {
	const database = openDatabase(await loadSqlite(), path, {timeout: 0});
	database.get('PRAGMA wal_checkpoint(TRUNCATE)');
	database.close();
}

/** Starts the program; answers what it says. */
async function start(t: ExecutionContext, directories: ProfileDirectories) {
	const notices: string[] = [];
	const storage = await openStorage(directories, {clock: stoppedClock, notice: text => notices.push(text)});
	t.teardown(() => storage.close());
	return {storage, notices};
}

test('a rebuild takes along own device, sessions, devices, trust and choices, without their key', async t => {
	const directories = await encrypted(t, 3);
	const rebuilt = await rebuildHistory(directories, stoppedClock);
	t.deepEqual(rebuilt.encryption, {accounts: 1, sessions: 3, complete: true});
	t.deepEqual(rebuiltLines(rebuilt)[1], 'Taken along: 1 unsent message and the encryption of 1 account (3 sessions).');

	const {storage, notices} = await start(t, directories);
	const {omemo} = storage;
	t.deepEqual(notices, []);
	t.is(storage.epoch.begin(), 'same');
	t.is(omemo.status(juliet), 'locked');
	omemo.unlock(juliet, key);
	t.deepEqual(omemo.ownDevice(juliet), {id: 7, record});
	t.deepEqual(omemo.session(session(2)), Uint8Array.from(Buffer.concat([record, Buffer.alloc(1500, 2)])));
	t.is(omemo.sessions(juliet).length, 3);
	t.is(omemo.fact(juliet, 'heal'), 'yesterday');
	t.like(omemo.device(juliet, romeo, 1), {fingerprint, versions: ['legacy']});
	t.is(omemo.trust(juliet, romeo).get(fingerprint), 'verified');
	t.is(omemo.listedAt(juliet, romeo, 'legacy'), now);
	t.deepEqual(omemo.conversations(juliet), [{buffer: withRomeo, choice: 'on', wasEncrypted: true}]);
	t.like(storage.outbox.waiting(juliet)[0], {stanza: '<message/>', seal: 'require'});
});

test('a database that was put back before it was rebuilt is still found out', async t => {
	const directories = await encrypted(t, 1);
	const backup = readFileSync(historyPath(directories));
	const {storage} = await start(t, directories);
	t.is(storage.epoch.begin(), 'same');
	storage.close();
	for (const suffix of ['-wal', '-shm']) {
		rmSync(historyPath(directories) + suffix, {force: true});
	}

	writeFileSync(historyPath(directories), backup);
	await rebuildHistory(directories, stoppedClock);
	t.is((await start(t, directories)).storage.epoch.begin(), 'rolled-back');
});

/** Where the bytes of a record are in the file: its first ones, which no other place holds. */
async function placeOfRecord(path: string, sql: string): Promise<number> {
	const database = openDatabase(await loadSqlite(), path, {timeout: 0});
	const bytes = Object.values(database.get(sql) ?? {})[0];
	await checkpoint(path);
	database.close();
	return bytes instanceof Uint8Array ? readFileSync(path).indexOf(bytes.subarray(0, 28)) : -1;
}

/** Overwrites the page that a place lies in. */
function damagePage(path: string, place: number): void {
	const file = readFileSync(path);
	const pageSize = file.readUInt16BE(16);
	const page = Math.floor(place / pageSize);
	writeFileSync(path, file.fill(0xee, page * pageSize, (page + 1) * pageSize));
}

test('sessions that cannot be read are said to be missing, at once and once more at the next start', async t => {
	const directories = await encrypted(t, 40);
	const path = historyPath(directories);
	damagePage(path, await placeOfRecord(path, 'SELECT record FROM omemo_sessions WHERE device = 20'));
	const rebuilt = await rebuildHistory(directories, stoppedClock);
	const {sessions} = rebuilt.encryption;
	t.true(sessions >= 36 && sessions < 40, String(sessions));
	t.deepEqual(rebuilt.encryption, {accounts: 1, sessions, complete: false});
	t.true(rebuilt.complete);
	t.regex(rebuiltLines(rebuilt).join('\n'), /Not all that was kept of encryption could be read/);

	const first = await start(t, directories);
	t.regex(first.notices.join(), /not all that was kept of encryption could be read/);
	first.storage.omemo.unlock(juliet, key);
	const devices = first.storage.omemo.sessions(juliet).map(({device}) => device);
	t.is(devices.length, sessions);
	t.false(devices.includes(20));
	t.true(devices.includes(1) && devices.includes(40));
	first.storage.close();
	t.deepEqual((await start(t, directories)).notices, []);
});

test('a damaged index of the sessions costs none of them', async t => {
	const directories = await encrypted(t, 3);
	const path = historyPath(directories);
	const database = openDatabase(await loadSqlite(), path, {timeout: 0});
	const index = database.get("SELECT rootpage FROM sqlite_schema WHERE name LIKE 'sqlite_autoindex_omemo_sessions%'");
	const pageSize = Number(database.get('PRAGMA page_size')?.page_size);
	database.close();
	damagePage(path, (Number(index?.rootpage) - 1) * pageSize);
	t.like(await checkHistory(directories), {code: 'database-corrupt'});
	t.deepEqual((await rebuildHistory(directories, stoppedClock)).encryption, {accounts: 1, sessions: 3, complete: true});
});

test('of two rows that damage has made the same, one is taken along, and it is said', async t => {
	const directories = await encrypted(t, 3);
	const path = historyPath(directories);
	const record = await placeOfRecord(path, 'SELECT record FROM omemo_sessions WHERE device = 3');
	const file = readFileSync(path);
	const device = record - 'legacy'.length - 1;
	t.is(file.readUInt8(device), 3);
	file.writeUInt8(2, device);
	writeFileSync(path, file);
	t.deepEqual((await rebuildHistory(directories, stoppedClock)).encryption, {
		accounts: 1,
		sessions: 2,
		complete: false,
	});
	const {storage} = await start(t, directories);
	storage.omemo.unlock(juliet, key);
	t.deepEqual(
		storage.omemo.session(session(2)),
		Uint8Array.from(Buffer.concat([Buffer.from('a ratchet'), Buffer.alloc(1500, 2)])),
	);
});

test('sessions of a device that could not be read stay behind, what is thought of keys does not', async t => {
	const directories = await encrypted(t, 2);
	const path = historyPath(directories);
	damagePage(path, await placeOfRecord(path, 'SELECT key_check FROM omemo_own'));
	const rebuilt = await rebuildHistory(directories, stoppedClock);
	t.deepEqual(rebuilt.encryption, {accounts: 0, sessions: 0, complete: false});
	t.is(rebuiltLines(rebuilt)[1], 'Taken along: 1 unsent message.');
	const {storage, notices} = await start(t, directories);
	t.is(notices.length, 1);
	t.is(storage.omemo.status(juliet), 'none');
	t.deepEqual(storage.omemo.sessions(juliet), []);
	t.is(storage.omemo.trust(juliet, romeo).get(fingerprint), 'verified');
	t.true(storage.omemo.wasEncrypted(withRomeo));
});

test('a history from before encryption is rebuilt with nothing missing', async t => {
	const directories = temporaryProfile(t);
	ensurePrivateDirectory(directories.data, () => {});
	const database = openDatabase(await loadSqlite(), historyPath(directories), {timeout: 0});
	migrate(database, migrations.slice(0, 9));
	database.run(
		`INSERT INTO messages (key, account, buffer, kind, direction, author, body, archive, received_at, via, state)
		VALUES (5, ?, ?, 'chat', 'outgoing', ?, 'waits', ?, 1, 'local', 'queued')`,
		...[juliet, withRomeo, juliet, juliet],
	);
	database.run("INSERT INTO outbox (key, account, recipient, stanza) VALUES (5, ?, ?, '<message/>')", juliet, romeo);
	database.close();
	const {aside: _, ...rebuilt} = await rebuildHistory(directories, stoppedClock);
	t.deepEqual(rebuilt, {unsent: 1, drafts: 0, ignored: 0, complete: true, encryption: noEncryption});
});
