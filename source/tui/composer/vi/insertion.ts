import {lineStart, previousGrapheme} from '../../input/boundaries.js';
import {recordChange} from '../../input/changes.js';
import {type Editor, moveTo} from '../../input/editor.js';
import type {Command} from './command.js';
import type {Vi, ViStep} from './state.js';

/** Goes over to insert mode, at `at`; `before` is what undo will lead back to. */
export function inserting(vi: Vi, before: Editor, at: Editor, command: Command): ViStep {
	return {vi: {...vi, mode: 'insert', inserting: {before, command, start: at.cursor}}, editor: at};
}

/** Escape while inserting: the cursor goes back onto what was typed, and all of it is one step of undo. */
export function leftInsert(vi: Vi, editor: Editor): ViStep {
	const {inserting, ...rest} = vi;
	const {text} = editor;
	const cursor = editor.cursor > lineStart(text, editor.cursor) ? previousGrapheme(text, editor.cursor) : editor.cursor;
	if (inserting === undefined || !follows(editor, inserting.before)) {
		return {vi: {...rest, mode: 'normal'}, editor: moveTo(editor, cursor)};
	}

	const {before, command, start} = inserting;
	const inserted = editor.cursor >= start ? text.slice(start, editor.cursor) : '';
	return {
		vi: {...rest, mode: 'normal', change: {command, inserted}},
		editor: moveTo(asOneChange(before, editor), cursor),
	};
}

/** Whether an editor came from another one by changes only. */
function follows(editor: Editor, before: Editor): boolean {
	for (let change = editor.history; ; change = change.earlier) {
		if (change === before.history) {
			return true;
		}

		if (change === undefined) {
			return false;
		}
	}
}

/** All that happened since `before`, as a single change. */
function asOneChange(before: Editor, after: Editor): Editor {
	if (before.text === after.text) {
		return {...after, history: before.history};
	}

	const shorter = Math.min(before.text.length, after.text.length);
	let at = 0;
	while (at < shorter && before.text[at] === after.text[at]) {
		at++;
	}

	let tail = 0;
	while (tail < shorter - at && before.text.at(-1 - tail) === after.text.at(-1 - tail)) {
		tail++;
	}

	const removed = before.text.slice(at, before.text.length - tail);
	const inserted = after.text.slice(at, after.text.length - tail);
	const change = {at, removed, inserted, cursorBefore: before.cursor, kind: 'single'} as const;
	return {...after, history: recordChange(before.history, change, false), undone: undefined};
}
