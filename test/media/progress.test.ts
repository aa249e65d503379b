import test from 'ava';
import {createProgressMeter} from '../../source/media/progress.js';
import {createManualClock} from '../support/manual-clock.js';

test('nothing is said of the rate before there is something to tell it from', t => {
	const clock = createManualClock();
	const meter = createProgressMeter(clock);
	t.deepEqual(meter.reached(100, 1000), {done: 100, total: 1000});
	clock.advance(399);
	t.deepEqual(meter.current(), {done: 100, total: 1000});
});

test('rate and time left come from the bytes of the last seconds', t => {
	const clock = createManualClock();
	const meter = createProgressMeter(clock);
	meter.reached(0, 10_000);
	clock.advance(1000);
	t.deepEqual(meter.reached(2000, 10_000), {done: 2000, total: 10_000, rate: 2000, timeLeft: 4000});
});

test('what was fast once is forgotten after five seconds', t => {
	const clock = createManualClock();
	const meter = createProgressMeter(clock);
	meter.reached(0, 1e6);
	clock.advance(1000);
	meter.reached(500_000, 1e6);
	let done = 500_000;
	for (let second = 0; second < 6; second++) {
		clock.advance(1000);
		done += 100;
		meter.reached(done, 1e6);
	}

	t.is(meter.current().rate, 100);
});

test('when nothing moves the rate falls to nothing, and no time is told', t => {
	const clock = createManualClock();
	const meter = createProgressMeter(clock);
	meter.reached(0, 1e6);
	clock.advance(1000);
	meter.reached(1000, 1e6);
	clock.advance(10_000);
	t.deepEqual(meter.current(), {done: 1000, total: 1e6, rate: 0});
});

test('it is told at most five times a second, and at once when all is there', t => {
	const clock = createManualClock();
	const meter = createProgressMeter(clock);
	let told = 0;
	for (let done = 1; done <= 1000; done++) {
		clock.advance(1);
		told += meter.reached(done, 2000) === undefined ? 0 : 1;
	}

	t.is(told, 5);
	clock.advance(1);
	t.is(meter.reached(2000, 2000)?.done, 2000);
	t.is(meter.reached(2000, 2000), undefined);
});

test('bytes of an earlier attempt are not counted as fast', t => {
	const clock = createManualClock();
	const meter = createProgressMeter(clock, 900_000);
	clock.advance(1000);
	t.deepEqual(meter.reached(901_000, 1_000_000), {done: 901_000, total: 1e6, rate: 1000, timeLeft: 99_000});
});

test('without a total no time is told', t => {
	const clock = createManualClock();
	const meter = createProgressMeter(clock);
	clock.advance(500);
	t.deepEqual(meter.reached(1000), {done: 1000, rate: 2000});
});
