import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {
	chmodSync,
	chownSync,
	copyFileSync,
	mkdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import type {XmppcError} from '../../source/shared/errors.js';
import {isXmppcError} from '../../source/shared/errors.js';
import {ensurePrivateDirectory, type ProfileDirectories, profileDirectories} from '../../source/storage/directories.js';
import {takeProfileLock} from '../../source/storage/lock.js';
import {createMessageStore} from '../../source/storage/messages.js';
import {type Migration, migrate, migrations} from '../../source/storage/migrations.js';
import {openStorage, storageOn} from '../../source/storage/open.js';
import {type Database, loadSqlite, openDatabase} from '../../source/storage/sqlite.js';
import {
	incoming,
	juliet,
	memoryEpochKeeper,
	romeo,
	romeoAtHome,
	stoppedClock,
	temporaryProfile,
	temporaryStorage,
	withRomeo,
} from './temporary-profile.js';

const historyOf = (directories: ProfileDirectories) => join(directories.data, 'history.sqlite');
const homeOf = (directories: ProfileDirectories) => dirname(dirname(dirname(directories.config)));

async function database(t: ExecutionContext, path?: string): Promise<Database> {
	const {data} = temporaryProfile(t);
	ensurePrivateDirectory(data, () => {});
	const opened = openDatabase(await loadSqlite(), path ?? join(data, 'test.sqlite'), {timeout: 0});
	t.teardown(() => opened.close());
	return opened;
}

/** Starts another process on the same profile; `obedient` to the modes of files even where it is root's. */
function start(t: ExecutionContext, job: string, directories: ProfileDirectories, obedient = false): ChildProcess {
	const script = fileURLToPath(new URL('./storage-process.js', import.meta.url));
	const [program = '', ...programArguments] = [
		...(obedient && weAreRoot ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : []),
		...[process.execPath, script, job, homeOf(directories)],
	];
	const child = spawn(program, programArguments, {stdio: ['ignore', 'pipe', 'inherit']});
	t.teardown(() => child.kill('SIGKILL'));
	return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
	if (child.stdout === null) {
		return '';
	}

	const lines = createInterface({input: child.stdout});
	const [line] = await Promise.race([once(lines, 'line'), once(lines, 'close')]);
	return String(line);
}

async function refusal(
	t: ExecutionContext,
	work: Promise<unknown>,
): Promise<Pick<XmppcError, 'code' | 'kind' | 'message'>> {
	const error = await t.throwsAsync(work);
	if (!isXmppcError(error)) {
		throw error ?? new Error('Nothing was thrown.');
	}

	t.truthy(error.hint);
	return error;
}

test('nothing of a transaction that throws remains', async t => {
	const storage = await temporaryStorage(t);
	t.throws(
		() =>
			storage.transaction(() => {
				storage.messages.insert(incoming());
				throw new Error('changed my mind');
			}),
		{message: 'changed my mind'},
	);
	t.deepEqual(storage.messages.page(withRomeo, {limit: 10}), []);
	storage.transaction(() => storage.messages.insert(incoming()));
	t.is(storage.messages.page(withRomeo, {limit: 10}).length, 1);
});

test('an inner transaction that throws undoes only itself; an outer one undoes all', async t => {
	const storage = await temporaryStorage(t);
	const bodies = () => storage.messages.page(withRomeo, {limit: 10}).map(({body}) => body);
	storage.transaction(() => {
		storage.messages.insert(incoming({body: 'outer'}));
		t.throws(() =>
			storage.transaction(() => {
				storage.messages.insert(incoming({body: 'inner'}));
				throw new Error('inner');
			}),
		);
		storage.transaction(() => storage.messages.insert(incoming({body: 'second inner'})));
	});
	t.deepEqual(bodies(), ['outer', 'second inner']);

	t.throws(() =>
		storage.transaction(() => {
			storage.transaction(() => storage.messages.insert(incoming({body: 'lost'})));
			throw new Error('outer');
		}),
	);
	t.deepEqual(bodies(), ['outer', 'second inner']);
});

test('a transaction refuses to be asynchronous', async t => {
	const storage = await temporaryStorage(t);
	t.throws(
		() =>
			storage.transaction(async () => {
				storage.messages.insert(incoming());
			}),
		{message: /must not be asynchronous/},
	);
	t.deepEqual(storage.messages.page(withRomeo, {limit: 10}), []);
});

test('the database and its directory are closed to others and writes are durable', async t => {
	const directories = temporaryProfile(t);
	const storage = await temporaryStorage(t, directories);
	storage.messages.insert(incoming());
	for (const suffix of ['', '-wal', '-shm']) {
		t.is(statSync(historyOf(directories) + suffix).mode & 0o777, 0o600, suffix);
	}

	t.is(statSync(directories.data).mode & 0o777, 0o700);
	t.is((await database(t, historyOf(directories))).get('PRAGMA journal_mode')?.journal_mode, 'wal');
});

test('a profile directory or database that is open to others is closed, and the person told', async t => {
	const directories = temporaryProfile(t);
	(await openStorage(directories, {clock: stoppedClock})).close();
	chmodSync(directories.data, 0o755);
	chmodSync(historyOf(directories), 0o644);

	const notices: string[] = [];
	(await openStorage(directories, {clock: stoppedClock, notice: text => notices.push(text)})).close();
	t.is(statSync(directories.data).mode & 0o777, 0o700);
	t.is(statSync(historyOf(directories)).mode & 0o777, 0o600);
	t.deepEqual(notices, [`${directories.data} was open to other users; it is closed now (0700).`]);
});

test('every migration leads to the newest schema, with the rows that were there', async t => {
	for (const {version} of migrations) {
		const opened = await database(t);
		migrate(opened, migrations.slice(0, version));
		t.is(opened.get('PRAGMA user_version')?.user_version, version);
		opened.run("INSERT INTO meta (name, value) VALUES ('kept', 'yes')");
		migrate(opened);
		migrate(opened);
		t.is(opened.get('PRAGMA user_version')?.user_version, migrations.length);
		t.is(opened.get("SELECT value FROM meta WHERE name = 'kept'")?.value, 'yes');
	}

	t.deepEqual(
		migrations.map(({version}) => version),
		migrations.map((_, index) => index + 1),
	);
});

test('messages and rows of the outbox from before encryption are there afterwards, in clear', async t => {
	const opened = await database(t);
	migrate(opened, migrations.slice(0, 9));
	opened.run(
		`INSERT INTO messages (key, account, buffer, kind, direction, author, body, archive, received_at, via, state, encryption)
		VALUES (5, 'juliet@example.org', ?, 'chat', 'outgoing', 'juliet@example.org', 'Good morrow', 'juliet@example.org', 1, 'local',
			'queued', NULL), (6, 'juliet@example.org', ?, 'chat', 'incoming', 'romeo@example.net/orchard', '', 'juliet@example.org', 2,
			'live', NULL, 'omemo')`,
		withRomeo,
		withRomeo,
	);
	opened.run(
		"INSERT INTO outbox (key, account, recipient, stanza, suspicion) VALUES (5, 'juliet@example.org', 'romeo@example.net', '<message/>', 2)",
	);
	opened.run("INSERT INTO meta (name, value) VALUES ('active buffer', ?)", withRomeo);

	const {messages, outbox, omemo, epoch} = storageOn(opened, stoppedClock, memoryEpochKeeper());
	t.deepEqual(messages.page(withRomeo, {limit: 10}), [
		{
			key: 5,
			...{account: juliet, buffer: withRomeo, kind: 'chat', direction: 'outgoing', author: juliet},
			...{body: 'Good morrow', receivedAt: 1, via: 'local', state: 'queued'},
		},
		{
			key: 6,
			...{account: juliet, buffer: withRomeo, kind: 'chat', direction: 'incoming', author: romeoAtHome},
			...{body: '', receivedAt: 2, via: 'live', encryption: 'omemo'},
		},
	]);
	t.deepEqual(outbox.waiting(juliet), [{key: 5, account: juliet, to: romeo, stanza: '<message/>', suspicion: 2}]);
	t.is(omemo.status(juliet), 'none');
	t.deepEqual(omemo.conversations(juliet), []);
	t.is(epoch.begin(), 'fresh');
});

test('a migration that fails leaves the schema of the one before', async t => {
	const opened = await database(t);
	const steps: readonly Migration[] = [
		{version: 1, sql: 'CREATE TABLE one (a)'},
		{version: 2, sql: 'CREATE TABLE two (a); CREATE TABLE one (a)'},
	];
	t.throws(() => migrate(opened, steps), {message: /already exists/});
	t.is(opened.get('PRAGMA user_version')?.user_version, 1);
	t.is(opened.get("SELECT 1 FROM sqlite_schema WHERE name = 'two'"), undefined);
});

test('a database of a newer xmppc is refused and left alone', async t => {
	const directories = temporaryProfile(t);
	(await openStorage(directories, {clock: stoppedClock})).close();
	(await database(t, historyOf(directories))).execute('PRAGMA user_version = 99');
	const error = await refusal(t, openStorage(directories, {clock: stoppedClock}));
	t.like(error, {code: 'database-too-new', kind: 'storage'});
	t.true(error.message.includes(historyOf(directories)));
});

for (const [what, damage] of Object.entries({
	'is no database': () => Buffer.from('{"this": "is JSON"}'.repeat(100)),
	'was overwritten in the middle': (sound: Buffer) => Buffer.concat([sound.subarray(0, 100), Buffer.alloc(8000, 0xee)]),
	'was cut off': (sound: Buffer) => sound.subarray(0, sound.length / 2),
})) {
	test(`a file that ${what} is called damaged, with its name and what to do, and is not touched`, async t => {
		const directories = temporaryProfile(t);
		const storage = await openStorage(directories, {clock: stoppedClock});
		storage.transaction(() => {
			for (let n = 0; n < 200; n += 1) {
				storage.messages.insert(incoming({body: `message ${n}`.repeat(20)}));
			}
		});
		storage.close();

		const path = historyOf(directories);
		const opened = await database(t, path);
		opened.get('PRAGMA wal_checkpoint(TRUNCATE)');
		opened.close();
		const damaged = damage(readFileSync(path));
		writeFileSync(path, damaged);
		const use = async () => {
			const opened = await openStorage(directories, {clock: stoppedClock});
			try {
				opened.messages.page(withRomeo, {limit: 1000});
				opened.buffers.list();
			} finally {
				opened.close();
			}
		};
		const error = await refusal(t, use());
		t.like(error, {code: 'database-corrupt', kind: 'storage'});
		t.true(error.message.includes(path));
		t.deepEqual(readFileSync(path), damaged);
	});
}

test('a full disk is called that, undoes the transaction and leaves the database sound', async t => {
	const opened = await database(t);
	migrate(opened);
	// SQLite's own limit gives the same answer as a disk without space.
	opened.get('PRAGMA max_page_count = 40');
	const {insert, page} = createMessageStore(opened);
	const fill = () =>
		opened.transaction(() => {
			for (;;) {
				insert(incoming({body: 'x'.repeat(3000)}));
			}
		});
	insert(incoming({body: 'first'}));
	const error = t.throws(fill);
	t.like(error, {code: 'disk-full', kind: 'storage'});
	t.true(error.message.includes(opened.path));
	t.deepEqual(
		page(withRomeo, {limit: 100}).map(({body}) => body),
		['first'],
	);
	t.is(opened.get('PRAGMA integrity_check')?.integrity_check, 'ok');
});

test("another program's database is not taken for ours", async t => {
	const directories = temporaryProfile(t);
	ensurePrivateDirectory(directories.data, () => {});
	(await database(t, historyOf(directories))).execute('CREATE TABLE bookmarks (url TEXT)');
	const error = await refusal(t, openStorage(directories, {clock: stoppedClock}));
	t.like(error, {code: 'database-corrupt', kind: 'storage'});
});

test('a process killed in the middle of writing leaves exactly what it committed', async t => {
	const directories = temporaryProfile(t);
	const child = start(t, 'write', directories);
	const lines = child.stdout === null ? undefined : createInterface({input: child.stdout});
	let told = -1;
	const enough = new Promise<void>(resolve => {
		lines?.on('line', line => {
			told = Number(line);
			if (told === 40) {
				child.kill('SIGKILL');
				resolve();
			}
		});
	});
	await enough;
	await once(child, 'close');

	// A copy has no shared memory file: recovery has to work from the log alone.
	const copy = {...directories, data: join(directories.data, 'copy')};
	mkdirSync(copy.data, {mode: 0o700});
	for (const suffix of ['', '-wal']) {
		copyFileSync(historyOf(directories) + suffix, historyOf(copy) + suffix);
	}

	for (const found of [directories, copy]) {
		const storage = await temporaryStorage(t, found);
		const bodies = storage.messages.page(withRomeo, {limit: 100_000}).map(({body}) => body);
		t.true(bodies.length >= 2 * (told + 1));
		t.deepEqual(bodies, Array.from({length: bodies.length / 2}, (_, n) => [`first of ${n}`, `second of ${n}`]).flat());
		t.is((await database(t, historyOf(found))).get('PRAGMA integrity_check')?.integrity_check, 'ok');
	}
});

test('a profile has one writer: a second one is told who is in the way', async t => {
	const directories = temporaryProfile(t);
	const first = await takeProfileLock(directories);
	const error = await refusal(t, takeProfileLock(directories));
	t.like(error, {code: 'profile-in-use', kind: 'temporary'});
	t.regex(error.message, /Another xmppc is running with the profile "default"/);

	// The refused attempt must not have dropped the lock of the first (POSIX drops it when any descriptor closes).
	t.like(JSON.parse(await firstLine(start(t, 'lock', directories))), {code: 'profile-in-use'});
	const other = await takeProfileLock(profileDirectories({HOME: homeOf(directories)}, 'other'));
	other.release();

	first.release();
	first.release();
	(await takeProfileLock(directories)).release();
});

test('one history has one writer, wherever the state directory of each process is', async t => {
	const home = homeOf(temporaryProfile(t));
	const inSession = profileDirectories({HOME: home, XDG_STATE_HOME: join(home, 'state of the session')}, 'default');
	const inCron = profileDirectories({HOME: home}, 'default');
	t.is(inSession.data, inCron.data);
	const first = await takeProfileLock(inSession);
	t.like(await refusal(t, takeProfileLock(inCron)), {code: 'profile-in-use'});
	first.release();
});

test('a damaged lock file is called one, and that nothing is lost with it', async t => {
	const directories = temporaryProfile(t);
	mkdirSync(directories.data, {recursive: true, mode: 0o700});
	writeFileSync(join(directories.data, 'lock.sqlite'), 'no lock at all. '.repeat(100));
	const error = await refusal(t, takeProfileLock(directories));
	t.like(error, {code: 'lock-corrupt', kind: 'storage'});
	t.regex('hint' in error ? String(error.hint) : '', /remove it/);
});

test('a killed process frees the lock', async t => {
	const directories = temporaryProfile(t);
	const child = start(t, 'lock', directories);
	t.is(await firstLine(child), 'done');
	t.like(await refusal(t, takeProfileLock(directories)), {code: 'profile-in-use'});

	child.kill('SIGKILL');
	await once(child, 'close');
	(await takeProfileLock(directories)).release();
});

const nobody = 65_534;
const weAreRoot = process.geteuid?.() === 0;

test('a profile that may not be written is refused, with the path that is in the way', async t => {
	const directories = temporaryProfile(t);
	(await takeProfileLock(directories)).release();
	(await openStorage(directories, {clock: stoppedClock})).close();

	// Everything belongs to whom it should and nothing is writable, as on a read-only file system.
	const home = homeOf(directories);
	t.teardown(() => execFileSync('chmod', ['-R', 'u+w', home]));
	for (const path of [join(directories.data, 'lock.sqlite'), historyOf(directories)]) {
		chmodSync(path, 0o400);
		for (let parent = dirname(path); parent !== dirname(home); parent = dirname(parent)) {
			chmodSync(parent, 0o500);
		}
	}

	for (const [job, path] of [
		['lock', directories.data],
		['storage', directories.data],
		['settings', directories.config],
	] as const) {
		const problem = JSON.parse(await firstLine(start(t, job, directories, true)));
		t.like(problem, {code: 'no-permission', kind: 'storage'}, job);
		t.true(problem.message.includes(path), problem.message);
		t.is(typeof problem.hint, 'string');
	}
});

test("a stranger's directory is refused", t => {
	const {data} = temporaryProfile(t);
	mkdirSync(data, {recursive: true});
	if (weAreRoot) {
		chownSync(data, nobody, nobody);
	}

	const theirs = weAreRoot ? data : '/usr';
	t.throws(() => ensurePrivateDirectory(theirs, () => {}), {message: /belongs to another user/});
});

test('a file where a directory should be is named', t => {
	const {data} = temporaryProfile(t);
	mkdirSync(dirname(data), {recursive: true});
	writeFileSync(data, '');
	const error = t.throws(() => ensurePrivateDirectory(data, () => {}));
	t.true(error.message.includes(data));
});

test('a place where the system lets nobody create anything is named, and not tried for ever', t => {
	// Linux answers "no such file" there, as if a parent were missing.
	const place = process.platform === 'linux' ? '/proc/xmppc/default' : '/dev/null/xmppc';
	t.throws(() => ensurePrivateDirectory(place, () => {}), {message: new RegExp(place)});
});

test('a profile directory may be a symbolic link to one of ours', t => {
	const {config, state} = temporaryProfile(t);
	mkdirSync(state, {recursive: true, mode: 0o700});
	mkdirSync(dirname(config), {recursive: true});
	symlinkSync(state, config);
	t.notThrows(() => ensurePrivateDirectory(config, () => t.fail()));
});

test('profiles live under the XDG directories', t => {
	t.deepEqual(profileDirectories({HOME: '/home/juliet', XDG_RUNTIME_DIR: '/run/user/1000'}, 'work'), {
		profile: 'work',
		config: '/home/juliet/.config/xmppc/work',
		data: '/home/juliet/.local/share/xmppc/work',
		state: '/home/juliet/.local/state/xmppc/work',
		runtime: '/run/user/1000/xmppc',
	});
	t.like(
		profileDirectories(
			{XDG_CONFIG_HOME: '/c', XDG_DATA_HOME: '/d', XDG_STATE_HOME: '/s', XDG_RUNTIME_DIR: 'relative'},
			'default',
			() => t.fail() as never,
		),
		{config: '/c/xmppc/default', data: '/d/xmppc/default', state: '/s/xmppc/default', runtime: '/s/xmppc/run:'},
	);
});

test('relative XDG paths and homes are ignored, as the specification has it', t => {
	t.is(
		profileDirectories({HOME: 'here', XDG_DATA_HOME: 'data', XDG_CONFIG_HOME: ''}, 'default', () => '/home/x').data,
		'/home/x/.local/share/xmppc/default',
	);
});

test('without any home directory the person is told which variables to set', t => {
	const homeless = () => {
		throw new Error('uv_os_homedir');
	};
	const error = t.throws(() => profileDirectories({}, 'default', homeless));
	t.like(error, {code: 'no-home', kind: 'configuration'});
});

test('a profile name is never a path', t => {
	for (const name of ['', '..', 'a/b', 'A', 'x'.repeat(33), 'a b', '__proto__\n']) {
		t.like(
			t.throws(() => profileDirectories({HOME: '/h'}, name)),
			{code: 'invalid-profile', kind: 'usage'},
			name,
		);
	}

	t.is(profileDirectories({HOME: '/h'}, '__proto__').profile, '__proto__');
});
