import type {BufferId} from '../../model/buffer.js';
import {strangersIn} from '../../store/requests.js';
import {readersAt} from '../../store/room-selectors.js';
import {bufferOf} from '../../store/selectors.js';
import type {BufferState, State} from '../../store/state.js';
import {withAuthorAtTop} from '../panes/author-at-top.js';
import type {Calendar} from '../panes/calendar.js';
import {type Frame, frameOf} from '../panes/frame.js';
import {gapsIn} from '../panes/gaps.js';
import {heardEntries} from '../panes/ignored.js';
import {type MessageView, type Viewport, viewport} from '../panes/message-view.js';
import type {Palette} from '../panes/palette.js';
import {requestListLines} from '../panes/request-list.js';
import {headerLines} from '../panes/welcome.js';
import {emptyLine} from '../screen/line.js';
import type {Size} from '../screen/size.js';
import {chosenIndex} from './chosen-stranger.js';
import {placeIn, type ViewState, visibleBuffers} from './view-state.js';

/** The messages of a buffer as a pane shows them; nothing for a buffer that is not open. */
export type MessagePane = {readonly messages?: MessageView; readonly viewport?: Viewport};

/** Lays out the messages of the panes on the screen. Lines are cached by the frame of each. */
export type MessagePanes = (state: State, view: ViewState, id: BufferId, size: Size, palette: Palette) => MessagePane;

export function messagePanes(calendar: Calendar): MessagePanes {
	let frames: ReadonlyMap<BufferId, Frame> = new Map();
	const laidOut = new Map<BufferId, {readonly of: readonly unknown[]; readonly pane: MessagePane}>();

	return (state, view, id, {columns, rows}, palette) => {
		const buffer = bufferOf(state, id);
		if (buffer === undefined) {
			return {};
		}

		if (buffer.info.kind === 'requests') {
			const frame = frameOf(state, buffer, {width: columns, palette, calendar, joins: view.joins});
			return {viewport: requestViewport(state, view, buffer, {frame, rows, calendar})};
		}

		const frame = frameOf(state, buffer, {width: columns, palette, calendar, joins: view.joins}, frames.get(id));
		if (frames.get(id) !== frame) {
			const shown = [...frames].filter(([each]) => visibleBuffers(view).includes(each));
			frames = new Map([...shown, [id, frame]]);
		}

		const of = [frame, columns, rows, ...shownOf(state, view, buffer)];
		const known = laidOut.get(id);
		if (known !== undefined && of.every((value, index) => Object.is(value, known.of[index]))) {
			return known.pane;
		}

		const pane = layOut(state, view, buffer, {frame, rows, calendar});
		for (const each of laidOut.keys()) {
			if (!visibleBuffers(view).includes(each)) {
				laidOut.delete(each);
			}
		}

		laidOut.set(id, {of, pane});
		return pane;
	};
}

/**
 * All of State and view that the lines of a pane are made from, besides the frame. What is unread is not among it: each
 * message in sight changes that twice, and nothing of the lines.
 */
function shownOf(state: State, view: ViewState, buffer: BufferState): readonly unknown[] {
	const {
		entries,
		complete,
		detached,
		loaded,
		info: {id},
	} = buffer;
	return [
		...[entries, complete, detached, loaded, placeIn(view, id), view.loading.has(id), view.unfolded, view.finding],
		...[view.opened, selectionIn(view, id)],
		...[state.accounts, state.archives, state.contacts, state.rooms[id], state.readers[id]],
	];
}

/** Who waits, and below it what the program said there last. */
function requestViewport(
	state: State,
	view: ViewState,
	{entries}: BufferState,
	{frame, rows, calendar}: {readonly frame: Frame; readonly rows: number; readonly calendar: Calendar},
): Viewport {
	const {palette, width} = frame;
	const said = viewport(
		{entries, frame, height: Math.floor(rows / 3), marker: undefined, complete: true, gaps: new Map(), header: []},
		undefined,
	).lines;
	const height = rows - said.length;
	const chosen = chosenIndex(strangersIn(state), view);
	const list = requestListLines(state, {width, height, chosen, calendar}, palette);
	const blank = Array.from({length: said.length === 0 ? 0 : height - list.length}, () => emptyLine);
	return {lines: [...list, ...blank, ...said], anchor: undefined, below: 0, atTop: true};
}

function selectionIn({active, selection}: ViewState, id: BufferId): ViewState['selection'] {
	return id === active ? selection : undefined;
}

function layOut(
	state: State,
	view: ViewState,
	buffer: BufferState,
	{frame, rows, calendar}: {readonly frame: Frame; readonly rows: number; readonly calendar: Calendar},
): MessagePane {
	const {id} = buffer.info;
	const {anchor, marker} = placeIn(view, id);
	const entries = heardEntries(buffer);
	const messages: MessageView = {
		entries,
		frame,
		height: rows,
		marker,
		complete: buffer.complete,
		detached: buffer.detached,
		gaps: gapsIn(state, entries === buffer.entries ? buffer : {...buffer, entries}, calendar),
		header: headerLines(state, buffer, frame, view.loading.has(id)),
		unfolded: view.unfolded,
		opened: view.opened,
		selected: selectionIn(view, id),
		found: view.finding?.mark?.buffer === id ? view.finding.mark : undefined,
		readers: readersFor(state, buffer),
	};
	const shown = viewport(messages, anchor);
	return {messages, viewport: {...shown, lines: withAuthorAtTop(messages, shown)}};
}

/** Whose reading ended where, in a room; in a chat the mark behind a message says it. */
function readersFor(state: State, {info}: BufferState): MessageView['readers'] {
	return info.kind === 'room' ? (key, next) => readersAt(state, info.id, key, next) : undefined;
}
