import type {Affiliation} from '../../model/room.js';
import {printable} from '../../shared/text.js';
import type {Answer, Sentences} from './answer.js';

const info = (text: string, hint?: string): Answer => ({level: 'info', text, ...(hint === undefined ? {} : {hint})});

/** What somebody is who has just been given an affiliation. */
const affiliationText: Readonly<Record<Affiliation, (who: string, room: string) => string>> = {
	owner: (who, room) => `${who} is now an owner of ${room}.`,
	admin: (who, room) => `${who} is now an administrator of ${room}.`,
	member: (who, room) => `${who} is now a member of ${room}.`,
	outcast: (who, room) => `${who} is banned from ${room}.`,
	none: (who, room) => `${who} has no affiliation with ${room} any more.`,
};

/** What rooms answered. What everybody sees there (who was thrown out, what the subject is) needs no sentence. */
export const roomSentences: Pick<
	Sentences,
	| 'joinRoom'
	| 'leaveRoom'
	| 'inviteToRoom'
	| 'declineInvitation'
	| 'setAffiliation'
	| 'ignoreOccupant'
	| 'unignoreOccupant'
	| 'configureRoom'
	| 'destroyRoom'
	| 'requestVoice'
	| 'setBookmark'
	| 'removeBookmark'
> = {
	joinRoom: ({room, reserved}, {created}) =>
		created && reserved !== true
			? info(`${room} is new: you made it, and own it.`, '/config says what it is to be, /invite asks others in.')
			: undefined,
	leaveRoom: ({room}) => info(`You have left ${room}.`, `/join ${room} enters it again, /close closes this buffer.`),
	inviteToRoom: ({room, jid}) => info(`${jid} was asked into ${room}.`),
	declineInvitation: ({room, to}) =>
		info(to === undefined ? `The invitation to ${room} is forgotten.` : `You refused to come to ${room}.`),
	// Of those who are there everybody sees it.
	setAffiliation({room, jid, affiliation, from}) {
		if (jid === undefined) {
			return undefined;
		}

		const isUnbanned = from === 'outcast' && affiliation === 'none';
		return info(isUnbanned ? `${jid} is not banned from ${room} any more.` : affiliationText[affiliation](jid, room));
	},
	ignoreOccupant({nick}, {ignored}) {
		const who = printable(nick, 'identifier');
		return ignored.knownBy === 'nick'
			? info(
					`What ${who} says is not shown any more, as long as they are called so.`,
					'The room does not tell who they are: under another nick they are heard again.',
				)
			: info(`What ${who} says is not shown any more.`, '/unignore shows it again.');
	},
	unignoreOccupant: (_, {heard}) =>
		info(`What ${heard.map(({nick}) => printable(nick, 'identifier')).join(', ')} says is shown again.`),
	configureRoom: ({room}) => info(`${room} is configured.`),
	destroyRoom: ({room}) => info(`${room} is destroyed.`),
	requestVoice: ({room}) => info(`The moderators of ${room} were asked to let you speak.`),
	setBookmark({room, autojoin, name}) {
		if (autojoin !== undefined) {
			return info(
				autojoin
					? `Your devices enter ${room} by themselves from now on.`
					: `Your devices do not enter ${room} by themselves any more.`,
			);
		}

		return info(
			name === undefined || name === ''
				? `${room} is remembered.`
				: `${room} is remembered as ${printable(name, 'line')}.`,
		);
	},
	removeBookmark: ({room}) => info(`${room} is not remembered any more.`),
};
