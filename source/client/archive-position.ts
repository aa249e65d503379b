import type {ArchiveView, EventOf} from '../model/events.js';
import type {BareJid} from '../shared/jid.js';
import type {ArchiveGap, ArchivePosition, ArchiveState} from '../storage/ports.js';

const keysPerMillisecond = 1024;

/**
 * The newest place up to which everything since the first login is stored: the head, or where the oldest gap begins. It
 * never passes an id that is not saved. What the archive itself lost is no gap in this sense, nor is the time before.
 */
export function anchorOf({head, gaps}: ArchiveState): ArchivePosition | undefined {
	return gaps.findLast(gap => !gap.permanent && gap.after !== undefined)?.after ?? head;
}

/** The gap to fill next: the newest, since that is where the person looks first. */
export function openGap({gaps}: ArchiveState): ArchiveGap | undefined {
	return gaps.find(gap => !gap.permanent);
}

/** The state with a gap between `after` and `before`. */
export function withGap(state: ArchiveState, gap: ArchiveGap): ArchiveState {
	return {...state, gaps: [gap, ...state.gaps].toSorted((one, other) => other.before.key - one.before.key)};
}

/** The state with `gap` narrowed, split or closed. */
export function withoutGap(state: ArchiveState, gap: ArchiveGap, ...rest: readonly ArchiveGap[]): ArchiveState {
	const others = state.gaps.filter(({before, after}) => before.id !== gap.before.id || after?.id !== gap.after?.id);
	return rest.reduce(withGap, {...state, gaps: others});
}

/** How far the server's clock and ours may be apart, in keys: what was written here has its key from ours. */
const clockDifference = 10 * 60_000 * keysPerMillisecond;

/**
 * Whether an own message with this key can be judged by what is stored: the archive has been read where it could be. What
 * is from before the first login has none of what was written after it.
 */
export function isCovered(state: ArchiveState, key: number): boolean {
	return state.gaps.every(({after, before}) => key > before.key + (after === undefined ? 0 : clockDifference));
}

/** The keys of all moments that a time of a server may stand for: most servers cut off fractions of a second. */
export function keysOf(at: number): {readonly first: number; readonly last: number} {
	const length = at % 1000 === 0 ? 1000 : 1;
	return {first: at * keysPerMillisecond, last: (at + length) * keysPerMillisecond - 1};
}

/** What front ends know of it. `owner`: whose archive it is, the account itself or a room. */
export function archiveView(account: BareJid, owner: BareJid, {gaps}: ArchiveState, isLoading: boolean): ArchiveView {
	return {
		account,
		...(owner === account ? {} : {room: owner}),
		loading: isLoading,
		gaps: gaps.map(({after, before, permanent}) => ({
			...(after === undefined ? {} : {after: after.at, afterKey: after.key}),
			before: before.at,
			permanent,
		})),
	};
}

/** What they are told when it changes. */
export function archiveChanged(
	account: BareJid,
	owner: BareJid,
	state: ArchiveState,
	isLoading: boolean,
): EventOf<'archive.changed'> {
	return {type: 'archive.changed', ...archiveView(account, owner, state, isLoading)};
}
