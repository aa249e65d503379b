/** The life of a private server's process: started until it is ready, ended in good order or hard, and its log. */
import type {ChildProcess} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';

export type ServerProcessOptions = {
	/** What the server is called where it fails. */
	readonly name: string;
	/** Where it listens, for people. */
	readonly place: string;
	readonly launch: () => ChildProcess;
	readonly isReady: () => Promise<boolean>;
	/** What it writes, in the order of reading. */
	readonly logFiles: readonly string[];
	/** Milliseconds it may take until it is ready. */
	readonly startTimeout: number;
	/** Milliseconds for which an orderly end is waited for before it is made a hard one. */
	readonly endTimeout: number;
};

export type ServerProcess = {
	/** Resolves when it is ready; at once where it runs. Throws with its log when it does not come up. */
	start(): Promise<void>;
	/** Ends it. `hard`: without closing streams. */
	halt(how?: 'hard'): Promise<void>;
	restart(): Promise<void>;
	/** Everything it has logged. */
	log(): string;
};

/** Milliseconds between two looks whether it is ready. */
const pause = 20;

export function createServerProcess(options: ServerProcessOptions): ServerProcess {
	const {name, place, launch, isReady, logFiles, startTimeout, endTimeout} = options;
	let child: ChildProcess | undefined;
	const log = () => logFiles.map(file => (existsSync(file) ? readFileSync(file, 'utf8') : '')).join('');

	const halt = async (how?: 'hard') => {
		const running = child;
		child = undefined;
		if (running === undefined || running.exitCode !== null || running.signalCode !== null) {
			return;
		}

		const ended = new Promise(resolve => running.once('exit', resolve));
		running.kill(how === 'hard' ? 'SIGKILL' : 'SIGTERM');
		const patience = setTimeout(() => running.kill('SIGKILL'), endTimeout);
		await ended;
		clearTimeout(patience);
	};

	const start = async () => {
		if (child !== undefined) {
			return;
		}

		const server = launch();
		child = server;
		let failure: Error | undefined;
		server.once('error', error => {
			failure = new Error(`${name} cannot be started: ${error.message} (run "npm test": it installs what is needed)`);
		});
		const deadline = Date.now() + startTimeout;
		while (!(await isReady())) {
			if (failure === undefined && (server.exitCode !== null || server.signalCode !== null)) {
				failure = new Error(`${name} ended while starting:\n${log()}`);
			}

			if (failure === undefined && Date.now() > deadline) {
				failure = new Error(`${name} does not answer on ${place}:\n${log()}`);
			}

			if (failure !== undefined) {
				await halt('hard');
				throw failure;
			}

			await sleep(pause);
		}
	};

	return {
		start,
		halt,
		async restart() {
			await halt();
			await start();
		},
		log,
	};
}
