import {
	type Arrangement,
	type Buffer,
	type BufferId,
	type BufferKind,
	consoleBuffer,
	type MarkersRule,
	type NotifyRule,
} from '../model/buffer.js';
import type {BareJid, Jid} from '../shared/jid.js';
import type {BufferStore} from './ports.js';
import type {Database, Row} from './sqlite.js';

/**
 * Headlines are announcements (RFC 6121 §5.2.2): they are shown but do not wait to be read. What ignored people say is
 * neither.
 */
const countable = `direction = 'incoming' AND kind <> 'headline' AND ignored IS NULL AND hidden IS NULL`;

const waiting = `
		(SELECT count(*) FROM messages WHERE buffer = buffers.id AND key > read_up_to AND ${countable}) AS unread,
		CASE WHEN kind = 'room' OR notify = 'mentions' THEN (SELECT count(*) FROM messages INDEXED BY messages_highlights
			WHERE buffer = buffers.id AND key > read_up_to AND highlight = 1 AND messages.kind <> 'headline' AND ignored IS NULL AND hidden IS NULL) ELSE 0 END AS highlights`;

const openBuffers = `
	SELECT id, kind, account, jid, read_up_to, draft, scroll_key, scroll_rows, pinned, muted, notify, markers, ${waiting},
		(SELECT received_at FROM messages WHERE buffer = buffers.id AND hidden IS NULL ORDER BY key DESC LIMIT 1) AS last_activity
	FROM buffers WHERE position IS NOT NULL`;

/** Buffers of which nothing is worth keeping. A command that stands in the input is for no one there; `/me` is. */
const vain = `pinned = 0 AND muted = 0 AND notify IS NULL AND markers IS NULL
	AND (draft = '' OR (draft LIKE '/%' AND draft NOT LIKE '/me %'))
	AND NOT EXISTS (SELECT 1 FROM messages WHERE buffer = buffers.id)`;

const activeBuffer = 'active buffer';
/** Begins the notes of buffers that are there for an attempt. */
const attempt = 'attempt ';
/** Begins the notes of when drafts were written. */
const drafted = 'drafted ';
const bufferBeside = 'buffer beside';
const focusedHalf = 'focused half';

/** The open buffers with their drafts and read positions. */
export function createBufferStore(database: Database): BufferStore {
	const get = (id: BufferId): Buffer | undefined => {
		const row = database.get(`${openBuffers} AND id = ?`, id);
		return row === undefined ? undefined : toBuffer(row);
	};

	const noted = (name: string) => database.get('SELECT value FROM meta WHERE name = ?', name)?.value;

	const shown = (name: string): BufferId | undefined => {
		const id = noted(name) as BufferId | undefined;
		return id === undefined || id === consoleBuffer || get(id) !== undefined ? id : undefined;
	};

	const note = (name: string, value: string) => {
		database.run(
			'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
			name,
			value,
		);
	};

	return {
		list: () => database.all(`${openBuffers} ORDER BY position`).map(row => toBuffer(row)),
		get,

		open: ({id, kind, account, jid}) =>
			database.transaction(() => {
				// What the archive had of a conversation before it was ever shown is history and does not wait to be read.
				// A closed buffer keeps its row for the read mark and the draft; it comes back at the end of the list.
				database.run(
					`INSERT INTO buffers (id, kind, account, jid, position, read_up_to)
					VALUES (:id, :kind, :account, :jid, (SELECT coalesce(max(position), 0) + 1 FROM buffers),
						(SELECT coalesce(max(key), 0) FROM messages WHERE buffer = :id AND via = 'archive'))
					ON CONFLICT (id) DO UPDATE SET position = coalesce(buffers.position, excluded.position)`,
					{id, kind, account, jid},
				);
				return get(id) ?? {id, kind, account, jid, unread: 0, highlights: 0, readUpTo: 0, draft: '', lastActivity: 0};
			}),

		close: id => {
			database.run('UPDATE buffers SET position = NULL WHERE id = ?', id);
		},

		setAttempt(id, isAttempt) {
			if (isAttempt) {
				note(`${attempt}${id}`, '');
			} else {
				database.run('DELETE FROM meta WHERE name = ?', `${attempt}${id}`);
			}
		},

		attempts: () =>
			database
				.all(
					`SELECT substr(name, length(:attempt) + 1) AS id FROM meta WHERE name LIKE :attempt || '%' ORDER BY name`,
					{
						attempt,
					},
				)
				.map(row => row.id as BufferId),

		forgetAttempt: id =>
			database.transaction(() => {
				const noted = database.run('DELETE FROM meta WHERE name = ?', `${attempt}${id}`);
				return noted > 0 && database.run(`DELETE FROM buffers WHERE id = ? AND ${vain}`, id) > 0;
			}),

		markRead: (id, upTo) =>
			database.transaction(() => {
				// Never beyond the newest incoming message: what comes later has not been seen, even where it waited at the server
				// and has an earlier time than an own one.
				database.run(
					`UPDATE buffers SET read_up_to =
						max(read_up_to, min(:upTo, coalesce(
							(SELECT key FROM messages WHERE buffer = :id AND direction = 'incoming' ORDER BY key DESC LIMIT 1), 0)))
					WHERE id = :id`,
					{id, upTo},
				);
				const row = database.get(`SELECT kind, read_up_to, notify, ${waiting} FROM buffers WHERE id = ?`, id);
				return row === undefined ? {unread: 0, highlights: 0, readUpTo: 0} : counts(row);
			}),

		arrange: (id, {pinned = false, muted = false, notify = null, markers = null}) => {
			database.run(
				'UPDATE buffers SET pinned = ?, muted = ?, notify = ?, markers = ? WHERE id = ?',
				pinned ? 1 : 0,
				muted ? 1 : 0,
				notify,
				markers,
				id,
			);
		},

		arrangementOf(id) {
			const row = database.get('SELECT position, pinned, muted, notify, markers FROM buffers WHERE id = ?', id);
			return row === undefined ? undefined : {...toArrangement(row), isOpen: row.position !== null};
		},

		shared(id) {
			const text = database.get('SELECT shared FROM buffers WHERE id = ?', id)?.shared;
			// Written by `share` alone.
			return typeof text === 'string' ? (JSON.parse(text) as Arrangement) : undefined;
		},

		share: (id, arrangement) => {
			database.run('UPDATE buffers SET shared = ? WHERE id = ?', JSON.stringify(arrangement), id);
		},

		saveDraft: (id, draft, at) =>
			database.transaction(() => {
				database.run('UPDATE buffers SET draft = ? WHERE id = ?', draft, id);
				if (draft === '') {
					database.run('DELETE FROM meta WHERE name = ?', `${drafted}${id}`);
				} else {
					note(`${drafted}${id}`, String(at));
				}
			}),

		forgetDrafts: ({since, now, keep}) =>
			database.transaction(() => {
				const rows = database.all(
					`SELECT id, (SELECT value FROM meta WHERE name = :drafted || buffers.id) AS at FROM buffers WHERE draft <> ''`,
					{drafted},
				);
				for (const {id, at} of rows as ReadonlyArray<{readonly id: BufferId; readonly at: string | null}>) {
					if (at === null) {
						note(`${drafted}${id}`, String(now));
					} else if (Number(at) < since && !keep.includes(id)) {
						database.run(`UPDATE buffers SET draft = '' WHERE id = ?`, id);
						database.run('DELETE FROM meta WHERE name = ?', `${drafted}${id}`);
					}
				}
			}),

		saveScroll: (id, scroll) => {
			database.run(
				'UPDATE buffers SET scroll_key = ?, scroll_rows = ? WHERE id = ?',
				scroll?.key ?? null,
				scroll?.rows ?? null,
				id,
			);
		},

		active: () => shown(activeBuffer),
		setActive: id => note(activeBuffer, id),
		beside: () => shown(bufferBeside),
		setBeside: id => {
			if (id === undefined) {
				database.run('DELETE FROM meta WHERE name = ?', bufferBeside);
			} else {
				note(bufferBeside, id);
			}
		},
		focus: () => (noted(focusedHalf) === 'second' ? 'second' : 'first'),
		setFocus: half => note(focusedHalf, half),
	};
}

function toBuffer(row: Row): Buffer {
	return {
		id: row.id as BufferId,
		kind: row.kind as BufferKind,
		account: row.account as BareJid,
		jid: row.jid as Jid,
		...counts(row),
		draft: row.draft as string,
		...(row.scroll_key === null
			? {}
			: {scroll: {key: row.scroll_key as number, rows: (row.scroll_rows as number | null) ?? 0}}),
		...toArrangement(row),
		lastActivity: (row.last_activity as number | null) ?? 0,
	};
}

function toArrangement(row: Row): Arrangement {
	return {
		...(row.pinned === 1 ? {pinned: true} : {}),
		...(row.muted === 1 ? {muted: true} : {}),
		...(row.notify === null ? {} : {notify: row.notify as NotifyRule}),
		...(row.markers === null ? {} : {markers: row.markers as MarkersRule}),
	};
}

/**
 * Every message of a conversation of two concerns the person, unless they wish otherwise; in a room only one that calls
 * them does.
 */
function counts(row: Row): Pick<Buffer, 'unread' | 'highlights' | 'readUpTo'> {
	const unread = row.unread as number;
	const callsAlways = row.kind !== 'room' && (row.notify === null || row.notify === 'all');
	return {unread, highlights: callsAlways ? unread : (row.highlights as number), readUpTo: row.read_up_to as number};
}
