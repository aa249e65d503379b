/**
 * Builds `dist/`: type check, then two bundles.
 *
 * - `dist/cli.cjs`: the command line and `xmppc send`, one CommonJS file, because a CommonJS start is the quickest
 *   there is. It holds neither React nor Ink (`test/package.test.ts`).
 * - `dist/tui.js`, `dist/plain.js` and `dist/doctor.js`: the screen, the line mode and the doctor as ES modules, loaded by
 *   `import()` when they start.
 *   Ink cannot be CommonJS: it and its layout engine use top-level await.
 *
 * Every `source/…-worker.ts` becomes a file of its own, found beside the bundle by `new URL(…, import.meta.url)`.
 *
 * Options: `--if-stale` does nothing when `dist/` is newer than all it is made of; `--no-types` leaves the type check
 * to the caller.
 */
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = path.join(root, 'source');
const dist = path.join(root, 'dist');
const commandLine = path.join(dist, 'cli.cjs');

/** Packages with native parts, found in `node_modules` at run time. */
const sqlite = '@photostructure/sqlite';
const native = [sqlite, '@napi-rs/keyring'];

/** @type {import('esbuild').BuildOptions} */
const shared = {
	absWorkingDir: root,
	bundle: true,
	// Names are kept: a stack trace in a bug report must be readable.
	minifyWhitespace: true,
	minifySyntax: true,
	platform: 'node',
	target: 'node20',
	external: native,
	// No native parts that happen to lie beside the program: everything is in the package.
	define: {
		'process.env.NODE_ENV': '"production"',
		'process.env.WS_NO_BUFFER_UTIL': '"1"',
		'process.env.WS_NO_UTF_8_VALIDATE': '"1"',
	},
	legalComments: 'none',
	logLevel: 'warning',
	metafile: true,
};

/**
 * Packages that only few runs of the command line need: each a file of its own, so that no other run compiles it.
 * Their default export, where they are ES modules, is what `module.exports` is.
 */
const seldom = ['conf', 'ws'];

/**
 * What the command line `import()`s from outside itself it gets by `require`: the first `import()` of a run costs
 * Node 8 ms, because it starts the loader of ES modules.
 * @type {import('esbuild').Plugin}
 */
const lateIsRequired = {
	name: 'late-is-required',
	setup(bundler) {
		const late = [...native.filter(name => name !== sqlite), ...seldom];
		bundler.onResolve({filter: /^[@a-z]/}, ({path, kind}) =>
			kind === 'dynamic-import' && late.includes(path) ? {path, namespace: 'late'} : undefined,
		);
		bundler.onLoad({filter: /.*/, namespace: 'late'}, ({path}) => ({
			contents: `module.exports = require(${JSON.stringify(seldom.includes(path) ? `./${path}.cjs` : path)});`,
		}));
		bundler.onResolve({filter: /.*/, namespace: 'late'}, ({path}) => ({path, external: true}));
	},
};

/**
 * The SQLite package becomes part of the command line, but for its addon: to find its files takes Node 3 ms.
 * @type {import('esbuild').Plugin}
 */
const sqliteIsPart = {
	name: 'sqlite-is-part',
	setup(bundler) {
		const {resolve} = createRequire(import.meta.url);
		bundler.onResolve({filter: new RegExp(`^${sqlite}$`)}, () => ({path: resolve(sqlite)}));
		bundler.onResolve({filter: /^node-gyp-build$/}, () => ({path: path.join(root, 'scripts', 'sqlite-addon.cjs')}));
	},
};

/**
 * What few runs of the command line need of Node, and what of it: loaded when it is first used.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const lateInNode = {'node:child_process': ['spawn']};

/** @type {import('esbuild').Plugin} */
const nodeIsLate = {
	name: 'node-is-late',
	setup(bundler) {
		bundler.onResolve({filter: /^node:/}, ({path, importer, namespace}) =>
			namespace === 'file' && importer.startsWith(source) && path in lateInNode
				? {path, namespace: 'late-in-node', sideEffects: false}
				: undefined,
		);
		bundler.onLoad({filter: /.*/, namespace: 'late-in-node'}, ({path}) => ({
			contents: (lateInNode[path] ?? [])
				.map(name => `exports.${name} = (...given) => require(${JSON.stringify(path)}).${name}(...given);`)
				.join('\n'),
		}));
	},
};

/**
 * commander asks for it only to start subcommands that are programs of their own, and we have none. Loading it takes
 * Node 3 ms.
 * @type {import('esbuild').Plugin}
 */
const withoutChildProcesses = {
	name: 'without-child-processes',
	setup(bundler) {
		bundler.onResolve({filter: /^node:child_process$/}, ({path, importer}) =>
			importer.includes('/node_modules/commander/') ? {path, namespace: 'absent'} : undefined,
		);
		bundler.onLoad({filter: /.*/, namespace: 'absent'}, () => ({contents: 'module.exports = {};'}));
	},
};

/** Front ends that the command line `import()`s, and where in `source/` they begin. */
const frontEnds = {tui: 'tui/start.ts', plain: 'tui/plain.ts', doctor: 'tui/doctor/outside.ts'};

/**
 * What `import()`s the TUI from the command line finds the other bundle instead.
 * @type {import('esbuild').Plugin}
 */
const tuiIsApart = {
	name: 'tui-is-apart',
	setup(bundler) {
		for (const [name, file] of Object.entries(frontEnds)) {
			const path = `./${name}.js`;
			bundler.onResolve({filter: new RegExp(`/${file.replace('.ts', '')}\\.js$`)}, () => ({path, external: true}));
		}
	},
};

/**
 * Ink asks for React's developer tools only when DEV is set; they are not installed.
 * @type {import('esbuild').Plugin}
 */
const withoutDeveloperTools = {
	name: 'without-developer-tools',
	setup(bundler) {
		bundler.onResolve({filter: /^react-devtools-core$/}, ({path}) => ({path, namespace: 'absent'}));
		bundler.onLoad({filter: /.*/, namespace: 'absent'}, () => ({contents: 'export default undefined;'}));
	},
};

/**
 * What `conf` brings along catches every signal and sends it to the process once more, which our own handling takes for
 * impatience. It is meant to clean up at the end, and that is all it does here.
 * @type {import('esbuild').Plugin}
 */
const signalsAreOurs = {
	name: 'signals-are-ours',
	setup(bundler) {
		bundler.onResolve({filter: /^when-exit$/}, ({path}) => ({path, namespace: 'at-the-end'}));
		bundler.onLoad({filter: /.*/, namespace: 'at-the-end'}, () => ({
			contents: `export default task => { process.once('exit', task); };`,
		}));
	},
};

/** All files below a folder, as absolute paths. @param {string} folder */
function filesBelow(folder) {
	return readdirSync(folder, {recursive: true, withFileTypes: true})
		.filter(entry => entry.isFile())
		.map(entry => path.join(entry.parentPath, entry.name));
}

function isStale() {
	if (!existsSync(commandLine)) {
		return true;
	}

	const built = statSync(commandLine).mtimeMs;
	const made = [...filesBelow(source), path.join(root, 'package.json'), fileURLToPath(import.meta.url)];
	return made.some(file => statSync(file).mtimeMs > built);
}

/** Compiles everything into `build/` too: the tests, the benches and the demo run from there. */
function checkTypes() {
	const compiler = path.join(
		path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
		'bin',
		'tsc',
	);
	const {status} = spawnSync(process.execPath, [compiler], {cwd: root, stdio: 'inherit'});
	if (status !== 0) {
		process.stderr.write('build: the type check failed\n');
		process.exit(1);
	}
}

async function bundle() {
	const entry = await build({
		...shared,
		entryPoints: [path.join(source, 'cli', 'main.ts')],
		outfile: commandLine,
		format: 'cjs',
		external: native.filter(name => name !== sqlite),
		plugins: [tuiIsApart, lateIsRequired, sqliteIsPart, nodeIsLate, withoutChildProcesses],
		define: {...shared.define, 'import.meta.url': 'importMetaUrl'},
		banner: {js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;"},
		write: false,
	});
	writeCommandLine(entry.outputFiles[0]?.text ?? '');
	const results = [entry];

	for (const name of seldom) {
		const contents = `const it = require(${JSON.stringify(name)});module.exports = it.default ?? it;`;
		const stdin = {contents, resolveDir: root, sourcefile: `${name}.cjs`};
		results.push(
			await build({
				...shared,
				stdin,
				outfile: path.join(dist, `${name}.cjs`),
				format: 'cjs',
				plugins: [signalsAreOurs],
			}),
		);
	}

	const moduleEntries = Object.fromEntries(
		filesBelow(source)
			.filter(file => /-worker\.ts$/.test(file))
			.map(file => [path.basename(file, '.ts'), file]),
	);
	for (const [name, file] of Object.entries(frontEnds)) {
		moduleEntries[name] = path.join(source, file);
	}

	results.push(
		await build({
			...shared,
			entryPoints: moduleEntries,
			outdir: dist,
			format: 'esm',
			// What the TUI imports late (React, Ink) becomes a chunk of its own, so that the first frame need not wait.
			splitting: true,
			chunkNames: 'chunk-[hash]',
			plugins: [withoutDeveloperTools],
			banner: {js: "import {createRequire} from 'node:module';const require = createRequire(import.meta.url);"},
		}),
	);

	/** @type {Record<string, {bytes: number, inputs: string[]}>} */
	const contents = {};
	for (const {metafile} of results) {
		for (const [file, output] of Object.entries(metafile?.outputs ?? {})) {
			contents[path.relative('dist', file)] = {bytes: output.bytes, inputs: Object.keys(output.inputs)};
		}
	}

	writeFileSync(path.join(dist, 'contents.json'), `${JSON.stringify(contents, undefined, '\t')}\n`);
	return contents;
}

/**
 * Begins the file with a hash of itself, by which the start finds what V8 made of it and of nothing else. Text compiled
 * that way cannot `import()` by itself: `bin/xmppc.js` hands in a function that does.
 * @param {string} text
 */
function writeCommandLine(text) {
	const program = text.replaceAll(/\bimport\(("\.\/\w+\.js")\)/g, 'importBeside($1)');
	const left = /[^.\w]import\([^)]*\)/.exec(program);
	if (left !== null) {
		throw new Error(`the command line imports something by itself: ${left[0]}`);
	}

	if (/[\u0080-\uffff]/.test(program)) {
		throw new Error('the command line is not plain ASCII, as bin/load.js wants it');
	}

	const name = createHash('sha256').update(program).digest('hex').slice(0, 16);
	writeFileSync(commandLine, `//${name}\n${program}`);
}

/** Sends a message to a server that is only played, in a profile of its own, and keeps what V8 compiled. */
function compileAhead() {
	const home = mkdtempSync(path.join(tmpdir(), 'xmppc-build-'));
	const folders = Object.fromEntries(
		['HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR'].map(name => [name, home]),
	);
	const run = (/** @type {string[]} */ script, input = '') =>
		spawnSync(process.execPath, script, {
			env: {...process.env, ...folders},
			input,
			stdio: ['pipe', 'ignore', 'ignore'],
		});
	const where = ['--secrets', 'key-file', '--host', '127.0.0.1:1', '--direct-tls'];
	run([path.join(root, 'bin/xmppc.js'), 'account', 'add', 'a@example.org', '--password-stdin', ...where], 'a\n');
	const {status} = run([
		path.join(root, 'scripts/code-cache.cjs'),
		'send',
		'b@example.org',
		'a',
		'--timeout',
		'10',
		'--omemo',
		'require',
	]);
	if (status !== 0) {
		process.stderr.write(
			`build: the message to the played server ended with ${status}; the program will start slowly\n`,
		);
	}

	rmSync(home, {recursive: true, force: true});
}

/** Chunks of earlier builds. A running program may still load one late, so `dist/` is never emptied before. */
function removeLeftovers(/** @type {string[]} */ current) {
	for (const name of readdirSync(dist)) {
		if (name !== 'contents.json' && !current.includes(name)) {
			rmSync(path.join(dist, name), {recursive: true});
		}
	}
}

if (!process.argv.includes('--if-stale') || isStale()) {
	const started = performance.now();
	if (!process.argv.includes('--no-types')) {
		checkTypes();
	}

	mkdirSync(dist, {recursive: true});
	const contents = await bundle();
	removeLeftovers(Object.keys(contents));
	compileAhead();
	const sizes = Object.entries(contents).map(([file, {bytes}]) => `${file} ${Math.ceil(bytes / 1024)} kB`);
	process.stderr.write(`built ${sizes.join(', ')} in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}
