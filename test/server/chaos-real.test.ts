/** Three plans of `npm run chaos:real`: real processes, a real server, `kill -9`. */
import {rmSync} from 'node:fs';
import test from 'ava';
import {type Plan, planOf, type Step} from '../chaos-real/plan.js';
import {play} from '../chaos-real/play.js';

for (const seed of [7, 15, 28]) {
	test.serial(`nothing is lost, doubled or misordered, whatever breaks (seed ${seed})`, async t => {
		const {verdict, messages, inRoom, kept} = await play(planOf(seed));
		t.deepEqual(verdict.findings, [], `all that is known of it is in ${kept}`);
		t.true(messages > 20);
		t.true(inRoom > 5);
	});
}

/** Each hears the other one. */
const talk: readonly Step[] = (['romeo', 'desk'] as const).flatMap((device): readonly Step[] => [
	{do: 'say', device, count: 1},
	{do: 'calm', device: 'romeo'},
	{do: 'calm', device: 'desk'},
]);

/** Runs in which a client that is made to fail has to be noticed. */
const mostAttempts = 3;

test.serial('a client that cannot find out that its database is an old copy is noticed', async t => {
	const plan: Plan = {
		seed: 0,
		hibernation: 60,
		sasl2: false,
		encrypted: true,
		first: {desk: 'daemon', pocket: 'daemon', romeo: 'daemon'},
		steps: [
			// In the copy a chain of keys is in use. An answer that came after it would begin another one, with fresh keys.
			...talk,
			...talk,
			...talk,
			{do: 'back up', device: 'desk', as: 'daemon'},
			{do: 'say', device: 'desk', count: 2},
			{do: 'calm', device: 'desk'},
			{do: 'restore', device: 'desk', as: 'daemon'},
		],
	};
	// A key is used twice only where the copy was made between two messages of one chain: that is up to the machine too.
	let exposed: readonly string[] = [];
	const isNoticed = () =>
		['of desk as it came out of the copy', 'uses a message key twice'].every(wanted =>
			exposed.some(text => text.includes(wanted)),
		);
	for (let attempt = 0; attempt < mostAttempts && !isNoticed(); attempt++) {
		const {verdict, kept} = await play(plan, 'mark put back');
		t.teardown(() => rmSync(kept ?? '', {recursive: true, force: true}));
		exposed = verdict.findings.filter(({kind}) => kind === 'exposed').map(({text}) => text);
	}

	t.true(isNoticed(), exposed.join('\n'));
});
