/**
 * What others learn of the person's own writing (XEP-0085): each change of it once, where they may, and while there is a
 * connection. Nothing of it is kept or repeated.
 */
import {type Audience, chatStates} from '../extensions/chat-states.js';
import type {BufferId} from '../model/buffer.js';
import type {MessageActions, TypingState} from '../model/message-actions.js';
import type {Clock, Dispose} from '../shared/clock.js';
import {messageOf} from '../shared/errors.js';
import {type BareJid, bareOf} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import type {BufferStore} from '../storage/ports.js';
import type {LiveSession} from './live-session.js';

export type TypingPorts = {
	readonly buffers: Pick<BufferStore, 'get'>;
	/** The connection of an account; undefined while it has none. */
	readonly live: (account: BareJid) => LiveSession | undefined;
	readonly isWanted: () => boolean;
	readonly clock: Pick<Clock, 'after'>;
	readonly log: Log;
};

export type Typing = Pick<MessageActions, 'setTyping'> & {
	/** Something was sent there: with it they heard that nothing more is being written. */
	sent(buffer: BufferId): void;
	close: Dispose;
};

/** Milliseconds without news of a person who writes after which they have paused. */
const pause = 10_000;

type Told = 'composing' | 'paused' | 'active';
type Writing = {readonly live: LiveSession; told: Told; wanted: Told; stop: Dispose};

export function createTyping({buffers, live: liveOf, isWanted, clock, log}: TypingPorts): Typing {
	const writing = new Map<BufferId, Writing>();

	const forget = (buffer: BufferId) => {
		writing.get(buffer)?.stop();
		writing.delete(buffer);
	};

	const audienceOf = (buffer: BufferId): {readonly live: LiveSession; readonly audience: Audience} | undefined => {
		const {kind, account, jid} = buffers.get(buffer) ?? {};
		const live = account === undefined ? undefined : liveOf(account);
		return live === undefined || jid === undefined || (kind !== 'chat' && kind !== 'room')
			? undefined
			: {live, audience: {kind, jid: bareOf(jid)}};
	};

	/** Says what is wanted, unless it was said, or another thing is wanted by the time it is known that it may be. */
	const say = async (buffer: BufferId, wanted: Told): Promise<void> => {
		const found = audienceOf(buffer);
		const known = writing.get(buffer);
		if (found === undefined || known === undefined || found.live !== known.live) {
			forget(buffer);
			return;
		}

		known.wanted = wanted;
		const {live, audience} = found;
		if (known.told !== wanted && (await live.use(chatStates).mayHear(audience))) {
			const isCurrent = writing.get(buffer) === known && known.wanted === wanted && known.told !== wanted;
			if (isCurrent && audienceOf(buffer)?.live === live) {
				known.told = wanted;
				live.use(chatStates).tell(audience, wanted);
			}
		}
	};

	const composing = async (buffer: BufferId): Promise<void> => {
		const found = audienceOf(buffer);
		if (found === undefined) {
			forget(buffer);
			return;
		}

		const before = writing.get(buffer);
		before?.stop();
		const known = before?.live === found.live ? before : {live: found.live, told: 'active' as const};
		const stop = clock.after(pause, () => {
			say(buffer, told(buffer, 'paused')).catch((error: unknown) =>
				log.note('typing', `a pause was not told: ${messageOf(error)}`),
			);
		});
		writing.set(buffer, Object.assign(known, {wanted: 'composing' as const, stop}));
		await say(buffer, 'composing');
	};

	/** Whoever was not told that something is written is not told that it is not. */
	const told = (buffer: BufferId, then: Told): Told => (writing.get(buffer)?.told === 'active' ? 'active' : then);

	return {
		async setTyping({buffer, state}: {readonly buffer: BufferId; readonly state: TypingState}) {
			if (!isWanted()) {
				forget(buffer);
			} else if (state === 'composing') {
				await composing(buffer);
			} else if (writing.has(buffer)) {
				writing.get(buffer)?.stop();
				await say(buffer, told(buffer, state === 'paused' ? 'paused' : 'active'));
			}
		},
		sent: forget,
		close() {
			for (const buffer of [...writing.keys()]) {
				forget(buffer);
			}
		},
	};
}
