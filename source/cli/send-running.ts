/** Sending through the client that is running: it commits the message and writes it; we hear what becomes of it. */
import {watchHolds} from '../client/hold-watch.js';
import {type MessageProgress, unseen, watchMessages} from '../client/message-watch.js';
import type {OneShotMessage} from '../client/one-shot.js';
import {heldBack, type OneShotOutcome} from '../client/one-shot-outcomes.js';
import {levelInRoom, noSuchRoom, recipientsOf} from '../client/one-shot-rooms.js';
import type {ControlConnection} from '../control/exchange.js';
import type {Account} from '../model/account.js';
import type {ActionInput, Actions} from '../model/actions.js';
import {type BufferId, bufferId} from '../model/buffer.js';
import {hasReached, type OutgoingState, type WaitLevel} from '../model/message.js';
import type {Clock} from '../shared/clock.js';
import {type Problem, problemOf, XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf, isFullJid, type Jid} from '../shared/jid.js';

/** What has to be heard to learn what becomes of a message. */
export const heardBySender = ['message.changed', 'outbox.held'] as const;

/**
 * Sends one text to every recipient, in order. Throws where the client refuses the first; after that each
 * recipient has an outcome of its own.
 * @param choose the account to send from, where none was named.
 */
export async function sendThrough(
	{actions, events, closed}: Pick<ControlConnection, 'actions' | 'events' | 'closed'>,
	{
		to,
		body,
		wait: level = 'acked',
		timeout,
		room,
		...message
	}: Omit<OneShotMessage, 'account'> & {readonly account?: BareJid},
	choose: (accounts: readonly Account[]) => BareJid,
	clock: Clock,
): Promise<readonly OneShotOutcome[]> {
	const wait = room === undefined ? level : levelInRoom(level);
	const over = new AbortController();
	const stopClock = clock.after(timeout, () => over.abort());
	const watch = watchMessages(events);
	const holds = watchHolds(events);
	const whenOver = new Promise<undefined>(resolve => {
		over.signal.addEventListener('abort', () => resolve(undefined));
	});
	let lost: Problem | undefined;
	void closed.then(problem => {
		lost = problem;
		over.abort();
	});
	/** Also what is asked of a client that has been stopped ends in time. */
	const inTime = <Result>(work: Promise<Result>): Promise<Result | undefined> => Promise.race([work, whenOver]);
	try {
		const accounts = await inTime(actions.listAccounts({}));
		if (accounts === undefined) {
			throw new XmppcError(lost ?? silent('nothing was sent', timeout));
		}

		const account = message.account ?? choose(accounts);
		refuseInVain(accounts, account, wait);
		/** Resolves when what arrived with the last news was dealt with there; at the latest when the connection is over. */
		const settled = () => inTime(actions.listAccounts({})).catch(() => undefined);
		const outcomes: Array<Promise<OneShotOutcome>> = [];
		/** Rooms that were entered for this only. */
		const leaving: Array<readonly [Jid, () => Promise<void>]> = [];
		const speak = async (recipient: Jid) => {
			const visit =
				room === undefined ? undefined : await visitRoom(actions, {account, room: bareOf(recipient), ...room});
			leaving.push(...(visit === undefined ? [] : [[recipient, visit] as const]));
			const kind = room === undefined ? {} : {kind: 'groupchat' as const};
			// What waits there already is another matter.
			placesOf(account, recipient).forEach(holds.forget);
			return actions.sendMessage({...message, ...kind, account, to: recipient, body});
		};
		/** The conversations that a message may stand in. */
		const placesOf = (account: BareJid, to: Jid): readonly BufferId[] =>
			room === undefined
				? [bufferId(account, 'chat', bareOf(to)), ...(isFullJid(to) ? [bufferId(account, 'private', to)] : [])]
				: [bufferId(account, 'room', bareOf(to))];
		const reasonFor = (to: Jid) =>
			placesOf(account, to)
				.map(holds.reasonIn)
				.find(reason => reason !== undefined);
		/** Takes back what is held up, so that nothing goes out that nobody sees wait. Answers why, where it could be. */
		const takenBack = async (to: Jid, key: number, {state}: MessageProgress): Promise<Problem | undefined> => {
			const why = state === 'queued' && wait !== 'queued' ? reasonFor(to) : undefined;
			const answer = why === undefined ? undefined : await inTime(actions.withdrawMessage({account, key}));
			return answer?.withdrawn === true ? why : undefined;
		};
		for (const recipient of recipientsOf(to, room)) {
			const sent = over.signal.aborted
				? silent(`nothing was sent to ${recipient}`, timeout)
				: ((await inTime(speak(recipient).catch(problemOf))) ?? unanswered(recipient, timeout));
			if ('code' in sent) {
				if (outcomes.length === 0) {
					throw new XmppcError(sent);
				}

				outcomes.push(Promise.resolve({to: recipient, ok: false, problem: sent}));
				continue;
			}

			const letter = {to: recipient, id: sent.id, account, wait, timeout, isForRoom: room !== undefined};
			const {key, state, exposed} = sent;
			const outcome = async (): Promise<OneShotOutcome> => {
				const orHeld = AbortSignal.any([over.signal, ...placesOf(account, recipient).map(holds.heldIn)]);
				const why = await takenBack(recipient, key, await watch.reaching(key, state, wait, orHeld));
				if (why !== undefined) {
					return {to: recipient, id: letter.id, ok: false, problem: heldBack(recipient, why)};
				}

				const progress = await watch.reaching(key, state, wait, over.signal);
				// Servers send back what they cannot deliver right beside their acknowledgement.
				await (wait === 'acked' && progress.state === 'acked' ? settled() : undefined);
				const last = outcomeOf(letter, watch.latest(key) ?? progress, lost);
				return last.ok && exposed === true ? {...last, exposed} : last;
			};
			outcomes.push(outcome());
		}

		const all = await Promise.all(outcomes);
		// What waits for its turn in a slow room (XEP-0500) is sent only while the client is in it.
		const waits = (to: Jid) => all.some(each => each.to === to && !each.ok && each.problem.code === 'still-queued');
		await inTime(Promise.all(leaving.map(([to, leave]) => (waits(to) ? undefined : leave()))));
		return all;
	} finally {
		stopClock();
		watch.dispose();
		holds.dispose();
	}
}

/** Sees to it that the running client is in the room; answers how it gets out again, where it was not in it before. */
async function visitRoom(
	actions: Pick<Actions, 'joinRoom' | 'leaveRoom'>,
	entering: ActionInput<'joinRoom'>,
): Promise<(() => Promise<void>) | undefined> {
	const {account, room} = entering;
	try {
		// Reserved: what nobody opens is gone again when we leave it.
		const {created, wasIn} = await actions.joinRoom({...entering, remember: false, reserved: true});
		const leave = () => actions.leaveRoom({account, room}).catch(() => {});
		if (created) {
			await leave();
			throw new XmppcError(noSuchRoom(room));
		}

		return wasIn === true ? undefined : leave;
	} catch (error) {
		const problem = problemOf(error);
		// It is entering it just now.
		if (problem.code === 'room-joined') {
			return undefined;
		}

		if (problem.code === 'room-captcha') {
			const hint = `Answer it in the running xmppc with /join ${room}, and send again.`;
			throw new XmppcError({...problem, message: `Nothing was sent: ${problem.message}`, hint});
		}

		throw error;
	}
}

/** @param consequence part of a sentence. */
function silent(consequence: string, timeout: number): Problem {
	return {
		code: 'control-silent',
		kind: 'temporary',
		message: `The xmppc that is running with this profile did not answer within ${timeout / 1000} s; ${consequence}.`,
		hint: 'It may be stopped (Ctrl+Z): continue or close it.',
	};
}

/** It has what we asked for in its socket, and does it when it goes on. */
function unanswered(to: Jid, timeout: number): Problem {
	return {
		...silent(`it sends the message to ${to} when it goes on`, timeout),
		hint: 'It may be stopped (Ctrl+Z). Look there before you send it again.',
	};
}

/** An account that does not try to connect will not send: better to say so than to leave a message behind unasked. */
function refuseInVain(accounts: readonly Account[], jid: BareJid, wait: WaitLevel): void {
	const account = accounts.find(each => each.jid === jid);
	if (account === undefined || wait === 'queued' || ['online', 'connecting', 'interrupted'].includes(account.status)) {
		return;
	}

	const {problem, status} = account;
	const because = problem === undefined ? '.' : `: ${problem.message}`;
	throw new XmppcError({
		code: 'not-connected',
		// Somebody has to unlock it, whatever it is that is locked.
		kind: status === 'locked' ? 'configuration' : (problem?.kind ?? 'temporary'),
		message: `${jid} is not connected in the running xmppc; nothing was sent${because}`,
		hint: 'Connect it there with /connect, or leave the message in its outbox with --wait queued.',
	});
}

type Letter = {
	readonly to: Jid;
	readonly id: string;
	readonly account: BareJid;
	readonly wait: WaitLevel;
	readonly timeout: number;
	readonly isForRoom: boolean;
};

function outcomeOf(
	letter: Letter,
	{state, problem, encryption}: MessageProgress,
	lost: Problem | undefined,
): OneShotOutcome {
	const {to, id, wait} = letter;
	if (state !== 'failed' && hasReached(state, wait)) {
		return {to, id, ok: true, state, ...(encryption === undefined ? {} : {encryption})};
	}

	return {to, id, ok: false, problem: problem ?? (state === 'failed' ? failed(to) : unfinished(letter, state, lost))};
}

function failed(to: Jid): Problem {
	return {
		code: 'not-sent',
		kind: 'unavailable',
		message: `The message to ${to} could not be sent.`,
		hint: 'The running xmppc shows why.',
	};
}

/** Where the message stands, for whoever wonders whether to send it again. */
function unfinished(
	{to, account, timeout, isForRoom}: Letter,
	state: OutgoingState,
	lost: Problem | undefined,
): Problem {
	const when = lost === undefined ? `within ${timeout / 1000} s` : 'before the running xmppc ended';
	switch (state) {
		case 'queued':
		case 'sealed':
			return {
				code: 'still-queued',
				kind: 'temporary',
				...(isForRoom
					? {
							message: `The message to ${to} waits in the outbox: its turn in the room did not come ${when}.`,
							hint: 'It is sent by itself when its turn comes; do not send it again.',
						}
					: {
							message: `${account} was not connected ${when}: the message to ${to} waits in the outbox.`,
							hint: 'It is sent by itself when the connection is back; do not send it again.',
						}),
			};
		case 'acked':
		case 'delivered':
			return unseen(to, state, when);
		default:
			return {
				code: 'not-acknowledged',
				kind: 'temporary',
				message: `The server of ${account} did not confirm the message to ${to} ${when}.`,
				hint: 'It may have arrived: look before you send it again.',
			};
	}
}
