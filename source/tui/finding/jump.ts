/** Goes to a message, or a point in time, wherever in the history it is, and back to where the person was. */
import type {BufferId} from '../../model/buffer.js';
import {type Here, readWhen, whenForms} from '../../shared/when.js';
import {firstAbove} from '../../store/entries.js';
import {bufferOf} from '../../store/selectors.js';
import type {Entry} from '../../store/state.js';
import {loadPage, showBuffer, toNewest} from '../app/buffers.js';
import type {Core} from '../app/core.js';
import type {Wanted} from '../app/type-ahead.js';
import {placeIn, type ViewState, withAnchor, withHint} from '../app/view-state.js';
import {standing} from '../app/window.js';
import {dateText} from '../panes/calendar.js';
import {type Anchor, isFolded, type MessageView, rowsToFound, scrolled} from '../panes/message-view.js';
import {findingOf, withFinding} from './in-view.js';
import {type FoundMark, type Spot, withMark, withSpot} from './state.js';

/** Messages loaded around a place. */
const aroundPage = 200;

/** Now and here, for what is read as a point in time. */
export function hereOf({clock, calendar}: Pick<Core, 'clock' | 'calendar'>): Here {
	return {now: clock.now(), calendar};
}

/** Where the person is. */
export function spotOf(view: ViewState): Spot {
	const {anchor} = placeIn(view, view.active);
	return {buffer: view.active, ...(anchor === undefined ? {} : {anchor})};
}

/** The place that is being left, to come back to. */
export function remember(core: Core): void {
	const view = core.view();
	core.change(withFinding(view, withSpot(findingOf(view), spotOf(view))));
}

/** Goes to a message and marks it. Answers whether it is on the screen. */
export async function jumpTo(core: Core, found: FoundMark, wanted: Wanted): Promise<boolean> {
	remember(core);
	if (!(await showBuffer(core, found.buffer, wanted))) {
		return false;
	}

	return showMessage(core, found);
}

/** Brings a message of the active buffer into the middle of the pane, loading what is around it. */
export async function showMessage(core: Core, found: FoundMark): Promise<boolean> {
	const view = core.view();
	core.change(withFinding(view, withMark(findingOf(view), found)));
	if (!(await bring(core, found.buffer, found.key, 'middle'))) {
		core.change(withHint(core.view(), {level: 'info', text: 'That message is not stored any more.'}));
		return false;
	}

	return true;
}

/** Stands a view at the entry of this key, or the first one after it. Answers whether there is one. */
async function bring(core: Core, buffer: BufferId, key: number, where: 'middle' | 'top' | Anchor): Promise<boolean> {
	if (!isLoaded(entriesOf(core, buffer), key)) {
		await loadPage(core, buffer, {around: key}, aroundPage);
	}

	const entries = entriesOf(core, buffer);
	const entry = entries[firstAbove(entries, key - 1)];
	const {messages} = core.painted();
	if (entry === undefined || messages === undefined || core.view().active !== buffer) {
		return false;
	}

	if (typeof where === 'object') {
		core.change(withAnchor(core.view(), where));
		return true;
	}

	const {mark} = findingOf(core.view());
	const complete = bufferOf(core.state(), buffer)?.complete ?? false;
	const shown: MessageView = {...messages, entries, complete, found: mark?.buffer === buffer ? mark : undefined};
	const rows = Math.max(0, Math.floor(messages.height * (where === 'middle' ? 0.5 : 0.75)));
	if (where === 'top' || mark === undefined) {
		const anchor = scrolled(shown, {key: entry.key, rows: Number.MAX_SAFE_INTEGER}, rows);
		core.change(withAnchor(core.view(), standing(core, anchor)));
		return true;
	}

	// What was looked for may be in what is folded away.
	const {unfolded} = core.view();
	const opened =
		mark.phrases.length > 0 && isFolded({...shown, unfolded}, entry) ? new Set([...unfolded, entry.key]) : unfolded;
	const whole = {...shown, unfolded: opened};
	const anchor = scrolled(whole, {key: entry.key, rows: rowsToFound(whole, entry, rows)}, rows);
	core.change({...withAnchor(core.view(), standing(core, anchor)), unfolded: opened});
	core.change(withAnchor(core.view(), standing(core, anchor)));
	return true;
}

function entriesOf(core: Core, buffer: BufferId): readonly Entry[] {
	return bufferOf(core.state(), buffer)?.entries ?? [];
}

/** Whether the window holds the message of this key, or what stands on both sides of a key that is no message's. */
function isLoaded(entries: readonly Entry[], key: number): boolean {
	const at = firstAbove(entries, key - 1);
	return entries[at]?.key === key && entries[at]?.type === 'message';
}

/** Goes back to where the last jump began. Answers whether there is such a place. */
export async function goBack(core: Core, wanted: Wanted): Promise<boolean> {
	const view = core.view();
	const {trail, ...rest} = withMark(findingOf(view), undefined);
	const spot = trail.at(-1);
	if (spot === undefined) {
		core.change(
			withHint(view, {level: 'info', text: 'There is nowhere to go back to.', more: 'Jumps are remembered.'}),
		);
		return false;
	}

	core.change(withFinding(view, {...rest, trail: trail.slice(0, -1)}));
	return returnTo(core, spot, wanted);
}

/** Shows a buffer as it stood. */
export async function returnTo(core: Core, {buffer, anchor}: Spot, wanted: Wanted): Promise<boolean> {
	if (!(await showBuffer(core, buffer, wanted))) {
		return false;
	}

	if (anchor === undefined) {
		toNewest(core);
	} else if (anchor.key > 0) {
		await bring(core, buffer, anchor.key, anchor);
	}

	return true;
}

/** Goes to the first message of a day or a minute, or `back`. Answers whether that could be read. */
export async function goTo(core: Core, text: string, wanted: Wanted): Promise<boolean> {
	if (text.trim().toLowerCase() === 'back') {
		return goBack(core, wanted);
	}

	const span = readWhen(text, hereOf(core));
	if (span === undefined) {
		core.change(
			withHint(core.view(), {level: 'error', text: `“${text}” is not a date.`, more: `Dates are ${whenForms}.`}),
		);
		return false;
	}

	remember(core);
	const {active} = core.view();
	const key = Math.max(0, span.from) * 1024;
	const day = dateText(core.calendar(span.from));
	if (await bring(core, active, key, 'top')) {
		const entries = entriesOf(core, active);
		const first = entries[firstAbove(entries, key - 1)];
		const later = first === undefined || first.key < span.to * 1024 ? undefined : Math.floor(first.key / 1024);
		if (later !== undefined) {
			const text = `Nothing is stored of ${day}; this is ${dateText(core.calendar(later))}.`;
			core.change(withHint(core.view(), {level: 'info', text, more: '/return goes back.'}));
		}
	} else {
		toNewest(core);
		core.change(
			withHint(core.view(), {level: 'info', text: `Nothing is newer than ${day}.`, more: '/return goes back.'}),
		);
	}

	return true;
}
