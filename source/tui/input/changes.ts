/** One replaced stretch of text, kept so that it can be taken back; a chain, newest first. */
export type Change = {
	readonly at: number;
	readonly removed: string;
	readonly inserted: string;
	readonly cursorBefore: number;
	readonly kind: ChangeKind;
	readonly earlier: Change | undefined;
	/** How many changes the chain has. */
	readonly depth: number;
};

/** A change that was taken back and can be done again; a chain, the one taken back last first. */
export type Undone = {readonly change: Change; readonly cursorAfter: number; readonly earlier: Undone | undefined};

/** Neighbouring changes of the same kind are undone together; `single` ones never are. */
export type ChangeKind = 'typing' | 'deleting' | 'single';

const undoDepth = 500;
/** Typing without a space is still undone in pieces of this length. */
const longestStep = 100;

/** Cuts a chain that has grown to twice the depth: keeps the newest `undoDepth`. */
function limited(change: Change): Change {
	if (change.depth < undoDepth * 2) {
		return change;
	}

	const kept: Change[] = [];
	for (let at: Change | undefined = change; at !== undefined && kept.length < undoDepth; at = at.earlier) {
		kept.push(at);
	}

	return (
		kept.reduceRight<Change | undefined>(
			(earlier, each) => ({...each, earlier, depth: (earlier?.depth ?? 0) + 1}),
			undefined,
		) ?? change
	);
}

/** The newest change grown by the next one, if the two are undone together. */
function grown(before: Change, next: Omit<Change, 'earlier' | 'depth'>): Change | undefined {
	if (next.kind === 'deleting') {
		return next.at + next.removed.length === before.at
			? {...before, at: next.at, removed: next.removed + before.removed}
			: undefined;
	}

	// A word at a time: a space after a letter begins a new step.
	const newWord = next.inserted === ' ' && !before.inserted.endsWith(' ');
	const adjoins = next.at === before.at + before.inserted.length && before.removed === '';
	return adjoins && !newWord && before.inserted.length < longestStep
		? {...before, inserted: before.inserted + next.inserted}
		: undefined;
}

/** Puts a change in front of the chain; `continues` says that the action before it was of the same kind. */
export function recordChange(
	chain: Change | undefined,
	next: Omit<Change, 'earlier' | 'depth'>,
	continues: boolean,
): Change {
	const joined = continues && next.kind !== 'single' && chain?.kind === next.kind ? grown(chain, next) : undefined;
	return joined ?? limited({...next, earlier: chain, depth: (chain?.depth ?? 0) + 1});
}
