/**
 * Copies of what other devices send come from the moment they are switched on, what waited at the server only after
 * presence: so the first of them overtake what is older. A copy that the archive lists overtakes nothing any more: what is
 * older was listed with it, or is in a gap.
 */
import type {Clock} from '../shared/clock.js';
import type {Content, Passage} from './passage.js';

export type EarlyCopies = {
	/** A message went through the pipeline, or a page of the archive has it. */
	noticed(passage: Passage): void;
	/** Presence was told. */
	announced(): void;
	/** The server has heard it. */
	heard(): void;
	/**
	 * The connection is lost. What the session brings over another one waited in it, behind all that it brought before; but
	 * where the server had not heard our presence, it hears it then, and what waited there is still to come.
	 */
	interrupted(): void;
	/** It goes on: what the server had heard before has been told by now. */
	resumed(): void;
	/** The key of the first copy that may have overtaken what the server brings now; undefined: none, or that time is over. */
	first(): number | undefined;
};

/** Milliseconds after presence in which copies may have been on their way already. */
const overtaking = 5000;
/** Milliseconds after presence in which what waited is brought. */
const bringing = 30_000;

/** Nothing has come in this session. */
export function createEarlyCopies(clock: Pick<Clock, 'monotonic'>): EarlyCopies {
	let copies: ReadonlyArray<{readonly key: number; readonly content: Content}> = [];
	let announcedAt: number | undefined;
	let isHeard = false;
	let isInterrupted = false;
	let isOver = false;
	const sinceAnnounced = () => (announcedAt === undefined ? 0 : clock.monotonic() - announcedAt);

	return {
		noticed({content, filing, message, via}) {
			if (filing !== undefined && content !== undefined) {
				copies = copies.slice(copies.findLastIndex(copy => isSame(copy.content, content)) + 1);
			}

			if (filing !== undefined || message === undefined || content?.kept !== false || content.kind === 'groupchat') {
				return;
			}

			if (via !== 'carbon') {
				isOver = true;
			} else if (sinceAnnounced() <= overtaking) {
				copies = [...copies, {key: message.key, content}];
			}
		},
		announced() {
			announcedAt = clock.monotonic();
		},
		heard() {
			isHeard = true;
			isOver ||= isInterrupted;
		},
		interrupted() {
			isInterrupted = true;
			isOver ||= isHeard;
		},
		resumed() {
			isInterrupted = false;
			if (!isHeard && announcedAt !== undefined) {
				announcedAt = clock.monotonic();
			}
		},
		first: () => (isOver || sinceAnnounced() > bringing ? undefined : copies[0]?.key),
	};
}

/** Whether the archive's message is that of the copy, which has no id of the archive before it is known which ones to trust. */
function isSame(copy: Content, {archiveId, originId, id, body}: Content): boolean {
	return copy.archiveId === undefined
		? copy.originId === originId && copy.id === id && copy.body === body
		: copy.archiveId === archiveId;
}
