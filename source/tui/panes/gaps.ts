import type {Account} from '../../model/account.js';
import type {ArchiveView} from '../../model/events.js';
import {archiveOf} from '../../store/archives.js';
import {firstAbove} from '../../store/entries.js';
import {accountOf} from '../../store/selectors.js';
import type {BufferState, Entry, State} from '../../store/state.js';
import {type Calendar, dateText} from './calendar.js';
import {rememberLast} from './remember.js';

/** What is said where messages are missing, by the index of the entry above which they belong; one past the last: below all. */
export type Gaps = ReadonlyMap<number, string>;

const none: Gaps = new Map();

/**
 * Where between the messages of a buffer others are known to be missing. What is missing above the first one is the
 * header's to say.
 */
export function gapsIn(state: State, {info, entries, complete, detached}: BufferState, calendar: Calendar): Gaps {
	const archive = archiveOf(state, info);
	return archive === undefined || archive.gaps.length === 0 || entries.length === 0
		? none
		: placed(archive, entries, complete, detached, accountOf(state, info.account)?.status, calendar);
}

const placed = rememberLast(
	(
		archive: ArchiveView,
		entries: readonly Entry[],
		complete: boolean,
		detached: boolean,
		status: Account['status'] | undefined,
		calendar: Calendar,
	): Gaps => {
		const gaps = new Map<number, string>();
		// The newest first: of several at one place the one that is filled first speaks.
		for (const gap of archive.gaps) {
			const {afterKey} = gap;
			if (afterKey === undefined) {
				continue;
			}

			const index = firstMessageAbove(entries, afterKey);
			const isHere = index === entries.length ? !detached : index > 0 || complete;
			if (isHere && !gaps.has(index)) {
				gaps.set(index, gapText(gap, archive.loading, status, calendar));
			}
		}

		return gaps;
	},
);

/** What the program said and occupants did meanwhile stands above what is missing. */
function firstMessageAbove(entries: readonly Entry[], key: number): number {
	let index = firstAbove(entries, key);
	while (index < entries.length && entries[index]?.type !== 'message') {
		index++;
	}

	return index;
}

function gapText(
	{permanent, before}: ArchiveView['gaps'][number],
	isLoading: boolean,
	status: Account['status'] | undefined,
	calendar: Calendar,
): string {
	if (permanent) {
		return `messages are missing: the server kept none before ${dateText(calendar(before))}`;
	}

	if (isLoading) {
		return 'messages are missing here: loading…';
	}

	return status === 'online'
		? 'messages may be missing here'
		: 'messages may be missing here; they are fetched when you are online';
}

/** What the archive says about the time before the first message that is stored. */
export function beginningText(state: State, {info, entries, complete}: BufferState, calendar: Calendar): string {
	const archive = archiveOf(state, info);
	if (!complete) {
		const first = entries[0]?.key ?? 0;
		const missing = archive?.gaps.some(
			({permanent, afterKey}) => !permanent && (afterKey === undefined || afterKey < first),
		);
		return archive?.loading === true && missing === true
			? 'older messages are being fetched…'
			: 'older messages: PageUp';
	}

	if (archive === undefined) {
		return 'the recorded history begins here';
	}

	const lost = archive.gaps.find(gap => gap.permanent && gap.after === undefined);
	return lost === undefined
		? 'the history begins here, on the server too'
		: `the server kept history only from ${dateText(calendar(lost.before))}`;
}
