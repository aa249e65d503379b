/**
 * The elements of XEP-0045: Multi-User Chat, version 1.35.5. https://xmpp.org/extensions/xep-0045.html
 */
import type {Affiliation, Role} from '../model/room.js';
import {
	attribute,
	children,
	type Decoded,
	element,
	optionalAttribute,
	optionalChild,
	optionalChildText,
} from '../xmpp/codec.js';
import {bareJid, choice, integer, jid, nonEmpty} from '../xmpp/scalars.js';

export const mucNamespace = 'http://jabber.org/protocol/muc';
export const userNamespace = `${mucNamespace}#user`;
export const adminNamespace = `${mucNamespace}#admin`;
export const ownerNamespace = `${mucNamespace}#owner`;

const affiliation = choice<Affiliation>('owner', 'admin', 'member', 'outcast', 'none');
const role = choice<Role>('moderator', 'participant', 'visitor', 'none');

/** In presence to a room: to enter it (§7.2). Without it the room would take us for a client of the old protocol. */
export const entrance = element(mucNamespace, 'x', {
	password: optionalChildText('password'),
	history: optionalChild(
		element(mucNamespace, 'history', {
			most: optionalAttribute('maxstanzas', integer()),
			seconds: optionalAttribute('seconds', integer()),
		}),
	),
});

function itemIn(namespace: string) {
	return element(namespace, 'item', {
		affiliation: optionalAttribute('affiliation', affiliation),
		role: optionalAttribute('role', role),
		jid: optionalAttribute('jid', jid),
		nick: optionalAttribute('nick'),
		reason: optionalChildText('reason', nonEmpty),
		actor: optionalChild(
			element(namespace, 'actor', {jid: optionalAttribute('jid', jid), nick: optionalAttribute('nick')}),
		),
	});
}

const invitation = (name: 'invite' | 'decline') =>
	element(userNamespace, name, {
		to: optionalAttribute('to', jid),
		from: optionalAttribute('from', jid),
		reason: optionalChildText('reason', nonEmpty),
	});

/** The end of a room, as its owner asks for it and as it is told. */
export const destruction = (namespace: string) =>
	element(namespace, 'destroy', {
		alternative: optionalAttribute('jid', bareJid),
		reason: optionalChildText('reason', nonEmpty),
		password: optionalChildText('password', nonEmpty),
	});

/** What a room says about an occupant, a message or itself. */
export const roomUser = element(userNamespace, 'x', {
	items: children(itemIn(userNamespace)),
	statuses: children(element(userNamespace, 'status', {code: attribute('code', integer(100, 999))})),
	invitations: children(invitation('invite')),
	declined: optionalChild(invitation('decline')),
	destroyed: optionalChild(destruction(userNamespace)),
	password: optionalChildText('password', nonEmpty),
});

/** Lists of people, and changes of their roles and affiliations (§8, §9). */
export const administration = element(adminNamespace, 'query', {items: children(itemIn(adminNamespace))});

/** Who an occupant is over all changes of nick (XEP-0421, version 1.0.1). Worth something only from a room that gives them. */
export const occupantIdElement = element('urn:xmpp:occupant-id:0', 'occupant-id', {id: attribute('id', nonEmpty)});

/** Titles that a room gives (XEP-0317, version 0.3.1). */
export const hatsElement = element('urn:xmpp:hats:0', 'hats', {
	hats: children(element('urn:xmpp:hats:0', 'hat', {title: attribute('title', nonEmpty)})),
});

export type RoomUser = Decoded<typeof roomUser>;
export type RoomItem = RoomUser['items'][number];

/** What the numbers of §15.6.2 say. */
export const codes = {
	nonAnonymous: 100,
	affiliationChangedAway: 101,
	showsUnavailable: 102,
	hidesUnavailable: 103,
	configurationChanged: 104,
	self: 110,
	logged: 170,
	notLogged: 171,
	nowNonAnonymous: 172,
	nowSemiAnonymous: 173,
	created: 201,
	nickChanged: 210,
	banned: 301,
	newNick: 303,
	kicked: 307,
	affiliationLost: 321,
	nowMembersOnly: 322,
	shutDown: 332,
	thrownOutByError: 333,
} as const;
