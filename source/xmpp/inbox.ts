import type {Clock} from '../shared/clock.js';
import type {Element} from './element.js';

/** The most stanzas that one call of `receive` is given. */
export const batchLimit = 200;
/** Things waiting for their turn from which on nothing more is read from the socket. */
const highWater = 2 * batchLimit;

/**
 * After a batch the next one waits this many times as long as that took, up to `longestRest` milliseconds: what arrives
 * meanwhile shares one commit, and a slow disk leaves most of the time to keys and screen. Where a whole batch waits already
 * there is nothing more to share: keys get their turn, and the next one follows.
 */
const restShare = 4;
const longestRest = 200;
/** Milliseconds; a batch that took less has not waited for a disk. */
const quick = 1;

export type InboxOptions = {
	readonly clock: Clock;
	readonly receive: (stanzas: readonly Element[]) => Promise<void>;
	/** A batch was dealt with for good. */
	readonly onHandled: (count: number) => void;
	/** `receive` or a mark failed. Nothing more is delivered. */
	readonly onFailure: (error: unknown) => void;
	readonly pause: () => void;
	readonly resume: () => void;
};

/** Gives stanzas to `receive` in stream order, one batch at a time, and slows the server down when that takes long. */
export type Inbox = {
	stanza(element: Element): void;
	/** `run` takes its place in the queue: it runs when all that came before was handled, and nothing that came after. */
	mark(run: () => void): void;
	/** Starts the next batch; called at the end of each read, so that a batch is what one read brought. */
	deliver(): void;
	/** Resolves when nothing waits and no batch is under way, or after a failure. */
	idle(): Promise<void>;
};

type Item = {readonly stanza: Element} | {readonly run: () => void};

/** An empty inbox. */
export function createInbox(options: InboxOptions): Inbox {
	let queue: Item[] = [];
	let working: Promise<void> | undefined;
	let isPaused = false;
	let hasFailed = false;
	let restUntil = 0;
	let endRest: (() => void) | undefined;

	const runMarks = () => {
		for (let first = queue[0]; first && 'run' in first; first = queue[0]) {
			queue.shift();
			first.run();
		}
	};

	const nextBatch = (): readonly Element[] => {
		const batch: Element[] = [];
		for (const item of queue) {
			if ('run' in item || batch.length === batchLimit) {
				break;
			}

			batch.push(item.stanza);
		}

		queue = queue.slice(batch.length);
		return batch;
	};

	const readOn = () => {
		if (isPaused && queue.length < batchLimit) {
			isPaused = false;
			options.resume();
		}
	};

	/** Ends early when a whole batch has come together. */
	const rest = (left: number) =>
		new Promise<void>(resolve => {
			const stopWaiting = options.clock.after(queue.length < batchLimit ? left : 0, () => {
				endRest = undefined;
				resolve();
			});
			endRest = () => {
				endRest = undefined;
				stopWaiting();
				options.clock.after(0, resolve);
			};
		});

	const work = async () => {
		for (;;) {
			runMarks();
			readOn();
			if (queue.length === 0) {
				return;
			}

			const left = restUntil - options.clock.monotonic();
			if (left > 0) {
				await rest(left);
			}

			const batch = nextBatch();
			const began = options.clock.monotonic();
			await options.receive(batch);
			const now = options.clock.monotonic();
			restUntil = now - began < quick ? 0 : now + Math.min(longestRest, restShare * (now - began));
			options.onHandled(batch.length);
		}
	};

	const workToTheEnd = async () => {
		try {
			await work();
		} catch (error) {
			hasFailed = true;
			queue = [];
			options.onFailure(error);
		} finally {
			working = undefined;
		}

		// Something may have come between the last look and the end of this run.
		if (queue.length > 0) {
			deliver();
		}
	};

	const deliver = () => {
		if (hasFailed) {
			queue = [];
			return;
		}

		if (queue.length > highWater && !isPaused) {
			isPaused = true;
			options.pause();
		}

		if (queue.length >= batchLimit) {
			endRest?.();
		}

		working ??= workToTheEnd();
	};

	return {
		stanza(element) {
			queue.push({stanza: element});
		},
		mark(run) {
			queue.push({run});
		},
		deliver,
		async idle() {
			while (working !== undefined) {
				await working;
			}
		},
	};
}
