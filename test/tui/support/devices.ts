import type {Device, Fingerprint} from '../../../source/model/device.js';
import type {BareJid} from '../../../source/shared/jid.js';
import {evening, me, minutes, romeo} from '../support.js';

const day = 24 * 60 * minutes;

/** A fingerprint that begins like this. */
export const key = (beginning: string): Fingerprint =>
	`${beginning}f0e1d2c3b4a5968778695a4b3c2d1e0f0123456789abcdef0011223344556677`.slice(0, 64) as Fingerprint;

export const device = (id: number, owner: BareJid, more: Partial<Device> = {}): Device => ({
	account: me,
	owner,
	id,
	fingerprint: key(String(id).padStart(8, 'a')),
	trust: 'blind',
	active: true,
	versions: ['legacy'],
	firstSeen: evening - 90 * day,
	lastSeen: evening - 2 * day,
	...more,
});

export const thisDevice = device(1_111_111_111, me, {isThis: true, trust: 'verified'});
export const laptop = device(222, me, {label: 'Laptop', trust: 'verified', lastSeen: evening - day});
export const newPhone = device(1_234_567_890, romeo, {
	label: 'New\u001b[2J phone',
	trust: 'undecided',
	lastSeen: evening - 5 * minutes,
});

/** One's own, and Romeo's in every state there is. */
export const household: readonly Device[] = [
	thisDevice,
	laptop,
	device(333, me, {trust: 'verified', active: false, lastSeen: evening - 80 * day}),
	newPhone,
	device(41, romeo, {trust: 'verified'}),
	device(42, romeo, {trust: 'trusted', label: 'Tablet'}),
	device(43, romeo, {trust: 'blind'}),
	device(44, romeo, {trust: 'distrusted'}),
	withoutKey(device(45, romeo, {problem: 'Its server has no keys of it.'})),
];

function withoutKey({fingerprint: _, lastSeen: __, ...known}: Device): Device {
	return known;
}
