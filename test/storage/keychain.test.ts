import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {type Clock, systemClock} from '../../source/shared/clock.js';
import type {SecretStore, SecretStores} from '../../source/storage/ports.js';
import {createSecretStores} from '../../source/storage/secrets/stores.js';
import {type KeyringSession, startKeyringSession} from '../support/keyring-session.js';
import {juliet, romeo, stoppedClock, temporaryProfile} from './temporary-profile.js';

/** Time-outs twenty times as long: the machine that runs the tests may be busy. */
const patientClock: Clock = {...systemClock, after: (delay, task) => systemClock.after(20 * delay, task)};

type Environment = Readonly<Record<string, string | undefined>>;

function open(
	t: ExecutionContext,
	environment: Environment,
	{clock = patientClock, directories = temporaryProfile(t)} = {},
): {stores: SecretStores; keychain: SecretStore; names: string} {
	const stores = createSecretStores({directories, clock, environment});
	return {
		stores,
		keychain: stores.forAccount({jid: juliet, secrets: 'keychain'}),
		names: join(directories.data, 'keychain-names.json'),
	};
}

async function session(t: ExecutionContext, options?: {service: boolean}): Promise<KeyringSession> {
	const started = await startKeyringSession(options);
	t.teardown(() => started.stop());
	return started;
}

test('a secret is kept, changed and removed, one entry per profile, account and name', async t => {
	const {environment} = await session(t);
	const {stores, keychain} = open(t, environment);
	t.is(keychain.backend, 'keychain');
	t.is(await stores.preferred(), 'keychain');
	t.is(await keychain.status(), 'ready');
	t.is(await keychain.get(juliet, 'password'), undefined);

	const odd = 'päss\nwörd\u0001 😀 "\'$(id)';
	await keychain.set(juliet, 'password', odd);
	await keychain.set(romeo, 'password', 'his');
	await keychain.set(juliet, 'fast', 'token');
	t.is(await keychain.get(juliet, 'password'), odd);
	t.is(await keychain.get(romeo, 'password'), 'his');
	t.is(await keychain.get(juliet, 'fast'), 'token');

	const other = open(t, environment, {directories: temporaryProfile(t, 'work')});
	t.is(await other.keychain.get(juliet, 'password'), undefined);

	await keychain.set(juliet, 'password', 'new');
	t.is(await keychain.get(juliet, 'password'), 'new');
	await keychain.delete(juliet, 'password');
	t.is(await keychain.get(juliet, 'password'), undefined);
	await keychain.delete(juliet, 'password');
});

test('questions asked at once are answered one after the other', async t => {
	const {environment} = await session(t);
	const {keychain} = open(t, environment);
	await Promise.all([
		keychain.set(juliet, 'password', 'hers'),
		keychain.set(romeo, 'password', 'his'),
		keychain.set(juliet, 'password', 'newer'),
	]);
	t.deepEqual(await Promise.all([keychain.get(juliet, 'password'), keychain.get(romeo, 'password')]), ['newer', 'his']);
});

test('a large secret is kept whole', async t => {
	const {environment} = await session(t);
	const {keychain} = open(t, environment);
	const large = 'x'.repeat(64_000);
	await keychain.set(juliet, 'identity', large);
	t.is(await keychain.get(juliet, 'identity'), large);
});

test('a keychain that lost what was stored in it is an error, never "nothing found"', async t => {
	const first = await session(t);
	const directories = temporaryProfile(t);
	const before = open(t, first.environment, {directories});
	await before.keychain.set(juliet, 'password', 'secret');
	t.deepEqual(JSON.parse(readFileSync(before.names, 'utf8')), ['juliet@example.org/password']);

	// Another keyring in place of the first, as after a reset.
	const second = await session(t);
	const after = open(t, second.environment, {directories});
	const error = await t.throwsAsync(after.keychain.get(juliet, 'password'));
	t.like(error, {code: 'secrets-missing', kind: 'unavailable'});
	t.is(await after.keychain.get(juliet, 'fast'), undefined);

	await after.keychain.delete(juliet, 'password');
	t.is(await after.keychain.get(juliet, 'password'), undefined);
});

test('a locked keychain is locked, for reading, writing and removing', async t => {
	const started = await session(t);
	const {stores, keychain, names} = open(t, started.environment);
	await keychain.set(juliet, 'password', 'secret');
	await started.lock();

	for (const attempt of [
		() => keychain.get(juliet, 'password'),
		() => keychain.set(juliet, 'password', 'new'),
		() => keychain.delete(juliet, 'password'),
	]) {
		const error = await t.throwsAsync(attempt);
		t.like(error, {code: 'secrets-locked', kind: 'unavailable'});
		t.regex(error.message, /keychain \(Secret Service\) is locked/);
		t.true('hint' in error);
	}

	await t.throwsAsync(keychain.set(romeo, 'password', 'his'));
	t.deepEqual(JSON.parse(readFileSync(names, 'utf8')), ['juliet@example.org/password']);
	const unfit = await t.throwsAsync(stores.preferred());
	t.like(unfit, {code: 'secrets-locked'});
	t.regex('hint' in unfit ? String(unfit.hint) : '', /Unlock it.*--secrets key-file/);
});

test('without a secrets service on the bus, or without any bus, the keychain is unavailable', async t => {
	const {environment} = await session(t, {service: false});
	const {DBUS_SESSION_BUS_ADDRESS: _, ...withoutBus} = environment;
	for (const found of [
		environment,
		withoutBus,
		{...withoutBus, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus'},
	]) {
		const {stores, keychain, names} = open(t, found);
		for (const attempt of [() => keychain.get(juliet, 'password'), () => keychain.set(juliet, 'password', 'x')]) {
			const error = await t.throwsAsync(attempt);
			t.like(error, {code: 'secrets-unavailable', kind: 'unavailable'});
			t.regex(error.message, /no Secret Service answers on D-Bus/);
			t.true('hint' in error && String(error.hint).includes('--secrets'));
		}

		t.is(await keychain.status(), 'unavailable');
		t.like(await t.throwsAsync(stores.preferred()), {code: 'secrets-unavailable'});
		t.false(existsSync(names) && readFileSync(names, 'utf8').includes('juliet'));
	}
});

test('a service that does not answer is given up, and this process stays awake meanwhile', async t => {
	const started = await session(t);
	started.freeze();
	const {keychain} = open(t, started.environment);
	let ticks = 0;
	const ticking = setInterval(() => {
		ticks += 1;
	}, 20);
	const error = await t.throwsAsync(keychain.get(juliet, 'password'));
	clearInterval(ticking);
	t.like(error, {code: 'secrets-timeout', kind: 'temporary'});
	t.true(ticks > 20);
});

test('the keychain has five seconds, then its process is ended', async t => {
	const started = await session(t);
	started.freeze();
	const delays: number[] = [];
	const impatient: Clock = {
		...stoppedClock,
		after(delay, task) {
			delays.push(delay);
			const timer = setImmediate(task);
			return () => clearImmediate(timer);
		},
	};
	const {keychain} = open(t, started.environment, {clock: impatient});
	const error = await t.throwsAsync(keychain.set(juliet, 'password', 'x'));
	t.like(error, {code: 'secrets-timeout', kind: 'temporary'});
	t.regex(error.message, /did not answer within 5 s/);
	t.deepEqual(delays, [5000]);
});

test('a damaged list of what was stored is named, and kept', async t => {
	const {environment} = await session(t);
	const {keychain, names} = open(t, environment);
	await keychain.set(juliet, 'password', 'x');
	for (const text of ['{', '{"a": 1}']) {
		writeFileSync(names, text);
		for (const attempt of [() => keychain.get(juliet, 'fast'), () => keychain.set(romeo, 'password', 'y')]) {
			const error = await t.throwsAsync(attempt);
			t.like(error, {code: 'secrets-corrupt', kind: 'storage'});
			t.true(error.message.includes(names));
		}

		t.is(readFileSync(names, 'utf8'), text);
	}

	t.is(await keychain.get(juliet, 'password'), 'x');
});

const withCommand = {jid: juliet, secrets: 'command', passwordCommand: ['pass', 'xmpp']} as const;

test.serial(
	'the identity beside a password command goes to the keychain where that works, and stays there',
	async t => {
		const started = await session(t);
		const directories = temporaryProfile(t);
		const notices: string[] = [];
		const open = () =>
			createSecretStores({
				directories,
				clock: patientClock,
				environment: started.environment,
				notice: text => notices.push(text),
			});
		await open().forIdentity(withCommand).set(juliet, 'identity', 'both keys');
		t.deepEqual(notices, [
			'The program that knows the password of juliet@example.org can store nothing, so its encryption identity is in the keychain.',
		]);
		const stores = open();
		t.is(stores.forIdentity(withCommand).backend, 'keychain');
		t.is(await stores.forIdentity(withCommand).get(juliet, 'identity'), 'both keys');
		t.is(await stores.forAccount({jid: juliet, secrets: 'keychain'}).get(juliet, 'identity'), 'both keys');

		await started.lock();
		const place = open().forIdentity(withCommand);
		for (const attempt of [() => place.get(juliet, 'identity'), () => place.set(juliet, 'identity', 'other keys')]) {
			t.like(await t.throwsAsync(attempt), {code: 'secrets-locked'});
		}

		t.is(notices.length, 1);
		t.false(existsSync(join(directories.data, 'secrets-key-file.json')));
	},
);

test.serial('the first identity beside a password command does not wait for a locked keychain', async t => {
	const started = await session(t);
	await started.lock();
	const directories = temporaryProfile(t);
	const notices: string[] = [];
	const stores = createSecretStores({
		directories,
		clock: patientClock,
		environment: started.environment,
		notice: text => notices.push(text),
	});
	await stores.forIdentity(withCommand).set(juliet, 'identity', 'both keys');
	t.is(stores.forIdentity(withCommand).backend, 'key-file');
	t.regex(notices[0] ?? '', /is in a file .* keychain cannot be used: .*is locked/);
	t.is(await stores.forIdentity(withCommand).get(juliet, 'identity'), 'both keys');
});
