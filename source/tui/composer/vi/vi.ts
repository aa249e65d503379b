import {lineEnd, lineStart, nextGrapheme} from '../../input/boundaries.js';
import {applyEdit, type Editor, insertText, moveTo, replaceText} from '../../input/editor.js';
import {type Command, readKeys} from './command.js';
import {inserting, leftInsert} from './insertion.js';
import {firstNonBlank} from './motions.js';
import {isFind, operand, targetOf} from './operand.js';
import {
	deleted,
	graphemesOn,
	joined,
	onGrapheme,
	put,
	registerOf,
	replacedBy,
	type Stretch,
	toggledCase,
} from './operators.js';
import type {Vi, ViStep} from './state.js';
import {beginVisual, visualKey} from './visual.js';

/**
 * Gives a key to vi mode: a character, `escape`, `backspace` or `ctrl+r`. `undefined`: it is none of vi's and means what it
 * means without it.
 */
export function viKey(vi: Vi, editor: Editor, key: string): ViStep | undefined {
	if (vi.mode === 'insert') {
		return key === 'escape' ? leftInsert(vi, editor) : undefined;
	}

	const visual = vi.keys.length === 0 ? visualKey(vi, editor, key) : undefined;
	if (visual !== undefined) {
		return visual;
	}

	if (key === 'escape') {
		return vi.keys.length > 0 ? {vi: {...vi, keys: []}, editor} : undefined;
	}

	// A command of the program begins on an empty line.
	if (key === '/' && editor.text === '' && vi.keys.length === 0) {
		return {vi: {...vi, mode: 'insert'}, editor: insertText(editor, key)};
	}

	const keys = [...vi.keys, key === 'backspace' ? 'h' : key];
	const reading = readKeys(keys);
	if (reading.type !== 'command') {
		return {vi: {...vi, keys: reading.type === 'more' ? keys : []}, editor: onGrapheme(editor)};
	}

	const {command} = reading;
	if (vi.mode === 'visual') {
		return marking({...vi, keys: []}, editor, command);
	}

	return done({...vi, keys: []}, onGrapheme(editor), command);
}

/** In visual mode a motion moves one end of what is marked; commands that are none do nothing. */
function marking(vi: Vi, editor: Editor, command: Command): ViStep {
	const target = command.operator === undefined ? targetOf(vi, editor, command) : undefined;
	return target === undefined
		? {vi, editor}
		: {vi: remembered(vi, command), editor: onGrapheme(moveTo(editor, target.to))};
}

function done(vi: Vi, editor: Editor, command: Command): ViStep {
	const {key, count, operator, character} = command;
	if (operator !== undefined) {
		return operated(vi, editor, command);
	}

	const target = targetOf(vi, editor, command);
	if (target !== undefined) {
		return {vi: remembered(vi, command), editor: onGrapheme(moveTo(editor, target.to))};
	}

	const {text, cursor} = editor;
	const times = count ?? 1;
	const begin = (at: Editor): ViStep => inserting(vi, editor, at, command);
	const change = (next: Editor): ViStep => ({
		vi: {...vi, change: {command, inserted: ''}},
		editor: onGrapheme(next),
	});
	switch (key) {
		case 'v':
		case 'V':
			return beginVisual(vi, editor, key === 'V');
		case 'j':
		case 'k':
			return {vi, editor, action: key === 'j' ? 'down' : 'up'};
		case 'x':
			return cut(vi, editor, command, {from: cursor, to: graphemesOn(text, cursor, times), lines: false});
		case 'X':
		case 'D':
			return done(vi, editor, {...command, operator: 'd', key: key === 'X' ? 'h' : '$'});
		case 'C':
			return done(vi, editor, {...command, operator: 'c', key: '$'});
		case 's':
			return done(vi, editor, {...command, operator: 'c', key: 'l'});
		case 'S':
			return done(vi, editor, {...command, operator: 'c', key: 'c'});
		case 'Y':
			return done(vi, editor, {...command, operator: 'y', key: 'y'});
		case 'r':
			return change(replacedBy(editor, character ?? '', times));
		case 'p':
		case 'P':
			return change(put(editor, vi.register, key === 'p' ? 'behind' : 'before', times));
		case 'J':
			return change(joined(editor, times));
		case '~':
			return change(toggledCase(editor, times));
		case 'u':
		case 'ctrl+r':
			return {vi, editor: onGrapheme(repeatedEdit(editor, key === 'u' ? 'undo' : 'redo', times))};
		case '.':
			return again(vi, editor, count);
		case 'i':
			return begin(editor);
		case 'a':
			return begin(moveTo(editor, cursor < lineEnd(text, cursor) ? nextGrapheme(text, cursor) : cursor));
		case 'I':
			return begin(moveTo(editor, lineStart(text, cursor) + indentation(text, cursor)));
		case 'A':
			return begin(moveTo(editor, lineEnd(text, cursor)));
		case 'o':
			return begin(replaceText(editor, lineEnd(text, cursor), lineEnd(text, cursor), '\n'));
		case 'O': {
			const start = lineStart(text, cursor);
			return begin(moveTo(replaceText(editor, start, start, '\n'), start));
		}

		default:
			return {vi, editor};
	}
}

function indentation(text: string, at: number): number {
	return /^[ \t]*/u.exec(text.slice(lineStart(text, at), lineEnd(text, at)))?.[0].length ?? 0;
}

function repeatedEdit(editor: Editor, action: 'undo' | 'redo', times: number): Editor {
	let result = editor;
	for (let left = times; left > 0; left--) {
		const next = applyEdit(result, action);
		if (next === result) {
			break;
		}

		result = next;
	}

	return result;
}

/** `;` and `,` repeat the last search. */
function remembered(vi: Vi, {key, character}: Command): Vi {
	return character !== undefined && isFind(key) ? {...vi, find: {kind: key, character}} : vi;
}

function operated(vi: Vi, editor: Editor, command: Command): ViStep {
	const stretch = operand(vi, editor, command);
	if (stretch === undefined) {
		return {vi, editor};
	}

	const searched = remembered(vi, command);
	const register = registerOf(editor.text, stretch);
	switch (command.operator) {
		case 'y':
			return {
				vi: {...searched, register},
				editor:
					stretch.lines && editor.cursor >= stretch.from && command.key === 'y'
						? editor
						: onGrapheme(moveTo(editor, stretch.lines ? firstNonBlank(editor.text, stretch.from) : stretch.from)),
			};
		case 'c': {
			const emptied = replaceText(editor, stretch.from, stretch.to, '');
			return inserting({...searched, register}, editor, moveTo(emptied, stretch.from), command);
		}

		default:
			return cut(searched, editor, command, stretch);
	}
}

function cut(vi: Vi, editor: Editor, command: Command, stretch: Stretch): ViStep {
	if (stretch.from === stretch.to && !stretch.lines) {
		return {vi, editor};
	}

	return {
		vi: {...vi, register: registerOf(editor.text, stretch), change: {command, inserted: ''}},
		editor: onGrapheme(deleted(editor, stretch)),
	};
}

/** Does the last change once more, at the cursor. */
function again(vi: Vi, editor: Editor, count: number | undefined): ViStep {
	if (vi.change === undefined) {
		return {vi, editor};
	}

	const {command, inserted} = vi.change;
	const step = done(vi, editor, count === undefined ? command : {...command, count});
	if (step.vi.mode !== 'insert') {
		return step;
	}

	return leftInsert(step.vi, replaceText(step.editor, step.editor.cursor, step.editor.cursor, inserted));
}
