/**
 * XEP-0153: vCard-Based Avatars, version 1.1.1. https://xmpp.org/extensions/xep-0153.html
 *
 * Only that rooms and those in them say which picture they have is heard; no picture is fetched because of it.
 */

import {bareOf, type Jid, parseJid, resourcepartOf} from '../shared/jid.js';
import {element, optionalChildText} from '../xmpp/codec.js';
import {attributeOf, type Element} from '../xmpp/element.js';
import {defineExtension} from '../xmpp/extension.js';
import {type JoinedRoom, multiUserChat} from './multi-user-chat.js';
import type {ExtensionPorts} from './ports.js';

/** Without a photo: not known yet; with an empty one: none (§4.1). */
const update = element('vcard-temp:x:update', 'x', {photo: optionalChildText('photo')});

export type VcardAvatars = {
	/**
	 * SHA-1, in lowercase hexadecimal, of the picture that a room or somebody in it says to have. A hint and no more: it is to
	 * be held against what the card has.
	 */
	announcedBy(jid: Jid): string | undefined;
};

export const vcardAvatars = defineExtension<VcardAvatars, ExtensionPorts>({
	name: 'pictures in cards',
	xep: '0153',
	version: '1.1.1',
	since: '0.2.0',
	status: 'partial',
	features: [],
	codecs: [update],
	requires: [multiUserChat],
	attach(context) {
		const rooms = context.use(multiUserChat);
		/** They go with our being in the room. */
		const announced = new WeakMap<JoinedRoom, Map<Jid, string>>();

		/** Rooms that we are in are heard, and of those in them as many as are kept. */
		const isHeard = (room: JoinedRoom, from: Jid) => {
			const nick = resourcepartOf(from);
			return nick === undefined || room.occupants.has(nick);
		};

		context.onPresence(stanza => {
			const from = parseJid(attributeOf(stanza, 'from') ?? '');
			const type = attributeOf(stanza, 'type');
			const room = from === undefined ? undefined : rooms.get(bareOf(from));
			if (from === undefined || room === undefined || (type !== undefined && type !== 'unavailable')) {
				return;
			}

			const known = announced.get(room) ?? new Map<Jid, string>();
			announced.set(room, known);
			const hash = type === undefined && isHeard(room, from) ? announcedIn(stanza) : undefined;
			if (hash === undefined) {
				known.delete(from);
			} else {
				known.set(from, hash);
			}
		});

		return {
			announcedBy(jid) {
				const room = rooms.get(bareOf(jid));
				return room === undefined ? undefined : announced.get(room)?.get(jid);
			},
		};
	},
});

function announcedIn(stanza: Element): string | undefined {
	return readHash(update.find(stanza)?.photo ?? '');
}

/** A SHA-1 in lowercase; it may be written in uppercase (§3.1). What is none tells nothing. */
export function readHash(text: string): string | undefined {
	const hash = text.slice(0, longestHash).trim().toLowerCase();
	return /^[0-9a-f]{40}$/.test(hash) ? hash : undefined;
}

/** Characters, with white space around it. */
const longestHash = 100;
