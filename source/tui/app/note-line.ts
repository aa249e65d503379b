import {selectionKeys} from '../../model/message-view.js';
import {displayWidth} from '../../shared/text.js';
import type {State} from '../../store/state.js';
import {authorName} from '../panes/authors.js';
import {briefWords} from '../panes/message-words.js';
import type {Palette} from '../panes/palette.js';
import {fitLine, line, type Run, type StyledLine} from '../screen/line.js';
import {messageOf} from './listed-messages.js';
import {isPossible} from './possible-deeds.js';
import type {Composing, ViewState} from './view-state.js';

/** The line above the input: the keys of a selected message, or what message is being written about. */
export function noteLine(state: State, view: ViewState, width: number, palette: Palette): StyledLine {
	const composing = view.composing[view.active];
	const runs =
		view.selection !== undefined
			? legend(state, view, view.selection, width, palette)
			: composing === undefined
				? []
				: about(state, view, composing, width, palette);
	return fitLine(line(runs), width);
}

const ends = [
	{key: '?', word: 'all'},
	{key: 'Esc', word: 'leaves'},
];

/** As many of the keys that do something with this message as there is room for, the way out always. */
function legend(
	state: State,
	view: ViewState,
	{key, marks}: NonNullable<ViewState['selection']>,
	width: number,
	{role}: Palette,
): readonly Run[] {
	const message = messageOf(state, view.active, key);
	const known = message === undefined ? [] : selectionKeys.filter(({deed}) => isPossible(state, view, message, deed));
	const marked = marks.size === 0 ? '' : ` ${marks.size} marked `;
	const textOf = (parts: ReadonlyArray<{readonly key: string; readonly word: string}>) =>
		parts.map(part => ` ${part.key} ${part.word} `).join('');
	let shown = known.length;
	while (shown > 0 && displayWidth(marked + textOf([...known.slice(0, shown), ...ends])) > width) {
		shown--;
	}

	return [
		{text: marked, style: role.highlight},
		...[...known.slice(0, shown), ...ends].flatMap((part): readonly Run[] => [
			{text: ` ${part.key}`, style: role.prompt},
			{text: ` ${part.word} `, style: role.faint},
		]),
	];
}

/** Whom the next message answers, or which one it changes. */
function about(
	state: State,
	{active}: ViewState,
	{kind, key}: Composing,
	width: number,
	{role}: Palette,
): readonly Run[] {
	const message = messageOf(state, active, key);
	const whom = message === undefined || kind === 'edit' ? '' : ` ${authorName(state, message)}`;
	const doing = kind === 'edit' ? 'Changing' : 'Answering';
	const way = '  Esc cancels';
	const head = ` ${doing}${whom}`;
	const words = message === undefined ? '' : briefWords(message, Math.max(0, width - displayWidth(head + way) - 2));
	return [
		{text: head, style: role.prompt},
		{text: words === '' ? '' : `: ${words}`, style: role.text},
		{text: way, style: role.faint},
	];
}
