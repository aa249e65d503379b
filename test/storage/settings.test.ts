import {execFile} from 'node:child_process';
import {
	chmodSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import type {AccountSettings} from '../../source/model/account.js';
import {defaultSettings} from '../../source/model/settings.js';
import {isXmppcError} from '../../source/shared/errors.js';
import {findKey, findSyntaxError} from '../../source/storage/json-location.js';
import {openSettings} from '../../source/storage/settings.js';
import {juliet, romeo, temporaryProfile} from './temporary-profile.js';

const account: AccountSettings = {jid: juliet, enabled: true, secrets: 'keychain'};

/** A profile whose settings file holds `text`. */
function withFile(t: Parameters<typeof temporaryProfile>[0], text: string) {
	const directories = temporaryProfile(t);
	const settings = openSettings(directories);
	mkdirSync(directories.config, {recursive: true, mode: 0o700});
	writeFileSync(settings.path, text);
	return settings;
}

test('without a file the defaults hold, and reading creates nothing', t => {
	const directories = temporaryProfile(t);
	const settings = openSettings(directories);
	t.deepEqual(settings.read(), defaultSettings);
	t.is(settings.path, join(directories.config, 'settings.json'));
	t.false(existsSync(directories.config));
});

test('an update is written for us alone, read back by the next process, and leaves no temporary file', async t => {
	const directories = temporaryProfile(t);
	const settings = openSettings(directories);
	const full: AccountSettings = {
		...account,
		host: 'localhost',
		port: 5223,
		directTls: true,
		webSocket: 'wss://localhost/xmpp-websocket',
		tlsCa: '/etc/ca.pem',
		tlsPin: 'ab'.repeat(32),
		secrets: 'command',
		passwordCommand: ['pass', 'show', 'xmpp'],
	};
	const written = await settings.update(before => ({...before, accounts: [full], receipts: false}));

	t.deepEqual(written, {...defaultSettings, accounts: [full], receipts: false});
	t.deepEqual(openSettings(directories).read(), written);
	t.is(statSync(settings.path).mode & 0o777, 0o600);
	t.is(statSync(directories.config).mode & 0o777, 0o700);
	t.deepEqual(readdirSync(directories.config), ['settings.json']);
	t.regex(readFileSync(settings.path, 'utf8'), /\n\t"accounts": \[/);
});

test('updates made at the same time all arrive', async t => {
	const settings = openSettings(temporaryProfile(t));
	await Promise.all([
		settings.update(before => ({...before, theme: 'light'})),
		settings.update(before => ({...before, receipts: false})),
		settings.update(before => ({...before, accounts: [...before.accounts, account]})),
		settings.update(before => ({...before, accounts: [...before.accounts, {...account, jid: romeo}]})),
	]);
	t.like(settings.read(), {theme: 'light', receipts: false});
	t.deepEqual(
		settings.read().accounts.map(({jid}) => jid),
		[juliet, romeo],
	);
});

test('a file that is not JSON is named with line and column and is never overwritten', async t => {
	const text = '{\n\t"theme": "dark",\n\t"receipts": maybe\n}\n';
	const settings = withFile(t, text);
	const error = t.throws(() => settings.read());
	t.like(error, {code: 'settings-corrupt', kind: 'configuration'});
	t.is(error.message, `${settings.path} is not valid JSON at line 3, column 14.`);
	t.true(isXmppcError(error) && error.hint !== undefined);

	t.like(await t.throwsAsync(settings.update(() => defaultSettings)), {code: 'settings-corrupt'});
	t.is(readFileSync(settings.path, 'utf8'), text);
});

for (const [settingsText, place, says] of [
	['[]', 'the whole', 'must be an object'],
	['{"receips": false}', 'receips', 'is not a setting'],
	['{"receipts": "no"}', 'receipts', 'must be true or false'],
	['{"theme": ""}', 'theme', 'must be a text'],
	['{"accounts": {}}', 'accounts', 'must be a list'],
	['{"accounts": [7]}', 'accounts[0]', 'must be an object'],
	['{"accounts": [{"jid": "juliet"}]}', 'accounts[0].jid', 'must be an address'],
	['{"accounts": [{"jid": "j@e.org", "enabled": true}]}', 'accounts[0].secrets', 'is missing'],
	[
		'{"accounts": [{"jid": "j@e.org", "enabled": true, "secrets": "clear"}]}',
		'accounts[0].secrets',
		'must be one of keychain, passphrase, command, key-file',
	],
	[
		'{"accounts": [{"jid": "j@e.org", "enabled": true, "secrets": "keychain", "password": "x"}]}',
		'accounts[0].password',
		'is not a setting',
	],
	[
		'{"accounts": [{"jid": "j@e.org", "enabled": true, "secrets": "keychain", "port": 0}]}',
		'accounts[0].port',
		'must be a number from 1 to 65535',
	],
	[
		'{"accounts": [{"jid": "j@e.org", "enabled": true, "secrets": "command"}]}',
		'accounts[0].passwordCommand',
		'is missing',
	],
	[
		'{"accounts": [{"jid": "j@e.org", "enabled": true, "secrets": "command", "passwordCommand": "pass show x"}]}',
		'accounts[0].passwordCommand',
		'must be a list of texts',
	],
	['{"__proto__": {"receipts": false}}', '__proto__', 'is not a setting'],
] as const) {
	test(`a wrong setting is named: ${settingsText}`, async t => {
		const settings = withFile(t, settingsText);
		const error = t.throws(() => settings.read());
		t.like(error, {code: 'invalid-setting', kind: 'configuration'});
		t.true(error.message.replace(/, line 1:/, ':').startsWith(`In ${settings.path}: ${place} ${says}`), error.message);
		await t.throwsAsync(settings.update(before => before));
		t.is(readFileSync(settings.path, 'utf8'), settingsText);
	});
}

test('a key that cannot be bound is refused with the reason, read or written', async t => {
	const text = '{\n\t"accounts": [],\n\t"keys": {"F5": "help", "Ctrl+I": "help"}\n}';
	t.regex(
		t.throws(() => withFile(t, text).read()).message,
		/, line 3: keys cannot have “Ctrl\+I”: Ctrl\+I is the same as Tab to many terminals\.$/,
	);
	const settings = withFile(t, text.replace('Ctrl+I', 'Alt+I'));
	t.deepEqual(settings.read().keys, {F5: 'help', 'Alt+I': 'help'});
	await t.throwsAsync(
		settings.update(now => ({...now, keys: {Enter: 'none'}})),
		{message: /The setting keys cannot have “Enter”: Enter is the only key left for/},
	);
});

test('a setting that is wrong is shown by its line', t => {
	const text =
		'{\n\t"$schema": "x",\n\t"accounts": [{\n\t\t"jid": "j@e.org", "enabled": true,\n\t\t"secrets": "no"}],\n\t"list.width": 3\n}';
	t.regex(
		t.throws(() => withFile(t, text.replace(': 3', ': 30')).read()).message,
		/, line 5: accounts\[0\]\.secrets must be/,
	);
	const second = text.replace('"no"', '"keychain"');
	t.regex(
		t.throws(() => withFile(t, second).read()).message,
		/, line 6: list\.width must be a whole number from 12 to 60\.$/,
	);
});

test('the nearest name is offered for one that is no setting', t => {
	const message = (text: string) => t.throws(() => withFile(t, text).read()).message;
	t.regex(message('{"Receips": false}'), /line 1: Receips is not a setting; did you mean receipts\?$/);
	t.regex(message('{"words": []}'), /did you mean highlight\.words\?$/);
	t.regex(message('{"zzz": 1}'), /zzz is not a setting\.$/);
});

for (const [text, says] of [
	['{\n// mine\n"theme": "dark"}', /line 2, column 1/],
	['{\n"theme": "dark",\n}', /line 3, column 1/],
] as const) {
	test(`what other formats allow and JSON does not is explained: ${JSON.stringify(text)}`, t => {
		const error = t.throws(() => withFile(t, text).read());
		t.regex(error.message, says);
		t.true(isXmppcError(error) && /^(JSON has no comments|No comma may stand)/.test(error.hint ?? ''));
	});
}

test('the file says what differs from the defaults, in the order of the settings, and nothing else', async t => {
	const settings = openSettings(temporaryProfile(t));
	await settings.update(before => ({...before, 'away.after': 5, theme: 'light', mouse: true, keys: {}}));
	t.is(readFileSync(settings.path, 'utf8'), '{\n\t"theme": "light",\n\t"mouse": true,\n\t"away.after": 5\n}\n');
	await settings.update(before => ({...before, theme: 'auto', mouse: false, 'away.after': 0}));
	t.is(readFileSync(settings.path, 'utf8'), '{}\n');
});

test('what a person wrote into the file stays there, the schema for their editor too', async t => {
	const settings = withFile(t, '{"away.after": 5, "receipts": true, "$schema": "./settings.schema.json"}');
	await settings.update(before => ({...before, mouse: true}));
	t.deepEqual(Object.entries(JSON.parse(readFileSync(settings.path, 'utf8'))), [
		['$schema', './settings.schema.json'],
		['receipts', true],
		['mouse', true],
		['away.after', 5],
	]);
	t.false('$schema' in settings.read());
});

test('an address is normalised, whatever a person wrote', t => {
	const text = JSON.stringify({accounts: [{...account, jid: 'Juliet@EXAMPLE.org'}]});
	t.is(withFile(t, text).read().accounts[0]?.jid, juliet);
});

test('two accounts with one address are refused', t => {
	const settings = withFile(t, JSON.stringify({accounts: [account, {...account, jid: 'Juliet@example.org'}]}));
	t.throws(() => settings.read(), {message: /accounts\[1\]\.jid is there twice: Juliet@example\.org/});
});

test('an update that makes the settings invalid is refused before anything is written', async t => {
	const settings = openSettings(temporaryProfile(t));
	await settings.update(before => ({...before, theme: 'light'}));
	const before = readFileSync(settings.path, 'utf8');
	t.like(await t.throwsAsync(settings.update(now => ({...now, accounts: [account, account]}))), {
		code: 'invalid-setting',
	});
	t.is(readFileSync(settings.path, 'utf8'), before);
});

test('a settings file that is a symbolic link stays one', async t => {
	const directories = temporaryProfile(t);
	const settings = openSettings(directories);
	mkdirSync(directories.config, {recursive: true, mode: 0o700});
	mkdirSync(directories.data, {recursive: true});
	const target = join(directories.data, 'dotfiles.json');
	writeFileSync(target, '{}');
	symlinkSync(target, settings.path);
	await settings.update(before => ({...before, theme: 'light'}));
	t.is(JSON.parse(readFileSync(target, 'utf8')).theme, 'light');
	t.true(lstatSync(settings.path).isSymbolicLink());
});

test('what a killed process left half written is no obstacle', async t => {
	const directories = temporaryProfile(t);
	const settings = openSettings(directories);
	mkdirSync(directories.config, {recursive: true, mode: 0o700});
	writeFileSync(join(directories.config, 'settings.new.json'), '{"theme": "da');
	await settings.update(before => ({...before, theme: 'light'}));
	t.is(settings.read().theme, 'light');
	t.deepEqual(readdirSync(directories.config), ['settings.json']);
});

test('a write that the system cuts short leaves the file as it was', async t => {
	const directories = temporaryProfile(t);
	const settings = openSettings(directories);
	await settings.update(before => ({...before, theme: 'light'}));
	const before = readFileSync(settings.path, 'utf8');
	const home = dirname(dirname(dirname(directories.config)));
	const script = fileURLToPath(new URL('./storage-process.js', import.meta.url));
	// Files of at most 4 kB: like a disk with one block left, the system writes a part and says how much.
	const limited = ['-c', 'ulimit -f 4; exec "$@"', 'bash', process.execPath, script, 'large-settings', home];
	const {stdout} = await promisify(execFile)('bash', limited);

	t.like(JSON.parse(stdout), {code: 'disk-full', kind: 'storage'});
	t.is(readFileSync(settings.path, 'utf8'), before);
	t.deepEqual(readdirSync(directories.config), ['settings.json']);
});

test('a byte order mark is no error', t => {
	t.is(withFile(t, '\uFEFF{"theme": "light"}').read().theme, 'light');
});

test('a directory in place of the file is named', t => {
	const settings = openSettings(temporaryProfile(t));
	mkdirSync(settings.path, {recursive: true});
	chmodSync(dirname(settings.path), 0o700);
	const error = t.throws(() => settings.read());
	t.like(error, {code: 'not-a-file', kind: 'storage'});
	t.true(error.message.includes(settings.path));
});

test('a syntax error is found where the text stops being JSON', t => {
	for (const [text, line, column] of [
		['', 1, 1],
		['{', 1, 2],
		['{"a": 1,}', 1, 9],
		['{"a": 1\n"b": 2}', 2, 1],
		['{"a" 1}', 1, 6],
		['[1, 2', 1, 6],
		['[1, 2}', 1, 6],
		['{} {}', 1, 4],
		["{'a': 1}", 1, 2],
		['{"a": "tab\there"}', 1, 7],
		['// comment\n{}', 1, 1],
		['[01]', 1, 3],
		['{1: 2}', 1, 2],
		['[,]', 1, 2],
		['"a":1', 1, 4],
		['1,', 1, 2],
	] as const) {
		t.deepEqual(findSyntaxError(text), {line, column}, text);
	}
});

test('exactly the texts that are JSON have no syntax error', t => {
	const isJson = (text: string): boolean => {
		try {
			JSON.parse(text);
			return true;
		} catch {
			return false;
		}
	};
	const mangled = fc
		.tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', ']', '{', '[', '"', ':', ' ', '0', 'null', '\\', '-'))
		.map(([text, at, put]) => {
			const where = at % (text.length + 1);
			return text.slice(0, where) + put + text.slice(where + (at % 2));
		});
	fc.assert(
		fc.property(fc.oneof(mangled, fc.json(), fc.string()), text => {
			t.is(findSyntaxError(text) === undefined, isJson(text), text);
		}),
		{numRuns: 500},
	);
});

test('whatever lies in the file, a member is found where it is written', t => {
	const name = fc.stringMatching(/^[a-z][a-z.-]{0,6}$/);
	const {tree} = fc.letrec(tie => ({
		tree: fc.oneof(
			{maxDepth: 3},
			fc.constantFrom(1, 'a "b": c', true, null, '{', ']'),
			fc.array(tie('tree'), {maxLength: 3}),
			fc.dictionary(name, tie('tree'), {maxKeys: 3}),
		),
	}));
	fc.assert(
		fc.property(name, tree, fc.array(fc.constantFrom(1, '}', {x: [2]})), (last, value, before) => {
			const text = JSON.stringify({zz: before, list: [value, {[last]: value}]}, undefined, 2);
			const place = findKey(text, `list[1].${last}`);
			const line = text.split('\n')[(place?.line ?? 0) - 1] ?? '';
			return line.slice((place?.column ?? 0) - 1).startsWith(`${JSON.stringify(last)}:`);
		}),
	);
	t.is(findKey('{"a": {"b": 1}}', 'b'), undefined);
	t.is(findKey('{"a": ', 'b'), undefined);
});
