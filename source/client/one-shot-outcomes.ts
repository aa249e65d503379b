/** What becomes of a message that a one-liner sends, and why where it does not arrive. */
import type {OutgoingState} from '../model/message.js';
import {type Problem, XmppcError} from '../shared/errors.js';
import type {BareJid, Jid} from '../shared/jid.js';

/** What became of the message to one recipient. `id` is the stanza's, where there came to be one. */
export type OneShotOutcome = {readonly to: Jid} & (
	| ({readonly ok: true; readonly id: string; readonly state: OutgoingState} & SentHow)
	| {readonly ok: false; readonly id?: string; readonly problem: Problem}
);

/** How a message went out. */
export type SentHow = {
	/** Absent: in clear, or not yet. */
	readonly encryption?: 'omemo';
	/** In clear because the person said so, in a conversation that is encrypted otherwise. */
	readonly exposed?: true;
};

/** @param timeout milliseconds, like everywhere here */
export function loginTimedOut(account: BareJid, timeout: number): XmppcError {
	return new XmppcError({
		code: 'not-acknowledged',
		kind: 'temporary',
		message: `The server of ${account} did not complete the login within ${timeout / 1000} s; nothing was sent.`,
		hint: 'Try again later, or allow more time with --timeout.',
	});
}

export function unconfirmed(account: BareJid, timeout: number): Problem {
	return {
		code: 'not-acknowledged',
		kind: 'temporary',
		message: `The server of ${account} did not confirm the message within ${timeout / 1000} s.`,
	};
}

/** Whoever sends a written message again without looking may send it twice. */
export function inDoubt(problem: Problem): Problem {
	return {...problem, hint: 'It may or may not have arrived: ask before you send it again.'};
}

/** The time was over before it was known for whom a message is to be encrypted. */
export function notReady(to: Jid, timeout: number): Problem {
	return {
		code: 'encryption-not-ready',
		kind: 'temporary',
		message: `It could not be found out within ${timeout / 1000} s for which devices the message to ${to} is encrypted; it was not sent.`,
		hint: 'Try again later, or allow more time with --timeout.',
	};
}

/** Something has to happen before it can be encrypted. */
export function heldBack(to: Jid, because: Problem): Problem {
	return {...because, message: `Nothing was sent to ${to}: ${because.message}`};
}

/** The stream ended before a message was written. */
export function neverWritten(to: Jid, because: Problem): Problem {
	return {...because, message: `The message to ${to} was not sent: ${because.message}`, hint: 'Send it again.'};
}
