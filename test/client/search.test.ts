import test from 'ava';
import {loadAround} from '../../source/client/history.js';
import {createJournal} from '../../source/client/journal.js';
import {createSearch} from '../../source/client/search.js';
import type {Event, EventOf} from '../../source/model/events.js';
import type {Message} from '../../source/model/message.js';
import {readQuery} from '../../source/model/search.js';
import {silentLog} from '../../source/shared/log.js';
import {systemCalendar} from '../../source/tui/panes/calendar.js';
import {incoming, juliet, now, temporaryStorage, withRomeo} from '../storage/temporary-profile.js';
import {createManualClock} from '../support/manual-clock.js';

const query = (text: string) => {
	const read = readQuery(text, {now, calendar: systemCalendar});
	return read.ok ? read.query : {terms: [], filters: []};
};
const recorded = (message: Message): Event => ({type: 'message.recorded', message});

test('what has just arrived is found at once', async t => {
	const storage = await temporaryStorage(t);
	const search = createSearch({storage, clock: createManualClock(now), log: silentLog});
	storage.messages.insert(incoming({body: 'a rose'}));
	const {hits, complete, indexing} = search.find(query('rose'), {limit: 10}, [juliet]);
	t.deepEqual([hits.map(({body}) => body), complete, indexing], [['a rose'], true, undefined]);
	t.deepEqual(search.find(query('rose'), {limit: 10}, []).hits, []);
});

test('messages are indexed when it is quiet, and at the latest after some seconds', async t => {
	const storage = await temporaryStorage(t);
	const clock = createManualClock(now);
	const search = createSearch({storage, clock, log: silentLog});
	const arrive = (n: number) => search.hear(recorded(storage.messages.insert(incoming({receivedAt: now + n}))));
	arrive(0);
	clock.advance(400);
	arrive(1);
	clock.advance(400);
	t.is(storage.search.progress(), 99);
	clock.advance(200);
	t.is(storage.search.progress(), undefined);
	for (let n = 2; n < 15; n++) {
		arrive(n);
		clock.advance(400);
	}

	t.is(storage.search.find(query('morrow'), {limit: 100}).hits.length > 10, true);
});

test('an old history is indexed after the start, and stopping stops it', async t => {
	const storage = await temporaryStorage(t);
	storage.messages.insert(incoming());
	const clock = createManualClock(now);
	const stopped = createSearch({storage, clock, log: silentLog});
	stopped.start();
	stopped.stop();
	clock.advance(10_000);
	t.is(storage.search.progress(), 99);
	createSearch({storage, clock, log: silentLog}).start();
	clock.advance(10_000);
	t.is(storage.search.progress(), undefined);
});

test('a database that refuses to be written is tried again later, and the log says so', async t => {
	const storage = await temporaryStorage(t);
	storage.messages.insert(incoming());
	const clock = createManualClock(now);
	const notes: string[] = [];
	let refusals = 1;
	const search = createSearch({
		storage: {
			search: {
				...storage.search,
				advance(milliseconds) {
					if (refusals-- > 0) {
						throw new Error('disk full');
					}

					return storage.search.advance(milliseconds);
				},
			},
		},
		clock,
		log: {...silentLog, note: (_, text) => void notes.push(text)},
	});
	search.start();
	clock.advance(30_000);
	t.deepEqual(notes, ['messages could not be indexed: disk full']);
	t.is(storage.search.progress(), 99);
	clock.advance(60_000);
	t.is(storage.search.progress(), undefined);
});

test('a page around a key holds as much on both sides as there is', async t => {
	const storage = await temporaryStorage(t);
	const keys = Array.from(
		{length: 20},
		(_, n) => storage.messages.insert(incoming({receivedAt: now + n, body: `${n}`})).key,
	);
	const events: Event[] = [];
	const journal = createJournal(storage, event => events.push(event));
	const around = (key: number, limit: number) => {
		loadAround({buffer: withRomeo, around: key, limit}, {storage, journal, archiveOf: () => undefined});
		const page = events.at(-1) as EventOf<'history.loaded'>;
		return [page.messages.map(({body}) => body).join(' '), page.complete, page.around?.last];
	};
	t.deepEqual(around(keys[10] ?? 0, 4), ['8 9 10 11', false, false]);
	t.deepEqual(around((now + 10) * 1024 - 5, 4), ['8 9 10 11', false, false]);
	t.deepEqual(around(keys[1] ?? 0, 6), ['0 1 2 3', true, false]);
	t.deepEqual(around(keys[19] ?? 0, 6), ['16 17 18 19', false, true]);
	t.deepEqual(around(0, 40), [keys.map((_, n) => n).join(' '), true, true]);
});

test('where nothing can be written, what is indexed is found all the same', async t => {
	const storage = await temporaryStorage(t);
	storage.messages.insert(incoming({body: 'a rose'}));
	storage.search.advance(1000);
	const search = createSearch({
		storage: {
			search: {
				...storage.search,
				catchUp() {
					throw new Error('disk full');
				},
			},
		},
		clock: createManualClock(now),
		log: silentLog,
	});
	t.is(search.find(query('rose'), {limit: 10}, [juliet]).hits.length, 1);
});

test('while messages pour in, indexing takes little of the time', async t => {
	const storage = await temporaryStorage(t);
	const clock = createManualClock(now);
	let slices = 0;
	const search = createSearch({
		storage: {
			search: {
				...storage.search,
				advance() {
					slices++;
					return true;
				},
			},
		},
		clock,
		log: silentLog,
	});
	const message = storage.messages.insert(incoming());
	for (let elapsed = 0; elapsed < 10_000; elapsed += 20) {
		search.hear(recorded(message));
		clock.advance(20);
	}

	t.true(slices > 10 && slices < 60);
	const before = slices;
	clock.advance(2000);
	t.true(slices > before + 100);
});
