import {isConversation} from '../model/buffer.js';
import type {EventOf} from '../model/events.js';
import type {Message} from '../model/message.js';
import {insertMessage, mergePage} from './entries.js';
import type {BufferState, Entry} from './state.js';

/** Beyond this many the oldest go, unless somebody reads further up: what bounds the memory of a busy buffer. */
export const windowLimit = 5000;
/** Beyond this many the newest go while somebody reads further up; they come back on the way down. */
export const heldLimit = 10_000;
/** A hundred at a time, so that a full window is not copied and cut for every message. */
const slack = 100;

/** The window with a message that was recorded, if it belongs there. */
export function withMessage(buffer: BufferState, message: Message): BufferState {
	return message.hidden === true || isOutside(buffer, message)
		? buffer
		: bounded({...buffer, entries: insertMessage(buffer.entries, message)});
}

/** What the archive fills in above all that is loaded comes with its page: there may be more between. */
function isOutside({entries, complete, detached}: BufferState, {via, key}: Message): boolean {
	const [first] = entries;
	const isAbove = via === 'archive' && !complete && first !== undefined && key < first.key;
	return isAbove || (detached && key > newestMessage(entries));
}

/** Key of the last message, 0 where there is none. */
export function newestMessage(entries: readonly Entry[]): number {
	return entries.findLast(({type}) => type === 'message')?.key ?? 0;
}

/** The window with a page of history, or that page alone where there may be others between. */
export function withPage(buffer: BufferState, page: EventOf<'history.loaded'>): BufferState {
	if (page.around !== undefined) {
		const entries = mergePage(unstored(buffer), page.messages);
		return {...buffer, entries, loaded: true, complete: page.complete, detached: !page.around.last};
	}

	return page.following === undefined ? withOlder(buffer, page) : withNewer(buffer, page, page.following);
}

function withOlder(buffer: BufferState, page: EventOf<'history.loaded'>): BufferState {
	if (buffer.detached && (page.messages.at(-1)?.key ?? 0) > newestMessage(buffer.entries)) {
		// It was asked for before the window went elsewhere.
		return buffer;
	}

	const oldest = page.messages[0]?.key;
	// Between what came before the first page and that page there may be others.
	const contiguous =
		buffer.loaded || page.complete || oldest === undefined
			? buffer.entries
			: buffer.entries.filter(({key}) => key >= oldest);
	const entries = mergePage(contiguous, page.messages);
	// `complete` speaks about the oldest message of the page: only the page that reaches the top of the window counts.
	const reachesTop = oldest === undefined || entries[0]?.key === oldest;
	const grown = {
		...buffer,
		entries,
		loaded: true,
		complete: reachesTop ? page.complete : buffer.complete,
	};
	// What was just asked for is not cut off again.
	return grown.held ? bounded(grown) : grown;
}

function withNewer(
	buffer: BufferState,
	{messages, complete}: EventOf<'history.loaded'>,
	{key, last}: NonNullable<EventOf<'history.loaded'>['following']>,
): BufferState {
	if (key === 0) {
		const entries = mergePage(unstored(buffer), messages);
		return {...buffer, entries, loaded: true, complete, detached: !last};
	}

	if (!buffer.detached || newestMessage(buffer.entries) !== key) {
		// What it should follow is no longer the end of the window.
		return buffer;
	}

	const grown = {...buffer, entries: mergePage(buffer.entries, messages), detached: !last};
	// Whoever goes down leaves the oldest behind.
	return grown.entries.length > heldLimit ? trimmed(grown, windowLimit) : grown;
}

/** The window without messages, to be filled with the newest; what the program said and occupants did stays. */
export function withoutMessages(buffer: BufferState): BufferState {
	return {...buffer, entries: unstored(buffer), loaded: false, complete: false, detached: false};
}

function unstored({entries}: BufferState): readonly Entry[] {
	return entries.filter(({type}) => type !== 'message');
}

/** The window of a buffer in which somebody reads further up, or no longer does. */
export function withHold(buffer: BufferState, held: boolean): BufferState {
	return buffer.held === held ? buffer : bounded({...buffer, held});
}

/** The window cut to its limit, on the side where nobody looks. */
export function bounded(buffer: BufferState): BufferState {
	const {entries, held, info} = buffer;
	// What the console says is stored nowhere else: there the newest count more.
	if (!held || !isConversation(info.kind)) {
		return entries.length > windowLimit + slack ? trimmed(buffer, windowLimit) : buffer;
	}

	return entries.length > heldLimit + slack
		? {...buffer, entries: entries.slice(0, heldLimit), detached: true}
		: buffer;
}

/** The newest `keep` entries. */
export function trimmed(buffer: BufferState, keep: number): BufferState {
	if (buffer.entries.length <= keep) {
		return buffer;
	}

	return {
		...buffer,
		entries: buffer.entries.slice(-keep),
		complete: !isConversation(buffer.info.kind),
	};
}
