import {
	type Arrangement,
	type ArrangementChange,
	type Buffer,
	type BufferId,
	bufferId,
	type ConversationKind,
	notifyRuleOf,
} from '../model/buffer.js';
import {XmppcError} from '../shared/errors.js';
import type {BareJid, Jid} from '../shared/jid.js';
import type {Storage} from '../storage/ports.js';
import type {Journal} from './journal.js';

/** The open buffers of the profile, for all accounts, with the Events that belong to them. */
export type OpenBuffers = {
	/** Opens the conversation with a contact, in a room or with somebody in one, where it is not open yet. */
	open(account: BareJid, kind: ConversationKind, jid: Jid): Buffer;
	/** Opens it without reading it again where it is open: for every message. */
	ensure(account: BareJid, kind: ConversationKind, jid: Jid): BufferId;
	isOpen(buffer: BufferId): boolean;
	/** Opens the buffer of a room that is tried: where it was not open, it does not outlive this process until `keep`. */
	attempt(account: BareJid, room: BareJid): void;
	/** A buffer that was opened for an attempt is there to stay. */
	keep(buffer: BufferId): void;
	/** Closes a buffer that is there only for an attempt, and holds nothing. */
	forget(buffer: BufferId): void;
	/**
	 * Whether the person closed the buffer of a room, and what comes there does not bring it back: a `call` names them, a
	 * `message` is any other that somebody else says, `nothing` is what nobody waits for.
	 */
	staysClosed(room: BufferId, what: 'call' | 'message' | 'nothing'): boolean;
	close(buffer: BufferId): void;
	markRead(buffer: BufferId, upTo: number): void;
	/**
	 * Changes what is given of how the person arranged it.
	 * @throws XmppcError `buffer-not-open`.
	 */
	arrange(buffer: BufferId, change: ArrangementChange): void;
	/** How a buffer is arranged, open or not; undefined for one that never was. */
	arrangementOf(buffer: BufferId): Arrangement | undefined;
	/** Arranges it as another device has it, open or not. */
	follow(buffer: BufferId, arrangement: Arrangement): void;
	/** Its counts may have changed: they are told once, at the end of the commit that runs. */
	touch(buffer: BufferId): void;
};

export function createOpenBuffers(storage: Pick<Storage, 'buffers'>, journal: Journal): OpenBuffers {
	const attempts = new Set<BufferId>();
	for (const id of storage.buffers.attempts()) {
		storage.buffers.forgetAttempt(id);
	}

	const open = new Set(storage.buffers.list().map(({id}) => id));

	const openBuffer: OpenBuffers['open'] = (account, kind, jid) => {
		const id = bufferId(account, kind, jid);
		const wasOpen = storage.buffers.get(id) !== undefined;
		const buffer = storage.buffers.open({id, kind, account, jid});
		// Only after the commit: one that is rolled back has opened nothing.
		journal.afterwards(() => open.add(id));
		if (!wasOpen) {
			journal.emit({type: 'buffer.opened', buffer});
		}

		return buffer;
	};

	const touch: OpenBuffers['touch'] = buffer => {
		journal.afterwards(() => {
			const found = storage.buffers.get(buffer);
			if (found !== undefined) {
				const {unread, highlights, readUpTo} = found;
				journal.emit({type: 'buffer.unread', buffer, unread, highlights, readUpTo});
			}
		}, `unread ${buffer}`);
	};

	/** What calls the person decides what counts as a highlight. */
	const rearrange = (buffer: BufferId, arrangement: Arrangement) => {
		storage.buffers.arrange(buffer, arrangement);
		journal.emit({type: 'buffer.changed', buffer, arrangement});
		touch(buffer);
	};

	return {
		open: openBuffer,
		ensure(account, kind, jid) {
			const id = bufferId(account, kind, jid);
			return open.has(id) ? id : openBuffer(account, kind, jid).id;
		},
		isOpen: buffer => open.has(buffer),
		attempt(account, room) {
			const id = bufferId(account, 'room', room);
			if (!open.has(id)) {
				journal.commit(() => {
					storage.buffers.setAttempt(id, true);
					openBuffer(account, 'room', room);
				});
				attempts.add(id);
			}
		},
		keep(buffer) {
			if (attempts.delete(buffer)) {
				storage.buffers.setAttempt(buffer, false);
			}
		},
		forget(buffer) {
			if (attempts.delete(buffer)) {
				journal.commit(() => {
					if (storage.buffers.forgetAttempt(buffer)) {
						journal.afterwards(() => open.delete(buffer));
						journal.emit({type: 'buffer.closed', buffer});
					}
				});
			}
		},
		staysClosed(room, what) {
			const known = open.has(room) ? undefined : storage.buffers.arrangementOf(room);
			if (known === undefined || known.isOpen) {
				return false;
			}

			const rule = notifyRuleOf({...known, kind: 'room'});
			return rule === 'none' || what === 'nothing' || (rule === 'mentions' && what === 'message');
		},
		close(buffer) {
			journal.commit(() => {
				const isForgotten = attempts.delete(buffer) && storage.buffers.forgetAttempt(buffer);
				if (!isForgotten) {
					storage.buffers.close(buffer);
				}

				journal.afterwards(() => open.delete(buffer));
				journal.emit({type: 'buffer.closed', buffer});
			});
		},
		markRead(buffer, upTo) {
			journal.commit(() => {
				const counts = storage.buffers.markRead(buffer, upTo);
				journal.emit({type: 'buffer.unread', buffer, ...counts});
			});
		},
		arrange(buffer, {pinned, muted, notify, markers}) {
			journal.commit(() => {
				const known = storage.buffers.get(buffer);
				if (known === undefined) {
					throw new XmppcError({
						code: 'buffer-not-open',
						kind: 'usage',
						message: 'That buffer is not open, so it cannot be arranged.',
						hint: 'Open it first: /query ADDRESS.',
					});
				}

				const isPinned = pinned ?? known.pinned ?? false;
				const isMuted = muted ?? known.muted ?? false;
				const rule = notify ?? known.notify;
				const told = markers ?? known.markers;
				const arrangement: Arrangement = {
					...(isPinned ? {pinned: true} : {}),
					...(isMuted ? {muted: true} : {}),
					...(rule === undefined ? {} : {notify: rule}),
					...(told === undefined || told === 'default' ? {} : {markers: told}),
				};
				rearrange(buffer, arrangement);
			});
		},
		arrangementOf(buffer) {
			const known = storage.buffers.arrangementOf(buffer);
			if (known === undefined) {
				return undefined;
			}

			const {isOpen: _, ...arrangement} = known;
			return arrangement;
		},
		follow(buffer, arrangement) {
			journal.commit(() => rearrange(buffer, arrangement));
		},
		touch,
	};
}
