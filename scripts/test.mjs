/**
 * Every test there is: types, lint, build, then ava on units, fixtures, screens and real servers. Ends with the line
 * `N passed, N failed`, which counts what really ran; a crash, a time-out, a skipped test and a failed check are
 * failures.
 *
 * `--yes` installs missing system packages without asking.
 */
import {spawn} from 'node:child_process';
import {existsSync, readdirSync, rmSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {ensurePackages, MissingPackages, testPackages} from './system-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @type {ReadonlyArray<{name: string, program: string, options: readonly string[]}>} */
const checks = [
	{name: 'types', program: 'node_modules/typescript/bin/tsc', options: []},
	{name: 'lint', program: 'node_modules/@biomejs/biome/bin/biome', options: ['check', '--error-on-warnings', '.']},
	{name: 'build', program: 'scripts/build.mjs', options: ['--no-types']},
];

/**
 * Where peers answer and little is computed, two files share the two cores; the other servers, and all terminals, would starve
 * beside them.
 */
const patient = [
	'accounts',
	'bad-{profile,secrets,text}',
	'blocking',
	'cards',
	'catch-up',
	'cleaning',
	'client',
	'csi',
	'ejabberd{,-captcha,-login}',
	'hostile-text',
	'omemo{,-federation,-peer-devices,-peer-rooms,-peers,-shell}',
	'peers',
	'reading',
	'relations',
	'resumption',
	'room-{buffers,forms,messages,one-liners,peers}',
	'rooms{,-faults}',
	'sasl2',
	'session',
	'silent-server',
	'websocket',
].map(name => `build/test/server/${name}.test.js`);

const groups = [
	{name: 'units, fixtures, screens', concurrency: 2, patterns: ['build/test/**/*.test.js', '!build/test/server/**']},
	{name: 'patient servers', concurrency: 2, patterns: patient},
	{
		name: 'other servers and terminals',
		concurrency: 1,
		patterns: ['build/test/server/**/*.test.js', ...patient.map(pattern => `!${pattern}`)],
	},
];

/** What a deleted test once compiled to would run for ever. */
function removeOrphans() {
	for (const folder of ['test', 'source', 'bench']) {
		const compiled = path.join(root, 'build', folder);
		const names = existsSync(compiled) ? readdirSync(compiled, {recursive: true, encoding: 'utf8'}) : [];
		for (const name of names.filter(name => name.endsWith('.js'))) {
			const original = path.join(root, folder, name.slice(0, -'.js'.length));
			if (!existsSync(`${original}.ts`) && !existsSync(`${original}.tsx`)) {
				rmSync(path.join(compiled, name));
			}
		}
	}
}

/** @param {string} program @param {readonly string[]} options @param {(line: string) => void} onLine */
function run(program, options, onLine) {
	return new Promise(resolve => {
		const child = spawn(process.execPath, [path.join(root, program), ...options], {
			cwd: root,
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		const lines = createInterface({input: child.stdout});
		lines.on('line', onLine);
		child.once('error', error => {
			onLine(`cannot run ${program}: ${error.message}`);
			resolve(1);
		});
		child.once('close', status => resolve(status ?? 1));
	});
}

/**
 * Counts one run of ava by the lines of its reporter, and prints all but those of tests that passed. (Its TAP reporter
 * breaks off at the first time-out.)
 */
async function runTests(/** @type {{concurrency: number, patterns: readonly string[]}} */ {concurrency, patterns}) {
	const count = {passed: 0, failed: 0};
	const options = ['--no-color', '--concurrency', String(concurrency), ...patterns];
	const status = await run('node_modules/ava/entrypoints/cli.mjs', options, line => {
		if (/^\s*[✔√] /.test(line)) {
			count.passed += 1;
			return;
		}

		const [, remaining] = /^\s*[✘✖×] (\d+) tests? remaining in /.exec(line) ?? [];
		if (remaining !== undefined) {
			count.failed += Number(remaining);
		} else if (/^\s*([✘✖×] |- \[(skip|todo)\] |(Uncaught exception|Unhandled rejection) in )/.test(line)) {
			count.failed += 1;
		}

		process.stdout.write(`${line}\n`);
	});
	if (status !== 0 && count.failed === 0) {
		process.stdout.write(`ava itself failed (exit ${status})\n`);
		count.failed += 1;
	}

	return count;
}

async function main() {
	await ensurePackages(testPackages, {yes: process.argv.includes('--yes')});
	removeOrphans();
	const total = {passed: 0, failed: 0};
	for (const {name, program, options} of checks) {
		const started = performance.now();
		const status = await run(program, options, line => process.stdout.write(`${line}\n`));
		process.stdout.write(`${name}: ${status === 0 ? 'ok' : 'FAILED'} (${seconds(started)})\n`);
		total.failed += status === 0 ? 0 : 1;
	}

	for (const group of groups) {
		const started = performance.now();
		const {passed, failed} = await runTests(group);
		process.stdout.write(`${group.name}: ${passed} passed, ${failed} failed (${seconds(started)})\n`);
		total.passed += passed;
		total.failed += failed;
	}

	process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
	return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

/** @param {number} started */
function seconds(started) {
	return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}

try {
	process.exitCode = await main();
} catch (error) {
	if (!(error instanceof MissingPackages)) {
		throw error;
	}

	process.stderr.write(`test: ${error.message}\n`);
	process.stdout.write('0 passed, 1 failed\n');
	process.exitCode = 1;
}
