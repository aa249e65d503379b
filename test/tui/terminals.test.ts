/** The whole TUI on different terminals and sizes; every byte that it sends goes through the recorder. */
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {childEnvironment, keys, startTerminal, type Terminal} from '../support/terminal.js';
import {forbiddenIn} from './support/recorder.js';

const program = fileURLToPath(new URL('fake-program.js', import.meta.url));

type Surroundings = {
	readonly columns?: number;
	readonly rows?: number;
	readonly env?: Readonly<Record<string, string>>;
};

async function run(
	t: ExecutionContext,
	{columns = 80, rows = 24, env = {}}: Surroundings,
	work: (terminal: Terminal) => Promise<void>,
) {
	const environment = childEnvironment({NODE_ENV: 'production', TZ: 'UTC', LANG: 'C.UTF-8', ...env});
	const terminal = startTerminal([process.execPath, program, 'answers'], {environment, columns, rows});
	try {
		await terminal.shows('line 399 of the history');
		await work(terminal);
		terminal.type(`${keys.controlU}/quit${keys.enter}`);
		t.is((await terminal.ended).code, 0);
		t.regex(terminal.text(), /ended: quit/);
		t.false(terminal.isAlternate());
		t.deepEqual(forbiddenIn(terminal.output), []);
	} finally {
		await terminal.stop();
	}
}

/** What a person sees: blanks that were written look like blanks that were not. */
const visible = (terminal: Terminal) => terminal.text().replaceAll(/ +$/gmu, '');

/** Chats, opens a popup and closes it, scrolls, goes through buffers, repaints. */
async function chat(t: ExecutionContext, terminal: Terminal) {
	terminal.type(`hé 漢字 👍🏽${keys.enter}`);
	await terminal.shows('you said: hé 漢字');
	terminal.type('\u{1B}OP');
	await terminal.shows(/[╭+][─-]+[╮+]/);
	terminal.type(keys.escape);
	await terminal.shows(text => !/[╭+][─-]{4,}[╮+]/.test(text));
	terminal.type(keys.pageUp);
	await terminal.shows(text => !text.includes('you said'));
	terminal.type(keys.pageDown);
	await terminal.shows('you said: hé 漢字');
	await terminal.settles();
	const before = visible(terminal);
	terminal.type(keys.controlL);
	await terminal.settles();
	t.is(visible(terminal), before);
}

for (const TERM of ['screen', 'screen-256color', 'tmux-256color', 'xterm', 'xterm-256color', 'xterm-kitty', 'rxvt']) {
	test(`TERM=${TERM}: chats and sends nothing but what is allowed`, async t => {
		await run(t, {env: {TERM}}, terminal => chat(t, terminal));
	});
}

test('the Linux console is sent no strings, no scrolling, and only signs that it has', async t => {
	let output = '';
	await run(t, {env: {TERM: 'linux'}}, async terminal => {
		await chat(t, terminal);
		output = terminal.output;
	});
	t.notRegex(output, /\u{1B}[\]P_^X]/u);
	t.notRegex(output, /\u{1B}\[\d*[ST]/u);
	t.notRegex(output, /\u{1B}\[[<>=]/u);
	t.notRegex(output, /[─│╭●○]/u);
});

test('without colours none is sent, and with FORCE_COLOR they are', async t => {
	const colors = /\u{1B}\[(?:[\d;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]/u;
	for (const [env, expected] of [
		[{TERM: 'xterm-256color', NO_COLOR: '1'}, false],
		[{TERM: 'xterm-256color'}, true],
		[{TERM: 'xterm', FORCE_COLOR: '3'}, true],
	] as const) {
		await run(t, {env}, async terminal => {
			await terminal.settles();
			t.is(colors.test(terminal.output), expected, JSON.stringify(env));
		});
	}
});

test('no warning of Node lands on the screen, neither about colours nor another', async t => {
	// As soon as the TUI has the terminal.
	const warn =
		"const%20i=setInterval(()=>process.listenerCount('SIGTSTP')&&(clearInterval(i),process.emitWarning('from%20Node')),20)";
	for (const env of [
		{NO_COLOR: '1'},
		{NO_COLOR: '1', FORCE_COLOR: '1'},
		{NODE_OPTIONS: `--import=data:text/javascript,${warn}`},
	]) {
		await run(t, {env}, async terminal => {
			await chat(t, terminal);
			t.notRegex(terminal.output, /Warning/u, JSON.stringify(env));
		});
	}
});

for (const [columns, rows] of [
	[40, 10],
	[53, 13],
	[120, 30],
	[300, 100],
] as const) {
	test(`${columns}x${rows}: chats, and after every other size too`, async t => {
		await run(t, {columns, rows}, async terminal => {
			await chat(t, terminal);
			for (const [width, height] of [
				[300, 100],
				[40, 10],
				[39, 9],
				[columns, rows],
			] as const) {
				terminal.resize(width, height);
			}

			const lastRow = (text: string) => text.split('\n')[rows - 1]?.trimEnd();
			await terminal.shows(text => text.includes('you said: hé 漢字') && lastRow(text) === '>');
			terminal.type('x');
			await terminal.shows(text => lastRow(text) === '> x');
			await terminal.settles();
			t.deepEqual(terminal.cursor(), {row: rows - 1, column: 3});
		});
	});
}

test('a terminal smaller than the smallest says so, and goes on when it has grown', async t => {
	await run(t, {}, async terminal => {
		terminal.resize(30, 8);
		await terminal.shows(/This terminal is 30/);
		terminal.resize(80, 24);
		await terminal.shows('line 399 of the history');
	});
});

test('answers of the terminal are never typed, even when they come late', async t => {
	await run(t, {}, async terminal => {
		await terminal.settles();
		terminal.type('\u{1B}]11;rgb:ffff/ffff/ffff\u{7}\u{1B}P>|XTerm(390)\u{1B}\\\u{1B}[?0u\u{1B}[?64;1;2c');
		terminal.type('a');
		await terminal.shows('> a');
		t.is(terminal.line(23), '> a');
	});
});

test("kitty's keyboard: the flags are pushed when it answers, and popped at the end", async t => {
	let output = '';
	await run(t, {}, async terminal => {
		terminal.type('\u{1B}[?0u\u{1B}[?64c');
		await terminal.shows(() => terminal.output.includes('\u{1B}[>5u'));
		terminal.type('one\u{1B}[13;2utwo');
		await terminal.shows(/> one\s+two/);
		terminal.type('\u{1B}[99;5u');
		await terminal.shows(text => !text.includes('two'));
		await terminal.settles();
		output = terminal.output;
		terminal.type('\u{1B}[47u');
		await terminal.shows('> /');
	});
	t.false(output.includes('\u{1B}[<u'));
});

test('the mouse is reported from when the person wants it until the end', async t => {
	await run(t, {}, async terminal => {
		t.false(terminal.output.includes('\u{1B}[?1000h'));
		terminal.type(`/set mouse on${keys.enter}`);
		await terminal.shows('mouse is now on');
		t.true(terminal.output.includes('\u{1B}[?1000h\u{1B}[?1006h'));
		const before = terminal.text();
		terminal.type('\u{1B}[<64;30;5M\u{1B}[<64;30;5M');
		await terminal.shows(text => text !== before);
		t.regex(terminal.line(23), /^> *$/);
	});
});

test('other colours are used from the moment that they are set', async t => {
	await run(t, {env: {TERM: 'xterm-256color'}}, async terminal => {
		terminal.type(`/set color.depth none${keys.enter}`);
		await terminal.shows('color.depth is now');
		await terminal.settles();
		const before = terminal.output.length;
		terminal.type(keys.controlL);
		await terminal.shows(() => terminal.output.length - before > 800);
		await terminal.settles();
		t.notRegex(terminal.output.slice(before), /\u{1B}\[(?:[\d;]*;)?[34][0-8][;m]/u);
	});
});

test('a light background that the terminal tells of changes the looks, unless they were chosen', async t => {
	for (const [theme, changes] of [
		['auto', true],
		['dark', false],
	] as const) {
		await run(t, {}, async terminal => {
			terminal.type(`/set theme ${theme}${keys.enter}`);
			await terminal.settles();
			const before = terminal.bytes;
			terminal.type('\u{1B}]11;rgb:ffff/ffff/f0f0\u{7}x');
			await terminal.shows('> x');
			await terminal.settles(300);
			t.is(terminal.bytes - before > 300, changes, `${theme}: ${terminal.bytes - before} bytes`);
		});
	}
});
