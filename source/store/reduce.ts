import {reduceAccounts} from './accounts.js';
import {reduceArchives} from './archives.js';
import {reduceBuffers} from './buffers.js';
import {reduceContacts} from './contacts.js';
import {reducePreferences} from './preferences.js';
import type {State, StoreEvent} from './state.js';

const areas = [reducePreferences, reduceAccounts, reduceContacts, reduceArchives, reduceBuffers] as const;

/** The whole State after one event: each area in turn. Accounts come first, because buffers are numbered by them. */
export function reduce(state: State, event: StoreEvent): State {
	return areas.reduce((reduced, area) => area(reduced, event), state);
}
