import type {SplitHalf} from '../../model/actions.js';
import {type Buffer, type BufferId, consoleBuffer, requestsBuffer, xmlBuffer} from '../../model/buffer.js';
import {firstAbove} from '../../store/entries.js';
import {bufferOf, numberOf} from '../../store/selectors.js';
import type {Entry} from '../../store/state.js';
import {withoutMark} from '../finding/in-view.js';
import {bufferName} from '../panes/words.js';
import {type BufferTarget, bufferAddress, noSuchBuffer, resolveBuffer} from './buffer-target.js';
import {type Core, sayProblem} from './core.js';
import type {Wanted} from './type-ahead.js';
import {
	draftsOf,
	editorOf,
	placeIn,
	scrollOf,
	type ViewState,
	withActive,
	withAnchor,
	withFocus,
	withHint,
	withLoading,
	withOther,
	withPlace,
} from './view-state.js';

/** Messages asked for when a buffer is shown, and each time its top is reached. */
export const firstPage = 100;
export const furtherPage = 200;
/** What is kept of a buffer that nobody looks at. */
const keptUnseen = 500;

/** Shows a buffer at the start: what comes before the person does anything has not been seen. */
export function showFirst(core: Core, id: BufferId): void {
	const buffer = bufferOf(core.state(), id);
	if (buffer !== undefined && id !== consoleBuffer) {
		enter(core, id);
		const {readUpTo} = buffer.info;
		if (readUpTo > 0) {
			core.change(withPlace(core.view(), id, {...placeIn(core.view(), id), marker: readUpTo}));
		}
	}
}

/**
 * Shows a buffer, opening it if it is not open. Answers whether it is on the screen: a screen that it is no longer
 * `wanted` on is not taken from whoever types there.
 */
export async function showBuffer(core: Core, id: BufferId, wanted: Wanted): Promise<boolean> {
	if (bufferOf(core.state(), id) === undefined) {
		const target = bufferAddress(id);
		if (target === undefined) {
			return false;
		}

		const from = core.view().active;
		try {
			const buffer = await core.actions.openBuffer(target);
			core.store.dispatch({type: 'buffer.opened', buffer});
		} catch (error) {
			sayProblem(core, error, from);
			return false;
		}
	}

	if (!wanted()) {
		sayLate(core, id);
		return false;
	}

	enter(core, id);
	return true;
}

/** A buffer that came when nobody waited for it any more. */
function sayLate(core: Core, id: BufferId): void {
	const state = core.state();
	const info = bufferOf(state, id)?.info;
	if (info !== undefined) {
		const text = `${bufferName(state, info)} is open now.`;
		core.change(withHint(core.view(), {level: 'info', text, more: `/buffer ${numberOf(state, id)} goes there.`}));
	}
}

/** Goes to an open buffer. */
export function enter(core: Core, id: BufferId): void {
	const view = core.view();
	const buffer = bufferOf(core.state(), id);
	if (buffer === undefined || view.active === id) {
		return;
	}

	if (placeIn(view, view.active).anchor === undefined) {
		core.store.dispatch({type: 'window.trimmed', buffer: view.active, keep: keptUnseen});
	}

	const {unread, readUpTo} = buffer.info;
	const entered = withDraft(
		withActive(view, id, unread > 0 && id !== consoleBuffer ? readUpTo : undefined),
		buffer.info,
	);
	const {account = view.account} = buffer.info;
	core.change(withHint(account === undefined ? entered : {...entered, account}, undefined));
	seeConsole(core, id, unread);
	closeEmptyRequests(core);
	void saveView(core);
	if (buffer.loaded) {
		fill(core);
	} else {
		void loadFirst(core, id);
	}
}

/** What was typed in the buffer before it was closed, where nothing has been since. */
function withDraft(view: ViewState, {id, draft}: Pick<Buffer, 'id' | 'draft'>): ViewState {
	return draft === '' || view.editors[id] !== undefined
		? view
		: {...view, editors: draftsOf([{id, draft}], view.editors)};
}

/**
 * Shows an open buffer in the other half of the screen, with what of it is new marked. `focus`: the half in which the
 * active buffer stands then.
 */
export function showBeside(core: Core, id: BufferId, focus?: SplitHalf): void {
	const buffer = bufferOf(core.state(), id);
	if (buffer === undefined || id === core.view().active) {
		return;
	}

	const {unread, readUpTo} = buffer.info;
	const split = withOther(core.view(), id);
	const view = focus === undefined ? split : withFocus(split, focus);
	const marked = unread > 0 && id !== consoleBuffer;
	core.change(marked ? withPlace(view, id, {...placeIn(view, id), marker: readUpTo}) : view);
	seeConsole(core, id, unread);
	if (!buffer.loaded) {
		void loadFirst(core, id);
	}
}

/** Nobody but this screen counts what is new in the console. */
function seeConsole(core: Core, id: BufferId, unread: number): void {
	if (id === consoleBuffer && unread > 0) {
		core.store.dispatch({type: 'buffer.unread', buffer: id, unread: 0, highlights: 0, readUpTo: 0});
	}
}

/** A list of nobody is there only as long as somebody looks at it. */
export function closeEmptyRequests(core: Core): void {
	const info = bufferOf(core.state(), requestsBuffer)?.info;
	const {active, split} = core.view();
	if (info?.unread === 0 && active !== requestsBuffer && split?.other !== requestsBuffer) {
		core.store.dispatch({type: 'buffer.closed', buffer: requestsBuffer});
	}
}

/** Asks for older messages where the pane has room for them. */
export function fill(core: Core): void {
	const entries = bufferOf(core.state(), core.view().active)?.entries ?? [];
	if (entries.length < (core.painted().layout?.messages.height ?? 0)) {
		void loadOlder(core);
	}
}

/** The newest page or, where the view stood further up, what lies around that place. */
async function loadFirst(core: Core, id: BufferId): Promise<void> {
	await loadPage(core, id, {}, firstPage);
	const {anchor} = placeIn(core.view(), id);
	const {entries, complete} = bufferOf(core.state(), id) ?? {entries: [], complete: true};
	if (anchor !== undefined && !complete && !isPaneFull(core, entries, anchor.key)) {
		await loadPage(core, id, {around: anchor.key}, furtherPage);
	}
}

/** Whether enough is loaded above a place that it can stand at the lower edge of the pane. */
function isPaneFull(core: Core, entries: readonly Entry[], key: number): boolean {
	return firstAbove(entries, key) >= (core.painted().layout?.messages.height ?? 1);
}

/** Goes to a buffer by number, name or direction; says so when there is none, and answers whether there is. */
export function switchBuffer(core: Core, to: BufferTarget): boolean {
	const view = core.view();
	const id = resolveBuffer(core.state(), view.active, view.last, to);
	if (id === undefined) {
		const {text, hint: more} = noSuchBuffer(to);
		core.change(withHint(view, {level: 'info', text, ...(more === undefined ? {} : {more})}));
		return false;
	}

	enter(core, id);
	return true;
}

/** Closes a buffer and goes to the one beside it, else to the one shown before it. Answers whether it is closed. */
export async function closeBuffer(core: Core, id: BufferId, wanted: Wanted): Promise<boolean> {
	if (id === consoleBuffer) {
		core.change(withHint(core.view(), {level: 'info', text: 'The console stays open.', more: '/quit leaves xmppc.'}));
		return true;
	}

	const {active, last, split} = core.view();
	const next = split?.other ?? last;
	try {
		// Strangers go on waiting; that they do is told here alone.
		if (id !== requestsBuffer) {
			await (id === xmlBuffer ? core.xml.close() : core.actions.closeBuffer({buffer: id}));
		}
	} catch (error) {
		sayProblem(core, error, active);
		return false;
	}

	core.store.dispatch({type: 'buffer.closed', buffer: id});
	if (active === id && wanted()) {
		enter(core, bufferOf(core.state(), next) === undefined ? consoleBuffer : next);
	}

	leaveClosed(core);
	return true;
}

/**
 * The buffer on screen may be gone for other reasons: its account was removed. Nobody can be written to in the console:
 * the rest of what is being typed reaches no one else.
 */
export function leaveClosed(core: Core): void {
	const {split} = core.view();
	if (split !== undefined && bufferOf(core.state(), split.other) === undefined) {
		core.change(withOther(core.view(), undefined));
	}

	if (bufferOf(core.state(), core.view().active) === undefined) {
		enter(core, consoleBuffer);
	}
}

/** Asks for older messages, if there are some. */
export async function loadOlder(core: Core): Promise<void> {
	const {active, loading} = core.view();
	const buffer = bufferOf(core.state(), active);
	if (buffer === undefined || buffer.complete || loading.has(active)) {
		return;
	}

	const oldest = buffer.entries.find(entry => entry.type === 'message');
	await loadPage(core, active, oldest === undefined ? {} : {before: oldest.key}, furtherPage);
}

/** Asks for a page of history: the newest, or the one beside a message key. */
export async function loadPage(
	core: Core,
	buffer: BufferId,
	beside: {readonly before?: number; readonly after?: number; readonly around?: number},
	limit: number,
): Promise<void> {
	core.change(withLoading(core.view(), buffer, true));
	try {
		await core.actions.loadHistory({buffer, limit, ...beside});
	} catch (error) {
		sayProblem(core, error, buffer);
	}

	core.change(withLoading(core.view(), buffer, false));
}

/** Remembers where the person is and what is not sent yet. */
export function saveView(core: Core): Promise<void> {
	const {active, editors, places, split} = core.view();
	const halves = split === undefined ? ({beside: 'none'} as const) : {beside: split.other, focus: split.focus};
	const drafts = Object.fromEntries(Object.entries(editors).map(([id, {text}]) => [id, text]));
	return core.actions
		.saveView({active, ...halves, drafts, scroll: scrollOf(places)})
		.catch((error: unknown) => sayProblem(core, error, active));
}

/** Follows the newest message again: after sending, and at the end of a scroll. */
export function toNewest(core: Core): void {
	core.change(withoutMark(withAnchor(core.view(), undefined)));
	const {active} = core.view();
	if (bufferOf(core.state(), active)?.detached === true) {
		core.store.dispatch({type: 'window.reset', buffer: active});
		void loadPage(core, active, {}, firstPage);
	}
}

/** Whether the input line is empty: some keys mean more then. */
export function inputIsEmpty(core: Core): boolean {
	return editorOf(core.view()).text === '';
}
