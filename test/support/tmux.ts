/** A terminal that a program runs in and a test types into: a tmux server of our own, with no settings of a person's. */
import {execFile, spawn} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {existsSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';

const run = promisify(execFile);

export type TmuxOptions = {
	readonly columns?: number;
	readonly rows?: number;
	/** The program's whole environment but for PATH, TERM and the locale. */
	readonly environment?: Readonly<Record<string, string>>;
};

export type Tmux = {
	/** Types text as it is; keys by name (`Enter`, `C-c`, `PageUp`) go through `press`. */
	type(text: string): Promise<void>;
	press(...keys: readonly string[]): Promise<void>;
	/** Types a line and ends it. */
	enter(text: string): Promise<void>;
	/** What is on the screen, one row a line, without colours. */
	screen(): Promise<string>;
	/** Resolves with the screen once it matches; throws with it after `patience` milliseconds. */
	shows(pattern: RegExp | string, patience?: number): Promise<string>;
	resize(columns: number, rows: number): Promise<void>;
	/** Whether the program still runs. */
	alive(): Promise<boolean>;
	stop(): Promise<void>;
};

/** Starts `command` (an argument vector) in a terminal. */
export async function startTmux(command: readonly string[], options: TmuxOptions = {}): Promise<Tmux> {
	const socket = path.join(tmpdir(), `xmppc-tmux-${randomUUID()}`);
	const environment = {
		PATH: process.env.PATH ?? '',
		TERM: 'tmux-256color',
		LANG: 'C.UTF-8',
		...options.environment,
	};
	const tmux = async (...given: readonly string[]) => {
		const {stdout} = await run('tmux', ['-S', socket, '-f', '/dev/null', ...given], {
			env: {PATH: environment.PATH, LANG: 'C.UTF-8', TERM: 'xterm-256color'},
		});
		return stdout;
	};
	// In the foreground (-D), so that the kernel ends it, and with it the program, when the test's process dies.
	const server = spawn('setpriv', ['--pdeathsig=TERM', 'tmux', '-D', '-S', socket, '-f', '/dev/null'], {
		stdio: 'ignore',
		env: {PATH: environment.PATH, LANG: 'C.UTF-8', TERM: 'xterm-256color'},
	});
	const ended = new Promise<void>((resolve, reject) => {
		server.once('exit', () => resolve());
		server.once('error', reject);
	});
	for (let waited = 0; !existsSync(socket); waited += 10) {
		if (waited > 5000 || server.exitCode !== null) {
			server.kill();
			throw new Error('tmux does not start');
		}

		await Promise.race([sleep(10), ended]);
	}

	const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
	await tmux(
		...['new-session', '-d', '-x', String(options.columns ?? 80), '-y', String(options.rows ?? 24)],
		...['env', '-i', ...variables, ...command],
	);
	await tmux('set-option', '-g', 'remain-on-exit', 'on');

	const screen = () => tmux('capture-pane', '-p');
	const type = async (text: string) => {
		await tmux('send-keys', '-l', '--', text);
	};
	const press = async (...keys: readonly string[]) => {
		await tmux('send-keys', ...keys);
	};
	return {
		type,
		press,
		async enter(text) {
			await type(text);
			await press('Enter');
		},
		screen,
		async shows(pattern, patience = 10_000) {
			const deadline = Date.now() + patience;
			for (;;) {
				const now = await screen();
				if (typeof pattern === 'string' ? now.includes(pattern) : pattern.test(now)) {
					return now;
				}

				if (Date.now() > deadline) {
					throw new Error(`The screen does not show ${pattern} but:\n${now}`);
				}

				await sleep(40);
			}
		},
		async resize(columns, rows) {
			await tmux('resize-window', '-x', String(columns), '-y', String(rows));
		},
		async alive() {
			return (await tmux('display-message', '-p', '#{pane_dead}')).trim() === '0';
		},
		async stop() {
			server.kill('SIGTERM');
			await ended;
			await rm(socket, {force: true});
		},
	};
}
