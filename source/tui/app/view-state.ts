import type {SavedView, SplitHalf} from '../../model/actions.js';
import {type BufferId, consoleBuffer, type ScrollPosition} from '../../model/buffer.js';
import type {Preferences} from '../../model/settings.js';
import type {BareJid} from '../../shared/jid.js';
import {initialVi, type Vi} from '../composer/vi/state.js';
import type {Misspelt} from '../composer/words.js';
import type {Finding} from '../finding/state.js';
import {type Editor, emptyEditor, withText} from '../input/editor.js';
import {emptyHistory, type InputHistory} from '../input/history.js';
import type {Anchor} from '../panes/message-view.js';
import type {Popup} from '../popups/popup.js';

/** Where the person stands in one buffer. */
export type Place = {
	/** Absent: the view follows the newest message. */
	readonly anchor?: Anchor;
	/** The read marker line goes below this key. It stays while the person is there, though all is read. */
	readonly marker?: number;
};

/** One line the program says about what was just typed; it goes with the next key. */
export type Hint = {
	readonly level: 'info' | 'error';
	readonly text: string;
	readonly more?: string;
	/** The line in the input was refused and stands there still: Escape clears it now. */
	readonly refused?: boolean;
	/** The part of that line that is wrong, in UTF-16 units. */
	readonly mark?: {readonly from: number; readonly to: number};
};

/** A second buffer on the screen. */
export type Split = {
	readonly other: BufferId;
	/** Which half has the keyboard. */
	readonly focus: SplitHalf;
	/** Whether the screen has room for both. */
	readonly shown: boolean;
};

/** A message of the active buffer that is chosen with the keyboard. */
export type Selection = {
	readonly key: number;
	/** Others that are marked. */
	readonly marks: ReadonlySet<number>;
	/** Where a stretch of marked ones begins, while it is made. */
	readonly from?: number;
};

/** What is written in a buffer is about this message. */
export type Composing =
	| {readonly kind: 'reply'; readonly key: number}
	/** `before`: what stood in the input. */
	| {readonly kind: 'edit'; readonly key: number; readonly before: string};

/** What this screen shows of the State, and what is being typed. Plain data, replaced and never changed. */
export type ViewState = {
	readonly active: BufferId;
	readonly last: BufferId;
	/** Whose buffer was shown last: in the console it is the account in use. Absent: none yet. */
	readonly account?: BareJid;
	readonly places: Readonly<Record<BufferId, Place>>;
	readonly editors: Readonly<Record<BufferId, Editor>>;
	readonly history: InputHistory;
	/** Whether the list of buffers is shown; absent: where there is room. */
	readonly list?: boolean;
	/** Whether the participants of a room are shown; absent: where there is room. */
	readonly participants?: boolean;
	/** How many of their rows are above what is shown. */
	readonly participantsTop?: number;
	readonly split?: Split;
	/** Rows that the list of buffers was moved by. */
	readonly listShift?: number;
	readonly hint?: Hint;
	readonly popup?: Popup;
	/** What was looked for, and where the person came from. */
	readonly finding?: Finding;
	/** Whether the terminal has the keyboard; true until it says otherwise. */
	readonly focused: boolean;
	/** Which stranger is chosen among those who wait, by account and JID; absent: the first. */
	readonly stranger?: string;
	/** Buffers that wait for a page of history. */
	readonly loading: ReadonlySet<BufferId>;
	/** Keys of messages that failed and were sent again. */
	readonly resent: ReadonlySet<number>;
	/** Keys of long messages of which all is shown. */
	readonly unfolded: ReadonlySet<number>;
	/** Keys of spoilers that are open. */
	readonly opened: ReadonlySet<number>;
	readonly selection?: Selection;
	readonly composing: Readonly<Record<BufferId, Composing>>;
	/** Emoji that were chosen here, the last one first. */
	readonly recentEmoji: readonly string[];
	/** Whose joining and leaving of rooms is shown; absent: as the setting says. */
	readonly joins?: Preferences['messages.joins'];
	/** How the input is edited in vi mode. */
	readonly vi: Vi;
	/** Words that the spell check does not know. */
	readonly misspelt: Misspelt;
	/** Wall-clock milliseconds when a countdown was painted last; absent: there is none on the screen. */
	readonly now?: number;
};

export const initialView: ViewState = {
	active: consoleBuffer,
	last: consoleBuffer,
	places: {},
	editors: {},
	history: emptyHistory,
	focused: true,
	loading: new Set(),
	resent: new Set(),
	vi: initialVi,
	misspelt: new Map(),
	unfolded: new Set(),
	opened: new Set(),
	composing: {},
	recentEmoji: [],
};

export function editorOf(view: ViewState): Editor {
	return view.editors[view.active] ?? emptyEditor;
}

/** What is typed in the active buffer. Editing ends a scroll through the history of inputs. */
export function withEditor(view: ViewState, editor: Editor): ViewState {
	return {...view, editors: {...view.editors, [view.active]: editor}};
}

export function withInput(view: ViewState, text: string): ViewState {
	return withEditor(view, withText(editorOf(view), text));
}

export function placeIn(view: ViewState, buffer: BufferId): Place {
	return view.places[buffer] ?? {};
}

export function withPlace(view: ViewState, buffer: BufferId, place: Place): ViewState {
	return {...view, places: {...view.places, [buffer]: place}};
}

/** The place with another anchor, or following the newest message. */
export function withAnchor(view: ViewState, anchor: Anchor | undefined): ViewState {
	const {anchor: _, ...place} = placeIn(view, view.active);
	return withPlace(view, view.active, anchor === undefined ? place : {...place, anchor});
}

/** Goes to another buffer. `marker`: what was read of it before, where something is unread. */
export function withActive(view: ViewState, buffer: BufferId, marker: number | undefined): ViewState {
	if (buffer === view.active) {
		return view;
	}

	const {participantsTop: _, listShift: __, selection: ___, ...kept} = view;
	const moved = view.split?.other === buffer ? withFocusMoved(kept, view.split) : withoutMarker(kept);
	const entered = placeIn(view, buffer);
	return {
		...withPlace(moved, buffer, marker === undefined ? entered : {...entered, marker}),
		active: buffer,
		last: view.active,
		history: {...view.history, position: undefined, draft: ''},
	};
}

/** What was new in the buffer left behind has been seen. */
function withoutMarker(view: ViewState): ViewState {
	const {marker: _, ...left} = placeIn(view, view.active);
	return withPlace(view, view.active, left);
}

/** What the other half shows is not shown twice: the keyboard goes there. */
function withFocusMoved(view: ViewState, split: Split): ViewState {
	return {...view, split: {...split, other: view.active, focus: split.focus === 'first' ? 'second' : 'first'}};
}

/** Shows a buffer beside the active one, in the half without the keyboard; `undefined`: the active one alone. */
export function withOther(view: ViewState, other: BufferId | undefined): ViewState {
	const {split, ...rest} = view;
	if (other === undefined) {
		return split === undefined ? view : rest;
	}

	return {...rest, split: {focus: 'first', shown: false, ...split, other}};
}

/** The same two buffers, the active one in this half. */
export function withFocus(view: ViewState, focus: SplitHalf): ViewState {
	return view.split === undefined ? view : {...view, split: {...view.split, focus}};
}

/** Remembers whether the screen has room for both halves. */
export function withSplitShown(view: ViewState, shown: boolean): ViewState {
	const {split} = view;
	return split === undefined || split.shown === shown ? view : {...view, split: {...split, shown}};
}

/** Whether a buffer is on the screen: the active one, and the other half of a split view where that has room. */
export function isVisible({active, split}: ViewState, buffer: BufferId): boolean {
	return buffer === active || (split?.shown === true && split.other === buffer);
}

/** The buffers on the screen, the active one first. */
export function visibleBuffers({active, split}: ViewState): readonly BufferId[] {
	return split?.shown === true ? [active, split.other] : [active];
}

export function withHint(view: ViewState, hint: Hint | undefined): ViewState {
	const {hint: before, ...rest} = view;
	return hint === undefined ? (before === undefined ? view : rest) : {...rest, hint};
}

export function withSelection(view: ViewState, selection: Selection | undefined): ViewState {
	const {selection: before, ...rest} = view;
	return selection === undefined ? (before === undefined ? view : rest) : {...rest, selection};
}

export function withComposing(view: ViewState, buffer: BufferId, composing: Composing | undefined): ViewState {
	const {[buffer]: _, ...others} = view.composing;
	return {...view, composing: composing === undefined ? others : {...others, [buffer]: composing}};
}

export function withPopup(view: ViewState, popup: Popup | undefined): ViewState {
	const {popup: before, ...rest} = view;
	return popup === undefined ? (before === undefined ? view : rest) : {...rest, popup};
}

export function withLoading(view: ViewState, buffer: BufferId, waits: boolean): ViewState {
	if (view.loading.has(buffer) === waits) {
		return view;
	}

	const loading = new Set(view.loading);
	if (waits) {
		loading.add(buffer);
	} else {
		loading.delete(buffer);
	}

	return {...view, loading};
}

/** Whether only the input has to be painted to get from one to the other. */
export function differInInputOnly(one: ViewState, other: ViewState): boolean {
	return (
		one.active === other.active &&
		one.places === other.places &&
		one.list === other.list &&
		one.listShift === other.listShift &&
		one.participants === other.participants &&
		one.participantsTop === other.participantsTop &&
		one.split === other.split &&
		one.loading === other.loading &&
		one.unfolded === other.unfolded &&
		one.opened === other.opened &&
		one.selection === other.selection &&
		one.composing === other.composing &&
		one.joins === other.joins &&
		one.stranger === other.stranger &&
		one.finding === other.finding &&
		one.now === other.now &&
		one.popup === other.popup
	);
}

/** Texts not sent yet, where nothing newer was typed. */
export function draftsOf(
	buffers: ReadonlyArray<{readonly id: BufferId; readonly draft: string}>,
	editors: ViewState['editors'],
): ViewState['editors'] {
	const stored = buffers.filter(buffer => buffer.draft !== '' && editors[buffer.id] === undefined);
	return {...Object.fromEntries(stored.map(({id, draft}) => [id, withText(emptyEditor, draft)])), ...editors};
}

/** Where the views stood, where the person has not gone on from there. */
export function placesOf(
	buffers: ReadonlyArray<{readonly id: BufferId; readonly scroll?: ScrollPosition}>,
	places: ViewState['places'],
): ViewState['places'] {
	const stored = buffers.flatMap(({id, scroll}) => (scroll === undefined ? [] : [[id, {anchor: scroll}] as const]));
	return {...Object.fromEntries(stored), ...places};
}

/** The same as it is stored. */
export function scrollOf(places: ViewState['places']): NonNullable<SavedView['scroll']> {
	return Object.fromEntries(
		Object.entries(places).map(([id, {anchor}]) => [
			id,
			// Whoever stands above the first message begins with the first one.
			anchor === undefined ? 'newest' : {key: Math.max(0, anchor.key), rows: anchor.rows},
		]),
	);
}
