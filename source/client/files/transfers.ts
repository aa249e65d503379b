/** Files on their way: what is told of them, how they are ended and begun anew. */
import {randomUUID} from 'node:crypto';
import {createProgressMeter} from '../../media/progress.js';
import type {BufferId} from '../../model/buffer.js';
import type {Event} from '../../model/events.js';
import {isOver, type Transfer} from '../../model/transfer.js';
import type {Clock} from '../../shared/clock.js';
import {problemOf, XmppcError} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';

export type NewTransfer = {
	readonly account: BareJid;
	readonly buffer: BufferId;
	readonly direction: Transfer['direction'];
	/** User text. */
	readonly name: string;
	readonly message?: number;
	/** Bytes, where that is known. */
	readonly total?: number;
};

/** What whoever moves the bytes is given. */
export type Course = {
	readonly signal: AbortSignal;
	/** Bytes that are there now, and of how many. */
	reached(done: number, total?: number): void;
};

/** What came of it that is worth telling. */
export type Outcome = Pick<Transfer, 'message' | 'path'>;

export type Transfers = {
	list(): readonly Transfer[];
	/**
	 * Moves a file by `work`, and tells how far it is. Rejects as `work` does, or with `transfer-cancelled`. Begun anew it is
	 * the same transfer, whose result only Events tell.
	 */
	run<Result extends Outcome>(what: NewTransfer, work: (course: Course) => Promise<Result>): Promise<Result>;
	/** Ends what runs; forgets what is over. */
	cancel(id: string): void;
	/** @throws XmppcError `no-such-transfer`. */
	retry(id: string): void;
	/** Ends all of an account, or all. */
	end(account?: BareJid): void;
};

type Entry = {
	transfer: Transfer;
	abort: AbortController;
	readonly work: (course: Course) => Promise<Outcome>;
};

/** So many that are over are remembered. */
const mostOver = 50;

export function createTransfers(clock: Clock, emit: (event: Event) => void): Transfers {
	const entries = new Map<string, Entry>();

	const tell = (entry: Entry, change: Partial<Transfer>) => {
		entry.transfer = {...entry.transfer, ...change};
		emit({type: 'transfer.changed', transfer: entry.transfer});
	};

	const forget = (id: string) => {
		if (entries.delete(id)) {
			emit({type: 'transfer.forgotten', id});
		}
	};

	const forgetOld = () => {
		const over = [...entries.values()].filter(({transfer}) => isOver(transfer));
		for (const {transfer} of over.slice(0, Math.max(0, over.length - mostOver))) {
			forget(transfer.id);
		}
	};

	const course = (entry: Entry): Course => {
		const isDownload = entry.transfer.direction === 'down';
		let meter = isDownload ? undefined : createProgressMeter(clock);
		return {
			signal: entry.abort.signal,
			reached(done, total) {
				// Of a download it is first told what an earlier attempt got: nothing was moved for that.
				meter ??= createProgressMeter(clock, done);
				const found = meter.reached(done, total);
				if (found !== undefined && !isOver(entry.transfer)) {
					tell(entry, {
						done: found.done,
						...(found.total === undefined ? {} : {total: found.total}),
						...(found.rate === undefined ? {} : {rate: found.rate}),
					});
				}
			},
		};
	};

	const begin = async (entry: Entry): Promise<Outcome> => {
		tell(entry, {state: 'running', done: 0});
		const {problem: _p, rate: _r, ...begun} = entry.transfer;
		entry.transfer = begun;
		try {
			const outcome = await entry.work(course(entry));
			const {rate: _, ...still} = entry.transfer;
			entry.transfer = still;
			const {message, path} = outcome;
			tell(entry, {
				state: 'done',
				...(still.total === undefined ? {} : {done: still.total}),
				...(message === undefined ? {} : {message}),
				...(path === undefined ? {} : {path}),
			});
			forgetOld();
			return outcome;
		} catch (error) {
			const {rate: _, ...still} = entry.transfer;
			entry.transfer = still;
			const isCancelled = entry.abort.signal.aborted;
			const failure = isCancelled ? cancelled(still.name) : error;
			tell(entry, {state: isCancelled ? 'cancelled' : 'failed', problem: problemOf(failure)});
			forgetOld();
			throw failure;
		}
	};

	return {
		list: () => [...entries.values()].map(({transfer}) => transfer),
		run<Result extends Outcome>(what: NewTransfer, work: (course: Course) => Promise<Result>) {
			const id = randomUUID();
			const transfer: Transfer = {...what, id, done: 0, state: 'waiting', startedAt: clock.now()};
			const entry: Entry = {transfer, abort: new AbortController(), work};
			entries.set(id, entry);
			return begin(entry) as Promise<Result>;
		},
		cancel(id) {
			const entry = entries.get(id);
			if (entry !== undefined && !isOver(entry.transfer)) {
				entry.abort.abort();
			} else {
				forget(id);
			}
		},
		retry(id) {
			const entry = entries.get(id);
			if (entry === undefined || entry.transfer.state === 'done') {
				throw new XmppcError({
					code: 'no-such-transfer',
					kind: 'usage',
					message: 'There is no such transfer that could be begun again.',
					hint: '/transfers lists them.',
				});
			}

			if (isOver(entry.transfer)) {
				entry.abort = new AbortController();
				// Whoever asked for it first has had an answer: Events tell the rest.
				begin(entry).catch(() => {});
			}
		},
		end(account) {
			for (const {transfer, abort} of entries.values()) {
				if (account === undefined || transfer.account === account) {
					abort.abort();
				}
			}
		},
	};
}

function cancelled(name: string): XmppcError {
	return new XmppcError({
		code: 'transfer-cancelled',
		kind: 'temporary',
		message: `${name} was not transferred: it was cancelled.`,
		hint: '/transfers retry begins it again.',
	});
}
