import test from 'ava';
import {incoming, now, outgoing, temporaryStorage} from './temporary-profile.js';

const saying = (emoji: string, key: number, n: number, more = {}) =>
	outgoing({
		receivedAt: now + n,
		body: '',
		hidden: true,
		id: `r${n}`,
		relating: {kind: 'reactions', target: 'm1', key, emoji: [emoji]},
		...more,
	});

test('what stands behind a message stands directly behind it', async t => {
	const {messages, relations} = await temporaryStorage(t);
	const {key} = messages.insert(incoming({receivedAt: now, id: 'm1'}));
	const here = messages.insert(saying('👍', key, 1, {state: 'acked'}));
	const phone = messages.insert(saying('🎉', key, 2, {via: 'carbon', state: 'acked'}));
	relations.rank(here.key, phone.key);
	t.is(relations.newestAbout(key), here.key);
	const later = messages.insert(saying('😂', key, 3, {via: 'carbon', state: 'acked'}));
	t.deepEqual(
		relations.about(key).map(({id}) => id),
		['r2', 'r1', 'r3'],
	);
	t.is(relations.newestAbout(key), later.key);
});

test('what was written here later stands behind what was written here first, whichever the server took note of last', async t => {
	const {messages, relations} = await temporaryStorage(t);
	const {key} = messages.insert(incoming({receivedAt: now, id: 'm1'}));
	const first = messages.insert(saying('👍', key, 1, {state: 'acked'}));
	const second = messages.insert(saying('🎉', key, 2, {state: 'acked'}));
	relations.rank(second.key, second.key);
	const other = messages.insert(incoming({receivedAt: now + 3, id: 'm2'}));
	relations.rank(first.key, other.key);
	t.deepEqual(
		relations.about(key).map(({id}) => id),
		['r1', 'r2'],
	);
});

test('what waits here stands behind all that is there', async t => {
	const {messages, relations} = await temporaryStorage(t);
	const {key} = messages.insert(incoming({receivedAt: now, id: 'm1'}));
	const doubtful = messages.insert(saying('👍', key, 1, {state: 'uncertain'}));
	messages.insert(saying('🎉', key, 2, {state: 'queued'}));
	messages.insert(saying('😂', key, 3, {via: 'carbon', state: 'acked'}));
	relations.rank(doubtful.key, doubtful.key);
	t.deepEqual(
		relations.about(key).map(({id}) => id),
		['r3', 'r1', 'r2'],
	);
});
