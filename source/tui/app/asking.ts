import type {ClientIntent} from '../../commands/intent.js';
import type {BareJid} from '../../shared/jid.js';
import type {Core} from './core.js';
import {type Hint, withHint} from './view-state.js';

/** Milliseconds after which it is said who is being waited for. */
const slowAfter = 300;

/** Does what a room or a service is asked for, and says so while its answer takes long. */
export async function whileAsking<Result>(
	core: Core,
	whom: BareJid | undefined,
	work: () => Promise<Result>,
): Promise<Result> {
	const hint: Hint = {level: 'info', text: whom === undefined ? 'Asking…' : `Asking ${whom}…`};
	const stop = core.clock.after(slowAfter, () => core.change(withHint(core.view(), hint)));
	try {
		return await work();
	} finally {
		stop();
		if (core.view().hint === hint) {
			core.change(withHint(core.view(), undefined));
		}
	}
}

/** The room that answers a verb; one that is entered says so itself. */
export function askedRoom({action, input}: ClientIntent): BareJid | undefined {
	return 'room' in input && action !== 'joinRoom' ? input.room : undefined;
}
