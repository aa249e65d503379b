import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import type {BareJid} from '../../source/shared/jid.js';
import {type ProfileDirectories, profileDirectories} from '../../source/storage/directories.js';
import {createEpoch, type EpochKeeper, epochPath, placeOf} from '../../source/storage/epoch.js';
import type {EpochVerdict} from '../../source/storage/omemo-ports.js';
import {historyPath, openHistory, openStorage} from '../../source/storage/open.js';
import type {Storage} from '../../source/storage/ports.js';
import {juliet, memoryEpochKeeper, stoppedClock, temporaryProfile} from './temporary-profile.js';

const nurse = 'nurse@example.org' as BareJid;
const record = Buffer.from('prekeys');

async function using<Result>(directories: ProfileDirectories, work: (storage: Storage) => Result): Promise<Result> {
	const storage = await openStorage(directories, {clock: stoppedClock});
	try {
		return work(storage);
	} finally {
		storage.close();
	}
}

/** A start of the program, as far as it goes here. */
const start = (directories: ProfileDirectories): Promise<EpochVerdict> =>
	using(directories, ({epoch}) => epoch.begin());

function makeDevice({omemo}: Storage, account = juliet, id = 7): void {
	omemo.unlock(account, Buffer.alloc(32, id));
	omemo.saveOwnDevice(account, {id, record});
}

/** A profile with a device that has been started twice. */
async function withDevice(t: ExecutionContext): Promise<ProfileDirectories> {
	const directories = temporaryProfile(t);
	await using(directories, storage => {
		t.is(storage.epoch.begin(), 'fresh');
		makeDevice(storage);
	});
	t.is(await start(directories), 'same');
	return directories;
}

/** Copies a folder; answers a function that puts the copy in its place. */
function backupOf(t: ExecutionContext, folder: string): () => void {
	const copy = `${folder}.backup`;
	cpSync(folder, copy, {recursive: true});
	t.teardown(() => rmSync(copy, {recursive: true, force: true}));
	return () => {
		rmSync(folder, {recursive: true, force: true});
		cpSync(copy, folder, {recursive: true});
	};
}

test('each start goes on from the one before, for as long as both places are where they were', async t => {
	const directories = await withDevice(t);
	for (let n = 0; n < 3; n += 1) {
		t.is(await start(directories), 'same');
	}

	t.is(statSync(epochPath(directories)).mode & 0o777, 0o600);
	t.is(statSync(directories.state).mode & 0o777, 0o700);
	t.is(JSON.parse(readFileSync(epochPath(directories), 'utf8')).count, 5);
});

test('a second question in one process gets the same answer and advances nothing', async t => {
	const directories = await withDevice(t);
	const marks = await using(directories, ({epoch}) => {
		epoch.begin();
		const first = readFileSync(epochPath(directories), 'utf8');
		t.is(epoch.begin(), 'same');
		epoch.accept();
		return [first, readFileSync(epochPath(directories), 'utf8')];
	});
	t.is(marks[0], marks[1]);
});

test('a database from before the last start is found out, and stays so at every start', async t => {
	const directories = await withDevice(t);
	const restore = backupOf(t, directories.data);
	t.is(await start(directories), 'same');
	restore();
	const before = readFileSync(epochPath(directories), 'utf8');
	for (let n = 0; n < 2; n += 1) {
		t.is(await start(directories), 'rolled-back');
		t.is(readFileSync(epochPath(directories), 'utf8'), before);
	}
});

test('a database from many starts ago is found out too', async t => {
	const directories = await withDevice(t);
	const restore = backupOf(t, directories.data);
	for (let n = 0; n < 5; n += 1) {
		await start(directories);
	}

	restore();
	t.is(await start(directories), 'rolled-back');
});

test('a backup of the data alone, put back where there is no state, is found out', async t => {
	const directories = await withDevice(t);
	rmSync(directories.state, {recursive: true});
	t.is(await start(directories), 'rolled-back');
	t.false(existsSync(epochPath(directories)));
});

test('a mark that cannot be understood is as good as none', async t => {
	for (const text of ['', '{', 'null', '[]', '{"version":1}', '{"version":1,"count":0,"random":"","place":""}']) {
		const directories = await withDevice(t);
		writeFileSync(epochPath(directories), text);
		t.is(await start(directories), 'rolled-back', text);
	}
});

test('an older state beside a newer database has another past', async t => {
	const directories = await withDevice(t);
	const restore = backupOf(t, directories.state);
	await start(directories);
	await start(directories);
	restore();
	t.is(await start(directories), 'copied');
});

test('a home that was copied is another place: on another path, and on another machine', async t => {
	const directories = await withDevice(t);
	const home = dirname(dirname(dirname(directories.config)));
	cpSync(home, `${home}-copy`, {recursive: true});
	t.teardown(() => rmSync(`${home}-copy`, {recursive: true, force: true}));
	t.is(await start(profileDirectories({HOME: `${home}-copy`}, 'default')), 'copied');
	t.is(await start(directories), 'same');
	t.not(placeOf('machine', '/a'), placeOf('other', '/a'));
	t.not(placeOf('machine', '/a'), placeOf('machine', '/b'));
	t.regex(placeOf('machine', '/a'), /^[0-9a-f]{64}$/);
});

test('another profile that was given the database finds that out', async t => {
	const directories = await withDevice(t);
	const work = profileDirectories({HOME: dirname(dirname(dirname(directories.config)))}, 'work');
	t.is(await start(work), 'fresh');
	await using(work, storage => makeDevice(storage, nurse, 8));
	cpSync(directories.data, work.data, {recursive: true});
	t.is(await start(work), 'copied');
});

test('of two that go on from one mark, the one that is second finds it out', async t => {
	const directories = await withDevice(t);
	const copy = temporaryProfile(t);
	cpSync(directories.data, copy.data, {recursive: true});
	const [mine, theirs] = [memoryEpochKeeper(), memoryEpochKeeper()];
	const begin = async (place: ProfileDirectories, keeper: EpochKeeper) => {
		const database = await openHistory(place, () => {});
		try {
			return createEpoch(database, keeper).begin();
		} finally {
			database.close();
		}
	};

	// Two machines that say they are the same place, with the same past.
	for (const [place, keeper] of [
		[directories, mine],
		[copy, theirs],
	] as const) {
		const database = await openHistory(place, () => {});
		keeper.write('{"version":1,"count":1,"random":"r","place":"here"}');
		database.run(`UPDATE meta SET value = '{"mark":{"count":1,"random":"r"},"place":"here"}' WHERE name = 'epoch'`);
		database.close();
	}

	t.is(await begin(directories, mine), 'same');
	t.is(await begin(copy, theirs), 'same');
	// The data of the one come to the other, which is as far.
	cpSync(historyPath(copy), historyPath(directories));
	for (const suffix of ['-wal', '-shm']) {
		rmSync(historyPath(directories) + suffix, {force: true});
		if (existsSync(historyPath(copy) + suffix)) {
			cpSync(historyPath(copy) + suffix, historyPath(directories) + suffix);
		}
	}

	t.is(await begin(directories, mine), 'copied');
});

test('without a device there is nothing to be used twice, wherever the database comes from', async t => {
	const directories = await withDevice(t);
	await using(directories, ({omemo}) => omemo.forgetOwnDevice(juliet));
	const restore = backupOf(t, directories.data);
	t.is(await start(directories), 'same');
	restore();
	t.is(await start(directories), 'fresh');
	rmSync(directories.state, {recursive: true});
	t.is(await start(directories), 'fresh');
	t.is(await start(directories), 'same');
});

/** A profile with two accounts whose database was put back. */
async function rolledBack(t: ExecutionContext): Promise<ProfileDirectories> {
	const directories = await withDevice(t);
	await using(directories, storage => {
		storage.epoch.begin();
		makeDevice(storage, nurse, 8);
	});
	const restore = backupOf(t, directories.data);
	await start(directories);
	restore();
	return directories;
}

test('it goes on once every account has another device, made before or after', async t => {
	const directories = await rolledBack(t);
	await using(directories, storage => {
		const {epoch, omemo} = storage;
		t.is(epoch.begin(), 'rolled-back');
		for (const account of [juliet, nurse]) {
			const error = t.throws(() => epoch.accept());
			t.like(error, {code: 'devices-not-renewed', kind: 'notPermitted'});
			t.true(error.message.includes(account));
			omemo.forgetOwnDevice(account);
			if (account === juliet) {
				makeDevice(storage, juliet, 70);
			}
		}

		t.is(epoch.begin(), 'rolled-back');
		epoch.accept();
		t.is(epoch.begin(), 'same');
		makeDevice(storage, nurse, 80);
	});
	t.is(await start(directories), 'same');
});

test('a new device before the question does not make the old ones good', async t => {
	const directories = await rolledBack(t);
	await using(directories, storage => {
		const error = t.throws(() => storage.epoch.accept());
		t.like(error, {code: 'devices-not-renewed'});
	});
	t.is(await start(directories), 'rolled-back');
});

test('a copy that has devices of its own goes on where it is', async t => {
	const directories = await withDevice(t);
	const home = dirname(dirname(dirname(directories.config)));
	cpSync(home, `${home}-copy`, {recursive: true});
	t.teardown(() => rmSync(`${home}-copy`, {recursive: true, force: true}));
	const copy = profileDirectories({HOME: `${home}-copy`}, 'default');
	await using(copy, storage => {
		t.is(storage.epoch.begin(), 'copied');
		storage.omemo.forgetOwnDevice(juliet);
		storage.epoch.accept();
		makeDevice(storage, juliet, 70);
	});
	t.is(await start(copy), 'same');
	t.is(await start(directories), 'same');
});

const cuts = ['before', 'in-transaction', 'committed', 'half-written', 'after'] as const;

/** Starts the program in a process of its own, which is killed at a point of its start. */
async function killedAt(
	t: ExecutionContext,
	cut: (typeof cuts)[number],
	directories: ProfileDirectories,
): Promise<void> {
	const script = fileURLToPath(new URL('./storage-process.js', import.meta.url));
	const home = dirname(dirname(dirname(directories.config)));
	const child = spawn(process.execPath, [script, 'epoch', home, cut], {stdio: ['ignore', 'inherit', 'inherit']});
	const [code, signal] = await once(child, 'close');
	t.deepEqual([code, signal], [null, 'SIGKILL'], cut);
}

for (const cut of cuts) {
	test(`killed at its start (${cut}), the program goes on at the next one, and an older database is still found out`, async t => {
		const directories = await withDevice(t);
		const restore = backupOf(t, directories.data);
		await start(directories);
		await killedAt(t, cut, directories);
		await killedAt(t, cut, directories);
		t.is(await start(directories), 'same');
		t.is(await start(directories), 'same');
		await killedAt(t, cut, directories);
		restore();
		t.is(await start(directories), 'rolled-back');
	});

	test(`killed at its very first start (${cut}), the program begins at the next one`, async t => {
		const directories = temporaryProfile(t);
		await using(directories, () => {});
		mkdirSync(directories.state, {recursive: true, mode: 0o700});
		await killedAt(t, cut, directories);
		t.is(await start(directories), cut === 'after' ? 'same' : 'fresh');
		await using(directories, storage => makeDevice(storage));
		t.is(await start(directories), 'same');
	});

	test(`killed while it goes on with new devices (${cut}), the program is not left with old ones`, async t => {
		const directories = await rolledBack(t);
		await killedAt(t, cut, directories);
		await using(directories, storage => {
			t.is(storage.epoch.begin(), cut === 'before' || cut === 'in-transaction' ? 'fresh' : 'same');
			t.is(storage.omemo.ownDeviceId(juliet), undefined);
			makeDevice(storage);
		});
		t.is(await start(directories), 'same');
	});
}
