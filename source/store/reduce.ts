import {reduceAccounts} from './accounts.js';
import {reduceArchives} from './archives.js';
import {reduceBuffers} from './buffers.js';
import {reduceContacts} from './contacts.js';
import {reduceDevices} from './devices.js';
import {reduceInvitations} from './invitations.js';
import {reducePreferences} from './preferences.js';
import {reduceRequests} from './requests.js';
import {reduceRooms} from './rooms.js';
import type {State, StoreEvent} from './state.js';
import {reduceTransfers} from './transfers.js';

const areas = [
	reducePreferences,
	reduceAccounts,
	reduceContacts,
	reduceDevices,
	reduceArchives,
	reduceBuffers,
	reduceRooms,
	reduceInvitations,
	reduceRequests,
	reduceTransfers,
] as const;

/**
 * The whole State after one event: each area in turn. Accounts come first, because buffers are numbered by them; rooms late,
 * because what is known of a buffer goes with it; requests last, because their buffer is made of what the others hold.
 */
export function reduce(state: State, event: StoreEvent): State {
	return areas.reduce((reduced, area) => area(reduced, event), state);
}
