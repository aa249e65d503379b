import test from 'ava';
import {watchMessages} from '../../source/client/message-watch.js';
import {bufferId} from '../../source/model/buffer.js';
import type {Event} from '../../source/model/events.js';
import {hasReached, type MessageChange, type OutgoingState, waitLevels} from '../../source/model/message.js';
import {createEmitter} from '../../source/shared/emitter.js';
import {juliet, romeo} from './scene.js';

function watching() {
	const {emit, subscribe} = createEmitter<Event>();
	const over = new AbortController();
	return {
		watch: watchMessages(subscribe),
		over,
		change: (key: number, part: Partial<MessageChange>) =>
			emit({
				type: 'message.changed',
				change: {key, account: juliet, buffer: bufferId(juliet, 'chat', romeo), ...part},
			}),
	};
}

test('what is on the way to a level has not reached it, and what is beyond has', t => {
	const reached = (state: OutgoingState) => waitLevels.filter(level => hasReached(state, level));
	t.deepEqual(reached('queued'), ['queued']);
	t.deepEqual(reached('written'), ['queued']);
	t.deepEqual(reached('uncertain'), ['queued']);
	t.deepEqual(reached('acked'), ['queued', 'acked']);
	t.deepEqual(reached('displayed'), [...waitLevels]);
});

test('a message is waited for until it is there, through states on the way', async t => {
	const {watch, over, change} = watching();
	const waiting = watch.reaching(1, 'queued', 'delivered', over.signal);
	change(1, {state: 'written'});
	change(2, {state: 'delivered'});
	change(1, {state: 'acked'});
	change(1, {archiveId: 'x'});
	change(1, {state: 'delivered'});
	t.deepEqual(await waiting, {state: 'delivered'});
});

test('what happened before anybody waited is remembered', async t => {
	const {watch, over, change} = watching();
	change(1, {state: 'written'});
	change(1, {state: 'acked'});
	t.deepEqual(await watch.reaching(1, 'queued', 'acked', over.signal), {state: 'acked'});
	t.deepEqual(await watch.reaching(2, 'queued', 'queued', over.signal), {state: 'queued'});
});

test('a failure ends the waiting with its reason', async t => {
	const {watch, over, change} = watching();
	const problem = {code: 'stanza-gone', kind: 'noSuchRecipient', message: 'Gone.'} as const;
	change(1, {state: 'failed', failure: 'Gone.', problem});
	t.deepEqual(await watch.reaching(1, 'written', 'acked', over.signal), {state: 'failed', problem});
});

test('when it is over, what is known last is the answer', async t => {
	const {watch, over, change} = watching();
	const [one, other] = [1, 2].map(key => watch.reaching(key, 'queued', 'acked', over.signal));
	change(1, {state: 'written'});
	over.abort();
	t.deepEqual(await one, {state: 'written'});
	t.deepEqual(await other, {state: 'queued'});
	t.deepEqual(await watch.reaching(3, 'queued', 'acked', over.signal), {state: 'queued'});
});

test('after it is disposed nothing is heard', async t => {
	const {watch, over, change} = watching();
	watch.dispose();
	change(1, {state: 'acked'});
	over.abort();
	t.deepEqual(await watch.reaching(1, 'queued', 'acked', over.signal), {state: 'queued'});
});
