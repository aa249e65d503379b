/** Rooms that a service lists or a directory found: asked for, put in order, told in words. Names are made harmless here. */
import type {Actions} from '../../model/actions.js';
import {bufferId} from '../../model/buffer.js';
import type {ListedRoom, RoomListing} from '../../model/room.js';
import type {ViewIntent} from '../../model/view.js';
import type {BareJid} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import {roomOf} from '../../store/room-selectors.js';
import type {State} from '../../store/state.js';
import {listedRoomWords, peopleText, roomStatusWords} from '../panes/room-words.js';
import type {ListedRoomText} from '../popups/rooms.js';
import type {HelpPage} from './help-page.js';

/** What is asked: all rooms of a service, or with `find` what a directory finds. */
export type ListingIntent = Extract<ViewIntent, {readonly type: 'listRooms'}>;

/** Rejects with why there is no list. */
export function askForRooms({account, service, find}: ListingIntent, actions: Actions): Promise<RoomListing> {
	const where = {account, ...(service === undefined ? {} : {service})};
	return find === undefined
		? actions.listRooms(where)
		: actions.findRooms({...where, ...(find.trim() === '' ? {} : {words: find})});
}

/** Those with most people first, then by what people call them. */
export function listedRooms(state: State, account: BareJid, rooms: readonly ListedRoom[]): readonly ListedRoomText[] {
	return rooms
		.map(room => {
			const address = printable(room.jid, 'identifier');
			const name = printable(room.name ?? '', 'line').trim();
			const known = roomOf(state, bufferId(account, 'room', room.jid));
			const text: ListedRoomText = {
				jid: room.jid,
				address,
				name,
				about: printable((room.description ?? '').replace(/\s+/gu, ' '), 'line').trim(),
				people: room.people === undefined ? '' : peopleText(room.people),
				words: listedRoomWords(room),
				isClosed: room.isOpen === false,
				note: known === undefined ? '' : roomStatusWords(known) || 'you are there',
			};
			return {text, people: room.people ?? -1, key: `${name} ${address}`.trim().toLowerCase()};
		})
		.sort((one, other) => other.people - one.people || (one.key < other.key ? -1 : 1))
		.map(({text}) => text);
}

/** What the list is called. `service`: who was asked, as far as that is known. */
export function listingTitle(service: BareJid | undefined, find: string | undefined): string {
	const where = service === undefined ? '' : printable(service, 'identifier');
	if (find === undefined) {
		return where === '' ? 'Rooms' : `Rooms of ${where}`;
	}

	const words = printable(find, 'line').trim();
	return `${words === '' ? 'Public rooms' : `Rooms with “${words}”`}${where === '' ? '' : `, says ${where}`}`;
}

/** What is said where nothing was found, with the next step. */
export function emptyListingText(service: BareJid | undefined, find: string | undefined): string {
	const who = service === undefined ? 'It' : printable(service, 'identifier');
	return find === undefined
		? `${who} shows no rooms. /join makes one; /rooms search WORDS finds public ones.`
		: `${who} knows no such room. Try fewer or other words, or another directory: /rooms search --service SERVICE WORDS.`;
}

/** What is said where there are more than are listed. */
export function cutListingText(count: number, find: string | undefined): string {
	return find === undefined
		? `These are the first ${count}: there are more.`
		: `These are the first ${count}: search with more words to see others.`;
}

/** The list in lines, for whoever has no screen. */
export async function listingPage(
	intent: ListingIntent,
	{state, actions}: {readonly state: State; readonly actions: Actions},
): Promise<HelpPage> {
	const {service, rooms, isCut} = await askForRooms(intent, actions);
	const lines = listedRooms(state, intent.account, rooms).map(({address, name, people, words, note, about}) => ({
		text: [address, name, people, ...words, note, about].filter(part => part !== '').join('  '),
	}));
	return {
		title: listingTitle(service, intent.find),
		lines: [
			...(lines.length === 0 ? [{text: emptyListingText(service, intent.find)}] : lines),
			{text: ''},
			...(isCut ? [{text: cutListingText(rooms.length, intent.find)}] : []),
			{text: '/join ROOM enters one, or makes it where there is none of that name.'},
		],
		search: 'lines',
	};
}
