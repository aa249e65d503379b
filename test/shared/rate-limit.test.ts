import test from 'ava';
import {createRateLimit} from '../../source/shared/rate-limit.js';
import {createManualClock} from '../support/manual-clock.js';

test('so many in a window are allowed; the first one too many is worth telling of', t => {
	const clock = createManualClock();
	const verdict = createRateLimit(clock, {most: 2, window: 1000});
	t.deepEqual([verdict(), verdict(), verdict(), verdict()], ['allowed', 'allowed', 'refused-first', 'refused']);
	clock.advance(999);
	t.is(verdict(), 'refused');
	clock.advance(1);
	t.is(verdict(), 'allowed');
});
