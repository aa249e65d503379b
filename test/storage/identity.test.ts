import {randomBytes} from 'node:crypto';
import {existsSync, readdirSync, readFileSync, statSync, unlinkSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import type {AccountSettings} from '../../source/model/account.js';
import {XmppcError} from '../../source/shared/errors.js';
import type {ProfileDirectories} from '../../source/storage/directories.js';
import {type IdentityPorts, keepIdentity, openIdentity} from '../../source/storage/identity.js';
import type {SecretStore} from '../../source/storage/ports.js';
import {formatIdentitySecret, parseIdentitySecret} from '../../source/storage/secrets/identity-secret.js';
import {createSecretStores} from '../../source/storage/secrets/stores.js';
import {memorySecrets} from '../client/profile.js';
import {juliet, romeo, stoppedClock, temporaryProfile, temporaryStorage} from './temporary-profile.js';

const secret = {identity: Buffer.alloc(32, 1), storeKey: Buffer.alloc(32, 2)};
const account: Pick<AccountSettings, 'jid' | 'secrets'> = {jid: juliet, secrets: 'key-file'};
const withCommand = {jid: juliet, secrets: 'command', passwordCommand: ['pass', 'xmpp']} as const;
const record = Uint8Array.from(Buffer.from('prekeys'));

async function ports(
	t: ExecutionContext,
): Promise<IdentityPorts & {omemo: Awaited<ReturnType<typeof temporaryStorage>>['omemo']}> {
	return {secrets: memorySecrets(), omemo: (await temporaryStorage(t)).omemo};
}

test('both keys come back from their one text, which fits into every keychain', t => {
	const keys = fc.uint8Array({minLength: 32, maxLength: 32});
	fc.assert(
		fc.property(keys, keys, (identity, storeKey) => {
			const text = formatIdentitySecret({identity, storeKey});
			t.deepEqual(parseIdentitySecret(text), {identity: Buffer.from(identity), storeKey: Buffer.from(storeKey)});
			t.true(text.length < 200);
			t.regex(text, /^[\x20-\x7e]+$/);
		}),
	);
	t.throws(() => formatIdentitySecret({...secret, identity: Buffer.alloc(31)}), {instanceOf: RangeError});
	t.throws(() => formatIdentitySecret({...secret, storeKey: Buffer.alloc(33)}), {instanceOf: RangeError});
});

test('a text that is not exactly such a one means nothing', t => {
	const sound = formatIdentitySecret(secret);
	for (const text of [
		'',
		` ${sound}`,
		`${sound}\n`,
		sound.replace(' 1 ', ' 2 '),
		sound.replace('xmppc-identity', 'identity'),
		sound.slice(0, -1),
		`${sound}A`,
		sound.replace('AQEB', 'AQ=B'),
		sound.replace('AQEB', 'AQ+B'),
		// The last character holds two bits that mean nothing, and one text is to mean one key.
		`${sound.slice(0, -1)}J`,
		sound.split(' ').slice(0, 3).join(' '),
	]) {
		t.is(parseIdentitySecret(text), undefined, text);
	}
});

test('an account without a device and without an identity has none', async t => {
	t.deepEqual(await openIdentity(account, await ports(t)), {state: 'none'});
});

test('an identity that was kept opens what was saved under it, in the next process', async t => {
	const directories = temporaryProfile(t);
	const secrets = memorySecrets();
	const first = await temporaryStorage(t, directories);
	await keepIdentity(account, secret, {secrets, omemo: first.omemo});
	t.deepEqual(await openIdentity(account, {secrets, omemo: first.omemo}), {state: 'none', spare: secret});
	first.omemo.saveOwnDevice(juliet, {id: 7, record});
	first.close();

	const {omemo} = await temporaryStorage(t, directories);
	t.deepEqual(await openIdentity(account, {secrets, omemo}), {state: 'open', secret});
	t.deepEqual(omemo.ownDevice(juliet), {id: 7, record});
});

test('a device whose identity is not found locks the account, and no other identity is made', async t => {
	const it = await ports(t);
	await keepIdentity(account, secret, it);
	it.omemo.saveOwnDevice(juliet, {id: 7, record});
	await it.secrets.forIdentity(account).delete(juliet, 'identity');
	const found = await openIdentity(account, it);
	t.like(found, {state: 'locked', problem: {code: 'identity-missing', kind: 'configuration'}});
	t.true(found.state === 'locked' && found.problem.hint !== undefined && found.problem.message.includes(juliet));
	t.is(it.omemo.ownDeviceId(juliet), 7);
});

test('a store of secrets that cannot be read locks the account, with a device and without one', async t => {
	const it = await ports(t);
	const fail = async () => {
		throw new XmppcError({
			code: 'secrets-locked',
			kind: 'unavailable',
			message: 'The keychain is locked.',
			hint: 'Unlock it.',
		});
	};
	const secrets = {forIdentity: (): SecretStore => ({...it.secrets.forIdentity(account), get: fail})};
	t.like(await openIdentity(account, {...it, secrets}), {
		state: 'locked',
		problem: {code: 'secrets-locked', hint: 'Unlock it.'},
	});
	it.omemo.unlock(juliet, secret.storeKey);
	it.omemo.saveOwnDevice(juliet, {id: 7, record});
	t.like(await openIdentity(account, {...it, secrets}), {state: 'locked', problem: {code: 'secrets-locked'}});
});

test('an identity of another time than the database locks the account', async t => {
	const it = await ports(t);
	await keepIdentity(account, secret, it);
	it.omemo.saveOwnDevice(juliet, {id: 7, record});
	const store = it.secrets.forIdentity(account);
	await store.set(juliet, 'identity', formatIdentitySecret({...secret, storeKey: randomBytes(32)}));
	t.like(await openIdentity(account, it), {state: 'locked', problem: {code: 'store-key-wrong'}});
	await store.set(juliet, 'identity', 'xmppc-identity 2 something newer');
	t.like(await openIdentity(account, it), {state: 'locked', problem: {code: 'identity-unreadable'}});
	it.omemo.forgetOwnDevice(juliet);
	t.like(await openIdentity(account, it), {state: 'locked', problem: {code: 'identity-unreadable'}});
});

/** Stores without a keychain, and what they say. */
function stores(directories: ProfileDirectories) {
	const notices: string[] = [];
	const environment = {PATH: process.env.PATH, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus'};
	const made = createSecretStores({directories, clock: stoppedClock, environment, notice: text => notices.push(text)});
	return {stores: made, notices};
}

test('an account that stores secrets itself keeps its identity there', async t => {
	const directories = temporaryProfile(t);
	const {stores: made, notices} = stores(directories);
	t.is(made.forIdentity(account).backend, 'key-file');
	await made.forIdentity(account).set(juliet, 'identity', formatIdentitySecret(secret));
	t.is(await made.forAccount(account).get(juliet, 'identity'), formatIdentitySecret(secret));
	t.deepEqual(notices, []);
});

test('without a keychain the identity beside a password command is sealed in a file, and the person is told where and why', async t => {
	const directories = temporaryProfile(t);
	const {stores: made, notices} = stores(directories);
	const place = made.forIdentity(withCommand);
	t.is(place.backend, 'command');
	t.is(await place.get(juliet, 'identity'), undefined);
	t.is(await place.status(), 'ready');
	await place.delete(juliet, 'identity');
	t.false(existsSync(directories.data));

	const text = formatIdentitySecret(secret);
	await place.set(juliet, 'identity', text);
	t.is(place.backend, 'key-file');
	t.is(notices.length, 1);
	t.regex(
		notices[0] ?? '',
		/juliet@example\.org .*encryption identity is in a file that the key in .*secret\.key opens/,
	);
	t.regex(notices[0] ?? '', /keychain cannot be used: .*Secret Service/);
	for (const directory of [directories.data, directories.config]) {
		for (const name of readdirSync(directory)) {
			const path = join(directory, name);
			t.is(statSync(path).mode & 0o777, 0o600);
			t.false(readFileSync(path, 'latin1').includes(text.slice(20, 60)), name);
		}
	}

	const next = stores(directories);
	t.is(await next.stores.forIdentity(withCommand).get(juliet, 'identity'), text);
	await next.stores.forIdentity(withCommand).set(juliet, 'identity', 'changed');
	t.is(await next.stores.forIdentity(withCommand).get(juliet, 'identity'), 'changed');
	t.is(await next.stores.forIdentity({...withCommand, jid: romeo}).get(romeo, 'identity'), undefined);
	t.deepEqual(next.notices, []);

	unlinkSync(join(directories.config, 'secret.key'));
	t.like(await t.throwsAsync(place.get(juliet, 'identity')), {code: 'secrets-unavailable'});
	await place.delete(juliet, 'identity');
	t.is(await place.get(juliet, 'identity'), undefined);
});
