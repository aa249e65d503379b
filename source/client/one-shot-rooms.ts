/** What a one-liner does before it can speak in rooms: it enters them, and nothing else of what a client that stays does. */
import {multiUserChat} from '../extensions/multi-user-chat.js';
import type {WaitLevel} from '../model/message.js';
import type {Clock} from '../shared/clock.js';
import {type Problem, problemOf, XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf, type Jid, localpartOf} from '../shared/jid.js';
import type {LiveSession} from './live-session.js';
import {unlessChallenged} from './room-challenges.js';
import {waitInRoom} from './room-pace.js';
import type {EnterRoom} from './rooms.js';

/** The name under which rooms are entered. */
export function nickFor(account: BareJid, room: EnterRoom): string {
	return room.nick ?? localpartOf(account) ?? account;
}

/** Who gets a message, each of them once and in the order given; a room is one address, whatever nick stands behind it. */
export function recipientsOf(to: readonly Jid[], room: EnterRoom | undefined): readonly Jid[] {
	return [...new Set(room === undefined ? to : to.map(jid => bareOf(jid)))];
}

/**
 * How far a message to a room is waited for: that our server has it says nothing, only what comes back from the room does.
 * Throws `room-confirms-nothing`: nobody in a room says that they have read something.
 */
export function levelInRoom(wait: WaitLevel): WaitLevel {
	if (wait === 'displayed') {
		throw new XmppcError({
			code: 'room-confirms-nothing',
			kind: 'usage',
			message: 'A room does not tell who has read a message.',
			hint: '--wait acked waits until the room has said it to everybody.',
		});
	}

	return wait === 'acked' ? 'delivered' : wait;
}

/**
 * Enters all of them at once, until `isOver`: one that says nothing must not keep the others waiting. Answers why one could
 * not be entered, by its address.
 */
export async function enterRooms(
	live: LiveSession,
	rooms: readonly Jid[],
	{nick, password}: EnterRoom & {readonly nick: string},
	isOver: Promise<unknown>,
): Promise<ReadonlyMap<Jid, Problem>> {
	const refused = new Map<Jid, Problem>();
	await Promise.all(
		rooms.map(async room => {
			try {
				const chat = live.use(multiUserChat);
				const joined = chat.join(bareOf(room), {nick, ...(password === undefined ? {} : {password})});
				const entered = await Promise.race([
					unlessChallenged(chat, bareOf(room), joined),
					isOver.then(() => undefined),
				]);
				if (entered === undefined) {
					refused.set(room, silent(room));
				} else if (entered.created) {
					// Nobody would hear it, and the room would be gone with us.
					await live.use(multiUserChat).leave(bareOf(room));
					refused.set(room, noSuchRoom(room));
				}
			} catch (error) {
				const problem = problemOf(error);
				refused.set(room, problem.code === 'room-captcha' ? askedInVain(problem, room) : problem);
				await live.use(multiUserChat).leave(bareOf(room));
			}
		}),
	);
	return refused;
}

/** A room asks who is a person, and nobody is here to answer. */
function askedInVain({message, ...problem}: Problem, room: Jid): Problem {
	return {
		...problem,
		message: `Nothing was sent: ${message}`,
		hint: `Start xmppc, answer with /join ${room}, and send again while it is running.`,
	};
}

/**
 * Those of the rooms in which nothing may be said within `patience` milliseconds (XEP-0500), with why, by their address.
 * Whoever has to wait less waits.
 */
export function tooSlow(
	live: LiveSession,
	rooms: readonly Jid[],
	{clock, patience}: {readonly clock: Clock; readonly patience: number},
): ReadonlyMap<Jid, Problem> {
	return new Map(
		rooms.flatMap(room => {
			const wait = waitInRoom(live.use(multiUserChat), bareOf(room), clock.now());
			return wait > patience ? [[room, notYet(room, wait)] as const] : [];
		}),
	);
}

/** The message to a room was not sent because nothing could be said there so soon. `wait`: milliseconds. */
export function notYet(room: Jid, wait: number): Problem {
	const when = wait > 0 ? `: you may write again in ${Math.ceil(wait / 1000)} s` : '';
	return {
		code: 'slow-mode',
		kind: 'temporary',
		message: `${room} is in slow mode${when}. Nothing was sent there.`,
		hint: 'Send it again then, or allow more time with --timeout: it waits for its turn.',
	};
}

function silent(room: Jid): Problem {
	return {
		code: 'room-silent',
		kind: 'temporary',
		message: `${room} did not answer in time; nothing was sent there.`,
		hint: 'Try again later, or allow more time with --timeout.',
	};
}

/** A room that was made by looking for it: nobody is in there. */
export function noSuchRoom(room: Jid): Problem {
	return {
		code: 'no-such-room',
		kind: 'noSuchRecipient',
		message: `There is no room ${room}.`,
		hint: 'Check the address; rooms are made in xmppc itself: see xmppc --help.',
	};
}
