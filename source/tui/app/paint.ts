import {isCommand} from '../../commands/parse.js';
import type {BufferId} from '../../model/buffer.js';
import {printable} from '../../shared/text.js';
import {bufferOf} from '../../store/selectors.js';
import {initialState, type State} from '../../store/state.js';
import {inputStyles} from '../composer/input-styles.js';
import {promptFor} from '../composer/prompt.js';
import {marked} from '../composer/vi/visual.js';
import {misspeltIn} from '../composer/words.js';
import {type ComposerLayout, composerLines} from '../input/composer-lines.js';
import {bufferListRows, type ListedRow} from '../panes/buffer-list.js';
import type {Calendar} from '../panes/calendar.js';
import {commandHelpLine, markedStyles} from '../panes/command-help.js';
import {type Layout, largestComposer, layoutFor, type PaneArea, smallest} from '../panes/layout.js';
import type {Palette} from '../panes/palette.js';
import {type ParticipantRow, participantRows} from '../panes/participants.js';
import {statusLine} from '../panes/status-bar.js';
import {titleLine} from '../panes/title.js';
import type {Rectangle, Region} from '../screen/layers.js';
import {line, type StyledLine, wrap} from '../screen/line.js';
import {type MessagePane, messagePanes} from './message-panes.js';
import {noteLine} from './note-line.js';
import {editorOf, initialView, type ViewState, visibleBuffers, withSplitShown} from './view-state.js';
import {roomShown, wishesOf} from './wishes.js';

/** The part of the screen that the panes are painted on. */
export type Canvas = {
	readonly columns: number;
	readonly rows: number;
	setRegion(id: string, region: Region): void;
	removeRegion(id: string): void;
	setCursor(x: number, y: number): void;
	hideCursor(): void;
};

/** What was painted, as keys need to know it. */
export type Painted = MessagePane & {
	/** Absent on a screen that is too small. */
	readonly layout?: Layout;
	/** The rows of the input. */
	readonly composer?: ComposerLayout;
	/** The other half of a split view; `messages` and `viewport` are those of the active buffer. */
	readonly other?: MessagePane;
	/** What the rows of the lists lead to, for the mouse. */
	readonly list?: readonly ListedRow[];
	readonly participants?: readonly ParticipantRow[];
	readonly status?: StyledLine;
};

export type Painter = {
	/** Paints everything that State and view say. Panes that did not change cost nothing on the terminal. */
	paint(state: State, view: ViewState): Painted;
	/** Paints the input only: for keys that change nothing else. Falls back to everything when the panes must move. */
	paintInput(state: State, view: ViewState): Painted;
};

const paneIds = [
	'title',
	'list',
	'participants',
	'messages',
	'other title',
	'other',
	'divider',
	'status',
	'note',
	'composer',
	'hint',
] as const;

/** The colours that State and view want; the same object as long as they are the same. */
export type PaletteFor = (state: State, view: ViewState) => Palette;

/** Rows of messages from which on one of them may be covered by the help on a command. */
const roomForHelp = 6;

/** Makes the painter of a screen. */
export function createPainter(canvas: Canvas, paletteFor: PaletteFor, calendar: Calendar): Painter {
	let palette = paletteFor(initialState, initialView);
	const messagePane = messagePanes(calendar);
	let painted: Painted = {};
	let wasTooSmall = false;

	const composer = (state: State, view: ViewState) => {
		const editor = editorOf(view);
		const {text, cursor} = editor;
		return composerLines({
			text,
			cursor,
			styles: isCommand(text)
				? markedStyles(text, view.hint?.mark, palette)
				: inputStyles(text, {
						palette,
						styling: state.preferences['composer.styling'],
						misspelt: misspeltIn(text, cursor, view.misspelt),
						marked: marked(view.vi, editor),
					}),
			columns: canvas.columns,
			maximumRows: largestComposer(canvas.rows),
			prompt: line([
				{
					text: promptFor(state.preferences, view.vi, bufferOf(state, view.active)?.info.encryption),
					style: palette.role.prompt,
				},
			]),
		});
	};

	const place = (id: (typeof paneIds)[number], rectangle: Rectangle | undefined, lines: readonly StyledLine[]) => {
		if (rectangle === undefined) {
			canvas.removeRegion(id);
		} else {
			canvas.setRegion(id, {...rectangle, lines});
		}
	};

	const paintPane = (state: State, view: ViewState, id: BufferId, {title, messages}: PaneArea): MessagePane => {
		const isOther = id !== view.active;
		const focused = visibleBuffers(view).length > 1 ? !isOther : undefined;
		const bar = titleLine(state, bufferOf(state, id), {width: title.width, focused, calendar}, palette);
		const pane = messagePane(state, view, id, {columns: messages.width, rows: messages.height}, palette);
		place(isOther ? 'other title' : 'title', title, [bar]);
		place(isOther ? 'other' : 'messages', messages, pane.viewport?.lines ?? []);
		return pane;
	};

	/** The other half of a split view, where there is room for it. */
	const paintOther = (state: State, view: ViewState, {other, divider}: Layout): MessagePane | undefined => {
		const edge = line([{text: '│', style: palette.role.faint}]);
		const corner = line([{text: '│', style: palette.role.barFaint}], palette.role.bar);
		place('divider', divider, [corner, ...Array.from({length: (divider?.height ?? 1) - 1}, () => edge)]);
		if (other === undefined || view.split === undefined) {
			canvas.removeRegion('other title');
			canvas.removeRegion('other');
			return undefined;
		}

		return paintPane(state, view, view.split.other, other);
	};

	const listed = (state: State, view: ViewState, {list}: Layout): readonly ListedRow[] | undefined => {
		const {active, now = 0} = view;
		return list === undefined
			? undefined
			: bufferListRows(
					state,
					{active, drafts: draftsIn(view), shift: view.listShift ?? 0, width: list.width, height: list.height, now},
					palette,
				);
	};

	const participating = (state: State, view: ViewState, layout: Layout): readonly ParticipantRow[] | undefined => {
		const buffer = roomShown(state, view);
		if (layout.participants === undefined || buffer === undefined) {
			return undefined;
		}

		const {width, height} = layout.participants;
		return participantRows(state, {buffer, width, height, top: view.participantsTop ?? 0}, palette);
	};

	const paintComposer = (layout: Layout, input: ReturnType<typeof composer>) => {
		place('composer', layout.composer, input.lines);
		// A popup with an input of its own takes the cursor from there.
		canvas.setCursor(layout.composer.x + input.cursor.x, layout.composer.y + input.cursor.y);
	};

	/** What the command in the input wants, where it covers only a small part of the messages. */
	const helpLines = (state: State, layout: Layout, view: ViewState): readonly StyledLine[] => {
		const {text, cursor} = editorOf(view);
		const help =
			view.popup === undefined && layout.messages.height >= roomForHelp
				? commandHelpLine(text, cursor, canvas.columns, palette, state.preferences.aliases)
				: undefined;
		return help === undefined ? [] : [help];
	};

	const paintHint = (state: State, layout: Layout, view: ViewState) => {
		const lines = (
			view.hint === undefined ? helpLines(state, layout, view) : hintLines(view.hint, canvas.columns, palette)
		).slice(0, layout.messages.height);
		if (lines.length === 0) {
			canvas.removeRegion('hint');
			return;
		}

		place('hint', {x: 0, y: layout.status.y - lines.length, width: canvas.columns, height: lines.length}, lines);
	};

	const paint = (state: State, given: ViewState): Painted => {
		palette = paletteFor(state, given);
		const input = composer(state, given);
		const layout = layoutFor(canvas.columns, canvas.rows, wishesOf(state, given, input.lines.length));
		if (layout === undefined) {
			wasTooSmall = true;
			painted = {};
			paintTooSmall(canvas);
			return painted;
		}

		if (wasTooSmall) {
			wasTooSmall = false;
			canvas.removeRegion('too-small');
		}

		const view = withSplitShown(given, layout.other !== undefined);
		const list = listed(state, view, layout);
		const participants = participating(state, view, layout);
		place('list', layout.list, list?.map(row => row.line) ?? []);
		place('participants', layout.participants, participants?.map(row => row.line) ?? []);
		const focused = paintPane(state, view, view.active, layout);
		const other = paintOther(state, view, layout);
		painted = {
			layout,
			composer: input,
			...focused,
			...(other === undefined ? {} : {other}),
			...(list === undefined ? {} : {list}),
			...(participants === undefined ? {} : {participants}),
		};
		const below = focused.viewport?.below ?? 0;
		const bar = {
			active: view.active,
			// What the list shows is not said twice: it would be twice the bytes for each message elsewhere.
			visible: [...visibleBuffers(view), ...(list ?? []).flatMap(row => row.buffer ?? [])],
			lastAccount: view.account,
			below,
			unseen: Math.min(below, bufferOf(state, view.active)?.info.unread ?? 0),
			width: layout.status.width,
			now: view.now ?? 0,
		};
		const status = statusLine(state, bar, palette);
		painted = {...painted, status};
		place('status', layout.status, [status]);
		place('note', layout.note, [noteLine(state, view, layout.status.width, palette)]);
		paintComposer(layout, input);
		paintHint(state, layout, view);
		return painted;
	};

	return {
		paint,
		paintInput(state, view) {
			const input = composer(state, view);
			const {layout} = painted;
			if (layout === undefined || input.lines.length !== layout.composer.height) {
				return paint(state, view);
			}

			paintComposer(layout, input);
			paintHint(state, layout, view);
			painted = {...painted, composer: input};
			return painted;
		},
	};
}

/** Buffers besides the active one with a text that was begun. */
function draftsIn({active, editors}: ViewState): ReadonlySet<BufferId> {
	const ids = Object.keys(editors) as BufferId[];
	return new Set(ids.filter(id => id !== active && editors[id]?.text !== ''));
}

function hintLines(hint: NonNullable<ViewState['hint']>, width: number, {role}: Palette): readonly StyledLine[] {
	const style = hint.level === 'error' ? role.error : role.notice;
	return wrap(
		[
			{text: ` ${printable(hint.text, 'body')}`, style},
			{text: hint.more === undefined ? '' : `  ${printable(hint.more, 'body')}`, style: role.text},
		],
		{width, fill: role.text},
	);
}

function paintTooSmall(canvas: Canvas): void {
	for (const id of paneIds) {
		canvas.removeRegion(id);
	}

	canvas.hideCursor();
	const text = `This terminal is ${canvas.columns} columns by ${canvas.rows} rows. xmppc needs at least ${smallest.columns} by ${smallest.rows}: make the window larger.`;
	canvas.setRegion('too-small', {
		x: 0,
		y: 0,
		width: canvas.columns,
		height: canvas.rows,
		lines: wrap(text, {width: canvas.columns}),
	});
}
