/** A process that dies before or after any of its commits costs nothing: what is encrypted goes on from what is on the disk. */
import test from 'ava';
import {calmStage} from './calm.js';
import type {Finding} from './check.js';

type Death = {readonly who: 'desktop' | 'orchard'; readonly number: number; readonly when: 'before' | 'after'};
type Outcome = {readonly findings: readonly Finding[]; readonly commits: Readonly<Record<Death['who'], number>>};

/** Two people make their devices and talk, and one process dies once. `commits`: how many each made until all was said. */
async function play(death?: Death): Promise<Outcome> {
	const {timeline, desktop, orchard, say, findings, clear} = await calmStage();
	const machines = [desktop, orchard];
	try {
		machines.find(({name}) => name === death?.who)?.life?.endAtCommit(death?.number ?? 0, death?.when ?? 'after');
		await timeline.runUntil(5000);
		await say(desktop, 0);
		await say(desktop, 2000);
		await say(orchard, 2000);
		await say(desktop, 0);
		await say(orchard, 10_000);

		const commits = {desktop: desktop.life?.commits ?? 0, orchard: orchard.life?.commits ?? 0};
		for (const {life} of machines) {
			life?.endAtCommit(Number.POSITIVE_INFINITY, 'before');
		}

		const talk = [await say(desktop, 10_000), await say(orchard, 10_000)];
		return {findings: findings(talk), commits};
	} finally {
		await clear();
	}
}

for (const who of ['desktop', 'orchard'] as const) {
	for (const when of ['before', 'after'] as const) {
		test(`whichever commit the process of ${who} dies ${when}, everything is said once and the sessions go on`, async t => {
			const {commits, findings} = await play();
			t.deepEqual(findings, []);
			t.true(commits[who] > 30);
			for (let number = 1; number <= commits[who]; number++) {
				t.deepEqual((await play({who, number, when})).findings, [], `commit ${number}`);
			}
		});
	}
}
