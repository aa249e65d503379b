import test from 'ava';
import type {ArchiveState} from '../../source/storage/ports.js';
import {incoming, juliet, now, romeo, temporaryStorage, withRomeo} from './temporary-profile.js';

const at = (id: string, key: number) => ({id, at: key * 10, key});
const state: ArchiveState = {
	head: at('z', 9),
	gaps: [
		{after: at('m', 5), before: at('t', 7), permanent: false},
		{after: at('g', 3), before: at('k', 4), permanent: true},
		{before: at('c', 1), permanent: false},
	],
};

test('an archive that was never asked has no state; an empty one has one without a head', async t => {
	const {archives} = await temporaryStorage(t);
	t.is(archives.load(juliet, juliet), undefined);
	archives.save(juliet, juliet, {gaps: []});
	t.deepEqual(archives.load(juliet, juliet), {gaps: []});
});

test('head and gaps come back as they were saved, newest first; saving replaces them', async t => {
	const {archives} = await temporaryStorage(t);
	archives.save(juliet, juliet, {...state, gaps: state.gaps.toReversed()});
	t.deepEqual(archives.load(juliet, juliet), state);
	archives.save(juliet, juliet, {head: at('zz', 10), gaps: []});
	t.deepEqual(archives.load(juliet, juliet), {head: at('zz', 10), gaps: []});
});

test('accounts and archives do not mix, and go with their account', async t => {
	const {archives, messages} = await temporaryStorage(t);
	archives.save(juliet, juliet, state);
	archives.save(juliet, romeo, {gaps: []});
	archives.save(romeo, juliet, {head: at('b', 2), gaps: []});
	messages.forget(juliet);
	t.is(archives.load(juliet, juliet), undefined);
	t.is(archives.load(juliet, romeo), undefined);
	t.like(archives.load(romeo, juliet), {head: {id: 'b'}});
});

test('a position is rolled back with the messages it stands for', async t => {
	const {archives, messages, transaction} = await temporaryStorage(t);
	t.throws(() =>
		transaction(() => {
			messages.insert(incoming({archiveId: 'a'}));
			archives.save(juliet, juliet, state);
			throw new Error('the power went');
		}),
	);
	t.is(archives.load(juliet, juliet), undefined);
	t.deepEqual(messages.page(withRomeo, {limit: 5}), []);
});

test('a message with known neighbours lies between them, whatever its time says', async t => {
	const {messages} = await temporaryStorage(t);
	const one = messages.insert(incoming({receivedAt: now}));
	const two = messages.insert(incoming({receivedAt: now + 60_000}));
	const early = messages.insert(incoming({receivedAt: now - 60_000}), {after: one.key, before: two.key});
	const late = messages.insert(incoming({receivedAt: now + 120_000}), {after: early.key, before: two.key});
	const fits = messages.insert(incoming({receivedAt: now + 30_000}), {after: one.key, before: late.key});
	t.deepEqual(
		messages.page(withRomeo, {limit: 9}).map(({key}) => key),
		[one, early, fits, late, two].map(({key}) => key),
	);
	t.is(fits.key, (now + 30_000) * 1024);
});

test('of one second, what comes from below and what comes from above leave room for each other', async t => {
	const {messages} = await temporaryStorage(t);
	const top = messages.insert(incoming({body: 'top'}));
	let after: number | undefined;
	let before = top.key;
	const below: number[] = [];
	const above: number[] = [];
	for (let count = 0; count < 200; count++) {
		after = messages.insert(incoming(), {after, before, apart: true}).key;
		below.push(after);
		before = messages.insert(incoming(), {after, before, near: 'before'}).key;
		above.unshift(before);
	}

	const keys = [...below, ...above, top.key];
	t.deepEqual(
		keys,
		keys.toSorted((one, other) => one - other),
	);
	t.is(new Set(keys).size, 401);
});

test('neighbours that leave no room are no use', async t => {
	const {messages} = await temporaryStorage(t);
	const {key} = messages.insert(incoming({receivedAt: now - 1000}));
	t.is(messages.insert(incoming(), {after: key, before: key + 1}).key, now * 1024);
});

test('filed messages are found up to a key and above one; the others are passed over', async t => {
	const {messages} = await temporaryStorage(t);
	const one = messages.insert(incoming({archiveId: 'a', receivedAt: now}));
	messages.insert(incoming({receivedAt: now + 1}));
	const three = messages.insert(incoming({archiveId: 'c', receivedAt: now + 2}));
	t.deepEqual(messages.filedUpTo(withRomeo, three.key - 1), {key: one.key, archiveId: 'a', receivedAt: now});
	t.is(messages.filedUpTo(withRomeo, three.key)?.archiveId, 'c');
	t.is(messages.filedUpTo(withRomeo, one.key - 1), undefined);
	t.is(messages.filedAbove(withRomeo, one.key)?.archiveId, 'c');
	t.is(messages.filedAbove(withRomeo, three.key), undefined);
});

test('a twin may be asked for among those that no archive knows', async t => {
	const {messages} = await temporaryStorage(t);
	const twin = {buffer: withRomeo, author: romeo, id: 'm1', body: 'Hi', since: 0};
	const unfiled = messages.insert(incoming({id: 'm1', body: 'Hi'}));
	messages.insert(incoming({id: 'm1', body: 'Hi', archiveId: 'a'}));
	t.is(messages.incomingTwin(twin)?.archiveId, 'a');
	t.is(messages.incomingTwin({...twin, unfiled: true})?.key, unfiled.key);
});

test('what the archive had before a conversation was first shown does not wait to be read', async t => {
	const {messages, buffers} = await temporaryStorage(t);
	messages.insert(incoming({archiveId: 'a', via: 'archive', receivedAt: now - 1000}));
	messages.insert(incoming({archiveId: 'b', via: 'live'}));
	t.is(buffers.open({id: withRomeo, kind: 'chat', account: juliet, jid: romeo}).unread, 1);
});
