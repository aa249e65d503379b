import {lineEnd, lineStart, previousGrapheme} from '../../input/boundaries.js';
import type {Editor} from '../../input/editor.js';
import type {Command} from './command.js';
import {type Find, find, motions, type Target, wordAround} from './motions.js';
import {type Stretch, stretchOf, withinLine} from './operators.js';
import type {Vi} from './state.js';

/** Whether a key looks for a character of the line. */
export function isFind(key: string): key is Find['kind'] {
	return key === 'f' || key === 'F' || key === 't' || key === 'T';
}

const opposite = {f: 'F', F: 'f', t: 'T', T: 't'} as const;

/** Where a command without an operator leads. */
export function targetOf(vi: Vi, {text, cursor}: Editor, {key, count, character}: Command): Target | undefined {
	if (isFind(key)) {
		return character === undefined ? undefined : find(text, cursor, {kind: key, character}, count ?? 1);
	}

	if ((key === ';' || key === ',') && vi.find !== undefined) {
		const {kind, character: wanted} = vi.find;
		return find(text, cursor, {kind: key === ';' ? kind : opposite[kind], character: wanted}, count ?? 1, true);
	}

	return Object.hasOwn(motions, key) ? motions[key]?.(text, cursor, count) : undefined;
}

/** What an operator works on; `undefined`: its motion leads nowhere. */
export function operand(vi: Vi, editor: Editor, command: Command): Stretch | undefined {
	const {text, cursor} = editor;
	const {key, operator, count = 1} = command;
	if (key === operator) {
		let end = cursor;
		for (let left = count; left > 1 && lineEnd(text, end) < text.length; left--) {
			end = lineEnd(text, end) + 1;
		}

		return {from: lineStart(text, cursor), to: lineEnd(text, end), lines: true};
	}

	if (key.length === 2 && /^[ia][wW]$/u.test(key)) {
		return {...wordAround(text, cursor, key.endsWith('W'), key.startsWith('a')), lines: false};
	}

	// `cw` on a word changes the word and leaves the blanks, as `ce` does.
	const isWord = key === 'w' || key === 'W';
	const isChange = operator === 'c' && isWord && !/^\s?$/u.test(text.charAt(cursor));
	const target = targetOf(vi, editor, isChange ? {...command, key: key === 'w' ? 'e' : 'E'} : command);
	if (target === undefined) {
		return undefined;
	}

	const stretch = stretchOf(text, cursor, isChange ? onlyThisWord(editor, command, target) : target);
	return isWord && !isChange ? withinLine(text, stretch) : stretch;
}

/** On the last grapheme of a word `e` would go on to the next one; `cw` does not. */
function onlyThisWord({text, cursor}: Editor, {key, count = 1}: Command, target: Target): Target {
	const {to} = wordAround(text, cursor, key === 'W', false);
	return count === 1 ? {to: previousGrapheme(text, to), kind: 'inclusive'} : target;
}
