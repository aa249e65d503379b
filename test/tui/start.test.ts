import process from 'node:process';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {childEnvironment, keys, startTerminal, type Terminal} from '../support/terminal.js';

const program = fileURLToPath(new URL('fake-program.js', import.meta.url));

async function run(kind: string, work: (terminal: Terminal) => Promise<void>, size = {columns: 80, rows: 24}) {
	const environment = childEnvironment({NODE_ENV: 'production', TZ: 'UTC'});
	const terminal = startTerminal([process.execPath, program, kind], {environment, ...size});
	try {
		await work(terminal);
	} finally {
		await terminal.stop();
	}
}

/** What a person sees: blanks at the end and columns that a shrunk window no longer has do not count. */
function visible(terminal: Terminal, columns: number): string {
	return terminal
		.text()
		.split('\n')
		.map(row => row.slice(0, columns).trimEnd())
		.join('\n');
}

const withoutPopup = (columns: number) => (screen: string) =>
	screen.split('\n').every(row => !/[╭╮╰╯]/.test(row.slice(0, columns)));

test('a person chats: the history is there, what is typed is sent, the answer appears', async t => {
	await run('answers', async terminal => {
		await terminal.shows('line 399 of the history');
		terminal.type('hello');
		await terminal.shows('> hello');
		t.deepEqual(terminal.cursor(), {row: 23, column: 7});
		terminal.type(keys.enter);
		await terminal.shows('you said: hello');
		terminal.type(`/quit${keys.enter}`);
		const {code} = await terminal.ended;
		t.is(code, 0);
		t.regex(terminal.text(), /ended: quit/);
		t.false(terminal.isAlternate());
	});
});

test('popups are drawn over the panes and leave no trace', async t => {
	await run('chat', async terminal => {
		await terminal.shows('line 399 of the history');
		await terminal.settles();
		const before = visible(terminal, 80);
		terminal.type('\u001bOP');
		await terminal.shows('Send a message without leaving');
		t.regex(terminal.text(), /╭─+╮/);
		terminal.type(keys.escape);
		await terminal.shows(withoutPopup(80));
		t.is(visible(terminal, 80), before);
		terminal.type('/msg \t');
		await terminal.shows('romeo@example.net');
		await terminal.shows('/msg <who> [message]');
		terminal.type('\t');
		await terminal.shows('> /msg nurse@example.org');
		await terminal.settles();
		const rows = Array.from({length: 24}, (_, row) => terminal.inverse(row).trim());
		t.is(rows.filter(row => row === 'nurse@example.org').length, 1, 'the chosen one stands out');
		terminal.type(keys.escape);
		await terminal.shows(withoutPopup(80));
		t.is(terminal.line(23).trim(), '> /msg');
	});
});

test('a terminal that answers that its ground is light gets the light theme, whoever has chosen none', async t => {
	const light = '48;5;253';
	await run('chat', async terminal => {
		await terminal.shows('line 399 of the history');
		t.false(terminal.output.includes(light));
		terminal.type('\u001b]11;rgb:ffff/ffff/f0f0\u001b\\\u001b[?62;22c');
		await terminal.shows(() => terminal.output.includes(light));
		t.pass('the bars are painted anew');
		terminal.type(`/set theme dark${keys.enter}`);
		await terminal.shows('theme is now dark');
		const before = terminal.output.length;
		terminal.type('\u000c');
		await terminal.settles();
		t.false(terminal.output.slice(before).includes(light), 'what was chosen stays');
	});
});

test('the first run asks for an account, hides the password, and connects', async t => {
	await run('fresh', async terminal => {
		await terminal.shows('Set up an account');
		terminal.type(`juliet@example.org${keys.enter}`);
		await terminal.shows('Password of juliet@example.org');
		terminal.type('s3cret');
		await terminal.shows('••••••');
		t.notRegex(terminal.output, /s3cret/);
		terminal.type(keys.enter);
		await terminal.shows('juliet@example.org is set up.');
		await terminal.shows('● online');
		t.notRegex(terminal.output, /s3cret/);
	});
});

test('a profile that cannot be opened gives the terminal back', async t => {
	await run('refused', async terminal => {
		t.is((await terminal.ended).code, 75);
		t.false(terminal.isAlternate());
		t.regex(terminal.text(), /refused: The profile is in use/);
	});
});

test('a damaged history is said to be one; leaving changes nothing and gives the terminal back', async t => {
	await run('damaged', async terminal => {
		await terminal.shows('history.sqlite is damaged');
		terminal.type(keys.enter);
		t.is((await terminal.ended).code, 75);
		t.false(terminal.isAlternate());
		t.regex(terminal.text(), /refused: The history database .* is damaged/);
	});
});

test('a damaged history is put aside when the person says so, and then the chat begins', async t => {
	await run('damaged', async terminal => {
		await terminal.shows('Put it aside and begin a new one');
		terminal.type(`${keys.down}${keys.enter}`);
		await terminal.shows('line 399 of the history');
		terminal.type('\u001b1');
		await terminal.shows('The damaged history is now elsewhere.');
		t.true(terminal.isAlternate());
	});
});

test('the terminal is given back on SIGTERM', async t => {
	await run('chat', async terminal => {
		await terminal.shows('line 399');
		process.kill(terminal.pid, 'SIGTERM');
		await terminal.ended;
		t.false(terminal.isAlternate());
		t.regex(terminal.text(), /ended: signal/);
	});
});

test('a resized screen is arranged anew, also under a popup', async t => {
	await run('chat', async terminal => {
		await terminal.shows('line 399');
		terminal.resize(120, 30);
		await terminal.shows('1 console');
		await terminal.shows(screen => /juliet@example.org/.test(screen.split('\n')[28] ?? ''));
		terminal.type('\u001bOP');
		await terminal.shows('Send a message without leaving');
		terminal.resize(60, 16);
		await terminal.shows(screen => /juliet@example.org/.test(screen.split('\n')[14] ?? ''));
		terminal.type(keys.escape);
		await terminal.shows(withoutPopup(60));
		t.regex(terminal.line(14), /juliet@example.org/);
	});
});

test('a typed character costs at most two bytes, an idle screen none', async t => {
	await run('chat', async terminal => {
		await terminal.shows('line 399');
		await terminal.settles(1500);
		const before = terminal.bytes;
		const text = 'twenty characters ab';
		for (const end of text.split('').keys()) {
			terminal.type(text.charAt(end));
			await terminal.shows(`> ${text.slice(0, end + 1).trimEnd()}`);
		}

		await terminal.settles();
		t.true(terminal.bytes - before <= 40, `${terminal.bytes - before} bytes for 20 characters`);
		const idle = terminal.bytes;
		await new Promise(resolve => setTimeout(resolve, 500));
		t.is(terminal.bytes, idle);
	});
});

test('help while a command is typed, a key of one’s own, and the wheel', async t => {
	await run('chat', async terminal => {
		await terminal.shows('line 399 of the history');
		terminal.type('/msg ');
		await terminal.shows('who: a contact: JID or name');
		terminal.type('nobody hi\r');
		await terminal.shows('No contact is called “nobody”.');
		terminal.type(`\u0003/bind F5 bufferNext${keys.enter}`);
		await terminal.shows('F5 is now: Next buffer.');
		terminal.type('\u001b[15~');
		await terminal.shows('[3: nurse]');
		terminal.type(`/buffer last${keys.enter}`);
		await terminal.shows('line 399 of the history');
		terminal.type(`/set mouse on${keys.enter}`);
		await terminal.shows('mouse is now on');
		terminal.type('\u001b[<64;40;10M');
		await terminal.shows('more- ');
		terminal.type('\u001b[<65;40;10M');
		await terminal.shows(screen => !screen.includes('more- '));
		t.pass();
	});
});
