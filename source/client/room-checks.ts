/** XEP-0410: MUC Self-Ping, version 1.1.0: whether rooms that are silent have lost us. https://xmpp.org/extensions/xep-0410.html */
import {multiUserChat} from '../extensions/multi-user-chat.js';
import type {Clock, Dispose} from '../shared/clock.js';
import {messageOf} from '../shared/errors.js';
import type {Log} from '../shared/log.js';
import type {LiveSession} from './live-session.js';

/** Milliseconds after which a silent room is asked whether we are still in it (§2). */
const checkInterval = 15 * 60_000;

export type RoomChecks = {
	/** Asks all rooms that we are in; what they say is heard where being thrown out is. */
	now(live: LiveSession): void;
	/** Does so again and again, until it is disposed of. */
	keep(live: LiveSession): Dispose;
};

export function createRoomChecks(clock: Clock, log: Log): RoomChecks {
	const now = (live: LiveSession) => {
		const chat = live.use(multiUserChat);
		for (const {room} of chat.rooms()) {
			if (room.status === 'joined') {
				chat.check(room.jid).catch((error: unknown) => log.note('rooms', `a room was not asked: ${messageOf(error)}`));
			}
		}
	};

	return {
		now,
		keep(live) {
			let stop: Dispose = () => {};
			const wait = () => {
				stop = clock.after(checkInterval, () => {
					now(live);
					wait();
				});
			};
			wait();
			return () => stop();
		},
	};
}
