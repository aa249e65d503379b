import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {spawn} from '@lydell/node-pty';
import test, {type ExecutionContext} from 'ava';
import {systemClock} from '../../source/shared/clock.js';
import {enterSequence, leaveSequence, titleSequence} from '../../source/tui/terminal/modes.js';
import {childEnvironment, startTerminal, type Terminal} from '../support/terminal.js';

const program = fileURLToPath(new URL('support/terminal-program.js', import.meta.url));
const node = process.execPath;

async function notesFile(t: ExecutionContext): Promise<string> {
	const directory = await fs.mkdtemp(path.join(os.tmpdir(), 'xmppc-terminal-'));
	t.teardown(() => fs.rm(directory, {recursive: true, force: true, maxRetries: 5}));
	return path.join(directory, 'notes');
}

const pause = (milliseconds: number) =>
	new Promise<void>(resolve => {
		systemClock.after(milliseconds, resolve);
	});

/** Runs the program under a shell that then says what state the terminal was left in. */
async function runProgram(t: ExecutionContext): Promise<{terminal: Terminal; pid: number; notes: string}> {
	const notes = await notesFile(t);
	const script = `"${node}" "${program}" wait "${notes}"; echo "status $?"; stty -a; echo finished; read -r _`;
	const terminal = startTerminal(['sh', '-c', script], {environment: childEnvironment()});
	t.teardown(() => terminal.stop());
	await terminal.shows(/ready \d+/);
	const pid = Number(/ready (\d+)/.exec(terminal.text())?.[1]);
	return {terminal, pid, notes};
}

async function assertRestored(t: ExecutionContext, terminal: Terminal) {
	await terminal.shows('finished');
	const text = terminal.text();
	t.false(terminal.isAlternate());
	t.regex(text, /[^-]icanon/);
	t.regex(text, /[^-]echo /);
	const modes = [...terminal.output.matchAll(/\u{1B}\[\?(\d+)([hl])/gu)];
	const last = new Map(modes.map(([, mode, state]) => [mode, state]));
	t.deepEqual(
		['7', '25', '1004', '1049', '2004'].map(mode => last.get(mode)),
		['h', 'h', 'l', 'l', 'l'],
	);
}

test.serial('the terminal is taken, painted and told the title', async t => {
	const {terminal} = await runProgram(t);
	t.true(terminal.isAlternate());
	t.true(terminal.output.includes(enterSequence));
	t.true(terminal.output.includes('\u{1B}]2;a title]0;evil\u{1B}\\'));
	t.deepEqual(terminal.cursor(), {row: 23, column: 2});
	terminal.type('hé\u{1B}[200~pasted\u{1B}[201~');
	await terminal.shows('> hépasted');
	t.deepEqual(terminal.cursor(), {row: 23, column: 10});
});

test.serial('a typed character costs one byte on the way to the terminal', async t => {
	const {terminal} = await runProgram(t);
	terminal.type('a');
	await terminal.shows('> a');
	await terminal.settles(50);
	const before = terminal.bytes;
	terminal.type('b');
	await terminal.shows('> ab');
	await terminal.settles(50);
	t.is(terminal.bytes - before, 1);
});

test.serial('a resize repaints the screen in its new size', async t => {
	const {terminal} = await runProgram(t);
	terminal.resize(60, 10);
	await terminal.shows(text => text.split('\n')[9]?.startsWith('>') ?? false);
	t.deepEqual(terminal.cursor(), {row: 9, column: 2});
});

test.serial('quitting restores the terminal', async t => {
	const {terminal} = await runProgram(t);
	terminal.type('q');
	await assertRestored(t, terminal);
	t.regex(terminal.text(), /bye\n+status 0/);
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
	test.serial(`${signal} restores the terminal and leaves time for an orderly end`, async t => {
		const {terminal, pid} = await runProgram(t);
		process.kill(pid, signal);
		await assertRestored(t, terminal);
		t.regex(terminal.text(), /ended by signal\n+status 0/);
	});
}

test.serial('a signal right after the start waits for the answers that the shell would get', async t => {
	const notes = await notesFile(t);
	const script = `"${node}" "${program}" wait "${notes}"; echo "status $?"; echo finished`;
	const pty = spawn('sh', ['-c', script], {cols: 80, rows: 24, env: childEnvironment()});
	t.teardown(() => pty.kill('SIGKILL'));
	let output = '';
	const finished = new Promise<void>(resolve => {
		let killed = false;
		pty.onData(data => {
			output += data;
			const pid = /ready (\d+)/.exec(output)?.[1];
			if (!killed && pid !== undefined) {
				killed = true;
				process.kill(Number(pid), 'SIGTERM');
				pty.write('\u{1B}]11;rgb:0/0/0\u{7}\u{1B}[?1;2c');
			}

			if (output.includes('finished')) {
				resolve();
			}
		});
	});
	await finished;
	t.regex(output, /ended by signal\s+status 0/);
	t.notRegex(output, /1;2c|rgb:0/);
});

for (const [what, key] of [
	['an exception', 'e'],
	['a rejection', 'r'],
] as const) {
	test.serial(`${what} nobody caught restores the terminal before anything is said`, async t => {
		const {terminal} = await runProgram(t);
		terminal.type(key);
		await assertRestored(t, terminal);
		t.regex(terminal.text(), /ended by fatal\n+status 70/);
	});
}

test.serial('the exit of the process restores the terminal', async t => {
	const {terminal} = await runProgram(t);
	terminal.type('x');
	await assertRestored(t, terminal);
	t.regex(terminal.text(), /status 3/);
});

test.serial('Ctrl+Z gives the terminal to the shell, and fg brings everything back', async t => {
	const notes = await notesFile(t);
	const terminal = startTerminal(['bash', '--norc', '-i'], {environment: childEnvironment({PS1: 'prompt> '})});
	t.teardown(() => terminal.stop());
	await terminal.shows('prompt>');
	terminal.type(`"${node}" "${program}" wait "${notes}"\r`);
	await terminal.shows(/ready \d+/);
	terminal.type('abc');
	await terminal.shows('> abc');
	terminal.type('\u{1A}');
	await terminal.shows('Stopped');
	t.false(terminal.isAlternate());
	terminal.type('echo "shell is $((40 + 2))"\r');
	await terminal.shows('shell is 42');
	terminal.type('fg\r');
	await terminal.shows(text => /^ready \d+/.test(text) && text.includes('> abc'));
	await terminal.settles(50);
	t.true(terminal.isAlternate());
	t.is(terminal.output.split('\u{1B}]2;a title').length - 1, 2, 'the title is ours again');
	t.deepEqual(terminal.cursor(), {row: 23, column: 5});
	terminal.type('d');
	await terminal.shows('> abcd');
	terminal.type('q');
	await terminal.shows('bye');
	t.false(terminal.isAlternate());
});

test.serial(
	'stopped and continued without a word, the terminal is painted again and nothing is on its stacks twice',
	async t => {
		const {terminal, pid, notes} = await runProgram(t);
		process.kill(pid, 'SIGSTOP');
		process.kill(pid, 'SIGCONT');
		await noted(notes, /^resumed$/m);
		await terminal.shows(/ready \d+/);
		terminal.type('q');
		await assertRestored(t, terminal);
		const count = (sequence: string) => terminal.output.split(sequence).length - 1;
		t.is(count('\u{1B}[22;2t'), 1);
		t.is(count('\u{1B}[23;2t'), 1);
	},
);

test.serial('Ctrl+Z without a shell to return to comes back by itself', async t => {
	const notes = await notesFile(t);
	const terminal = startTerminal([node, program, 'wait', notes], {environment: childEnvironment()});
	t.teardown(() => terminal.stop());
	await terminal.shows(/ready \d+/);
	terminal.type('\u{1A}');
	await terminal.settles(400);
	await terminal.shows(/ready \d+/);
	t.true(terminal.isAlternate());
	terminal.type('q');
	t.deepEqual(await terminal.ended, {code: 0, signal: 0});
});

test.serial('a terminal whose window is closed is an orderly end, not a crash', async t => {
	const notes = await notesFile(t);
	// In a session of its own the program gets no SIGHUP: only its input and output fail.
	const pty = spawn('setsid', ['--wait', node, program, 'flood', notes], {cols: 80, rows: 24, env: childEnvironment()});
	const started = new Promise<void>(resolve => {
		pty.onData(() => resolve());
	});
	await started;
	pty.kill('SIGKILL');
	const text = await noted(notes, /^end /m);
	t.regex(text, /^end hangup$/m);
	t.is(text.match(/^end /gm)?.length, 1);
});

async function noted(notes: string, expected: RegExp): Promise<string> {
	for (let waited = 0; waited < 5000; waited += 20) {
		const text = await fs.readFile(notes, 'utf8').catch(() => '');
		if (expected.test(text)) {
			return text;
		}

		await pause(20);
	}

	throw new Error(`not noted in time: ${expected}`);
}

test.serial('a terminal that stops reading does not stop the program, and loses no more than frames', async t => {
	const notes = await notesFile(t);
	const pty = spawn(node, [program, 'flood', notes], {cols: 200, rows: 50, env: childEnvironment()});
	t.teardown(() => pty.kill('SIGKILL'));
	let received = 0;
	let latest = '';
	let everything = '';
	pty.onData(data => {
		everything += data;
		received += data.length;
		latest = data;
	});
	await noted(notes, /^turn 5$/m);
	pty.pause();
	await pause(100);
	const turns = async () => (await fs.readFile(notes, 'utf8')).split('\n').length;
	const before = await turns();
	const receivedBefore = received;
	await pause(600);
	const passed = (await turns()) - before;
	t.true(passed > 30, `only ${passed} turns while nobody read`);
	const stalledUntil = before + passed - 5;
	pty.resume();
	await pause(100);
	const titles = [...everything.matchAll(/\u{1B}\]2;turn (\d+)/gu)].map(([, turn]) => Number(turn));
	const late = titles.filter(turn => turn > before && turn < stalledUntil);
	t.true(late.length < passed / 2, `${late.length} titles of ${passed} turns while nobody read`);
	t.true(Math.max(...titles) > stalledUntil, 'the title is the newest in the end');
	t.true(received - receivedBefore < 400_000, `${received - receivedBefore} bytes came after the pause`);
	t.not(latest, '');
});

test.serial('a stalled terminal does not hold up the end', async t => {
	const notes = await notesFile(t);
	const pty = spawn(node, [program, 'flood', notes], {cols: 200, rows: 50, env: childEnvironment()});
	const ended = new Promise<void>(resolve => {
		pty.onExit(() => resolve());
	});
	pty.onData(() => {});
	await noted(notes, /^turn 5$/m);
	pty.pause();
	await pause(300);
	process.kill(pty.pid, 'SIGTERM');
	await noted(notes, /^end signal$/m);
	await pause(100);
	pty.resume();
	await ended;
	t.pass();
});

test('a title carries no control character and is not endless', t => {
	t.is(titleSequence('a\u{1B}\\b\u{7}c\u{9C}d\u{202E}e\nf'), '\u{1B}]2;a\\bcdef\u{1B}\\');
	t.true(titleSequence('x'.repeat(10_000)).length < 250);
});

test('leaving resets everything that entering sets', t => {
	for (const [, mode] of enterSequence.matchAll(/\?(\d+)h/g)) {
		t.true(leaveSequence.includes(`?${mode}l`));
	}

	for (const [, mode] of enterSequence.matchAll(/\?(\d+)l/g)) {
		t.true(leaveSequence.includes(`?${mode}h`));
	}
});
