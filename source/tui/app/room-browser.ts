/** The rooms of a service on the screen: to look through, to enter, to copy (XEP-0045 §6.3). */
import {bufferId} from '../../model/buffer.js';
import type {ViewIntent} from '../../model/view.js';
import {problemOf} from '../../shared/errors.js';
import type {BareJid} from '../../shared/jid.js';
import {printable} from '../../shared/text.js';
import {roomOf} from '../../store/room-selectors.js';
import type {State} from '../../store/state.js';
import {type Editor, emptyEditor} from '../input/editor.js';
import type {KeyMeaning} from '../input/keymap.js';
import {roomStatusWords} from '../panes/room-words.js';
import type {RoomRow, RoomsPopup} from '../popups/rooms.js';
import {copyText} from './copying.js';
import {type Core, closePopup, openPopup} from './core.js';
import {enterRoom} from './entering.js';
import {performClient} from './perform-client.js';
import {edited} from './popup-editing.js';

/** Opens at once, and fills when the service has answered; unless the person closed it meanwhile. */
export async function openRooms(
	core: Core,
	{account, service}: Extract<ViewIntent, {readonly type: 'listRooms'}>,
): Promise<boolean> {
	const title = (of: BareJid | undefined) => (of === undefined ? 'Rooms' : `Rooms of ${printable(of, 'identifier')}`);
	const asking: RoomsPopup = {
		type: 'rooms',
		account,
		title: title(service),
		rooms: [],
		shown: [],
		editor: emptyEditor,
		selected: 0,
		asking: true,
	};
	openPopup(core, asking);
	const fill = (change: Partial<RoomsPopup>) => {
		const {popup} = core.view();
		if (popup?.type === 'rooms' && popup.asking === true) {
			const {asking: _, ...answered} = popup;
			openPopup(core, filtered({...answered, ...change}, popup.editor));
		}
	};
	try {
		const found = await core.actions.listRooms({account, ...(service === undefined ? {} : {service})});
		fill({title: title(found.service), rooms: roomRows(core.state(), account, found.rooms)});
		return true;
	} catch (error) {
		const {message, hint} = problemOf(error);
		fill({trouble: {message, ...(hint === undefined ? {} : {hint})}});
		return false;
	}
}

/** By what people call them. */
export function roomRows(
	state: State,
	account: BareJid,
	found: ReadonlyArray<{readonly jid: BareJid; readonly name?: string}>,
): readonly RoomRow[] {
	return found
		.map(({jid, name: given = ''}) => {
			const address = printable(jid, 'identifier');
			const name = printable(given, 'line').trim();
			const known = roomOf(state, bufferId(account, 'room', jid));
			const note = known === undefined ? '' : roomStatusWords(known) || 'you are there';
			return {jid, address, name, note, lower: `${name} ${address}`.trim().toLowerCase()};
		})
		.sort((one, other) => (one.lower < other.lower ? -1 : 1));
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
