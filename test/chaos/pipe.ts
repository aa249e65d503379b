import type {Random} from './random.js';
import type {Timeline} from './timeline.js';

/** One direction of a connection: bytes arrive in order, in pieces of any length, some time after they were written. */
export type Pipe = {
	write(bytes: Uint8Array): void;
	/** The writer says that it is done: the reader learns of it behind the last byte. */
	end(): void;
	/** Of what is under way only the first `keep` bytes arrive, and then nothing. The reader is not told. */
	cut(keep: number): void;
	/** Nothing arrives any more. */
	close(): void;
	pause(): void;
	resume(): void;
	/** Bytes under way. */
	readonly pending: number;
};

export type PipeParts = {
	readonly timeline: Timeline;
	readonly random: Random;
	/** Milliseconds for the next piece. */
	readonly delay: () => number;
	readonly arrive: (bytes: Buffer) => void;
	readonly ended: () => void;
	/** The connection breaks when this byte has arrived. */
	readonly breaksAfter?: number | undefined;
	readonly broken: () => void;
};

export function createPipe({timeline, random, delay, arrive, ended, breaksAfter, broken}: PipeParts): Pipe {
	let waiting: Buffer = Buffer.alloc(0);
	let state: 'open' | 'ending' | 'cut' | 'closed' = 'open';
	let isPlanned = false;
	let isPaused = false;
	let arrived = 0;

	const plan = () => {
		if (!isPlanned && !isPaused && state !== 'closed' && (waiting.length > 0 || state === 'ending')) {
			isPlanned = true;
			timeline.after(delay(), deliver);
		}
	};

	const deliver = () => {
		isPlanned = false;
		if (isPaused || state === 'closed') {
			return;
		}

		if (waiting.length > 0) {
			const wanted = random.chance(0.7) ? waiting.length : 1 + random.below(waiting.length);
			const length = Math.min(wanted, (breaksAfter ?? Number.POSITIVE_INFINITY) - arrived);
			const piece = waiting.subarray(0, length);
			waiting = waiting.subarray(length);
			arrived += length;
			if (length > 0) {
				arrive(piece);
			}

			if (arrived === breaksAfter) {
				broken();
				return;
			}
		} else if (state === 'ending') {
			state = 'closed';
			ended();
		}

		plan();
	};

	return {
		write(bytes) {
			if (state === 'open') {
				waiting = Buffer.concat([waiting, bytes]);
				plan();
			}
		},
		end() {
			if (state === 'open') {
				state = 'ending';
				plan();
			}
		},
		cut(keep) {
			if (state !== 'closed') {
				waiting = waiting.subarray(0, keep);
				state = 'cut';
				plan();
			}
		},
		close() {
			state = 'closed';
		},
		pause() {
			isPaused = true;
		},
		resume() {
			isPaused = false;
			plan();
		},
		get pending() {
			return waiting.length;
		},
	};
}
