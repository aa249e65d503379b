/**
 * The keys of messages: unique in the profile, and rising in the order in which messages are shown. Those of a millisecond
 * begin at `ms * 1024`, and a message has one of its own time unless its neighbours say otherwise.
 */
import type {Neighbours} from './ports.js';
import type {Database} from './sqlite.js';

/** Keys of one millisecond: `ms * 1024` up to the next millisecond's first. */
const keysPerMillisecond = 1024;
/** The last millisecond (in the year 2248) whose keys are exact as JavaScript numbers; a lying clock stops here. */
const lastMillisecond = Math.floor(Number.MAX_SAFE_INTEGER / keysPerMillisecond) - 1;

/** Keys that a message which comes by itself leaves free before it. */
const distance = 32;
/** Keys that are left free behind one that does not go where its time is. */
const roomBehind = 64 * keysPerMillisecond;

/**
 * The key for a message received at `receivedAt` (milliseconds): that of its time where it lies between the neighbours,
 * else one that does. Neighbours that leave no room are no use: then the time decides. To be recorded in the same
 * transaction, before another key is chosen.
 */
export function keyFor(database: Database, receivedAt: number, neighbours: Neighbours): number {
	const {after = -1, before = Number.POSITIVE_INFINITY, apart = false, near, followers = 0} = neighbours;
	const step = apart ? distance : 1;
	const natural = freeKey(database, receivedAt, step);
	// What shares its millisecond, or with most servers its second, is told apart by its neighbours only.
	const isAlone = natural % keysPerMillisecond === 0;
	// Where there is not enough for the followers, as low as possible leaves them the most.
	const end = Math.min(before, Math.max(before - roomFor(followers), after + 2));
	if (natural > after && natural < end && (isAlone || near === undefined)) {
		return natural;
	}

	/** The first key from `start` on, one way, that is free and lies between the neighbours. */
	const freeFrom = (start: number, direction: 1 | -1): number | undefined => {
		let key = start;
		while (key > after && key < before && database.get('SELECT 1 FROM messages WHERE key = ?', key) !== undefined) {
			key += direction;
		}

		return key > after && key < before ? key : undefined;
	};

	const found =
		near === 'before' && before !== Number.POSITIVE_INFINITY
			? // The room of the followers is better than none: what others have taken may lie anywhere.
				(freeFrom(end - 1, -1) ?? freeFrom(end, 1))
			: freeFrom(Math.max(after + step, natural <= after ? 0 : end - roomBehind), 1);
	return found ?? natural;
}

/**
 * The first key after all that this millisecond holds already, so that messages of one millisecond keep the order in
 * which they came; of the next millisecond where this one is full. `step`: how far from the last one.
 */
function freeKey(database: Database, receivedAt: number, step: number): number {
	for (let time = Math.min(Math.max(0, Math.floor(receivedAt)), lastMillisecond); ; time += 1) {
		const first = time * keysPerMillisecond;
		const last = first + keysPerMillisecond - 1;
		const taken = database.get('SELECT max(key) AS key FROM messages WHERE key BETWEEN ? AND ?', first, last)?.key;
		if (typeof taken !== 'number') {
			return first;
		}

		if (taken + step <= last) {
			return taken + step;
		}
	}
}

/** Keys for so many messages, of which other conversations may have taken some. */
function roomFor(followers: number): number {
	return followers === 0 ? 0 : followers + distance;
}
