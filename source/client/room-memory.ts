import type {BookmarkChange} from '../extensions/bookmark-conference.js';
import {bookmarks} from '../extensions/bookmarks.js';
import {messageOf} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import type {LiveSession} from './live-session.js';

/** What an account's devices are to remember of rooms, written into bookmarks one change after the other. */
export type RoomMemory = {
	/**
	 * Changes a bookmark when it is its turn: entering could else be remembered after leaving. `change` is asked then;
	 * `undefined`: nothing is to change any more. Never rejects; the person is told what could not be remembered.
	 */
	remember(live: LiveSession, room: BareJid, change: () => BookmarkChange | undefined): Promise<void>;
	/** Whether a change is under way: until it is there, what comes back may be an older one. */
	isChanging(room: BareJid): boolean;
};

export function createRoomMemory(notice: (level: 'warning', text: string) => void): RoomMemory {
	let remembered: Promise<void> = Promise.resolve();
	const changing = new Map<BareJid, number>();

	const write = async (live: LiveSession, room: BareJid, wish: BookmarkChange) => {
		try {
			await live.use(bookmarks).put(room, wish);
		} catch (error) {
			notice('warning', `${room} could not be remembered: ${messageOf(error)}`);
		}
	};

	return {
		remember(live, room, change) {
			changing.set(room, (changing.get(room) ?? 0) + 1);
			remembered = remembered.then(async () => {
				const wish = change();
				if (wish !== undefined) {
					await write(live, room, wish);
				}

				const left = (changing.get(room) ?? 1) - 1;
				if (left > 0) {
					changing.set(room, left);
				} else {
					changing.delete(room);
				}
			});
			return remembered;
		},
		isChanging: room => changing.has(room),
	};
}
