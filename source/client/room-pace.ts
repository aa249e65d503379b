/**
 * XEP-0500: rooms in which one may not say the next thing at once. What is written too early waits in the outbox, and goes
 * out by itself: counted from when the room has said the last one, for a slow service counts so as well (§6).
 */
import type {MultiUserChat} from '../extensions/multi-user-chat.js';
import type {Relation} from '../extensions/ports.js';
import {bufferId} from '../model/buffer.js';
import {paceIn, waitIn} from '../model/slow-mode.js';
import type {Clock, Dispose} from '../shared/clock.js';
import type {BareJid} from '../shared/jid.js';
import type {Storage} from '../storage/ports.js';
import type {Journal} from './journal.js';
import type {Outbox} from './outbox.js';
import type {Passage} from './passage.js';

export type RoomPacePorts = {
	readonly account: BareJid;
	readonly chat: MultiUserChat;
	readonly outbox: Pick<Outbox, 'proceed' | 'isAwaiting'>;
	readonly storage: Pick<Storage, 'messages'>;
	readonly journal: Pick<Journal, 'afterwards'>;
	readonly clock: Clock;
};

export type RoomPace = {
	/** A message is about to be written there: whether the next one has to wait for it. */
	takesTurn(room: BareJid): boolean;
	/** Whether nothing may be written there now: it is too early, or the room has not said the last one yet. */
	holdsBack(room: BareJid): boolean;
	noticed(passage: Passage): void;
	dispose(): void;
};

/** Messages among which the last one of our own is looked for. */
const mostSearched = 200;

/** Milliseconds until the next message may be written in a room; 0: now, or we are not in it. `now`: since the epoch. */
export function waitInRoom(chat: Pick<MultiUserChat, 'get'>, room: BareJid, now: number): number {
	const joined = chat.get(room);
	return joined === undefined ? 0 : waitIn(joined.room, joined.occupants.get(joined.room.nick), now);
}

export function createRoomPace({account, chat, outbox, storage, journal, clock}: RoomPacePorts): RoomPace {
	/** Rooms for which something waits, and the end of that where it is known. */
	const heldBack = new Map<BareJid, Dispose>();

	const isSlow = (room: BareJid): boolean => {
		const joined = chat.get(room);
		return joined !== undefined && paceIn(joined.room, joined.occupants.get(joined.room.nick)) > 0;
	};

	const letGo = (room: BareJid) => {
		const stop = heldBack.get(room);
		if (stop !== undefined) {
			stop();
			heldBack.delete(room);
			journal.afterwards(outbox.proceed, 'room pace');
		}
	};

	const hold = (room: BareJid, wait: number) => {
		heldBack.get(room)?.();
		heldBack.set(room, wait > 0 ? clock.after(wait, () => letGo(room)) : () => {});
	};

	/** Rooms of which it was looked up what we said there last. */
	const recalled = new Set<BareJid>();
	/** Whoever comes into a room had said something there before: that counts as well. */
	const recall = (room: BareJid) => {
		const joined = chat.get(room)?.room;
		if (joined?.status !== 'joined') {
			recalled.delete(room);
		} else if (isSlow(room) && joined.lastSaidAt === undefined && !recalled.has(room)) {
			recalled.add(room);
			const own = storage.messages
				.page(bufferId(account, 'room', room), {limit: mostSearched})
				.findLast(({direction, state}) => direction === 'outgoing' && state === 'delivered');
			if (own !== undefined) {
				chat.said(room, Math.min(own.receivedAt, clock.now()));
			}
		}
	};

	const stopListening = chat.onChanged(room => {
		recall(room);
		// It may be slow for another time now, or not for us.
		letGo(room);
	});

	return {
		takesTurn(room) {
			const isTurn = isSlow(room);
			if (isTurn) {
				hold(room, 0);
			}

			return isTurn;
		},
		holdsBack(room) {
			const wait = waitInRoom(chat, room, clock.now());
			const waits = wait > 0 || (isSlow(room) && outbox.isAwaiting(bufferId(account, 'room', room)));
			if (waits) {
				hold(room, wait);
			}

			return waits;
		},
		noticed({content, place, filing}) {
			if (place?.kind !== 'room' || content === undefined || filing !== undefined) {
				return;
			}

			const {peer} = place;
			const isTooEarly = content.relations.some(isAboutPace);
			if (content.kind === 'error') {
				// The room counts something that we do not know of: whoever waits all of its time is not refused again.
				if (isTooEarly && waitInRoom(chat, peer, clock.now()) === 0) {
					chat.said(peer, clock.now());
				}

				letGo(peer);
			} else if (place.direction === 'outgoing' && content.body !== undefined && !content.kept) {
				chat.said(peer, clock.now());
			}
		},
		dispose() {
			stopListening();
			for (const stop of heldBack.values()) {
				stop();
			}

			heldBack.clear();
		},
	};
}

function isAboutPace(relation: Relation): boolean {
	return (
		relation.kind === 'bounce' &&
		relation.problem.code === 'stanza-policy-violation' &&
		relation.problem.kind === 'temporary'
	);
}
