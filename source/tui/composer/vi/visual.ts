import {graphemeBoundary, lineEnd, lineStart, nextGrapheme} from '../../input/boundaries.js';
import {type Editor, moveTo, replaceText} from '../../input/editor.js';
import {inserting} from './insertion.js';
import {deleted, onGrapheme, registerOf, type Stretch} from './operators.js';
import type {Vi, ViStep} from './state.js';

/** Begins to mark, by characters or by whole lines. */
export function beginVisual(vi: Vi, editor: Editor, lines: boolean): ViStep {
	return {vi: {...vi, mode: 'visual', keys: [], marking: {anchor: editor.cursor, lines}}, editor};
}

/** What is marked, the grapheme under the cursor included; `undefined` outside of visual mode. */
export function marked({mode, marking}: Vi, {text, cursor}: Editor): Stretch | undefined {
	if (mode !== 'visual' || marking === undefined) {
		return undefined;
	}

	const anchor = graphemeBoundary(text, marking.anchor);
	const from = Math.min(anchor, cursor);
	const last = Math.max(anchor, cursor);
	return marking.lines
		? {from: lineStart(text, from), to: lineEnd(text, last), lines: true}
		: {from, to: nextGrapheme(text, last), lines: false};
}

/** What a key does with what is marked. `undefined`: nothing; it may be a motion. */
export function visualKey(vi: Vi, editor: Editor, key: string): ViStep | undefined {
	const stretch = marked(vi, editor);
	if (stretch === undefined || vi.marking === undefined) {
		return undefined;
	}

	const {text} = editor;
	const {marking, ...rest} = vi;
	const normal: Vi = {...rest, mode: 'normal', keys: []};
	const isLines = key === 'V';
	const recased = (changed: (part: string) => string): ViStep => ({
		vi: normal,
		editor: onGrapheme(
			moveTo(
				replaceText(editor, stretch.from, stretch.to, changed(text.slice(stretch.from, stretch.to))),
				stretch.from,
			),
		),
	});
	switch (key) {
		case 'escape':
			return {vi: normal, editor: onGrapheme(editor)};
		case 'v':
		case 'V':
			return marking.lines === isLines
				? {vi: normal, editor: onGrapheme(editor)}
				: {vi: {...vi, marking: {...marking, lines: isLines}}, editor};
		case 'o':
			return {
				vi: {...vi, marking: {...marking, anchor: editor.cursor}},
				editor: moveTo(editor, marking.anchor),
			};
		case 'd':
		case 'x':
			return {vi: {...normal, register: registerOf(text, stretch)}, editor: onGrapheme(deleted(editor, stretch))};
		case 'y':
			return {vi: {...normal, register: registerOf(text, stretch)}, editor: onGrapheme(moveTo(editor, stretch.from))};
		case 'c':
		case 's': {
			const emptied = moveTo(replaceText(editor, stretch.from, stretch.to, ''), stretch.from);
			const register = registerOf(text, stretch);
			return inserting({...normal, register}, editor, emptied, {operator: 'c', key: 'v'});
		}

		case 'p':
			return {
				vi: {...normal, register: registerOf(text, stretch)},
				editor: onGrapheme(replaceText(editor, stretch.from, stretch.to, vi.register.text)),
			};
		case '~':
			return recased(part =>
				Array.from(part, each => (each === each.toUpperCase() ? each.toLowerCase() : each.toUpperCase())).join(''),
			);
		case 'u':
			return recased(part => part.toLowerCase());
		case 'U':
			return recased(part => part.toUpperCase());
		default:
			return undefined;
	}
}
