/** The rooms of a service on the screen: to look through, to enter, to copy (XEP-0045 §6.3). */
import type {ListedRoom} from '../../model/room.js';
import {problemOf} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';
import type {State} from '../../store/state.js';
import {type Editor, emptyEditor} from '../input/editor.js';
import type {KeyMeaning} from '../input/keymap.js';
import type {RoomRow, RoomsPopup} from '../popups/rooms.js';
import {copyText} from './copying.js';
import {type Core, closePopup, openPopup} from './core.js';
import {enterRoom} from './entering.js';
import {performClient} from './perform-client.js';
import {edited} from './popup-editing.js';
import {
	askForRooms,
	cutListingText,
	emptyListingText,
	type ListingIntent,
	listedRooms,
	listingTitle,
} from './room-listing.js';

/** Opens at once, and fills when the service has answered; unless the person closed it meanwhile. */
export async function openRooms(core: Core, intent: ListingIntent): Promise<boolean> {
	const {account, service, find} = intent;
	const asking: RoomsPopup = {
		type: 'rooms',
		account,
		title: listingTitle(service, find),
		empty: '',
		rooms: [],
		shown: [],
		editor: emptyEditor,
		selected: 0,
		asking: find === undefined ? 'Asking for its rooms…' : 'Searching…',
	};
	openPopup(core, asking);
	const fill = (change: Partial<RoomsPopup>) => {
		const {popup} = core.view();
		if (popup?.type === 'rooms' && popup.asking !== undefined) {
			const {asking: _, ...answered} = popup;
			openPopup(core, filtered({...answered, ...change}, popup.editor));
		}
	};
	try {
		const found = await askForRooms(intent, core.actions);
		fill({
			title: listingTitle(found.service, find),
			empty: emptyListingText(found.service, find),
			rooms: roomRows(core.state(), account, found.rooms),
			...(found.isCut ? {cut: cutListingText(found.rooms.length, find)} : {}),
		});
		return true;
	} catch (error) {
		const {message, hint} = problemOf(error);
		fill({trouble: {message, ...(hint === undefined ? {} : {hint})}});
		return false;
	}
}

export function roomRows(state: State, account: BareJid, found: readonly ListedRoom[]): readonly RoomRow[] {
	return listedRooms(state, account, found).map(room => ({
		...room,
		lower: `${room.name} ${room.address} ${room.about}`.trim().toLowerCase(),
	}));
}

/** The rooms with all the words that are typed. */
export function filtered(popup: RoomsPopup, editor: Editor): RoomsPopup {
	const words = editor.text
		.toLowerCase()
		.split(/\s+/u)
		.filter(word => word !== '');
	const shown =
		words.length === 0 ? popup.rooms : popup.rooms.filter(({lower}) => words.every(word => lower.includes(word)));
	return {...popup, editor, shown, selected: 0};
}

/** A key while the rooms are listed. */
export function roomsKey(core: Core, popup: RoomsPopup, meaning: KeyMeaning): boolean {
	const {shown, selected} = popup;
	const to = (next: number) => {
		openPopup(core, {...popup, selected: Math.max(0, Math.min(shown.length - 1, next))});
		return true;
	};
	const choose = (by: number) => to((selected + by + shown.length) % Math.max(1, shown.length));
	const page = core.popup()?.choices?.count ?? 10;
	switch (meaning.type === 'action' ? meaning.action : undefined) {
		case 'up':
		case 'completeBackward':
			return choose(-1);
		case 'down':
		case 'complete':
			return choose(1);
		case 'scrollPageUp':
			return to(selected - page);
		case 'scrollPageDown':
			return to(selected + page);
		case 'scrollTop':
			return to(0);
		case 'scrollBottom':
			return to(shown.length - 1);
		case 'send':
			enter(core, popup);
			return true;
		case 'capitalizeWord':
			copy(core, popup);
			return true;
		case 'cancel':
			closePopup(core);
			return true;
		case 'redraw':
		case 'suspend':
			return false;
		default: {
			const editor = edited(popup.editor, meaning);
			if (editor !== undefined) {
				openPopup(core, editor.text === popup.editor.text ? {...popup, editor} : filtered(popup, editor));
			}

			return true;
		}
	}
}

function enter(core: Core, {account, shown, selected}: RoomsPopup): void {
	const room = shown[selected]?.jid;
	if (room === undefined) {
		return;
	}

	const asked = core.view().active;
	closePopup(core);
	const intent = {type: 'client', action: 'joinRoom', input: {account, room}} as const;
	core.during((wanted, arrived) =>
		enterRoom(core, intent, wanted, () => performClient(core, intent, asked, undefined), arrived),
	);
}

function copy(core: Core, {shown, selected}: RoomsPopup): void {
	const room = shown[selected]?.jid;
	if (room !== undefined) {
		closePopup(core);
		void copyText(core, room);
	}
}
