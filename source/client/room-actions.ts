/** The verbs of rooms, over the extensions of the account's connection. */
import {bookmarks} from '../extensions/bookmarks.js';
import {challengedProblem} from '../extensions/muc-challenges.js';
import {type JoinedRoom, multiUserChat} from '../extensions/multi-user-chat.js';
import {roomAdministration} from '../extensions/room-administration.js';
import {roomInvitations} from '../extensions/room-invitations.js';
import type {Form, FormAnswers} from '../model/form.js';
import {problemsIn} from '../model/form-check.js';
import type {Affiliation} from '../model/room.js';
import type {RoomActions} from '../model/room-actions.js';
import {isXmppcError, XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf} from '../shared/jid.js';
import type {AccountSession} from './account-session.js';
import type {LiveSession} from './live-session.js';
import {type ChallengeActionPorts, createChallengeActions, unlessChallenged} from './room-challenges.js';
import type {RoomDirectory} from './room-directory.js';

export type RoomActionPorts = Pick<ChallengeActionPorts, 'writeFile' | 'log'> & {
	/** Opens the buffer of a room, where it was closed. */
	openRoom(account: BareJid, room: BareJid): void;
	/** The person does not want to come. */
	invitationAnswered(account: BareJid, room: BareJid): void;
};

/** `sessionOf` throws for an account that is not set up. */
export function createRoomActions(
	sessionOf: (account: BareJid) => AccountSession,
	ports: RoomActionPorts,
): Omit<RoomActions, keyof RoomDirectory> {
	const liveOf = (account: BareJid) => sessionOf(account).live();
	/** Requests to be let in that a question of the room holds up, by account and room. */
	const heldUp = new Map<string, Promise<unknown>>();
	const administrationOf = (account: BareJid) => liveOf(account).use(roomAdministration);

	return {
		...createChallengeActions({...ports, liveOf}),
		async joinRoom({account, room, reserved, again, ...entering}) {
			const session = sessionOf(account);
			const live = session.live();
			const chat = live.use(multiUserChat);
			const isVisit = entering.remember === false;
			const isWanted = session.rooms.nickIn(room) !== undefined;
			const asked = chat.challenges.get(room);
			if (asked !== undefined && again !== true && isSameEntry(chat.get(room), entering)) {
				throw new XmppcError(challengedProblem(room, asked.challenge));
			}

			const key = `${account} ${room}`;
			if (again === true || asked !== undefined) {
				await chat.leave(room);
				// What becomes of the request that is given up must not be taken for what becomes of the next one.
				await heldUp.get(key);
			} else if (chat.get(room)?.room.status === 'joined') {
				if (isVisit) {
					checkNick(chat.get(room), entering.nick);
					return {created: false, wasIn: true};
				}

				ports.openRoom(account, room);
				if (entering.nick !== undefined) {
					await takeNick(session, room, entering.nick);
				}

				return {created: false};
			}

			const entered = session.rooms
				.join(live, room, entering)
				.catch((error: unknown) => refused(error, room, live))
				.then(async ({created}) => {
					if (created && reserved !== true) {
						await live.use(roomAdministration).acceptDefaults(room);
						await chat.learn(room);
					}

					return {created, ...(isVisit && isWanted ? {wasIn: true as const} : {})};
				});
			try {
				return await unlessChallenged(chat, room, entered);
			} catch (error) {
				const isAsked = isXmppcError(error) && error.code === 'room-captcha';
				if (isAsked && isVisit) {
					// Nobody is there who would answer.
					await chat.leave(room);
				} else if (isAsked) {
					const forget = () => heldUp.delete(key);
					heldUp.set(key, entered.then(forget, forget));
				}

				throw error;
			}
		},
		leaveRoom: ({account, room, text}) => sessionOf(account).rooms.leave(liveOf(account), room, text),
		changeNick: ({account, room, nick}) => takeNick(sessionOf(account), room, nick),
		async setSubject({account, room, subject}) {
			liveOf(account).use(multiUserChat).setSubject(room, subject);
		},
		async inviteToRoom({account, room, jid, ...inviting}) {
			const {use} = liveOf(account);
			// Whoever comes to a room for members has to be made one, which only the room can do.
			const {membersOnly, passwordProtected} = use(multiUserChat).get(room)?.room.features ?? {};
			// The room itself says its password to whom it invites; who is invited past it has to be told.
			const password = passwordProtected === true ? use(bookmarks).get(room)?.password : undefined;
			const told = {...inviting, ...(password === undefined ? {} : {password})};
			use(roomInvitations).invite(room, jid, told, membersOnly === true ? 'mediated' : 'direct');
		},
		async declineInvitation({account, room, to, reason}) {
			if (to !== undefined) {
				liveOf(account).use(roomInvitations).decline(room, to, reason);
			}

			ports.invitationAnswered(account, room);
		},
		setRole: ({account, room, nick, role, reason}) => administrationOf(account).setRole(room, nick, role, reason),
		async setAffiliation({account, room, jid, nick, affiliation, from, reason}) {
			const live = liveOf(account);
			const who = jid ?? addressOf(live.use(multiUserChat).get(room), room, nick ?? '');
			const administration = live.use(roomAdministration);
			if (from !== undefined && !(await administration.affiliated(room, from)).some(listed => listed.jid === who)) {
				throw notListed(who, room, from);
			}

			await administration.setAffiliation(room, who, affiliation, reason);
		},
		listAffiliated: ({account, room, affiliation}) => administrationOf(account).affiliated(room, affiliation),
		roomConfiguration: ({account, room}) => administrationOf(account).configuration(room),
		async configureRoom({account, room, answers}) {
			const administration = administrationOf(account);
			const form = await administration.configuration(room);
			const fitting = inOneLine(form, answers);
			check(form, fitting, room);
			await administration.configure(room, form, fitting);
			await liveOf(account).use(multiUserChat).learn(room);
			await keepPassword(liveOf(account), room, fitting);
		},
		async destroyRoom({account, room, ...destruction}) {
			const {use} = liveOf(account);
			await use(roomAdministration).destroy(room, destruction);
			// Whoever enters it by itself at the next login would make it once more.
			if (use(bookmarks).get(room) !== undefined) {
				await use(bookmarks).remove(room);
			}
		},
		async roomRegistration({account, room}) {
			const form = await administrationOf(account).registration(room);
			return form === undefined ? {} : {form};
		},
		async registerInRoom({account, room, answers}) {
			const administration = administrationOf(account);
			const form = await administration.registration(room);
			if (form !== undefined) {
				check(form, answers, room);
				await administration.register(room, form, answers);
			}
		},
		async reservedNick({account, room}) {
			const nick = await administrationOf(account).reservedNick(room);
			return nick === undefined ? {} : {nick};
		},
		async ignoreOccupant({account, room, nick}) {
			const {rooms, connected} = sessionOf(account);
			const joined = connected()?.use(multiUserChat).get(room);
			const occupant = joined?.occupants.get(nick);
			if (occupant === undefined) {
				throw nobodyCalled(nick, room);
			}

			if (joined?.room.nick === nick) {
				throw new XmppcError({code: 'self', kind: 'usage', message: `“${nick}” is you.`});
			}

			return {ignored: rooms.ignoring.add(room, occupant)};
		},
		async unignoreOccupant({account, room, nick}) {
			const {rooms, connected} = sessionOf(account);
			const occupant = connected()?.use(multiUserChat).get(room)?.occupants.get(nick);
			const heard = rooms.ignoring.remove(room, nick, occupant);
			if (heard.length === 0) {
				throw new XmppcError({
					code: 'not-ignored',
					kind: 'usage',
					message: `Nobody called “${nick}” is ignored in ${room}.`,
					hint: '/ignore lists who is.',
				});
			}

			return {heard};
		},
		async listIgnored({account, room}) {
			return sessionOf(account).rooms.ignoring.list(room);
		},
		async requestVoice({account, room}) {
			administrationOf(account).requestVoice(room);
		},
		setBookmark: ({account, room, ...change}) => liveOf(account).use(bookmarks).put(room, change),
		removeBookmark: ({account, room}) => liveOf(account).use(bookmarks).remove(room),
	};
}

/** Whether somebody who is on the way in would come in no other way when asking once more. */
function isSameEntry(joined: JoinedRoom | undefined, {nick, password}: {nick?: string; password?: string}): boolean {
	return password === undefined && (nick === undefined || nick === joined?.room.nick);
}

/**
 * Takes another nick. Prosody (0.12) destroys a temporary room when the only one in it does, and does not say so: whoever is
 * alone there asks whether there is a room still.
 */
async function takeNick(session: AccountSession, room: BareJid, nick: string): Promise<void> {
	const live = session.live();
	const chat = live.use(multiUserChat);
	await chat.changeNick(room, nick);
	session.rooms.renamed(live, room, nick);
	const joined = chat.get(room);
	if (joined?.room.status === 'joined' && joined.occupants.size === 1 && joined.room.features.persistent !== true) {
		await chat.check(room);
	}
}

/** Why a room lets nobody in under that name: with the name that it keeps for the person, where it tells (§7.12). */
async function refused(error: unknown, room: BareJid, live: LiveSession): Promise<never> {
	const isReserved = isXmppcError(error) && error.code === 'nick-reserved';
	const nick = isReserved ? await live.use(roomAdministration).reservedNick(room) : undefined;
	if (!isReserved || nick === undefined) {
		throw error;
	}

	const {code, kind, message} = error;
	const name = /\s/u.test(nick) ? `"${nick}"` : nick;
	throw new XmppcError(
		{code, kind, message: `${message} Your name there is ${nick}.`, hint: `/join ${room} ${name} enters it.`},
		{cause: error},
	);
}

/** Whoever only looks in changes no name there, and does not speak under another one than was said. */
function checkNick(joined: JoinedRoom | undefined, nick: string | undefined): void {
	const there = joined?.room.nick;
	if (joined !== undefined && nick !== undefined && nick !== there) {
		throw new XmppcError({
			code: 'other-nick',
			kind: 'usage',
			message: `You are in ${joined.room.jid} as “${there}” already, and not as “${nick}”.`,
			hint: '/nick changes that; without a nick you speak as you are called there.',
		});
	}
}

/** Who somebody in a room is, as the room tells (XEP-0045 §5.2.2: lists know bare JIDs only). */
function addressOf(joined: JoinedRoom | undefined, room: BareJid, nick: string): BareJid {
	const occupant = joined?.occupants.get(nick);
	if (occupant?.jid !== undefined) {
		return bareOf(occupant.jid);
	}

	throw occupant === undefined
		? nobodyCalled(nick, room, '/names lists who is there; with a JID it works for those who are not.')
		: new XmppcError({
				code: 'address-hidden',
				kind: 'notPermitted',
				message: `${room} does not show who “${nick}” is, and only an address can be put on its lists.`,
				hint: 'Moderators see addresses. /kick throws somebody out by nick.',
			});
}

export function nobodyCalled(nick: string, room: BareJid, hint = '/names lists who is there.'): XmppcError {
	return new XmppcError({
		code: 'no-such-occupant',
		kind: 'usage',
		message: `Nobody in ${room} is called “${nick}”.`,
		hint,
	});
}

function notListed(who: BareJid, room: BareJid, affiliation: Affiliation): XmppcError {
	return new XmppcError({
		code: 'not-listed',
		kind: 'usage',
		message:
			affiliation === 'outcast' ? `${who} is not banned from ${room}.` : `${who} is no ${affiliation} of ${room}.`,
		hint: `/affiliations ${affiliation} lists who is.`,
	});
}

/** Whoever gives a room a password comes in with it the next time, on all devices (XEP-0402 §3). */
async function keepPassword(live: LiveSession, room: BareJid, answers: FormAnswers): Promise<void> {
	const isOpen = ['0', 'false'].includes(answers['muc#roomconfig_passwordprotectedroom']?.[0] ?? '');
	const password = isOpen ? '' : answers['muc#roomconfig_roomsecret']?.[0];
	const known = live.use(bookmarks).get(room);
	if (password !== undefined && known !== undefined && (known.password ?? '') !== password) {
		await live.use(bookmarks).put(room, {password});
	}
}

/** Where a field takes one line, several words are one: whoever types them leaves the quotes out. */
function inOneLine(form: Form, answers: FormAnswers): FormAnswers {
	const lines = form.fields.filter(({kind}) => kind === 'text-single' || kind === 'text-private').map(({name}) => name);
	return Object.fromEntries(
		Object.entries(answers).map(([name, values]) => [name, lines.includes(name) ? [values.join(' ')] : values]),
	);
}

function check(form: Form, answers: FormAnswers, room: BareJid): void {
	const unknown = Object.keys(answers).find(name => form.fields.every(field => field.name !== name));
	const [problem] =
		unknown === undefined ? problemsIn(form, answers) : [{field: unknown, message: 'is no field of this form'}];
	if (problem !== undefined) {
		const label = form.fields.find(({name}) => name === problem.field)?.label ?? problem.field;
		throw new XmppcError({
			code: 'form-invalid',
			kind: 'badData',
			message: `${room}: “${label}” ${problem.message}.`,
		});
	}
}
