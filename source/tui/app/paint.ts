import {printable} from '../../shared/text.js';
import {readersAt} from '../../store/room-selectors.js';
import {isCommand} from '../../commands/parse.js';
import {bufferOf} from '../../store/selectors.js';
import {type BufferState, initialState, type State} from '../../store/state.js';
import {inputStyles} from '../composer/input-styles.js';
import {type ComposerLayout, composerLines} from '../input/composer-lines.js';
import {bufferListLines} from '../panes/buffer-list.js';
import type {Calendar} from '../panes/calendar.js';
import {type Frame, frameOf} from '../panes/frame.js';
import {gapsIn} from '../panes/gaps.js';
import {type Layout, largestComposer, layoutFor, smallest} from '../panes/layout.js';
import {type MessageView, type Viewport, viewport} from '../panes/message-view.js';
import type {Palette} from '../panes/palette.js';
import {statusLine} from '../panes/status-bar.js';
import {titleLine} from '../panes/title.js';
import {headerLines} from '../panes/welcome.js';
import type {Rectangle, Region} from '../screen/layers.js';
import {line, type StyledLine, wrap} from '../screen/line.js';
import {editorOf, initialView, placeIn, type ViewState} from './view-state.js';

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
export type Painted = {
	/** Absent on a screen that is too small. */
	readonly layout?: Layout;
	/** The rows of the input. */
	readonly composer?: ComposerLayout;
	/** The message pane, for scrolling. */
	readonly messages?: MessageView;
	readonly viewport?: Viewport;
};

export type Painter = {
	/** Paints everything that State and view say. Panes that did not change cost nothing on the terminal. */
	paint(state: State, view: ViewState): Painted;
	/** Paints the input only: for keys that change nothing else. Falls back to everything when the panes must move. */
	paintInput(state: State, view: ViewState): Painted;
};

const paneIds = ['title', 'list', 'messages', 'status', 'composer', 'hint'] as const;

/** The colours that State and view want; the same object as long as they are the same. */
export type PaletteFor = (state: State, view: ViewState) => Palette;

/** Makes the painter of a screen. */
export function createPainter(canvas: Canvas, paletteFor: PaletteFor, calendar: Calendar): Painter {
	let palette = paletteFor(initialState, initialView);
	let frame: Frame | undefined;
	let painted: Painted = {};
	let wasTooSmall = false;

	const composer = (state: State, view: ViewState) => {
		const {text, cursor} = editorOf(view);
		return composerLines({
			text,
			cursor,
			styles: isCommand(text)
				? undefined
				: inputStyles(text, {palette, styling: state.preferences['composer.styling'], misspelt: []}),
			columns: canvas.columns,
			maximumRows: largestComposer(canvas.rows),
			prompt: line([{text: '> ', style: palette.role.prompt}]),
		});
	};

	const place = (id: string, rectangle: Rectangle, lines: readonly StyledLine[]) =>
		canvas.setRegion(id, {...rectangle, lines});

	const paintComposer = (layout: Layout, input: ReturnType<typeof composer>, view: ViewState) => {
		place('composer', layout.composer, input.lines);
		if (view.popup === undefined || view.popup.type === 'completion') {
			canvas.setCursor(layout.composer.x + input.cursor.x, layout.composer.y + input.cursor.y);
		}
	};

	const paintHint = (layout: Layout, view: ViewState) => {
		if (view.hint === undefined) {
			canvas.removeRegion('hint');
			return;
		}

		const lines = hintLines(view.hint, canvas.columns, palette).slice(0, layout.messages.height);
		place('hint', {x: 0, y: layout.status.y - lines.length, width: canvas.columns, height: lines.length}, lines);
	};

	const paint = (state: State, view: ViewState): Painted => {
		palette = paletteFor(state, view);
		const input = composer(state, view);
		const layout = layoutFor(canvas.columns, canvas.rows, input.lines.length, view.list);
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

		const {now = 0} = view;
		const buffer = bufferOf(state, view.active);
		place('title', layout.title, [titleLine(state, buffer, layout.title.width, palette)]);
		if (layout.list === undefined) {
			canvas.removeRegion('list');
		} else {
			const {width, height} = layout.list;
			place('list', layout.list, bufferListLines(state, view.active, width, height, palette, now));
		}

		painted = {layout, composer: input};
		if (buffer !== undefined) {
			const {width} = layout.messages;
			frame = frameOf(state, buffer, {width, palette, calendar}, frame);
			const {anchor, marker} = placeIn(view, view.active);
			const messages: MessageView = {
				entries: buffer.entries,
				frame,
				height: layout.messages.height,
				marker,
				complete: buffer.complete,
				gaps: gapsIn(state, buffer, calendar),
				header: headerLines(state, buffer, frame, view.loading.has(view.active)),
				unfolded: view.unfolded,
				readers: readersFor(state, buffer),
			};
			painted = {...painted, messages, viewport: viewport(messages, anchor)};
		}

		place('messages', layout.messages, painted.viewport?.lines ?? []);
		const below = painted.viewport?.below ?? 0;
		const unseen = Math.min(below, buffer?.info.unread ?? 0);
		const bar = {active: view.active, lastAccount: view.account, below, unseen, width: layout.status.width, now};
		place('status', layout.status, [statusLine(state, bar, palette)]);
		paintComposer(layout, input, view);
		paintHint(layout, view);
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

			paintComposer(layout, input, view);
			paintHint(layout, view);
			painted = {...painted, composer: input};
			return painted;
		},
	};
}

/** Whose reading ended where, in a room; in a chat the mark behind a message says it. */
function readersFor(state: State, {info}: BufferState): MessageView['readers'] {
	return info.kind === 'room' ? (key, next) => readersAt(state, info.id, key, next) : undefined;
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
