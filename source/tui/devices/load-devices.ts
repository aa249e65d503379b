import type {Actions} from '../../model/actions.js';
import type {Affiliation} from '../../model/room.js';
import {type BareJid, domainOf} from '../../shared/jid.js';
import type {State, StoreEvent} from '../../store/state.js';
import type {Store} from '../../store/store.js';

export type DevicePorts = {
	readonly store: Store<State, StoreEvent>;
	readonly actions: Pick<Actions, 'listDevices' | 'listAffiliated'>;
};

/** More people than these are not asked for in one go. */
const mostPeople = 500;
/** So many are asked for at a time. */
const together = 8;

/** Asks for the devices of somebody and keeps them in the State. Throws why they cannot be told. */
export async function loadDevices(
	{store, actions}: DevicePorts,
	account: BareJid,
	owner: BareJid,
	refresh: boolean,
): Promise<void> {
	const devices = await actions.listDevices({
		account,
		...(owner === account ? {} : {owner}),
		...(refresh ? {refresh} : {}),
	});
	store.dispatch({type: 'devices.loaded', account, owner, devices});
}

/** The same for several people. Throws only where nobody's could be told. */
export async function loadAll(
	ports: DevicePorts,
	account: BareJid,
	owners: readonly BareJid[],
	refresh: boolean,
): Promise<void> {
	const wanted = owners.slice(0, mostPeople);
	const failures: unknown[] = [];
	for (let from = 0; from < wanted.length; from += together) {
		const results = await Promise.allSettled(
			wanted.slice(from, from + together).map(owner => loadDevices(ports, account, owner, refresh)),
		);
		failures.push(...results.flatMap(result => (result.status === 'rejected' ? [result.reason] : [])));
	}

	if (failures.length > 0 && failures.length === wanted.length) {
		throw failures[0];
	}
}

const encryptedFor: readonly Affiliation[] = ['owner', 'admin', 'member'];

/**
 * For whom messages in a room are encrypted (XEP-0384 0.9 §5.8): all who are on its lists, there or not. A room that does
 * not tell is no failure: then it is those who are there.
 */
export async function membersOf(
	{actions}: DevicePorts,
	account: BareJid,
	room: BareJid,
	present: readonly BareJid[],
): Promise<readonly BareJid[]> {
	const lists = await Promise.allSettled(
		encryptedFor.map(affiliation => actions.listAffiliated({account, room, affiliation})),
	);
	const listed = lists.flatMap(list => (list.status === 'fulfilled' ? list.value.map(({jid}) => jid) : []));
	// A whole server can be on a list; it has no devices.
	return [...new Set([...listed, ...present])].filter(jid => jid !== account && jid !== domainOf(jid)).sort();
}
