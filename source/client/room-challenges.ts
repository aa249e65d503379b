/** What rooms ask before they let somebody in (XEP-0158), for whoever enters them: a person, or the program by itself. */

import {cidOf} from '../extensions/bits-of-binary.js';
import {captcha, picturesOf, questionsOf} from '../extensions/captcha.js';
import {challengedProblem} from '../extensions/muc-challenges.js';
import type {Entered} from '../extensions/muc-membership.js';
import {type MultiUserChat, multiUserChat} from '../extensions/multi-user-chat.js';
import type {RoomActions} from '../model/room-actions.js';
import {messageOf, XmppcError} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import type {Log} from '../shared/log.js';
import type {TemporaryFile, WriteTemporaryFile} from '../storage/temporary-file.js';
import type {LiveSession} from './live-session.js';
import {describePicture, endingOf} from './picture-format.js';

/** Waits for somebody to be let in, and rejects with `room-captcha` as soon as the room asks something: `entering` goes on. */
export async function unlessChallenged<Result>(
	chat: MultiUserChat,
	room: BareJid,
	entering: Promise<Result>,
): Promise<Result> {
	let stop = () => {};
	const asked = new Promise<never>((_, reject) => {
		stop = chat.challenges.onAsked(jid => {
			const open = jid === room ? chat.challenges.get(room) : undefined;
			if (open !== undefined) {
				reject(new XmppcError(challengedProblem(room, open.challenge)));
			}
		});
	});
	// Whoever answers hears of it; nobody has to.
	entering.catch(() => {});
	try {
		return await Promise.race([entering, asked]);
	} finally {
		stop();
	}
}

export type ChallengeActionPorts = {
	liveOf(account: BareJid): LiveSession;
	readonly writeFile: WriteTemporaryFile;
	readonly log: Log;
};

type ChallengeActions = Pick<
	RoomActions,
	'roomChallenge' | 'answerRoomChallenge' | 'declineRoomChallenge' | 'saveChallengePicture'
>;

/** The verbs of what rooms ask. */
export function createChallengeActions({liveOf, writeFile, log}: ChallengeActionPorts): ChallengeActions {
	const openIn = (account: BareJid, room: BareJid) => {
		const live = liveOf(account);
		const open = live.use(multiUserChat).challenges.get(room);
		if (open === undefined) {
			throw new XmppcError({
				code: 'captcha-over',
				kind: 'usage',
				message: `${room} does not ask anything (any more).`,
				hint: `/join ${room} asks to be let in.`,
			});
		}

		return {...open, live};
	};

	/** Nobody needs the picture of a question that was answered. */
	const keepUntil = (entered: Promise<Entered>, file: TemporaryFile) => {
		const remove = () => {
			try {
				file.remove();
			} catch (error) {
				log.note('rooms', `a picture could not be removed: ${messageOf(error)}`);
			}
		};
		entered.then(remove, remove);
	};

	return {
		async roomChallenge({account, room}) {
			const {challenge} = openIn(account, room);
			const form = questionsOf(challenge);
			return {
				form: {
					...form,
					fields: form.fields.map(field => ({
						...field,
						media: field.media.filter(({uri}) => cidOf(uri) === undefined),
					})),
				},
				...(challenge.text === undefined ? {} : {text: challenge.text}),
				...(challenge.url === undefined ? {} : {url: challenge.url}),
				pictures: picturesOf(challenge).map(cid => {
					const bytes = challenge.bits.get(cid)?.bytes;
					return bytes === undefined ? {} : describePicture(bytes);
				}),
			};
		},
		answerRoomChallenge: ({account, room, answers}) =>
			liveOf(account).use(multiUserChat).challenges.answer(room, answers),
		async declineRoomChallenge({account, room}) {
			const {live} = openIn(account, room);
			await live.use(multiUserChat).leave(room);
		},
		async saveChallengePicture({account, room, picture}) {
			const {challenge, entered, live} = openIn(account, room);
			const cid = picturesOf(challenge)[picture];
			if (cid === undefined) {
				throw new XmppcError({code: 'no-such-picture', kind: 'usage', message: `${room} shows no such picture.`});
			}

			const {bytes} = await live.use(captcha).bits(challenge, cid);
			const file = writeFile(`captcha.${endingOf(bytes)}`, bytes);
			keepUntil(entered, file);
			return {path: file.path};
		},
	};
}
