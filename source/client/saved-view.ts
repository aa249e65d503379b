import type {SavedView} from '../model/actions.js';
import type {BufferId} from '../model/buffer.js';
import type {Storage} from '../storage/ports.js';

/** Keeps what the person arranged, of buffers that are open. Writes only what differs: it is called often. */
export function saveView(
	{transaction, buffers}: Pick<Storage, 'transaction' | 'buffers'>,
	{active, beside, focus, drafts = {}, scroll = {}}: SavedView,
	now: number,
): void {
	transaction(() => {
		for (const [name, draft] of Object.entries(drafts)) {
			const known = buffers.get(name as BufferId);
			if (known !== undefined && known.draft !== draft) {
				buffers.saveDraft(known.id, draft, now);
			}
		}

		for (const [name, wanted] of Object.entries(scroll)) {
			const known = buffers.get(name as BufferId);
			const position = wanted === 'newest' ? undefined : wanted;
			const differs = known?.scroll?.key !== position?.key || known?.scroll?.rows !== position?.rows;
			if (known !== undefined && differs) {
				buffers.saveScroll(known.id, position);
			}
		}

		if (active !== undefined && buffers.active() !== active) {
			buffers.setActive(active);
		}

		const wanted = beside === 'none' ? undefined : beside;
		if (beside !== undefined && buffers.beside() !== wanted) {
			buffers.setBeside(wanted);
		}

		if (focus !== undefined && buffers.focus() !== focus) {
			buffers.setFocus(focus);
		}
	});
}

/** Milliseconds. */
const day = 24 * 60 * 60_000;

/** Forgets what was begun so many days ago and not touched since; 0: nothing. What the person looks at stays. */
export function forgetOldDrafts({buffers}: Pick<Storage, 'buffers'>, days: number, now: number): void {
	if (days > 0) {
		const keep = [buffers.active(), buffers.beside()].filter(id => id !== undefined);
		buffers.forgetDrafts({since: now - days * day, now, keep});
	}
}
