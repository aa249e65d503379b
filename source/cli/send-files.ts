/** `xmppc send --file`: files, each a message of its own, and the text behind them. */
import {resolve} from 'node:path';
import {watchMessages} from '../client/message-watch.js';
import type {Actions} from '../model/actions.js';
import type {EncryptionWish} from '../model/device.js';
import type {EventSource} from '../model/events.js';
import {hasReached, type WaitLevel} from '../model/message.js';
import type {Clock} from '../shared/clock.js';
import {type Problem, problemOf} from '../shared/errors.js';
import type {BareJid, Jid} from '../shared/jid.js';

export type FilesToSend = {
	readonly account: BareJid;
	readonly to: readonly Jid[];
	readonly paths: readonly string[];
	readonly caption?: string;
	readonly wait: WaitLevel;
	/** Milliseconds, counted from when the last file is at the server: how long that takes only it says. */
	readonly timeout: number;
	readonly isForRooms: boolean;
	readonly encryption?: EncryptionWish;
};

export type FilesOutcome = {readonly to: Jid} & (
	| {readonly ok: true; readonly messages: number}
	| {readonly ok: false; readonly problem: Problem}
);

/** Sends the same files to each, in order; what fails for one does not keep the others from getting theirs. */
export async function sendFilesTo(
	{account, to, paths, caption, wait, timeout, isForRooms, encryption}: FilesToSend,
	{actions, events, clock}: {readonly actions: Actions; readonly events: EventSource; readonly clock: Clock},
): Promise<readonly FilesOutcome[]> {
	const watch = watchMessages(events);
	const files = paths.map(path => ({path: resolve(path)}));
	const outcomes: FilesOutcome[] = [];
	try {
		for (const recipient of to) {
			outcomes.push(await sendTo(recipient));
		}

		return outcomes;
	} finally {
		watch.dispose();
	}

	async function sendTo(recipient: Jid): Promise<FilesOutcome> {
		try {
			const {messages} = await actions.sendFiles({
				account,
				to: recipient,
				files,
				...(isForRooms ? {kind: 'groupchat' as const} : {}),
				...(caption === undefined ? {} : {caption}),
				...(encryption === undefined ? {} : {encryption}),
			});
			const problem = await arrived(messages, recipient);
			return problem === undefined
				? {to: recipient, ok: true, messages: messages.length}
				: {to: recipient, ok: false, problem};
		} catch (error) {
			return {to: recipient, ok: false, problem: problemOf(error)};
		}
	}

	async function arrived(keys: readonly number[], recipient: Jid): Promise<Problem | undefined> {
		const over = new AbortController();
		const stop = clock.after(timeout, () => over.abort());
		try {
			for (const key of keys) {
				const {state, problem} = await watch.reaching(key, 'queued', wait, over.signal);
				if (state === 'failed' || !hasReached(state, wait)) {
					return (
						problem ?? {
							code: 'not-acknowledged',
							kind: 'temporary',
							message: `It was not confirmed within ${timeout / 1000} s that ${recipient} was sent the file.`,
							hint: 'It may have arrived: ask before you send it again.',
						}
					);
				}
			}

			return undefined;
		} finally {
			stop();
		}
	}
}
