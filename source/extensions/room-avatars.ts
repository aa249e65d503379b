/**
 * XEP-0486: MUC Avatars, version 0.1.0. https://xmpp.org/extensions/xep-0486.html
 * With all else that a room tells about itself, which comes in the same answer (XEP-0045 §6.4).
 */
import type {RoomProfile} from '../model/room-profile.js';
import {messageOf, XmppcError} from '../shared/errors.js';
import type {BareJid} from '../shared/jid.js';
import {defineExtension} from '../xmpp/extension.js';
import {isRoom, roomProfileIn} from './muc-profile.js';
import type {ExtensionPorts} from './ports.js';
import {information, serviceDiscovery} from './service-discovery.js';
import {vcards} from './vcard.js';
import {vcardAvatars} from './vcard-avatars.js';
import {vcardElement} from './vcard-elements.js';

export type RoomAvatars = {
	/**
	 * Asks a room what it is, and for its card where it says that it has cards or a picture. Rejects with a stanza error where
	 * it does not tell, or `not-a-room`; a card that cannot be had is no reason to.
	 */
	profile(room: BareJid): Promise<RoomProfile>;
};

export const roomAvatars = defineExtension<RoomAvatars, ExtensionPorts>({
	name: 'pictures of rooms',
	xep: '0486',
	version: '0.1.0',
	since: '0.2.0',
	status: 'partial',
	features: [],
	codecs: [information, vcardElement],
	requires: [serviceDiscovery, vcards, vcardAvatars],
	attach(context) {
		const cardOf = (room: BareJid): Promise<Pick<RoomProfile, 'card' | 'cardProblem'>> =>
			context
				.use(vcards)
				.query(room)
				.then(
					card => (card === undefined ? {} : {card}),
					(error: unknown) => ({cardProblem: messageOf(error)}),
				);

		return {
			async profile(room) {
				const found = await context.use(serviceDiscovery).query(room);
				if (!isRoom(found)) {
					throw new XmppcError({
						code: 'not-a-room',
						kind: 'usage',
						message: `${room} is no room.`,
						hint: `/vcard ${room} asks for the card of somebody.`,
					});
				}

				const {hasCards, ...told} = roomProfileIn(room, found);
				// Some rooms tell it in their presence, to those who are in them (§5.2).
				const inPresence = context.use(vcardAvatars).announcedBy(room);
				const announced = [...new Set([...told.announced, ...(inPresence === undefined ? [] : [inPresence])])];
				return {...told, announced, ...(hasCards || announced.length > 0 ? await cardOf(room) : {})};
			},
		};
	},
});
