import {spawn} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import fc from 'fast-check';
import {bufferId} from '../../source/model/buffer.js';
import type {Message} from '../../source/model/message.js';
import {readQuery} from '../../source/model/search.js';
import {type BareJid, type Jid, parseJid} from '../../source/shared/jid.js';
import {tokensOf} from '../../source/shared/search-text.js';
import {ensurePrivateDirectory} from '../../source/storage/directories.js';
import {migrate, migrations} from '../../source/storage/migrations.js';
import {historyPath, openStorage, storageOn} from '../../source/storage/open.js';
import type {Storage} from '../../source/storage/ports.js';
import {loadSqlite, openDatabase} from '../../source/storage/sqlite.js';
import {systemCalendar} from '../../source/tui/panes/calendar.js';
import {
	incoming,
	juliet,
	memoryEpochKeeper,
	now,
	outgoing,
	romeo,
	stoppedClock,
	temporaryProfile,
	temporaryStorage,
	withRomeo,
} from './temporary-profile.js';

const nurse = 'nurse@example.org' as BareJid;
const withNurse = bufferId(juliet, 'chat', nurse);
const room = 'verona@rooms.example.org' as BareJid;
const inRoom = bufferId(juliet, 'room', room);

function indexAll({search}: Storage): void {
	while (search.advance(1000)) {
		// Slice after slice.
	}
}

/** Bodies of what a query finds, the newest first. */
function found({search}: Storage, text: string, range: Partial<Parameters<Storage['search']['find']>[1]> = {}) {
	const read = readQuery(text, {now, calendar: systemCalendar});
	return read.ok ? search.find(read.query, {limit: 100, ...range}).hits.map(({body}) => body) : [read.problem.code];
}

test('a message is found by its words, the newest first, and by nothing else', async t => {
	const storage = await temporaryStorage(t);
	storage.messages.insert(incoming({body: 'The lark, the herald of the morn', receivedAt: now}));
	storage.messages.insert(incoming({body: 'No nightingale; look, love', receivedAt: now + 1000}));
	storage.messages.insert(incoming({body: 'It was the nightingale, and not the lark', receivedAt: now - 1000}));
	indexAll(storage);

	t.deepEqual(found(storage, 'lark '), [
		'The lark, the herald of the morn',
		'It was the nightingale, and not the lark',
	]);
	t.deepEqual(found(storage, 'night'), ['No nightingale; look, love', 'It was the nightingale, and not the lark']);
	t.deepEqual(found(storage, 'night '), []);
	t.deepEqual(found(storage, 'nightingale -lark'), ['No nightingale; look, love']);
	t.deepEqual(found(storage, '"the lark"'), [
		'The lark, the herald of the morn',
		'It was the nightingale, and not the lark',
	]);
	t.deepEqual(found(storage, '"lark the"'), ['The lark, the herald of the morn']);
	t.deepEqual(found(storage, '-lark'), ['No nightingale; look, love']);
	t.deepEqual(found(storage, 'lark", OR "love'), []);
});

test('text in other scripts, with accents and pictures is found by any part of it', async t => {
	const storage = await temporaryStorage(t);
	const bodies = [
		'日本語の文字は二桁の幅を持つ',
		'Un café très corsé',
		'สวัสดีครับ',
		'안녕하세요 여러분',
		'well done 👍🏽',
		'Straße',
	];
	for (const [index, body] of bodies.entries()) {
		storage.messages.insert(incoming({body, receivedAt: now + index}));
	}

	indexAll(storage);
	t.deepEqual(found(storage, '文字'), [bodies[0]]);
	t.deepEqual(found(storage, '字文'), []);
	t.deepEqual(found(storage, 'CAFE tres'), [bodies[1]]);
	t.deepEqual(found(storage, 'café'), [bodies[1]]);
	t.deepEqual(found(storage, 'ดีค'), [bodies[2]]);
	t.deepEqual(found(storage, '하세'), [bodies[3]]);
	t.deepEqual(found(storage, '👍'), [bodies[4]]);
	t.deepEqual(found(storage, 'straße'), [bodies[5]]);
});

test('filters narrow it to people, places, times and what a message holds', async t => {
	const storage = await temporaryStorage(t);
	storage.rosters.put(
		{
			account: juliet,
			jid: romeo,
			name: 'Romeo Montague',
			subscription: 'both',
			asking: false,
			approved: false,
			groups: [],
		},
		undefined,
	);
	const hour = 3_600_000;
	const write = (message: Omit<Message, 'key'>) => storage.messages.insert(message);
	write(incoming({body: 'see https://example.org/rose.JPG?x=1 now', receivedAt: now - 50 * hour}));
	write(outgoing({body: 'a rose', receivedAt: now - 2 * hour}));
	write(incoming({body: 'rose, says the nurse', author: nurse, buffer: withNurse, receivedAt: now - hour}));
	const occupant = parseJid(`${room}/Mercutio`) as Jid;
	write(incoming({body: 'rose of the room', author: occupant, kind: 'groupchat', buffer: inRoom, highlight: true}));
	indexAll(storage);

	t.deepEqual(found(storage, 'rose from:me'), ['a rose']);
	t.deepEqual(found(storage, 'rose from:montague'), ['see https://example.org/rose.JPG?x=1 now']);
	t.deepEqual(found(storage, 'rose from:romeo@example.net'), ['see https://example.org/rose.JPG?x=1 now']);
	t.deepEqual(found(storage, 'from:mercutio'), ['rose of the room']);
	t.deepEqual(found(storage, 'from:verona'), []);
	t.deepEqual(found(storage, 'in:#verona'), ['rose of the room']);
	t.deepEqual(found(storage, 'in:romeo'), ['a rose', 'see https://example.org/rose.JPG?x=1 now']);
	t.deepEqual(found(storage, '-from:me -in:verona'), [
		'rose, says the nurse',
		'see https://example.org/rose.JPG?x=1 now',
	]);
	t.deepEqual(found(storage, 'has:image'), ['see https://example.org/rose.JPG?x=1 now']);
	t.deepEqual(found(storage, 'has:file has:link'), ['see https://example.org/rose.JPG?x=1 now']);
	t.deepEqual(found(storage, 'has:highlight'), ['rose of the room']);
	t.deepEqual(found(storage, 'rose after:"3 hours"'), ['rose of the room', 'rose, says the nurse', 'a rose']);
	t.deepEqual(found(storage, 'rose before:yesterday'), ['see https://example.org/rose.JPG?x=1 now']);
	t.deepEqual(found(storage, 'rose account:nobody'), []);
	t.deepEqual(found(storage, 'rose', {buffer: withNurse}), ['rose, says the nurse']);
	t.deepEqual(found(storage, 'rose', {accounts: []}), []);
});

test('a search for what nobody and nothing is called says so', async t => {
	const storage = await temporaryStorage(t);
	storage.messages.insert(incoming());
	indexAll(storage);
	const find = (text: string) => {
		const read = readQuery(text, {now, calendar: systemCalendar});
		return read.ok ? storage.search.find(read.query, {limit: 10}) : undefined;
	};
	t.deepEqual(find('morrow from:rosaline'), {hits: [], complete: true, unknown: {by: 'from', value: 'rosaline'}});
	t.deepEqual(find('in:garden'), {hits: [], complete: true, unknown: {by: 'in', value: 'garden'}});
	t.deepEqual(find('has:image'), {hits: [], complete: true});
	t.deepEqual(find('morrow -from:rosaline')?.hits.length, 1);
});

test('a long list of hits comes in pages, up and down', async t => {
	const storage = await temporaryStorage(t);
	const keys = Array.from(
		{length: 30},
		(_, n) => storage.messages.insert(incoming({body: `rose ${n}`, receivedAt: now + n})).key,
	);
	indexAll(storage);
	const read = readQuery('rose', {now, calendar: systemCalendar});
	t.true(read.ok);
	const query = read.ok ? read.query : {terms: [], filters: []};
	const first = storage.search.find(query, {limit: 10});
	t.deepEqual([first.complete, first.hits.at(0)?.body, first.hits.at(-1)?.body], [false, 'rose 29', 'rose 20']);
	const last = storage.search.find(query, {limit: 20, before: keys[20] ?? 0});
	t.deepEqual([last.complete, last.hits.length, last.hits.at(-1)?.body], [true, 20, 'rose 0']);
	const above = storage.search.find(query, {limit: 2, after: keys[5] ?? 0});
	t.deepEqual(
		above.hits.map(({body}) => body),
		['rose 7', 'rose 6'],
	);
});

test('every message is found by each of its words, and by no other', async t => {
	const storage = await temporaryStorage(t);
	const word = fc.oneof(
		fc.string({minLength: 1, maxLength: 8}),
		fc.string({unit: 'grapheme', minLength: 1, maxLength: 4}),
		fc.constantFrom('rose', 'Café', '日本', 'e-mail', '"', 'OR', 'NEAR(', '*', '\u{F0001}', '\u{100001}'),
	);
	fc.assert(
		fc.property(
			fc.array(
				fc.array(word, {maxLength: 6}).map(parts => parts.join(' ')),
				{maxLength: 8},
			),
			bodies => {
				storage.messages.forget(juliet);
				for (const [index, body] of bodies.entries()) {
					storage.messages.insert(incoming({body, receivedAt: now + index}));
				}

				indexAll(storage);
				const wordsIn = (body: string) => tokensOf(body.normalize('NFC')).map(({text}) => text);
				for (const text of new Set(bodies.flatMap(wordsIn))) {
					const query = {terms: [{tokens: [text], open: false}], filters: []};
					const expected = bodies.filter(body => wordsIn(body).includes(text)).reverse();
					t.deepEqual(
						storage.search.find(query, {limit: 100}).hits.map(({body}) => body),
						expected,
						text,
					);
				}
			},
		),
		{numRuns: 60},
	);
});

test('what was there before the index is indexed in slices, over restarts, and each message once', async t => {
	const directories = temporaryProfile(t);
	ensurePrivateDirectory(directories.data, () => {});
	const library = await loadSqlite();
	const old = openDatabase(library, historyPath(directories), {timeout: 100});
	migrate(
		old,
		migrations.filter(({version}) => version < 8),
	);
	old.transaction(() => {
		for (let n = 0; n < 5000; n++) {
			old.run(
				`INSERT INTO messages (key, account, buffer, kind, direction, author, body, archive, received_at, via)
				VALUES (?, ?, ?, 'chat', 'incoming', ?, ?, ?, ?, 'live')`,
				(now + n) * 1024,
				juliet,
				withRomeo,
				romeo,
				`old number n${n}`,
				juliet,
				now + n,
			);
		}
	});
	old.close();

	let time = 0;
	// Each look at the clock takes a millisecond: a slice has two lots.
	const clock = {...stoppedClock, monotonic: () => time++};
	let slices = 0;
	let storage = await openStorage(directories, {clock});
	t.is(storage.search.progress(), 0);
	storage.messages.insert(incoming({body: 'new number n4999', receivedAt: now + 9000}));
	storage.messages.insert(incoming({body: 'late number n10', receivedAt: now + 10}));
	while (storage.search.advance(2)) {
		slices++;
		if (slices % 10 === 0) {
			storage.close();
			storage = await openStorage(directories, {clock});
		}

		if (slices === 20) {
			t.true((storage.search.progress() ?? 0) > 20);
			t.deepEqual(found(storage, 'n4999 '), ['new number n4999', 'old number n4999']);
			t.deepEqual(found(storage, 'n0 '), []);
		}
	}

	t.true(slices > 30);
	t.is(storage.search.progress(), undefined);
	t.deepEqual(found(storage, 'n10 '), ['late number n10', 'old number n10']);
	t.is(found(storage, 'number', {limit: 10_000}).length, 5002);
	storage.close();
});

test('a slice that fails leaves nothing of itself, and goes on later', async t => {
	const directories = temporaryProfile(t);
	ensurePrivateDirectory(directories.data, () => {});
	const database = openDatabase(await loadSqlite(), historyPath(directories), {timeout: 100});
	t.teardown(() => database.close());
	const storage = storageOn(database, stoppedClock, memoryEpochKeeper());
	storage.messages.insert(incoming({body: 'rose one'}));
	database.execute(`CREATE TRIGGER broken BEFORE DELETE ON search_pending BEGIN SELECT raise(ABORT, 'no'); END`);
	t.throws(() => storage.search.advance(10));
	t.deepEqual(found(storage, 'rose'), []);
	database.execute('DROP TRIGGER broken');
	storage.messages.insert(outgoing({body: 'rose two', receivedAt: now + 5}));
	indexAll(storage);
	t.deepEqual(found(storage, 'rose'), ['rose two', 'rose one']);
	t.deepEqual(found(storage, 'from:me'), ['rose two']);
});

test('a process that is killed while it indexes leaves each message in the index once, or still to come', async t => {
	const directories = temporaryProfile(t);
	const script = fileURLToPath(new URL('./storage-process.js', import.meta.url));
	const home = directories.data.slice(0, directories.data.indexOf('/.local'));
	const child = spawn(process.execPath, [script, 'index', home], {stdio: ['ignore', 'pipe', 'inherit']});
	t.teardown(() => child.kill('SIGKILL'));
	let told = '';
	for await (const chunk of child.stdout) {
		told += String(chunk);
		if (told.split('\n').length > 30) {
			child.kill('SIGKILL');
		}
	}

	const storage = await temporaryStorage(t, directories);
	const stored = storage.messages.page(withRomeo, {limit: 1_000_000}).length;
	t.true(stored >= 30 * 120);
	t.true(found(storage, 'rose ', {limit: 1_000_000}).length < stored);
	indexAll(storage);
	const bodies = found(storage, 'rose ', {limit: 1_000_000});
	t.is(bodies.length, stored);
	t.is(new Set(bodies).size, stored);
});

test('forgetting an account forgets its words, and keeps those of others', async t => {
	const storage = await temporaryStorage(t);
	const other = 'paris@example.org' as BareJid;
	storage.messages.insert(incoming({body: 'rose of juliet'}));
	storage.messages.insert(incoming({body: 'rose of paris', account: other, buffer: bufferId(other, 'chat', romeo)}));
	indexAll(storage);
	storage.messages.forget(juliet);
	indexAll(storage);
	t.deepEqual(found(storage, 'rose'), ['rose of paris']);
	t.deepEqual(found(storage, 'juliet'), []);
});

test('what is taken out is found no more, and its words are not in the file', async t => {
	const directories = temporaryProfile(t);
	ensurePrivateDirectory(directories.data, () => {});
	const database = openDatabase(await loadSqlite(), historyPath(directories), {timeout: 100});
	t.teardown(() => database.close());
	const storage = storageOn(database, stoppedClock, memoryEpochKeeper());
	const {key} = storage.messages.insert(incoming({body: 'xylophone rose'}));
	const pending = storage.messages.insert(incoming({body: 'zither'}));
	storage.search.remove(pending.key);
	indexAll(storage);
	t.deepEqual(found(storage, 'zither'), []);
	t.deepEqual(found(storage, 'xylophone'), ['xylophone rose']);
	storage.search.remove(key);
	t.deepEqual(found(storage, 'xylophone'), []);
	const blocks = database.all('SELECT block FROM search_data').map(({block}) => Buffer.from(block as Uint8Array));
	t.false(blocks.some(block => block.includes('phone')));
});
