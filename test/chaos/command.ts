/**
 * `npm run chaos -- --runs N`: plays N seeds and counts what was lost, doubled, misordered or exposed. `--from N` begins at another
 * seed than 1; `--seed N` plays one, and with `--verbose` tells what happened in it. `--skew MS`: how far clocks are wrong.
 */
import {type ChildProcess, fork} from 'node:child_process';
import {availableParallelism} from 'node:os';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {isXmppcError} from '../../source/shared/errors.js';
import type {Tally} from './check.js';
import {type RunOptions, run, usualSkew, type Verdict} from './run.js';

type Outcome = Pick<Verdict, 'seed' | keyof Tally | 'findings' | 'encrypted'>;

/** More is told of one seed with `--verbose`. */
const mostFindings = 3;

/** A run that ends with an exception has lost whatever it was about. */
async function outcomeOf(seed: number, options: RunOptions = {}): Promise<Outcome> {
	try {
		const {lost, doubled, misordered, exposed, findings, encrypted} = await run(seed, options);
		return {seed, lost, doubled, misordered, exposed, findings, encrypted};
	} catch (error) {
		return broken(seed, error instanceof Error ? (error.stack ?? error.message) : String(error));
	}
}

function broken(seed: number, text: string): Outcome {
	return {seed, lost: 1, doubled: 0, misordered: 0, exposed: 0, encrypted: 0, findings: [{kind: 'lost', text}]};
}

/** Plays the seeds that it is sent, one after the other. */
function work(skew: number): void {
	process.on('unhandledRejection', reason => {
		// Nobody is there to hear of what a process that is gone did not finish.
		if (!(isXmppcError(reason) && reason.code === 'process-died')) {
			throw reason;
		}
	});
	process.on('message', (seed: number) => {
		void outcomeOf(seed, {skew}).then(outcome => process.send?.(outcome));
	});
}

/** Plays seeds in several processes; what comes of each does not depend on how many there are. */
async function playAll(from: number, runs: number, skew: number): Promise<readonly Outcome[]> {
	const outcomes: Outcome[] = [];
	let next = from;
	const end = from + runs;

	const employ = () =>
		new Promise<void>(resolve => {
			let worker: ChildProcess | undefined;
			let playing = 0;
			const hire = () => {
				const hired = fork(fileURLToPath(import.meta.url), ['--worker', '--skew', `${skew}`]);
				worker = hired;
				hired.on('message', (outcome: Outcome) => {
					outcomes.push(outcome);
					tellProgress(outcomes.length, runs);
					playing = 0;
					give();
				});
				hired.on('exit', code => {
					if (playing !== 0) {
						outcomes.push(broken(playing, `the process of the run ended with ${code}`));
						playing = 0;
						hire();
						give();
					}
				});
			};

			const give = () => {
				if (next >= end) {
					worker?.disconnect();
					resolve();
					return;
				}

				playing = next++;
				worker?.send(playing);
			};

			hire();
			give();
		});

	await Promise.all(Array.from({length: Math.min(runs, availableParallelism())}, employ));
	return outcomes.toSorted((one, other) => one.seed - other.seed);
}

function tellProgress(done: number, runs: number): void {
	if (done % 100 === 0 && done < runs) {
		process.stderr.write(`${done} of ${runs}\n`);
	}
}

function tell(outcomes: readonly Outcome[], skew: number): void {
	const clocks = skew === usualSkew ? '' : ` --skew ${skew}`;
	const say = (text: string) => process.stdout.write(`${text}\n`);
	for (const {seed, lost, doubled, misordered, exposed, findings} of outcomes) {
		if (findings.length === 0) {
			continue;
		}

		say(`seed ${seed}: lost ${lost}, doubled ${doubled}, misordered ${misordered}, exposed ${exposed}`);
		for (const {text} of findings.slice(0, mostFindings)) {
			say(`  ${text}`);
		}

		say(`  to see it happen: npm run chaos -- --seed ${seed}${clocks} --verbose`);
	}

	const sum = (kind: keyof Tally | 'encrypted') => outcomes.reduce((all, outcome) => all + outcome[kind], 0);
	const all = (['lost', 'doubled', 'misordered', 'exposed'] as const).map(kind => `${kind} ${sum(kind)}`).join(', ');
	const secret = outcomes.filter(({encrypted}) => encrypted > 0).length;
	say(`${outcomes.length} runs, ${secret} with ${sum('encrypted')} encrypted messages: ${all}`);
	process.exitCode = outcomes.some(({findings}) => findings.length > 0) ? 1 : 0;
}

async function main(): Promise<void> {
	const {values} = parseArgs({
		options: {
			runs: {type: 'string', default: '1000'},
			from: {type: 'string', default: '1'},
			seed: {type: 'string'},
			verbose: {type: 'boolean', default: false},
			skew: {type: 'string', default: `${usualSkew}`},
			worker: {type: 'boolean', default: false},
		},
	});
	const [runs, from, seed, skew] = [
		Number(values.runs),
		Number(values.from),
		Number(values.seed ?? 0),
		Number(values.skew),
	];
	if (![runs, from, seed, skew].every(Number.isSafeInteger) || runs < 1) {
		process.stderr.write('Usage: npm run chaos -- [--runs N] [--from SEED] [--skew MS] | --seed SEED [--verbose]\n');
		process.exitCode = 64;
	} else if (values.worker) {
		work(skew);
	} else if (values.seed === undefined) {
		tell(await playAll(from, runs, skew), skew);
	} else {
		const print = (line: string) => process.stdout.write(`${line}\n`);
		tell([await outcomeOf(seed, {skew, ...(values.verbose ? {print} : {})})], skew);
	}
}

await main();
