/** What is listed of rooms: for a page of the screen and for the line mode. Names from rooms are user text, made harmless here. */
import type {HelpLine} from '../../commands/help-line.js';
import {type BufferId, bufferId} from '../../model/buffer.js';
import type {Affiliation, Bookmark, Occupant, Role} from '../../model/room.js';
import type {ViewIntent} from '../../model/view.js';
import {type BareJid, bareOf} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import {valuesOf} from '../../store/by-key.js';
import {type ConfusingNicks, confusingNicks} from '../../store/confusing-nicks.js';
import {occupantsOf, roomOf} from '../../store/room-selectors.js';
import type {State} from '../../store/state.js';
import {nickText} from '../panes/nick-text.js';
import {availabilityText} from '../panes/words.js';
import type {HelpPage} from './help-page.js';
import {callWords} from './notification-words.js';
import {roomInfoPage, vcardPage} from './profile-pages.js';
import {listingPage} from './room-listing.js';
import type {RoomPagePorts} from './room-page-ports.js';
import {whoisLines} from './whois.js';

/** A view intent about rooms whose answer is a list. */
export type RoomPageIntent = Extract<ViewIntent, {readonly type: (typeof roomPageTypes)[number]}>;

const roomPageTypes = [
	'listOccupants',
	'listBookmarks',
	'listRooms',
	'listAffiliations',
	'listIgnored',
	'whois',
	'roomInfo',
	'vcard',
] as const;

export function isRoomPage(intent: ViewIntent): intent is RoomPageIntent {
	return roomPageTypes.some(type => type === intent.type);
}

/** Asks the room or the service, and lists what it answers. Rejects with why it does not. */
export async function roomPage(intent: RoomPageIntent, ports: RoomPagePorts): Promise<HelpPage> {
	const {state} = ports;
	switch (intent.type) {
		case 'listOccupants':
			return {title: 'Who is here', lines: occupantLines(state, intent.buffer), search: 'lines'};
		case 'listBookmarks':
			return {title: 'Rooms', lines: bookmarkLines(state, intent.account), search: 'lines'};
		case 'whois':
			return {title: 'Who is this?', lines: whoisLines(state, intent), search: 'lines'};
		case 'roomInfo':
			return roomInfoPage(intent, ports);
		case 'vcard':
			return vcardPage(intent, ports);
		case 'listRooms':
			return listingPage(intent, ports);
		case 'listAffiliations':
			return affiliationsPage(intent, ports);
		case 'listIgnored':
			return ignoredPage(intent, ports);
	}
}

/** Who is there, the roles that may do most first. */
export function occupantLines(state: State, buffer: BufferId): readonly HelpLine[] {
	const room = roomOf(state, buffer);
	if (room === undefined || room.status !== 'joined') {
		const why = room === undefined ? 'This is no room.' : `You are not in ${room.jid}.`;
		return [{text: why}, {text: room === undefined ? '/rooms lists some.' : `/join ${room.jid} enters it.`}];
	}

	const confusing = confusingNicks(state, buffer);
	const all = valuesOf(occupantsOf(state, buffer));
	return roles.flatMap(({role, heading}) => {
		const rows = all
			.filter(each => each.role === role)
			.sort((one, other) => (one.nick.toLowerCase() < other.nick.toLowerCase() ? -1 : 1));
		return rows.length === 0
			? []
			: [
					{text: `${heading} (${rows.length})`, heading: true},
					...rows.map(each => ({text: `  ${occupantText(each, room.nick, confusing)}`})),
				];
	});
}

const roles: ReadonlyArray<{readonly role: Role; readonly heading: string}> = [
	{role: 'moderator', heading: 'Moderators'},
	{role: 'participant', heading: 'Participants'},
	{role: 'visitor', heading: 'Visitors, who may only read'},
	{role: 'none', heading: 'Others'},
];

function occupantText(
	{nick, affiliation, availability, statusText, jid, hats = []}: Occupant,
	own: string,
	confusing: ConfusingNicks,
): string {
	const said = statusText === '' ? '' : ` – ${printable(statusText, 'line')}`;
	return [
		`${nickText(nick, confusing)}${nick === own ? ' (you)' : ''}`,
		...(affiliation === 'none' ? [] : [affiliation]),
		...hats.map(hat => printable(hat, 'line')),
		...(availability === 'available' && said === '' ? [] : [`${availabilityText(availability)}${said}`]),
		...(jid === undefined ? [] : [printable(jid, 'identifier')]),
	].join('  ');
}

/** What the room is about, as a sentence. */
export function topicText(state: State, buffer: BufferId): string {
	const room = roomOf(state, buffer);
	if (room === undefined) {
		return 'This is no room, so it has no subject.';
	}

	const {subject = '', jid} = room;
	return subject === '' ? `${jid} has no subject.` : `The subject of ${jid}: ${printable(subject, 'body')}`;
}

/** The rooms that an account remembers, and those it is invited to. */
export function bookmarkLines(state: State, account: BareJid): readonly HelpLine[] {
	const bookmarks = state.bookmarks[account] ?? [];
	const invitations = state.invitations.filter(each => each.account === account);
	const waiting = invitations.map(({room, from}) => {
		const by = from === undefined ? '' : `  by ${printable(from, 'identifier')}`;
		return {text: `  ${printable(room, 'identifier')}${by}`};
	});
	return [
		...(waiting.length === 0
			? []
			: [
					{text: 'You are invited to', heading: true},
					...waiting,
					{text: '  /join ROOM accepts, /decline ROOM refuses.'},
					{text: ''},
				]),
		{text: 'Remembered rooms', heading: true},
		...bookmarks.map(each => ({text: `  ${bookmarkText(each)}`})),
		...(bookmarks.length === 0
			? [{text: '  None yet: a room that is entered is remembered, and so is one that /bookmark add names.'}]
			: []),
	];
}

function bookmarkText({room, name, autojoin, nick, pinned, notify}: Bookmark): string {
	return [
		printable(room, 'identifier'),
		...(name === undefined ? [] : [printable(name, 'line')]),
		autojoin ? 'entered by itself' : 'not entered by itself',
		...(nick === undefined ? [] : [`as ${printable(nick, 'identifier')}`]),
		...(pinned === true ? ['pinned'] : []),
		...(notify === undefined ? [] : [callWords[notify]]),
	].join('  ');
}

async function ignoredPage(
	{account, room}: Extract<RoomPageIntent, {type: 'listIgnored'}>,
	{actions}: RoomPagePorts,
): Promise<HelpPage> {
	const found = await actions.listIgnored({account, ...(room === undefined ? {} : {room})});
	const lines = found.map(({nick, knownBy, value, room: where}) => {
		const known = {
			jid: ` as ${printable(value, 'identifier')}`,
			occupantId: ', under whatever nick',
			nick: ', only under this nick',
		}[knownBy];
		return {text: `${printable(nick, 'identifier')}  in ${printable(where, 'identifier')}${known}`};
	});
	return {
		title: 'Ignored',
		lines:
			lines.length === 0
				? [{text: 'You ignore nobody here.'}]
				: [...lines, {text: ''}, {text: '/unignore NICK hears somebody again.'}],
		search: 'lines',
	};
}

const affiliationHeadings: ReadonlyArray<readonly [Affiliation, string]> = [
	['owner', 'Owners'],
	['admin', 'Administrators'],
	['member', 'Members'],
	['outcast', 'Banned'],
];

async function affiliationsPage(
	{account, room, affiliation}: Extract<RoomPageIntent, {type: 'listAffiliations'}>,
	{state, actions}: RoomPagePorts,
): Promise<HelpPage> {
	const present = new Map(
		valuesOf(occupantsOf(state, bufferId(account, 'room', room))).flatMap(({jid, nick}) =>
			jid === undefined ? [] : [[bareOf(jid), nick] as const],
		),
	);
	const wanted = affiliationHeadings.filter(([each]) => affiliation === undefined || each === affiliation);
	const lists = await Promise.allSettled(
		wanted.map(([each]) => actions.listAffiliated({account, room, affiliation: each})),
	);
	const refused = lists.find(list => list.status === 'rejected');
	if (refused !== undefined && lists.every(list => list.status === 'rejected')) {
		throw refused.reason;
	}

	const lines = lists.flatMap((list, index): readonly HelpLine[] => {
		const heading = wanted[index]?.[1] ?? '';
		if (list.status === 'rejected') {
			return [{text: heading, heading: true}, {text: '  The room does not tell you.'}];
		}

		const rows = list.value.map(({jid, nick, role, reason}) => {
			const here = present.get(jid) ?? (role === undefined || role === 'none' ? undefined : nick);
			const place = here === undefined ? '' : `  here as ${printable(here, 'identifier')}`;
			const called = here !== undefined || nick === undefined ? '' : `  called ${printable(nick, 'identifier')}`;
			const said = reason === undefined ? '' : `  because: ${printable(reason, 'line')}`;
			return `${printable(jid, 'identifier')}${place}${called}${said}`;
		});
		return [
			{text: `${heading} (${rows.length})`, heading: true},
			...rows.toSorted().map(text => ({text: `  ${text}`})),
		];
	});
	return {title: `Affiliations of ${room}`, lines, search: 'lines'};
}
