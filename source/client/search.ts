/** The search over the history, and the indexing it needs, which waits until there is nothing better to do. */
import type {Event, EventType} from '../model/events.js';
import type {SearchQuery, SearchRange, SearchResult} from '../model/search.js';
import type {Clock, Dispose} from '../shared/clock.js';
import {messageOf} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import type {Storage} from '../storage/ports.js';

export type SearchPorts = {
	readonly storage: Pick<Storage, 'search'>;
	readonly clock: Clock;
	readonly log: Log;
};

export type Search = {
	/** Newest first. Only of these accounts. */
	find(query: SearchQuery, range: SearchRange, accounts: readonly BareJid[]): SearchResult;
	/** What is recorded is noticed, to be indexed when it is quiet. */
	hear(event: Event): void;
	/** Goes on with what an earlier process left. */
	start(): void;
	stop(): void;
};

/** Milliseconds after the start, when the first screen is long there. */
const startDelay = 2000;
/** Milliseconds of quiet after which new messages are indexed, and how long they wait at most. */
const quiet = 500;
const longestWait = 5000;
/** Milliseconds of one slice: a key pressed meanwhile does not wait longer. */
const slice = 6;
/** Milliseconds between two slices, and while messages pour in: reading an archive comes first. */
const pause = 12;
const longPause = 120;
/** Milliseconds until the next attempt after the database refused. */
const retryDelay = 60_000;
/** Milliseconds that a search spends on what has just arrived. */
const freshest = 20;

const mayBringMessages: ReadonlySet<EventType> = new Set(['message.recorded', 'archive.changed', 'history.loaded']);

export function createSearch({storage, clock, log}: SearchPorts): Search {
	let timer: Dispose | undefined;
	/** Monotonic milliseconds since when something waits. */
	let since: number | undefined;
	let heardAt = Number.NEGATIVE_INFINITY;
	let running = false;
	let stopped = false;

	const complain = (error: unknown) => log.note('search', `messages could not be indexed: ${messageOf(error)}`);

	const schedule = (delay: number) => {
		timer?.();
		timer = clock.after(delay, work);
	};

	/** Milliseconds until it has been quiet, or what waits has waited long enough. */
	const untilQuiet = () =>
		running || since === undefined ? 0 : Math.min(heardAt + quiet, since + longestWait) - clock.monotonic();

	const work = () => {
		timer = undefined;
		const wait = untilQuiet();
		if (wait > 0) {
			schedule(wait);
			return;
		}

		since = undefined;
		try {
			running = storage.search.advance(slice);
			if (running) {
				schedule(clock.monotonic() - heardAt < quiet ? longPause : pause);
			}
		} catch (error) {
			running = false;
			complain(error);
			schedule(retryDelay);
		}
	};

	return {
		find(query, range, accounts) {
			try {
				storage.search.catchUp(freshest);
			} catch (error) {
				// A full disk is no reason to find nothing.
				complain(error);
			}

			const found = storage.search.find(query, {...range, accounts});
			const indexing = storage.search.progress();
			return {...found, ...(indexing === undefined ? {} : {indexing})};
		},
		hear({type}) {
			if (stopped || !mayBringMessages.has(type)) {
				return;
			}

			heardAt = clock.monotonic();
			since ??= heardAt;
			// One timer for many messages: it looks again whether it is quiet.
			if (timer === undefined) {
				schedule(quiet);
			}
		},
		start() {
			if (!stopped) {
				schedule(startDelay);
			}
		},
		stop() {
			stopped = true;
			timer?.();
		},
	};
}
