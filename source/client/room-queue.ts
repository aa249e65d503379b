import type {BareJid} from '../shared/jid.js';

/** Rooms that are dealt with in turn, so many at the same time: a server has others to serve, and so has the person. */
export type RoomQueue = {
	/** Resolves when `work`, which never rejects, is done. A room that waits already is not put in line twice. */
	add(room: BareJid, work: () => Promise<void>): Promise<void>;
};

export function createRoomQueue(atOnce: number): RoomQueue {
	type Turn = {readonly done: Promise<void>; readonly begin: () => Promise<void>};
	const waiting = new Map<BareJid, Turn>();
	let running = 0;

	const next = () => {
		const [first] = waiting;
		if (first === undefined || running >= atOnce) {
			return;
		}

		const [room, {begin}] = first;
		waiting.delete(room);
		running++;
		void begin().then(() => {
			running--;
			next();
		});
	};

	return {
		add(room, work) {
			const known = waiting.get(room);
			if (known !== undefined) {
				return known.done;
			}

			let finish = () => {};
			const done = new Promise<void>(resolve => {
				finish = resolve;
			});
			waiting.set(room, {done, begin: () => work().then(finish)});
			next();
			return done;
		},
	};
}
