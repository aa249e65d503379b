import {graphemes} from '../../shared/text.js';
import {lineEnd, lineStart, nextGrapheme, nextWord, previousGrapheme, previousWord} from './boundaries.js';
import {type Change, type ChangeKind, recordChange} from './changes.js';
import {cleanInput} from './clean.js';

/** The state of the input line: plain immutable data, changed only by the functions of this file. */
export type Editor = {
	readonly text: string;
	/** Offset in UTF-16 units, between two graphemes. */
	readonly cursor: number;
	/** Kill ring, newest first. */
	readonly kills: readonly string[];
	readonly history: Change | undefined;
	/** What the last action was, where the next one depends on it. */
	readonly last: 'kill' | 'yank' | 'typing' | 'deleting' | undefined;
	/** How many steps into the kill ring the last yank was. */
	readonly yanked: number;
	/** Column that moving up and down tries to keep, in graphemes. */
	readonly goal: number | undefined;
};

/** What a key can do to the text; the names are those of the key table (`keymap.ts`). */
export type EditAction =
	| 'moveLeft'
	| 'moveRight'
	| 'moveWordLeft'
	| 'moveWordRight'
	| 'moveLineStart'
	| 'moveLineEnd'
	| 'moveTextStart'
	| 'moveTextEnd'
	| 'deleteBackward'
	| 'deleteForward'
	| 'killWordBackward'
	| 'killWordForward'
	| 'killToSpaceBackward'
	| 'killLineStart'
	| 'killLineEnd'
	| 'yank'
	| 'yankOlder'
	| 'transpose'
	| 'undo'
	| 'newline'
	| 'clearInput';

const killRingSize = 30;

export const emptyEditor: Editor = {
	text: '',
	cursor: 0,
	kills: [],
	history: undefined,
	last: undefined,
	yanked: 0,
	goal: undefined,
};

function replace(editor: Editor, from: number, to: number, inserted: string, kind: ChangeKind): Editor {
	if (from === to && inserted === '') {
		return editor.last === undefined && editor.goal === undefined
			? editor
			: {...editor, last: undefined, goal: undefined};
	}

	const removed = editor.text.slice(from, to);
	return {
		...editor,
		text: editor.text.slice(0, from) + inserted + editor.text.slice(to),
		cursor: from + inserted.length,
		history: recordChange(
			editor.history,
			{at: from, removed, inserted, cursorBefore: editor.cursor, kind},
			editor.last === kind,
		),
		last: kind === 'single' ? undefined : kind,
		goal: undefined,
	};
}

function moved(editor: Editor, cursor: number): Editor {
	return {...editor, cursor, last: undefined, goal: undefined};
}

/** Types text at the cursor. Control characters other than `\n` and tab are left out. */
export function insertText(editor: Editor, text: string): Editor {
	return replace(editor, editor.cursor, editor.cursor, cleanInput(text), 'typing');
}

/** Inserts pasted text at the cursor; it is undone as one step of its own. */
export function insertPaste(editor: Editor, text: string): Editor {
	return replace(editor, editor.cursor, editor.cursor, cleanInput(text), 'single');
}

/** Replaces the stretch from `from` to `to` (offsets) and puts the cursor after it: completion. */
export function replaceText(editor: Editor, from: number, to: number, text: string): Editor {
	return replace(editor, from, to, cleanInput(text), 'single');
}

/** Replaces everything: a line recalled from the history of input, a stored draft. Can be undone. */
export function withText(editor: Editor, text: string): Editor {
	return replace(editor, 0, editor.text.length, cleanInput(text), 'single');
}

/** An empty line that keeps the kill ring: after sending. */
export function cleared(editor: Editor): Editor {
	return {...emptyEditor, kills: editor.kills};
}

function kill(editor: Editor, from: number, to: number): Editor {
	if (from === to) {
		return {...editor, last: undefined, goal: undefined};
	}

	const removed = editor.text.slice(from, to);
	const [newest = '', ...older] = editor.kills;
	// Kills in a row make one entry, in reading order.
	const kills =
		editor.last === 'kill'
			? [from < editor.cursor ? removed + newest : newest + removed, ...older]
			: [removed, ...editor.kills].slice(0, killRingSize);
	return {...replace(editor, from, to, '', 'single'), kills, last: 'kill'};
}

function yank(editor: Editor): Editor {
	const text = editor.kills[0];
	return text === undefined
		? editor
		: {...replace(editor, editor.cursor, editor.cursor, text, 'single'), last: 'yank', yanked: 0};
}

function yankOlder(editor: Editor): Editor {
	if (editor.last !== 'yank' || editor.kills.length === 0) {
		return editor;
	}

	const yanked = (editor.yanked + 1) % editor.kills.length;
	const start = editor.cursor - (editor.kills[editor.yanked]?.length ?? 0);
	return {...replace(editor, start, editor.cursor, editor.kills[yanked] ?? '', 'single'), last: 'yank', yanked};
}

function transpose(editor: Editor): Editor {
	const {text} = editor;
	const middle = editor.cursor === lineEnd(text, editor.cursor) ? previousGrapheme(text, editor.cursor) : editor.cursor;
	const start = previousGrapheme(text, middle);
	if (middle === 0 || middle <= lineStart(text, editor.cursor)) {
		return editor;
	}

	const end = nextGrapheme(text, middle);
	return replace(editor, start, end, text.slice(middle, end) + text.slice(start, middle), 'single');
}

function undo(editor: Editor): Editor {
	const change = editor.history;
	if (change === undefined) {
		return editor;
	}

	return {
		...editor,
		text: editor.text.slice(0, change.at) + change.removed + editor.text.slice(change.at + change.inserted.length),
		cursor: change.cursorBefore,
		history: change.earlier,
		last: undefined,
		goal: undefined,
	};
}

const actions: Readonly<Record<EditAction, (editor: Editor) => Editor>> = {
	moveLeft: editor => moved(editor, previousGrapheme(editor.text, editor.cursor)),
	moveRight: editor => moved(editor, nextGrapheme(editor.text, editor.cursor)),
	moveWordLeft: editor => moved(editor, previousWord(editor.text, editor.cursor, 'word')),
	moveWordRight: editor => moved(editor, nextWord(editor.text, editor.cursor, 'word')),
	moveLineStart: editor => moved(editor, lineStart(editor.text, editor.cursor)),
	moveLineEnd: editor => moved(editor, lineEnd(editor.text, editor.cursor)),
	moveTextStart: editor => moved(editor, 0),
	moveTextEnd: editor => moved(editor, editor.text.length),
	deleteBackward: editor =>
		replace(editor, previousGrapheme(editor.text, editor.cursor), editor.cursor, '', 'deleting'),
	deleteForward: editor => replace(editor, editor.cursor, nextGrapheme(editor.text, editor.cursor), '', 'single'),
	killWordBackward: editor => kill(editor, previousWord(editor.text, editor.cursor, 'word'), editor.cursor),
	killWordForward: editor => kill(editor, editor.cursor, nextWord(editor.text, editor.cursor, 'word')),
	killToSpaceBackward: editor => kill(editor, previousWord(editor.text, editor.cursor, 'space'), editor.cursor),
	killLineStart: editor => kill(editor, lineStart(editor.text, editor.cursor), editor.cursor),
	killLineEnd(editor) {
		const end = lineEnd(editor.text, editor.cursor);
		// At the end of a line the line break itself goes, as in Emacs.
		return kill(editor, editor.cursor, end === editor.cursor && end < editor.text.length ? end + 1 : end);
	},
	yank,
	yankOlder,
	transpose,
	undo,
	newline: editor => replace(editor, editor.cursor, editor.cursor, '\n', 'single'),
	clearInput: editor => replace(editor, 0, editor.text.length, '', 'single'),
};

/** Does one editing action. */
export function applyEdit(editor: Editor, action: EditAction): Editor {
	return actions[action](editor);
}

/** Whether the name is one of an editing action. */
export function isEditAction(name: string): name is EditAction {
	return Object.hasOwn(actions, name);
}

/** Longest line in which columns are counted; on longer ones moving up and down keeps the offset. */
const longestCounted = 10_000;

function columnOf(text: string, start: number, at: number): number {
	if (at - start > longestCounted) {
		return at - start;
	}

	let column = 0;
	for (const _ of graphemes(text.slice(start, at))) {
		column++;
	}

	return column;
}

function offsetAt(text: string, start: number, column: number): number {
	const end = lineEnd(text, start);
	if (column > longestCounted) {
		return Math.min(end, start + column);
	}

	let at = start;
	for (let passed = 0; passed < column && at < end; passed++) {
		at = nextGrapheme(text, at);
	}

	return Math.min(at, end);
}

/** The cursor one line up, or `undefined` on the first line: then the key belongs to the history of input. */
export function moveUp(editor: Editor): Editor | undefined {
	const start = lineStart(editor.text, editor.cursor);
	if (start === 0) {
		return undefined;
	}

	const goal = editor.goal ?? columnOf(editor.text, start, editor.cursor);
	return {...moved(editor, offsetAt(editor.text, lineStart(editor.text, start - 1), goal)), goal};
}

/** The cursor one line down, or `undefined` on the last line. */
export function moveDown(editor: Editor): Editor | undefined {
	const end = lineEnd(editor.text, editor.cursor);
	if (end === editor.text.length) {
		return undefined;
	}

	const goal = editor.goal ?? columnOf(editor.text, lineStart(editor.text, editor.cursor), editor.cursor);
	return {...moved(editor, offsetAt(editor.text, end + 1, goal)), goal};
}
