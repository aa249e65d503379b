/** The lines entered so far, and where in them Up and Down have led. Immutable. */
export type InputHistory = {
	/** Oldest first, no line twice. */
	readonly entries: readonly string[];
	/** Index of the entry now shown, `undefined` while the person's own line is. */
	readonly position: number | undefined;
	/** The person's own unfinished line while an entry is shown. */
	readonly draft: string;
};

/** An entry (or the draft) to show, and the history that says so. */
export type Recalled = {readonly history: InputHistory; readonly text: string};

const longest = 500;
/** Longer lines are not kept: a pasted file is not history. */
const longestEntry = 10_000;

export const emptyHistory: InputHistory = {entries: [], position: undefined, draft: ''};

/** Adds a line that was entered and leaves the history. A line entered before moves to the end. */
export function remember(history: InputHistory, text: string): InputHistory {
	if (text.trim() === '' || text.length > longestEntry) {
		return {...history, position: undefined, draft: ''};
	}

	const entries = [...history.entries.filter(entry => entry !== text), text].slice(-longest);
	return {entries, position: undefined, draft: ''};
}

/** Up: the entry before the one shown; `current` is what the input line holds now. `undefined` at the oldest. */
export function older(history: InputHistory, current: string): Recalled | undefined {
	const position = (history.position ?? history.entries.length) - 1;
	const text = history.entries[position];
	if (text === undefined) {
		return undefined;
	}

	const draft = history.position === undefined ? current : history.draft;
	return {history: {...history, position, draft}, text};
}

/** Down: the entry after the one shown, after the newest the draft. `undefined` when no entry is shown. */
export function newer(history: InputHistory): Recalled | undefined {
	if (history.position === undefined) {
		return undefined;
	}

	const position = history.position + 1;
	const text = history.entries[position];
	return text === undefined
		? {history: {...history, position: undefined, draft: ''}, text: history.draft}
		: {history: {...history, position}, text};
}

/** The entries that contain `query`, in any case of letters, the newest first. */
export function searchHistory({entries}: InputHistory, query: string): readonly string[] {
	const lower = query.toLowerCase();
	return entries.filter(entry => entry.toLowerCase().includes(lower)).reverse();
}
