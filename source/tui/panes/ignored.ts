import type {BufferState, Entry} from '../../store/state.js';

const known = new WeakMap<readonly Entry[], readonly Entry[]>();

/**
 * What of a buffer is shown: not what those say whom the person does not want to hear. The same array where that is all.
 * Only occupants of rooms can be ignored, there and in private: a chat need not be looked through at each message.
 */
export function heardEntries({info, entries}: Pick<BufferState, 'info' | 'entries'>): readonly Entry[] {
	if (info.kind !== 'room' && info.kind !== 'private') {
		return entries;
	}

	const before = known.get(entries);
	if (before !== undefined) {
		return before;
	}

	const heard = entries.some(isIgnored) ? entries.filter(entry => !isIgnored(entry)) : entries;
	known.set(entries, heard);
	return heard;
}

function isIgnored(entry: Entry): boolean {
	return entry.type === 'message' && entry.message.ignored === true;
}
