import {execFile} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';
import {childEnvironment} from '../terminal.js';

const run = promisify(execFile);

/** A shell in a tmux of its own: a second real terminal, with another idea of what a terminal can do. */
export type Tmux = {
	/** Types text as it is. */
	type(text: string): Promise<void>;
	/** Presses keys by tmux's names: `Enter`, `C-c`, `PageUp`. */
	press(...keys: readonly string[]): Promise<void>;
	/** The visible screen. */
	text(): Promise<string>;
	/** Resolves when the screen holds it. Fails with the screen after `timeout` milliseconds. */
	shows(expected: string | RegExp, timeout?: number): Promise<void>;
	resize(columns: number, rows: number): Promise<void>;
	/** Whether the program in it shows the alternate screen. */
	isAlternate(): Promise<boolean>;
	/** Runs a command of tmux and gives what it prints. */
	command(...words: readonly string[]): Promise<string>;
	stop(): Promise<void>;
};

/** Starts a tmux server on a private socket, without the person's configuration, with `sh` at the prompt `ready$ `. */
export async function startTmux(
	environment: Readonly<Record<string, string>>,
	size: {readonly columns: number; readonly rows: number} = {columns: 80, rows: 24},
): Promise<Tmux> {
	const directory = mkdtempSync(path.join(tmpdir(), 'xmppc-tmux-'));
	const socket = path.join(directory, 'socket');
	const tmux = async (...options: readonly string[]) => {
		const {stdout} = await run('tmux', ['-S', socket, '-f', '/dev/null', ...options], {
			env: childEnvironment(environment),
		});
		return stdout;
	};
	const dimensions = ['-x', String(size.columns), '-y', String(size.rows)];
	await tmux('new-session', '-d', '-s', 'main', ...dimensions, 'sh');
	const text = () => tmux('capture-pane', '-p', '-t', 'main');
	const shows = async (expected: string | RegExp, timeout = 30_000) => {
		const deadline = Date.now() + timeout;
		for (;;) {
			const screen = await text();
			if (typeof expected === 'string' ? screen.includes(expected) : expected.test(screen)) {
				return;
			}

			if (Date.now() > deadline) {
				throw new Error(`not on the screen of tmux after ${timeout} ms: ${expected}\n${screen}`);
			}

			await sleep(25);
		}
	};
	const stop = async () => {
		await tmux('kill-server');
		rmSync(directory, {recursive: true, force: true});
	};
	try {
		// A shell of root's takes no prompt from the environment.
		await tmux('send-keys', '-t', 'main', '-l', "clear; PS1='ready$ '\r");
		await shows(/^ready\$/m);
	} catch (error) {
		await stop();
		throw error;
	}

	return {
		type: async typed => {
			await tmux('send-keys', '-t', 'main', '-l', typed);
		},
		press: async (...keys) => {
			await tmux('send-keys', '-t', 'main', ...keys);
		},
		text,
		shows,
		resize: async (columns, rows) => {
			await tmux('resize-window', '-t', 'main', '-x', String(columns), '-y', String(rows));
		},
		isAlternate: async () => (await tmux('display-message', '-p', '-t', 'main', '#{alternate_on}')).trim() === '1',
		command: tmux,
		stop,
	};
}
