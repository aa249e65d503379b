import {chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {createLaunch} from '../../source/tui/terminal/launch.js';

function directory(t: ExecutionContext): string {
	const made = mkdtempSync(path.join(tmpdir(), 'xmppc-launch-'));
	t.teardown(() => rmSync(made, {recursive: true, force: true}));
	return made;
}

async function until(isThere: () => boolean): Promise<void> {
	for (const end = Date.now() + 30_000; !isThere(); await sleep(10)) {
		if (Date.now() > end) {
			throw new Error('it did not happen');
		}
	}
}

/** Why a command cannot be started. */
const reasonOf = (command: readonly string[]) => new Promise<string>(resolve => createLaunch()(command, resolve));

test('a program that cannot be started is told of in words', async t => {
	const file = path.join(directory(t), 'no-program');
	writeFileSync(file, '');
	chmodSync(file, 0o600);
	t.is(await reasonOf([`${file}-at-all`]), 'it was not found.');
	t.is(await reasonOf([file]), 'it may not be run.');
	t.not(await reasonOf([process.execPath, 'a\0b']), '');
	t.not(await reasonOf([]), '');
});

test('arguments reach the program as they are, through no shell', async t => {
	const notes = path.join(directory(t), 'notes');
	const script = 'require("fs").writeFileSync(process.argv[1], JSON.stringify(process.argv.slice(2)))';
	const given = ['$(touch x)', '`id`', '; reboot', '"\'', '', '*'];
	createLaunch()([process.execPath, '-e', script, '--', notes, ...given], reason => t.fail(reason));
	await until(() => existsSync(notes) && readFileSync(notes, 'utf8').endsWith(']'));
	t.deepEqual(JSON.parse(readFileSync(notes, 'utf8')), given);
});

test('programs that hang are not joined by ever more', async t => {
	const notes = path.join(directory(t), 'notes');
	const script =
		'const fs = require("fs"); fs.appendFileSync(process.argv[1], "x"); setInterval(() => { if (fs.existsSync(process.argv[1] + ".go")) process.exit(); }, 10)';
	const launch = createLaunch();
	const start = () => launch([process.execPath, '-e', script, '--', notes], reason => t.fail(reason));
	const started = () => (existsSync(notes) ? readFileSync(notes, 'utf8').length : 0);
	for (let count = 0; count < 10; count++) {
		start();
	}

	await until(() => started() === 4);
	writeFileSync(`${notes}.go`, '');
	await until(() => {
		start();
		return started() > 4;
	});
	t.true(started() < 10);
});
