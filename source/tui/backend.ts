import type {Actions, Snapshot} from '../model/actions.js';
import type {EventSource} from '../model/events.js';

/** What the account manager gives a front end. */
export type Backend = {
	readonly actions: Actions;
	readonly events: EventSource;
	/** What is known at the start; without it the verb `snapshot` is asked. */
	readonly snapshot?: Snapshot;
};
