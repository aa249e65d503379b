/** A history of a million messages in one conversation, and some in others, made once for all figures that need it. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {bufferId} from '../source/model/buffer.js';
import {systemClock} from '../source/shared/clock.js';
import type {BareJid} from '../source/shared/jid.js';
import {ensurePrivateDirectory, type ProfileDirectories, profileDirectories} from '../source/storage/directories.js';
import {migrate, migrations} from '../source/storage/migrations.js';
import {historyPath, openStorage} from '../source/storage/open.js';
import type {Storage} from '../source/storage/ports.js';
import {loadSqlite, openDatabase} from '../source/storage/sqlite.js';

export const million = 1_000_000;
export const me = 'juliet@example.org' as BareJid;
export const friend = 'romeo@example.net' as BareJid;
export const bigBuffer = bufferId(me, 'chat', friend);
/** When the newest message came. */
export const end = Date.UTC(2026, 10, 21);
const minute = 60_000;
const otherContacts = 50;
const inOthers = 1000;

export type MillionHistory = {
	readonly storage: Storage;
	/** Words from the most to the least common. */
	readonly words: readonly string[];
	/** Milliseconds: opening the history that an older version wrote, with its change of the schema. */
	readonly opened: number;
	/** Milliseconds that each slice of indexing took. */
	readonly slices: readonly number[];
	/** Home of the profile it is in. */
	readonly directory: string;
};

let made: Promise<MillionHistory> | undefined;

/** The same one at each call; it goes away with the process. */
export function millionHistory(): Promise<MillionHistory> {
	made ??= make();
	return made;
}

/** As seen from the messages: the first of them a million minutes before the last. */
export function timeOf(index: number): number {
	return end - (million - index) * minute;
}

const syllables = 'ba to mes sa ge ri con the an lo ver st in er al po ku na di fe'.split(' ');

function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
		return state / 0x7fffffff;
	};
}

function vocabulary(random: () => number): readonly string[] {
	const words = new Set<string>();
	while (words.size < 40_000) {
		const length = 1 + Math.floor(words.size ** 0.25 / 4) + Math.floor(random() * 3);
		words.add(Array.from({length}, () => syllables[Math.floor(random() * syllables.length)] ?? '').join(''));
	}

	return [...words];
}

async function make(): Promise<MillionHistory> {
	const directory = mkdtempSync(path.join(tmpdir(), 'xmppc-bench-'));
	process.once('exit', () => rmSync(directory, {recursive: true, force: true}));
	const directories = profileDirectories({HOME: directory}, 'default');
	const words = await fill(directories);
	const started = performance.now();
	const storage = await openStorage(directories, {clock: systemClock});
	const opened = performance.now() - started;
	const slices: number[] = [];
	for (let more = true; more; ) {
		const before = performance.now();
		more = storage.search.advance(6);
		slices.push(performance.now() - before);
	}

	return {storage, words, opened, slices, directory};
}

/** Writes it as a version without the index did. Word frequencies are as in a language (Zipf). */
async function fill(directories: ProfileDirectories): Promise<readonly string[]> {
	const random = randomFrom(1);
	const words = vocabulary(random);
	const word = () => words[Math.min(words.length - 1, Math.floor(words.length ** random()) - 1)] ?? '';
	const text = () => Array.from({length: 3 + Math.floor(random() * 15)}, word).join(' ');
	ensurePrivateDirectory(directories.data, () => {});
	const database = openDatabase(await loadSqlite(), historyPath(directories), {timeout: 1000});
	database.execute('PRAGMA journal_mode = WAL');
	migrate(
		database,
		migrations.filter(({version}) => version < 8),
	);
	database.execute('PRAGMA synchronous = OFF');
	const write = (key: number, buffer: string, author: string, body: string, direction: string) =>
		database.run(
			`INSERT INTO messages (key, account, buffer, kind, direction, author, body, archive, archive_id, received_at, via)
			VALUES (?, ?, ?, 'chat', ?, ?, ?, ?, ?, ?, 'archive')`,
			key,
			me,
			buffer,
			direction,
			author,
			body,
			me,
			`a${key}`,
			Math.floor(key / 1024),
		);
	const extra = (index: number) =>
		`${index % 100 === 1 ? ' https://example.org/picture.jpg' : ''}${index % 100_000 === 5 ? ` rarity${index}` : ''}${index % 1000 === 3 ? ' 日本語の文字' : ''}`;
	for (let index = 0; index < million; ) {
		database.transaction(() => {
			for (const stop = Math.min(million, index + 50_000); index < stop; index += 1) {
				const own = index % 3 === 0;
				const body = `${text()}${extra(index)}`;
				write(timeOf(index) * 1024, bigBuffer, own ? me : friend, body, own ? 'outgoing' : 'incoming');
			}
		});
	}

	database.transaction(() => {
		for (let contact = 0; contact < otherContacts; contact += 1) {
			const jid = `contact${contact}@example.org` as BareJid;
			for (let index = 0; index < inOthers; index += 1) {
				const key = (timeOf(index * 1000) + contact * 100) * 1024 + 7;
				write(key, bufferId(me, 'chat', jid), jid, text(), 'incoming');
			}
		}
	});
	database.close();
	return words;
}
