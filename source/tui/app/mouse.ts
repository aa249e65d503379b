import {type BufferId, isConversation} from '../../model/buffer.js';
import {bufferOf, numbered} from '../../store/selectors.js';
import {offsetAtCell} from '../composer/vertical.js';
import {insertText} from '../input/editor.js';
import type {MouseEvent} from '../input/key.js';
import {entryAtRow} from '../panes/message-view.js';
import type {Rectangle} from '../screen/layers.js';
import type {StyledLine} from '../screen/line.js';
import {lookOf} from '../screen/style.js';
import {showBuffer, switchBuffer} from './buffers.js';
import {type Core, openPopup} from './core.js';
import {linksIn} from './links.js';
import {clickPopup, wheelPopup} from './popup-mouse.js';
import {scroll, scrollOther} from './scroll.js';
import {selectKey} from './selection.js';
import {scrollList, shiftParticipants} from './side-panes.js';
import {editorOf, placeIn, withEditor, withHint, withPopup, withSelection} from './view-state.js';

/** Lines that one step of the wheel moves. */
const wheelLines = 3;

/** What the pointer is on; columns and rows are counted inside it. */
export type MouseTarget =
	| {readonly on: 'messages' | 'other' | 'list' | 'participants' | 'composer'; readonly x: number; readonly y: number}
	/** The buffer with that number, in the bar. */
	| {readonly on: 'hotlist'; readonly number: number}
	| {readonly on: 'nothing'};

/** What of the screen stands at a cell, by what was painted last; popups are looked at before. */
export function targetAt(painted: ReturnType<Core['painted']>, x: number, y: number): MouseTarget {
	const {layout, status} = painted;
	if (layout === undefined) {
		return {on: 'nothing'};
	}

	if (isIn(layout.status, x, y)) {
		const number = numberAt(status, x - layout.status.x);
		return number === undefined ? {on: 'nothing'} : {on: 'hotlist', number};
	}

	const places = [
		['messages', layout.messages],
		['other', layout.other?.messages],
		['other', layout.other?.title],
		['list', layout.list],
		['participants', layout.participants],
		['composer', layout.composer],
	] as const;
	for (const [on, rectangle] of places) {
		if (rectangle !== undefined && isIn(rectangle, x, y)) {
			return {on, x: x - rectangle.x, y: y - rectangle.y};
		}
	}

	return {on: 'nothing'};
}

export function isIn({x, y, width, height}: Rectangle, column: number, row: number): boolean {
	return column >= x && column < x + width && row >= y && row < y + height;
}

/** The number of the buffer of which a bar says at that column that something is new: `4:!2`. */
function numberAt(status: StyledLine | undefined, column: number): number | undefined {
	const cells = status?.cells ?? [];
	const text = cells.map(cell => (cell.length === 1 ? cell : ' ')).join('');
	for (const match of text.matchAll(/(?<!\S)(\d+):!?\d+\+?/gu)) {
		if (column >= match.index && column < match.index + match[0].length) {
			return Number(match[1]);
		}
	}

	return undefined;
}

/** Does what a click or the wheel means where the pointer is. */
export function mouse(core: Core, event: MouseEvent): void {
	const steps = event.action === 'wheelUp' ? -1 : event.action === 'wheelDown' ? 1 : 0;
	const isClick = event.action === 'press' && event.button === 0;
	if (steps === 0 && !isClick) {
		return;
	}

	const {popup} = core.view();
	if (popup !== undefined) {
		const taken = steps === 0 ? clickPopup(core, popup, event) : wheelPopup(core, popup, event, steps);
		if (taken) {
			return;
		}
	}

	const target = targetAt(core.painted(), event.x, event.y);
	if (steps === 0) {
		click(core, target);
	} else {
		wheel(core, target, steps);
	}
}

function wheel(core: Core, target: MouseTarget, steps: 1 | -1): void {
	const direction = steps < 0 ? 'up' : 'down';
	switch (target.on) {
		case 'messages':
			for (let line = 0; line < wheelLines; line++) {
				scroll(core, 'line', direction);
			}

			break;
		case 'other':
			scrollOther(core, steps * wheelLines);
			break;
		case 'list':
			scrollList(core, steps * wheelLines);
			break;
		case 'participants':
			shiftParticipants(core, steps * wheelLines);
			break;
		default:
			break;
	}
}

function click(core: Core, target: MouseTarget): void {
	const painted = core.painted();
	core.change(withHint(core.view(), undefined));
	switch (target.on) {
		case 'messages':
			if (!clickLink(core, painted.viewport?.lines[target.y], target.x)) {
				clickMessage(core, target.y);
			}

			break;
		case 'other': {
			const other = core.view().split?.other;
			if (other !== undefined) {
				go(core, other);
			}

			break;
		}

		case 'list': {
			const buffer = painted.list?.[target.y]?.buffer;
			if (buffer !== undefined) {
				go(core, buffer);
			}

			break;
		}

		case 'hotlist':
			if (numbered(core.state(), target.number) !== undefined) {
				switchBuffer(core, target.number);
			}

			break;
		case 'participants':
			address(core, painted.participants?.[target.y]?.nick);
			break;
		case 'composer':
			placeCursor(core, target.x, target.y);
			break;
		case 'nothing':
			break;
	}
}

function go(core: Core, buffer: BufferId): void {
	core.change(withPopup(core.view(), undefined));
	core.during(wanted => showBuffer(core, buffer, wanted));
}

/** A link is not opened by one click: the list of links asks, with that one chosen. */
function clickLink(core: Core, line: StyledLine | undefined, column: number): boolean {
	const target = lookOf(line?.styles[column] ?? 0).link;
	const links = target === '' ? [] : linksIn(core.painted().viewport?.lines ?? []);
	const selected = links.findIndex(link => link.target === target);
	if (selected >= 0) {
		openPopup(core, {type: 'links', links, selected});
	}

	return selected >= 0;
}

/** A message that is clicked is selected. */
function clickMessage(core: Core, row: number): void {
	const view = core.view();
	const {messages} = core.painted();
	const entry = messages === undefined ? undefined : entryAtRow(messages, placeIn(view, view.active).anchor, row);
	const kind = bufferOf(core.state(), view.active)?.info.kind ?? 'console';
	if (entry?.type === 'message' && isConversation(kind)) {
		selectKey(core, entry.key);
	} else {
		core.change(withSelection(view, undefined));
	}
}

/** A nick that is clicked is spoken to. */
function address(core: Core, nick: string | undefined): void {
	const view = core.view();
	if (nick !== undefined && bufferOf(core.state(), view.active)?.info.kind === 'room') {
		const editor = editorOf(view);
		const isStart = editor.text.slice(0, editor.cursor).trim() === '';
		core.change(withEditor(view, insertText(editor, isStart ? `${nick}: ` : `${nick} `)));
	}
}

function placeCursor(core: Core, x: number, y: number): void {
	const {layout, composer} = core.painted();
	if (layout === undefined || composer === undefined) {
		return;
	}

	const view = core.view();
	const editor = editorOf(view);
	const {text, cursor} = editor;
	const {width, indent} = composer;
	const at = offsetAtCell({text, cursor, width, indent, maximumRows: layout.composer.height}, x, y);
	core.change(withEditor(view, {...editor, cursor: at, last: undefined, goal: undefined}));
}
