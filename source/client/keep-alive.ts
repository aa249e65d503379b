import type {Clock, Dispose} from '../shared/clock.js';
import type {Session} from '../xmpp/session.js';

/** Which part of the server's patience passes between two questions, so that one is there in time. */
const share = 0.7;
/** Milliseconds; timers cannot be as long as what a server may say. */
const longestPause = 3_600_000;

/**
 * Speaks often enough for a server that gives up connections on which it hears nothing for a while (XEP-0478). While the
 * server is quiet it is asked anyway; this is for one that talks all the time, and for short patience.
 */
export function keepAlive({features, probe}: Pick<Session, 'features' | 'probe'>, clock: Clock): Dispose {
	const {idleSeconds} = features;
	if (idleSeconds === undefined) {
		return () => {};
	}

	let cancel: Dispose = () => {};
	const wait = () => {
		cancel = clock.after(Math.min(idleSeconds * 1000 * share, longestPause), () => {
			probe();
			wait();
		});
	};

	wait();
	return () => cancel();
}
