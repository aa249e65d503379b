/** `/whois`: what is known about somebody, for a page of the screen and for the line mode. Nobody is asked for it. */
import type {HelpLine} from '../../commands/help-line.js';
import type {Affiliation, Occupant, Role, Room} from '../../model/room.js';
import type {ViewIntent} from '../../model/view.js';
import {areConfusable} from '../../shared/confusable.js';
import {type BareJid, bareOf, type Jid} from '../../shared/jid.js';
import {printable, truncateToWidth} from '../../shared/text.js';
import {noneByKey, valueFor, valuesOf} from '../../store/by-key.js';
import {blockedBy} from '../../store/requests.js';
import {presenceOf} from '../../store/selectors.js';
import type {RoomState, State} from '../../store/state.js';
import {confusableSign} from '../panes/nick-text.js';
import {availabilityText} from '../panes/words.js';

type Whois = Extract<ViewIntent, {readonly type: 'whois'}>;
type Place = {readonly room: Room; readonly occupant: Occupant; readonly others: readonly Occupant[]};

/** Columns of an occupant-id that tell one from another. */
const shortId = 16;

export const roleWords: Readonly<Record<Role, string>> = {
	moderator: 'moderator',
	participant: 'participant, may speak',
	visitor: 'visitor, may only read',
	none: 'none',
};

export const affiliationWords: Readonly<Record<Affiliation, string>> = {
	owner: 'owner of the room',
	admin: 'administrator of the room',
	member: 'member of the room',
	outcast: 'banned from the room',
	none: 'none',
};

export function whoisLines(state: State, whois: Whois): readonly HelpLine[] {
	const {account, room, nick, jid} = whois;
	const places = placesOf(state, whois);
	const address = jid ?? places.find(({occupant}) => occupant.jid !== undefined)?.occupant.jid;
	return [
		{text: printable(nick ?? jid ?? '', 'identifier'), heading: true},
		...addressLines(state, account, address, places),
		...places.flatMap(placeLines),
		...(places.length > 0
			? []
			: [
					row(
						nick === undefined || room === undefined
							? 'In none of your rooms, as far as they show who is there.'
							: `Nobody in ${room} is called so now.`,
					),
				]),
		...(jid === undefined || places.length > 0 ? [] : askable(state, account, jid)),
	];
}

/** How somebody is asked of whom little is known here, or the room that it may be. */
function askable(state: State, account: BareJid, jid: BareJid): readonly HelpLine[] {
	const isContact = valueFor(state.contacts[account] ?? noneByKey, jid) !== undefined;
	return [
		row(`Card: /vcard ${quoted(jid)} asks for it`),
		...(isContact ? [] : [row(`If it is a room: /roominfo ${quoted(jid)} asks it`)]),
	];
}

function placesOf(state: State, {account, room, nick, jid}: Whois): readonly Place[] {
	const isMeant = ({room: each}: RoomState) =>
		each.account === account && (room === undefined || jid !== undefined || each.jid === room);
	const isThem = (one: Occupant) =>
		nick === undefined ? one.jid !== undefined && bareOf(one.jid) === jid : one.nick === nick;
	return Object.values(state.rooms)
		.filter(isMeant)
		.flatMap(({room: where, occupants}) => {
			const all = valuesOf(occupants);
			return all.filter(isThem).map(occupant => ({
				room: where,
				occupant,
				others: all.filter(other => areConfusable(other.nick, occupant.nick)),
			}));
		});
}

function addressLines(
	state: State,
	account: BareJid,
	address: Jid | undefined,
	places: readonly Place[],
): readonly HelpLine[] {
	if (address === undefined) {
		const isHidden = places.some(({room}) => room.features.nonAnonymous === false);
		return [row(`Address: ${isHidden ? 'the room shows it to moderators only' : 'the room does not show it'}`)];
	}

	const bare = bareOf(address);
	const contact = valueFor(state.contacts[account] ?? noneByKey, bare);
	const name = contact?.name === undefined ? '' : `, ${printable(contact.name, 'line')}`;
	return [
		row(`Address: ${printable(address, 'identifier')}`),
		...(contact === undefined ? [] : [row(`A contact of yours${name}`)]),
		...blockedLines(state, account, address),
		...presenceOf(state, account, bare).map(({resource, ...presence}) =>
			row(`On ${printable(resource, 'identifier')}: ${presenceText(presence)}`),
		),
	];
}

function blockedLines(state: State, account: BareJid, address: Jid): readonly HelpLine[] {
	const by = blockedBy(state, account, address);
	return by === undefined
		? []
		: [
				row(
					`Blocked${by === bareOf(address) ? '' : `, because ${printable(by, 'identifier')} is`}: /unblock ${quoted(by)} ends that`,
				),
			];
}

function placeLines({room, occupant, others}: Place): readonly HelpLine[] {
	const {nick, role, affiliation, occupantId, hats = []} = occupant;
	const alike = others.map(other => printable(other.nick, 'identifier')).join(', ');
	return [
		{text: `In ${printable(room.jid, 'identifier')}`, heading: true},
		row(`Nick: ${printable(nick, 'identifier')}${nick === room.nick ? ' (you)' : ''}`),
		...(alike === '' ? [] : [row(`${confusableSign} Looks like ${alike}: another person`)]),
		row(`Presence: ${presenceText(occupant)}`),
		row(`Role: ${roleWords[role]}`),
		row(`Affiliation: ${affiliationWords[affiliation]}`),
		...(hats.length === 0 ? [] : [row(`Titles: ${hats.map(hat => printable(hat, 'line')).join(', ')}`)]),
		...(occupantId === undefined
			? []
			: [
					row(
						`Occupant id: ${truncateToWidth(printable(occupantId, 'identifier'), shortId)}, whatever they are called`,
					),
				]),
		row(`Software: /version ${quoted(`${room.jid}/${nick}`)} asks for it`),
		row(`Card: /vcard ${quoted(`${room.jid}/${nick}`)} asks for it`),
	];
}

/** As it is typed in a command. */
function quoted(address: string): string {
	const text = printable(address, 'identifier');
	return /[\s"]/u.test(text) ? `"${text.replaceAll('"', '\\"')}"` : text;
}

function presenceText({availability, statusText}: Pick<Occupant, 'availability' | 'statusText'>): string {
	return `${availabilityText(availability)}${statusText === '' ? '' : ` – ${printable(statusText, 'line')}`}`;
}

function row(text: string): HelpLine {
	return {text: `  ${text}`, hang: 4};
}
