/**
 * `npm run chaos:real -- --seed N --runs N`: real clients, a real server, a network that misbehaves, `kill -9`. The last
 * line says what was lost, doubled, misordered and exposed; with anything but zeros the status is 1, and what is known of the
 * seeds that failed is kept.
 */
import process from 'node:process';
import {parseArgs} from 'node:util';
import {messageOf} from '../../source/shared/errors.js';
import type {Finding} from './check.js';
import {planOf} from './plan.js';
import {play} from './play.js';

async function main(): Promise<number> {
	const {values} = parseArgs({options: {seed: {type: 'string', default: '1'}, runs: {type: 'string', default: '30'}}});
	const [seed, runs] = [Number(values.seed), Number(values.runs)];
	if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(runs) || runs < 1) {
		process.stderr.write('chaos:real: --seed and --runs take whole numbers\n');
		return 64;
	}

	const findings: Finding[] = [];
	const failed: number[] = [];
	for (let current = seed; current < seed + runs; current++) {
		const started = performance.now();
		const plan = planOf(current);
		const {verdict, messages, inRoom, kept} = await play(plan);
		const seconds = ((performance.now() - started) / 1000).toFixed(1);
		const doubt = verdict.inDoubt > 0 ? `, ${verdict.inDoubt} in doubt` : '';
		const unread = verdict.unread > 0 ? `, ${verdict.unread} not for the device` : '';
		const torn = verdict.torn.length > 0 ? `, ${verdict.torn.length} lost by the killed server itself` : '';
		process.stdout.write(
			`seed ${current}: ${messages} messages${plan.encrypted ? ' with encryption' : ''}, ${inRoom} in the room${doubt}${unread}${torn}, ${seconds} s\n`,
		);
		for (const {kind, text} of verdict.findings.slice(0, 20)) {
			process.stdout.write(`  ${kind}: ${text}\n`);
		}

		if (kept !== undefined) {
			process.stdout.write(`  FAILED; all that is known of it is in ${kept}\n`);
			failed.push(current);
		}

		findings.push(...verdict.findings);
	}

	if (failed.length > 0) {
		process.stdout.write(`failed seeds: ${failed.join(', ')}\n`);
	}

	const count = (wanted: Finding['kind']) => findings.filter(({kind}) => kind === wanted).length;
	process.stdout.write(
		`${runs} runs: lost ${count('lost')}, doubled ${count('doubled')}, misordered ${count('misordered')}, exposed ${count('exposed')}\n`,
	);
	return findings.length === 0 ? 0 : 1;
}

try {
	process.exitCode = await main();
} catch (error) {
	process.stderr.write(`chaos:real: ${messageOf(error)}\n`);
	process.exitCode = 1;
}
