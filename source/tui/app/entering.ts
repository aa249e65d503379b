import type {ClientIntent} from '../../commands/intent.js';
import {bufferId} from '../../model/buffer.js';
import {bufferOf} from '../../store/selectors.js';
import {enter} from './buffers.js';
import type {Core} from './core.js';
import type {Wanted} from './type-ahead.js';

/** Milliseconds that what is to be sent waits for a room that is slow to let the person in; its buffer is on the screen then. */
const patience = 1500;

/**
 * Enters a room with `work`, which answers whether it could. Its buffer is shown as soon as it is there: what becomes of the
 * attempt is told in it, and what is typed behind the command is meant for it: it can be written at once, and is sent when
 * the room has let the person in.
 */
export async function enterRoom(
	core: Core,
	{input: {account, room}}: Extract<ClientIntent, {readonly action: 'joinRoom'}>,
	wanted: Wanted,
	work: () => Promise<boolean>,
	arrived: () => void = () => {},
): Promise<boolean> {
	const id = bufferId(account, 'room', room);
	let shown = false;
	const show = () => {
		if (!shown && bufferOf(core.state(), id) !== undefined && wanted()) {
			shown = true;
			enter(core, id);
			arrived();
		}
	};

	const working = work();
	show();
	// Not amid the dispatch: others that hear of the same change would still see the view of before.
	const stop = core.store.subscribe(() => queueMicrotask(show));
	const done = working
		.then(entered => {
			show();
			return entered;
		})
		.finally(stop);
	const late = new Promise<boolean>(resolve => {
		core.clock.after(patience, () => resolve(shown));
	});
	return Promise.race([done, late]);
}
