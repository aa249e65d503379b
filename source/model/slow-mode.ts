import type {Occupant, Room} from './room.js';

/** What one has to know of oneself there. */
type Own = Pick<Occupant, 'affiliation'> | undefined;

/** Seconds between two messages of one's own in that room; 0: as many as one likes (XEP-0500 §6: who administers it). */
export function paceIn({features}: Pick<Room, 'features'>, own: Own): number {
	return own?.affiliation === 'owner' || own?.affiliation === 'admin' ? 0 : (features.slowMode ?? 0);
}

/**
 * Milliseconds until the next message may be written there; 0: now.
 * @param now milliseconds since the epoch. Of a clock that was set back by more than that time nothing is believed.
 */
export function waitIn(room: Pick<Room, 'features' | 'lastSaidAt'>, own: Own, now: number): number {
	const pace = paceIn(room, own) * 1000;
	const {lastSaidAt} = room;
	const isFuture = lastSaidAt !== undefined && lastSaidAt - now > pace;
	return lastSaidAt === undefined || isFuture ? 0 : Math.max(0, Math.min(pace, lastSaidAt + pace - now));
}
