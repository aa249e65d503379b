/** Holds the import table and the absences of `ARCHITECTURE.md` against the real files. */
import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {importCircles} from './support/import-circles.js';
import {importsOf, projectFiles, projectFolder, type SourceFile, sourceFile} from './support/imports.js';

type Row = {
	/** Folders of `source/`, or single files of them. */
	readonly folders: readonly string[];
	readonly packages?: readonly string[];
	/** Modules of Node itself; absent: any. */
	readonly builtins?: readonly string[];
};

const below = ['model', 'shared'];
const table: Readonly<Record<string, Row>> = {
	shared: {folders: [], packages: ['string-width'], builtins: ['node:net', 'node:url']},
	model: {folders: ['shared'], builtins: []},
	xmpp: {folders: below, packages: ['@xmpp/*', 'saxes', 'ws']},
	extensions: {folders: ['xmpp', 'storage/ports', ...below]},
	omemo: {
		folders: ['xmpp', 'extensions/pubsub', 'extensions/ports', 'storage/ports', 'storage/omemo-ports', ...below],
		packages: ['@noble/curves'],
		builtins: ['node:buffer', 'node:crypto'],
	},
	storage: {folders: below, packages: ['@napi-rs/keyring', '@photostructure/sqlite', 'conf']},
	media: {folders: below},
	client: {folders: ['media', 'extensions', 'omemo', 'storage', 'xmpp', ...below]},
	control: {folders: below},
	store: {folders: below, builtins: []},
	commands: {folders: below, builtins: []},
	themes: {folders: [], builtins: []},
	tui: {folders: ['store', 'commands', 'themes', ...below], packages: ['ink', 'react', 'string-width']},
	cli: {
		folders: [
			'client',
			'commands',
			'control',
			'extensions',
			'omemo',
			'storage',
			'store',
			'themes',
			'tui',
			'xmpp',
			...below,
		],
		packages: ['commander'],
	},
};

const vagueNames = /(^|-)(utils?|helpers?|misc|common|handlers?|managers?)(-|$)/;
const allowedNames = ['account-manager'];

function importViolation(file: SourceFile, wanted: string): string | undefined {
	const folder = file.path.split('/')[1] ?? '';
	const row = table[folder];
	if (row === undefined) {
		return `${file.path}: the folder has no row in the table`;
	}

	if (wanted.startsWith('node:')) {
		return row.builtins === undefined || row.builtins.includes(wanted)
			? undefined
			: `${file.path}: ${folder} may not use ${wanted}`;
	}

	if (!wanted.startsWith('.')) {
		const allowed = (row.packages ?? []).some(name =>
			name.endsWith('*') ? wanted.startsWith(name.slice(0, -1)) : wanted === name || wanted.startsWith(`${name}/`),
		);
		return allowed ? undefined : `${file.path}: ${folder} may not use the package ${wanted}`;
	}

	const target = path.posix.join(path.posix.dirname(file.path), wanted).replace(/\.js$/, '');
	const [top, to = ''] = target.split('/');
	if (top !== 'source') {
		return `${file.path}: ${wanted} is outside source/`;
	}

	const module = target.slice('source/'.length);
	return to === folder || row.folders.includes(to) || row.folders.includes(module)
		? undefined
		: `${file.path}: ${folder} may not import ${module}`;
}

function codeViolations(file: SourceFile): readonly string[] {
	const folder = file.path.split('/')[1] ?? '';
	const rules: ReadonlyArray<{readonly found: RegExp; readonly unless?: boolean; readonly says: string}> = [
		{found: /\bprocess\.exit\(/, unless: file.path === 'source/cli/main.ts', says: 'only cli/main.ts ends the process'},
		{found: /\bconsole\./, says: 'nothing writes to the console'},
		{found: /\bas (any|unknown as)\b/, says: 'no cast around the type system'},
		{found: /\bshell: true\b|(?<!\bconnection\.)\bexec(Sync)?\(\s*[`']/, says: 'no shell'},
		{
			found: /\brejectUnauthorized: false\b.*$/m,
			unless: folder === 'xmpp',
			says: 'certificates are judged in xmpp/ only',
		},
		{
			found: /\b(Date\.now|Math\.random|performance\.now|new Date)\(\)/,
			unless: !['model', 'store', 'commands', 'themes'].includes(folder),
			says: 'pure code reads no clock and no random source',
		},
	];
	const broken = rules.filter(rule => rule.unless !== true && rule.found.test(file.code));
	const suppression = new RegExp(['biome', 'ignore'].join('-').concat('|@ts-|\\bTO', 'DO\\b|\\bFIX', 'ME\\b'));
	return [
		...broken.map(rule => `${file.path}: ${rule.says}`),
		...(suppression.test(file.text) ? [`${file.path}: nothing is suppressed or left to do`] : []),
	];
}

function nameViolation(file: SourceFile): string | undefined {
	const vague = file.path
		.split('/')
		.map(part => part.replace(/\..*$/, ''))
		.find(part => vagueNames.test(part) && !allowedNames.includes(part));
	return vague === undefined ? undefined : `${file.path}: "${vague}" does not say what it holds`;
}

/** Everything that is wrong with a file, one sentence each. */
function violations(file: SourceFile): readonly string[] {
	return [
		...importsOf(file).map(wanted => importViolation(file, wanted)),
		...codeViolations(file),
		nameViolation(file),
	].filter(found => found !== undefined);
}

const sources = projectFiles('source', ['.ts', '.tsx']);

test('every file keeps to the import table and to what must be absent', t => {
	t.true(sources.length > 20);
	t.deepEqual(sources.flatMap(violations), []);
});

test('the ratchet does no I/O, reads no clock and has no randomness of its own', t => {
	const files = sources.filter(file => file.path.startsWith('source/omemo/ratchet/'));
	t.true(files.length > 10);
	for (const file of files) {
		const foreign = importsOf(file).filter(
			wanted => !/^(\.\/|\.\.\/\.\.\/shared\/|@noble\/|node:crypto$)/.test(wanted),
		);
		t.deepEqual(foreign, [], file.path);
		t.notRegex(
			file.code,
			/\b(random(Bytes|Int|UUID|SecretKey)|getRandomValues|generateKeyPair\w*|keygen|Date|performance)\b/,
		);
	}
});

test('no file imports itself round about, not for types either', t => {
	t.deepEqual(importCircles(sources), []);
});

test('made-up circles are found out, for types and by import() too', t => {
	const files = [
		sourceFile('source/tui/one.ts', "import type {Two} from './two.js';"),
		sourceFile('source/tui/two.tsx', "export {three} from '../model/three.js';"),
		sourceFile('source/model/three.ts', "const one = await import('../tui/one.js');"),
		sourceFile('source/model/four.ts', "import {one} from '../tui/one.js';\nimport 'react';"),
		sourceFile('source/model/five.ts', "import './five.js';"),
	];
	t.deepEqual(importCircles(files), [
		['source/model/five.ts'],
		['source/model/three.ts', 'source/tui/one.ts', 'source/tui/two.tsx'],
	]);
});

test('ARCHITECTURE.md and the table name the same folders', t => {
	const document = readFileSync(path.join(projectFolder, 'ARCHITECTURE.md'), 'utf8');
	const described = [...document.matchAll(/^\| `source\/([a-z]+)\/` \|/gm)].map(([, folder]) => folder);
	const existing = new Set(sources.map(file => file.path.split('/')[1]));
	t.deepEqual(
		[...existing].filter(folder => !described.includes(folder)),
		[],
	);
	t.deepEqual(
		described.filter(folder => folder === undefined || table[folder] === undefined),
		[],
	);
});

test('a made-up file that breaks each rule is found out', t => {
	const cases: ReadonlyArray<readonly [string, string, string]> = [
		['source/tui/app.tsx', "import {createClient} from '../client/create.js';", 'tui may not import client/create'],
		[
			'source/store/reduce.ts',
			"import type {Storage} from '../storage/ports.js';",
			'store may not import storage/ports',
		],
		[
			'source/commands/say.ts',
			"const session = await import('../xmpp/session.js');",
			'commands may not import xmpp/session',
		],
		['source/extensions/ping.ts', "import {open} from '../storage/open.js';", 'extensions may not import storage/open'],
		[
			'source/omemo/list.ts',
			"import {roster} from '../extensions/roster.js';",
			'omemo may not import extensions/roster',
		],
		['source/omemo/list.ts', "import {readFileSync} from 'node:fs';", 'omemo may not use node:fs'],
		['source/model/events.ts', "export * from '../store/state.js';", 'model may not import store/state'],
		['source/themes/dark.ts', "import '../shared/text.js';", 'themes may not import shared/text'],
		['source/client/pipeline.ts', "import xml from '@xmpp/xml';", 'client may not use the package @xmpp/xml'],
		['source/cli/send.ts', "import React from 'react';", 'cli may not use the package react'],
		['source/store/state.ts', "import {readFileSync} from 'node:fs';", 'store may not use node:fs'],
		[
			'source/shared/jid.ts',
			"import test from '../../test/support/a.js';",
			'../../test/support/a.js is outside source/',
		],
		['source/bots/bot.ts', "import a from './b.js';", 'the folder has no row in the table'],
		['source/client/send.ts', 'process.exit(1);', 'only cli/main.ts ends the process'],
		['source/client/send.ts', "console.log('x');", 'nothing writes to the console'],
		['source/store/reduce.ts', 'const now = Date.now();', 'pure code reads no clock and no random source'],
		['source/client/run.ts', 'spawn(program, {shell: true});', 'no shell'],
		['source/shared/text-utils.ts', '', '"text-utils" does not say what it holds'],
		['source/client/roster-manager.ts', '', '"roster-manager" does not say what it holds'],
	];
	for (const [name, text, says] of cases) {
		t.deepEqual(violations(sourceFile(name, text)), [`${name}: ${says}`]);
	}
});

test('what a comment or a string says is not an import', t => {
	const text = [
		"// import {a} from '../client/a.js';",
		"/* import {a} from '../client/a.js'; */",
		'const said = "import {a} from \'../client/a.js\'";',
		"import {b} from './b.js';",
	].join('\n');
	t.deepEqual(violations(sourceFile('source/tui/app.tsx', text)), []);
	t.deepEqual(violations(sourceFile('source/client/account-manager.ts', '')), []);
});
