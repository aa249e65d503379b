import type {BufferId} from '../../model/buffer.js';
import {bufferOf} from '../../store/selectors.js';
import {newestMessage} from '../../store/window.js';
import {heardEntries} from '../panes/ignored.js';
import {type Anchor, anchoredAtTop, type MessageView} from '../panes/message-view.js';
import {furtherPage, loadPage} from './buffers.js';
import type {Core} from './core.js';
import {withAnchor} from './view-state.js';

/** Goes to the oldest message that is stored. What lies between is not loaded: it comes on the way down. */
export async function toOldest(core: Core): Promise<void> {
	const {active, loading} = core.view();
	const buffer = bufferOf(core.state(), active);
	if (buffer === undefined || loading.has(active)) {
		return;
	}

	if (!buffer.complete) {
		await loadPage(core, active, {after: 0}, furtherPage);
	}

	const {messages} = core.painted();
	const now = bufferOf(core.state(), active);
	if (core.view().active === active && messages !== undefined && now !== undefined) {
		const view: MessageView = {...messages, entries: heardEntries(now), complete: now.complete};
		core.change(withAnchor(core.view(), now.entries.length === 0 ? undefined : anchoredAtTop(view)));
	}
}

/** Asks for the messages below the last one of a detached window. */
export async function loadNewer(core: Core): Promise<void> {
	const {active, loading} = core.view();
	const buffer = bufferOf(core.state(), active);
	if (buffer?.detached === true && !loading.has(active)) {
		await loadPage(core, active, {after: newestMessage(buffer.entries)}, furtherPage);
	}
}

/**
 * Where a view that was scrolled down stands. At the end of a detached window it does not follow what comes: it stays at
 * the last message there is.
 */
export function standing(core: Core, anchor: Anchor | undefined): Anchor | undefined {
	const buffer = bufferOf(core.state(), core.view().active);
	const last = buffer?.entries.at(-1);
	return anchor === undefined && buffer?.detached === true && last !== undefined
		? {key: last.key, rows: Number.MAX_SAFE_INTEGER}
		: anchor;
}

/** Tells the store in which buffers somebody reads further up, so that nothing moves under their eyes. */
export function holdingOf(core: Core): () => void {
	const held = new Set<BufferId>();
	let places = core.view().places;
	return () => {
		const view = core.view();
		if (view.places === places) {
			return;
		}

		places = view.places;
		for (const id of Object.keys(places) as BufferId[]) {
			const holds = places[id]?.anchor !== undefined;
			if (holds !== held.has(id)) {
				held[holds ? 'add' : 'delete'](id);
				core.store.dispatch({type: 'window.held', buffer: id, held: holds});
			}
		}
	};
}
