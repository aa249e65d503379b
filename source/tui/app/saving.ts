import type {BufferId} from '../../model/buffer.js';
import type {Dispose} from '../../shared/clock.js';
import {saveView} from './buffers.js';
import type {Core} from './core.js';
import type {ViewState} from './view-state.js';

/** Keeps what is typed and where the views stand, so that not even a crash loses more than the last moment. */
export type Saving = {
	/** The view may have changed. */
	noticed(view: ViewState): void;
	close: Dispose;
};

/** Milliseconds until a change is stored: each time costs a write to the disk. */
const saveInterval = 700;

export function savingOf(core: Core): Saving {
	let {editors, places} = core.view();
	let stopWaiting: Dispose | undefined;
	return {
		noticed(view) {
			if (view.editors === editors && sameAnchors(view.places, places)) {
				return;
			}

			({editors, places} = view);
			stopWaiting ??= core.clock.after(saveInterval, () => {
				stopWaiting = undefined;
				void saveView(core);
			});
		},
		close() {
			stopWaiting?.();
		},
	};
}

/** Whether all views stand where they stood; of what else belongs to a place nothing is stored. */
function sameAnchors(one: ViewState['places'], other: ViewState['places']): boolean {
	return one === other || Object.entries(one).every(([id, {anchor}]) => other[id as BufferId]?.anchor === anchor);
}
