import {displayWidth, printable, truncateToWidth} from '../../shared/text.js';
import type {Role} from '../../themes/theme.js';
import type {Editor} from '../input/editor.js';
import type {Rectangle} from '../screen/layers.js';
import {lineText, wrap} from '../screen/line.js';
import type {CompletionPopup, Popup} from './popup.js';

export type Span = {readonly text: string; readonly role: Role};

/** A popup as it will be drawn: a frame with rows in it, each no wider than the frame allows. */
export type PopupLayout = {
	/** The frame included. */
	readonly rectangle: Rectangle;
	readonly rows: ReadonlyArray<readonly Span[]>;
	/** Where the terminal's cursor stands on the screen, if the popup takes text. */
	readonly cursor?: {readonly x: number; readonly y: number};
};

type Of<Type extends Popup['type']> = Extract<Popup, {type: Type}>;

const mostCandidates = 8;
/** Columns taken by the frame and one blank at each side. */
const frameColumns = 4;
const frameRows = 2;

/** Lays a popup out above row `floor`, which is the status bar; the completion at the left, the others in the middle. */
export function popupLayout(popup: Popup, columns: number, floor: number): PopupLayout {
	switch (popup.type) {
		case 'completion':
			return completionLayout(popup, columns, floor);
		case 'help':
			return helpLayout(popup, columns, floor);
		case 'switcher':
			return switcherLayout(popup, columns, floor);
		case 'dialog':
			return dialogLayout(popup, columns, floor);
	}
}

function completionLayout(popup: CompletionPopup, columns: number, floor: number): PopupLayout {
	const inner = Math.min(columns, 76) - frameColumns;
	const {candidates, selected, help} = popup;
	const room = Math.max(1, Math.min(mostCandidates, floor - frameRows - 1));
	const top = Math.max(0, Math.min(selected - Math.floor(room / 2), candidates.length - room));
	const shown = candidates.slice(top, top + room);
	const labels = shown.map(each => printable(each.label, 'identifier'));
	const width = Math.min(Math.floor(inner / 2), Math.max(...labels.map(displayWidth)));
	const rows = shown.map((each, index): readonly Span[] => {
		const label = truncateToWidth(labels[index] ?? '', width);
		const note = truncateToWidth(printable(each.note, 'line'), inner - width - 2);
		const chosen = top + index === selected;
		return [
			{text: padded(label, width), role: chosen ? 'selected' : 'text'},
			{text: `  ${note}`, role: 'faint'},
		];
	});
	const more = candidates.length > room ? ` (${Math.max(0, selected) + 1}/${candidates.length})` : '';
	const all = help === undefined ? rows : [helpRow(help, more, inner), ...rows];
	const height = all.length + frameRows;
	return {
		rectangle: {x: 0, y: Math.max(0, floor - height), width: inner + frameColumns, height},
		rows: all,
	};
}

/** `/msg <who> [message]  Send a message`, with the parameter at the cursor marked. */
function helpRow(help: NonNullable<CompletionPopup['help']>, more: string, width: number): readonly Span[] {
	const spans = help.usage.map(
		(part): Span => ({
			text: part.text,
			role: part.parameter !== undefined && part.parameter === help.active ? 'highlight' : 'heading',
		}),
	);
	return cutSpans([...spans, {text: `  ${help.summary}${more}`, role: 'faint'}], width);
}

function helpWidth(popup: Of<'help'>, columns: number): number {
	const widest = Math.max(popup.title.length, ...popup.lines.map(line => displayWidth(line.text)));
	return Math.max(10, Math.min(widest, columns - frameColumns - 2));
}

function helpLines(popup: Of<'help'>, width: number): readonly Span[] {
	return popup.lines.flatMap(({text, heading}) => {
		const indent = /^\s*/u.exec(text)?.[0].length ?? 0;
		return wrapText(text, width, indent + 2).map(
			(part): Span => ({text: part, role: heading === true ? 'heading' : 'text'}),
		);
	});
}

/** How many lines of the help are shown at once, and the largest number of lines that can be above them. */
export function helpExtent(
	popup: Of<'help'>,
	columns: number,
	floor: number,
): {readonly shown: number; readonly last: number} {
	const lines = helpLines(popup, helpWidth(popup, columns)).length;
	const shown = Math.max(1, Math.min(lines, floor - frameRows - 3));
	return {shown, last: Math.max(0, lines - shown)};
}

function helpLayout(popup: Of<'help'>, columns: number, floor: number): PopupLayout {
	const width = helpWidth(popup, columns);
	const lines = helpLines(popup, width);
	const {shown, last} = helpExtent(popup, columns, floor);
	const top = Math.min(popup.top, last);
	const where = last === 0 ? '' : ` ${top + 1}–${top + shown} of ${lines.length}, PageDown goes on,`;
	const rows: ReadonlyArray<readonly Span[]> = [
		[{text: popup.title, role: 'prompt'}],
		...lines.slice(top, top + shown).map(span => [span]),
		cutSpans([{text: `${where} Esc closes`.trim(), role: 'faint'}], width),
	];
	return {rectangle: middle(width + frameColumns, rows.length + frameRows, columns, floor), rows};
}

function switcherLayout(popup: Of<'switcher'>, columns: number, floor: number): PopupLayout {
	const width = Math.min(60, columns - frameColumns - 2);
	const room = Math.max(1, Math.min(10, floor - frameRows - 2));
	const top = Math.max(0, Math.min(popup.selected - Math.floor(room / 2), popup.matches.length - room));
	const rectangle = middle(width + frameColumns, room + 1 + frameRows, columns, floor);
	const input = inputRow(popup.editor, 'Go to: ', width, false);
	const matches = popup.matches.slice(top, top + room).map((match, index): readonly Span[] =>
		cutSpans(
			[
				{text: match.label, role: top + index === popup.selected ? 'selected' : 'text'},
				{text: `  ${match.note}`, role: 'faint'},
			],
			width,
		),
	);
	const none: ReadonlyArray<readonly Span[]> = [[{text: 'nothing by that name', role: 'faint'}]];
	return {
		rectangle,
		rows: [input.spans, ...(matches.length === 0 ? none : matches)],
		cursor: {x: rectangle.x + 2 + input.column, y: rectangle.y + 1},
	};
}

function dialogLayout({question, editor, selected}: Of<'dialog'>, columns: number, floor: number): PopupLayout {
	const width = Math.min(70, columns - frameColumns - 2);
	if (question.type === 'end') {
		return {rectangle: middle(width + frameColumns, frameRows, columns, floor), rows: []};
	}

	const paragraph = (text: string, role: Role) =>
		wrapText(text, width, 0).map((part): readonly Span[] => [{text: part, role}]);
	const problem = 'problem' in question ? question.problem : undefined;
	const above = [
		...paragraph(question.title, 'prompt'),
		...(problem === undefined
			? []
			: [
					...paragraph(printable(problem.message, 'body'), 'error'),
					...(problem.hint === undefined ? [] : paragraph(printable(problem.hint, 'body'), 'warning')),
				]),
		...question.explanation.flatMap(text => paragraph(printable(text, 'line'), 'text')),
	];
	const below = dialogInput(question, editor, selected, width);
	const room = Math.max(0, floor - frameRows - below.rows.length);
	const rows = [...above.slice(0, room), ...below.rows].slice(-Math.max(1, floor - frameRows));
	const rectangle = middle(width + frameColumns, rows.length + frameRows, columns, floor);
	return {
		rectangle,
		rows,
		...(below.column === undefined ? {} : {cursor: {x: rectangle.x + 2 + below.column, y: rectangle.y + rows.length}}),
	};
}

function dialogInput(
	question: Exclude<Of<'dialog'>['question'], {type: 'end'}>,
	editor: Editor,
	selected: number,
	width: number,
): {readonly rows: ReadonlyArray<readonly Span[]>; readonly column?: number} {
	const label: readonly Span[] = cutSpans([{text: printable(question.label, 'line'), role: 'heading'}], width);
	const hint = (text: string): readonly Span[] => cutSpans([{text, role: 'faint'}], width);
	switch (question.type) {
		case 'busy':
			return {rows: [label, hint('Esc gives up')]};
		case 'text': {
			const {spans, column} = inputRow(editor, '> ', width, question.secret);
			return {rows: [label, hint('Enter goes on, Esc gives up'), spans], column};
		}

		default: {
			const options = question.options.map((option, index): readonly Span[] => [
				{text: index === selected ? '> ' : '  ', role: 'prompt'},
				...cutSpans(
					[
						{text: option.label, role: index === selected ? 'selected' : 'text'},
						{text: `  ${option.explanation}`, role: 'faint'},
					],
					width - 2,
				),
			]);
			return {rows: [label, ...options, hint('Up and Down choose, Enter goes on, Esc gives up')]};
		}
	}
}

/** One line of input, of which the part around the cursor is shown; a secret as one dot a character. */
function inputRow(
	editor: Editor,
	prompt: string,
	width: number,
	secret: boolean,
): {readonly spans: readonly Span[]; readonly column: number} {
	const shown = (text: string) => (secret ? '•'.repeat([...text].length) : printable(text, 'line'));
	const room = Math.max(1, width - prompt.length - 1);
	let before = shown(editor.text.slice(0, editor.cursor));
	while (displayWidth(before) > room) {
		before = [...before].slice(1).join('');
	}

	const after = truncateToWidth(shown(editor.text.slice(editor.cursor)), room - displayWidth(before), '');
	return {
		spans: [
			{text: prompt, role: 'prompt'},
			{text: before + after, role: 'text'},
		],
		column: prompt.length + displayWidth(before),
	};
}

function wrapText(text: string, width: number, indent: number): readonly string[] {
	const [first = ''] = wrap(text, {width}).map(lineText);
	if (displayWidth(text) <= width && !text.includes('\n')) {
		return [first];
	}

	const room = Math.max(1, width - indent);
	const rest = wrap(text.trimStart(), {width: room}).map(lineText);
	const lead = ' '.repeat(Math.max(0, indent - 2));
	return rest.map((part, index) => (index === 0 ? lead : ' '.repeat(indent)) + part);
}

function cutSpans(spans: readonly Span[], width: number): readonly Span[] {
	const kept: Span[] = [];
	let room = width;
	for (const span of spans) {
		if (room <= 0) {
			break;
		}

		const text = truncateToWidth(span.text, room);
		kept.push({...span, text});
		room -= displayWidth(text);
	}

	return kept;
}

function padded(text: string, width: number): string {
	return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

function middle(width: number, height: number, columns: number, floor: number): Rectangle {
	return {
		x: Math.max(0, Math.floor((columns - width) / 2)),
		y: Math.max(0, Math.floor((floor - height) / 2)),
		width,
		height: Math.min(height, floor),
	};
}
