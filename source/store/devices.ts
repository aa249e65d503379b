import type {Buffer} from '../model/buffer.js';
import type {Device} from '../model/device.js';
import {inDeviceOrder, undecidedIn} from '../model/device-words.js';
import {type BareJid, bareOf} from '../shared/jid.js';
import {noneByKey, valueFor, valuesOf, withValue} from './by-key.js';
import {occupantsOf} from './room-selectors.js';
import type {State, StoreEvent} from './state.js';

/** Devices that were asked for (XEP-0384). */
export function reduceDevices(state: State, event: StoreEvent): State {
	switch (event.type) {
		case 'devices.loaded': {
			const {account, owner, devices} = event;
			const known = state.devices[account] ?? noneByKey;
			return {
				...state,
				devices: {...state.devices, [account]: withValue(known, owner, inDeviceOrder(devices))},
			};
		}

		case 'account.removed': {
			const {[event.account]: gone, ...devices} = state.devices;
			return gone === undefined ? state : {...state, devices};
		}

		default:
			return state;
	}
}

const none: readonly Device[] = [];

/** The devices of somebody as they were asked for last, this one first. */
export function devicesOf(state: State, account: BareJid, owner: BareJid): readonly Device[] {
	return valueFor(state.devices[account] ?? noneByKey, owner) ?? none;
}

/** Whose devices a conversation is encrypted for besides one's own, as far as that shows: in a room, who is there. */
export function peersOf(state: State, {id, kind, account, jid}: Buffer): readonly BareJid[] {
	if (account === undefined || jid === undefined || kind === 'private') {
		return [];
	}

	if (kind !== 'room') {
		return bareOf(jid) === account ? [] : [bareOf(jid)];
	}

	const people = valuesOf(occupantsOf(state, id)).flatMap(occupant =>
		occupant.jid === undefined ? [] : [bareOf(occupant.jid)],
	);
	return [...new Set(people)].filter(each => each !== account).sort();
}

/** All devices that have to do with a conversation: theirs, then one's own. */
export function devicesAround(state: State, info: Buffer): readonly Device[] {
	const {account} = info;
	return account === undefined
		? none
		: [...peersOf(state, info), account].flatMap(owner => devicesOf(state, account, owner));
}

/** What of the devices around a conversation is worth a word where there is little room. */
export function deviceCounts(state: State, info: Buffer): {readonly undecided: number; readonly verified: boolean} {
	const {encryption, account} = info;
	// Of a room that is encrypted nothing is told, so nobody is counted: there may be hundreds, and a title is painted often.
	const isQuiet = encryption === 'omemo' && info.kind === 'room';
	if (encryption === undefined || encryption === 'none' || isQuiet) {
		return {undecided: 0, verified: false};
	}

	const devices = devicesAround(state, info);
	const used = devices.filter(each => each.owner !== account && each.active && each.trust !== 'distrusted');
	return {
		undecided: undecidedIn(devices).length,
		verified: used.length > 0 && used.every(({trust}) => trust === 'verified') && isWhole(state, info),
	};
}

/** Whether the devices of everybody are known: what is not known is not verified. */
function isWhole(state: State, info: Buffer): boolean {
	const {account} = info;
	// Whoever is not in the room now may be a member all the same.
	return (
		info.kind === 'chat' &&
		account !== undefined &&
		peersOf(state, info).every(owner => devicesOf(state, account, owner).length > 0)
	);
}
