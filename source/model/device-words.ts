/** Devices in words: the same on the screen, in lines and in completions. */
import {printable} from '../shared/printable.js';
// Not by way of text.js: whoever sends from a shell need not load what knows how wide characters are.
import {truncateToWidth} from '../shared/width.js';
import type {Device, Trust} from './device.js';

/** What there is to say first of a device. */
export type DeviceState = 'this' | 'inactive' | 'noKeys' | Trust;

export function deviceState({isThis, active, fingerprint, trust}: Device): DeviceState {
	return isThis === true ? 'this' : !active ? 'inactive' : fingerprint === undefined ? 'noKeys' : trust;
}

const stateWords: Readonly<Record<DeviceState, string>> = {
	this: 'this device',
	inactive: 'inactive',
	noKeys: 'no keys',
	blind: 'blindly trusted',
	trusted: 'trusted',
	verified: 'verified',
	undecided: 'NOT DECIDED',
	distrusted: 'distrusted',
};

/** A plain word or two. What waits for the person is in capitals: it stands out where there are no colours. */
export function stateText(device: Device): string {
	return stateWords[deviceState(device)];
}

const meanings: Readonly<Record<DeviceState, string>> = {
	this: 'This is the device you use now. Others compare its fingerprint with what you tell them.',
	inactive: 'It is not on its owner’s list any more: nothing is encrypted for it.',
	noKeys: 'Its keys were never seen, so nothing can be encrypted for it.',
	blind:
		'It was there before you verified any device of its owner, so it is used unasked. Nobody has compared its fingerprint yet: it could be somebody else’s.',
	trusted: 'You accepted it without comparing its fingerprint. Messages are encrypted for it.',
	verified: 'You compared its fingerprint. Messages are encrypted for it, and nobody else can be behind it.',
	undecided: 'It is new, and you have not decided about it: nothing is sent to its owner’s conversations until you do.',
	distrusted: 'You do not trust it: nothing is encrypted for it, so it cannot read what you write.',
};

/** What the state of a device means, in a sentence or two. */
export function stateMeaning(device: Device): string {
	const {problem} = device;
	const meaning = meanings[deviceState(device)];
	return problem === undefined ? meaning : `${meaning} ${printable(problem, 'line')}`;
}

/** Columns of a label where it stands among other things: 53 code points may be twice as wide (XEP-0384 0.9 §5.3.1). */
const longestLabel = 40;

/** What its owner calls it, or its id. Harmless for the screen. */
export function deviceName({label = '', id}: Pick<Device, 'label' | 'id'>): string {
	const shown = truncateToWidth(printable(label, 'line').trim(), longestLabel);
	return shown === '' ? `device ${id}` : shown;
}

/** With the id, which nobody can choose to look like another's name. */
export function deviceText(device: Pick<Device, 'label' | 'id'>): string {
	const name = deviceName(device);
	return name === `device ${device.id}` ? name : `${name} (device ${device.id})`;
}

/** This device first, then what waits for the person, then those that are used, at the end those that are gone. */
export function inDeviceOrder(devices: readonly Device[]): readonly Device[] {
	const rank: Readonly<Record<DeviceState, number>> = {
		this: 0,
		undecided: 1,
		verified: 2,
		trusted: 2,
		blind: 2,
		distrusted: 3,
		noKeys: 4,
		inactive: 5,
	};
	return devices.toSorted(
		(one, other) =>
			rank[deviceState(one)] - rank[deviceState(other)] ||
			(other.lastSeen ?? 0) - (one.lastSeen ?? 0) ||
			one.id - other.id,
	);
}

/** Those that stop what is to be sent. */
export function undecidedIn(devices: readonly Device[]): readonly Device[] {
	return devices.filter(device => deviceState(device) === 'undecided');
}
