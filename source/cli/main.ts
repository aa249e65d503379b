/** The process: streams, signals and the one place that ends it. */
import process from 'node:process';
import {isatty} from 'node:tty';
import {exitCodes, problemOf} from '../shared/errors.js';
import {version} from '../shared/version.js';

/** 128 + the number of the signal, as shells report it. */
const signals = {SIGHUP: 129, SIGINT: 130, SIGTERM: 143} as const;
/** Milliseconds to close streams and the database in after a signal. */
const patience = 2500;

async function main(): Promise<void> {
	const argv = process.argv.slice(2);
	if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
		// Nothing else is loaded: scripts ask this often.
		process.stdout.write(`${version}\n`);
		return;
	}

	const [{runProgram}, {createOutput, outputFailed}] = await Promise.all([
		import('./program.js'),
		import('./output.js'),
	]);
	const interruption = new AbortController();
	let interrupted: number | undefined;
	let isExpected = false;
	for (const [signal, status] of Object.entries(signals)) {
		process.on(signal, () => {
			if (interrupted !== undefined) {
				process.exit(status);
			}

			interrupted = status;
			interruption.abort();
			setTimeout(() => process.exit(status), patience).unref();
		});
	}

	process.on('uncaughtException', error => {
		// The screen has its own way to end: it gives the terminal back first.
		if (process.listenerCount('uncaughtException') === 1) {
			createOutput(argv.includes('--json'), print, complain).problem(problemOf(error));
			process.exit(exitCodes.bug);
		}
	});

	const status = await runProgram(
		argv,
		{
			// Opened only by those who read it: that takes Node 3 ms.
			input: () => process.stdin,
			interactive: isatty(0) && isatty(2),
			interrupted: interruption.signal,
			expectSignal() {
				isExpected = true;
			},
			connect: async (profile, wanted) => (await import('./running.js')).connectRunning(profile, wanted),
			compose: async person => (await import('./compose.js')).createComposition(person),
			output: json => createOutput(json, print, complain),
			overwrite: isatty(2) ? complain : undefined,
			async askSecret(question) {
				const [{askSecret}, {unlessInterrupted}] = await Promise.all([
					import('./input.js'),
					import('./interruption.js'),
				]);
				const answer = await unlessInterrupted(askSecret(process.stdin, complain, question), interruption.signal);
				if (answer === undefined) {
					// Ctrl+C is a key there, not a signal: the terminal was told not to make one of it.
					interrupted = signals.SIGINT;
					interruption.abort();
				}

				return answer;
			},
		},
		print,
	);
	// What could not be written is heard of a moment later.
	await new Promise(resolve => setImmediate(resolve));
	if (unprinted !== undefined) {
		createOutput(argv.includes('--json'), print, complain).problem(outputFailed(unprinted));
		process.exit(exitCodes.storage);
	}

	process.exit(isExpected ? status : (interrupted ?? status));
}

/** Streams are opened late: each takes Node a millisecond. */
function writer(
	open: () => NodeJS.WriteStream,
	onFailure: (error: NodeJS.ErrnoException) => void,
): (text: string) => void {
	let stream: NodeJS.WriteStream | undefined;
	return text => {
		if (stream === undefined) {
			stream = open();
			stream.on('error', onFailure);
		}

		stream.write(text);
	};
}

let unprinted: Error | undefined;
const print = writer(
	() => process.stdout,
	error => {
		// Whoever read our output has gone (`xmppc … | head -1`): what was asked for is done all the same.
		if (error.code !== 'EPIPE') {
			unprinted ??= error;
		}
	},
);
const complain = writer(
	() => process.stderr,
	() => {
		// There is nowhere left to say so.
	},
);

main().catch((error: unknown) => {
	process.stderr.write(`xmppc: ${problemOf(error).message}\n`);
	process.exit(exitCodes.bug);
});
