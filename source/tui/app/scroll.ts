import {
	type Anchor,
	anchoredAtMarker,
	anchoredAtTop,
	type MessageView,
	scrolled,
	viewport,
} from '../panes/message-view.js';
import {loadOlder} from './buffers.js';
import type {Core} from './core.js';
import {placeIn, withAnchor} from './view-state.js';

/** Scrolls the messages; at the top older ones are asked for. */
export function scroll(core: Core, by: 'page' | 'line' | 'end', direction: 'up' | 'down'): void {
	const {messages} = core.painted();
	if (messages === undefined) {
		return;
	}

	const {anchor} = placeIn(core.view(), core.view().active);
	move(core, messages, target(messages, anchor, by, direction));
}

/** Goes to the read marker line, if there is one. */
export function scrollToMarker(core: Core): void {
	const {messages} = core.painted();
	const anchor = messages === undefined ? undefined : anchoredAtMarker(messages);
	if (messages !== undefined && anchor !== undefined) {
		move(core, messages, anchor);
	}
}

function target(
	messages: MessageView,
	anchor: Anchor | undefined,
	by: 'page' | 'line' | 'end',
	direction: 'up' | 'down',
): Anchor | undefined {
	const sign = direction === 'up' ? -1 : 1;
	switch (by) {
		case 'end':
			return direction === 'up' ? anchoredAtTop(messages) : undefined;
		case 'page':
			// Two lines stay in view, so that the eye finds its place.
			return scrolled(messages, anchor, sign * Math.max(1, messages.height - 2));
		case 'line':
			return scrolled(messages, anchor, sign);
	}
}

function move(core: Core, messages: MessageView, anchor: Anchor | undefined): void {
	core.change(withAnchor(core.view(), anchor));
	if (viewport(messages, anchor).atTop) {
		loadOlder(core);
	}
}
