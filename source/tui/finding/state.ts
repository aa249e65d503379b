import type {BufferId} from '../../model/buffer.js';
import type {Phrase} from '../../shared/search-text.js';
import type {Anchor} from '../panes/message-view.js';

/** Where the person was in a buffer; without an anchor at its newest message. */
export type Spot = {readonly buffer: BufferId; readonly anchor?: Anchor};

/** A message that was looked for, marked until the person goes on. */
export type FoundMark = {
	readonly buffer: BufferId;
	readonly key: number;
	/** What is marked in it, and in the messages around it; none: the message as a whole was meant. */
	readonly phrases: readonly Phrase[];
};

/** What finding things remembers. Plain data, replaced and never changed. */
export type Finding = {
	readonly mark?: FoundMark;
	/** Places that were left by a jump, the last one first to come back to. */
	readonly trail: readonly Spot[];
	/** A walk through what is unread: where it began, where it is, what it has seen. */
	/** What was looked for last in a buffer. */
	readonly lastSearch?: string;
	readonly tour?: {readonly home: Spot; readonly at: BufferId; readonly seen: readonly BufferId[]};
};

export const nothingFound: Finding = {trail: []};

/** Places that are remembered. */
const longestTrail = 50;

export function withSpot({trail, ...rest}: Finding, spot: Spot): Finding {
	return {...rest, trail: [...trail, spot].slice(-longestTrail)};
}

export function withMark({mark: _, ...rest}: Finding, mark: FoundMark | undefined): Finding {
	return mark === undefined ? rest : {...rest, mark};
}
