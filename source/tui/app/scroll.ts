import {bufferOf} from '../../store/selectors.js';
import {
	type Anchor,
	type MarkerPlace,
	type MessageView,
	markerPlace,
	scrolled,
	viewport,
} from '../panes/message-view.js';
import {furtherPage, loadOlder, loadPage, toNewest} from './buffers.js';
import type {Core} from './core.js';
import {placeIn, withAnchor, withHint, withPlace} from './view-state.js';
import {loadNewer, standing, toOldest} from './window.js';

/** Scrolls the messages; at the top older ones are asked for. */
export function scroll(core: Core, by: 'page' | 'line' | 'end', direction: 'up' | 'down'): void {
	const {messages} = core.painted();
	if (messages === undefined) {
		return;
	}

	if (by === 'end') {
		if (direction === 'up') {
			void toOldest(core);
		} else {
			toNewest(core);
		}

		return;
	}

	const {anchor} = placeIn(core.view(), core.view().active);
	move(core, messages, target(messages, anchor, by, direction));
}

/** Scrolls the other half of a split view by so many lines, down being positive; what is not loaded is not asked for. */
export function scrollOther(core: Core, by: number): void {
	const view = core.view();
	const {messages} = core.painted().other ?? {};
	if (messages === undefined || view.split === undefined) {
		return;
	}

	const {anchor, ...place} = placeIn(view, view.split.other);
	const next = scrolled(messages, anchor, by);
	core.change(withPlace(view, view.split.other, next === undefined ? place : {...place, anchor: next}));
}

/** Unread messages up to which all is loaded down to the read marker line, so that it tells how many there are. */
const mostBetween = 2000;

/** Goes to the read marker line, and loads what lies between or, where that is much, what is around it. */
export async function scrollToMarker(core: Core): Promise<void> {
	const {active} = core.view();
	const {marker} = placeIn(core.view(), active);
	const {detached = false, info} = bufferOf(core.state(), active) ?? {};
	if (marker !== undefined && (detached || (info?.unread ?? 0) > mostBetween) && placeOfMarker(core).type !== 'here') {
		await loadPage(core, active, {around: marker + 1}, furtherPage);
	}

	for (;;) {
		const {messages} = core.painted();
		const place = placeOfMarker(core);
		if (messages === undefined || core.view().active !== active) {
			return;
		}

		if (place.type === 'none') {
			const hint = {level: 'info', text: 'Nothing here is new.', more: 'Alt+A goes where something is.'} as const;
			core.change(withHint(core.view(), hint));
			return;
		}

		if (place.type === 'here') {
			move(core, messages, place.anchor);
			return;
		}

		const loaded = messages.entries.length;
		await loadOlder(core);
		if ((core.painted().messages?.entries.length ?? 0) <= loaded) {
			// There is no more to be had: the line belongs above everything.
			scroll(core, 'end', 'up');
			return;
		}
	}
}

function placeOfMarker(core: Core): MarkerPlace {
	const {messages} = core.painted();
	return messages === undefined ? {type: 'none'} : markerPlace(messages);
}

function target(
	messages: MessageView,
	anchor: Anchor | undefined,
	by: 'page' | 'line',
	direction: 'up' | 'down',
): Anchor | undefined {
	const sign = direction === 'up' ? -1 : 1;
	// Of a page two lines stay in view, so that the eye finds its place.
	return scrolled(messages, anchor, by === 'line' ? sign : sign * Math.max(1, messages.height - 2));
}

function move(core: Core, messages: MessageView, anchor: Anchor | undefined): void {
	core.change(withAnchor(core.view(), standing(core, anchor)));
	if (viewport(messages, anchor).atTop) {
		void loadOlder(core);
	} else if (anchor === undefined) {
		void loadNewer(core);
	}
}
