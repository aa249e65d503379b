/**
 * The buffers of rooms that somebody tried to enter. One that did not let them in stays on the screen with the reason, so
 * that it can be read and the address corrected; nobody wants it there for ever.
 */
import {bufferId} from '../model/buffer.js';
import type {BareJid} from '../shared/jid.js';
import type {OpenBuffers} from './buffers.js';

export type RoomAttemptPorts = {
	readonly account: BareJid;
	readonly buffers: Pick<OpenBuffers, 'isOpen' | 'ensure' | 'attempt' | 'keep' | 'forget'>;
};

/** `isRemembered`: it has its buffer for good. `isVisit`: a one-liner comes to say something, and goes again. */
export type Attempt = {readonly isRemembered: boolean; readonly isVisit: boolean};

export type RoomAttempts = {
	/** A room is tried: its buffer is open. */
	began(room: BareJid, attempt: Attempt): void;
	/** It is remembered: the buffer is there to stay. */
	keep(room: BareJid): void;
	/** The person is where they wanted to be: what did not let them in before is over. */
	arrived(room: BareJid): void;
	/** It did not let the person in. */
	failed(room: BareJid): void;
	/** A one-liner has gone, or was not let in: nobody looks at what was opened for it and holds nothing. */
	visited(room: BareJid): void;
};

export function createRoomAttempts({account, buffers}: RoomAttemptPorts): RoomAttempts {
	const failed = new Set<BareJid>();
	/** Rooms whose buffers are open for one-liners only. */
	const visits = new Set<BareJid>();
	const idOf = (room: BareJid) => bufferId(account, 'room', room);

	const keep = (room: BareJid) => {
		failed.delete(room);
		visits.delete(room);
		buffers.keep(idOf(room));
	};

	return {
		began(room, {isRemembered, isVisit}) {
			if (isRemembered) {
				buffers.ensure(account, 'room', room);
				keep(room);
				return;
			}

			if (!isVisit) {
				failed.delete(room);
				visits.delete(room);
			} else if (!buffers.isOpen(idOf(room))) {
				visits.add(room);
			}

			buffers.attempt(account, room);
		},
		keep,
		arrived(room) {
			keep(room);
			for (const other of failed) {
				buffers.forget(idOf(other));
			}

			failed.clear();
		},
		failed: room => void failed.add(room),
		visited(room) {
			if (visits.delete(room)) {
				buffers.forget(idOf(room));
			}
		},
	};
}
