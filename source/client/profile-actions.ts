/** The verbs that tell about rooms and people, over the extensions of the account's connection. */
import {multiUserChat} from '../extensions/multi-user-chat.js';
import {roomAvatars} from '../extensions/room-avatars.js';
import {userNicks} from '../extensions/user-nicks.js';
import {vcards} from '../extensions/vcard.js';
import {vcardAvatars} from '../extensions/vcard-avatars.js';
import {vcards4} from '../extensions/vcard4.js';
import type {ProfileActions} from '../model/profile-actions.js';
import {XmppcError} from '../shared/errors.js';
import {type BareJid, bareOf, domainOf, type Jid, resourcepartOf} from '../shared/jid.js';
import {isStanzaError, type StanzaError, type StanzaErrorCondition} from '../xmpp/stanza-error.js';
import type {AccountSession} from './account-session.js';
import type {LiveSession} from './live-session.js';
import {nobodyCalled} from './room-actions.js';

export type ProfilePorts = {
	/** Whether that was a room when the account had to do with it last. */
	wasRoom(account: BareJid, address: BareJid): boolean;
};

/** `sessionOf` throws for an account that is not set up. */
export function createProfileActions(
	sessionOf: (account: BareJid) => AccountSession,
	{wasRoom}: ProfilePorts,
): ProfileActions {
	return {
		async roomProfile({account, room}) {
			return sessionOf(account)
				.live()
				.use(roomAvatars)
				.profile(room)
				.catch((error: unknown) => {
					throw isStanzaError(error) ? roomRefused(error, room) : error;
				});
		},
		async vcard({account, jid = account}) {
			const session = sessionOf(account);
			const live = session.live();
			const isOfRoom = session.rooms.nickIn(bareOf(jid)) !== undefined || wasRoom(account, bareOf(jid));
			if (isOfRoom) {
				checkPresent(live, jid);
			}

			// The server answers for people, at their bare JID (§3.3); in a room only the room knows who somebody is.
			const whom = isOfRoom ? jid : bareOf(jid);
			const card = await live
				.use(vcards)
				.query(whom)
				.catch((error: unknown) => {
					throw isStanzaError(error) ? refused(error, whom) : error;
				});
			const newer = card === undefined && !isOfRoom ? await live.use(vcards4).query(bareOf(jid)) : undefined;
			const found = card ?? newer;
			const announced = live.use(vcardAvatars).announcedBy(whom);
			return {
				jid: whom,
				...(found === undefined ? {} : {card: found}),
				announced: announced === undefined ? [] : [announced],
			};
		},
		vcardForm: async ({account}) => sessionOf(account).live().use(vcards).form(),
		saveVcard: async ({account, answers}) => sessionOf(account).live().use(vcards).fill(answers),
		publishNick: async ({account, nick}) => sessionOf(account).live().use(userNicks).publish(nick),
	};
}

/** A room answers for nobody who is not there as for somebody without a card. */
function checkPresent(live: LiveSession, jid: Jid): void {
	const nick = resourcepartOf(jid);
	const room = bareOf(jid);
	const joined = live.use(multiUserChat).get(room);
	if (nick === undefined || joined?.occupants.has(nick)) {
		return;
	}

	throw joined?.room.status === 'joined'
		? nobodyCalled(nick, room)
		: new XmppcError({
				code: 'room-not-joined',
				kind: 'usage',
				message: `You are not in ${room}, and only there is known who “${nick}” is.`,
				hint: `/join ${room} enters it.`,
			});
}

/** What servers answer for people who show their presence to others only. */
const asPeopleAnswer: ReadonlySet<StanzaErrorCondition> = new Set(['service-unavailable', 'subscription-required']);
/** What rooms answer that tell something, but not to everybody. */
const forOthers: ReadonlySet<StanzaErrorCondition> = new Set(['forbidden', 'not-authorized', 'registration-required']);

/** Why nothing is told of a room, in words about rooms. */
function roomRefused(error: StanzaError, room: BareJid): XmppcError {
	const {code, kind, message} = error;
	if (error.condition === 'item-not-found') {
		const hint = `/rooms ${domainOf(room)} lists what is there; /join ${room} makes it.`;
		return new XmppcError({code, kind, message: `There is no room ${room}.`, hint}, {cause: error});
	}

	if (asPeopleAnswer.has(error.condition)) {
		const hint = `Is it a room? /vcard ${room} asks for the card of somebody.`;
		return new XmppcError({code, kind, message, hint}, {cause: error});
	}

	return forOthers.has(error.condition)
		? new XmppcError(
				{code, kind, message, hint: `Some rooms tell only those who are in them: /join ${room} enters it.`},
				{cause: error},
			)
		: refused(error, room);
}

/** Of a server that is not there it is not the one asked that refused. */
function refused(error: StanzaError, whom: Jid): XmppcError {
	const {code, kind} = error;
	const server = domainOf(whom);
	switch (error.condition) {
		case 'remote-server-not-found':
			return new XmppcError(
				{code, kind, message: `There is no server ${server}.`, hint: 'Check the address.'},
				{cause: error},
			);
		case 'remote-server-timeout':
			return new XmppcError(
				{code, kind, message: `${server} cannot be reached now.`, hint: 'Try again later.'},
				{cause: error},
			);
		default:
			return error;
	}
}
