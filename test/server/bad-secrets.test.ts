/** Passwords that cannot be had, end to end: a key file that is wrong, a keychain that is locked, silent or missing. */
import {chmodSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {
	addAccountAt,
	assertRefused,
	juliet,
	makeAccountAt,
	password,
	type Refusal,
	showsAll,
} from '../support/bad-input.js';
import {type KeyringSession, startKeyringSession} from '../support/keyring-session.js';
import {makeXmppc, runProgram, type Xmppc} from '../support/peers/xmppc.js';
import {type Prosody, startProsody} from '../support/prosody.js';
import {keys} from '../support/terminal.js';

type Scene = {readonly server: Prosody};

const test = anyTest as TestFn<Scene>;
const send = ['send', 'romeo@example.test', 'hello'];
const accountTest = ['account', 'test', juliet];

test.before(async t => {
	t.context = {server: await startProsody({accounts: {juliet: password, romeo: password}})};
});

test.after.always(async t => {
	await (t.context as Partial<Scene>).server?.stop();
});

test.serial('a key file that is lost, damaged or open to others, and secrets that are damaged or gone', async t => {
	const {port, caFile} = t.context.server;
	const xmppc = await makeAccountAt(t, {port, caFile});
	const profile = (kind: string, name: string) => path.join(xmppc.home.directory, kind, 'xmppc', 'default', name);
	const key = profile('config', 'secret.key');
	const sealed = profile('data', 'secrets-key-file.json');
	const original = {key: readFileSync(key), sealed: readFileSync(sealed)};
	const cases: ReadonlyArray<readonly [() => void, Refusal]> = [
		[() => rmSync(key), {status: 69, says: [/key file .*secret\.key is missing/, /Put it back/]}],
		[() => writeFileSync(key, 'short'), {status: 78, says: [/secret\.key does not hold a key/, /Restore it/]}],
		[() => chmodSync(key, 0o644), {status: 78, says: [/secret\.key can be read or changed by other/, /chmod 600/]}],
		[() => writeFileSync(sealed, '{'), {status: 74, says: [/secrets-key-file\.json cannot be read/, /Restore/]}],
		[() => rmSync(sealed), {status: 78, says: [/No password is stored for juliet@example\.test/, /account add/]}],
	];
	for (const [damage, expected] of cases) {
		damage();
		assertRefused(t, await xmppc.run(send), expected);
		assertRefused(t, await xmppc.run(accountTest), expected);
		writeFileSync(key, original.key);
		chmodSync(key, 0o600);
		writeFileSync(sealed, original.sealed, {mode: 0o600});
	}

	t.is((await xmppc.run(accountTest)).status, 0);
});

/** A profile whose password lies in the keychain of a session of its own. */
async function keychainScene(t: ExecutionContext<Scene>): Promise<{keyring: KeyringSession; xmppc: Xmppc}> {
	const keyring = await startKeyringSession();
	t.teardown(keyring.stop);
	const {DBUS_SESSION_BUS_ADDRESS = ''} = keyring.environment;
	const xmppc = makeXmppc([], {DBUS_SESSION_BUS_ADDRESS});
	t.teardown(xmppc.remove);
	const {port, caFile} = t.context.server;
	const added = await addAccountAt(xmppc, {port, caFile}, ['--secrets', 'keychain']);
	t.deepEqual(added, {status: 0, output: '', errors: `Added ${juliet}; its password is kept by: keychain\n`});
	return {keyring, xmppc};
}

test.serial('a locked keychain', async t => {
	const {keyring, xmppc} = await keychainScene(t);
	t.is((await xmppc.run(send)).status, 0);
	await keyring.lock();
	const expected = {status: 69, says: [/keychain \(Secret Service\) is locked/, /Unlock it/]};
	assertRefused(t, await xmppc.run(send), expected);
	assertRefused(t, await xmppc.run(accountTest), expected);
	const terminal = xmppc.open({columns: 200});
	t.teardown(terminal.stop);
	await showsAll(terminal, expected.says);
	terminal.type(`/quit${keys.enter}`);
	t.is((await terminal.ended).code, 0);
	// Somebody who has chosen no place yet hears of the others.
	assertRefused(t, await xmppc.run(['account', 'add', 'nurse@example.test', '--password-stdin'], 'patience\n'), {
		status: 69,
		says: [/is locked/, /Unlock it/, /--secrets key-file, passphrase or command/],
	});
});

test.serial('a keychain that does not answer', async t => {
	const {keyring, xmppc} = await keychainScene(t);
	keyring.freeze();
	const expected = {status: 75, says: [/keychain \(Secret Service\) (?:does not answer|did not answer)/, /try again/]};
	assertRefused(t, await xmppc.run(send), expected);
	const terminal = xmppc.open({columns: 200});
	t.teardown(terminal.stop);
	await showsAll(terminal, expected.says);
	terminal.type(`/quit${keys.enter}`);
	t.is((await terminal.ended).code, 0);
});

test.serial('no keychain', async t => {
	const {xmppc} = await keychainScene(t);
	const {DBUS_SESSION_BUS_ADDRESS: _, ...withoutBus} = xmppc.home.environment;
	const expected = {
		status: 69,
		says: [/no Secret Service answers on D-Bus/, /--secrets key-file, passphrase or command/],
	};
	assertRefused(t, await runProgram([...xmppc.command, ...send], withoutBus), expected);
	assertRefused(t, await runProgram([...xmppc.command, ...accountTest], withoutBus), expected);
	const fresh = makeXmppc();
	t.teardown(fresh.remove);
	assertRefused(t, await fresh.run(['account', 'add', juliet, '--password-stdin'], 'secret\n'), expected);
});
