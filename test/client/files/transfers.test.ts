import test from 'ava';
import {createTransfers} from '../../../source/client/files/transfers.js';
import {bufferId} from '../../../source/model/buffer.js';
import type {Event} from '../../../source/model/events.js';
import type {Transfer} from '../../../source/model/transfer.js';
import {XmppcError} from '../../../source/shared/errors.js';
import {createManualClock} from '../../support/manual-clock.js';
import {juliet, romeo} from '../scene.js';

const letter = {
	account: juliet,
	buffer: bufferId(juliet, 'chat', romeo),
	direction: 'up',
	name: 'letter.txt',
	total: 1000,
} as const;

function watched() {
	const clock = createManualClock(1_000_000);
	const events: Event[] = [];
	const transfers = createTransfers(clock, event => events.push(event));
	const told = () => events.flatMap(event => (event.type === 'transfer.changed' ? [event.transfer] : []));
	return {clock, events, transfers, told, last: () => told().at(-1) as Transfer};
}

test('what is told of a file is that it runs, how far it is, and where it lies in the end', async t => {
	const {clock, transfers, told, last} = watched();
	const result = await transfers.run(letter, async course => {
		course.reached(100, 1000);
		clock.advance(1000);
		course.reached(600, 1000);
		return {path: '/tmp/letter.txt', message: 7};
	});
	t.deepEqual(result, {path: '/tmp/letter.txt', message: 7});
	t.deepEqual(
		told().map(({state, done}) => `${state} ${done}`),
		['running 0', 'running 100', 'running 600', 'done 1000'],
	);
	t.is(told()[2]?.rate, 600);
	t.is(last().rate, undefined);
	t.like(last(), {path: '/tmp/letter.txt', message: 7, startedAt: 1_000_000});
	t.deepEqual(transfers.list(), [last()]);
});

test('one that fails says why, and rejects with that', async t => {
	const {transfers, last} = watched();
	const full = new XmppcError({code: 'upload-quota', kind: 'unavailable', message: 'No room.', hint: 'Wait.'});
	await t.throwsAsync(
		transfers.run(letter, async () => {
			throw full;
		}),
		{is: full},
	);
	t.like(last(), {state: 'failed', problem: {code: 'upload-quota', message: 'No room.', hint: 'Wait.'}});
});

test('one that is ended tells whoever moves it, and is cancelled, whatever they throw then', async t => {
	const {transfers, last} = watched();
	const running = transfers.run(
		letter,
		({signal}) =>
			new Promise<{path?: string}>((_, reject) => {
				signal.addEventListener('abort', () => reject(new Error('the socket is gone')));
			}),
	);
	transfers.cancel(last().id);
	await t.throwsAsync(running, {code: 'transfer-cancelled', message: /letter\.txt was not transferred/});
	t.is(last().state, 'cancelled');
	t.deepEqual(last().problem?.code, 'transfer-cancelled');
});

test('one that failed is begun anew as the same one, from the beginning', async t => {
	const {transfers, told, last} = watched();
	let attempts = 0;
	const work = async () => {
		attempts++;
		if (attempts === 1) {
			throw new Error('the network went away');
		}

		return {message: 9};
	};
	await t.throwsAsync(transfers.run(letter, work));
	const {id} = last();
	transfers.retry(id);
	await new Promise(setImmediate);
	t.like(last(), {id, state: 'done', message: 9});
	t.is(last().problem, undefined);
	t.deepEqual([...new Set(told().map(each => each.id))], [id]);
	t.throws(() => transfers.retry(id), {code: 'no-such-transfer'});
	t.throws(() => transfers.retry('nobody'), {code: 'no-such-transfer'});
});

test('one that is over is forgotten when it is ended once more, and the oldest by themselves', async t => {
	const {transfers, events, last} = watched();
	await transfers.run(letter, async () => ({}));
	const {id} = last();
	transfers.cancel(id);
	t.deepEqual(events.at(-1), {type: 'transfer.forgotten', id});
	t.deepEqual(transfers.list(), []);
	for (let more = 0; more < 60; more++) {
		await transfers.run({...letter, name: `${more}`}, async () => ({}));
	}

	t.is(transfers.list().length, 50);
	t.is(transfers.list()[0]?.name, '10');
});

test('all of an account ends with it', async t => {
	const {transfers} = watched();
	const never = ({signal}: {readonly signal: AbortSignal}) =>
		new Promise<{path?: string}>((_, reject) => {
			signal.addEventListener('abort', () => reject(signal.reason));
		});
	const hers = transfers.run(letter, never);
	const his = transfers.run({...letter, account: romeo}, never);
	transfers.end(juliet);
	await t.throwsAsync(hers, {code: 'transfer-cancelled'});
	t.deepEqual(
		transfers.list().map(({account, state}) => [account, state]),
		[
			[juliet, 'cancelled'],
			[romeo, 'running'],
		],
	);
	transfers.end();
	await t.throwsAsync(his, {code: 'transfer-cancelled'});
});
