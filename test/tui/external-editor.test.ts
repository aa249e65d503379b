import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {createExternalEditor, editorCommand} from '../../source/tui/composer/external-editor.js';
import {childEnvironment, keys, startTerminal} from '../support/terminal.js';
import {account, buffer, contact, romeo, withRomeo} from './support.js';
import {createTypist, press} from './typist.js';

const program = fileURLToPath(new URL('fake-program.js', import.meta.url));

/** A program that is run as `[node, script, file]`, and a directory in memory of its own. */
function editor(t: ExecutionContext, script: string) {
	const folder = mkdtempSync(path.join(tmpdir(), 'xmppc-test-'));
	t.teardown(() => rmSync(folder, {recursive: true}));
	const runtime = path.join(folder, 'run');
	mkdirSync(runtime, {mode: 0o700});
	const file = path.join(folder, 'editor.mjs');
	writeFileSync(
		file,
		`import fs from 'node:fs';\nimport path from 'node:path';\nconst file = process.argv.at(-1);\n${script}`,
	);
	const lent: string[] = [];
	const edit = createExternalEditor({
		env: {XDG_RUNTIME_DIR: runtime},
		async lend() {
			lent.push('lent');
			return () => lent.push('taken back');
		},
	});
	return {
		edit: (text: string) => edit(text, [process.execPath, file]),
		command: [process.execPath, file],
		lent,
		folder,
		runtime,
		left: () => readdirSync(runtime),
	};
}

test('the editor is that of the setting, else VISUAL, else EDITOR, without a shell', t => {
	const env = {VISUAL: "emacsclient -c -a ''", EDITOR: 'ed'};
	t.deepEqual(editorCommand(['code', '--wait'], env), ['code', '--wait']);
	t.deepEqual(editorCommand([], env), ['emacsclient', '-c', '-a', '']);
	t.deepEqual(editorCommand([], {VISUAL: ' ', EDITOR: '"/opt/my editor/run" $HOME;x'}), [
		'/opt/my editor/run',
		'$HOME;x',
	]);
	t.deepEqual(editorCommand([], {}), []);
});

test('the editor gets the text in a file of its own that nobody else can read, and what it saves comes back', async t => {
	const {edit, lent, folder, left} = editor(
		t,
		`const mode = each => (fs.statSync(each).mode & 0o777).toString(8);
		fs.writeFileSync(${JSON.stringify('SEEN')}.replace('SEEN', path.join(path.dirname(process.argv[1]), 'seen')),
			JSON.stringify([mode(file), mode(path.dirname(file)), fs.readFileSync(file, 'utf8')]));
		fs.appendFileSync(file, 'and more\\r\\n\\n');`,
	);
	t.deepEqual(await edit('begun\nhere'), {type: 'edited', text: 'begun\nhere\nand more\n'});
	t.deepEqual(JSON.parse(readFileSync(path.join(folder, 'seen'), 'utf8')), ['600', '700', 'begun\nhere\n']);
	t.deepEqual(lent, ['lent', 'taken back']);
	t.deepEqual(left(), []);
});

test('an editor that fails changes nothing, and its file is gone', async t => {
	const {edit, lent, left} = editor(t, `fs.writeFileSync(file, 'changed'); process.exit(3);`);
	t.like(await edit('old'), {type: 'problem', hint: 'The text is what it was before.'});
	t.deepEqual(lent, ['lent', 'taken back']);
	t.deepEqual(left(), []);
});

test('an editor that removes the file, or is killed, changes nothing', async t => {
	const removing = editor(t, 'fs.rmSync(path.dirname(file), {recursive: true});');
	t.is((await removing.edit('old')).type, 'problem');
	const killed = editor(t, `process.kill(process.pid, 'SIGKILL');`);
	t.like(await killed.edit('old'), {type: 'problem', message: `${process.execPath} ended with SIGKILL.`});
	t.deepEqual(killed.left(), []);
});

test('a program that is not there is named, with what to do', async t => {
	const {left, runtime} = editor(t, '');
	let back = false;
	const edit = createExternalEditor({
		env: {XDG_RUNTIME_DIR: runtime, EDITOR: 'no-such-editor-anywhere'},
		lend: async () => () => {
			back = true;
		},
	});
	t.like(await edit('old', []), {
		type: 'problem',
		hint: '/set composer.editor names another one; VISUAL and EDITOR count where it is empty.',
	});
	t.true(back);
	t.deepEqual(left(), []);
	t.like(await createExternalEditor({env: {}, lend: async () => () => {}})('old', []), {message: 'No editor is set.'});
});

const people = {
	accounts: [account()],
	contacts: [contact(romeo)],
	buffers: [buffer(romeo)],
	active: withRomeo,
};

test('Ctrl+X Ctrl+E edits what is typed; the result is not sent, and undo brings the text back', async t => {
	const asked: string[] = [];
	const typist = await createTypist(people, undefined, undefined, undefined, {
		async editExternally(text) {
			asked.push(text);
			return {type: 'edited', text: `${text}, at length`};
		},
	});
	await typist.type(`short${press.control('x')}${press.control('e')}`);
	t.deepEqual(asked, ['short']);
	t.is(typist.input(), 'short, at length');
	t.deepEqual(typist.backend.asked('sendMessage'), []);
	await typist.type(press.control('_'));
	t.is(typist.input(), 'short');
	await typist.type(`${press.control('c')}/edit-text Dear Romeo${press.enter}`);
	t.is(typist.input(), 'Dear Romeo, at length');
});

test('an editor that fails says so, and the text stays', async t => {
	const typist = await createTypist(people, undefined, undefined, undefined, {
		editExternally: async () => ({type: 'problem', message: 'vi ended with status 1.', hint: 'Try again.'}),
	});
	await typist.type(`keep${press.control('x')}${press.control('e')}`);
	t.is(typist.input(), 'keep');
	t.regex(typist.screen(), /vi ended with status 1\. {2}Try again\./);
});

test('the editor has the terminal while it runs, and everything is painted again after it', async t => {
	const {command, runtime, left} = editor(
		t,
		`process.on('SIGINT', () => process.stdout.write('INTERRUPTED'));
		process.stdin.once('data', () => { fs.writeFileSync(file, 'from the editor\\n'); process.exit(0); });
		process.stdout.write('EDITOR HERE ' + fs.readFileSync(file, 'utf8'));`,
	);
	const terminal = startTerminal([process.execPath, program, 'chat'], {
		environment: childEnvironment({NODE_ENV: 'production', XDG_RUNTIME_DIR: runtime, VISUAL: command.join(' ')}),
		columns: 80,
		rows: 24,
	});
	t.teardown(terminal.stop);
	await terminal.shows('line 399 of the history');
	terminal.type('some words');
	await terminal.shows('> some words');
	terminal.type('\u0018\u0005');
	await terminal.shows('EDITOR HERE some words');
	t.false(terminal.isAlternate());
	t.is(left().length, 1);
	terminal.type('\u0003');
	await terminal.shows('INTERRUPTED');
	terminal.type(`go${keys.enter}`);
	await terminal.shows('> from the editor');
	await terminal.shows('line 399 of the history');
	t.true(terminal.isAlternate());
	t.deepEqual(left(), []);
	terminal.type(`!`);
	await terminal.shows('> from the editor!');
});

test('a program that is ended while its editor runs leaves no file behind', async t => {
	const {command, runtime, left} = editor(t, `process.stdout.write('EDITOR HERE'); setInterval(() => {}, 1000);`);
	const terminal = startTerminal([process.execPath, program, 'chat'], {
		environment: childEnvironment({NODE_ENV: 'production', XDG_RUNTIME_DIR: runtime, VISUAL: command.join(' ')}),
		columns: 80,
		rows: 24,
	});
	t.teardown(terminal.stop);
	await terminal.shows('line 399 of the history');
	terminal.type('words\u0018\u0005');
	await terminal.shows('EDITOR HERE');
	t.is(left().length, 1);
	terminal.kill('SIGTERM');
	await terminal.ended;
	t.deepEqual(left(), []);
	t.false(existsSync(path.join(runtime, 'message.txt')));
});
