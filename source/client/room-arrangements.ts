/**
 * Keeps how the buffer of a room is arranged in step with its bookmark: pinned (XEP-0469), and what calls the person
 * (XEP-0492). Muting is of this device alone.
 */
import type {BookmarkChange} from '../extensions/bookmark-conference.js';
import {bookmarks} from '../extensions/bookmarks.js';
import {type Arrangement, bufferId} from '../model/buffer.js';
import type {BareJid} from '../shared/jid.js';
import type {BufferStore} from '../storage/ports.js';
import type {OpenBuffers} from './buffers.js';
import type {LiveSession} from './live-session.js';

export type RoomArrangementPorts = {
	readonly account: BareJid;
	readonly buffers: Pick<OpenBuffers, 'arrangementOf' | 'follow'>;
	readonly shared: Pick<BufferStore, 'shared' | 'share'>;
	/** Whether that session goes on: without one nothing is brought together, and the storage may be closed. */
	isPresent(live: LiveSession): boolean;
	/** Changes the bookmark of a room, where there is one. */
	put(live: LiveSession, room: BareJid, change: BookmarkChange): Promise<void>;
};

export type RoomArrangements = {
	/**
	 * Brings a buffer and its bookmark together: what changed there since both were last the same wins over what changed
	 * here, and what only changed here is told. Nothing happens where there is no bookmark, or was no buffer.
	 */
	align(live: LiveSession, room: BareJid): void;
};

type Shared = Pick<Arrangement, 'pinned' | 'notify'>;

export function createRoomArrangements({
	account,
	buffers,
	shared,
	isPresent,
	put,
}: RoomArrangementPorts): RoomArrangements {
	/** Rooms whose bookmark is being changed: until that is there, it says what was before. */
	const telling = new Set<BareJid>();

	const tell = async (live: LiveSession, room: BareJid, {pinned = false, notify}: Shared): Promise<void> => {
		telling.add(room);
		await put(live, room, {pinned, ...(notify === undefined ? {} : {notify})});
		telling.delete(room);
	};

	const align: RoomArrangements['align'] = (live, room) => {
		if (!isPresent(live)) {
			return;
		}

		const buffer = bufferId(account, 'room', room);
		const {get, keepsArrangement} = live.use(bookmarks);
		const bookmark = get(room);
		const here = buffers.arrangementOf(buffer);
		if (bookmark === undefined || here === undefined || !keepsArrangement(room) || telling.has(room)) {
			return;
		}

		const there = sharedOf(bookmark);
		const before = shared.shared(buffer);
		// Where nothing was ever shared, what is not said there is no wish.
		const isNews = before === undefined ? there.pinned === true || there.notify !== undefined : !isSame(before, there);
		if (isSame(here, there)) {
			if (before === undefined || isNews) {
				shared.share(buffer, there);
			}
		} else if (isNews) {
			const {pinned: _, notify: __, ...ours} = here;
			shared.share(buffer, there);
			buffers.follow(buffer, {...ours, ...there});
		} else {
			void tell(live, room, here).then(() => {
				const now = isPresent(live) ? get(room) : undefined;
				if (now !== undefined && isSame(now, here)) {
					shared.share(buffer, sharedOf(now));
				}

				// As it was before, it could not be told: that was said, and the next login tries again. Otherwise the person may
				// have changed their mind meanwhile, here or at another device.
				if (now !== undefined && !isSame(now, there)) {
					align(live, room);
				}
			});
		}
	};

	return {align};
}

function sharedOf({pinned, notify}: Shared): Shared {
	return {...(pinned === true ? {pinned} : {}), ...(notify === undefined ? {} : {notify})};
}

function isSame(one: Shared, other: Shared): boolean {
	return (one.pinned ?? false) === (other.pinned ?? false) && one.notify === other.notify;
}
