/**
 * Profiles in which something is wrong, end to end: damaged files, no permission, no space, no home, another program.
 * The built program names the file and the next step, and changes nothing.
 */
import {spawnSync} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {addAccountAt, assertRefused, juliet, makeAccountAt, password, type Refusal} from '../support/bad-input.js';
import {makeXmppc, runProgram, type Xmppc} from '../support/peers/xmppc.js';
import {type Prosody, startProsody} from '../support/prosody.js';
import {keys, startTerminal, type Terminal} from '../support/terminal.js';

type Scene = {readonly server: Prosody};

const test = anyTest as TestFn<Scene>;
const romeo = 'romeo@example.test';
const send = ['send', romeo, 'hello'];
const accountTest = ['account', 'test', juliet];

test.before(async t => {
	t.context = {server: await startProsody({accounts: {juliet: password, romeo: password}})};
});

test.after.always(async t => {
	await (t.context as Partial<Scene>).server?.stop();
});

function julietsProfile(t: ExecutionContext<Scene>): Promise<Xmppc> {
	const {port, caFile} = t.context.server;
	return makeAccountAt(t, {port, caFile});
}

const fileOf = (xmppc: Xmppc, kind: 'config' | 'data', name = '') =>
	path.join(xmppc.home.directory, kind, 'xmppc', 'default', name);

/** The TUI gives the screen back, or never takes it, and ends as a subcommand would. */
async function assertTuiRefused(
	t: ExecutionContext<Scene>,
	xmppc: Xmppc,
	{status, says}: Refusal,
	answer?: (terminal: Terminal) => Promise<void>,
): Promise<void> {
	const terminal = xmppc.open({columns: 400});
	t.teardown(terminal.stop);
	await answer?.(terminal);
	t.deepEqual(await terminal.ended, {code: status, signal: 0});
	t.false(terminal.isAlternate());
	for (const pattern of says) {
		t.regex(terminal.text(), pattern);
	}
}

for (const [what, text, says] of [
	['is cut', '{"accounts": [', [/settings\.json is not valid JSON at line 1, column 15/, /Correct it with an editor/]],
	['is empty', '', [/settings\.json is not valid JSON/, /move it away/]],
	['holds something else', '{"accounts": 5}', [/settings\.json, line 1: accounts must be a list/, /Correct it/]],
	[
		'has a setting that there is not',
		'{"colour": 1}',
		[/settings\.json, line 1: colour is not a setting/, /Correct it/],
	],
] as const) {
	test.serial(`a settings file that ${what}`, async t => {
		const xmppc = await julietsProfile(t);
		const file = fileOf(xmppc, 'config', 'settings.json');
		writeFileSync(file, text);
		for (const command of [send, accountTest, ['account', 'list'], ['account', 'remove', juliet]]) {
			assertRefused(t, await xmppc.run(command), {status: 78, says});
		}

		assertRefused(t, await addAccountAt(xmppc, {jid: 'nurse@example.test'}), {status: 78, says});
		await assertTuiRefused(t, xmppc, {status: 78, says});
		t.is(readFileSync(file, 'utf8'), text, 'it was changed');
	});
}

test.serial('no account at all', async t => {
	const xmppc = makeXmppc();
	t.teardown(xmppc.remove);
	assertRefused(t, await xmppc.run(send), {status: 78, says: [/no account to send from/, /xmppc account add/]});
	assertRefused(t, await xmppc.run(accountTest), {
		status: 64,
		says: [/no account juliet@example\.test/, /account list/],
	});
});

test.serial('an account that there is not', async t => {
	const xmppc = await julietsProfile(t);
	const expected = {status: 64, says: [/no account nurse@example\.test/, /account list/]};
	assertRefused(t, await xmppc.run(['send', '--account', 'nurse@example.test', romeo, 'hello']), expected);
	assertRefused(t, await xmppc.run(['account', 'remove', 'nurse@example.test']), expected);
});

test.serial('a password on the command line is refused, and not repeated', async t => {
	const xmppc = makeXmppc();
	t.teardown(xmppc.remove);
	for (const given of [['--password', 'hunter2'], ['--password=hunter2']]) {
		const refused = await xmppc.run(['account', 'add', juliet, ...given]);
		assertRefused(t, refused, {status: 64, says: [/can be read by every user/, /--password-stdin/]});
		t.false(refused.errors.includes('hunter2'));
	}
});

for (const [what, damage, says] of [
	['is no database', (file: string) => writeFileSync(file, 'no database at all. '.repeat(500)), /is damaged/],
	['was cut', (file: string) => truncateSync(file, 5000), /is damaged/],
	[
		'is a folder',
		(file: string) => {
			rmSync(file);
			mkdirSync(file);
		},
		/cannot be opened/,
	],
] as const) {
	test.serial(`a history that ${what}`, async t => {
		const xmppc = await julietsProfile(t);
		const file = fileOf(xmppc, 'data', 'history.sqlite');
		damage(file);
		const before = existsSync(file) && what !== 'is a folder' ? readFileSync(file) : undefined;
		const expected = {status: 74, says: [says, /history\.sqlite/, /[Rr]estore|Check that/]};
		assertRefused(t, await xmppc.run(send), expected);
		assertRefused(t, await xmppc.run(accountTest), expected);
		await assertTuiRefused(t, xmppc, expected, async terminal => {
			if (what !== 'is a folder') {
				// The person is asked what to do about it: to leave it alone is the first answer.
				await terminal.shows('The history is damaged');
				terminal.type(keys.enter);
			}
		});
		t.deepEqual(before && readFileSync(file), before, 'it was changed');
		t.is((await xmppc.run(['account', 'list'])).status, 0, 'what does not need it works');
	});
}

test.serial('a damaged lock file', async t => {
	const xmppc = await julietsProfile(t);
	const file = fileOf(xmppc, 'data', 'lock.sqlite');
	writeFileSync(file, 'no lock at all. '.repeat(500));
	const expected = {status: 74, says: [/lock file .*lock\.sqlite is damaged/, /remove it and try again/]};
	assertRefused(t, await xmppc.run(send), expected);
	await assertTuiRefused(t, xmppc, expected);
	rmSync(file);
	t.like(await xmppc.run(accountTest), {status: 0});
});

const weAreRoot = process.getuid?.() === 0;
const nobody = 65534;

/** Permissions mean nothing to root: then the program runs as somebody else, and the profile is theirs. */
function asSomebody(xmppc: Xmppc): (programArguments: readonly string[], input?: string) => ReturnType<Xmppc['run']> {
	const identity = weAreRoot ? ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'] : [];
	return (programArguments, input) =>
		runProgram([...identity, ...xmppc.command, ...programArguments], xmppc.home.environment, input);
}

test.serial('no permission to write', async t => {
	const xmppc = makeXmppc();
	t.teardown(xmppc.remove);
	// Where nothing can be connected to: whatever is refused, is refused before.
	t.is((await addAccountAt(xmppc, {port: 1})).status, 0);
	if (weAreRoot) {
		spawnSync('chown', ['-R', `${nobody}:${nobody}`, xmppc.home.directory]);
	}

	const run = asSomebody(xmppc);
	const history = fileOf(xmppc, 'data', 'history.sqlite');
	const cases: ReadonlyArray<readonly [string, number, readonly string[], RegExp]> = [
		[history, 0o400, send, /history\.sqlite.*permission denied|history\.sqlite cannot be written/],
		[fileOf(xmppc, 'data', 'lock.sqlite'), 0o400, send, /lock\.sqlite.*permission denied/],
		[fileOf(xmppc, 'data'), 0o500, send, /lock\.sqlite cannot be written|data.*permission denied/],
		[fileOf(xmppc, 'config', 'settings.json'), 0o000, send, /Cannot read the settings .*permission denied/],
		[fileOf(xmppc, 'config'), 0o500, ['account', 'remove', juliet], /Cannot write the settings .*permission denied/],
		[fileOf(xmppc, 'data'), 0o000, accountTest, /data.*permission denied/],
	];
	for (const [place, mode, command, says] of cases) {
		const usual = place.endsWith('e') || place.endsWith('n') ? 0o600 : 0o700;
		chmodSync(place, mode);
		assertRefused(t, await run(command), {status: 74, says: [says, /[Cc]heck/]});
		chmodSync(place, usual);
	}

	t.is((await run(send)).status, 69, 'with them it comes as far as the network');
});

test.serial("somebody else's profile", async t => {
	if (!weAreRoot) {
		t.pass('only root can make one');
		return;
	}

	const xmppc = await julietsProfile(t);
	spawnSync('chmod', ['-R', 'a+rX', xmppc.home.directory]);
	const refused = await asSomebody(xmppc)(send);
	assertRefused(t, refused, {status: 74, says: [/belongs to another user \(0\)/, /chown -R 65534/]});
});

test.serial('no space left', async t => {
	const xmppc = await julietsProfile(t);
	for (const kilobytes of [0, 40]) {
		// A limit to the size of files stands in for a full disk.
		const script = `ulimit -f ${kilobytes}; exec "$@"`;
		const long = ['send', romeo, 'x'.repeat(60_000)];
		const command = ['bash', '-c', script, 'bash', ...xmppc.command, ...long];
		const refused = await runProgram(command, xmppc.home.environment);
		assertRefused(t, refused, {status: 74, says: [/\.sqlite.*disk I\/O error/, /Check the disk.*not full/]});
	}

	t.is((await xmppc.run(send)).status, 0, 'the history is sound');
});

test.serial('an output that cannot be written, and one that nobody reads any more', async t => {
	const xmppc = await julietsProfile(t);
	const shell = (script: string) =>
		runProgram(['bash', '-c', script, 'bash', ...xmppc.command], xmppc.home.environment);
	for (const command of ['account list', 'send --json romeo@example.test hello', '--plain <<<"/help"']) {
		const {status, errors} = await shell(`"$@" ${command} > /dev/full`);
		t.is(status, 74, command);
		t.regex(errors, /cannot be written to standard output/);
		t.regex(errors, /free some space/);
	}

	t.is((await shell('"$@" account list | true')).status, 0);
	// The line mode has no end of its own: its input goes on.
	const started = performance.now();
	t.like(await shell('"$@" --plain < <(exec sleep 20 >/dev/null 2>&1) | head -1'), {status: 0, errors: ''});
	t.true(performance.now() - started < 10_000);
});

test.serial('no home, and XDG directories that cannot be', async t => {
	const xmppc = await julietsProfile(t);
	const {XDG_CONFIG_HOME: _, XDG_DATA_HOME: __, XDG_STATE_HOME: ___, ...bare} = xmppc.home.environment;
	const run = (more: Readonly<Record<string, string>>, programArguments: readonly string[] = send) =>
		runProgram([...xmppc.command, ...programArguments], {...bare, ...more}, 'patience\n');
	for (const HOME of ['', 'relative']) {
		assertRefused(t, await run({HOME}), {status: 78, says: [/no home directory/, /Set HOME/]});
	}

	// Relative paths are ignored, as the specification has it: the profile below HOME is empty.
	const relative = {XDG_CONFIG_HOME: 'config', XDG_DATA_HOME: 'data', XDG_STATE_HOME: 'state'};
	assertRefused(t, await run(relative), {status: 78, says: [/no account/, /xmppc account add/]});
	const add = ['account', 'add', 'nurse@example.test', '--password-stdin', '--secrets', 'key-file'];
	for (const place of ['/dev/null', '/proc']) {
		const expected = {status: 74, says: [new RegExp(place), /Move away|Check/]};
		assertRefused(t, await run({...xmppc.home.environment, XDG_DATA_HOME: place}), expected);
		const XDG_DATA_HOME = path.join(xmppc.home.directory, 'fresh');
		assertRefused(t, await run({XDG_DATA_HOME, XDG_CONFIG_HOME: place}, add), expected);
	}
});

test.serial('standard input that is closed', async t => {
	const xmppc = await julietsProfile(t);
	const closed = (programArguments: readonly string[]) =>
		runProgram(['sh', '-c', 'exec "$@" <&-', 'sh', ...xmppc.command, ...programArguments], xmppc.home.environment);
	assertRefused(t, await closed(['send', romeo]), {status: 65, says: [/no text to send/, /--message/]});
	const add = ['account', 'add', 'nurse@example.test', '--password-stdin', '--secrets', 'key-file'];
	assertRefused(t, await closed(add), {status: 65, says: [/nothing on the first line of standard input/, /[Ww]rite/]});
	t.is((await closed(send)).status, 0, 'what does not read it works');
	t.is((await closed([])).status, 0, 'the line mode ends with its input');
});

test.serial('a program that was stopped holds the profile: who comes next is told', async t => {
	const xmppc = await julietsProfile(t);
	const terminal = xmppc.open();
	t.teardown(terminal.stop);
	await terminal.shows(`${juliet} ●`);
	process.kill(terminal.pid, 'SIGSTOP');
	assertRefused(t, await xmppc.run(send), {status: 75, says: [/does not answer/, /continue or close it/]});
	process.kill(terminal.pid, 'SIGCONT');
	t.is((await xmppc.run(send)).status, 0);
});

test.serial('a second screen on the same profile says that there is a first one', async t => {
	const xmppc = await julietsProfile(t);
	const first = xmppc.open();
	t.teardown(first.stop);
	await first.shows(`${juliet} ●`);
	const second = startTerminal(xmppc.command, {environment: xmppc.home.environment});
	t.teardown(second.stop);
	await second.shows('Another xmppc is running with the profile "default"');
	t.false(second.isAlternate());
	second.type(keys.controlC);
	await second.ended;
	t.true(first.isAlternate(), 'the first one goes on');
});
