import {spawn} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {projectFolder} from '../support/imports.js';

test('without a terminal the demo plays a conversation, ends well and leaves nothing behind', async t => {
	t.timeout(50_000);
	const folder = mkdtempSync(path.join(tmpdir(), 'xmppc-demo-test-'));
	t.teardown(() => rmSync(folder, {recursive: true}));
	// The server's own user has to get in.
	chmodSync(folder, 0o711);
	const temporary = path.join(folder, 'tmp');
	mkdirSync(temporary, {mode: 0o755});
	const child = spawn(process.execPath, [path.join(projectFolder, 'scripts', 'demo.mjs')], {
		env: {...process.env, TMPDIR: temporary, HOME: folder},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let output = '';
	let errors = '';
	child.stdout.setEncoding('utf8').on('data', chunk => {
		output += chunk;
	});
	child.stderr.setEncoding('utf8').on('data', chunk => {
		errors += chunk;
	});
	const status = await new Promise(resolve => child.once('close', resolve));

	t.is(status, 0, errors);
	t.regex(output, /Romeo: But soft, what light/);
	t.regex(output, /> \/msg romeo@verona\.example Good night.*juliet: Good night.*Romeo: I hear thee/s);
	t.deepEqual(readdirSync(temporary), []);
});
