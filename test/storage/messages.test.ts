import test from 'ava';
import fc from 'fast-check';
import {bufferId} from '../../source/model/buffer.js';
import type {BareJid, FullJid} from '../../source/shared/jid.js';
import {openStorage} from '../../source/storage/open.js';
import {
	incoming,
	juliet,
	now,
	outgoing,
	romeo,
	stoppedClock,
	temporaryProfile,
	temporaryStorage,
	withRomeo,
} from './temporary-profile.js';

test('a message comes back as it was recorded, after a restart too', async t => {
	const directories = temporaryProfile(t);
	const first = await openStorage(directories, {clock: stoppedClock});
	const full = first.messages.insert(
		outgoing({
			subject: 'The balcony',
			thread: 't1',
			id: 'i1',
			originId: 'i1',
			archiveId: 'a1',
			sentAt: now - 5,
			state: 'failed',
			failure: 'Nobody there.',
			spoiler: '',
			unstyled: true,
			attachments: [
				{url: 'https://upload.example.net/a', key: {key: 'AA==', iv: 'AA=='}, name: 'a', size: 5},
				{isSticker: true, description: '😘'},
			],
			body: 'line one\nline two \u0001 😀',
		}),
	);
	const sparse = first.messages.insert(incoming());
	first.close();

	const second = await temporaryStorage(t, directories);
	t.deepEqual(second.messages.get(full.key), full);
	t.deepEqual(second.messages.get(sparse.key), sparse);
	t.is(second.messages.get(1), undefined);
});

test('a page is ascending, ends before the given key and leaves out other buffers', async t => {
	const {messages} = await temporaryStorage(t);
	const keys = [1, 2, 3, 4, 5].map(n => messages.insert(incoming({receivedAt: now + n, body: `${n}`})).key);
	messages.insert(incoming({buffer: bufferId(juliet, 'chat', 'nurse@example.org' as BareJid), body: 'other'}));

	t.deepEqual(
		messages.page(withRomeo, {limit: 2}).map(message => message.body),
		['4', '5'],
	);
	t.deepEqual(
		messages.page(withRomeo, {before: keys[3] ?? 0, limit: 10}).map(message => message.body),
		['1', '2', '3'],
	);
	t.deepEqual(messages.page(withRomeo, {before: keys[0] ?? 0, limit: 10}), []);
});

test('messages of one millisecond keep the order in which they were recorded', async t => {
	const {messages} = await temporaryStorage(t);
	const keys = Array.from({length: 50}, () => messages.insert(incoming()).key);
	t.deepEqual(
		keys,
		Array.from({length: 50}, (_, n) => now * 1024 + n),
	);
});

test('a millisecond holds 1024 messages and the next one takes what is more', async t => {
	const storage = await temporaryStorage(t);
	const keys = storage.transaction(() =>
		Array.from({length: 2050}, () => storage.messages.insert(incoming({body: ''})).key),
	);
	t.deepEqual(
		keys,
		Array.from({length: 2050}, (_, n) => now * 1024 + n),
	);
	t.is(storage.messages.insert(incoming({receivedAt: now + 1})).key, now * 1024 + 2050);
});

test('whatever the clocks said, keys are unique, safe and in order of time and arrival', async t => {
	const storage = await temporaryStorage(t);
	fc.assert(
		fc.property(
			fc.array(fc.oneof(fc.integer({min: now, max: now + 3}), fc.integer(), fc.maxSafeInteger()), {maxLength: 60}),
			times => {
				storage.messages.forget(juliet);
				const recorded = times.map(receivedAt => storage.messages.insert(incoming({receivedAt})));
				const expected = recorded
					.map((message, index) => ({
						key: message.key,
						time: Math.min(Math.max(0, message.receivedAt), 8.79e12),
						index,
					}))
					.sort((one, other) => one.time - other.time || one.index - other.index)
					.map(({key}) => key);
				t.true(recorded.every(({key}) => Number.isSafeInteger(key)));
				t.is(new Set(expected).size, recorded.length);
				t.deepEqual(
					storage.messages.page(withRomeo, {limit: 1000}).map(({key}) => key),
					[...expected].sort((one, other) => one - other),
				);
				t.deepEqual(
					expected,
					[...expected].sort((one, other) => one - other),
				);
			},
		),
		{numRuns: 60},
	);
});

test('a message goes between its neighbours, though another one has taken the place that is left for it', async t => {
	const {messages} = await temporaryStorage(t);
	const {key: upper} = messages.insert(incoming({receivedAt: now + 5000}));
	const taken = messages.insert(incoming({buffer: bufferId(juliet, 'chat', 'nurse@example.org' as BareJid)}), {
		after: upper - 3,
		before: upper - 1,
	});
	t.is(taken.key, upper - 2);
	// One more wants to go behind it, so that it should have gone where the other one is.
	const between = {after: upper - 3, before: upper, near: 'before', followers: 1} as const;
	t.is(messages.insert(incoming(), between).key, upper - 1);
});

test('of several that go before one message each leaves room for the others, also where another conversation has some', async t => {
	const {messages} = await temporaryStorage(t);
	const {key: upper} = messages.insert(incoming({receivedAt: now}));
	const nurse = bufferId(juliet, 'chat', 'nurse@example.org' as BareJid);
	messages.insert(incoming({buffer: nurse}), {after: upper - 2, before: upper});
	let after = -1;
	for (const followers of [2, 1, 0]) {
		const place = {after, before: upper, near: 'before', followers} as const;
		const {key} = messages.insert(incoming({receivedAt: now + 5000}), place);
		t.true(key > after && key < upper, `${key} between ${after} and ${upper}`);
		after = key;
	}
});

test('where there is no room for all that follow a message goes as low as it can', async t => {
	const {messages} = await temporaryStorage(t);
	const {key: upper} = messages.insert(incoming({receivedAt: now}));
	const after = upper - 4;
	const keys = [2, 1, 0].map(
		followers =>
			messages.insert(incoming({receivedAt: now + 5000}), {after, before: upper, near: 'before', followers}).key,
	);
	t.deepEqual(keys, [upper - 3, upper - 2, upper - 1]);
});

test('the newest message that the server may have had is not one that waits here', async t => {
	const {messages} = await temporaryStorage(t);
	const {key: first} = messages.insert(incoming());
	const {key: second} = messages.insert(outgoing({state: 'uncertain', receivedAt: now + 1000}));
	const {key: third} = messages.insert(outgoing({state: 'queued', receivedAt: now + 2000}));
	t.is(messages.newestThere(juliet, juliet, third + 1), second);
	t.is(messages.newestThere(juliet, juliet, second), first);
	t.is(messages.newestThere(juliet, juliet, first), undefined);
});

test('what was written here counts from when it went out', async t => {
	const {messages} = await temporaryStorage(t);
	const {key, buffer} = messages.insert(outgoing({state: 'queued', via: 'local'}));
	const range = {after: -1, upTo: key};
	t.is(messages.newestWritten(buffer, range), undefined);
	messages.change({key, state: 'written'});
	t.is(messages.newestWritten(buffer, range), key);
});

test('an archive id names one message per archive, and a second one is refused', async t => {
	const {messages} = await temporaryStorage(t);
	const lounge = 'lounge@muc.example.org' as BareJid;
	const chat = messages.insert(incoming({archiveId: 'a1'}));
	const room = messages.insert(
		incoming({
			buffer: bufferId(juliet, 'room', lounge),
			kind: 'groupchat',
			author: 'lounge@muc.example.org/Romeo' as FullJid,
			archiveId: 'a1',
		}),
	);

	t.deepEqual(messages.byArchiveId(juliet, juliet, 'a1'), chat);
	t.deepEqual(messages.byArchiveId(juliet, lounge, 'a1'), room);
	t.is(messages.byArchiveId(juliet, juliet, 'a2'), undefined);
	t.is(messages.byArchiveId(romeo, juliet, 'a1'), undefined);
	t.throws(() => messages.insert(incoming({archiveId: 'a1'})), {message: /UNIQUE/});
	t.is(messages.page(withRomeo, {limit: 10}).length, 1);
});

test('an own message is found by its id or origin-id in its buffer only', async t => {
	const {messages} = await temporaryStorage(t);
	const byOrigin = messages.insert(outgoing({id: 'stanza-1', originId: 'origin-1'}));
	messages.insert(incoming({id: 'stanza-2', originId: 'origin-2'}));

	t.deepEqual(messages.outgoingById(withRomeo, 'origin-1'), byOrigin);
	t.deepEqual(messages.outgoingById(withRomeo, 'stanza-1'), byOrigin);
	t.is(messages.outgoingById(withRomeo, 'stanza-2'), undefined);
	t.is(messages.outgoingById(withRomeo, 'origin-2'), undefined);
	t.is(messages.outgoingById(bufferId(juliet, 'chat', juliet), 'origin-1'), undefined);
});

test('a twin has the same id, bare author, subject and body and is recent enough', async t => {
	const {messages} = await temporaryStorage(t);
	const first = messages.insert(incoming({id: 'same'}));
	const twin = {buffer: withRomeo, author: romeo, id: 'same', body: 'Good morrow', since: now};

	t.deepEqual(messages.incomingTwin(twin), first);
	t.is(messages.incomingTwin({...twin, body: 'Another text under a reused id'}), undefined);
	t.is(messages.incomingTwin({...twin, author: 'romeo@example.ne' as BareJid}), undefined);
	t.is(messages.incomingTwin({...twin, since: now + 1}), undefined);
	t.is(messages.incomingTwin({...twin, id: 'other'}), undefined);
	t.is(messages.incomingTwin({...twin, subject: 'Another subject'}), undefined);
});

test('a change applies what it names and leaves the rest', async t => {
	const {messages} = await temporaryStorage(t);
	const {key} = messages.insert(outgoing({id: 'i'}));

	t.true(messages.change({key, state: 'failed', failure: 'No such user.'}));
	t.true(messages.change({key, archiveId: 'a'}));
	t.like(messages.get(key), {state: 'failed', failure: 'No such user.', archiveId: 'a', id: 'i'});

	t.true(messages.change({key, state: 'queued'}));
	t.is(messages.get(key)?.failure, undefined);
	t.false(messages.change({key: 17, state: 'acked'}));
});

test('a forgotten account leaves nothing behind and takes nothing of another with it', async t => {
	const storage = await temporaryStorage(t);
	const mine = storage.messages.insert(outgoing());
	storage.outbox.put({key: mine.key, account: juliet, to: romeo, stanza: '<message/>'});
	storage.buffers.open({id: withRomeo, kind: 'chat', account: juliet, jid: romeo});
	storage.rosters.replace(juliet, 'v1', []);
	const theirs = storage.messages.insert(outgoing({account: romeo, buffer: bufferId(romeo, 'chat', juliet)}));

	storage.messages.forget(juliet);
	t.is(storage.messages.get(mine.key), undefined);
	t.deepEqual(storage.outbox.waiting(juliet), []);
	t.deepEqual(storage.buffers.list(), []);
	t.is(storage.rosters.load(juliet).version, undefined);
	t.truthy(storage.messages.get(theirs.key));
});

test('the outbox gives back what waits, in sending order, one account at a time', async t => {
	const {messages, outbox} = await temporaryStorage(t);
	const rows = [3, 1, 2].map(n => {
		const {key} = messages.insert(outgoing({receivedAt: now + n}));
		return {key, account: juliet, to: romeo, stanza: `<message id='${n}'/>`};
	});
	for (const row of rows) {
		outbox.put(row);
	}

	t.deepEqual(
		outbox.waiting(juliet).map(({stanza}) => stanza),
		["<message id='1'/>", "<message id='2'/>", "<message id='3'/>"],
	);
	t.deepEqual(outbox.waiting(romeo), []);

	outbox.remove(rows[1]?.key ?? 0);
	outbox.put({...(rows[0] ?? {key: 0, account: juliet, to: romeo}), stanza: '<sealed/>'});
	t.deepEqual(
		outbox.waiting(juliet).map(({stanza}) => stanza),
		["<message id='2'/>", '<sealed/>'],
	);
});

test('the outbox refuses a row without its message', async t => {
	const {outbox} = await temporaryStorage(t);
	t.throws(() => outbox.put({key: 5, account: juliet, to: romeo, stanza: '<message/>'}), {message: /FOREIGN KEY/});
});

test('who encrypted a message, what was thought of them, and what came unprotected comes back', async t => {
	const directories = temporaryProfile(t);
	const first = await openStorage(directories, {clock: stoppedClock});
	const recorded = [
		first.messages.insert(incoming({encryption: 'omemo', device: 2 ** 31 - 1, deviceTrust: 'undecided'})),
		first.messages.insert(incoming({unprotected: true})),
		first.messages.insert(incoming()),
	];
	first.close();
	const {messages} = await temporaryStorage(t, directories);
	t.deepEqual(messages.page(withRomeo, {limit: 10}), recorded);
	t.deepEqual(
		recorded.map(({device, deviceTrust, unprotected}) => [device, deviceTrust, unprotected]),
		[
			[2 ** 31 - 1, 'undecided', undefined],
			[undefined, undefined, true],
			[undefined, undefined, undefined],
		],
	);
});

test('a row that is to be encrypted says so over restarts, until the sealed stanza takes its place', async t => {
	const directories = temporaryProfile(t);
	const first = await openStorage(directories, {clock: stoppedClock});
	const [required, wished, plain] = (['require', 'auto', undefined] as const).map((seal, n) => {
		const {key} = first.messages.insert(outgoing({receivedAt: now + n}));
		const row = {
			key,
			account: juliet,
			to: romeo,
			stanza: `<message id='${n}'/>`,
			...(seal === undefined ? {} : {seal}),
		};
		first.outbox.put(row);
		first.outbox.suspect(key, 1);
		return {...row, suspicion: 1};
	});
	first.close();

	const storage = await temporaryStorage(t, directories);
	t.deepEqual(storage.outbox.waiting(juliet), [required, wished, plain]);
	const sealed = {key: required?.key ?? 0, account: juliet, to: romeo, stanza: '<message><encrypted/></message>'};
	t.throws(() =>
		storage.transaction(() => {
			storage.outbox.put(sealed);
			throw new Error('the ratchet could not be stored');
		}),
	);
	t.deepEqual(storage.outbox.waiting(juliet), [required, wished, plain]);
	storage.outbox.put(sealed);
	t.deepEqual(storage.outbox.waiting(juliet), [{...sealed, suspicion: 1}, wished, plain]);
});
