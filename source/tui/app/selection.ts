/** Which message of the active buffer is selected, and the way to another one. */
import {isConversation} from '../../model/buffer.js';
import type {Message} from '../../model/message.js';
import {bufferOf} from '../../store/selectors.js';
import type {Entry} from '../../store/state.js';
import {anchoredAtTop, anchoredOn, entriesInView, type MessageView, viewport} from '../panes/message-view.js';
import {loadOlder, toNewest} from './buffers.js';
import type {Core} from './core.js';
import {messageOf} from './listed-messages.js';
import {placeIn, type Selection, withAnchor, withHint, withSelection} from './view-state.js';
import {loadNewer, standing, toOldest} from './window.js';

type MessageEntry = Extract<Entry, {readonly type: 'message'}>;

const noMarks: ReadonlySet<number> = new Set();

/** Selects the newest message in view, or no longer any. Answers whether there is one. */
export function select(core: Core): boolean {
	const view = core.view();
	if (view.selection !== undefined) {
		core.change(withSelection(view, undefined));
		return true;
	}

	const {messages} = core.painted();
	const {anchor} = placeIn(view, view.active);
	const seen = messages === undefined ? [] : entriesInView(messages, anchor);
	const entry = seen.find(isMessage);
	const kind = bufferOf(core.state(), view.active)?.info.kind ?? 'console';
	if (entry === undefined || !isConversation(kind)) {
		core.change(withHint(view, {level: 'info', text: 'There is no message on the screen to select.'}));
		return false;
	}

	choose(core, {key: entry.key, marks: noMarks});
	return true;
}

/** Selects the message of that key: a click does. */
export function selectKey(core: Core, key: number): void {
	choose(core, {key, marks: core.view().selection?.marks ?? noMarks});
}

function isMessage(entry: Entry): entry is MessageEntry {
	return entry.type === 'message';
}

/** The message that is selected, while it is there. */
export function selectedMessage(core: Core): Message | undefined {
	const {active, selection} = core.view();
	return selection === undefined ? undefined : messageOf(core.state(), active, selection.key);
}

/** Those that are marked, in their order; where none is, the selected one. */
export function chosenMessages(core: Core): readonly Message[] {
	const {active, selection} = core.view();
	const keys = selection === undefined ? [] : selection.marks.size === 0 ? [selection.key] : [...selection.marks];
	return keys.sort((one, other) => one - other).flatMap(key => messageOf(core.state(), active, key) ?? []);
}

/** Marks the selected message, or no longer. */
export function toggleMark(core: Core): void {
	const {selection} = core.view();
	if (selection === undefined) {
		return;
	}

	const marks = new Set(selection.marks);
	if (!marks.delete(selection.key)) {
		marks.add(selection.key);
	}

	core.change(withSelection(core.view(), {key: selection.key, marks}));
}

/** Selects another message so many further down, up being negative; at the ends of what is loaded more is asked for. */
export async function move(core: Core, by: number): Promise<void> {
	if (!step(core, by)) {
		await load(core, by);
		step(core, by);
	}
}

/** Selects the next one as well: all from where that began are marked. */
export async function extend(core: Core, by: 1 | -1): Promise<void> {
	const before = core.view().selection;
	if (before === undefined) {
		return;
	}

	const from = before.from ?? before.key;
	await move(core, by);
	const {selection} = core.view();
	if (selection === undefined) {
		return;
	}

	const [low, high] = [Math.min(from, selection.key), Math.max(from, selection.key)];
	const keys = entries(core).flatMap(({key}) => (key >= low && key <= high ? [key] : []));
	core.change(withSelection(core.view(), {key: selection.key, marks: new Set(keys), from}));
}

/** Selects a message a page up or down. */
export async function movePage(core: Core, direction: 1 | -1): Promise<void> {
	const {messages} = core.painted();
	const {anchor} = placeIn(core.view(), core.view().active);
	const seen = messages === undefined ? 0 : entriesInView(messages, anchor).filter(isMessage).length;
	await move(core, direction * Math.max(1, seen - 1));
}

/** Selects the oldest message that is stored, or the newest. */
export async function moveToEnd(core: Core, direction: 1 | -1): Promise<void> {
	const {active} = core.view();
	const {detached = false} = bufferOf(core.state(), active) ?? {};
	if (direction < 0) {
		await toOldest(core);
	} else if (detached) {
		toNewest(core);
		return;
	}

	const entry = direction < 0 ? entries(core)[0] : entries(core).at(-1);
	if (core.view().selection !== undefined && entry !== undefined) {
		choose(core, {key: entry.key, marks: core.view().selection?.marks ?? noMarks});
	}
}

/** Answers whether there was one to go to. */
function step(core: Core, by: number): boolean {
	const {selection} = core.view();
	const all = entries(core);
	const at = all.findIndex(({key}) => key === selection?.key);
	const next = all[Math.max(0, Math.min(all.length - 1, at + by))];
	if (selection === undefined || at < 0 || next === undefined || next.key === selection.key) {
		return selection === undefined;
	}

	choose(core, {key: next.key, marks: selection.marks});
	return true;
}

async function load(core: Core, by: number): Promise<void> {
	if (by < 0) {
		await loadOlder(core);
	} else {
		await loadNewer(core);
	}
}

function entries(core: Core): readonly MessageEntry[] {
	return core.painted().messages?.entries.filter(isMessage) ?? [];
}

/** Selects a message and brings it into view. */
function choose(core: Core, selection: Selection): void {
	core.change(withSelection(core.view(), selection));
	// The line with the keys has taken a row from the pane by now.
	const {messages} = core.painted();
	const entry = messages?.entries.find(each => isMessage(each) && each.key === selection.key);
	if (messages === undefined || entry === undefined) {
		return;
	}

	const {active} = core.view();
	const {anchor} = placeIn(core.view(), active);
	const isFirst = messages.entries.find(isMessage) === entry;
	const next = isFirst ? firstInView(messages, anchor, entry) : anchoredOn(messages, anchor, entry);
	if (next !== anchor) {
		core.change(withAnchor(core.view(), standing(core, next)));
	}

	if (viewport(messages, next).atTop) {
		void loadOlder(core);
	}
}

/** What stands above the first message is shown with it. */
function firstInView(
	messages: MessageView,
	anchor: ReturnType<typeof anchoredOn>,
	entry: Entry,
): ReturnType<typeof anchoredOn> {
	const next = anchoredOn(messages, anchor, entry);
	return next === anchor || !messages.complete ? next : anchoredAtTop(messages);
}
