import {networkInterfaces} from 'node:os';
import type {Clock, Dispose} from '../shared/clock.js';

/** The addresses of this machine by which it may reach others, in any order. */
export type LocalAddresses = () => readonly string[];

/** Those of the system, but for loopback and for addresses that lead no further than the next cable (RFC 4291, RFC 3927). */
export const systemAddresses: LocalAddresses = () => {
	try {
		return Object.values(networkInterfaces())
			.flatMap(addresses => addresses ?? [])
			.filter(({internal, address}) => !internal && !/^(?:fe[89ab]|169\.254\.)/i.test(address))
			.map(({address}) => address);
	} catch {
		// Some systems do not let programs know. Then nothing changes, as far as we can see.
		return [];
	}
};

export type NetworkWatch = {
	readonly clock: Clock;
	readonly addresses: LocalAddresses;
	/** The machine, or the program alone, stood still for a while. */
	readonly onWake: () => void;
	/** It is in another network now; `isOnline`: in one at all. */
	readonly onMove: (isOnline: boolean) => void;
};

const pause = 5_000;
/** Clocks are set right by less than this as a rule; a lid is closed for longer. */
const leap = 10_000;
/** No timer is this late unless the program stood still. */
const lateness = 5_000;

/**
 * Tells, five seconds later at most, that the machine has slept or that its addresses have changed. Sleep shows in the
 * clock on the wall, which went on while the monotonic one stood still, or, where that one goes on too, in a timer that
 * comes late. A clock that is set forward looks the same, which does no harm.
 */
export function watchNetwork({clock, addresses, onWake, onMove}: NetworkWatch): Dispose {
	let cancel: Dispose = () => {};
	let known = addresses();
	const look = () => {
		const [wall, own] = [clock.now(), clock.monotonic()];
		cancel = clock.after(pause, () => {
			const passed = clock.monotonic() - own;
			const hasSlept = clock.now() - wall - passed > leap || passed - pause > lateness;
			const current = addresses();
			const hasMoved = !isSameSet(known, current);
			known = current;
			look();
			if (hasMoved) {
				onMove(current.length > 0);
			} else if (hasSlept) {
				onWake();
			}
		});
	};

	look();
	return () => cancel();
}

function isSameSet(before: readonly string[], after: readonly string[]): boolean {
	return before.length === after.length && before.every(address => after.includes(address));
}
