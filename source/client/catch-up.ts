/**
 * Brings a fresh session up to date with the account's archive: what is new before presence is told, what came in between
 * after it, then the gaps in the background. What arrives live meanwhile is shown at once and joins the archive's order
 * when that has been read up to it.
 */
import {isDeepStrictEqual} from 'node:util';
import type {Archive} from '../extensions/archive.js';
import type {EventOf} from '../model/events.js';
import type {Dispose} from '../shared/clock.js';
import {isXmppcError, messageOf} from '../shared/errors.js';
import type {Log} from '../shared/log.js';
import type {ArchivePosition} from '../storage/ports.js';
import {isPassingStorageProblem} from './account-problems.js';
import {archiveChanged, isCovered} from './archive-position.js';
import {type CatchUpRunPorts, createCatchUpRun} from './catch-up-run.js';
import {createPagingBack, type PagingBack} from './paging-back.js';
import type {Passage} from './passage.js';

export type CatchUpPorts = Omit<CatchUpRunPorts, 'taken' | 'archive' | 'watchLive'> & {
	readonly archive: Archive;
	readonly log: Log;
	/** Whether the fate of something that was written here is still open: the head must not pass it. */
	readonly isWriting: () => boolean;
	/** The archive can tell now what became of more messages than before, or it will not tell for a while. */
	readonly decided: () => void;
	/** All that is new was read, without or with what lies in gaps. */
	readonly caughtUp: () => void;
	/**
	 * The newest id in the archive when the resource was bound, where the server told (XEP-0386): what has to be reached before
	 * all that is new is known.
	 */
	readonly end?: string | undefined;
	/** Whether the archive may lack some of what waits at the server, which has to come first then. */
	readonly isIncomplete: () => Promise<boolean>;
};

export type CatchUp = PagingBack & {
	/** Before presence. Resolves when done, failed, or after a patience that keeps nobody offline. */
	begin(): Promise<void>;
	/** After presence; goes on in the background with what takes longer. */
	follow(): Promise<void>;
	/** A message went through the pipeline; to be called in its transaction. */
	noticed(passage: Passage): void;
	/** All of one read went through; to be called in the same transaction. */
	settle(): void;
	/**
	 * Behind which key what is delivered now belongs; undefined: nothing is known of the archive. While there may be more
	 * in the archive before it, the first that is delivered leaves room for that.
	 */
	floor(): number | undefined;
	/** Whether an own message with this key would be on record as archived, if it were. */
	proves(key: number): boolean;
	/** Whether that is being found out. */
	mayProve(key: number): boolean;
	dispose: Dispose;
};

/** Milliseconds that presence and the outbox wait for the archive. */
const patience = 10_000;
/** An archive that has not written yet what it already counts is asked again after this, and then so many times. */
const lag = 1000;
const mostLags = 3;
const firstRetry = 30_000;
/** Keys that are left free behind the head for what is still to be read: as many as a tenth of a second has. */
const roomToRead = 100 * 1024;
const mostRetries = 6;

export function createCatchUp(ports: CatchUpPorts): CatchUp {
	const {account, owner, archive, storage, journal, clock, log} = ports;
	const load = () => storage.archives.load(account, owner);
	const {end} = ports;
	let sawEnd = end === undefined || load()?.head?.id === end;
	/** The newest message that came live and is not listed in a page yet. */
	let latest: ArchivePosition | undefined;
	/** The greatest key of what was delivered, whatever way it took: it is in the archive before all that is delivered later. */
	let delivered = 0;
	/** The keys of those that came live since the newest page was asked for. */
	const live: number[] = [];
	let isCaughtUp = false;
	let isOver = false;
	let isReading = false;
	let retries = 0;
	let lags = 0;
	let cancelRetry: Dispose = () => {};

	let told: EventOf<'archive.changed'> | undefined;
	const say = (event: EventOf<'archive.changed'>) => {
		if (!isDeepStrictEqual(event, told)) {
			told = event;
			journal.emit(event);
		}
	};

	/** Nothing is read any more, whatever came of it. */
	const sayEnd = () => {
		if (told !== undefined) {
			say({...told, loading: false});
		}
	};

	const run = createCatchUpRun({
		...ports,
		watchLive() {
			live.length = 0;
			return () => live.reduce<number | undefined>((first, key) => Math.min(first ?? key, key), undefined);
		},
		taken(page, state) {
			sawEnd ||= page.messages.some(({id}) => id === end);
			if (page.messages.some(({id}) => id === latest?.id)) {
				latest = undefined;
			}

			if (state !== undefined) {
				const event = archiveChanged(account, owner, state, true);
				journal.afterwards(() => say(event));
			}
		},
	});
	const paging = createPagingBack(ports);

	const settle = () => {
		if (!isCaughtUp || latest === undefined || ports.isWriting()) {
			return;
		}

		const {head, gaps} = load() ?? {gaps: []};
		storage.archives.save(account, owner, {
			head: {...latest, key: Math.max(latest.key, head?.key ?? 0)},
			gaps,
		});
		latest = undefined;
		live.length = 0;
	};

	const fillGaps = async () => {
		while (!isOver && (await run.readGap())) {
			ports.decided();
		}

		if (!isOver) {
			isReading = false;
			ports.decided();
			ports.caughtUp();
			sayEnd();
		}
	};

	/** Says what stands in the way, once a session, and tries again a few times. */
	const stumble = (error: unknown) => {
		if (isOver || (isXmppcError(error) && error.code === 'disconnected')) {
			return;
		}

		const again = retries < mostRetries || (isXmppcError(error) && isPassingStorageProblem(error));
		log.note('archive', `catch-up failed: ${messageOf(error)}`);
		if (retries === 0) {
			journal.emit({
				type: 'notice',
				level: 'warning',
				text: `The archive of ${owner} could not be read: ${messageOf(error)}`,
				hint: `${storageHint(error)}Messages may be missing. It is tried again by itself.`,
				account,
				at: clock.now(),
			});
		}

		isReading = false;
		ports.decided();
		sayEnd();
		if (again) {
			cancelRetry = clock.after(firstRetry * 2 ** Math.min(retries, mostRetries), () => void proceed());
			retries++;
		}
	};

	/** From now on what comes live is next in the archive's order. */
	const reach = (isReliable: boolean) => {
		isCaughtUp = isReliable;
		if (isReliable) {
			journal.commit(settle);
			ports.decided();
			ports.caughtUp();
		}
	};

	const hasEnd = () => sawEnd || (end !== undefined && storage.messages.byArchiveId(account, owner, end) !== undefined);

	/** The archive does not have yet what it counted when the resource was bound: it is given a moment. */
	const isLagging = (): boolean => {
		if (hasEnd() || lags === mostLags) {
			return false;
		}

		log.note('archive', 'the archive lacks what it said to have: it is asked again');
		cancelRetry = clock.after(lag * 2 ** lags, () => void proceed());
		lags++;
		return true;
	};

	const proceed = async () => {
		isReading = true;
		try {
			const isReliable = await run.readHead();
			if (!isLagging()) {
				reach(isReliable);
				void fillGaps().catch(stumble);
			}
		} catch (error) {
			stumble(error);
		}
	};

	const proves = (key: number) => {
		const state = load();
		return isCaughtUp && state !== undefined && isCovered(state, key);
	};

	/** What was begun before presence ends before anything else is asked. */
	let begun: Promise<void> = Promise.resolve();

	return {
		...paging,
		async begin() {
			if (!archive.isAvailable() || load() === undefined) {
				return;
			}

			// To who asks the archive first, Prosody does not give what waits any more, be it archived or not.
			const read = async () => ((await ports.isIncomplete()) ? undefined : run.readHead());
			begun = read().then(
				() => {},
				error => log.note('archive', `catch-up before presence failed: ${messageOf(error)}`),
			);
			await soon(begun);
		},
		async follow() {
			if (archive.isAvailable()) {
				// Also while what was begun takes longer than anybody waits for it.
				isReading = true;
				await soon(begun.then(proceed));
			}
		},
		noticed({content, filing, message, place}) {
			if (content?.archiveId === undefined || filing !== undefined || place?.archive !== owner) {
				return;
			}

			// It may be on record already, or be nothing to keep. What is on record of its conversation comes before it.
			const known = message ?? storage.messages.byArchiveId(account, owner, content.archiveId);
			const newest = place === undefined ? undefined : storage.messages.newest(place.buffer);
			delivered = Math.max(delivered, known?.key ?? 0, newest ?? 0);
			if (!content.kept) {
				if (message !== undefined) {
					live.push(message.key);
				}

				latest = {id: content.archiveId, at: content.receivedAt, key: delivered};
			}
		},
		settle,
		floor() {
			const head = storage.archives.head(account, owner)?.key;
			const room = isCaughtUp || delivered > 0 ? 0 : roomToRead;
			return head === undefined ? undefined : Math.max(delivered, head + room);
		},
		proves,
		mayProve: key => isReading && !proves(key),
		dispose() {
			isOver = true;
			cancelRetry();
			sayEnd();
		},
	};

	async function soon(work: Promise<void>): Promise<void> {
		let cancel: Dispose = () => {};
		const ranOut = new Promise<void>(resolve => {
			cancel = clock.after(patience, resolve);
		});
		await Promise.race([work, ranOut]);
		cancel();
	}
}

/** What to do about a history that cannot be written, before what is said in any case. */
function storageHint(error: unknown): string {
	return isXmppcError(error) && error.kind === 'storage' && error.hint !== undefined ? `${error.hint} ` : '';
}
