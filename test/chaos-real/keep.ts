import {copyFileSync, cpSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Prosody} from '../support/prosody.js';
import type {Verdict} from './check.js';
import type {Device} from './device.js';
import type {Evidence} from './evidence.js';
import {type Plan, stepLine} from './plan.js';

/** Puts everything that is known of a run into a new directory, and answers which. */
export function keepEvidence(run: {
	readonly plan: Plan;
	readonly evidence: Evidence;
	readonly verdict: Verdict;
	readonly server: Prosody;
	readonly devices: readonly Device[];
}): string {
	const {plan, evidence, verdict, server, devices} = run;
	const directory = mkdtempSync(path.join(tmpdir(), `xmppc-chaos-real-${plan.seed}-`));
	const {steps, ...about} = plan;
	const write = (name: string, text: string) => writeFileSync(path.join(directory, name), text);
	write('plan.txt', `${[JSON.stringify(about), ...steps.map(stepLine)].join('\n')}\n`);
	write('findings.txt', `${verdict.findings.map(({kind, text}) => `${kind}: ${text}`).join('\n')}\n`);
	write('evidence.json', JSON.stringify(evidence, undefined, '\t'));
	write('server.log', server.log());
	for (const device of devices) {
		write(`${device.name}.txt`, device.output());
		cpSync(device.xmppc.home.directory, path.join(directory, device.name), {
			recursive: true,
			filter: source => !source.endsWith('.sock'),
		});
	}

	copyFileSync(path.join(server.directory, 'prosody.cfg.lua'), path.join(directory, 'prosody.cfg.lua'));
	return directory;
}
