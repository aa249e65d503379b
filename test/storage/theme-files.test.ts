import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import test from 'ava';
import {ownThemes} from '../../source/cli/own-themes.js';
import {isXmppcError} from '../../source/shared/errors.js';
import {themeFiles} from '../../source/storage/theme-files.js';
import {temporaryProfile} from './temporary-profile.js';

type Assertions = Parameters<typeof temporaryProfile>[0];

function withThemes(t: Assertions, files: Readonly<Record<string, string>>) {
	const directories = temporaryProfile(t);
	const folder = join(dirname(directories.config), 'themes');
	mkdirSync(folder, {recursive: true});
	for (const [name, text] of Object.entries(files)) {
		writeFileSync(join(folder, name), text);
	}

	return directories;
}

test("without a directory there are no themes of one's own", t => {
	const directories = temporaryProfile(t);
	t.deepEqual(themeFiles(directories).names(), []);
	t.is(ownThemes(directories).load('mine'), undefined);
});

test('every JSON file of the directory is a theme', t => {
	const directories = withThemes(t, {
		'b.json': '{}',
		'a.json': '{"extends": "light"}',
		'notes.txt': '',
		'a b.json': '{}',
	});
	const themes = ownThemes(directories);
	t.deepEqual(themes.names(), ['a', 'b']);
	t.like(themes.load('a'), {name: 'a', ground: 'light'});
});

test('a name is never a path', t => {
	const directories = withThemes(t, {'a.json': '{}'});
	writeFileSync(join(dirname(directories.config), 'secret.json'), '{}');
	t.is(themeFiles(directories).read('../secret'), undefined);
	t.is(themeFiles(directories).read('..'), undefined);
	t.is(themeFiles(directories).read(''), undefined);
});

test('what is wrong in a file is said with its line', t => {
	const directories = withThemes(t, {
		'broken.json': '{\n"extends" "dark"\n}',
		'wrong.json': '{\n"roles": {\n"unread": {"foreground": "#ff"}\n}\n}',
	});
	const broken = t.throws(() => ownThemes(directories).load('broken'));
	t.regex(broken.message, /themes\/broken\.json is not valid JSON at line 2, column 11\.$/);
	const wrong = t.throws(() => ownThemes(directories).load('wrong'));
	t.regex(wrong.message, /^In .*themes\/wrong\.json, line 3: roles\.unread\.foreground must be a colour: #rrggbb/);
	t.true(isXmppcError(wrong) && wrong.code === 'invalid-theme');
});
