import {execFileSync} from 'node:child_process';
import {readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {bufferId} from '../../source/model/buffer.js';
import type {Fingerprint, Trust} from '../../source/model/device.js';
import {ensurePrivateDirectory} from '../../source/storage/directories.js';
import {keyBackupOf, readKeyBackup, takeUpKeyBackup, writeKeyBackup} from '../../source/storage/key-backup.js';
import {decodeBackup, encodeBackup, type KeyBackup} from '../../source/storage/key-backup-content.js';
import type {KnownDevice} from '../../source/storage/omemo-ports.js';
import {juliet, romeo, temporaryProfile, temporaryStorage, withRomeo} from './temporary-profile.js';

const fingerprint = (digit: string) => digit.repeat(64) as Fingerprint;
const identity = Buffer.from(Array.from({length: 32}, (_, n) => n + 100));
const device: KnownDevice = {
	account: juliet,
	owner: romeo,
	id: 12,
	fingerprint: fingerprint('a'),
	versions: ['legacy', 'omemo2'],
	label: 'Phone',
	firstSeen: 1000,
	lastSeen: 2000,
};
const unseen: KnownDevice = {account: juliet, owner: juliet, id: 9, versions: [], firstSeen: 5};
const backup: KeyBackup = {
	account: juliet,
	identity,
	deviceId: 7,
	devices: [unseen, device],
	trust: [
		{owner: juliet, fingerprint: fingerprint('c'), trust: 'trusted'},
		{owner: romeo, fingerprint: fingerprint('a'), trust: 'verified'},
	],
	conversations: [{buffer: withRomeo, choice: 'on', wasEncrypted: true}],
};

function place(t: ExecutionContext): string {
	const {data} = temporaryProfile(t);
	ensurePrivateDirectory(data, () => {});
	return join(data, 'keys.json');
}

test('a backup comes back with its passphrase, for us alone and without anything in clear', async t => {
	const path = place(t);
	await writeKeyBackup(path, backup, 'but soft, what light');
	t.is(statSync(path).mode & 0o777, 0o600);
	t.deepEqual(await readKeyBackup(path, 'but soft, what light'), backup);
	const text = readFileSync(path, 'latin1');
	for (const clear of [
		identity.toString('latin1'),
		identity.toString('base64').slice(0, 20),
		'romeo',
		'aaaaaaaa',
		'Phone',
	]) {
		t.false(text.includes(clear), clear);
	}

	t.like(await t.throwsAsync(readKeyBackup(path, 'but hard')), {code: 'wrong-passphrase', kind: 'notPermitted'});
});

test('what is there is never overwritten, be it a link, and an empty passphrase is none', async t => {
	const path = place(t);
	writeFileSync(path, 'a letter');
	symlinkSync(`${path}.elsewhere`, `${path}.link`);
	for (const taken of [path, `${path}.link`]) {
		const error = await t.throwsAsync(writeKeyBackup(taken, backup, 'but soft'));
		t.like(error, {code: 'file-exists'});
		t.true(error.message.includes(taken));
	}

	t.is(readFileSync(path, 'utf8'), 'a letter');
	t.like(await t.throwsAsync(writeKeyBackup(`${path}2`, backup, '')), {code: 'empty-passphrase'});
	t.like(await t.throwsAsync(writeKeyBackup(join(path, 'below'), backup, 'but soft')), {code: 'not-a-directory'});
});

test('what is no backup is called that, with its name and why', async t => {
	const path = place(t);
	await writeKeyBackup(path, backup, 'but soft');
	const sound = JSON.parse(readFileSync(path, 'utf8'));
	const content = Buffer.from(sound.content, 'base64');
	content.writeUInt8(content.readUInt8(40) ^ 1, 40);
	for (const [value, reason] of [
		['a letter', /did not write it/],
		[[], /did not write it/],
		[{...sound, version: 2}, /another version/],
		[{...sound, account: 'Juliet@example.org'}, /missing or changed/],
		[{...sound, account: undefined}, /missing or changed/],
		[{...sound, kdf: {...sound.kdf, N: 2 ** 30}}, /missing or changed/],
		[{...sound, check: 5}, /missing or changed/],
		[{...sound, content: content.toString('base64')}, /damaged or changed/],
	] as const) {
		writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
		const error = await t.throwsAsync(readKeyBackup(path, 'but soft'));
		t.like(error, {code: 'not-a-key-backup', kind: 'badData'});
		t.regex(error.message, reason);
		t.true(error.message.includes(path));
	}

	// Another account's is not opened as ours, whatever the file says.
	writeFileSync(path, JSON.stringify({...sound, account: romeo}));
	t.like(await t.throwsAsync(readKeyBackup(path, 'but soft')), {code: 'wrong-passphrase'});
});

test('what is no file is not waited for, and none is named', async t => {
	const path = place(t);
	t.like(await t.throwsAsync(readKeyBackup(path, 'x')), {code: 'no-such-file', kind: 'storage'});
	execFileSync('mkfifo', [path]);
	t.like(await t.throwsAsync(readKeyBackup(path, 'x')), {code: 'not-a-key-backup'});
});

test('a content in which any part is wrong is refused whole', t => {
	const sound = JSON.parse(encodeBackup(backup));
	t.deepEqual(decodeBackup(JSON.stringify(sound), juliet), backup);
	const [ownDevice, phone] = sound.devices;
	const [trust] = sound.trust;
	const [conversation] = sound.conversations;
	for (const changed of [
		{identity: identity.subarray(1).toString('base64')},
		{identity: `${sound.identity}\n`},
		{identity: 5},
		{deviceId: 0},
		{deviceId: 2 ** 31},
		{deviceId: 1.5},
		{devices: undefined},
		{devices: [ownDevice, null]},
		{devices: [{...phone, owner: 'Romeo@example.net'}]},
		{devices: [{...phone, owner: 'romeo@example.net/orchard'}]},
		{devices: [{...phone, id: '12'}]},
		{devices: [{...phone, fingerprint: 'A'.repeat(64)}]},
		{devices: [{...phone, versions: ['legacy', 'omemo3']}]},
		{devices: [{...phone, versions: 'legacy'}]},
		{devices: [{...phone, label: 5}]},
		{devices: [{...phone, firstSeen: -1}]},
		{devices: [{...phone, lastSeen: 'now'}]},
		{trust: {}},
		{trust: [{...trust, trust: 'believed'}]},
		{trust: [{...trust, fingerprint: 'a'}]},
		{trust: [{...trust, owner: undefined}]},
		{conversations: [{...conversation, buffer: bufferId(romeo, 'chat', juliet)}]},
		{conversations: [{...conversation, choice: 'maybe'}]},
		{conversations: [{...conversation, wasEncrypted: 1}]},
	]) {
		t.is(decodeBackup(JSON.stringify({...sound, ...changed}), juliet), undefined, JSON.stringify(changed));
	}

	t.is(decodeBackup('[]', juliet), undefined);
	t.is(decodeBackup('{', juliet), undefined);
});

test('a backup holds what is known, and of the own device nothing but the identity key and the id', async t => {
	const storage = await temporaryStorage(t);
	const {omemo} = storage;
	omemo.unlock(juliet, Buffer.alloc(32, 7));
	omemo.saveOwnDevice(juliet, {id: 7, record: Buffer.from('prekeys')});
	omemo.saveSession({account: juliet, owner: romeo, device: 12, version: 'legacy'}, Buffer.from('ratchet'));
	omemo.saveDevice({...unseen, id: 7});
	takeUpKeyBackup(backup, storage);
	t.deepEqual(keyBackupOf(juliet, {identity, deviceId: 7}, storage), backup);
});

test('a new device takes up all of a backup but the own device', async t => {
	const storage = await temporaryStorage(t);
	const {omemo} = storage;
	takeUpKeyBackup(backup, storage);
	t.deepEqual(omemo.devices(juliet), backup.devices);
	t.deepEqual(omemo.trustOfAll(juliet), backup.trust);
	t.deepEqual(omemo.conversations(juliet), backup.conversations);
	t.is(omemo.status(juliet), 'none');
});

test('what the person decided since stays, and what was decided by itself gives way', async t => {
	const storage = await temporaryStorage(t);
	const {omemo} = storage;
	const cases: ReadonlyArray<readonly [here: Trust, there: Trust, then: Trust]> = [
		['distrusted', 'verified', 'distrusted'],
		['trusted', 'blind', 'trusted'],
		['blind', 'distrusted', 'distrusted'],
		['undecided', 'verified', 'verified'],
		['blind', 'undecided', 'blind'],
	];
	const keys = cases.map((_, n) => fingerprint(String(n)));
	for (const [n, [here]] of cases.entries()) {
		omemo.setTrust(juliet, romeo, fingerprint(String(n)), here);
	}

	const trust = cases.map(([, there], n) => ({owner: romeo, fingerprint: fingerprint(String(n)), trust: there}));
	omemo.choose(withRomeo, 'off');
	omemo.saveDevice({...device, label: 'New phone'});
	takeUpKeyBackup({...backup, trust}, storage);
	t.deepEqual(
		keys.map(key => omemo.trust(juliet, romeo).get(key)),
		cases.map(([, , then]) => then),
	);
	t.is(omemo.choice(withRomeo), 'off');
	t.true(omemo.wasEncrypted(withRomeo));
	t.is(omemo.device(juliet, romeo, 12)?.label, 'New phone');
});
