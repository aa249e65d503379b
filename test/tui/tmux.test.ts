/** The whole TUI inside a real tmux, which answers, counts columns and passes keys on in its own way. */
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {startTmux, type Tmux} from '../support/peers/tmux.js';

const program = fileURLToPath(new URL('fake-program.js', import.meta.url));

async function inTmux(t: ExecutionContext, options: readonly string[], work: (tmux: Tmux) => Promise<void>) {
	const tmux = await startTmux({NODE_ENV: 'production', TZ: 'UTC'}, {columns: 100, rows: 30});
	try {
		for (const option of options) {
			await tmux.command('set-option', ...option.split(' '));
		}

		await tmux.command('select-pane', '-t', 'main', '-T', 'before');
		await tmux.type(`"${process.execPath}" "${program}" answers\r`);
		await tmux.shows('line 399 of the history');
		await work(tmux);
		await tmux.press('C-u');
		await tmux.type('/quit\r');
		await tmux.shows('ended: quit');
		t.false(await tmux.isAlternate());
		await becomes(t, 'before', () => tmux.command('display-message', '-p', '-t', 'main', '#{pane_title}'));
	} finally {
		await tmux.stop();
	}
}

/** What tmux is told by the program arrives a moment after the screen. */
async function becomes(t: ExecutionContext, expected: string, ask: () => Promise<string>) {
	for (let turn = 0; turn < 600 && (await ask()).trim() !== expected; turn++) {
		await sleep(50);
	}

	t.is((await ask()).trim(), expected);
}

test('a person chats in tmux; answers of tmux are not typed, the title is its own and is given back', async t => {
	await inTmux(t, [], async tmux => {
		await becomes(t, 'xmppc', () => tmux.command('display-message', '-p', '-t', 'main', '#{pane_title}'));
		await tmux.type('hé 漢字 👍🏽 done\r');
		await tmux.shows('you said: hé 漢字');
		await tmux.shows(/^> *$/m);
		await tmux.resize(60, 15);
		await tmux.shows('you said: hé 漢字');
		await tmux.resize(120, 40);
		await tmux.shows(/console.*you said: hé 漢字/s);
	});
});

test('an accent in the last column stays on its letter', async t => {
	await inTmux(t, [], async tmux => {
		await tmux.type(`${'a\u0300'.repeat(180)}\r`);
		await tmux.shows('you said');
		await tmux.press('C-l');
		await sleep(500);
		const text = await tmux.text();
		t.notRegex(text, /\u0300{2}/u);
		t.notRegex(text, /a$/mu);
		t.true(text.includes('a\u0300'.repeat(40)));
	});
});

test('/copy puts a text into the buffer of tmux, whatever it holds', async t => {
	await inTmux(t, [], async tmux => {
		await tmux.type(`/copy $(it's) "me" -w\r`);
		await tmux.shows('Copied 15 characters through tmux.');
		t.is(await tmux.command('show-buffer'), `$(it's) "me" -w`);
	});
});

test('/doctor gives the lines that this tmux lacks, and stops when they are set', async t => {
	await inTmux(t, [], async tmux => {
		await tmux.type('/doctor\r');
		await tmux.shows('set -s escape-time 10');
		await tmux.shows('set -g focus-events on');
		await tmux.press('Escape');
		for (const option of ['-s escape-time 10', '-g focus-events on', '-s extended-keys on']) {
			await tmux.command('set-option', ...option.split(' '));
		}

		await tmux.shows(/^[^╭]*$/);
		await tmux.type('/doctor\r');
		await tmux.shows('Nothing is missing.');
		await tmux.press('Escape');
		await tmux.shows(/^[^╭]*$/);
	});
});

test('with extended keys Shift+Enter begins a new line, and the other keys do what they always do', async t => {
	await inTmux(t, ['-s extended-keys on', '-s escape-time 0'], async tmux => {
		await tmux.type('one');
		await tmux.press('S-Enter');
		await tmux.type('two');
		await tmux.shows(/> one *\n +two/);
		await tmux.press('C-c');
		await tmux.shows(/^> *$/m);
		await tmux.type('Shift and Ctrl');
		await tmux.press('C-w');
		await tmux.shows(/^> Shift and *$/m);
	});
});

test('Ctrl+Z gives the shell back, fg the chat', async t => {
	await inTmux(t, [], async tmux => {
		await tmux.type('half a line');
		await tmux.press('C-z');
		await tmux.shows(/ready\$ *$/m);
		t.false(await tmux.isAlternate());
		await tmux.type('fg\r');
		await tmux.shows('> half a line');
		t.true(await tmux.isAlternate());
	});
});
