/** What is told of devices in sentences, on the screen and in lines. */
import {type Device, fingerprintGroups} from '../../model/device.js';
import {deviceText} from '../../model/device-words.js';
import type {BareJid} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import type {Here} from '../../shared/when.js';
import {contactOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {dateText, sameDay, timeText} from '../panes/calendar.js';
import {contactName} from '../panes/words.js';

const dayLength = 86_400_000;
/** Up to so many days ago they are counted. */
const countedDays = 30;

/** When something came from a device last: `today 21:58`, `yesterday`, `12 days ago`, `on Sat 2 May 2026`. */
export function lastSeenText({lastSeen, isThis}: Device, {now, calendar}: Here): string {
	if (isThis === true) {
		return '';
	}

	if (lastSeen === undefined) {
		return 'nothing came from it yet';
	}

	const then = calendar(lastSeen);
	if (sameDay(then, calendar(now))) {
		return `seen today ${timeText(then)}`;
	}

	if (sameDay(then, calendar(now - dayLength))) {
		return 'seen yesterday';
	}

	const days = Math.floor((now - lastSeen) / dayLength);
	return days >= 0 && days <= countedDays ? `seen ${Math.max(2, days)} days ago` : `seen on ${dateText(then)}`;
}

/** The fingerprint in groups, or that there is none. */
export function fingerprintText({fingerprint}: Device): string {
	return fingerprint === undefined ? 'no key yet' : fingerprintGroups(fingerprint).join(' ');
}

/** Whose devices they are: `Your devices`, `Devices of Romeo Montague, romeo@example.net`. */
export function ownerHeading(state: State, account: BareJid, owner: BareJid): string {
	return owner === account ? 'Your devices' : `Devices of ${ownerText(state, account, owner)}`;
}

/** With the address: a name can be anybody's. */
export function ownerText(state: State, account: BareJid, owner: BareJid): string {
	const address = printable(owner, 'identifier');
	const name = contactOf(state, account, owner)?.name?.trim() ?? '';
	return name === '' ? address : `${contactName(contactOf(state, account, owner), owner)}, ${address}`;
}

/** `1 device`, `3 devices, 1 not decided`. */
export function countText(devices: readonly Device[], undecided: number): string {
	const count = devices.length === 1 ? '1 device' : `${devices.length} devices`;
	return undecided === 0 ? count : `${count}, ${undecided} not decided`;
}

/** More devices than these nobody reads in a sentence. */
const mostNamed = 3;

/** Why nothing is sent, and what helps, where devices wait for the person's decision. `key`: how they are reached, besides the command. */
export function undecidedNotice(
	devices: readonly Device[],
	account: BareJid,
	key?: string,
): {readonly text: string; readonly hint: string} {
	const named = devices
		.slice(0, mostNamed)
		.map(device =>
			device.owner === account
				? `${deviceText(device)} of your own`
				: `${deviceText(device)} of ${printable(device.owner, 'identifier')}`,
		);
	const more = devices.length - named.length;
	const list = [...named, ...(more > 0 ? [`${more} more`] : [])].join('; ');
	const [first] = devices;
	const id = devices.length === 1 && first !== undefined ? String(first.id) : '<id>';
	return {
		text: `Nothing is sent here until you decide about ${devices.length === 1 ? 'a new device' : 'new devices'}: ${list}.`,
		hint: `${key === undefined ? '' : `${key} or `}/devices shows ${devices.length === 1 ? 'it' : 'them'}. /omemo verify ${id} when you have compared the fingerprint, /omemo trust ${id} without, /omemo distrust ${id} to leave it out.`,
	};
}
