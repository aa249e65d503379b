import {randomBytes} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import {bufferId} from '../../source/model/buffer.js';
import type {Fingerprint} from '../../source/model/device.js';
import type {BareJid} from '../../source/shared/jid.js';
import type {KnownDevice, OmemoStore, SessionPlace} from '../../source/storage/omemo-ports.js';
import {historyPath, openStorage} from '../../source/storage/open.js';
import type {Storage} from '../../source/storage/ports.js';
import {type Database, loadSqlite, openDatabase, type SqlValue} from '../../source/storage/sqlite.js';
import {
	incoming,
	juliet,
	romeo,
	stoppedClock,
	temporaryProfile,
	temporaryStorage,
	withRomeo,
} from './temporary-profile.js';

const nurse = 'nurse@example.org' as BareJid;
const key = Buffer.alloc(32, 7);
const ownDevice = {id: 31_415, record: Uint8Array.from(Buffer.from('prekeys and their private halves'))};
const record = Uint8Array.from(Buffer.from('a chain key that nobody may read'));
const withPhone: SessionPlace = {account: juliet, owner: romeo, device: 12, version: 'legacy'};
const withLaptop: SessionPlace = {...withPhone, device: 13};
const fingerprint = (digit: string) => digit.repeat(64) as Fingerprint;
const phone: KnownDevice = {
	account: juliet,
	owner: romeo,
	id: 12,
	fingerprint: fingerprint('a'),
	versions: ['legacy', 'omemo2'],
	label: 'Phone',
	firstSeen: 1000,
	lastSeen: 2000,
};

/** An account with a device, one session and one fact. */
function furnish(omemo: OmemoStore, account = juliet): void {
	omemo.unlock(account, key);
	omemo.saveOwnDevice(account, ownDevice);
	omemo.saveSession({...withPhone, account}, record);
	omemo.saveFact(account, 'heal', 'yesterday');
}

async function furnished(t: ExecutionContext): Promise<Storage> {
	const storage = await temporaryStorage(t);
	furnish(storage.omemo);
	return storage;
}

/** A profile with such an account, and what is changed in its database behind the back of the store. */
async function tamperedWith(t: ExecutionContext, tamper: (database: Database) => void): Promise<OmemoStore> {
	const directories = temporaryProfile(t);
	const storage = await openStorage(directories, {clock: stoppedClock});
	furnish(storage.omemo);
	storage.omemo.saveSession(withLaptop, Buffer.from('another chain'));
	storage.omemo.unlock(nurse, key);
	storage.omemo.saveOwnDevice(nurse, ownDevice);
	storage.close();
	const database = openDatabase(await loadSqlite(), historyPath(directories), {timeout: 0});
	tamper(database);
	database.close();
	return (await temporaryStorage(t, directories)).omemo;
}

test('records come back in the next process, with the key and not without it', async t => {
	const directories = temporaryProfile(t);
	const before = await openStorage(directories, {clock: stoppedClock});
	t.is(before.omemo.status(juliet), 'none');
	t.is(before.omemo.ownDeviceId(juliet), undefined);
	furnish(before.omemo);
	t.is(before.omemo.status(juliet), 'open');
	before.close();

	const {omemo} = await temporaryStorage(t, directories);
	t.is(omemo.status(juliet), 'locked');
	t.is(omemo.ownDeviceId(juliet), 31_415);
	t.deepEqual(omemo.sessions(juliet), [withPhone]);
	omemo.unlock(juliet, key);
	t.is(omemo.status(juliet), 'open');
	t.deepEqual(omemo.ownDevice(juliet), ownDevice);
	t.deepEqual(omemo.session(withPhone), record);
	t.is(omemo.fact(juliet, 'heal'), 'yesterday');
	t.is(omemo.status(romeo), 'none');
});

test('what reads or writes a record says whose key is missing, and what needs none is done without it', async t => {
	const omemo = await tamperedWith(t, () => {});
	for (const attempt of [
		() => omemo.ownDevice(juliet),
		() => omemo.saveOwnDevice(juliet, ownDevice),
		() => omemo.session(withPhone),
		() => omemo.saveSession(withPhone, record),
		() => omemo.fact(juliet, 'heal'),
		() => omemo.saveFact(juliet, 'heal', 'now'),
	]) {
		const error = t.throws(attempt);
		t.like(error, {code: 'encryption-locked', kind: 'configuration'});
		t.regex(error.message, /juliet@example\.org/);
		t.true('hint' in error);
	}

	omemo.saveDevice(phone);
	omemo.setTrust(juliet, romeo, fingerprint('a'), 'verified');
	omemo.removeSession(withLaptop);
	t.deepEqual(omemo.sessions(juliet), [withPhone]);
	omemo.saveFact(juliet, 'heal', undefined);
	omemo.unlock(juliet, key);
	t.is(omemo.fact(juliet, 'heal'), undefined);
});

test('a wrong key is refused and changes nothing', async t => {
	const omemo = await tamperedWith(t, () => {});
	for (const wrong of [randomBytes(32), Buffer.alloc(0), key.subarray(1)]) {
		t.like(
			t.throws(() => omemo.unlock(juliet, wrong)),
			{code: 'store-key-wrong', kind: 'configuration'},
		);
		t.is(omemo.status(juliet), 'locked');
	}

	omemo.unlock(juliet, key);
	t.throws(() => omemo.unlock(juliet, randomBytes(32)), {message: /does not open/});
	t.deepEqual(omemo.session(withPhone), record);
	t.deepEqual(omemo.ownDevice(juliet), ownDevice);
});

test('a key that was changed by whoever gave it is still the one that was given', async t => {
	const {omemo} = await temporaryStorage(t);
	const given = Buffer.from(key);
	omemo.unlock(juliet, given);
	given.fill(0);
	omemo.saveOwnDevice(juliet, ownDevice);
	omemo.unlock(juliet, key);
	t.deepEqual(omemo.ownDevice(juliet), ownDevice);
});

test('records that no own device belongs to are not opened with another key either', async t => {
	const omemo = await tamperedWith(t, database => database.run('DELETE FROM omemo_own'));
	t.is(omemo.status(juliet), 'none');
	t.throws(() => omemo.unlock(juliet, randomBytes(32)), {message: /does not open/});
	omemo.unlock(juliet, key);
	t.deepEqual(omemo.session(withPhone), record);
});

test('a damaged own device is damaged, not the key wrong', async t => {
	const omemo = await tamperedWith(t, database =>
		database.run("UPDATE omemo_own SET record = x'00', key_check = x'00' WHERE account = 'juliet@example.org'"),
	);
	t.throws(() => omemo.unlock(juliet, randomBytes(32)), {message: /does not open/});
	omemo.unlock(juliet, key);
	t.is(omemo.status(juliet), 'open');
	t.is(omemo.ownDeviceId(juliet), 31_415);
	t.is(omemo.ownDevice(juliet), undefined);
	t.deepEqual(omemo.session(withPhone), record);
});

test('a record with any bit changed does not open, and its place is still named', async t => {
	const directories = temporaryProfile(t);
	const storage = await temporaryStorage(t, directories);
	furnish(storage.omemo);
	const database = openDatabase(await loadSqlite(), historyPath(directories), {timeout: 0});
	t.teardown(() => database.close());
	for (const [table, read] of [
		['omemo_sessions', () => storage.omemo.session(withPhone)],
		['omemo_own', () => storage.omemo.ownDevice(juliet)],
		['omemo_facts', () => storage.omemo.fact(juliet, 'heal')],
	] as const) {
		const sound = Buffer.from(database.get(`SELECT record FROM ${table}`)?.record as Uint8Array);
		const put = (bytes: SqlValue) => database.run(`UPDATE ${table} SET record = ?`, bytes);
		for (let bit = 0; bit < sound.length * 8; bit += 5) {
			const changed = Buffer.from(sound);
			changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
			put(changed);
			t.is(read(), undefined, `${table} ${bit}`);
		}

		put(sound.subarray(0, -1));
		t.is(read(), undefined);
		put(sound);
		t.not(read(), undefined);
	}

	t.deepEqual(storage.omemo.sessions(juliet), [withPhone]);
});

for (const [where, statement] of Object.entries({
	"another device's": `UPDATE omemo_sessions SET record = (SELECT record FROM omemo_sessions WHERE device = 13) WHERE device = 12`,
	"another owner's": `UPDATE omemo_sessions SET owner = 'romeo@example.com' WHERE device = 12`,
	"another version's": `UPDATE omemo_sessions SET version = 'omemo2' WHERE device = 12`,
	"another account's": `UPDATE omemo_sessions SET account = 'nurse@example.org' WHERE device = 12`,
	"a fact's": `UPDATE omemo_sessions SET record = (SELECT record FROM omemo_facts) WHERE device = 12`,
})) {
	test(`a session that was put into ${where} place does not open there`, async t => {
		const omemo = await tamperedWith(t, database => {
			t.is(database.run(statement), 1);
		});
		omemo.unlock(juliet, key);
		omemo.unlock(nurse, key);
		for (const account of [juliet, nurse]) {
			const places = omemo.sessions(account).filter(({device}) => device === 12);
			t.deepEqual(
				places.map(place => omemo.session(place)),
				places.map(() => undefined),
			);
		}

		t.is(omemo.sessions(juliet).length + omemo.sessions(nurse).length, 2);
	});
}

test('an own device that was given another id does not open', async t => {
	const omemo = await tamperedWith(t, database => {
		database.run('UPDATE omemo_own SET id = 5');
	});
	omemo.unlock(juliet, key);
	t.is(omemo.ownDevice(juliet), undefined);
});

test('nothing of a record or of the key is in a file of the profile, in whatever coding', async t => {
	const directories = temporaryProfile(t);
	const storage = await openStorage(directories, {clock: stoppedClock});
	const secrets = [randomBytes(32), randomBytes(64), randomBytes(48), randomBytes(3000)] as const;
	const [storeKey, own, session, large] = secrets;
	storage.omemo.unlock(juliet, storeKey);
	storage.omemo.saveOwnDevice(juliet, {id: 1, record: own});
	storage.omemo.saveSession(withPhone, session);
	storage.omemo.saveSession(withLaptop, large);
	storage.omemo.saveSession(withLaptop, session);
	storage.omemo.saveFact(juliet, 'secret', own.toString('hex'));
	const text = () =>
		Buffer.concat(readdirSync(directories.data).map(name => readFileSync(join(directories.data, name)))).toString(
			'latin1',
		);
	const searched = [text()];
	storage.close();
	searched.push(text());
	for (const found of searched) {
		t.true(found.includes('romeo@example.net'));
		for (const secret of secrets) {
			// Any sixteen bytes in a row are too many.
			for (let at = 0; at + 16 <= secret.length; at += 8) {
				const part = secret.subarray(at, at + 16);
				t.false(found.includes(part.toString('latin1')));
				t.false(found.includes(part.toString('hex')));
			}

			t.false(found.includes(secret.toString('base64').slice(0, 24)));
		}
	}
});

test('sessions are what was saved last, whoever they are with', async t => {
	const {omemo} = await temporaryStorage(t);
	omemo.unlock(juliet, key);
	const model = new Map<string, Uint8Array>();
	const places: readonly SessionPlace[] = [romeo, nurse].flatMap(owner =>
		[12, 13].flatMap(device =>
			(['legacy', 'omemo2'] as const).map(version => ({account: juliet, owner, device, version})),
		),
	);
	fc.assert(
		fc.property(fc.array(fc.tuple(fc.constantFrom(...places), fc.option(fc.uint8Array({maxLength: 40})))), changes => {
			for (const [place, content] of changes) {
				if (content === null) {
					omemo.removeSession(place);
					model.delete(JSON.stringify(place));
				} else {
					omemo.saveSession(place, content);
					model.set(JSON.stringify(place), content);
				}
			}

			for (const place of places) {
				const expected = model.get(JSON.stringify(place));
				t.deepEqual(omemo.session(place), expected === undefined ? undefined : Uint8Array.from(expected));
			}

			t.is(omemo.sessions(juliet).length, model.size);
		}),
		{numRuns: 30},
	);
	for (const place of places) {
		omemo.saveSession(place, record);
	}

	t.deepEqual(
		omemo.sessions(juliet, romeo),
		places.filter(({owner}) => owner === romeo),
	);
	t.is(omemo.sessions(juliet).length, 8);
});

test('a transaction that throws leaves ratchet, own device, facts, trust and message as they were', async t => {
	const storage = await furnished(t);
	const {omemo} = storage;
	t.throws(() =>
		storage.transaction(() => {
			omemo.saveSession(withPhone, Buffer.from('stepped'));
			omemo.saveSession(withLaptop, Buffer.from('new'));
			omemo.saveOwnDevice(juliet, {id: ownDevice.id, record: Uint8Array.from(Buffer.from('one prekey less'))});
			omemo.saveFact(juliet, 'heal', 'now');
			omemo.saveDevice(phone);
			omemo.setTrust(juliet, romeo, fingerprint('a'), 'blind');
			omemo.rememberEncrypted(withRomeo);
			omemo.choose(withRomeo, 'off');
			omemo.rememberListed(juliet, romeo, 'legacy', 5);
			storage.messages.insert(incoming({encryption: 'omemo', device: 12}));
			throw new Error('the MAC is wrong');
		}),
	);
	t.deepEqual(omemo.session(withPhone), record);
	t.is(omemo.session(withLaptop), undefined);
	t.deepEqual(omemo.ownDevice(juliet), ownDevice);
	t.is(omemo.fact(juliet, 'heal'), 'yesterday');
	t.deepEqual(omemo.devices(juliet), []);
	t.deepEqual(omemo.trustOfAll(juliet), []);
	t.deepEqual(omemo.conversations(juliet), []);
	t.is(omemo.listedAt(juliet, romeo, 'legacy'), undefined);
	t.deepEqual(storage.messages.page(withRomeo, {limit: 10}), []);
});

test('a new device that comes to nothing leaves the old one, which is locked rather than read with the new key', async t => {
	const storage = await furnished(t);
	const {omemo} = storage;
	t.throws(() =>
		storage.transaction(() => {
			omemo.forgetOwnDevice(juliet);
			omemo.unlock(juliet, Buffer.alloc(32, 9));
			omemo.saveOwnDevice(juliet, {id: 2, record});
			throw new Error('the disk is full');
		}),
	);
	t.is(omemo.ownDeviceId(juliet), 31_415);
	t.is(omemo.status(juliet), 'locked');
	t.throws(() => omemo.saveSession(withPhone, record), {message: /locked/});
	omemo.unlock(juliet, key);
	t.deepEqual(omemo.session(withPhone), record);
});

test('forgetting the own device takes its sessions and facts, and neither devices, trust nor choices', async t => {
	const {omemo} = await furnished(t);
	omemo.saveDevice(phone);
	omemo.setTrust(juliet, romeo, fingerprint('a'), 'verified');
	omemo.choose(withRomeo, 'on');
	omemo.rememberEncrypted(withRomeo);
	omemo.forgetOwnDevice(juliet);
	t.is(omemo.status(juliet), 'none');
	t.throws(() => omemo.saveOwnDevice(juliet, ownDevice), {message: /locked/});
	const next = randomBytes(32);
	omemo.unlock(juliet, next);
	t.deepEqual(omemo.sessions(juliet), []);
	t.is(omemo.fact(juliet, 'heal'), undefined);
	omemo.saveOwnDevice(juliet, {id: 2, record});
	t.deepEqual(omemo.ownDevice(juliet), {id: 2, record});
	t.deepEqual(omemo.devices(juliet), [phone]);
	t.deepEqual([...omemo.trust(juliet, romeo)], [[fingerprint('a'), 'verified']]);
	t.deepEqual(omemo.conversations(juliet), [{buffer: withRomeo, choice: 'on', wasEncrypted: true}]);
});

test('a device is written whole, but for the key that was seen first and the time', async t => {
	const {omemo} = await temporaryStorage(t);
	const bare: KnownDevice = {account: juliet, owner: romeo, id: 12, versions: [], firstSeen: 1000};
	omemo.saveDevice(bare);
	t.deepEqual(omemo.device(juliet, romeo, 12), bare);
	omemo.saveDevice({...phone, firstSeen: 5000});
	t.deepEqual(omemo.device(juliet, romeo, 12), phone);
	omemo.saveDevice({...bare, fingerprint: fingerprint('b'), versions: ['omemo2'], firstSeen: 9000});
	t.deepEqual(omemo.device(juliet, romeo, 12), {...bare, fingerprint: fingerprint('a'), versions: ['omemo2']});
	t.is(omemo.device(juliet, romeo, 13), undefined);
	t.is(omemo.device(romeo, romeo, 12), undefined);
});

test('devices are listed by owner and id, and their ids are their own', async t => {
	const {omemo} = await temporaryStorage(t);
	const saved = [
		{...phone, owner: nurse, id: 100},
		{...phone, owner: nurse, id: 9},
		phone,
		{...phone, account: romeo, owner: nurse, id: 1},
	];
	for (const device of saved) {
		omemo.saveDevice(device);
	}

	const ids = (owner?: BareJid) => omemo.devices(juliet, owner).map(device => `${device.owner} ${device.id}`);
	t.deepEqual(ids(), ['nurse@example.org 9', 'nurse@example.org 100', 'romeo@example.net 12']);
	t.deepEqual(ids(romeo), ['romeo@example.net 12']);
});

test('a device that is removed takes its sessions of both versions, and leaves what is thought of its key', async t => {
	const {omemo} = await furnished(t);
	omemo.saveSession({...withPhone, version: 'omemo2'}, record);
	omemo.saveSession(withLaptop, record);
	omemo.saveSession({...withPhone, owner: nurse}, record);
	omemo.saveDevice(phone);
	omemo.setTrust(juliet, romeo, fingerprint('a'), 'distrusted');
	omemo.removeDevice(juliet, romeo, 12);
	t.is(omemo.device(juliet, romeo, 12), undefined);
	t.deepEqual(omemo.sessions(juliet), [{...withPhone, owner: nurse}, withLaptop]);
	t.is(omemo.trust(juliet, romeo).get(fingerprint('a')), 'distrusted');
});

test('trust belongs to a key of an owner, in one account', async t => {
	const {omemo} = await temporaryStorage(t);
	omemo.setTrust(juliet, romeo, fingerprint('a'), 'blind');
	omemo.setTrust(juliet, romeo, fingerprint('b'), 'undecided');
	omemo.setTrust(juliet, nurse, fingerprint('a'), 'distrusted');
	omemo.setTrust(romeo, romeo, fingerprint('a'), 'trusted');
	omemo.setTrust(juliet, romeo, fingerprint('a'), 'verified');
	t.deepEqual(
		omemo.trust(juliet, romeo),
		new Map([
			[fingerprint('a'), 'verified'],
			[fingerprint('b'), 'undecided'],
		]),
	);
	t.deepEqual(omemo.trustOfAll(juliet), [
		{owner: nurse, fingerprint: fingerprint('a'), trust: 'distrusted'},
		{owner: romeo, fingerprint: fingerprint('a'), trust: 'verified'},
		{owner: romeo, fingerprint: fingerprint('b'), trust: 'undecided'},
	]);
	t.is(omemo.trust(juliet, juliet).size, 0);
});

test('a choice can be taken back, and that a conversation was encrypted cannot', async t => {
	const {omemo} = await temporaryStorage(t);
	t.is(omemo.choice(withRomeo), undefined);
	t.false(omemo.wasEncrypted(withRomeo));
	omemo.choose(withRomeo, 'on');
	omemo.rememberEncrypted(withRomeo);
	omemo.rememberEncrypted(withRomeo);
	t.is(omemo.choice(withRomeo), 'on');
	omemo.choose(withRomeo, undefined);
	t.is(omemo.choice(withRomeo), undefined);
	t.true(omemo.wasEncrypted(withRomeo));
	omemo.choose(withRomeo, 'off');
	t.deepEqual(omemo.conversations(juliet), [{buffer: withRomeo, choice: 'off', wasEncrypted: true}]);
	t.deepEqual(omemo.conversations(romeo), []);
});

test('when a list was read is known for each version', async t => {
	const {omemo} = await temporaryStorage(t);
	omemo.rememberListed(juliet, romeo, 'legacy', 5);
	omemo.rememberListed(juliet, romeo, 'legacy', 8);
	t.is(omemo.listedAt(juliet, romeo, 'legacy'), 8);
	t.is(omemo.listedAt(juliet, romeo, 'omemo2'), undefined);
});

test('forgetting the messages of an account forgets all of its encryption, and nothing of another one', async t => {
	const storage = await furnished(t);
	const {omemo} = storage;
	furnish(omemo, nurse);
	for (const account of [juliet, nurse]) {
		omemo.saveDevice({...phone, account});
		omemo.setTrust(account, romeo, fingerprint('a'), 'blind');
		omemo.choose(bufferId(account, 'chat', romeo), 'on');
		omemo.rememberListed(account, romeo, 'legacy', 5);
	}

	storage.messages.forget(juliet);
	t.is(omemo.status(juliet), 'none');
	t.deepEqual(omemo.sessions(juliet), []);
	t.deepEqual(omemo.devices(juliet), []);
	t.deepEqual(omemo.trustOfAll(juliet), []);
	t.deepEqual(omemo.conversations(juliet), []);
	t.is(omemo.listedAt(juliet, romeo, 'legacy'), undefined);
	t.throws(() => omemo.fact(juliet, 'heal'), {message: /locked/});

	t.deepEqual(omemo.ownDevice(nurse), ownDevice);
	t.deepEqual(omemo.session({...withPhone, account: nurse}), record);
	t.is(omemo.fact(nurse, 'heal'), 'yesterday');
	t.is(omemo.devices(nurse).length, 1);
	t.is(omemo.trustOfAll(nurse).length, 1);
	t.is(omemo.conversations(nurse).length, 1);
	t.is(omemo.listedAt(nurse, romeo, 'legacy'), 5);
});
