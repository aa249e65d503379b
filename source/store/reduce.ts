import {reduceAccounts} from './accounts.js';
import {reduceArchives} from './archives.js';
import {reduceBuffers} from './buffers.js';
import {reduceContacts} from './contacts.js';
import type {State, StoreEvent} from './state.js';

/** The whole State after one event: each area in turn. Accounts come first, because buffers are numbered by them. */
export function reduce(state: State, event: StoreEvent): State {
	return reduceBuffers(reduceArchives(reduceContacts(reduceAccounts(state, event), event), event), event);
}
