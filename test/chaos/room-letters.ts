/** What rooms write in this world. Everybody in them has one name, whatever the device. */
import {capulet, montague, textOf} from './letters.js';

/** One at the account's own server, and one at another. */
export const rooms = [`den@rooms.${capulet.domain}`, 'cave@rooms.example.net'] as const;
export type RoomJid = (typeof rooms)[number];

/** Own nick in all of them; the other person there is romeo. */
export const ownNick = 'juliet';
export const otherNick = 'romeo';

/** What somebody with this address is called there, on whichever device. */
export const nickOf = (jid: string) => (jid.startsWith(capulet.account) ? ownNick : otherNick);

/** Whose server a room is at. */
export const isAtHome = (room: string, jid: string) => room.endsWith(`.${jid.split('/', 1)[0]?.split('@')[1]}`);

/** Who belongs to a private room, there or not. */
export const membership: Readonly<Record<'owner' | 'admin' | 'member', readonly string[]>> = {
	owner: [capulet.account],
	admin: [],
	member: [montague.account],
};

const user = 'http://jabber.org/protocol/muc#user';
const occupantIds = 'urn:xmpp:occupant-id:0';

export const occupantIdElement = (nick: string) => `<occupant-id xmlns='${occupantIds}' id='o-${nick}'/>`;

export function roomPresence(
	room: string,
	nick: string,
	to: string,
	{
		type,
		codes = [],
		more = '',
		jid,
	}: {readonly type?: string; readonly codes?: readonly number[]; readonly more?: string; readonly jid?: string} = {},
): string {
	const role = type === undefined ? 'participant' : 'none';
	return (
		`<presence from='${room}/${nick}' to='${to}'${type === undefined ? '' : ` type='${type}'`}>` +
		`<x xmlns='${user}'><item affiliation='${affiliationOf(jid)}' role='${role}'${jid === undefined ? '' : ` jid='${jid}'`}/>` +
		`${codes.map(code => `<status code='${code}'/>`).join('')}</x>${more}</presence>`
	);
}

function affiliationOf(jid: string | undefined): string {
	const known = Object.entries(membership).find(([, people]) => people.some(person => jid?.startsWith(`${person}/`)));
	return known?.[0] ?? 'none';
}

/** What an archive says of who it was, in a room that shows it. */
export const authorElement = (jid: string) =>
	`<x xmlns='${user}'><item affiliation='${affiliationOf(jid)}' role='participant' jid='${jid}'/></x>`;

/** What romeo says in a room, as its archive has it. */
export function roomLetter(room: string, number: number, more: string): string {
	return (
		`<message xmlns='jabber:client' from='${room}/${otherNick}' type='groupchat' id='g${number}'>` +
		`<body>${textOf(number)}</body>${more}</message>`
	);
}

/** A message of a room as it is said to one of those who are in it. */
export function reflectionTo(letter: string, to: string): string {
	return letter
		.replace("type='groupchat'", `type='groupchat' to='${to}'`)
		.replace('type="groupchat"', `type="groupchat" to="${to}"`);
}

export function roomBookmarks(account: string): string {
	const nick = nickOf(account);
	const conference = `<conference xmlns='urn:xmpp:bookmarks:1' autojoin='true'><nick>${nick}</nick></conference>`;
	const items = rooms.map(room => `<item id='${room}'>${conference}</item>`).join('');
	return `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'>${items}</items></pubsub>`;
}

/** A refusal of something that a session sent to a room. */
export function refusalOf(
	name: string,
	{from, to, id, type, condition}: Readonly<Record<'from' | 'to' | 'id' | 'type' | 'condition', string>>,
): string {
	return (
		`<${name} type='error' from='${from}' to='${to}' id='${id}'><error type='${type}'>` +
		`<${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></${name}>`
	);
}
