/** What is published, and that the built program starts as the package says. */
import {execFileSync, spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {registry} from '../source/commands/definitions/index.js';
import {version} from '../source/shared/version.js';
import {importsOf, projectFiles, projectFolder} from './support/imports.js';

type Manifest = {
	readonly version: string;
	readonly license: string;
	readonly files: readonly string[];
	readonly bin: Readonly<Record<string, string>>;
	readonly dependencies: Readonly<Record<string, string>>;
	readonly optionalDependencies: Readonly<Record<string, string>>;
	readonly devDependencies: Readonly<Record<string, string>>;
};

type Contents = Readonly<Record<string, {readonly bytes: number; readonly inputs: readonly string[]}>>;

const read = (...names: readonly string[]) => readFileSync(path.join(projectFolder, ...names), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
const runtime = {...manifest.dependencies, ...manifest.optionalDependencies};
const program = path.join(projectFolder, 'bin', 'xmppc.js');

test('the program and the package have the same version', t => {
	t.is(version, manifest.version);
	t.is(execFileSync(process.execPath, [program, '--version'], {encoding: 'utf8'}), `${version}\n`);
});

test('every version is pinned', t => {
	for (const [name, wanted] of Object.entries({...runtime, ...manifest.devDependencies})) {
		t.regex(wanted, /^\d+\.\d+\.\d+$/, name);
	}
});

test('every package that the source imports is a dependency, and the other way round', t => {
	const imported = new Set(
		projectFiles('source', ['.ts', '.tsx'])
			.flatMap(importsOf)
			.filter(name => !name.startsWith('.') && !name.startsWith('node:'))
			.map(name => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name),
	);
	t.deepEqual([...imported].filter(name => runtime[name] === undefined).sort(), []);
	t.deepEqual(
		Object.keys(runtime)
			.filter(name => !imported.has(name))
			.sort(),
		[],
	);
});

test('every dependency is accounted for in docs/dependencies.md', t => {
	const document = read('docs', 'dependencies.md');
	for (const [name, wanted] of Object.entries({...runtime, ...manifest.devDependencies})) {
		t.true(document.includes(`| ${name} | ${wanted} |`), `${name} ${wanted}`);
	}
});

test('the command line is one file without React and Ink', t => {
	const contents = JSON.parse(read('dist', 'contents.json')) as Contents;
	const packages = new Set(
		(contents['cli.cjs']?.inputs ?? []).flatMap(input => /node_modules\/((@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []),
	);
	t.deepEqual(
		['react', 'react-reconciler', 'ink', 'yoga-layout'].filter(name => packages.has(name)),
		[],
	);
	t.deepEqual(
		(contents['cli.cjs']?.inputs ?? []).filter(input => input.startsWith('source/tui/')),
		[],
	);
});

test('to load the command line does not load what knows how wide characters are', t => {
	const [, begun = ''] = read('dist', 'cli.cjs').split('"source/shared/text.ts"(){');
	const [first = ''] = begun.split('});');
	t.true(first.includes('init_printable()'));
	t.false(first.includes('init_width()'));
});

test('what hardly any run of the command line needs is a file of its own', t => {
	const contents = JSON.parse(read('dist', 'contents.json')) as Contents;
	for (const name of ['conf', 'ws']) {
		const isOfIt = (input: string) => input.includes(`node_modules/${name}/`);
		t.true(contents[`${name}.cjs`]?.inputs.some(isOfIt), name);
		t.deepEqual(contents['cli.cjs']?.inputs.filter(isOfIt), [], name);
	}
});

test('the package holds the program and nothing of its workshop', t => {
	const listing = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
		cwd: projectFolder,
		encoding: 'utf8',
	});
	const [pack] = JSON.parse(listing.stdout) as ReadonlyArray<{readonly files: ReadonlyArray<{readonly path: string}>}>;
	const names = (pack?.files ?? []).map(file => file.path);
	t.true(names.includes('bin/xmppc.js'));
	t.true(names.includes('dist/cli.cjs'));
	t.true(names.includes('LICENSE'));
	t.true(names.includes('docs/settings.schema.json'));
	t.deepEqual(
		names.filter(
			name =>
				!/^(bin|dist)\//.test(name) && !/^(package\.json|README\.md|LICENSE|docs\/settings\.schema\.json)$/.test(name),
		),
		[],
	);
});

for (const [script, tables] of [
	['scripts/settings-files.mjs', 'settings'],
	['scripts/command-files.mjs', 'commands and of keys'],
] as const) {
	test(`the manual and what else is made of it say what the tables of ${tables} say`, t => {
		const {status, stderr} = spawnSync(process.execPath, [script, '--check'], {cwd: projectFolder, encoding: 'utf8'});
		t.is(status, 0, stderr);
	});
}

test('the manual has every command', t => {
	const manual = readFileSync(path.join(projectFolder, 'docs/man/xmppc.1'), 'utf8').replaceAll('\\-', '-');
	for (const {name} of registry.commands) {
		t.regex(manual, new RegExp(`^\\.B /${name}( |$)`, 'm'), name);
	}
});
