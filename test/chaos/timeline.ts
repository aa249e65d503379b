import type {Dispose} from '../../source/shared/clock.js';

/** The simulated time of one run, in milliseconds since its beginning, and what is to happen in it. */
export type Timeline = {
	readonly now: number;
	/** How many events have happened. */
	readonly events: number;
	/** Plans an event; those of one moment happen in the order in which they were planned. */
	after(delay: number, run: () => void): Dispose;
	/** Lets everything happen that is due up to `end`, and all that it sets off, and moves the time there. */
	runUntil(end: number): Promise<void>;
	/** Notes something for whoever reads the run. */
	note(text: string): void;
	/** A fingerprint of all notes so far: two runs of a seed have the same. */
	readonly digest: number;
};

type Planned = {readonly at: number; readonly order: number; readonly run: () => void; isCancelled: boolean};

/** More than any run has: one that never comes to rest ends here. */
const mostEvents = 150_000;
/** Ids are made up anew in each process, and of one length. */
const madeUp = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g;

/** Lets all promises settle that wait for nothing else, and run what was put off to the end of this turn. */
const turn = () => new Promise<void>(resolve => setImmediate(resolve));

export function createTimeline(print?: (line: string) => void): Timeline {
	const heap: Planned[] = [];
	let now = 0;
	let events = 0;
	let order = 0;
	let digest = 0x81_1c_9d_c5;

	const isBefore = (one: Planned, other: Planned) =>
		one.at < other.at || (one.at === other.at && one.order < other.order);
	const at = (index: number): Planned => heap[index] as Planned;
	const swap = (one: number, other: number) => {
		[heap[one], heap[other]] = [at(other), at(one)];
	};

	const push = (planned: Planned) => {
		let index = heap.push(planned) - 1;
		while (index > 0) {
			const parent = (index - 1) >> 1;
			if (!isBefore(planned, at(parent))) {
				break;
			}

			swap(index, parent);
			index = parent;
		}
	};

	const pop = (): Planned => {
		const first = at(0);
		const last = heap.pop();
		if (last !== undefined && heap.length > 0) {
			heap[0] = last;
			for (let index = 0; ; ) {
				const [left, right] = [2 * index + 1, 2 * index + 2];
				let least = left < heap.length && isBefore(at(left), at(index)) ? left : index;
				least = right < heap.length && isBefore(at(right), at(least)) ? right : least;
				if (least === index) {
					break;
				}

				swap(index, least);
				index = least;
			}
		}

		return first;
	};

	const note = (text: string) => {
		const line = `${now} ${text.replaceAll(madeUp, 'id')}`;
		for (let index = 0; index < line.length; index++) {
			digest = Math.imul(digest ^ line.charCodeAt(index), 0x01_00_01_93);
		}

		print?.(`${(now / 1000).toFixed(3).padStart(9)} ${text}`);
	};

	return {
		get now() {
			return now;
		},
		get events() {
			return events;
		},
		get digest() {
			return digest >>> 0;
		},
		note,
		after(delay, run) {
			const planned: Planned = {at: now + Math.max(0, delay), order: order++, run, isCancelled: false};
			push(planned);
			return () => {
				planned.isCancelled = true;
			};
		},
		async runUntil(end) {
			await turn();
			for (let next = heap[0]; next !== undefined && next.at <= end; next = heap[0]) {
				pop();
				if (next.isCancelled) {
					continue;
				}

				now = next.at;
				if (++events > mostEvents) {
					throw new Error('the run does not come to rest');
				}

				next.run();
				await turn();
			}

			now = end;
		},
	};
}
