import type {Clock} from '../../shared/clock.js';

/** What a program did: its exit status (absent: it could not be started or took too long) and what it wrote. */
export type RunResult = {readonly status?: number; readonly output: string};

/** Runs a program with an argument vector, without a shell, and gives it `input`. Never rejects. */
export type Run = (command: readonly [string, ...string[]], input?: string) => Promise<RunResult>;

/** Milliseconds that a program may take. */
const longestRun = 2000;
/** UTF-16 units of output that are kept. */
const mostOutput = 65_536;

/** Runs programs of the machine. */
export function createRun(clock: Clock): Run {
	return async ([program, ...programArguments], input = '') => {
		// Not needed for the first frame.
		const {spawn} = await import('node:child_process');
		return new Promise(resolve => {
			let output = '';
			const child = spawn(program, programArguments, {stdio: ['pipe', 'pipe', 'ignore']});
			const stop = clock.after(longestRun, () => {
				child.kill('SIGKILL');
				done({output});
			});
			const done = (result: RunResult) => {
				stop();
				resolve(result);
			};

			child.on('error', () => done({output}));
			child.on('close', status => done(status === null ? {output} : {status, output}));
			// A program that does not read all of its input says so by its exit status.
			child.stdin.on('error', () => {});
			child.stdout.setEncoding('utf8').on('data', (text: string) => {
				output = (output + text).slice(0, mostOutput);
			});
			child.stdin.end(input);
		});
	};
}
