/**
 * Whatever ends the built program, the shell gets its terminal back as it was: modes, screen, echo, cursor, and a line
 * that says why where that was not asked for.
 */
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {juliet, makeAccountAt, password, serve} from '../support/bad-input.js';
import {type ChatPeer, startChatPeer} from '../support/peers/chat-peer.js';
import {makeXmppc, type Xmppc} from '../support/peers/xmppc.js';
import {type Prosody, startProsody} from '../support/prosody.js';
import {childEnvironment, keys, startTerminal, type Terminal} from '../support/terminal.js';

type Scene = {readonly server: Prosody; readonly romeo: ChatPeer};

const test = anyTest as TestFn<Scene>;
const romeo = 'romeo@example.test';
const online = `${juliet} ●`;

test.before(async t => {
	const server = await startProsody({
		accounts: {juliet: password, romeo: password},
		rosters: {juliet: [{jid: romeo, subscription: 'both'}], romeo: [{jid: juliet, subscription: 'both'}]},
	});
	t.context = {server, romeo: await startChatPeer(server, 'romeo', password)};
});

test.after.always(async t => {
	const {server, romeo} = t.context as Partial<Scene>;
	await romeo?.close();
	await server?.stop();
});

function julietsProfile(t: ExecutionContext<Scene>): Promise<Xmppc> {
	const {port, caFile} = t.context.server;
	return makeAccountAt(t, {port, caFile});
}

type UnderShell = {readonly terminal: Terminal; pid(): number};

/** Runs the program from a shell that says what state the terminal was in before, and afterwards. */
function runUnderShell(
	t: ExecutionContext<Scene>,
	xmppc: Xmppc,
	programArguments: readonly string[] = [],
	nodeOptions: readonly string[] = [],
): UnderShell {
	const [node, ...program] = xmppc.command;
	const command = [node, ...nodeOptions, ...program, ...programArguments].map(word => `'${word}'`).join(' ');
	const script = `stty -g; ${command}; echo "status $?"; stty -g; echo finished`;
	const terminal = startTerminal(['sh', '-c', script], {environment: xmppc.home.environment, columns: 100});
	t.teardown(terminal.stop);
	return {
		terminal,
		pid: () => childOf(terminal.pid),
	};
}

function childOf(pid: number): number {
	return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0]);
}

function isRunning(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}

/** The shell's screen as the program left it; fails unless the terminal is exactly as it was. */
async function restored(t: ExecutionContext<Scene>, terminal: Terminal, status: number): Promise<string> {
	await terminal.shows('finished');
	const shown = terminal.text();
	t.false(terminal.isAlternate());
	t.regex(shown, new RegExp(`status ${status}$`, 'm'));
	const settings = shown.split('\n').filter(row => /^[\da-f]+(:[\da-f]+){10,}/.test(row));
	t.is(settings.length, 2);
	t.is(settings[1], settings[0], 'stty -g before and after');
	const modes = new Map<string, string>();
	for (const [, mode = '', state = ''] of terminal.output.matchAll(/\u001B\[\?(\d+)([hl])/g)) {
		modes.set(mode, state);
	}

	const usual: Readonly<Record<string, string>> = {7: 'h', 25: 'h', 1004: 'l', 1049: 'l', 2004: 'l', 2026: 'l'};
	t.deepEqual(
		[...modes].filter(([mode, state]) => usual[mode] !== state),
		[],
	);

	// Nothing of a late frame lands on the shell's screen, and no colour stays on. That the cursor shows is said twice.
	const afterwards = terminal.output.slice(terminal.output.lastIndexOf('\u001B[?1049l')).replaceAll('\u001B[?25h', '');
	t.regex(afterwards, /^(?:\u001B\[\?1049l)?(?:\u001B\[23;2t)?[^\u001B]*$/);
	return shown;
}

/** Makes a running program fail when it gets SIGUSR2, without any support of its own. */
function failingOn(failure: string): readonly string[] {
	return ['--import', `data:text/javascript,process.on("SIGUSR2",()=>{${encodeURIComponent(failure)}})`];
}

test.serial('/quit', async t => {
	const {terminal} = runUnderShell(t, await julietsProfile(t));
	await terminal.shows(online);
	t.true(terminal.isAlternate());
	terminal.type(`/quit${keys.enter}`);
	const shown = await restored(t, terminal, 0);
	t.notRegex(shown, /xmppc:/);
});

for (const [signal, status] of [
	['SIGTERM', 143],
	['SIGINT', 130],
	['SIGHUP', 129],
] as const) {
	test.serial(`${signal} while messages stream in`, async t => {
		const {terminal, pid} = runUnderShell(t, await julietsProfile(t));
		await terminal.shows(online);
		terminal.type(`/query ${romeo}${keys.enter}`);
		for (let count = 0; count < 200; count += 1) {
			t.context.romeo.send(juliet, `message ${count} ${'x'.repeat(count)}`, {noStore: true});
		}

		await terminal.shows(/message \d\d/);
		process.kill(pid(), signal);
		await restored(t, terminal, status);
	});
}

test.serial('SIGTERM with a popup on the screen', async t => {
	const {terminal, pid} = runUnderShell(t, await julietsProfile(t));
	await terminal.shows(online);
	terminal.type(`/help${keys.enter}`);
	await terminal.shows('Esc closes');
	process.kill(pid(), 'SIGTERM');
	await restored(t, terminal, 143);
});

test.serial('SIGTERM while the server is silent', async t => {
	const silent = await serve(t, connection => connection.ended);
	const {terminal, pid} = runUnderShell(t, await makeAccountAt(t, {port: silent.port}));
	await terminal.shows('connecting');
	const started = performance.now();
	process.kill(pid(), 'SIGTERM');
	await restored(t, terminal, 143);
	t.true(performance.now() - started < 2000);
});

for (const [what, failure] of [
	['an exception', 'throw new Error("the sky fell")'],
	['a rejection', 'Promise.reject(new Error("the sky fell"))'],
] as const) {
	test.serial(`${what} that nobody catches: it is called a defect, and the profile is free again`, async t => {
		const xmppc = await julietsProfile(t);
		const {terminal, pid} = runUnderShell(t, xmppc, [], failingOn(failure));
		await terminal.shows(online);
		process.kill(pid(), 'SIGUSR2');
		const shown = await restored(t, terminal, 70);
		t.regex(shown, /xmppc: the sky fell \(This is a defect in xmppc/);
		t.is((await xmppc.run(['account', 'test', juliet])).status, 0);
	});
}

test.serial('a history that turns out to be damaged behind the first frame, and is left as it is', async t => {
	const xmppc = await julietsProfile(t);
	writeFileSync(historyOf(xmppc), 'no database at all. '.repeat(100));
	const {terminal} = runUnderShell(t, xmppc);
	await terminal.shows('> Leave');
	terminal.type(keys.enter);
	const shown = await restored(t, terminal, 74);
	t.regex(shown, /^xmppc: The history database/m);
	t.true(terminal.output.includes('\u001B[?1049h'), 'the screen was there');
});

test.serial('a history that is destroyed while the program runs: it says so and can still be left', async t => {
	const xmppc = await julietsProfile(t);
	const {terminal} = runUnderShell(t, xmppc);
	await terminal.shows(online);
	terminal.type(`/query ${romeo}${keys.enter}`);
	t.context.romeo.send(juliet, 'It is the nightingale');
	await terminal.shows('It is the nightingale');
	for (const file of ['', '-wal', '-shm']) {
		writeFileSync(`${historyOf(xmppc)}${file}`, 'no database at all. '.repeat(2000));
	}

	terminal.type(`It was the lark${keys.enter}`);
	await terminal.shows('damaged');
	// Reading fails as well, and may say so first.
	await terminal.shows('It was the lark');
	terminal.type(', the herald');
	await terminal.shows('It was the lark, the herald');
	t.pass('what was typed is not lost');
	terminal.type(`${keys.controlU}/quit${keys.enter}`);
	await restored(t, terminal, 0);
});

test.serial('a terminal that is closed: the program ends and leaves the profile to the next one', async t => {
	const xmppc = await julietsProfile(t);
	const terminal = xmppc.open();
	await terminal.shows(online);
	terminal.kill('SIGHUP');
	t.is((await terminal.ended).code, 129);
	t.is((await xmppc.run(['account', 'test', juliet])).status, 0);
});

test.serial('a terminal that goes away without a signal, as over a lost SSH connection', async t => {
	const xmppc = await julietsProfile(t);
	// In a session of its own it gets no SIGHUP: only its input and output fail.
	const terminal = startTerminal(['setsid', '--wait', ...xmppc.command], {environment: xmppc.home.environment});
	await terminal.shows(online);
	const pid = childOf(terminal.pid);
	await terminal.stop();
	while (isRunning(pid)) {
		await sleep(20);
	}

	t.is((await xmppc.run(['account', 'test', juliet])).status, 0);
});

test.serial('kill -9: nothing can be restored, and the next start works', async t => {
	const xmppc = await julietsProfile(t);
	const terminal = xmppc.open();
	await terminal.shows(online);
	await terminal.stop();
	const again = xmppc.open();
	t.teardown(again.stop);
	await again.shows(online);
	t.pass();
});

test.serial('Ctrl+Z gives the shell its terminal, and fg brings screen and connection back', async t => {
	const xmppc = await julietsProfile(t);
	const terminal = startTerminal(['bash', '--norc', '-i'], {
		environment: childEnvironment({...xmppc.home.environment, PS1: 'prompt> '}),
		columns: 100,
	});
	t.teardown(terminal.stop);
	await terminal.shows('prompt>');
	terminal.type(`${xmppc.command.join(' ')}\r`);
	await terminal.shows(online);
	terminal.type(`/query ${romeo}${keys.enter}`);
	await terminal.shows(screen => screen.split('\n')[0]?.includes(romeo) === true);
	terminal.type('half a sen');
	await terminal.shows('> half a sen');
	terminal.type(keys.controlZ);
	await terminal.shows('Stopped');
	t.false(terminal.isAlternate());
	terminal.type('stty -a | grep -c -E "[^-]icanon|[^-]echo "; echo "shell is $((40 + 2))"\r');
	await terminal.shows('shell is 42');
	t.context.romeo.send(juliet, 'while you were away');
	terminal.type('fg\r');
	await terminal.shows(screen => screen.includes('while you were away') && screen.includes('> half a sen'));
	t.true(terminal.isAlternate());
	terminal.type(`tence${keys.enter}`);
	t.is((await t.context.romeo.hears(({body}) => body.startsWith('half'))).body, 'half a sentence');
	terminal.type(`/quit${keys.enter}`);
	await terminal.shows(/prompt>\s*$/);
	t.false(terminal.isAlternate());
});

for (const [what, end] of [
	['Ctrl+C', ({terminal}: UnderShell) => terminal.type(keys.controlC)],
	['SIGTERM', ({pid}: UnderShell) => process.kill(pid(), 'SIGTERM')],
] as const) {
	test.serial(`${what} over the password of account add`, async t => {
		const xmppc = makeXmppc();
		t.teardown(xmppc.remove);
		const shell = runUnderShell(t, xmppc, ['account', 'add', juliet, '--secrets', 'key-file']);
		await shell.terminal.shows(`Password of ${juliet}`);
		shell.terminal.type('half a pass');
		await sleep(50);
		end(shell);
		const shown = await restored(t, shell.terminal, what === 'Ctrl+C' ? 130 : 143);
		t.notRegex(shown, /half a pass/);
		t.is((await xmppc.run(['account', 'list'])).output, '');
	});
}

for (const [signal, status] of [
	['SIGTERM', 143],
	['SIGINT', 130],
] as const) {
	test.serial(`${signal} over the password of the line mode`, async t => {
		const xmppc = makeXmppc();
		t.teardown(xmppc.remove);
		const {terminal, pid} = runUnderShell(t, xmppc, ['--plain']);
		await terminal.shows('JID');
		terminal.type(`${juliet}${keys.enter}`);
		await terminal.shows(`Password of ${juliet}`);
		await sleep(100);
		terminal.type('half a pass');
		await sleep(100);
		process.kill(pid(), signal);
		const shown = await restored(t, terminal, status);
		t.notRegex(shown, /half a pass/);
	});
}

function historyOf(xmppc: Xmppc): string {
	return path.join(xmppc.home.directory, 'data', 'xmppc', 'default', 'history.sqlite');
}
