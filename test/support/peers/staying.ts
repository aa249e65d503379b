import {type ChildProcessWithoutNullStreams, spawn} from 'node:child_process';
import type {Xmppc} from './xmppc.js';

/** A subcommand that stays: the daemon, or the line mode on pipes. */
export type Staying = {
	readonly pid: number;
	/** Everything it has written to either side until now. */
	text(): string;
	/** Resolves when that holds `pattern`. Fails when it ends before, or after `timeout` milliseconds. */
	says(pattern: RegExp, timeout?: number): Promise<void>;
	/** A line on its standard input. */
	type(line: string): void;
	/** Ends its standard input. */
	hangUp(): void;
	/** Sends a signal and resolves with the status it ended with, null where the signal ended it. */
	end(signal: NodeJS.Signals): Promise<number | null>;
	readonly ended: Promise<number | null>;
};

export function startStaying({command, home}: Xmppc, programArguments: readonly string[]): Staying {
	const [program, ...before] = command;
	const child: ChildProcessWithoutNullStreams = spawn(program, [...before, ...programArguments], {
		env: {...home.environment},
	});
	let said = '';
	let look = () => {};
	const hear = (chunk: string) => {
		said += chunk;
		look();
	};
	child.stdout.setEncoding('utf8').on('data', hear);
	child.stderr.setEncoding('utf8').on('data', hear);
	child.stdin.on('error', () => {});
	const ended = new Promise<number | null>(resolve => child.once('close', status => resolve(status)));
	return {
		pid: child.pid ?? 0,
		text: () => said,
		says: (pattern, timeout = 30_000) =>
			new Promise((resolve, reject) => {
				const fail = (why: string) => {
					clearTimeout(patience);
					reject(new Error(`${why}: no ${pattern} in\n${said}`));
				};
				const patience = setTimeout(() => fail(`after ${timeout} ms`), timeout);
				look = () => {
					if (pattern.test(said)) {
						clearTimeout(patience);
						resolve();
					}
				};
				void ended.then(() => fail('it ended'));
				look();
			}),
		type: line => child.stdin.write(`${line}\n`),
		hangUp: () => child.stdin.end(),
		async end(signal) {
			child.kill(signal);
			return ended;
		},
		ended,
	};
}
