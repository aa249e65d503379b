/**
 * A history that is damaged: how to find that out, and how to begin a new one. Archives on the servers have nearly all of
 * it; what only this file had, and can still be read, is taken along: messages that wait to be sent, drafts, whom the person
 * does not want to hear, and what encryption needs.
 */
import {existsSync, renameSync, rmSync} from 'node:fs';
import type {Buffer, BufferId, BufferKind} from '../model/buffer.js';
import type {SealRule} from '../model/device.js';
import type {Message} from '../model/message.js';
import type {Relating} from '../model/relation.js';
import type {Ignored} from '../model/room.js';
import type {Clock} from '../shared/clock.js';
import {isXmppcError, type Problem, problemOf} from '../shared/errors.js';
import type {BareJid, Jid} from '../shared/jid.js';
import {createBufferStore} from './buffers.js';
import {corruptDatabase} from './database-errors.js';
import type {ProfileDirectories} from './directories.js';
import {fileEpochKeeper} from './epoch.js';
import {fileError} from './file-errors.js';
import {allIgnored} from './ignored.js';
import {toMessage} from './message-rows.js';
import {checkOwner} from './migrations.js';
import {
	nothingReadable,
	type RescuedEncryption,
	rescueEncryption,
	type TakenEncryption,
	takeEncryptionAlong,
} from './omemo-rescue.js';
import {historyPath, openHistory, storageOn} from './open.js';
import type {OutboxRow, Storage} from './ports.js';
import {type Database, type Library, loadSqlite, openDatabase, type Row, type SqlValue} from './sqlite.js';

/** Milliseconds to wait for another program that reads or writes the file. */
const timeout = 2000;

/** The files of a database, the main one last: what lies beside a new one would be taken for its own. */
const suffixes = ['-wal', '-shm', ''];

/**
 * Reads the whole history and answers what is wrong with it, if something is. The caller holds the profile lock.
 * @throws XmppcError of kind `storage` where the file cannot be read at all.
 */
export async function checkHistory(directories: ProfileDirectories): Promise<Problem | undefined> {
	const path = historyPath(directories);
	if (!existsSync(path)) {
		return undefined;
	}

	const library = await loadSqlite();
	try {
		const database = openDatabase(library, path, {timeout});
		try {
			const found = database.get('PRAGMA integrity_check(1)')?.integrity_check;
			checkOwner(database);
			return found === 'ok' ? undefined : problemOf(corruptDatabase(path, String(found)));
		} finally {
			database.close();
		}
	} catch (error) {
		if (isXmppcError(error) && error.code === 'database-corrupt') {
			return problemOf(error);
		}

		throw error;
	}
}

/** What became of a history that was begun anew. */
export type Rebuilt = {
	/** Where the old file is now; absent where there was none. */
	readonly aside?: string;
	/** Messages that were not sent yet and were taken along. */
	readonly unsent: number;
	/** Drafts that were taken along. */
	readonly drafts: number;
	/** People who are ignored, once for each room, who were taken along. */
	readonly ignored: number;
	/** Whether all of these could be read. */
	readonly complete: boolean;
	readonly encryption: TakenEncryption;
};

/**
 * Puts the history aside under a dated name and begins a new one, with what waited to be sent, drafts, open buffers, who is
 * ignored and what encryption needs, as far as they can be read. Where the new one cannot be made, all is as before. The
 * caller holds the profile lock.
 * @throws XmppcError of kind `storage`
 */
export async function rebuildHistory(directories: ProfileDirectories, clock: Clock): Promise<Rebuilt> {
	const path = historyPath(directories);
	if (!existsSync(path)) {
		return {unsent: 0, drafts: 0, ignored: 0, complete: true, encryption: {accounts: 0, sessions: 0, complete: true}};
	}

	const library = await loadSqlite();
	const aside = freeName(`${path}.damaged-${new Date(clock.now()).toISOString().slice(0, 19).replaceAll(':', '')}Z`);
	move(path, aside);
	try {
		const database = await openHistory(directories, () => {});
		try {
			const storage = storageOn(
				database,
				clock,
				fileEpochKeeper(directories, () => {}),
			);
			const {encryption, ...rescued} = rescue(library, aside);
			return storage.transaction(() => ({
				aside,
				...takeAlong(rescued, storage, clock.now()),
				encryption: takeEncryptionAlong(encryption, database),
			}));
		} finally {
			database.close();
		}
	} catch (error) {
		for (const suffix of suffixes) {
			rmSync(path + suffix, {force: true});
		}

		move(aside, path);
		throw error;
	}
}

function freeName(wanted: string): string {
	let name = wanted;
	for (let n = 2; existsSync(name); n++) {
		name = `${wanted}-${n}`;
	}

	return name;
}

function move(from: string, to: string): void {
	for (const suffix of suffixes) {
		if (existsSync(from + suffix)) {
			try {
				renameSync(from + suffix, to + suffix);
			} catch (error) {
				throw fileError(error, 'put the history aside', from + suffix);
			}
		}
	}
}

type Unsent = {readonly message: Message} & Pick<OutboxRow, 'to' | 'stanza' | 'seal'>;
type Arranged = Pick<Buffer, 'id' | 'kind' | 'draft'> & {
	readonly account: BareJid;
	readonly jid: Jid;
	readonly isOpen: boolean;
	readonly isAttempt: boolean;
};
type Rescued = {
	readonly unsent: readonly Unsent[];
	readonly buffers: readonly Arranged[];
	readonly ignored: readonly Ignored[];
	readonly complete: boolean;
	readonly encryption: RescuedEncryption;
};
/** Damage in one place says nothing of the others. */
function createReader() {
	let complete = true;
	return {
		isComplete: () => complete,
		read<Result>(work: () => readonly Result[]): readonly Result[] {
			try {
				return work();
			} catch (error) {
				if (!isXmppcError(error)) {
					throw error;
				}

				complete = false;
				return [];
			}
		},
	};
}

/** What can be read of a damaged file, which stays as it is. */
function rescue(library: Library, path: string): Rescued {
	const {read, isComplete} = createReader();
	const [database] = read(() => [openDatabase(library, path, {timeout, readOnly: true})]);
	if (database === undefined) {
		return {unsent: [], buffers: [], ignored: [], complete: false, encryption: nothingReadable};
	}

	try {
		const keys = read(() => database.all('SELECT key FROM outbox ORDER BY key'));
		const unsent = keys.flatMap(({key = null}) => read(() => readUnsent(database, key)));
		const attempts = read(() => createBufferStore(database).attempts());
		const buffers = read(() => database.all('SELECT * FROM buffers ORDER BY position')).map(row => ({
			...toArranged(row),
			isAttempt: attempts.some(id => id === row.id),
		}));
		// An older history has no such table, and misses nothing.
		const hasIgnored = read(() => database.all("SELECT 1 FROM sqlite_schema WHERE name = 'ignored'")).length > 0;
		const ignored = hasIgnored ? read(() => allIgnored(database)) : [];
		return {
			unsent,
			buffers,
			ignored,
			complete: isComplete(),
			encryption: rescueEncryption(database, createReader()),
		};
	} finally {
		database.close();
	}
}

function readUnsent(database: Database, key: SqlValue): readonly Unsent[] {
	// A file of an older schema has fewer columns.
	const row = database.get('SELECT * FROM outbox WHERE key = ?', key);
	const message = toMessage(database.get('SELECT * FROM messages WHERE key = ?', key));
	return row === undefined || message === undefined
		? []
		: [
				{
					message,
					to: row.recipient as Jid,
					stanza: row.stanza as string,
					...(typeof row.seal === 'string' ? {seal: row.seal as SealRule} : {}),
				},
			];
}

function toArranged(row: Row): Omit<Arranged, 'isAttempt'> {
	return {
		id: row.id as BufferId,
		kind: row.kind as BufferKind,
		account: row.account as BareJid,
		jid: row.jid as Jid,
		draft: row.draft as string,
		isOpen: row.position !== null,
	};
}

/** What a message was about has another key in the new history, where it has one. */
function withoutTarget({relating, reply, ...message}: Omit<Message, 'key'>): Omit<Message, 'key'> {
	const away = <About extends {readonly key?: number}>({key: _, ...about}: About) => about;
	return {
		...message,
		...(relating === undefined ? {} : {relating: away(relating) as Relating}),
		...(reply === undefined ? {} : {reply: away(reply)}),
	};
}

function takeAlong(
	{unsent, buffers, ignored, complete}: Omit<Rescued, 'encryption'>,
	storage: Storage,
	now: number,
): Omit<Rebuilt, 'aside' | 'encryption'> {
	for (const {message, ...row} of unsent) {
		const {key: _, ...rest} = message;
		const {key, account} = storage.messages.insert(withoutTarget(rest), {
			after: storage.messages.newest(message.buffer),
			apart: true,
		});
		storage.outbox.put({key, account, ...row});
	}

	for (const {draft, isOpen, isAttempt, ...buffer} of buffers) {
		storage.buffers.open(buffer);
		storage.buffers.setAttempt(buffer.id, isAttempt);
		storage.buffers.saveDraft(buffer.id, draft, now);
		if (!isOpen) {
			storage.buffers.close(buffer.id);
		}
	}

	for (const person of ignored) {
		storage.ignored.add(person);
	}

	return {
		unsent: unsent.length,
		drafts: buffers.filter(({draft}) => draft !== '').length,
		ignored: ignored.length,
		complete,
	};
}
