/** What a one-liner waits for before it leaves. */
import {ping} from '../extensions/ping.js';
import type {Clock} from '../shared/clock.js';
import {type Problem, problemOf} from '../shared/errors.js';
import {type BareJid, domainOf} from '../shared/jid.js';
import type {Session} from '../xmpp/session.js';
import type {LiveSession} from './live-session.js';

/** How long a server that has acknowledged may keep silent about a ping. Milliseconds. */
const pongPatience = 1000;

/** Aborted when the session ends or time runs out. */
export function endOf(session: Session, deadline: AbortSignal): AbortSignal {
	const ended = new AbortController();
	session.onEnd(() => ended.abort());
	return AbortSignal.any([ended.signal, deadline]);
}

/** Waits until the server has everything. Answers why it does not, where the stream ended or time ran out. */
export async function acknowledgement(session: Session, deadline: AbortSignal): Promise<Problem | undefined> {
	let end: Problem | undefined;
	session.onEnd(({problem}) => {
		end = problem;
	});
	const ranOut = new Promise<void>(resolve => {
		deadline.addEventListener('abort', () => resolve(), {once: true});
		if (deadline.aborted) {
			resolve();
		}
	});
	try {
		await Promise.race([session.flush(), ranOut]);
		return undefined;
	} catch (error) {
		return end ?? problemOf(error);
	}
}

/**
 * Asks the server for a sign of life behind what was written; with the `<r/>` it costs no flight of its own. What the answer
 * resolves to waits for it, but not for long: ejabberd acknowledges a message before it refuses it, and says both before that.
 */
export function bouncesOf(live: LiveSession, account: BareJid, clock: Clock): () => Promise<void> {
	const answered = live
		.use(ping)
		.ping(domainOf(account))
		// Also a refusal is an answer.
		.then(
			() => undefined,
			() => undefined,
		);
	return () =>
		new Promise(resolve => {
			const stopWaiting = clock.after(pongPatience, resolve);
			void answered.then(() => {
				stopWaiting();
				resolve();
			});
		});
}
