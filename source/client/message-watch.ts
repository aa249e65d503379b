import type {EventSource} from '../model/events.js';
import {hasReached, type OutgoingState, type WaitLevel} from '../model/message.js';
import type {Dispose} from '../shared/clock.js';
import type {Problem} from '../shared/errors.js';
import type {Jid} from '../shared/jid.js';

/** What is known of a message; `problem` where it failed for a reason that was told, `encryption` where it went out so. */
export type MessageProgress = {
	readonly state: OutgoingState;
	readonly problem?: Problem;
	readonly encryption?: 'omemo';
};

/** Remembers what became of every message from its making on, so that nothing is missed before somebody waits. */
export type MessageWatch = {
	/**
	 * Resolves when the message is at `level`, failed, or `over` is aborted: with what is known then.
	 * @param first the state it had when its key was learned.
	 */
	reaching(key: number, first: OutgoingState, level: WaitLevel, over: AbortSignal): Promise<MessageProgress>;
	/** What is known of it now. */
	latest(key: number): MessageProgress | undefined;
	readonly dispose: Dispose;
};

/** Watches `message.changed`; to be made before the first message is sent. */
export function watchMessages(events: EventSource): MessageWatch {
	const known = new Map<number, MessageProgress>();
	const waiting = new Map<number, () => void>();
	const dispose = events(event => {
		if (event.type === 'message.changed' && event.change.state !== undefined) {
			const {key, state, problem, encryption = known.get(key)?.encryption} = event.change;
			known.set(key, {
				state,
				...(problem === undefined ? {} : {problem}),
				...(encryption === undefined ? {} : {encryption}),
			});
			waiting.get(key)?.();
		}
	});

	return {
		reaching(key, first, level, over) {
			return new Promise(resolve => {
				const look = () => {
					const progress = known.get(key) ?? {state: first};
					if (over.aborted || progress.state === 'failed' || hasReached(progress.state, level)) {
						waiting.delete(key);
						over.removeEventListener('abort', look);
						resolve(progress);
					}
				};
				waiting.set(key, look);
				over.addEventListener('abort', look);
				look();
			});
		},
		latest: key => known.get(key),
		dispose,
	};
}

/**
 * Why a message that the server has is not where it was waited for.
 * @param when part of a sentence, e.g. `within 60 s`.
 */
export function unseen(to: Jid, state: 'acked' | 'delivered', when: string): Problem {
	const missing = state === 'acked' ? 'arrived' : 'was read';
	return {
		code: state === 'acked' ? 'not-delivered' : 'not-displayed',
		kind: 'temporary',
		message: `The server has the message, but ${to} did not confirm ${when} that it ${missing}.`,
		hint: 'Not every program confirms; --wait acked waits for the server only.',
	};
}
