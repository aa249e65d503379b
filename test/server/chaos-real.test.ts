/** Three plans of `npm run chaos:real`: real processes, a real server, `kill -9`. */
import test from 'ava';
import {planOf} from '../chaos-real/plan.js';
import {play} from '../chaos-real/play.js';

for (const seed of [7, 15, 28]) {
	test.serial(`nothing is lost, doubled or misordered, whatever breaks (seed ${seed})`, async t => {
		const {verdict, messages, inRoom, kept} = await play(planOf(seed));
		t.deepEqual(verdict.findings, [], `all that is known of it is in ${kept}`);
		t.true(messages > 20);
		t.true(inRoom > 5);
	});
}
