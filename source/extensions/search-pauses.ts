/**
 * XEP-0433 §4.2.2.4 and §5: how long directories do not want to be searched again. They count whom they like, so a pause is
 * one for all accounts, and outlives the session in which it was asked for.
 */
import type {Clock} from '../shared/clock.js';
import {XmppcError} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';

export type SearchPauses = {
	/** Throws `directory-paused` as long as the service must not be asked. */
	check(service: BareJid): void;
	/** The service refused, for so many seconds where it says so; answers how many it is not asked now. */
	refused(service: BareJid, seconds: number | undefined): number;
	/** The service answered. */
	served(service: BareJid): void;
};

/** Seconds: where a service does not say how long, each time twice as long as before. */
const firstPause = 30;
const longestPause = 3600;

export function createSearchPauses(clock: Pick<Clock, 'monotonic'>): SearchPauses {
	/** `until` in monotonic milliseconds; `refusals` since it was last served. */
	const pauses = new Map<BareJid, {readonly until: number; readonly refusals: number}>();
	return {
		check(service) {
			const left = Math.ceil(((pauses.get(service)?.until ?? 0) - clock.monotonic()) / 1000);
			if (left > 0) {
				throw searchPaused(service, left);
			}
		},
		refused(service, seconds) {
			const refusals = (pauses.get(service)?.refusals ?? 0) + 1;
			const pause = seconds ?? Math.min(longestPause, firstPause * 2 ** Math.min(refusals - 1, 10));
			pauses.set(service, {until: clock.monotonic() + pause * 1000, refusals});
			return pause;
		},
		served(service) {
			pauses.delete(service);
		},
	};
}

/** That a service wants to be asked again only in so many seconds. */
export function searchPaused(service: BareJid, seconds: number): XmppcError {
	return new XmppcError({
		code: 'directory-paused',
		kind: 'temporary',
		message: `${service} takes no more searches for now.`,
		hint: `Try again in ${durationText(seconds)}.`,
	});
}

/** In the largest unit that still says it well, rounded up. */
function durationText(seconds: number): string {
	const [count, unit] =
		seconds < 120
			? [seconds, 'second']
			: seconds < 7200
				? [Math.ceil(seconds / 60), 'minute']
				: [Math.ceil(seconds / 3600), 'hour'];
	return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
