import type {Entry} from '../../store/state.js';

const known = new WeakMap<readonly Entry[], readonly Entry[]>();

/** What of a buffer is shown: not what those say whom the person does not want to hear. The same array where that is all. */
export function heardEntries(entries: readonly Entry[]): readonly Entry[] {
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
