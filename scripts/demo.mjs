/**
 * Shows the program at work without an account or a network: a private Prosody on loopback, four made-up people with
 * a roster and some history, and the TUI logged in as one of them. Romeo answers. Without a terminal the same client
 * plays a short conversation in its line mode and the transcript is printed.
 *
 * Everything lives in temporary directories and is gone when the demo ends. `--yes` installs missing system packages
 * without asking; `--plain` uses the line mode on a terminal too.
 */
import {spawn, spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {ensurePackages, MissingPackages, serverPackages} from './system-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = path.join(root, 'bin', 'xmppc.js');
const support = path.join('test', 'support');

const domain = 'verona.example';
const passwords = {juliet: 'balcony', romeo: 'orchard', nurse: 'patience', benvolio: 'reason'};
const people = [
	{jid: `romeo@${domain}`, name: 'Romeo', groups: ['Montague']},
	{jid: `benvolio@${domain}`, name: 'Benvolio', groups: ['Montague']},
	{jid: `nurse@${domain}`, name: 'Nurse', groups: ['Capulet']},
];

/** What happened before: who wrote (juliet through `xmppc send`), to whom, what. */
const history = [
	{from: 'nurse', to: 'juliet', text: 'Your lady mother is coming to your chamber.'},
	{from: 'romeo', to: 'juliet', text: 'But soft, what light through yonder window breaks?'},
	{from: 'juliet', to: 'romeo', text: 'Ay me. How camest thou hither, tell me, and wherefore?'},
	{from: 'juliet', to: 'nurse', text: 'By and by, I come.'},
	{from: 'romeo', to: 'juliet', text: 'With love’s light wings did I o’erperch these walls.'},
	{from: 'nurse', to: 'juliet', text: 'Anon, anon!'},
];

/** What Romeo says, in this order, and then again. */
const answers = [
	'I hear thee. Type /help and thou shalt know every word of power here.',
	'Lady, by yonder blessed moon I vow that this went over TLS, and through a server.',
	'Wouldst thou leave? /quit. Would I had such a command.',
	'Alt+Up and Alt+Down walk through the names on the left; PageUp through what was said.',
	'O, wilt thou leave me so unsatisfied?',
];

/** What the line mode plays when there is no terminal: the line typed, and what has to be answered before the next. */
const conversation = [
	{type: `/msg romeo@${domain} Good night, good night!`, until: answers[0]},
	{type: `/msg romeo@${domain} Parting is such sweet sorrow.`, until: answers[1]},
];

/** Undone in reverse order, whatever happens. @type {Array<() => unknown>} */
const undo = [];
/** @type {Promise<void> | undefined} */
let ended;

/** Whoever comes second waits for the first. */
function end() {
	ended ??= (async () => {
		for (const step of undo.reverse()) {
			await step();
		}
	})();
	return ended;
}

/** @param {readonly string[]} command */
function mustRun(command) {
	const {status} = spawnSync(process.execPath, command, {cwd: root, stdio: ['ignore', 2, 2]});
	if (status !== 0) {
		throw new Error(`${command[0]} failed`);
	}
}

/** The program as `npm start` would have it, and the server's and the contact's parts, which tests share. */
function buildWhatIsStale() {
	mustRun(['scripts/build.mjs', '--if-stale']);
	const compiled = path.join(root, 'build', support, 'prosody.js');
	const newest = readdirSync(path.join(root, support), {recursive: true, encoding: 'utf8'})
		.map(name => statSync(path.join(root, support, name)).mtimeMs)
		.reduce((latest, changed) => Math.max(latest, changed), 0);
	if (!existsSync(compiled) || statSync(compiled).mtimeMs < newest) {
		mustRun(['node_modules/typescript/bin/tsc']);
	}
}

/** A profile of its own; nothing of the person's is read or written. */
function makeEnvironment() {
	const home = mkdtempSync(path.join(tmpdir(), 'xmppc-demo-'));
	undo.push(() => rmSync(home, {recursive: true, force: true}));
	/** @type {NodeJS.ProcessEnv} */
	const environment = {...process.env};
	// Ink draws nothing before the end when it believes that it runs unattended.
	delete environment.CI;
	for (const [variable, folder] of Object.entries({
		XDG_CONFIG_HOME: 'config',
		XDG_DATA_HOME: 'data',
		XDG_STATE_HOME: 'state',
		XDG_RUNTIME_DIR: 'run',
	})) {
		environment[variable] = path.join(home, folder);
		mkdirSync(path.join(home, folder), {mode: 0o700});
	}

	return environment;
}

/** Runs the built program to its end. @param {readonly string[]} options @param {string} input @param {NodeJS.ProcessEnv} env */
function xmppc(options, input, env) {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [program, ...options], {env, stdio: ['pipe', 'ignore', 'pipe']});
		let said = '';
		child.stderr.setEncoding('utf8').on('data', chunk => {
			said += chunk;
		});
		child.once('error', reject);
		child.once('close', status => (status === 0 ? resolve(undefined) : reject(new Error(said.trim()))));
		child.stdin.end(input);
	});
}

async function prepare() {
	const {startProsody} = await import(`../build/${support}/prosody.js`);
	const {startChatPeer} = await import(`../build/${support}/peers/chat-peer.js`);
	const juliet = {jid: `juliet@${domain}`, name: 'Juliet'};
	const server = await startProsody({
		uploads: true,
		domain,
		accounts: passwords,
		scram: 'SHA-256',
		rosters: {juliet: people, romeo: [juliet], nurse: [juliet], benvolio: [juliet]},
	});
	undo.push(() => server.stop());
	const env = makeEnvironment();
	await xmppc(
		[
			...['account', 'add', juliet.jid, '--password-stdin', '--secrets', 'key-file'],
			...['--host', `127.0.0.1:${server.port}`, '--tls-ca', server.caFile],
		],
		`${passwords.juliet}\n`,
		env,
	);

	const [romeo, nurse] = await Promise.all([
		startChatPeer(server, 'romeo', passwords.romeo, 'orchard'),
		startChatPeer(server, 'nurse', passwords.nurse, 'house'),
	]);
	undo.push(() => Promise.all([romeo.close(), nurse.close()]));
	let before = '';
	for (const {from, to, text} of history) {
		if (from === 'juliet') {
			await xmppc(['send', `${to}@${domain}`, text], '', env);
		} else {
			if (before === 'juliet') {
				// The server dates what waits for her in whole seconds.
				await sleep(1020 - (Date.now() % 1000));
			}

			(from === 'romeo' ? romeo : nurse).send(juliet.jid, text);
			await sleep(30);
		}

		before = from;
	}

	let turn = 0;
	romeo.answers(() => {
		const answer = answers[turn % answers.length];
		turn += 1;
		setTimeout(() => romeo.send(juliet.jid, answer), 900).unref();
		return undefined;
	});
	return env;
}

/** It closes its database before the folder goes. @param {import('node:child_process').ChildProcess} child */
function endWithUs(child) {
	const closed = new Promise(resolve => child.once('close', resolve));
	undo.push(async () => {
		child.kill('SIGTERM');
		await Promise.race([closed, sleep(4000)]);
	});
}

/** @param {NodeJS.ProcessEnv} env @param {readonly string[]} options */
function showTui(env, options) {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [program, ...options], {env, stdio: 'inherit'});
		endWithUs(child);
		child.once('error', reject);
		child.once('close', (status, signal) => resolve(signal === null ? status : 1));
	});
}

/** Types the conversation into the line mode and prints what it says. @param {NodeJS.ProcessEnv} env */
function playConversation(env) {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [program, '--plain'], {env, stdio: ['pipe', 'pipe', 'inherit']});
		const patience = setTimeout(() => child.kill('SIGTERM'), 30_000);
		endWithUs(child);
		let said = '';
		let at = 0;
		const typeNext = () => {
			const next = conversation[at];
			const line = next?.type ?? '/quit';
			process.stdout.write(`> ${line}\n`);
			child.stdin.write(`${line}\n`);
		};
		const quote = new RegExp(history.at(-1)?.text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&') ?? '');
		let typing = false;
		child.stdout.setEncoding('utf8').on('data', chunk => {
			process.stdout.write(chunk);
			said += chunk;
			if (!typing && quote.test(said)) {
				typing = true;
				typeNext();
			}

			while (typing && at < conversation.length && said.includes(conversation[at]?.until ?? '')) {
				at += 1;
				typeNext();
			}
		});
		child.once('error', reject);
		child.once('close', status => {
			clearTimeout(patience);
			if (at < conversation.length) {
				reject(new Error('the conversation came to no end'));
			} else {
				resolve(status);
			}
		});
	});
}

async function main() {
	await ensurePackages(serverPackages, {yes: process.argv.includes('--yes')});
	buildWhatIsStale();
	process.stderr.write('Starting a private Prosody on loopback, and four people of Verona …\n');
	const env = await prepare();
	const interactive = process.stdin.isTTY && process.stdout.isTTY;
	const status = interactive
		? await showTui(env, process.argv.includes('--plain') ? ['--plain'] : [])
		: await playConversation(env);
	return status ?? 1;
}

for (const [signal, status] of Object.entries({SIGINT: 130, SIGTERM: 143, SIGHUP: 129})) {
	process.on(signal, () => {
		void end().finally(() => process.exit(status));
	});
}

let status = 1;
try {
	status = await main();
} catch (error) {
	const reason = error instanceof Error ? error.message : String(error);
	process.stderr.write(`demo: ${error instanceof MissingPackages || error instanceof Error ? reason : error}\n`);
} finally {
	await end();
}

process.exit(status);
