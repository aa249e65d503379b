import {messageOf} from '../../shared/errors.js';

/** Starts a program and does not wait for it. `failed` is told why it could not be started. */
export type Launch = (command: readonly string[], failed: (reason: string) => void) => void;

/** Programs that run at a time: one that hangs must not be joined by one more with every message. */
const mostRunning = 4;

/** Starts programs of the machine: an argument vector, no shell, nothing to read, and nowhere to write. */
export function createLaunch(): Launch {
	let running = 0;

	const start = async ([program = '', ...programArguments]: readonly string[]): Promise<void> => {
		// Not needed for the first frame.
		const {spawn} = await import('node:child_process');
		const child = spawn(program, programArguments, {detached: true, stdio: 'ignore'});
		// It may outlive us.
		child.unref();
		await new Promise<void>((resolve, reject) => {
			child.on('error', reject);
			child.on('exit', () => resolve());
		});
	};

	return (command, failed) => {
		if (running < mostRunning) {
			running++;
			start(command)
				.catch((error: unknown) => failed(reasonOf(error)))
				.finally(() => {
					running--;
				});
		}
	};
}

function reasonOf(error: unknown): string {
	const code = error instanceof Error && 'code' in error ? error.code : undefined;
	switch (code) {
		case 'ENOENT':
			return 'it was not found.';
		case 'EACCES':
			return 'it may not be run.';
		default:
			return messageOf(error);
	}
}
