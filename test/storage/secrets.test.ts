import {randomBytes} from 'node:crypto';
import {chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import {type Clock, systemClock} from '../../source/shared/clock.js';
import type {ProfileDirectories} from '../../source/storage/directories.js';
import type {SecretStore} from '../../source/storage/ports.js';
import {seal, unseal} from '../../source/storage/secrets/seal.js';
import {createSecretStores, type SecretStoreOptions} from '../../source/storage/secrets/stores.js';
import {juliet, romeo, stoppedClock, temporaryProfile} from './temporary-profile.js';

const secret = 'wherefore art thou';

function stores(directories: ProfileDirectories, part: Partial<SecretStoreOptions> = {}) {
	return createSecretStores({directories, clock: stoppedClock, ...part});
}

function withPassphrase(directories: ProfileDirectories, passphrase?: string): SecretStore {
	const askPassphrase = async () => passphrase;
	return stores(directories, {askPassphrase}).forAccount({jid: juliet, secrets: 'passphrase'});
}

function withKeyFile(directories: ProfileDirectories, keyFile?: string): SecretStore {
	const part = keyFile === undefined ? {} : {keyFile};
	return stores(directories, part).forAccount({jid: juliet, secrets: 'key-file'});
}

function withCommand(command: readonly string[], clock: Clock = systemClock): SecretStore {
	const directories = {profile: 'default', config: '/none', data: '/none', state: '/none', runtime: '/none'};
	return createSecretStores({directories, clock}).forAccount({
		jid: juliet,
		secrets: 'command',
		passwordCommand: command,
	});
}

/** Nothing below the profile may hold the secret, in whatever coding. */
function neverInClear(t: ExecutionContext, ...directories: readonly string[]): void {
	for (const directory of directories.filter(path => existsSync(path))) {
		for (const name of readdirSync(directory)) {
			const text = readFileSync(join(directory, name), 'latin1');
			t.false(text.includes(secret), name);
			t.false(text.includes(Buffer.from(secret).toString('base64').slice(0, -4)), name);
			t.is(statSync(join(directory, name)).mode & 0o777, 0o600, name);
		}
	}
}

test('what was sealed opens with its key in its place, and nowhere else', t => {
	const place = {table: 'sessions', id: 'juliet@example.org/7', version: 1};
	fc.assert(
		fc.property(fc.uint8Array({maxLength: 300}), content => {
			const key = randomBytes(32);
			const sealed = seal(key, content, place);
			t.deepEqual(unseal(key, sealed, place), Buffer.from(content));
			t.is(unseal(randomBytes(32), sealed, place), undefined);
			t.is(unseal(key, sealed, {...place, id: 'juliet@example.org/8'}), undefined);
			t.is(unseal(key, sealed, {...place, table: 'prekeys'}), undefined);
			t.is(unseal(key, sealed, {...place, version: 2}), undefined);
			t.notDeepEqual(seal(key, content, place), sealed);
		}),
		{numRuns: 30},
	);
});

test('a sealed record with any bit changed, or cut, does not open', t => {
	const key = randomBytes(32);
	const place = {table: 'secret', id: 'x', version: 1};
	const sealed = seal(key, Buffer.from(secret), place);
	for (let bit = 0; bit < sealed.length * 8; bit += 1) {
		const changed = Buffer.from(sealed);
		changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
		t.is(unseal(key, changed, place), undefined);
	}

	for (let length = 0; length < sealed.length; length += 1) {
		t.is(unseal(key, sealed.subarray(0, length), place), undefined);
	}
});

test('passphrase: a secret comes back in the next process, and its file holds nothing in clear', async t => {
	const directories = temporaryProfile(t);
	const store = withPassphrase(directories, 'but soft');
	t.is(await store.get(juliet, 'password'), undefined);
	await store.set(juliet, 'password', secret);
	await store.set(romeo, 'password', 'other');
	t.is(store.backend, 'passphrase');

	const next = withPassphrase(directories, 'but soft');
	t.is(await next.status(), 'locked');
	t.is(await next.get(juliet, 'password'), secret);
	t.is(await next.status(), 'ready');
	t.is(await next.get(juliet, 'fast'), undefined);
	t.is(await next.get(romeo, 'password'), 'other');
	neverInClear(t, directories.data, directories.config);

	await next.delete(juliet, 'password');
	t.is(await next.get(juliet, 'password'), undefined);
	t.is(await next.get(romeo, 'password'), 'other');
});

test('passphrase: a wrong one is said to be wrong, asked for once, and `unlock` mends it', async t => {
	const directories = temporaryProfile(t);
	await withPassphrase(directories, 'but soft').set(juliet, 'password', secret);

	const purposes: string[] = [];
	const both = stores(directories, {
		async askPassphrase(purpose) {
			purposes.push(purpose);
			return 'but hard';
		},
	});
	const store = both.forAccount({jid: juliet, secrets: 'passphrase'});
	for (const attempt of [() => store.get(juliet, 'password'), () => store.get(romeo, 'password')]) {
		t.like(await t.throwsAsync(attempt), {code: 'wrong-passphrase', kind: 'notPermitted'});
	}

	t.like(await t.throwsAsync(both.unlock('still wrong')), {code: 'wrong-passphrase'});
	t.like(await t.throwsAsync(both.unlock('')), {code: 'empty-passphrase', kind: 'badData'});
	await both.unlock('but soft');
	t.is(await store.get(juliet, 'password'), secret);
	t.deepEqual(purposes, ['open']);
});

test('passphrase: where nobody can be asked the secrets are locked, not absent', async t => {
	const directories = temporaryProfile(t);
	await withPassphrase(directories, 'but soft').set(juliet, 'password', secret);
	for (const store of [
		withPassphrase(directories),
		stores(directories).forAccount({jid: juliet, secrets: 'passphrase'}),
	]) {
		t.like(await t.throwsAsync(store.get(juliet, 'password')), {code: 'secrets-locked', kind: 'unavailable'});
	}
});

test('passphrase: the first one is announced as a new one', async t => {
	const purposes: string[] = [];
	const store = stores(temporaryProfile(t), {
		async askPassphrase(purpose) {
			purposes.push(purpose);
			return 'but soft';
		},
	}).forAccount({jid: juliet, secrets: 'passphrase'});
	await Promise.all([store.set(juliet, 'password', secret), store.set(romeo, 'password', 'other')]);
	t.is(await store.get(juliet, 'password'), secret);
	t.is(await store.get(romeo, 'password'), 'other');
	t.deepEqual(purposes, ['create']);
});

test('passphrase: a damaged file is named and kept', async t => {
	const directories = temporaryProfile(t);
	await withPassphrase(directories, 'but soft').set(juliet, 'password', secret);
	const path = join(directories.data, 'secrets-passphrase.json');
	const sound = JSON.parse(readFileSync(path, 'utf8'));
	const record = Buffer.from(sound.records['juliet@example.org/password'], 'base64');
	record.writeUInt8(record.readUInt8(20) ^ 1, 20);
	for (const text of [
		'{"version": 1',
		'[]',
		JSON.stringify({...sound, version: 2}),
		JSON.stringify({...sound, kdf: {...sound.kdf, N: 2 ** 30}}),
		JSON.stringify({...sound, kdf: undefined}),
		JSON.stringify({...sound, records: {'juliet@example.org/password': record.toString('base64')}}),
	]) {
		writeFileSync(path, text);
		const store = withPassphrase(directories, 'but soft');
		const error = await t.throwsAsync(store.get(juliet, 'password'));
		t.like(error, {code: 'secrets-corrupt', kind: 'storage'});
		t.true(error.message.includes(path));
		t.is(readFileSync(path, 'utf8'), text);
	}
});

test('key-file: the key is made at the first secret, for us alone and apart from what it seals', async t => {
	const directories = temporaryProfile(t);
	const store = withKeyFile(directories);
	t.is(await store.get(juliet, 'password'), undefined);
	t.false(existsSync(directories.config));
	await store.set(juliet, 'password', secret);
	await store.set(juliet, 'fast', 'token');

	const key = join(directories.config, 'secret.key');
	t.like(statSync(key), {size: 32});
	t.is(await withKeyFile(directories).get(juliet, 'password'), secret);
	t.is(await withKeyFile(directories).get(juliet, 'fast'), 'token');
	t.is(await withKeyFile(directories).status(), 'ready');
	neverInClear(t, directories.data, directories.config);

	await store.delete(juliet, 'password');
	t.is(await withKeyFile(directories).get(juliet, 'password'), undefined);
	t.is(await withKeyFile(directories).get(juliet, 'fast'), 'token');
});

test('key-file: a key that a machine was given is used as it is', async t => {
	const directories = temporaryProfile(t);
	mkdirSync(directories.data, {recursive: true, mode: 0o700});
	const key = join(directories.data, 'given');
	const bytes = randomBytes(32);
	writeFileSync(key, bytes, {mode: 0o600});
	await withKeyFile(directories, key).set(juliet, 'password', secret);
	t.is(await withKeyFile(directories, key).get(juliet, 'password'), secret);
	t.deepEqual(readFileSync(key), bytes);
});

test('key-file: a key that others can read is refused', async t => {
	const directories = temporaryProfile(t);
	await withKeyFile(directories).set(juliet, 'password', secret);
	const key = join(directories.config, 'secret.key');
	for (const mode of [0o640, 0o604, 0o620]) {
		chmodSync(key, mode);
		const error = await t.throwsAsync(withKeyFile(directories).get(juliet, 'password'));
		t.like(error, {code: 'key-file-exposed', kind: 'configuration'});
		t.true(error.message.includes(key));
	}
});

test('key-file: a lost, foreign or cut key never makes a new one while there are secrets', async t => {
	const directories = temporaryProfile(t);
	await withKeyFile(directories).set(juliet, 'password', secret);
	const key = join(directories.config, 'secret.key');
	const store = withKeyFile(directories);

	writeFileSync(key, randomBytes(32), {mode: 0o600});
	t.like(await t.throwsAsync(store.get(juliet, 'password')), {code: 'secrets-corrupt'});
	writeFileSync(key, 'short', {mode: 0o600});
	t.like(await t.throwsAsync(store.get(juliet, 'password')), {code: 'key-file-invalid', kind: 'configuration'});
	rmSync(key);
	t.is(await store.status(), 'unavailable');
	for (const attempt of [() => store.get(juliet, 'password'), () => store.set(juliet, 'password', 'new')]) {
		t.like(await t.throwsAsync(attempt), {code: 'secrets-unavailable', kind: 'unavailable'});
	}

	t.false(existsSync(key));
});

test('command: the first line is the password, exactly', async t => {
	const print = (text: string) => [process.execPath, '-e', `process.stdout.write(${JSON.stringify(text)})`];
	t.is(await withCommand(print('wherefore art\nurl: x\n')).get(juliet, 'password'), 'wherefore art');
	t.is(await withCommand(print('  blanks \r\n')).get(juliet, 'password'), '  blanks ');
	t.is(await withCommand(print('pässwörd')).get(juliet, 'password'), 'pässwörd');
	t.is(await withCommand(print('x')).get(juliet, 'fast'), undefined);
});

test('command: arguments reach the program as they are, without a shell', async t => {
	const show = [process.execPath, '-e', 'process.stdout.write(JSON.stringify(process.argv.slice(1)))', '--'];
	const wild = ['$HOME', '`id`', '; echo x', '"quoted"', '*'];
	t.deepEqual(JSON.parse((await withCommand([...show, ...wild]).get(juliet, 'password')) ?? ''), wild);
});

test('command: every way to fail says whose it is, what happened and what to do', async t => {
	const node = (code: string) => [process.execPath, '-e', code];
	for (const [command, expected] of [
		[node('process.exit(3)'), /failed with exit status 3\.$/],
		[
			node('console.error("gpg: no\\u001b[31m key\\nmore"); process.exit(2)'),
			/exit status 2: gpg: no\u241b\[31m key\.$/,
		],
		[node('process.kill(process.pid, "SIGTERM")'), /was ended by SIGTERM/],
		[node('console.log("")'), /printed nothing on its first line/],
		[['/does/not/exist'], /cannot be started/],
		[[], /is not set/],
	] as const) {
		const error = await t.throwsAsync(withCommand(command).get(juliet, 'password'));
		t.like(error, {code: 'password-command-failed', kind: 'unavailable'});
		t.regex(error.message, expected);
		t.true(error.message.startsWith('The password command of juliet@example.org'));
		t.true('hint' in error);
	}
});

test('command: a program that does not finish is ended', async t => {
	const timers: Array<{delay: number; task: () => void}> = [];
	const clock: Clock = {
		...stoppedClock,
		after(delay, task) {
			timers.push({delay, task});
			return () => {};
		},
	};
	const password = withCommand([process.execPath, '-e', 'setInterval(() => {}, 1000)'], clock).get(juliet, 'password');
	t.is(timers[0]?.delay, 60_000);
	timers[0]?.task();
	t.regex((await t.throwsAsync(password)).message, /did not finish within 60 s/);
});

test('command: nothing can be stored', async t => {
	const store = withCommand(['true']);
	t.like(await t.throwsAsync(store.set(juliet, 'password', secret)), {
		code: 'secrets-read-only',
		kind: 'configuration',
	});
	await t.notThrowsAsync(store.delete(juliet, 'password'));
});
