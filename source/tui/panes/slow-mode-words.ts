/** How long one has to wait in a room in slow mode (XEP-0500), in words. */
import type {BufferId} from '../../model/buffer.js';
import {waitIn} from '../../model/slow-mode.js';
import {occupantNamed, roomOf} from '../../store/room-selectors.js';
import type {State} from '../../store/state.js';

/** Milliseconds until the person may write the next message there; 0: now. `now`: milliseconds since the epoch. */
export function slowWait(state: State, buffer: BufferId, now: number): number {
	const room = roomOf(state, buffer);
	return room?.lastSaidAt === undefined || room.status !== 'joined'
		? 0
		: waitIn(room, occupantNamed(state, buffer, room.nick), now);
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
/** So many of a unit are told before the next larger one is. */
const most = 90;

/** `12 s`, `3 min`, `2 h`: never less than it is. */
export function waitText(wait: number): string {
	const [unit, name] = unitOf(wait);
	return `${Math.ceil(wait / unit)} ${name}`;
}

/** Milliseconds for which that text stays right. */
export function waitTextLasts(wait: number): number {
	const [unit, , smaller] = unitOf(wait);
	return Math.min(((wait - 1) % unit) + 1, wait - smaller * most);
}

function unitOf(wait: number): readonly [unit: number, name: string, smaller: number] {
	return wait <= most * second
		? [second, 's', 0]
		: wait <= most * minute
			? [minute, 'min', second]
			: [hour, 'h', minute];
}
