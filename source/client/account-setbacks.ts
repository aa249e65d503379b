import type {AccountStatus} from '../model/account.js';
import type {Clock, Dispose} from '../shared/clock.js';
import type {Problem} from '../shared/errors.js';
import {statusAfter} from './account-problems.js';
import type {Standing} from './account-standing.js';
import {type LocalAddresses, watchNetwork} from './network-watch.js';
import {createReconnection, type Random} from './reconnection.js';

export type SetbackParts = {
	readonly standing: Standing;
	readonly clock: Clock;
	readonly random: Random;
	readonly addresses: LocalAddresses;
	/** Makes an attempt to connect. */
	readonly retry: () => void;
	/** No attempt will be made by itself: nothing is to be held for one. */
	readonly giveUp: () => void;
	/** Finds out whether the connection, if there is one, still leads to the server. */
	readonly probe: () => void;
};

/** What an account does about lost connections and failed attempts: tells of them, and plans the next attempt. */
export type Setbacks = {
	/** As {@link Standing.become}; notices sleep and moves of the machine from when the account is online. */
	become(status: AccountStatus, because?: Problem): void;
	/** The connection is lost; another attempt is made after a pause. `atOnce`: without one, unless that has just failed. */
	interrupt(because: Problem, atOnce?: boolean): void;
	/** Tells what went wrong, once for a row of equal failures, and plans the next attempt where that can help. */
	stumble(because: Problem): void;
	/** Something that no further attempt will change. */
	stop(because: Problem): void;
	/** The account is online now. Answers whether the person was told of a setback before. */
	overcome(): boolean;
	/** The person decides anew: no attempt is planned any more, and the same problem is news again. */
	forget(): void;
};

export function createSetbacks({standing, clock, random, addresses, retry, giveUp, probe}: SetbackParts): Setbacks {
	const reconnection = createReconnection(clock, random);
	let toldCode: string | undefined;
	let stopWatching: Dispose | undefined;

	/** Who wakes up has lost the connection, as a rule, or would wait in vain for the end of a pause. */
	const wake = () => {
		probe();
		reconnection.hurry();
	};

	/** A connection does not move to another network as a rule; what failed in the old one may work in the new one. */
	const move = (isOnline: boolean) => {
		if (isOnline) {
			wake();
		} else {
			probe();
		}
	};

	const watch = (status: AccountStatus) => {
		if (status === 'online' || status === 'interrupted') {
			stopWatching ??= watchNetwork({clock, addresses, onWake: wake, onMove: move});
		} else if (status !== 'connecting') {
			stopWatching?.();
			stopWatching = undefined;
		}
	};

	const become = (status: AccountStatus, because?: Problem, retryAt?: number) => {
		watch(status);
		standing.become(status, because, retryAt);
	};

	const interrupt: Setbacks['interrupt'] = (because, atOnce) => {
		const pause = reconnection.schedule(retry, atOnce);
		become('interrupted', because, clock.now() + pause);
	};

	const end = (status: AccountStatus, because: Problem) => {
		giveUp();
		become(status, because);
	};

	return {
		become,
		interrupt,
		stumble(because) {
			const next = statusAfter(because);
			const isPassing = next === 'interrupted';
			const isNews = toldCode !== because.code;
			toldCode = because.code;
			if (isPassing) {
				interrupt(because);
			} else {
				end(next, because);
			}

			if (isNews) {
				standing.notice(
					isPassing ? 'warning' : 'error',
					because.message,
					isPassing ? hintMeanwhile(because) : because.hint,
				);
			}
		},
		stop(because) {
			toldCode = because.code;
			end('failed', because);
			standing.notice('error', because.message, because.hint);
		},
		overcome() {
			const wasTold = toldCode !== undefined;
			toldCode = undefined;
			reconnection.succeeded();
			become('online');
			return wasTold;
		},
		forget() {
			toldCode = undefined;
			reconnection.cancel();
		},
	};
}

/** Failures that pass by themselves, unless host or port are wrong. */
const addressCodes: ReadonlySet<string> = new Set(['no-such-host', 'not-xmpp', 'tls-failed', 'websocket-refused']);

function hintMeanwhile({code, kind, hint}: Problem): string {
	const again = 'Trying again by itself.';
	return hint !== undefined && (kind === 'storage' || addressCodes.has(code)) ? `${hint} ${again}` : again;
}
