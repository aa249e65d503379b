/** `/roominfo` and `/vcard`: what rooms and people tell about themselves, for a page of the screen and for the line mode. */
import type {HelpLine} from '../../commands/help-line.js';
import {bufferId} from '../../model/buffer.js';
import type {Bookmark} from '../../model/room.js';
import type {RoomProfile} from '../../model/room-profile.js';
import type {ViewIntent} from '../../model/view.js';
import {type BareJid, resourcepartOf} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import {valuesOf} from '../../store/by-key.js';
import {occupantNamed, occupantsOf, roomOf} from '../../store/room-selectors.js';
import {bufferOf} from '../../store/selectors.js';
import type {State} from '../../store/state.js';
import {peopleText, roomStatusWords} from '../panes/room-words.js';
import {cardLines, labelled, row} from './card-lines.js';
import type {HelpPage} from './help-page.js';
import {callWords, ruleWords} from './notification-words.js';
import type {RoomPagePorts} from './room-page-ports.js';
import {affiliationWords, roleWords} from './whois.js';

type Asked<Type extends ViewIntent['type']> = Extract<ViewIntent, {readonly type: Type}>;

export async function roomInfoPage(
	{account, room}: Asked<'roomInfo'>,
	{state, actions}: RoomPagePorts,
): Promise<HelpPage> {
	const profile = await actions.roomProfile({account, room});
	const name = profile.name ?? roomOf(state, bufferId(account, 'room', room))?.name;
	return {
		title: 'About a room',
		lines: [
			{text: name === undefined ? printable(room, 'identifier') : printable(name, 'line'), heading: true},
			...profileLines(profile, state, account),
			{text: 'You', heading: true},
			...placeLines(state, account, room),
			{text: 'Card', heading: true},
			...roomCardLines(profile),
		],
		search: 'lines',
	};
}

export async function vcardPage({account, jid}: Asked<'vcard'>, {actions}: RoomPagePorts): Promise<HelpPage> {
	const {jid: owner, card, announced} = await actions.vcard({account, ...(jid === undefined ? {} : {jid})});
	const isOwn = owner === account;
	const who = printable(owner, 'identifier');
	const none = isOwn
		? 'You have no card.'
		: resourcepartOf(owner) === undefined
			? 'There is no card, or nobody of that address.'
			: 'There is no card.';
	return {
		title: 'Card',
		lines: [
			{text: isOwn ? `${who} (you)` : who, heading: true},
			...(card === undefined ? [row(none)] : []),
			...cardLines(card, announced),
		],
		search: 'lines',
	};
}

function profileLines(profile: RoomProfile, state: State, account: BareJid): readonly HelpLine[] {
	const {room, description, language, contacts, logs, pages} = profile;
	const id = bufferId(account, 'room', room);
	const known = roomOf(state, id);
	const isThere = known?.status === 'joined';
	const subject = (isThere ? known.subject : undefined) ?? profile.subject ?? '';
	const count = isThere ? valuesOf(occupantsOf(state, id)).length : profile.occupants;
	return [
		row(`Address: ${printable(room, 'identifier')}`),
		...(subject === '' ? [] : labelled('Subject', subject)),
		...(description === undefined ? [] : labelled('Description', description)),
		...kindLines({...profile, features: {...known?.features, ...profile.features}}),
		...(count === undefined ? [] : [row(`There now: ${peopleText(count)}`)]),
		...(language === undefined ? [] : [row(`Language: ${printable(language, 'identifier')}`)]),
		...contacts.map(jid => row(`Contact: ${printable(jid, 'identifier')}`)),
		...(logs === undefined ? [] : [row(`Logs: ${printable(logs, 'identifier')}`)]),
		...pages.map(page => row(`In a browser: ${printable(page, 'identifier')}`)),
	];
}

/** What kind of room it is, an aspect a row; nothing where it told nothing. */
function kindLines({features, listed}: Pick<RoomProfile, 'features' | 'listed'>): readonly HelpLine[] {
	const {membersOnly, nonAnonymous, moderated, persistent, passwordProtected, archived, logged, slowMode} = features;
	const entry = [
		...(membersOnly === undefined ? [] : [membersOnly ? 'only members may enter' : 'anybody may enter']),
		...(passwordProtected === true ? ['a password is needed'] : []),
	];
	const speaking = [
		...(moderated === undefined ? [] : [moderated ? 'only who has voice may' : 'everybody may']),
		...(slowMode === undefined ? [] : [`one message in ${slowMode} s`]),
	];
	const record = [
		...(archived === true ? ['archived by the room'] : []),
		...(logged === true ? ['logged in public'] : []),
	];
	const rows: ReadonlyArray<readonly [string, readonly string[]]> = [
		['Entry', entry],
		[
			'Addresses',
			nonAnonymous === undefined ? [] : [nonAnonymous ? 'everybody sees them' : 'only moderators see them'],
		],
		['Speaking', speaking],
		['What is said', record],
		[
			'Lasting',
			persistent === undefined
				? []
				: [persistent ? 'stays when everybody has left' : 'temporary, ends with who leaves last'],
		],
		[
			'Listed',
			listed === undefined ? [] : [listed ? 'in the list of rooms' : 'no, only who knows the address finds it'],
		],
	];
	return rows.flatMap(([label, words]) => (words.length === 0 ? [] : [row(`${label}: ${words.join(', ')}`)]));
}

/** The person's place in the room, and what their devices remember of it. */
function placeLines(state: State, account: BareJid, jid: BareJid): readonly HelpLine[] {
	const id = bufferId(account, 'room', jid);
	const room = roomOf(state, id);
	const info = bufferOf(state, id)?.info;
	const bookmark = state.bookmarks[account]?.find(each => each.room === jid);
	const invitation = state.invitations.find(each => each.account === account && each.room === jid);
	const by = invitation?.from === undefined ? '' : ` by ${printable(invitation.from, 'identifier')}`;
	const isPinned = info === undefined ? bookmark?.pinned : info.pinned;
	return [
		...(room?.status === 'joined' ? ownLines(state, account, jid, room.nick) : [row(outsideWords(room, jid))]),
		...(invitation === undefined ? [] : [row(`Invited${by}: /join ${jid} accepts, /decline ${jid} refuses`)]),
		row(`Remembered: ${bookmarkWords(bookmark)}`),
		...(info === undefined
			? bookmark?.notify === undefined
				? []
				: [row(`Notifications: ${callWords[bookmark.notify]}`)]
			: [row(`Notifications: ${ruleWords(info)}`)]),
		...(isPinned === true ? [row('Pinned: yes')] : []),
	];
}

function outsideWords(room: Parameters<typeof roomStatusWords>[0] | undefined, jid: BareJid): string {
	const words = room === undefined ? 'you are not in this room' : roomStatusWords(room);
	return `${words[0]?.toUpperCase()}${words.slice(1)}: /join ${jid} enters it`;
}

function ownLines(state: State, account: BareJid, jid: BareJid, nick: string): readonly HelpLine[] {
	const own = occupantNamed(state, bufferId(account, 'room', jid), nick);
	return [
		row(`Nick: ${printable(nick, 'identifier')}`),
		...(own === undefined
			? []
			: [row(`Role: ${roleWords[own.role]}`), row(`Affiliation: ${affiliationWords[own.affiliation]}`)]),
	];
}

function bookmarkWords(bookmark: Bookmark | undefined): string {
	if (bookmark === undefined) {
		return 'no';
	}

	const {autojoin, name, nick} = bookmark;
	return [
		autojoin ? 'entered by itself' : 'not entered by itself',
		...(nick === undefined ? [] : [`as ${printable(nick, 'identifier')}`]),
		...(name === undefined ? [] : [`called ${printable(name, 'line')}`]),
	].join(', ');
}

function roomCardLines({card, cardProblem, announced}: RoomProfile): readonly HelpLine[] {
	const why = cardProblem === undefined ? 'It has none.' : `It could not be had. ${printable(cardProblem, 'line')}`;
	return [...(card === undefined ? [row(why)] : []), ...cardLines(card, announced)];
}
