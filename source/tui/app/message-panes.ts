import type {BufferId} from '../../model/buffer.js';
import {readersAt} from '../../store/room-selectors.js';
import {bufferOf} from '../../store/selectors.js';
import type {BufferState, State} from '../../store/state.js';
import {withAuthorAtTop} from '../panes/author-at-top.js';
import type {Calendar} from '../panes/calendar.js';
import {type Frame, frameOf} from '../panes/frame.js';
import {gapsIn} from '../panes/gaps.js';
import {type MessageView, type Viewport, viewport} from '../panes/message-view.js';
import type {Palette} from '../panes/palette.js';
import {headerLines} from '../panes/welcome.js';
import type {Size} from '../screen/size.js';
import {placeIn, type ViewState, visibleBuffers} from './view-state.js';

/** The messages of a buffer as a pane shows them; nothing for a buffer that is not open. */
export type MessagePane = {readonly messages?: MessageView; readonly viewport?: Viewport};

/** Lays out the messages of the panes on the screen. Lines are cached by the frame of each. */
export type MessagePanes = (state: State, view: ViewState, id: BufferId, size: Size, palette: Palette) => MessagePane;

export function messagePanes(calendar: Calendar): MessagePanes {
	let frames: ReadonlyMap<BufferId, Frame> = new Map();

	return (state, view, id, {columns, rows}, palette) => {
		const buffer = bufferOf(state, id);
		if (buffer === undefined) {
			return {};
		}

		const frame = frameOf(state, buffer, {width: columns, palette, calendar, joins: view.joins}, frames.get(id));
		if (frames.get(id) !== frame) {
			const shown = [...frames].filter(([each]) => visibleBuffers(view).includes(each));
			frames = new Map([...shown, [id, frame]]);
		}

		const {anchor, marker} = placeIn(view, id);
		const messages: MessageView = {
			entries: buffer.entries,
			frame,
			height: rows,
			marker,
			complete: buffer.complete,
			detached: buffer.detached,
			gaps: gapsIn(state, buffer, calendar),
			header: headerLines(state, buffer, frame, view.loading.has(id)),
			unfolded: view.unfolded,
			found: view.finding?.mark?.buffer === id ? view.finding.mark : undefined,
			readers: readersFor(state, buffer),
		};
		const shown = viewport(messages, anchor);
		return {messages, viewport: {...shown, lines: withAuthorAtTop(messages, shown)}};
	};
}

/** Whose reading ended where, in a room; in a chat the mark behind a message says it. */
function readersFor(state: State, {info}: BufferState): MessageView['readers'] {
	return info.kind === 'room' ? (key, next) => readersAt(state, info.id, key, next) : undefined;
}
