/**
 * XEP-0158 §6: what rooms ask before they let somebody in. The request to enter waits meanwhile: the right answer lets it
 * go on, a wrong one makes the room ask anew or refuse. https://xmpp.org/extensions/xep-0158.html
 */
import type {FormAnswers} from '../model/form.js';
import type {Dispose} from '../shared/clock.js';
import {type Problem, XmppcError} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import type {ExtensionContext} from '../xmpp/extension.js';
import {isStanzaError} from '../xmpp/stanza-error.js';
import {type Challenge, captcha} from './captcha.js';
import type {Entered, Membership} from './muc-membership.js';
import {challengeFailed} from './muc-refusals.js';

export type RoomChallenges = {
	/** The request to enter was sent under this id: from now on, and until it is decided, the room may ask. */
	expect(membership: Membership, id: string): void;
	/** What a room wants to be answered now, and what becomes of the request to enter. */
	get(room: BareJid): {readonly challenge: Challenge; readonly entered: Promise<Entered>} | undefined;
	/** Hears of rooms that ask. */
	onAsked(listener: (room: BareJid) => void): Dispose;
	/**
	 * Answers; resolves when we are in. Rejects with `captcha-over` where nothing is asked (any more), `room-captcha` where the
	 * room asks something else now, or why it refuses.
	 */
	answer(room: BareJid, answers: FormAnswers): Promise<Entered>;
	/** Nobody will answer: says so and gives the request up. `false`: nothing is asked. */
	decline(room: BareJid): boolean;
};

/** Milliseconds in which a room that took no answer says what comes of that. */
const refusalPatience = 5000;

type Asked = {readonly challenge: Challenge; readonly membership: Membership; isAnswered: boolean};

export function createRoomChallenges(context: ExtensionContext<unknown>): RoomChallenges {
	const asked = new Map<BareJid, Asked>();
	const listeners = new Set<{readonly listener: (room: BareJid) => void}>();

	const onAsked: RoomChallenges['onAsked'] = listener => {
		const entry = {listener};
		listeners.add(entry);
		return () => listeners.delete(entry);
	};

	/** One question at a time: another one counts only once this one was answered. */
	const hear = (membership: Membership, challenge: Challenge) => {
		const room = membership.room.jid;
		if (asked.get(room)?.isAnswered === false) {
			return;
		}

		asked.set(room, {challenge, membership, isAnswered: false});
		membership.challenged();
		for (const {listener} of [...listeners]) {
			listener(room);
		}
	};

	/** What becomes of the request to enter, or that the room asks anew. */
	const outcome = async ({membership, challenge}: Asked, wasWrong: boolean): Promise<Entered> => {
		const room = membership.room.jid;
		let stop: Dispose = () => {};
		const again = new Promise<never>((_, reject) => {
			const ask = () =>
				reject(new XmppcError(challengedProblem(room, asked.get(room)?.challenge ?? challenge, wasWrong)));
			stop = onAsked(jid => {
				if (jid === room) {
					ask();
				}
			});
			// It may have asked before it refused the answer.
			if ((asked.get(room)?.challenge ?? challenge) !== challenge) {
				ask();
			}
		});
		const stopWaiting = wasWrong
			? context.clock.after(refusalPatience, () => {
					if (asked.get(room)?.challenge === challenge) {
						membership.fail(challengeFailed(room));
					}
				})
			: () => {};
		try {
			return await Promise.race([membership.entered, again]);
		} finally {
			stop();
			stopWaiting();
		}
	};

	return {
		expect(membership, id) {
			const {jid} = membership.room;
			const stop = context.use(captcha).expect({to: jid, id}, challenge => hear(membership, challenge));
			const end = () => {
				stop();
				if (asked.get(jid)?.membership === membership) {
					asked.delete(jid);
				}
			};
			membership.entered.then(end, end);
		},
		get(room) {
			const found = asked.get(room);
			return found && {challenge: found.challenge, entered: found.membership.entered};
		},
		onAsked,
		async answer(room, answers) {
			const question = asked.get(room);
			if (question === undefined || question.isAnswered) {
				throw new XmppcError({
					code: 'captcha-over',
					kind: 'usage',
					message: `${room} does not wait for an answer${question === undefined ? '' : ' now: one is on its way'}.`,
					hint: `/join ${room} asks to be let in.`,
				});
			}

			question.isAnswered = true;
			try {
				await context.use(captcha).answer(question.challenge, answers);
			} catch (error) {
				if (isStanzaError(error)) {
					return outcome(question, true);
				}

				// Nobody has judged it: it can be answered still.
				question.isAnswered = false;
				throw error;
			}

			if (asked.get(room) === question) {
				question.membership.answered();
			}

			return outcome(question, false);
		},
		decline(room) {
			const question = asked.get(room);
			if (question === undefined) {
				return false;
			}

			context.use(captcha).decline(question.challenge);
			question.membership.fail(
				new XmppcError({
					code: 'captcha-declined',
					kind: 'notPermitted',
					message: `${room} was not entered: what it asks was not answered.`,
					hint: `/join ${room} asks again.`,
				}),
			);
			return true;
		},
	};
}

/** That a room asks something, with the next step. */
export function challengedProblem(room: BareJid, {url}: Challenge, wasWrong = false): Problem {
	const web = url === undefined ? '' : ` It can be answered in a browser as well: ${url}`;
	return {
		code: 'room-captcha',
		kind: 'notPermitted',
		message: wasWrong
			? `${room} did not take the answer, and asks again.${web}`
			: `${room} asks something before it lets you in.${web}`,
		hint: `/join ${room} answers it.`,
	};
}
