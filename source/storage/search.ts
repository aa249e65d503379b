import {searchedWords} from '../model/attachment-words.js';
import type {Message} from '../model/message.js';
import type {Clock} from '../shared/clock.js';
import {isPlainText, tokensOf} from '../shared/search-text.js';
import {toMessage} from './message-rows.js';
import type {SearchStore} from './ports.js';
import {expressionOf} from './search-expression.js';
import {createSearchMarks} from './search-marks.js';
import type {Database, Row} from './sqlite.js';

/** Of a longer message only the beginning can be found: one of megabytes must not stall a key. */
const longestIndexed = 100_000;
/** Messages read at once; after each lot it is seen how long it took. */
const lot = 50;
/** Messages indexed at most in one transaction. */
const mostAtOnce = 2000;

const columns = 'SELECT * FROM messages';

/** The search over the history. */
export function createSearchStore(database: Database, clock: Pick<Clock, 'monotonic'>): SearchStore {
	const marks = createSearchMarks(database);

	const put = (message: Message) => {
		database.run(
			'INSERT INTO search (rowid, words) VALUES (?, ?)',
			message.key,
			wordsOf(message, marks.ofMessage(message)),
		);
	};

	const below = () => (database.get('SELECT below FROM search_state')?.below as number | undefined) ?? 0;

	/** Rising keys: FTS5 begins a new segment where a lower one follows. */
	const putAll = (rows: readonly Row[]) => {
		for (const row of rows) {
			const message = toMessage(row);
			if (message !== undefined && isFound(message)) {
				put(message);
			}
		}
	};

	/** Indexes a lot of what came in; answers how many messages that were. */
	const takePending = (): number => {
		const keys = database.all('SELECT key FROM search_pending ORDER BY key LIMIT ?', lot).map(({key}) => key as number);
		const last = keys.at(-1);
		if (last !== undefined) {
			putAll(
				database.all(`${columns} WHERE key IN (SELECT key FROM search_pending WHERE key <= ?) ORDER BY key`, last),
			);
			database.run('DELETE FROM search_pending WHERE key <= ?', last);
		}

		return keys.length;
	};

	/** Indexes a lot of what was there before the index; answers how many messages that were. */
	const takeOld = (): number => {
		const from = below();
		const rows = from === 0 ? [] : database.all(`${columns} WHERE key < ? ORDER BY key DESC LIMIT ?`, from, lot);
		putAll(rows.toReversed());
		const reached = rows.length < lot ? 0 : (rows.at(-1)?.key as number);
		if (reached !== from) {
			database.run('UPDATE search_state SET below = ?', reached);
		}

		return rows.length;
	};

	const isBehind = () => below() > 0 || database.get('SELECT 1 FROM search_pending LIMIT 1') !== undefined;

	/** What `take` does, lot by lot in one transaction, until nothing is left or the time is over. */
	const work = (milliseconds: number, take: () => number) => {
		const end = clock.monotonic() + milliseconds;
		try {
			database.transaction(() => {
				for (let taken = 0, count = lot; count === lot && taken < mostAtOnce; taken += count) {
					if (taken > 0 && clock.monotonic() >= end) {
						return;
					}

					count = take();
				}
			});
		} catch (error) {
			// Numbers that were given in it are given to others.
			marks.reset();
			throw error;
		}
	};

	return {
		advance(milliseconds) {
			if (!isBehind()) {
				return false;
			}

			// What is new is looked for most.
			work(milliseconds, () => takePending() || takeOld());
			return isBehind();
		},

		catchUp(milliseconds) {
			if (database.get('SELECT 1 FROM search_pending LIMIT 1') !== undefined) {
				work(milliseconds, takePending);
			}
		},

		progress() {
			const from = below();
			if (from === 0) {
				return database.get('SELECT 1 FROM search_pending LIMIT 1') === undefined ? undefined : 99;
			}

			const {least = 0, most = 0} =
				database.get('SELECT (SELECT min(key) FROM messages) AS least, (SELECT max(key) FROM messages) AS most') ?? {};
			const whole = Number(most) - Number(least);
			return whole <= 0 ? 0 : Math.max(0, Math.min(99, Math.floor((100 * (Number(most) - from)) / whole)));
		},

		find(query, {limit, buffer, before, after, accounts}) {
			const names = new Map<string, string[]>();
			if (query.filters.some(({by}) => by === 'from' || by === 'in')) {
				for (const {jid, name} of database.all('SELECT jid, name FROM contacts WHERE name IS NOT NULL')) {
					names.set(jid as string, [...(names.get(jid as string) ?? []), name as string]);
				}
			}

			const {text: expression, unknown} = expressionOf(query, marks, jid => names.get(jid) ?? [], {buffer, accounts});
			if (expression === undefined) {
				return {hits: [], complete: true, ...(unknown === undefined ? {} : {unknown})};
			}

			const top = Math.min(before ?? Number.MAX_SAFE_INTEGER, keyAt(query.before ?? Number.MAX_SAFE_INTEGER));
			const bottom = Math.max(after === undefined ? 0 : after + 1, keyAt(query.since ?? 0));
			// Upwards from a key the nearest are wanted, and they are the oldest.
			const order = after === undefined ? 'DESC' : 'ASC';
			const keys = database.all(
				`SELECT rowid AS key FROM search WHERE search MATCH ? AND rowid < ? AND rowid >= ? ORDER BY rowid ${order} LIMIT ?`,
				expression,
				top,
				bottom,
				limit + 1,
			);
			const hits = keys
				.slice(0, limit)
				.map(({key = null}) => toMessage(database.get(`${columns} WHERE key = ?`, key)))
				.filter(message => message !== undefined);
			return {hits: after === undefined ? hits : hits.toReversed(), complete: keys.length <= limit};
		},

		remove: key =>
			database.transaction(() => {
				const message = toMessage(database.get(`${columns} WHERE key = ?`, key));
				if (message === undefined || key < below() || !isFound(message)) {
					return;
				}

				if (database.run('DELETE FROM search_pending WHERE key = ?', key) === 0) {
					const words = wordsOf(message, marks.ofMessage(message));
					database.run(`INSERT INTO search (search, rowid, words) VALUES ('delete', ?, ?)`, key, words);
				}
			}),

		again(key) {
			if (key >= below()) {
				database.run('INSERT INTO search_pending (key) VALUES (?) ON CONFLICT (key) DO NOTHING', key);
			}
		},

		startAnew: () =>
			database.transaction(() => {
				database.run(`INSERT INTO search (search) VALUES ('delete-all')`);
				database.run('DELETE FROM search_marks');
				database.run('DELETE FROM search_pending');
				database.run('UPDATE search_state SET below = (SELECT coalesce(max(key) + 1, 0) FROM messages)');
				marks.reset();
			}),
	};
}

/** What only changed others, and what was taken back, is not looked for. */
function isFound({hidden, retracted}: Message): boolean {
	return hidden !== true && retracted === undefined;
}

/** The first key of a time. */
function keyAt(milliseconds: number): number {
	return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, milliseconds) * 1024);
}

/** What is said of files in the text may change; what they are called does not. */
function wordsOf({body, subject, attachments}: Message, marked: string): string {
	const text = [subject, body, attachments && searchedWords(attachments)].filter(part => part !== undefined).join('\n');
	const whole = text.slice(0, longestIndexed);
	return `${isPlainText(whole) ? whole : cutText(whole)} ${marked}`;
}

function cutText(text: string): string {
	return tokensOf(text.normalize('NFC'))
		.map(token => token.text)
		.join(' ');
}
