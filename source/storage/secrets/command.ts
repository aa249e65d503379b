import {spawn} from 'node:child_process';
import type {Clock} from '../../shared/clock.js';
import {XmppcError} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import type {SecretStore} from '../ports.js';

/** Milliseconds: such a program may ask a person for a passphrase or a touch of a token. */
const patience = 60_000;
/** Characters read of each output; a password is much shorter. */
const longestOutput = 65_536;

/** Runs a program of the person's choice, whose first line of output is the password. It can only be read. */
export function createCommandStore(command: readonly string[] | undefined, clock: Clock): SecretStore {
	return {
		backend: 'command',
		async get(account, name) {
			// The program knows the password and nothing else.
			return name === 'password' ? runPasswordCommand(account, command ?? [], clock) : undefined;
		},
		async set(account) {
			throw new XmppcError({
				code: 'secrets-read-only',
				kind: 'configuration',
				message: `The password of ${account} comes from a program, so xmppc cannot store one.`,
				hint: 'Store it where that program finds it, or choose another place with --secrets.',
			});
		},
		async delete() {},
		status: async () => (command === undefined ? 'unavailable' : 'ready'),
	};
}

/** No shell: the arguments reach the program as they are. */
function runPasswordCommand(account: BareJid, command: readonly string[], clock: Clock): Promise<string> {
	const [program, ...argumentList] = command;
	const fail = (what: string, hint: string, cause?: unknown) =>
		new XmppcError(
			{
				code: 'password-command-failed',
				kind: 'unavailable',
				message: `The password command of ${account}${program === undefined ? '' : ` (${program})`} ${what}.`,
				hint,
			},
			{cause},
		);

	if (program === undefined) {
		return Promise.reject(fail('is not set', 'Set passwordCommand to a program and its arguments in settings.json.'));
	}

	return new Promise((resolve, reject) => {
		const child = spawn(program, argumentList, {stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true});
		const output = {stdout: '', stderr: ''};
		for (const name of ['stdout', 'stderr'] as const) {
			child[name].setEncoding('utf8').on('data', (text: string) => {
				output[name] = (output[name] + text).slice(0, longestOutput);
			});
		}

		const stopWaiting = clock.after(patience, () => {
			child.kill('SIGKILL');
			// A program it started may keep the pipes open.
			child.stdout.destroy();
			child.stderr.destroy();
			reject(fail(`did not finish within ${patience / 1000} s`, 'Run it by hand to see what it waits for.'));
		});
		child.on('error', error => {
			stopWaiting();
			reject(fail('cannot be started', `Check that ${program} is installed and can be run.`, error));
		});
		child.on('close', (code, signal) => {
			stopWaiting();
			const password = output.stdout.split(/\r?\n/, 1)[0] ?? '';
			if (code !== 0) {
				const complaint = firstLine(output.stderr);
				const status = code === null ? `was ended by ${signal}` : `failed with exit status ${code}`;
				reject(fail(`${status}${complaint === '' ? '' : `: ${complaint}`}`, 'Run it by hand to see why.'));
			} else if (password === '') {
				reject(fail('printed nothing on its first line', 'It must print the password and a line feed.'));
			} else {
				resolve(password);
			}
		});
	});
}

/** What a program complained about, fit to be part of a sentence. */
function firstLine(text: string): string {
	const [line = ''] = text.trim().split(/\r?\n/, 1);
	return printable(line.slice(0, 200), 'line');
}
