import {
	graphemeBoundary,
	lineEnd,
	lineStart,
	nextGrapheme,
	nextWord,
	previousGrapheme,
	previousWord,
	wordStart,
} from './boundaries.js';
import {type Change, type ChangeKind, recordChange, type Undone} from './changes.js';
import {cleanInput} from './clean.js';

/** The state of the input line: plain immutable data, changed only by the functions of this file. */
export type Editor = {
	readonly text: string;
	/** Offset in UTF-16 units, between two graphemes. */
	readonly cursor: number;
	/** Kill ring, newest first. */
	readonly kills: readonly string[];
	readonly history: Change | undefined;
	/** What was taken back since the last change. */
	readonly undone: Undone | undefined;
	/** What the last action was, where the next one depends on it. */
	readonly last: 'kill' | 'yank' | 'typing' | 'deleting' | undefined;
	/** How many steps into the kill ring the last yank was. */
	readonly yanked: number;
	/** Column of the screen that moving up and down tries to keep. */
	readonly goal: number | undefined;
	/** The most lines that were pasted in one go since the input was sent last. */
	readonly pastedLines: number;
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
	| 'capitalizeWord'
	| 'lowercaseWord'
	| 'uppercaseWord'
	| 'undo'
	| 'redo'
	| 'newline'
	| 'clearInput';

const killRingSize = 30;

export const emptyEditor: Editor = {
	text: '',
	cursor: 0,
	kills: [],
	history: undefined,
	undone: undefined,
	last: undefined,
	yanked: 0,
	goal: undefined,
	pastedLines: 0,
};

function replace(editor: Editor, from: number, to: number, inserted: string, kind: ChangeKind): Editor {
	if (from === to && inserted === '') {
		return editor.last === undefined && editor.goal === undefined
			? editor
			: {...editor, last: undefined, goal: undefined};
	}

	const removed = editor.text.slice(from, to);
	const text = editor.text.slice(0, from) + inserted + editor.text.slice(to);
	return {
		...editor,
		text,
		cursor: graphemeBoundary(text, from + inserted.length),
		undone: undefined,
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
	const pasted = replace(editor, editor.cursor, editor.cursor, cleanInput(text), 'single');
	return {...pasted, pastedLines: Math.max(editor.pastedLines, lineCount(text))};
}

/** How many lines a text has; a line break at its end begins no other one. */
export function lineCount(text: string): number {
	return text.replace(/\n+$/u, '').split('\n').length;
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
	const {history: before, kills} = editor;
	if (editor.last !== 'yank' || before === undefined) {
		return editor;
	}

	const yanked = (editor.yanked + 1) % kills.length;
	const end = before.at + before.inserted.length;
	return {...replace(editor, before.at, end, kills[yanked] ?? '', 'single'), last: 'yank', yanked};
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
		undone: {change, cursorAfter: editor.cursor, earlier: editor.undone},
		last: undefined,
		goal: undefined,
	};
}

function redo(editor: Editor): Editor {
	const {undone} = editor;
	if (undone === undefined) {
		return editor;
	}

	const {at, removed, inserted} = undone.change;
	return {
		...editor,
		text: editor.text.slice(0, at) + inserted + editor.text.slice(at + removed.length),
		cursor: undone.cursorAfter,
		history: undone.change,
		undone: undone.earlier,
		last: undefined,
		goal: undefined,
	};
}

/** Rewrites the rest of the word at the cursor, or the next word, and goes behind it, as in Emacs. */
function recase(editor: Editor, changed: (word: string) => string): Editor {
	const start = wordStart(editor.text, editor.cursor);
	const end = nextWord(editor.text, editor.cursor, 'word');
	const word = editor.text.slice(start, end);
	return changed(word) === word ? moved(editor, end) : replace(editor, start, end, changed(word), 'single');
}

function capitalized(word: string): string {
	const [first = ''] = word;
	return first.toUpperCase() + word.slice(first.length).toLowerCase();
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
	capitalizeWord: editor => recase(editor, capitalized),
	lowercaseWord: editor => recase(editor, word => word.toLowerCase()),
	uppercaseWord: editor => recase(editor, word => word.toUpperCase()),
	undo,
	redo,
	newline: editor => replace(editor, editor.cursor, editor.cursor, '\n', 'single'),
	clearInput: editor => replace(editor, 0, editor.text.length, '', 'single'),
};

/** Does one editing action. */
export function applyEdit(editor: Editor, action: EditAction): Editor {
	return actions[action](editor);
}

/** Puts the cursor at an offset, or behind the grapheme that it would split. */
export function moveTo(editor: Editor, offset: number): Editor {
	return moved(editor, graphemeBoundary(editor.text, offset));
}

/** Whether the name is one of an editing action. */
export function isEditAction(name: string): name is EditAction {
	return Object.hasOwn(actions, name);
}
