import {writeFileSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import type {ControlConnection} from '../../source/control/exchange.js';
import type {AccountSettings} from '../../source/model/account.js';
import type {Actions} from '../../source/model/actions.js';
import {settingNames} from '../../source/model/settings.js';
import type {Problem} from '../../source/shared/errors.js';
import {type BareJid, type Jid, parseBareJid} from '../../source/shared/jid.js';
import {juliet, run} from './run-program.js';

test('send writes to every recipient at once and is silent when all went well', async t => {
	const seen = await run(['send', 'romeo@example.org', 'nurse@example.org', 'good night']);
	const calls = ['default juliet@example.org → romeo@example.org nurse@example.org: good night'];
	t.deepEqual(seen, {status: 0, out: '', error: '', calls});
});

test('send takes the text from standard input, without the newline at its end', async t => {
	const seen = await run(['send', 'romeo@example.org'], {stdin: 'two\nlines\n'});
	t.deepEqual(seen.calls, ['default juliet@example.org → romeo@example.org: two\nlines']);
});

test('send --json prints what became of each message', async t => {
	const {out} = await run(['send', '--json', 'romeo@example.org', 'hello']);
	t.is(out, '{"to":"romeo@example.org","id":"id-1","state":"acked"}\n');
});

test('send uses the account and the profile that were named', async t => {
	const named = ['send', '--account', 'Nurse@example.org', '--profile', 'work', 'romeo@example.org', 'hello'];
	t.deepEqual((await run(named)).calls, ['work nurse@example.org → romeo@example.org: hello']);
});

test('send needs an account, and to be told which one where there are several', async t => {
	const none = await run(['send', 'romeo@example.org', 'hello'], {accounts: []});
	t.is(none.status, 78);
	t.regex(none.error, /xmppc account add/);
	const nurse = parseBareJid('nurse@example.org') as BareJid;
	const accounts: readonly AccountSettings[] = [
		{jid: juliet, enabled: true, secrets: 'key-file'},
		{jid: nurse, enabled: true, secrets: 'key-file'},
	];
	const several = await run(['send', 'romeo@example.org', 'hello'], {accounts});
	t.is(several.status, 64);
	t.regex(several.error, /--account: juliet@example.org, nurse@example.org/);
	t.deepEqual([...none.calls, ...several.calls], []);
});

test('nothing is sent when one recipient is not an address, and each of them gets a line', async t => {
	const {status, error, calls} = await run(['send', 'romeo@example.org', 'nobody', 'no body@example.org', 'hello']);
	t.is(status, 65);
	t.deepEqual(calls, []);
	t.is(error.split('\n').length, 3);
	t.regex(error, /^xmppc: "nobody" is not an address \(/);
});

test('an empty text is refused before anything is opened', async t => {
	for (const setting of [{}, {stdin: ' \n'}, {stdin: '\u0001\n'}, {terminal: true}]) {
		const {status, error, calls} = await run(['send', 'romeo@example.org'], setting);
		t.is(status, 65);
		t.deepEqual(calls, []);
		t.regex(error, /^xmppc: There is no text to send \(/);
	}

	t.is((await run(['send', 'romeo@example.org', ''])).status, 65);
	t.is((await run(['send', '--message', '', 'romeo@example.org'], {stdin: 'unused'})).status, 65);
});

test('input that is not UTF-8 is refused', async t => {
	const {status, error} = await run(['send', 'romeo@example.org'], {stdin: Buffer.from([0x68, 0xff])});
	t.is(status, 65);
	t.regex(error, /UTF-8/);
});

test('an invalid account is refused before anything is opened', async t => {
	const {status, calls} = await run(['send', '--account', 'juliet@', 'romeo@example.org', 'hello']);
	t.is(status, 65);
	t.deepEqual(calls, []);
});

test('a failed recipient gets a line, and the others are reported as sent', async t => {
	const {status, out, error} = await run(['send', '--json', 'gone@example.org', 'romeo@example.org', 'hello'], {
		send: async ([gone = juliet, romeo = juliet]) => [
			{
				to: gone,
				id: 'id-1',
				ok: false,
				problem: {code: 'no-such-user', kind: 'noSuchRecipient', message: 'There is nobody there.'},
			},
			{to: romeo, id: 'id-2', ok: true, state: 'acked'},
		],
	});
	t.is(status, 67);
	t.is(out, '{"to":"romeo@example.org","id":"id-2","state":"acked"}\n');
	t.like(JSON.parse(error), {error: {code: 'no-such-user', to: 'gone@example.org'}});
});

test('with several recipients a failure names the one it concerns', async t => {
	const {error} = await run(['send', 'gone@example.org', 'romeo@example.org', 'hello'], {
		send: async recipients =>
			recipients.map(to => ({
				to,
				id: 'id-1',
				ok: false,
				problem: {code: 'no-such-user', kind: 'noSuchRecipient', message: 'There is nobody there.'},
			})),
	});
	t.is(
		error,
		'xmppc: To gone@example.org: There is nobody there\nxmppc: To romeo@example.org: There is nobody there\n',
	);
});

test('--timeout is in seconds, a minute unless given', async t => {
	const timeouts: number[] = [];
	const send = async (_to: readonly Jid[], timeout: number) => {
		timeouts.push(timeout);
		return [];
	};
	await run(['send', 'romeo@example.org', 'hello'], {send});
	await run(['send', '--timeout', '1.5', 'romeo@example.org', 'hello'], {send});
	t.deepEqual(timeouts, [60_000, 1500]);
});

test('an interrupted send waits for nothing and says nothing', async t => {
	const interruption = new AbortController();
	const {error} = await run(['send', 'romeo@example.org', 'hello'], {
		interrupted: interruption.signal,
		send: () =>
			new Promise(() => {
				interruption.abort();
			}),
	});
	t.is(error, '');
});

test('wrong usage is one line and status 64', async t => {
	const cases: ReadonlyArray<readonly [readonly string[], RegExp]> = [
		[['send', '--nonsense', 'romeo@example.org', 'x'], /Unknown option '--nonsense'.*xmppc send --help/],
		[['send'], /Missing required argument/],
		[['send', '--timeout', 'soon', 'romeo@example.org', 'x'], /number of seconds/],
		[['nonsense'], /There is no subcommand "nonsense"/],
		[['account', 'nonsense'], /Unknown command 'nonsense'/],
		[['account', 'add'], /Missing required argument/],
		[['account', 'add', 'juliet@example.org', '--secrets', 'paper'], /Allowed choices/],
		[['account', 'add', 'juliet@example.org', '--direct-tls', '--password-stdin'], /needs --host/],
	];
	for (const [argv, says] of cases) {
		const {status, error, calls} = await run(argv);
		t.is(status, 64, argv.join(' '));
		t.regex(error, says);
		t.regex(error, /^xmppc: [^\n]+\n$/);
		t.deepEqual(calls, []);
	}
});

test('wrong usage with --json is an object too', async t => {
	const {error} = await run(['send', '--json', '--nonsense']);
	t.like(JSON.parse(error), {error: {code: 'usage'}});
});

test('--help and --version are data', async t => {
	const help = await run(['--help']);
	t.is(help.status, 0);
	t.regex(help.out, /Usage: xmppc/);
	t.is(help.error, '');
	t.regex((await run(['--version'])).out, /^\d+\.\d+\.\d+\n$/);
	t.regex((await run(['send', '--help'])).out, /standard input/);
});

test('account add stores what was asked for, and the password from standard input', async t => {
	const folder = await mkdtemp(path.join(tmpdir(), 'xmppc-cli-'));
	t.teardown(() => rm(folder, {recursive: true}));
	const argv = ['account', 'add', 'Juliet@example.org', '--password-stdin', '--secrets', 'key-file'];
	let added: unknown;
	const seen = await run(
		[...argv, '--host', '127.0.0.1:5223', '--direct-tls', '--tls-pin', 'AB'.repeat(32), '--scram-only'],
		{
			stdin: 'sécret \nsecond line\n',
			actions: {
				async addAccount(account) {
					added = account;
					return {
						jid: account.jid,
						status: 'offline',
						enabled: true,
						secrets: 'key-file',
						availability: 'available',
						statusText: '',
					};
				},
			},
		},
	);
	t.deepEqual(added, {
		jid: 'juliet@example.org',
		host: '127.0.0.1',
		port: 5223,
		directTls: true,
		tlsPin: 'ab'.repeat(32),
		scramPinned: true,
		secrets: 'key-file',
		password: 'sécret ',
	});
	t.is(seen.status, 0);
	t.is(seen.out, '');
	t.regex(seen.error, /Added juliet@example.org; its password is kept by: key-file/);
	t.deepEqual(seen.calls, ['open default', 'close']);

	const missing = await run([...argv, '--tls-ca', path.join(folder, 'none.pem')], {stdin: 'secret\n'});
	t.is(missing.status, 66);
	writeFileSync(path.join(folder, 'empty.pem'), 'nothing');
	const empty = await run([...argv, '--tls-ca', path.join(folder, 'empty.pem')], {stdin: 'secret\n'});
	t.is(empty.status, 65);
	t.deepEqual([...missing.calls, ...empty.calls], []);
});

test('an account may be reached over WebSocket, under TLS only, and then at no other place', async t => {
	const argv = ['account', 'add', juliet, '--password-stdin', '--secrets', 'key-file', '--websocket'];
	let added: unknown;
	const actions: Partial<Actions> = {
		async addAccount({jid, webSocket}) {
			added = webSocket;
			return {jid, status: 'offline', enabled: true, secrets: 'key-file', availability: 'available', statusText: ''};
		},
	};
	t.is((await run([...argv, 'wss://Example.org/ws'], {stdin: 'secret\n', actions})).status, 0);
	t.is(added, 'wss://example.org/ws');
	for (const wrong of ['ws://example.org/ws', 'https://example.org/', 'example.org', 'wss://a:b@example.org/']) {
		const {status, calls} = await run([...argv, wrong], {stdin: 'secret\n', actions});
		t.is(status, 64, wrong);
		t.deepEqual(calls, []);
	}

	const both = await run([...argv, 'wss://example.org/ws', '--host', 'localhost'], {stdin: 'secret\n', actions});
	t.is(both.status, 64);
	t.regex(both.error, /--websocket and --host/);
});

test('account add asks for the password on a terminal, and nowhere else', async t => {
	let password: string | undefined;
	const actions: Partial<Actions> = {
		async addAccount(account) {
			password = account.password;
			const {jid} = account;
			return {jid, status: 'offline', enabled: true, secrets: 'keychain', availability: 'available', statusText: ''};
		},
	};
	t.is((await run(['account', 'add', juliet], {terminal: true, typed: 'typed', actions})).status, 0);
	t.is(password, 'typed');
	t.is((await run(['account', 'add', juliet], {actions})).status, 64);
	t.is((await run(['account', 'add', juliet], {terminal: true, actions})).status, 64);
});

test('a password as an argument is refused and not repeated', async t => {
	const {status, error, calls} = await run(['account', 'add', juliet, '--password', 'hunter2']);
	t.is(status, 64);
	t.regex(error, /--password-stdin/);
	t.notRegex(error, /hunter2/);
	t.deepEqual(calls, []);
});

test('a password command is an argument list and needs no password', async t => {
	let command: readonly string[] | undefined;
	const {status} = await run(
		['account', 'add', juliet, '--secrets', 'command', '--password-command', 'pass', 'show', 'xmpp'],
		{
			actions: {
				async addAccount(account) {
					command = account.passwordCommand;
					t.is(account.password, undefined);
					const {jid} = account;
					return {jid, status: 'offline', enabled: true, secrets: 'command', availability: 'available', statusText: ''};
				},
			},
		},
	);
	t.is(status, 0);
	t.deepEqual(command, ['pass', 'show', 'xmpp']);
	t.is((await run(['account', 'add', juliet, '--secrets', 'command'])).status, 64);
	t.is((await run(['account', 'add', juliet, '--password-command', 'pass'])).status, 64);
});

test('account list prints a line for each account', async t => {
	const accounts: readonly AccountSettings[] = [
		{jid: juliet, enabled: true, secrets: 'key-file', host: '127.0.0.1', port: 5222},
	];
	t.is((await run(['account', 'list'], {accounts})).out, 'juliet@example.org  key-file  via 127.0.0.1:5222\n');
	t.deepEqual(JSON.parse((await run(['account', 'list', '--json'], {accounts})).out), accounts[0]);
	t.is((await run(['account', 'list'], {accounts: []})).out, '');
});

test('account remove keeps history unless told otherwise', async t => {
	const removed: unknown[] = [];
	const actions: Partial<Actions> = {
		async removeAccount(input) {
			removed.push(input);
		},
	};
	await run(['account', 'remove', juliet], {actions});
	await run(['account', 'remove', '--history', juliet], {actions});
	t.deepEqual(removed, [
		{account: juliet, history: false},
		{account: juliet, history: true},
	]);
});

test('account test says how the login is protected, or ends with the status of what failed', async t => {
	const works = await run(['account', 'test', juliet], {
		actions: {
			testAccount: async () => ({
				ok: true,
				jid: juliet,
				security: {tls: 'TLSv1.3', mechanism: 'SCRAM-SHA-256', certificate: 'ab'},
				features: [],
			}),
		},
	});
	t.is(works.out, 'juliet@example.org logs in: TLSv1.3, SCRAM-SHA-256, certificate ab\n');
	t.is(works.status, 0);
	const fails = await run(['account', 'test', juliet], {
		actions: {
			testAccount: async () => ({
				ok: false,
				problem: {
					code: 'wrong-password',
					kind: 'notPermitted',
					message: 'The password is wrong.',
					hint: 'Type it again.',
				},
			}),
		},
	});
	t.is(fails.status, 77);
	t.is(fails.error, 'xmppc: The password is wrong (Type it again)\n');
});

test('account test takes the only account there is, and asks which where there are several', async t => {
	const tested: unknown[] = [];
	const actions: Partial<Actions> = {
		async testAccount(input) {
			tested.push(input);
			const security = {tls: 'TLSv1.3', mechanism: 'SCRAM-SHA-256', certificate: 'ab'};
			return {ok: true, jid: juliet, security, features: []};
		},
	};
	t.is((await run(['account', 'test'], {actions})).status, 0);
	t.deepEqual(tested, [{account: juliet}]);
	const nurse = parseBareJid('nurse@example.org') as BareJid;
	const accounts: readonly AccountSettings[] = [
		{jid: juliet, enabled: true, secrets: 'key-file'},
		{jid: nurse, enabled: true, secrets: 'key-file'},
	];
	const several = await run(['account', 'test'], {actions, accounts});
	t.is(several.status, 64);
	t.regex(several.error, /juliet@example\.org, nurse@example\.org; see xmppc account test --help/);
	const none = await run(['account', 'test'], {actions, accounts: []});
	t.is(none.status, 78);
	t.regex(none.error, /xmppc account add/);
});

test('a usage error names the help of the subcommand that was meant', async t => {
	for (const [argv, help] of [
		[['account', 'add'], 'account add'],
		[['account', 'test', '--bogus'], 'account test'],
		[['--profile', 'work', 'account', 'add'], 'account add'],
		[['--profile', 'work', 'send', '--bogus'], 'send'],
		[['account', 'nonsense'], 'account'],
		[['--bogus'], ''],
	] as const) {
		const {status, error} = await run(argv);
		t.is(status, 64);
		t.true(error.includes(`see xmppc ${help} --help`.replace('  ', ' ')), error);
	}
});

const damage: Problem = {
	code: 'database-corrupt',
	kind: 'storage',
	message: 'The history database /home/j/history.sqlite is damaged: malformed.',
	hint: 'run `xmppc history rebuild`',
};

test('history check says that a history is sound, and what is wrong with one that is not', async t => {
	t.like(await run(['history', 'check']), {status: 0, out: 'The history is sound.\n', calls: ['check default']});
	t.is((await run(['history', 'check', '--json'])).out, '{"sound":true}\n');
	const seen = await run(['history', 'check', '--profile', 'work'], {damage});
	t.like(seen, {status: 74, out: '', calls: ['check work']});
	t.is(
		seen.error,
		'xmppc: The history database /home/j/history.sqlite is damaged: malformed (run `xmppc history rebuild`)\n',
	);
});

test('history rebuild changes nothing without consent, and nothing where nothing is damaged', async t => {
	const asked = await run(['history', 'rebuild'], {damage});
	t.like(asked, {status: 64, out: '', calls: ['check default']});
	t.regex(
		asked.error,
		/is damaged: malformed\. A rebuild renames it and begins a new one; nothing was changed \(with --yes/,
	);
	const sound = await run(['history', 'rebuild', '--yes']);
	t.like(sound, {status: 64, out: '', calls: ['check default']});
	t.regex(sound.error, /not damaged; nothing was changed/);
});

test('history rebuild --yes says where the old history is and what was taken along', async t => {
	const seen = await run(['history', 'rebuild', '--yes', '--profile', 'work'], {damage});
	t.like(seen, {status: 0, error: '', calls: ['check work', 'rebuild work']});
	t.is(
		seen.out,
		'The damaged history is now /home/j/history.sqlite.damaged-2026.\nTaken along: 2 unsent messages, 1 draft and 3 ignored nicks.\n' +
			'What the servers keep is fetched at the next login; what they do not keep is in the renamed file only.\n',
	);
	const json = await run(['history', 'rebuild', '--yes', '--json'], {damage});
	t.deepEqual(JSON.parse(json.out), {
		aside: '/home/j/history.sqlite.damaged-2026',
		unsent: 2,
		drafts: 1,
		ignored: 3,
		complete: true,
		encryption: {accounts: 0, sessions: 0, complete: true},
	});
});

test('account archive says and chooses whose messages the server keeps', async t => {
	const asked: unknown[] = [];
	const actions: Partial<Actions> = {
		async connect(input) {
			asked.push(input);
		},
		async archivePolicy(input) {
			asked.push(input);
			return {policy: input.choose ?? 'never'};
		},
	};
	const said = await run(['account', 'archive', 'juliet@example.org'], {actions});
	t.like(said, {status: 0, out: 'The archive of juliet@example.org keeps no messages (never).\n'});
	const chosen = await run(['account', 'archive', '--json', 'juliet@example.org', 'always'], {actions});
	t.is(chosen.out, '{"jid":"juliet@example.org","policy":"always"}\n');
	t.deepEqual(asked.at(-1), {account: juliet, choose: 'always'});
	t.is((await run(['account', 'archive', 'juliet@example.org', 'sometimes'], {actions})).status, 64);
});

const preferences = {mouse: true, 'highlight.words': ['release', 'on fire'], aliases: {hi: '/msg $1 Hello!'}};

test('set prints settings as a person writes them, those that differ, or one', async t => {
	const {out} = await run(['set'], {preferences});
	t.is(out.trim().split('\n').length, settingNames.length);
	t.true(out.includes('\nlist.width 24\n'));
	t.is(
		(await run(['set', '--changes'], {preferences})).out,
		'mouse on  (default: off)\naliases hi → /msg $1 Hello!  (default: empty)\nhighlight.words release "on fire"  (default: empty)\n',
	);
	t.is((await run(['set', 'highlight.words'], {preferences})).out, 'release "on fire"\n');
	t.is((await run(['set', 'aliases'], {preferences})).out, '{"hi":"/msg $1 Hello!"}\n');
	const {out: json} = await run(['set', '--json', 'mouse'], {preferences});
	t.like(JSON.parse(json), {name: 'mouse', value: true, default: false});
});

for (const [argv, change] of [
	[['mouse', 'off'], {name: 'mouse', value: false}],
	[['theme', 'default'], {name: 'theme'}],
	[['away.text', 'at', 'lunch'], {name: 'away.text', value: 'at lunch'}],
	[['highlight.words', '+at last', '+x'], {name: 'highlight.words', value: ['release', 'on fire', 'at last', 'x']}],
	[['highlight.words', '--', '-on fire'], {name: 'highlight.words', value: ['release']}],
	[['composer.editor', '--', 'vim', '-f', 'my file'], {name: 'composer.editor', value: ['vim', '-f', 'my file']}],
	[['aliases', '{"q": "/quit"}'], {name: 'aliases', value: {q: '/quit'}}],
] as const) {
	test(`set changes a setting: ${argv.join(' ')}`, async t => {
		const seen = await run(['set', ...argv], {preferences});
		t.deepEqual(seen, {status: 0, out: '', error: '', calls: [`set default ${JSON.stringify(change)}`]});
	});
}

test('set changes a setting in the client that is running', async t => {
	const changes: unknown[] = [];
	const actions: Partial<Actions> = {changeSetting: async input => void changes.push(input)};
	const connection: Partial<ControlConnection> = {actions: actions as Actions, close() {}};
	const running = () => connection as ControlConnection;
	const {calls, status} = await run(['set', 'mouse', 'on'], {running});
	t.deepEqual({calls, status, changes}, {calls: [], status: 0, changes: [{name: 'mouse', value: true}]});
});

for (const [argv, says] of [
	[['thme'], 'There is no setting "thme" (Did you mean theme?)'],
	[['list.width', '3'], 'list.width is a whole number from 12 to 60 (columns), not “3”'],
	[['aliases', 'hi'], 'aliases is a JSON object with a text under each name'],
] as const) {
	test(`set refuses what cannot be: ${argv.join(' ')}`, async t => {
		const {status, error, calls} = await run(['set', ...argv], {preferences});
		t.deepEqual({status, calls}, {status: 64, calls: []});
		t.true(error.includes(says), error);
	});
}

test('set --schema prints a JSON schema that names every setting', async t => {
	const {out} = await run(['set', '--schema']);
	const {properties} = JSON.parse(out) as {readonly properties: object};
	t.deepEqual(Object.keys(properties), ['$schema', 'accounts', ...settingNames]);
	t.deepEqual(JSON.parse((await run(['set', '--schema', '--json'])).out), JSON.parse(out));
});
